"""What was installed into a package: distributions, by the metadata that installers leave."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from lambdalint.model.package import Distribution, Entry
from lambdalint.packages.contents import Contents, Unreadable
from lambdalint.packages.metadata import Need, Python, environments_of, headers, legacy_needs, need_of, normalized
from lambdalint.packages.metadata import required as required_by
from lambdalint.packages.records import Row, listed, rows

__all__ = ["distributions", "normalized", "source_of"]

_LAYER = r"(?:python/(?:lib/python(?P<{}>\d+\.\d+)/site-packages/)?)?"
_INFO = re.compile(
    rf"(?P<root>{_LAYER.format('version')})(?P<stem>[^/]+)\.(?P<kind>dist-info|egg-info)(?P<rest>/|$)", re.IGNORECASE
)
"""At the top of a package, and where layers have them. What is vendored further down came with another one."""
_INFO_OF_IMAGE = re.compile(
    rf"(?P<root>(?:(?:[^/]+/)*?(?:lib/python(?P<version>\d+\.\d+)/)?(?:site|dist)-packages/|var/runtime/|opt/"
    rf"{_LAYER.format('of_layer')})?)(?P<stem>[^/]+)\.(?P<kind>dist-info|egg-info)(?P<rest>/|$)",
    re.IGNORECASE,
)
"""In an image, also where Python is installed, wherever that is."""
_STEM = re.compile(r"(.+?)-(\d[^-]*)(?:-.*)?$")
_NAMED = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$")
_MODULE = re.compile(r"(?:\.(?:cpython|cp\d|abi3|pypy|pp\d)[\w-]*)?\.(?:so|pyd)$")
_LOADED = (".py", ".so", ".pyc", ".pyd")
_NO_MODULES = frozenset("__pycache__ bin etc include lib share".split())
"""Folders beside modules that hold programs and data; only those with an `__init__.py` are packages."""
_MOST_BYTES = 16_000_000


def distributions(
    contents: Contents,
    python: Python,
    architecture: str | None,
    asked: Mapping[str, Collection[str]] | None = None,
) -> Sequence[Distribution]:
    """All distributions in a package, by name. What is needed is told by the markers of this Python on Linux, with the
    extras that another one of them, or `asked`, wants of it.

    Those that two versions of one distribution have left are both there.
    """
    infos = list(_infos(contents, python))
    if not infos:
        return []
    tree = _Tree(contents, {one.root for one in infos})
    for info in infos:
        info.learn(tree)
    _share(infos, tree)
    needs: dict[str, list[Need]] = defaultdict(list)
    for info in infos:
        needs[info.name] += info.needs
    required = required_by(needs, environments_of(python, architecture), asked or {})
    owned = _owned(infos, tree)
    made = [info.made(tree, own, required[info.name]) for info, own in zip(infos, owned, strict=True)]
    return sorted(made, key=lambda one: (one.name, one.version, one.info))


def source_of(bytecode: str) -> str:
    """The module of which a file of `__pycache__` is the bytecode."""
    above, mark, name = bytecode.rpartition("__pycache__/")
    return f"{above}{name.partition('.')[0]}.py" if mark else bytecode


def _infos(contents: Contents, python: Python) -> Iterator[_Info]:
    """The folders of metadata, each once, with the files in it."""
    pattern = _INFO_OF_IMAGE if contents.kind == "image" else _INFO
    found: dict[str, _Info] = {}
    for entry in contents.entries:
        if "-info" not in entry.path or (match := pattern.match(entry.path)) is None:
            continue
        of = match["version"] or match.groupdict().get("of_layer")
        if of and python and of != f"{python[0]}.{python[1]}":
            continue  # this Python does not look there
        folder = entry.path[: match.start("rest")]
        if folder not in found:
            found[folder] = _Info(match["root"], match["stem"], folder)
    yield from found.values()


class _Tree:
    """The files of a package, by their paths and by what stands first behind the folders that Python searches."""

    def __init__(self, contents: Contents, roots: Iterable[str]) -> None:
        self._contents = contents
        self._roots = sorted(roots, key=len, reverse=True)
        self.entries = {entry.path: entry for entry in contents.entries}

    @cached_property
    def tops(self) -> Mapping[str, Sequence[str]]:
        """The paths in `python/pandas`, and the path `python/six.py`."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.entries:
            root = next((one for one in self._roots if path.startswith(one)), None)
            if root is not None:
                found[top_of(path, root)].append(path)
        return found

    def read(self, path: str) -> bytes:
        """Nothing for what is not there or cannot be read."""
        try:
            return self._contents.read(path, _MOST_BYTES) if path in self.entries else b""
        except Unreadable:
            return b""

    def text(self, path: str) -> str:
        return self.read(path).decode("utf-8", "replace")


def top_of(path: str, root: str) -> str:
    """A path up to what stands first behind a folder."""
    return root + path[len(root) :].partition("/")[0]


