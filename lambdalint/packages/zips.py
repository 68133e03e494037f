"""Zips, read by their central directory. Nothing is inflated before it is asked for, and never more than is stated."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from lambdalint.model.package import Entry
from lambdalint.packages.central import UTF_8, Member, members
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.safety import MOST_LETTERS, Told, follow, safe, shown
from lambdalint.packages.spans import BOMB_BYTES, BOMB_RATIO, File

MOST_BYTES = 10 * 1 << 30
"""Unzipped, of all files together: more than Lambda takes of anything."""
MOST_RATIO = 1032
"""Deflate cannot do better: whoever states more lies."""
_ENCRYPTED = 0x1
_STORED, _DEFLATED = _METHODS = (0, 8)
"""The ways of packing that Lambda undoes."""
_FOLDER = stat.S_IFDIR >> 12
_ORDINARY = frozenset({0, stat.S_IFREG >> 12, stat.S_IFLNK >> 12})
_INPUT = 1 << 16


class Zip:
    """The files of a zip. Raises `Unreadable` where it is none that can be read."""

    kind = "zip"

    def __init__(self, path: str) -> None:
        self.path = path
        self._file = File(path or ".")
        told = Told()
        self._members = dict(_usable(members(self._file), told))
        self._check_total()
        self.entries: Sequence[Entry] = [
            Entry(path, one.bytes_unzipped, one.bytes_zipped, one.mode & 0o777 if one.mode else None)
            for path, one in self._members.items()
        ]
        folders = _folders(self._members)
        for link, target in self.links.items():
            inside = follow(link, self.links)
            if inside not in self._members and inside not in folders:
                told.add("holds symbolic links that lead to nothing in it", f"{link} -> {target}")
        for path in sorted(folders.intersection(self._members) - self.links.keys()):
            told.add("holds files that are folders too", path)
        self.remarks: Sequence[str] = told.lines()
        if not self.entries and not self.remarks:
            self.remarks = ["holds no files"]

    @cached_property
    def links(self) -> Mapping[str, str]:
        """The entries that are symbolic links, and where they lead, as written. They weigh what is written."""
        found = {}
        for path, one in self._members.items():
            if stat.S_ISLNK(one.mode):
                try:
                    found[path] = self._content(one, path, MOST_LETTERS).decode("utf-8", "replace")
                except Unreadable:
                    found[path] = ""
        return found

    def _check_total(self) -> None:
        total = sum(one.bytes_unzipped for one in self._members.values())
        if total > MOST_BYTES:
            raise Unreadable(f"states {total:,} bytes unzipped, more than any package may have")
        if total > BOMB_BYTES and total > self._file.size * BOMB_RATIO:
            raise Unreadable(f"unpacks to {total // self._file.size:,} times its size: a zip bomb is not read")

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """See `Contents.read`. Links are followed within the zip."""
        inside = follow(path, self.links) if self.links else path
        member = self._members.get(inside)
        if member is None or stat.S_ISLNK(member.mode):
            raise Unreadable(f"holds no such file, or a link that leads to none: {shown(path)}")
        return self._content(member, path, at_most)

    def _content(self, member: Member, path: str, at_most: int) -> bytes:
        """The file, and no more of it than is stated."""
        if member.flags & _ENCRYPTED:
            raise Unreadable(f"is encrypted: {shown(path)} cannot be read")
        if member.method not in _METHODS:
            raise Unreadable(f"is packed in a way that is not read here: {shown(path)}")
        at = self._start(member, path)
        wanted = min(member.bytes_unzipped, at_most)
        if member.method == _STORED:
            data, more = self._file.read(at, min(wanted, member.bytes_zipped)), member.bytes_zipped > wanted
        else:
            data, more = self._inflated(member, path, at, wanted)
        if wanted < member.bytes_unzipped:
            return data
        if more:
            raise Unreadable(f"is damaged: {shown(path)} holds more than it states")
        if len(data) != wanted or zlib.crc32(data) != member.crc:
            raise Unreadable(f"is damaged: {shown(path)} is not what its checksum says")
        return data

    def _start(self, member: Member, path: str) -> int:
        """Where the packed bytes of a file begin."""
        header = self._file.read(member.at, 30 + len(member.name))
        if len(header) < 30 or header[:4] != b"PK\3\4":
            raise Unreadable(f"is damaged: {shown(path)} does not begin where it is said to")
        if header[30:] != member.name:
            raise Unreadable(f"is damaged: {shown(path)} has another name where it begins")
        name, extra = struct.unpack_from("<HH", header, 26)
        return int(member.at + 30 + name + extra)

    def _inflated(self, member: Member, path: str, at: int, wanted: int) -> tuple[bytes, bool]:
        """The beginning of a file, and whether there is more of it."""
        state = zlib.decompressobj(-15)
        pieces: list[bytes] = []
        end = at + member.bytes_zipped
        left = wanted + 1  # to see whether there is more
        try:
            while left and at < end and not state.eof:
                packed = self._file.read(at, min(end - at, max(_INPUT, left)))
                if not packed:
                    break
                at += len(packed)
                pieces.append(state.decompress(packed, left))
                left -= len(pieces[-1])
        except zlib.error:
            raise Unreadable(f"is damaged: {shown(path)} cannot be unpacked") from None
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return (data, False) if left else (data[:wanted], True)


def _usable(found: Sequence[Member], told: Told) -> Iterator[tuple[str, Member]]:
    """What is unpacked, by path. Of a name that stands twice the last counts, as for whoever unpacks in order."""
    by_path: dict[str, Member] = {}
    for one in found:
        name = one.name.decode("ascii") if one.name.isascii() else _name(one, told)
        path = safe(name)
        if name.endswith(("/", "\\")) or one.mode >> 12 == _FOLDER:
            continue
        fault = _refused(one, path)
        if fault:
            told.add(fault, path or name)
            continue
        if "\\" in name:
            told.add("has backslashes in names, which Linux takes for letters: zip it with forward slashes", name)
        if one.flags & _ENCRYPTED:
            told.add("holds encrypted files, which Lambda cannot unpack: zip it without a password", path)
        elif one.method not in _METHODS:
            told.add("holds files compressed in a way that Lambda cannot unpack: zip it with deflate", path)
        if path in by_path:
            del by_path[path]
            told.add("holds the same name twice, and the last one counts", path)
        by_path[path] = one
    yield from by_path.items()


def _refused(one: Member, path: str) -> str:
    """Why a file is left out."""
    if not path:
        return "holds names that lead out of it, which are left out"
    if one.mode >> 12 not in _ORDINARY:
        return "holds devices, pipes or sockets, which are left out"
    if one.bytes_unzipped > one.bytes_zipped * MOST_RATIO and one.method in _METHODS:
        return "holds files that are not what they are stated to be, left out"
    return ""


def _name(member: Member, told: Told) -> str:
    """A name that is not said to be UTF-8 often is, for instance of `zip` itself."""
    name = member.name
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        if not member.flags & UTF_8:
            return name.decode("cp437")
    replaced = name.decode("utf-8", "replace")
    told.add("has names that are not the UTF-8 they are said to be", replaced)
    return replaced


def _folders(paths: Iterable[str]) -> set[str]:
    folders = {path.rpartition("/")[0] for path in paths}
    waiting = list(folders)
    while waiting:
        above = waiting.pop().rpartition("/")[0]
        if above not in folders:
            folders.add(above)
            waiting.append(above)
    folders.discard("")
    return folders
