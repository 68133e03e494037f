"""What of a package could be left out, by its kind. What a handler reaches never counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from lambdalint.model.distributions import SDK, is_development
from lambdalint.model.package import Distribution, Entry, Native, Waste

_FOLDERS = {
    "tests": ("tests", "test", "_tests"),
    "docs": ("docs", "doc", "examples", "example", "benchmarks"),
    "caches": (".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".ipynb_checkpoints", ".eggs"),
    "vcs": (".git", ".github", ".hg", ".svn"),
    "venv": (".venv", "venv"),
    "node-modules": ("node_modules",),
    "editor": (".idea", ".vscode", ".vs"),
}
_BY_FOLDER = {name: kind for kind, names in _FOLDERS.items() for name in names}
_ENDINGS = {
    "stubs": (".pyi", "/py.typed"),
    "headers": (".h", ".hpp", ".c", ".cc", ".cpp", ".pyx", ".pxd", ".pxi", ".f90", ".a", ".lib"),
    "editor": (".swp", ".swo", "~", ".DS_Store", "Thumbs.db"),
}
_BY_ENDING = [(ending, kind) for kind, endings in _ENDINGS.items() for ending in endings]
_BOOKKEEPING = frozenset(
    "RECORD RECORD.jws INSTALLER REQUESTED WHEEL direct_url.json zip-safe dependency_links.txt SOURCES.txt".split()
)
"""Of a `.dist-info`, what nothing reads when the program runs. METADATA, entry points and licences stay."""
_DATA_AT_TIMES = frozenset({"tests", "docs"})
_TELLING = {
    "tests": ("/conftest.py", "_test.py", "/__init__.py"),
    "docs": (".md", ".rst", ".adoc", ".ipynb"),
}
"""In the project's own folders of these names may be what the program reads: only such files count there."""


def waste(
    entries: Sequence[Entry],
    distributions: Sequence[Distribution],
    natives: Sequence[Native],
    *,
    loaded: Collection[str],
    later: Collection[str],
    services: Collection[str] | None,
    opaque: bool,
    python: tuple[int, int] | None,
) -> list[Waste]:
    """What could go, most bytes first; each file counts once.

    `loaded` are the files that handlers load, `later` those that calls may load. `services` are those of AWS that the
    program uses; None: they are not known. `opaque`: modules are imported whose names are not known, so none counts
    as unused.
    """
    sizes = {entry.path: entry for entry in entries}
    spared = {*loaded, *later}
    used = {folder for path in loaded for folder in _telling(path)}
    installed = {path for one in distributions for path in one.files}
    kinds: dict[str, list[str]] = defaultdict(list)
    tops = _environments(sizes)
    for path in sizes:
        if path not in spared:
            kind = _kind_of(path, python, tops)
            if kind in _FOLDERS and not used.isdisjoint(_telling(path)):
                continue  # a part of the program that only bears such a name
            if kind and (path in installed or kind not in _DATA_AT_TIMES or _is_told(path, kind)):
                kinds[kind].append(path)
    taken = {path for paths in kinds.values() for path in paths}
    if services is not None:
        kinds["sdk-data"] = [path for path in sizes if path not in taken and service_of(path) not in (None, *services)]
        taken.update(kinds["sdk-data"])
    for kind, more in _by_distribution(distributions, spared, opaque):
        fresh = [path for path in more if path not in taken and path in sizes]
        kinds[kind] += fresh
        taken.update(fresh)
    found = [
        Waste(
            kind,
            tuple(folded(paths, sizes)),
            sum(sizes[path].bytes_unzipped for path in paths),
            sum(sizes[path].bytes_zipped for path in paths),
            safe=kind not in UNSAFE,
        )
        for kind, paths in kinds.items()
        if paths
    ]
    found += _symbols(natives, sizes, taken)
    return sorted(found, key=lambda one: (-one.bytes_unzipped, one.kind))


UNSAFE = frozenset({"dev", "sdk", "sdk-data", "unused", "symbols", "metadata"})
"""What a program might miss after all: a plug-in is imported by a name that stands nowhere."""


def may_be_waste(path: str) -> bool:
    """Whether a file could go if nothing loads it, by its path alone."""
    return path.endswith("/pyvenv.cfg") or bool(_kind_of(path, (0, 0), ()))


