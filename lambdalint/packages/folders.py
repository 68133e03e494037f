"""Folders: what a build left, or what it will take."""

from __future__ import annotations

import os
import stat
from functools import cached_property

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.safety import Told, follow, shown
from lambdalint.packages.spans import File

MOST_ENTRIES = 300_000
_RATIOS = {
    ".so": 0.33,
    ".py": 0.23,
    ".pyc": 0.36,
    ".pyi": 0.16,
    ".json": 0.10,
    ".txt": 0.27,
    ".md": 0.42,
    ".csv": 0.35,
    ".h": 0.22,
    ".pxd": 0.13,
    ".pyx": 0.30,
    ".pem": 0.54,
    ".npz": 0.71,
    ".gz": 1.0,
    ".zip": 1.0,
    ".whl": 1.0,
    ".png": 1.0,
    ".jpg": 1.0,
}
"""What deflate at level 6 leaves of files, by their endings.

All bytes of an ending together, over the wheels for x86_64 and Python 3.13 of boto3, botocore, cryptography, fastapi,
numpy, opentelemetry-api, pandas, pillow, psycopg-binary, pydantic, pydantic-core, requests and scipy of 2026: 285 MB.
The bytecode is that of Python 3.13, of the same wheels.
"""
_OTHER = 0.4
_HEADER_BYTES = 100
"""What a zip needs for each file besides."""


class Folder:
    """The files below a folder. Links are followed to files in it only. Raises `Unreadable` where it cannot be listed.

    A link weighs its own few bytes.
    """

    kind = "folder"

    def __init__(self, path: str) -> None:
        self.path = path
        self.entries: list[Entry] = []
        self.links: dict[str, str] = {}
        """The symbolic links, and where they lead, as written."""
        self._top = path or "."
        self._told = Told()
        self._odd: dict[str, str] = {}
        """The names on the disk of files whose names are no UTF-8, by path."""
        pending = [""]
        while pending:
            inner = pending.pop()
            try:
                pending += self._list(inner)
            except OSError as error:
                if not inner:
                    raise Unreadable(f"cannot be read: {error.strerror or error}") from None
                self._told.add(f"holds folders that cannot be read ({error.strerror})", _printable(inner))
            if len(self.entries) > MOST_ENTRIES:
                raise Unreadable(f"holds more files than are looked at ({MOST_ENTRIES:,})")
        self._judge_links()
        self.remarks = self._told.lines()

    def _list(self, inner: str) -> list[str]:
        """Note the files in a folder; returns the folders in it. Raises `OSError`."""
        folders = []
        with os.scandir(os.path.join(self._top, inner) if inner else self._top) as found:
            for entry in sorted(found, key=lambda one: one.name):
                path = f"{inner}/{entry.name}" if inner else entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                else:
                    self._add(path, entry)
        return folders[::-1]

    def _add(self, path: str, entry: os.DirEntry[str]) -> None:
        name = _printable(path)
        try:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                self.links[name] = os.readlink(entry.path).replace(os.sep, "/")
            elif not stat.S_ISREG(status.st_mode):
                self._told.add("holds devices, pipes or sockets, which are left out", name)
                return
        except OSError:
            self._told.add("holds files that are gone or cannot be looked at", name)
            return
        if name != path:
            self._told.add("has names that are not UTF-8", name)
            self._odd[name] = path
        size = status.st_size
        self.entries.append(Entry(name, size, zipped(name, size), stat.S_IMODE(status.st_mode) & _MODE))

    def _judge_links(self) -> None:
        """Tell of the links that are not followed. A file elsewhere keeps its place: a build may take it along."""
        gone = set()
        for link in self.links:
            if follow(link, self.links) in self._paths:
                continue
            target = os.path.join(self._top, self._odd.get(link, link))
            if os.path.isfile(target):
                fault = "holds links that lead out of it, which are not followed"
            else:
                gone.add(link)
                fault = f"holds links to {'folders' if os.path.isdir(target) else 'nothing'}, which are left out"
            self._told.add(fault, f"{link} -> {_printable(self.links[link])}")
        if gone:
            self.entries = [entry for entry in self.entries if entry.path not in gone]
            del self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(entry.path for entry in self.entries)

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """See `Contents.read`."""
        inside = follow(path, self.links) if self.links else path
        if inside not in self._paths:
            raise Unreadable(f"holds no such file: {shown(path)}")
        name = self._odd.get(inside, inside)
        try:
            return File(os.path.join(self._top, *name.split("/"))).read(0, at_most)
        except Unreadable as error:
            raise Unreadable(f"holds a file that {error}: {shown(path)}") from None


_MODE = 0o777 if os.name == "posix" else 0


def _printable(path: str) -> str:
    """A path as it can be printed, whatever bytes it is made of."""
    return path if path.isprintable() else path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def zipped(path: str, size: int) -> int:
    """About how many bytes a file takes in a zip."""
    name = path.rpartition("/")[2]
    ending = ".so" if ".so." in name else os.path.splitext(name)[1]
    return int(size * _RATIOS.get(ending, _OTHER)) + _HEADER_BYTES
