"""Zips, read by their central directory. Nothing is inflated before it is asked for, and never more than is stated."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.safety import safe

MOST_ENTRIES = 300_000
MOST_BYTES = 10 * 1 << 30
"""Unzipped, of all files together: more than Lambda takes of anything."""
MOST_RATIO = 1032
"""Deflate cannot do better: whoever states more lies."""
_ENCRYPTED = 0x1
_METHODS = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}
"""What Lambda unpacks."""
_LINK, _KIND = 0o120000, 0o170000
_CHUNK = 1 << 20
SHOWN = 3


class Zip:
    """The files of a zip. Raises `Unreadable` where it is none that can be read."""

    kind = "zip"

    def __init__(self, path: str) -> None:
        self.path = path
        self.remarks: list[str] = []
        try:
            with zipfile.ZipFile(path) as archive:
                infos = archive.infolist()
                self._start = archive.start_dir
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError, EOFError) as error:
            raise Unreadable(f"is no zip that can be read: {_words(error)}") from None
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror or error}") from None
        if len(infos) > MOST_ENTRIES:
            raise Unreadable(f"holds {len(infos):,} entries, more than are looked at ({MOST_ENTRIES:,})")
        self._infos = self._usable(infos)
        self.links = frozenset(path for path, info in self._infos.items() if _is_link(info))
        """The entries that are symbolic links: what they lead to is not known to be there."""
        if self.links:
            self.remarks.append(f"holds symbolic links, which lead nowhere here: {_some(sorted(self.links))}")
        total = sum(info.file_size for info in self._infos.values())
        if total > MOST_BYTES:
            raise Unreadable(f"states {total:,} bytes unzipped, more than any package may have")
        self.entries: Sequence[Entry] = [
            Entry(path, info.file_size, info.compress_size, _mode(info)) for path, info in self._infos.items()
        ]

    def _usable(self, infos: Sequence[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        """By path. Of a name that stands twice the last counts, as for whoever unpacks one after the other."""
        found: dict[str, zipfile.ZipInfo] = {}
        wrong: dict[str, list[str]] = {}
        for info in infos:
            if info.filename.endswith("/") or info.filename.endswith("\\"):
                continue
            path = safe(info.orig_filename if "\0" in info.orig_filename else info.filename)
            if not path:
                wrong.setdefault("holds names that lead out of it, which are left out", []).append(info.filename)
            elif info.flag_bits & _ENCRYPTED:
                wrong.setdefault("holds encrypted files, which Lambda cannot unpack", []).append(path)
            elif info.compress_type not in _METHODS:
                wrong.setdefault("holds files compressed in a way that Lambda cannot unpack", []).append(path)
            elif info.file_size > max(1, info.compress_size) * MOST_RATIO or info.header_offset > self._start:
                wrong.setdefault("holds files that are not what they are stated to be, left out", []).append(path)
            else:
                if path in found:
                    wrong.setdefault("holds the same name twice, and the last one counts", []).append(path)
                    del found[path]
                found[path] = info
        self.remarks += [f"{what}: {_some(paths)}" for what, paths in wrong.items()]
        inner = {path for path in found if any(above in found for above in _above(path))}
        if inner:
            self.remarks.append(f"holds files below files: {_some(sorted(inner))}")
        return found

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """See `Contents.read`."""
        return b"".join(self._chunks(path, at_most))

    def _chunks(self, path: str, at_most: int) -> Iterator[bytes]:
        """The file, piece by piece, and no more of it than its directory entry states."""
        info = self._infos[path]
        left = min(info.file_size, at_most)
        whole = left == info.file_size
        crc = 0
        for chunk in self._inflated(info, path):
            part = chunk[:left]
            left -= len(part)
            crc = zlib.crc32(part, crc) if whole else 0
            yield part
            if len(chunk) > len(part):
                if whole:
                    raise Unreadable(f"is damaged: {path} holds more than it states")
                return
            if not left and not whole:
                return
        if left or (whole and crc != info.CRC):
            raise Unreadable(f"is damaged: {path} is not what its checksum says")

    def _inflated(self, info: zipfile.ZipInfo, path: str) -> Iterator[bytes]:
        try:
            with open(self.path, "rb") as stream:
                stream.seek(info.header_offset)
                header = stream.read(30)
                if len(header) < 30 or header[:4] != b"PK\3\4":
                    raise Unreadable(f"is damaged: {path} does not begin where it is said to")
                name, extra = struct.unpack("<HH", header[26:30])
                stream.seek(name + extra, os.SEEK_CUR)
                left = info.compress_size
                inflate = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
                while left > 0 and (data := stream.read(min(left, _CHUNK))):
                    left -= len(data)
                    if inflate is None:
                        yield data
                    else:
                        while data:
                            yield inflate.decompress(data, _CHUNK)
                            data = inflate.unconsumed_tail
                if inflate is not None and not inflate.eof:
                    yield inflate.flush()
        except zlib.error:
            raise Unreadable(f"is damaged: {path} cannot be unpacked") from None
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror or error}") from None


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _mode(info: zipfile.ZipInfo) -> int | None:
    mode = info.external_attr >> 16
    return mode & 0o777 if info.create_system == 3 and mode else None


def _is_link(info: zipfile.ZipInfo) -> bool:
    return info.create_system == 3 and (info.external_attr >> 16) & _KIND == _LINK


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(repr(path)[1:-1][:200] for path in paths[:SHOWN])
    return f"{shown} and {len(paths) - SHOWN:,} more" if len(paths) > SHOWN else shown


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
