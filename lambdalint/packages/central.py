"""The table of contents of a zip, its central directory. (`zipfile` takes three times as long, and trusts it.)"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdalint.packages.contents import Unreadable
from lambdalint.packages.spans import File

MOST_ENTRIES = 300_000
_MOST_BYTES = 1 << 28
_RECORD = struct.Struct("<4sBBHHHIIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_LONGEST_COMMENT = 65_535
_UNIX = frozenset({3, 19})
"""Systems whose archives keep modes: Unix, and Darwin by its own number."""
UTF_8 = 0x800
FULL, FULL_SHORT = 0xFFFFFFFF, 0xFFFF


class Member(NamedTuple):
    """One line of the table."""

    name: bytes
    flags: int
    method: int
    crc: int
    bytes_zipped: int
    bytes_unzipped: int
    at: int
    """Where its own header begins."""
    mode: int
    """With the bits that tell links from files; 0 where the archive keeps none."""


def members(file: File) -> Sequence[Member]:
    """All lines, in their order. Raises `Unreadable`."""
    start, size, shift = _place(file)
    if size > _MOST_BYTES:
        raise Unreadable(f"has a table of contents of {size:,} bytes, more than is looked at")
    table = file.read(start, size)
    size = len(table)
    found: list[Member] = []
    at = 0
    while at < size:
        if at + _RECORD.size > size:
            raise Unreadable(_damaged("its table of contents ends too early"))
        record = _RECORD.unpack_from(table, at)
        sig, _, system, _, flags, method, _, crc, zipped, unzipped, name, extra, comment, _, _, attributes, header = (
            record
        )
        if sig != b"PK\1\2":
            raise Unreadable(_damaged("its table of contents is no such"))
        at += 46
        inner = at + name
        if zipped == FULL or unzipped == FULL or header == FULL:
            unzipped, zipped, header = _long(table[inner : inner + extra], unzipped, zipped, header)
        mode = attributes >> 16 if system in _UNIX else 0
        found.append(Member(table[at:inner], flags, method, crc, zipped, unzipped, header + shift, mode))
        at = inner + extra + comment
        if len(found) > MOST_ENTRIES:
            raise Unreadable(f"holds more entries than are looked at ({MOST_ENTRIES:,})")
    _apart(found, start)
    return found


def _place(file: File) -> tuple[int, int, int]:
    """Where the table begins, its size, and how many bytes stand before the archive that it does not count."""
    first = max(0, file.size - _LONGEST_COMMENT - _END.size)
    tail = file.read(first, file.size - first)
    found = tail.rfind(b"PK\5\6")
    while found >= 0 and (len(tail) - found < _END.size or _comment(tail, found) > len(tail)):
        found = tail.rfind(b"PK\5\6", 0, found)
    if found < 0:
        raise Unreadable(_no_zip(file))
    _, disk, of, _, count, size, offset, _ = _END.unpack_from(tail, found)
    end = first + found
    if count == FULL_SHORT or size == FULL or offset == FULL or disk == FULL_SHORT:
        long = _place_64(file, end)
        if long is not None:
            end, disk, of, size, offset = long
    if disk or of:
        raise Unreadable("is one part of a zip that was split: join the parts first (zip -s 0)")
    start = end - size
    if start < offset or start < 0:
        raise Unreadable(_damaged("its table of contents is not where it is said to be"))
    if size and file.read(start, 4) != b"PK\1\2" and file.read(offset, 4) == b"PK\1\2":
        return offset, size, 0  # something stands between the table and the end
    return start, size, start - offset


def _comment(tail: bytes, found: int) -> int:
    """Where the comment at the end of the archive ends."""
    return found + _END.size + int.from_bytes(tail[found + 20 : found + 22], "little")


def _place_64(file: File, end: int) -> tuple[int, int, int, int, int] | None:
    """The same from the record for large archives: where that begins, its disks, the size and offset of the table."""
    locator = file.read(max(0, end - _LOCATOR.size), _LOCATOR.size)
    if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\6\7"):
        return None
    for at in (_LOCATOR.unpack(locator)[2], end - _LOCATOR.size - _END_64.size):
        record = file.read(at, _END_64.size) if 0 <= at < end else b""
        if len(record) == _END_64.size and record.startswith(b"PK\6\6"):
            _, _, _, _, disk, of, _, _, size, offset = _END_64.unpack(record)
            return at, disk, of, size, offset
    raise Unreadable(_damaged("the record that large zips end with is missing"))


def _long(extra: bytes, *sizes: int) -> Iterator[int]:
    """Sizes and offset, those that need more than 32 bits from the extra field."""
    at = 0
    longer = b""
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            longer = extra[at + 4 : at + 4 + length]
            break
        at += 4 + length
    for size in sizes:
        if size == FULL and len(longer) >= 8:
            size, longer = int.from_bytes(longer[:8], "little"), longer[8:]
        yield size


def _apart(found: Sequence[Member], start: int) -> None:
    """Raises `Unreadable` where files lie over each other: so a few bytes are unpacked many times."""
    end = 0
    for at, size in sorted((one.at, 30 + len(one.name) + one.bytes_zipped) for one in found):
        if at < end:
            raise Unreadable("has files that lie over each other, as in a zip bomb: it is not read")
        end = at + size
    if end > start:
        raise Unreadable(_damaged("a file in it reaches beyond its end"))


def _no_zip(file: File) -> str:
    start = file.read(0, 4)
    if not file.size:
        return "is no zip that can be read: it is empty"
    if start.startswith((b"PK\3\4", b"PK\7\10")):
        return "is no zip that can be read: its end is missing; copy or build it again"
    return "is no zip that can be read, and no image"


def _damaged(how: str) -> str:
    return f"is no zip that can be read: {how}; copy or build it again"