def _environments(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders of virtual environments, whatever they are called."""
    return tuple(path.removesuffix("pyvenv.cfg") for path in paths if path.endswith("/pyvenv.cfg"))


def _telling(path: str) -> Iterator[str]:
    """The folders above a file whose names say what is in them."""
    parts = path.split("/")
    for count, part in enumerate(parts[:-1], 1):
        if part in _BY_FOLDER:
            yield "/".join(parts[:count])


def _is_told(path: str, kind: str) -> bool:
    """Whether a file of the project's own is surely of its kind, and nothing that the program reads."""
    name = path.rpartition("/")[2]
    return path.endswith(_TELLING[kind]) or (kind == "tests" and name.startswith("test_") and name.endswith(".py"))


def _kind_of(path: str, python: tuple[int, int] | None, environments: tuple[str, ...]) -> str:
    if environments and path.startswith(environments):
        return "venv"
    *folders, name = path.split("/")
    for folder in folders:
        kind = _BY_FOLDER.get(folder)
        if kind and not (kind in ("tests", "docs") and _is_dotted(folders, folder)):
            return kind
    if folders and folders[-1].endswith((".dist-info", ".egg-info")):
        return "metadata" if name in _BOOKKEEPING else ""
    if name.endswith(".pyc"):
        return "bytecode" if python and _is_of_other(name, python) else ""
    for ending, kind in _BY_ENDING:
        if path.endswith(ending):
            return kind
    return ""


def _is_dotted(folders: Sequence[str], folder: str) -> bool:
    """Whether a folder is part of a distribution's metadata."""
    return any(one.endswith(".dist-info") for one in folders[: folders.index(folder)])


def _is_of_other(name: str, python: tuple[int, int]) -> bool:
    """Whether compiled bytecode is of another Python: `api.cpython-312.pyc`."""
    _, mark, tag = name.rpartition(".cpython-")
    version = tag.removesuffix(".pyc").partition(".")[0]
    return bool(mark) and version.isdigit() and version != f"{python[0]}{python[1]}"


def _by_distribution(
    distributions: Sequence[Distribution],
    loaded: Collection[str],
    opaque: bool,
) -> Iterator[tuple[str, list[str]]]:
    needed = needed_by(distributions, loaded)
    for one in distributions:
        if one.name in SDK:
            continue
        if is_development(one.name) and one.name not in needed:
            yield "dev", list(one.files)
        elif loaded and not opaque and one.name not in needed:
            yield "unused", list(one.files)


def needed_by(distributions: Sequence[Distribution], loaded: Collection[str]) -> set[str]:
    """The distributions that something loaded is part of, and what these need."""
    by_name = {one.name: one for one in distributions}
    waiting = [one.name for one in distributions if any(path in loaded for path in one.files)]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            waiting += by_name[name].requires
    return needed


_ALWAYS = frozenset({"", "endpoints.json", "partitions.json", "_retry.json", "sdk-default-configuration.json"})


def service_of(path: str) -> str | None:
    """The service of AWS that a file of botocore's data is about; None for any other file."""
    _, mark, rest = f"/{path}".partition("/botocore/data/")
    service, slash, _ = rest.partition("/")
    return service if mark and slash and service not in _ALWAYS else None


def _symbols(natives: Sequence[Native], sizes: dict[str, Entry], taken: Collection[str]) -> list[Waste]:
    """Debug symbols: a part of files, not files. Libraries that the tools of wheels moved to `numpy.libs` keep theirs:
    their load addresses are changed, and `strip` breaks them."""
    full = [one for one in natives if one.debug_bytes and one.path not in taken and ".libs/" not in one.path]
    if not full:
        return []
    zipped = sum(
        one.debug_bytes * sizes[one.path].bytes_zipped // max(1, sizes[one.path].bytes_unzipped) for one in full
    )
    return [Waste("symbols", tuple(one.path for one in full), sum(one.debug_bytes for one in full), zipped, safe=False)]


def folded(paths: Iterable[str], everything: Iterable[str]) -> list[str]:
    """The paths, with the topmost folders in the place of all that is in them."""
    wanted = set(paths)
    mixed: set[str] = set()
    """Folders that hold something else."""
    for path in everything:
        if path not in wanted:
            while "/" in path:
                path = path.rpartition("/")[0]
                if path in mixed:
                    break
                mixed.add(path)
    found = set()
    for path in wanted:
        parts = path.split("/")
        above = ("/".join(parts[:count]) for count in range(1, len(parts)))
        top = next((folder for folder in above if folder not in mixed), None)
        found.add(f"{top}/" if top is not None else path)
    return sorted(found)
