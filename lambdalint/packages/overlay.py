"""Layers of an image over each other, as a container sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lambdalint.packages.safety import Told, follow, safe
from lambdalint.packages.tars import FILE, HARD_LINK, LINK, TarMember

_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"


class Stored(NamedTuple):
    """Where the bytes of a file are, and what they weigh."""

    layer: int
    """Its number, from the lowest on."""
    at: int
    size: int
    mode: int
    bytes_unzipped: int
    """None of a second name for the same file; of a link, its own few."""
    sparse: bool = False


class Overlay:
    """The files that are left when all layers are applied, by their paths from the top of the file system."""

    def __init__(self, told: Told) -> None:
        self.files: dict[str, Stored] = {}
        self.links: dict[str, str] = {}
        """The symbolic links among the files, and where they lead, as written."""
        self._told = told
        self._folders: set[str] = set()
        """All that were ever needed: some may be gone again."""

    def apply(self, number: int, members: Iterable[TarMember]) -> None:
        """Put a layer over those below it."""
        named = list(self._named(members))
        self._hide(named)
        for path, member in named:
            if not path.rpartition("/")[2].startswith(_WHITEOUT):
                self._put(path, number, member)

    def _named(self, members: Iterable[TarMember]) -> Iterator[tuple[str, TarMember]]:
        """Members by where they go: a folder in which they lie may be a link of a layer below."""
        leads: dict[str, str] = {}
        for member in members:
            path = safe(member.name.lstrip("/"))
            if path:
                above, _, name = path.rpartition("/")
                if above not in leads:
                    leads[above] = follow(above, self.links, rooted=True) if self.links else above
                yield f"{leads[above]}/{name}".lstrip("/"), member
            elif member.name.strip("./"):
                self._told.add("holds names that lead out of it, which are left out", member.name)

    def _hide(self, named: Iterable[tuple[str, TarMember]]) -> None:
        """Take away what a layer says is gone, and what lies below a path that is a file or a link from now on."""
        gone: set[str] = set()
        emptied: set[str] = set()
        for path, member in named:
            above, _, name = path.rpartition("/")
            if name == _OPAQUE:
                emptied.add(above)
            elif name.startswith(_WHITEOUT):
                gone.add(f"{above}/{name[len(_WHITEOUT) :]}".lstrip("/"))
            elif path in self._folders and member.kind in (FILE, LINK, HARD_LINK):
                emptied.add(path)
        if gone or emptied:
            emptied |= gone
            for path in [path for path in self.files if path in gone or not emptied.isdisjoint(_above(path))]:
                self._drop(path)

    def _put(self, path: str, number: int, member: TarMember) -> None:
        if member.kind == HARD_LINK:
            found = self.files.get(safe(member.target.lstrip("/")))
            stored = found._replace(bytes_unzipped=0) if found else None
        elif member.kind == LINK:
            self._drop(path)
            self.links[path] = member.target
            weight = len(member.target.encode("utf-8", "replace"))
            stored = Stored(number, 0, 0, member.mode & 0o777, weight)
        elif member.kind == FILE:
            mode = member.mode & 0o777
            stored = Stored(number, member.at, member.size, mode, member.size, member.sparse)
        else:
            stored = None
        if member.kind != LINK:
            self._drop(path)
        if stored is not None:
            self.files[path] = stored
            for above in _above(path):
                if above in self._folders:
                    break
                self._folders.add(above)

    def _drop(self, path: str) -> None:
        self.files.pop(path, None)
        self.links.pop(path, None)


def _above(path: str) -> Iterator[str]:
    """The folders that something lies in, and at last the top."""
    while path:
        path = path.rpartition("/")[0]
        yield path
