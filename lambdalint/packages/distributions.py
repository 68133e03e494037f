"""What was installed into a package: distributions, by the metadata that installers leave."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from email.parser import BytesHeaderParser
from email.policy import compat32

from lambdalint.model.package import Distribution, Entry
from lambdalint.packages.contents import Contents, Unreadable

_INFO = re.compile(
    r"((?:python/(?:lib/python\d+\.\d+/site-packages/)?|(?:usr/local|var/lang|opt/[\w.-]+)/lib/python\d+\.\d+/site-packages/)?)"
    r"([^/]+?)\.(dist-info|egg-info)/(METADATA|PKG-INFO)$"
)
"""At the top of a package, where layers have them, and in the site-packages of images."""
_MOST_BYTES = 4_000_000
_FOLDED = re.compile(r"[-_.]+")
_NATIVE = re.compile(r"\.(?:cpython-\d+[\w-]*|abi3|cp\d+[\w-]*)?\.?(?:so|pyd)$")
Environment = Mapping[str, str]


def distributions(
    contents: Contents, python: tuple[int, int] | None, architecture: str | None
) -> Sequence[Distribution]:
    """All distributions in a package, by name. What is needed is told by the markers of this Python on Linux."""
    found = [(match, entry) for entry in contents.entries if (match := _INFO.match(entry.path))]
    if not found:
        return []
    sizes = {entry.path: entry for entry in contents.entries}
    tops: dict[str, list[str]] = defaultdict(list)
    for path in sizes:
        for root in {match[1] for match, _ in found}:
            if path.startswith(root):
                tops[f"{root}{path[len(root) :].partition('/')[0]}"].append(path)
    environment = environment_of(python, architecture)
    made = [_distribution(contents, match, sizes, tops, environment) for match, _ in found]
    return sorted(_with_extras(made), key=lambda one: (one.name, one.version))


def normalized(name: str) -> str:
    """As the package index compares names: `Foo_Bar` is `foo-bar`."""
    return _FOLDED.sub("-", name.strip()).lower()


Made = tuple[Distribution, Sequence[tuple[str, str, frozenset[str]]]]
"""A distribution, and what it requires: the name, for which extra (empty: always), and the extras asked for."""


def _distribution(
    contents: Contents,
    match: re.Match[str],
    sizes: Mapping[str, Entry],
    tops: Mapping[str, Sequence[str]],
    environment: Environment,
) -> Made:
    root, stem, kind, file = match.groups()
    info = f"{root}{stem}.{kind}"
    headers = BytesHeaderParser(policy=compat32).parsebytes(_read(contents, f"{info}/{file}"))
    name, _, version = stem.partition("-")
    files = _files(contents, root, info, sizes, tops, normalized(str(headers.get("Name") or name)))
    wheel = BytesHeaderParser(policy=compat32).parsebytes(_read(contents, f"{info}/WHEEL", sizes))
    made = Distribution(
        name=normalized(str(headers.get("Name") or name)),
        version=str(headers.get("Version") or version.partition("-")[0]).strip(),
        info=info,
        files=tuple(files),
        bytes_unzipped=sum(sizes[path].bytes_unzipped for path in files),
        bytes_zipped=sum(sizes[path].bytes_zipped for path in files),
        modules=tuple(_modules(root, files)),
        tags=tuple(str(tag).strip() for tag in wheel.get_all("Tag", [])),
        python=str(headers.get("Requires-Python") or "").strip(),
    )
    return made, list(_requirements(map(str, headers.get_all("Requires-Dist", [])), environment))


def _files(
    contents: Contents,
    root: str,
    info: str,
    sizes: Mapping[str, Entry],
    tops: Mapping[str, Sequence[str]],
    name: str,
) -> list[str]:
    """By its RECORD; without one, what its top-level names hold."""
    own = tops[info]
    record = _read(contents, f"{info}/RECORD", sizes)
    listed = set(_recorded(record, root)) if record else set()
    files = [path for path in listed if path in sizes]
    if not files or len(files) == len([path for path in files if path.startswith(f"{info}/")]):
        text = _read(contents, f"{info}/top_level.txt", sizes).decode("utf-8", "replace")
        names = [line.strip() for line in text.splitlines() if line.strip()] or [name.replace("-", "_")]
        for top in names:
            files += [*tops.get(f"{root}{top}", ()), *tops.get(f"{root}{top}.py", ())]
    else:
        # Bytecode is made later, and stands in no RECORD.
        for top in {f"{root}{path[len(root) :].partition('/')[0]}" for path in files}:
            files += [path for path in tops.get(top, ()) if path.endswith(".pyc") and source_of(path) in listed]
    return sorted({*files, *own})


def source_of(bytecode: str) -> str:
    """The module of which a file of `__pycache__` is the bytecode."""
    above, _, name = bytecode.rpartition("/__pycache__/")
    return f"{above}/{name.partition('.')[0]}.py" if above else bytecode


def _recorded(record: bytes, root: str) -> Iterator[str]:
    """The paths in a RECORD, as in the package: scripts stand beside the modules there."""
    try:
        rows = list(csv.reader(record.decode("utf-8", "replace").replace("\0", "").splitlines()))
    except csv.Error:
        return
    for row in rows:
        if row and row[0]:
            path = row[0].replace("\\", "/")
            while path.startswith("../"):
                path = path[3:]
            yield f"{root}{path}"


def _modules(root: str, files: Iterable[str]) -> list[str]:
    """What can be imported, first parts."""
    found = set()
    for path in files:
        head, slash, rest = path.removeprefix(root).partition("/")
        if slash:
            if head.isidentifier() and rest.endswith((".py", ".so", ".pyc", ".pyd")):
                found.add(head)
        elif head.endswith(".py"):
            found.add(head[:-3])
        elif (match := _NATIVE.search(head)) is not None:
            found.add(head[: match.start()])
    return sorted(name for name in found if name.isidentifier())


def _requirements(lines: Iterable[str], environment: Environment) -> Iterator[tuple[str, str, frozenset[str]]]:
    from packaging.requirements import InvalidRequirement, Requirement

    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            name = re.match(r"\s*([A-Za-z0-9][\w.-]*)", line)
            if name and "extra" not in line:
                yield normalized(name[1]), "", frozenset()
            continue
        extra = re.search(r"extra\s*==\s*[\"']([^\"']+)[\"']", line)
        if requirement.marker is None or requirement.marker.evaluate(
            {**environment, "extra": extra[1] if extra else ""}
        ):
            asked = frozenset(map(normalized, requirement.extras))
            yield normalized(requirement.name), normalized(extra[1]) if extra else "", asked


def _with_extras(made: Sequence[Made]) -> Iterator[Distribution]:
    """With what each needs; of its extras those that another one of the package asks for."""
    wanted: dict[str, set[str]] = defaultdict(set)
    more = True
    while more:  # an extra may be made of others: `pandas[excel,parquet]; extra == "all"`
        more = False
        for one, needs in made:
            for name, extra, extras in needs:
                if (not extra or extra in wanted[one.name]) and not extras <= wanted[name]:
                    wanted[name] |= extras
                    more = True
    for one, needs in made:
        names = dict.fromkeys(name for name, extra, _ in needs if not extra or extra in wanted[one.name])
        yield one._replace(requires=tuple(name for name in names if name != one.name))


def environment_of(python: tuple[int, int] | None, architecture: str | None) -> Environment:
    """What markers may ask for, on Lambda."""
    version = ".".join(map(str, python or (3, 13)))
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": "aarch64" if architecture == "arm64" else "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }


def _read(contents: Contents, path: str, sizes: Mapping[str, Entry] | None = None) -> bytes:
    if sizes is not None and path not in sizes:
        return b""
    try:
        return contents.read(path, _MOST_BYTES)
    except Unreadable:
        return b""
