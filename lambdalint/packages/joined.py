"""A source folder with what a build would install into it, taken from where that is installed already."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Contents
from lambdalint.packages.distributions import distributions
from lambdalint.packages.opening import open_package

LEFT_BY_BUILDS = (".aws-sam/", ".git/")
"""What `sam build` does not copy."""
_ENVIRONMENTS = (".venv", "venv")


class Joined:
    """Several contents in one."""

    kind = "folder"

    def __init__(
        self,
        path: str,
        parts: Sequence[tuple[Contents, Mapping[str, Entry]]],
        remarks: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> None:
        """`parts` say which entries of each are taken, by where they are put. The first that has a path keeps it.
        `notes` tell how it was joined, as `remarks` tell what is wrong."""
        self.path = path
        self.remarks = remarks
        self.notes = notes
        self._where: dict[str, tuple[Contents, str]] = {}
        entries: dict[str, Entry] = {}
        for contents, taken in parts:
            for put, entry in taken.items():
                if put not in entries:
                    entries[put] = entry._replace(path=put)
                    self._where[put] = (contents, entry.path)
        self.entries = list(entries.values())

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        contents, original = self._where[path]
        return contents.read(original, at_most)


def built(
    source: Contents,
    names: Iterable[str],
    installed: str,
    python: tuple[int, int] | None,
    extras: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> tuple[Joined, bool]:
    """What a build makes of a source folder that needs the distributions `names`, and whether all of them are in it.

    They are taken from `installed`, a folder of installed distributions or of wheels, or from the virtual environment
    of the folder where nothing is named. Raises `Unreadable` where `installed` cannot be read.
    """
    own = {entry.path: entry for entry in source.entries if not entry.path.startswith(LEFT_BY_BUILDS)}
    environment = next(_environments(source.path), "")
    own = {path: entry for path, entry in own.items() if not path.startswith(tuple(f"{one}/" for one in _ENVIRONMENTS))}
    wanted = list(names)
    where = installed or environment
    if not where:
        said = [f"needs {_counted(len(wanted))} not installed here: name a folder with --installed"]
        return Joined(source.path, [(source, own)], source.remarks, said if wanted else ()), not wanted
    parts, lacking = _taken(where, wanted, python, extras)
    notes = [f"is weighed with what is installed in {where}"]
    if lacking:
        notes.append(f"needs {', '.join(lacking)}, of which nothing is in {where}")
    return Joined(source.path, [(source, own), *parts], source.remarks, notes), not lacking


def _counted(count: int) -> str:
    return f"{count} distribution{'s that are' if count > 1 else ' that is'}"


def _environments(folder: str) -> Iterator[str]:
    """The site-packages of virtual environments in a folder."""
    for name in _ENVIRONMENTS:
        above = os.path.join(folder, name, "lib")
        if os.path.isdir(above):
            for python in sorted(os.listdir(above)):
                site = os.path.join(above, python, "site-packages")
                if os.path.isdir(site):
                    yield site.replace(os.sep, "/")


def _taken(
    where: str, names: Sequence[str], python: tuple[int, int] | None, extras: Mapping[str, Collection[str]]
) -> tuple[list[tuple[Contents, Mapping[str, Entry]]], list[str]]:
    """The parts of `where` that these distributions, and what they need, are; and the names that are not there."""
    wheels = [name for name in sorted(os.listdir(where)) if name.endswith(".whl")] if os.path.isdir(where) else []
    sources = [open_package(os.path.join(where, name)) for name in wheels] or [open_package(where)]
    known = {one.name: (contents, one) for contents in sources for one in distributions(contents, python, None, extras)}
    taken: dict[str, tuple[Contents, dict[str, Entry]]] = {}
    lacking: list[str] = []
    waiting = list(names)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name not in known:
            if name in names:
                lacking.append(name)
            continue
        contents, dist = known[name]
        waiting += dist.requires
        files = set(dist.files)
        _, entries = taken.setdefault(name, (contents, {}))
        entries.update({_put(entry.path): entry for entry in contents.entries if entry.path in files})
    return list(taken.values()), sorted(lacking)


def _put(path: str) -> str:
    """Where a file of a wheel is installed: those of its data folder at the top."""
    first, _, rest = path.partition("/")
    if first.endswith(".data") and rest:
        kind, _, inner = rest.partition("/")
        return inner if kind in ("purelib", "platlib") else f"bin/{inner}" if kind == "scripts" else inner
    return path