class _Info:
    """One folder of metadata (old ones are a single file), and what it says."""

    def __init__(self, root: str, stem: str, folder: str) -> None:
        self.root = root
        self.folder = folder
        match = _STEM.match(stem)
        self.name, self.version = (normalized(match[1]), match[2]) if match else (normalized(stem), "")
        self.python = ""
        self.needs: Sequence[Need] = ()
        self.recorded: Mapping[str, int | None] = {}
        """Files of its RECORD that are there, with the sizes that it states."""
        self.files: list[str] = []

    def learn(self, tree: _Tree) -> None:
        """Read its files. What is missing or broken is told by others, as far as these go."""
        data = tree.read(f"{self.folder}/METADATA") or tree.read(f"{self.folder}/PKG-INFO") or tree.read(self.folder)
        said = headers(data)
        name, version = ((said.get(key) or [""])[0] for key in ("name", "version"))
        self.name = normalized(name) if _NAMED.match(name) else self.name
        self.version = version if version and " " not in version else self.version
        self.python = (said.get("requires-python") or [""])[0]
        self.needs = [need for line in said.get("requires-dist", ()) if (need := need_of(line)) is not None]
        if not self.needs and self.folder.lower().endswith(".egg-info"):
            self.needs = list(legacy_needs(tree.text(f"{self.folder}/requires.txt")))
        self.recorded = {row.path: row.size for row in self._rows(tree) if row.path in tree.entries}

    def _rows(self, tree: _Tree) -> Iterable[Row]:
        record = tree.text(f"{self.folder}/RECORD")
        if record:
            return rows(record, self.root, tree.entries)
        return listed(tree.text(f"{self.folder}/installed-files.txt"), self.folder, tree.entries)

    @property
    def is_recorded(self) -> bool:
        """Whether the record names more than the folder of metadata."""
        return any(not path.startswith(f"{self.folder}/") for path in self.recorded)

    def guessed(self, tree: _Tree) -> Iterator[str]:
        """What its top-level names hold. A wheel without `top_level.txt` is mostly called like its package."""
        stated = [line.strip() for line in tree.text(f"{self.folder}/top_level.txt").splitlines() if line.strip()]
        dashed = self.name.replace("-", "_")
        for name in stated or [dashed, *_spelt(dashed, self.root, tree)]:
            yield from tree.tops.get(self.root + name, ())
            yield from tree.tops.get(f"{self.root}{name}.py", ())
        yield from tree.tops.get(f"{self.root}{dashed}.libs", ())

    def made(self, tree: _Tree, own: Iterable[Entry], requires: Sequence[str]) -> Distribution:
        said = headers(tree.read(f"{self.folder}/WHEEL"))
        origin = tree.text(f"{self.folder}/direct_url.json")
        own = list(own)
        return Distribution(
            name=self.name,
            version=self.version,
            info=self.folder,
            files=tuple(self.files),
            bytes_unzipped=sum(entry.bytes_unzipped for entry in own),
            bytes_zipped=sum(entry.bytes_zipped for entry in own),
            requires=tuple(requires),
            modules=tuple(sorted(self._modules(tree))),
            tags=tuple(said.get("tag", ())),
            python=self.python,
            editable=re.search(r'"editable"\s*:\s*true', origin) is not None,
        )

    def _modules(self, tree: _Tree) -> set[str]:
        """What can be imported, first parts: also of folders that a `.pth` file names."""
        found = modules(self.files, self.root)
        for path in self.files:
            if path.endswith(".pth"):
                for line in tree.text(path).splitlines():
                    inner = f"{self.root}{line.strip().removeprefix('./').rstrip('/')}/"
                    if inner != f"{self.root}/" and not line.startswith(("import ", "import\t", "#")):
                        found |= modules((one for one in self.files if one.startswith(inner)), inner)
        return found


def _spelt(name: str, root: str, tree: _Tree) -> list[str]:
    """What differs from the name of a distribution by capital letters only."""
    tops = (top[len(root) :].removesuffix(".py") for top in tree.tops if top.startswith(root))
    return [top for top in tops if top.lower() == name and top != name]


def modules(files: Iterable[str], root: str) -> set[str]:
    """What can be imported of some files below a folder, first parts."""
    found: set[str] = set()
    packages: set[str] = set()
    for path in files:
        if not path.startswith(root) or not path.endswith(_LOADED):
            continue
        head, slash, rest = path[len(root) :].partition("/")
        if slash:
            found.add(head)
            if rest in ("__init__.py", "__init__.pyc"):
                packages.add(head)
        elif (match := _MODULE.search(head)) is not None:
            found.add(head[: match.start()])
        elif head.endswith((".py", ".pyc")):
            found.add(head.rpartition(".")[0])
    return {name for name in found if name.isidentifier() and (name in packages or name not in _NO_MODULES)}


def _share(infos: Sequence[_Info], tree: _Tree) -> None:
    """Give each its files: what is recorded, then what nobody has recorded and stands with it."""
    recorded = {path for info in infos for path in info.recorded}
    reaching = Counter(top for info in infos for top in {top_of(path, info.root) for path in info.recorded})
    for info in infos:
        files = set(info.recorded) | set(tree.tops.get(info.folder, ()))
        if info.is_recorded:
            for top in {top_of(path, info.root) for path in info.recorded if path.startswith(info.root)}:
                whole = reaching[top] == 1 and f"{top}/__init__.py" in info.recorded
                for path in tree.tops.get(top, ()):
                    # Bytecode is made later, and stands in no RECORD; other things are, in a package of its own.
                    if path not in recorded and (whole or source_of(path) in info.recorded):
                        files.add(path)
        else:
            files |= {path for path in info.guessed(tree) if path not in recorded}
        info.files = sorted(files)


def _owned(infos: Sequence[_Info], tree: _Tree) -> Sequence[Sequence[Entry]]:
    """Of each the files that count as its own, so that no byte counts twice: what several have belongs to the one whose
    record states its size, as with two versions of one distribution, where only one of them is really there.
    """
    owner: dict[str, tuple[bool, int]] = {}
    for number, info in enumerate(infos):
        for path in info.files:
            fits = info.recorded.get(path) == tree.entries[path].bytes_unzipped
            if path not in owner or (fits and not owner[path][0]):
                owner[path] = (fits, number)
    found: list[list[Entry]] = [[] for _ in infos]
    for path, (_, number) in owner.items():
        found[number].append(tree.entries[path])
    return found
