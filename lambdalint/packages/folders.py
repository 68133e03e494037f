"""Folders: what a build left, or what it will take."""

from __future__ import annotations

import os
import stat

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Unreadable

MOST_ENTRIES = 300_000
_RATIOS = {
    ".py": 0.29,
    ".pyi": 0.22,
    ".pyc": 0.46,
    ".so": 0.38,
    ".json": 0.17,
    ".gz": 1.0,
    ".zip": 1.0,
    ".png": 1.0,
    ".jpg": 1.0,
    ".whl": 1.0,
    ".txt": 0.35,
    ".md": 0.42,
    ".h": 0.24,
    ".pyx": 0.24,
    ".a": 0.25,
}
"""What deflate makes of files, by their endings: medians by bytes over the wheels of the SDK, pandas, numpy, scipy,
pydantic, cryptography, Pillow and OpenTelemetry, level 6."""
_OTHER = 0.4
_HEADER_BYTES = 100
"""What a zip needs for each file besides."""


class Folder:
    """The files below a folder. Links to folders are not followed. Raises `Unreadable` where it cannot be listed."""

    kind = "folder"

    def __init__(self, path: str) -> None:
        self.path = path
        self.remarks: list[str] = []
        self.entries: list[Entry] = []
        self._top = path or "."
        pending = [""]
        while pending:
            inner = pending.pop()
            try:
                pending += self._list(inner)
            except OSError as error:
                if not inner:
                    raise Unreadable(f"cannot be read: {error.strerror or error}") from None
                self.remarks.append(f"holds a folder that cannot be read: {inner} ({error.strerror})")
            if len(self.entries) > MOST_ENTRIES:
                raise Unreadable(f"holds more files than are looked at ({MOST_ENTRIES:,})")

    def _list(self, inner: str) -> list[str]:
        """Note the files in a folder; returns the folders in it. Raises `OSError`."""
        folders = []
        with os.scandir(os.path.join(self._top, inner) if inner else self._top) as found:
            for entry in sorted(found, key=lambda one: one.name):
                path = f"{inner}/{entry.name}" if inner else entry.name
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                    continue
                try:
                    status = entry.stat()
                except OSError:
                    self.remarks.append(f"holds a link that leads nowhere: {path}")
                    continue
                if stat.S_ISREG(status.st_mode):
                    mode = stat.S_IMODE(status.st_mode) & 0o777
                    self.entries.append(Entry(path, status.st_size, zipped(path, status.st_size), mode))
                elif entry.is_symlink() and stat.S_ISDIR(status.st_mode):
                    self.remarks.append(f"holds a link to a folder, which is not followed: {path}")
        return folders[::-1]

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """See `Contents.read`."""
        try:
            with open(os.path.join(self._top, *path.split("/")), "rb") as stream:
                return stream.read(at_most)
        except OSError as error:
            raise Unreadable(f"holds a file that cannot be read: {path} ({error.strerror or error})") from None


def zipped(path: str, size: int) -> int:
    """About how many bytes a file takes in a zip."""
    name = path.rpartition("/")[2]
    ending = ".so" if ".so." in name else os.path.splitext(name)[1]
    return int(size * _RATIOS.get(ending, _OTHER)) + _HEADER_BYTES
