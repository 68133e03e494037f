"""The files in a tar, by their headers alone. (`tarfile` reads what a header says it must, however much that is.)"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lambdalint.packages.contents import Unreadable
from lambdalint.packages.spans import Span

_BLOCK = 512
_MOST_HEADER_BYTES = 1 << 20
MOST_MEMBERS = 1_000_000
FILE, LINK, HARD_LINK, FOLDER, OTHER = "file", "link", "hard link", "folder", "other"
_KINDS = {b"0": FILE, b"\0": FILE, b"7": FILE, b"S": FILE, b"1": HARD_LINK, b"2": LINK, b"5": FOLDER}

_EMPTY = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})


class TarMember(NamedTuple):
    """One file, folder or link."""

    name: str
    """As written."""
    kind: str
    at: int
    """Where its bytes begin."""
    size: int
    mode: int
    target: str
    """Of a link, as written."""
    sparse: bool
    """Stretches of zeros are left out: what it holds is not kept as it is."""


def is_tar(span: Span) -> bool:
    header = span.read(0, _BLOCK)
    return len(header) == _BLOCK and any(header) and _is_sound(header)


def tar_members(span: Span) -> Iterator[TarMember]:
    """All members, in their order. Raises `Unreadable` where the tar is damaged or cut off."""
    at = count = 0
    more: dict[str, str] = {}
    while (header := span.read(at, _BLOCK)) and any(header):
        count += 1
        if len(header) < _BLOCK or not _is_sound(header):
            raise Unreadable(f"is damaged: its tar breaks off at byte {at:,}; copy or save it again")
        if count > MOST_MEMBERS:
            raise Unreadable(f"holds more than {MOST_MEMBERS:,} members, more than are looked at")
        kind, at = header[156:157], at + _BLOCK
        size = _size(more, header)
        if kind in (b"L", b"K", b"x", b"X", b"g"):
            more |= _more(kind, _whole(span, at, size))
        else:
            if kind == b"S":
                at = _after_map(span, at, header)
            if kind in _EMPTY:
                size = 0  # whatever it says
            _check_end(span, at + size)
            yield _member(header, more, at, size)
            more = {}
        at += -(-size // _BLOCK) * _BLOCK


def _member(header: bytes, more: Mapping[str, str], at: int, size: int) -> TarMember:
    kind = _KINDS.get(header[156:157], OTHER)
    name_is_long = "path" in more or "GNU.sparse.name" in more
    name = more.get("GNU.sparse.name") or more.get("path") or _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" and not name_is_long else ""
    name = f"{prefix}/{name}" if prefix else name
    sparse = header[156:157] == b"S" or any(key.startswith("GNU.sparse.") for key in more)
    if sparse:
        size = _sparse_size(header, more, size)
    target = more.get("linkpath") or _text(header[157:257])
    if kind == FILE and name.endswith("/"):
        kind = FOLDER  # of a time before folders had a type of their own
    return TarMember(name, kind, at, size, _number(header[100:108]), target, sparse)


def _sparse_size(header: bytes, more: Mapping[str, str], size: int) -> int:
    """With all zeros."""
    if header[156:157] == b"S":
        return max(0, _number(header[483:495]))
    stated = _stated(more, "GNU.sparse.realsize")
    return next((one for one in (stated, _stated(more, "GNU.sparse.size")) if one is not None), size)


def _stated(more: Mapping[str, str], key: str) -> int | None:
    text = more.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


def _size(more: Mapping[str, str], header: bytes) -> int:
    stated = _stated(more, "size")
    size = _number(header[124:136]) if stated is None else stated
    if not 0 <= size < 1 << 62:
        raise Unreadable("is damaged: a tar in it states a size that cannot be")
    return size


def _more(kind: bytes, data: bytes) -> dict[str, str]:
    """What stands in a header of its own, for the member after it."""
    if kind in (b"L", b"K"):
        return {"path" if kind == b"L" else "linkpath": _text(data)}
    if kind == b"g":
        return {}
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        length, space, _ = data[at : at + 20].partition(b" ")
        if not space or not length.isdigit() or int(length) <= len(length) + 1:
            break
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        at += int(length)
    return found


def _whole(span: Span, at: int, size: int) -> bytes:
    if size > _MOST_HEADER_BYTES:
        raise Unreadable("is damaged: a tar in it has a header that is longer than any name")
    return span.read(at, size)


def _after_map(span: Span, at: int, header: bytes) -> int:
    """Where the bytes of an old sparse file begin: after blocks that say which stretches they are."""
    goes_on = header[482:483]
    while goes_on not in (b"\0", b""):
        goes_on = span.read(at, _BLOCK)[504:505]
        at += _BLOCK
    return at


def _check_end(span: Span, end: int) -> None:
    if not span.read(end - 1, 1):
        raise Unreadable("is cut off: a tar in it ends within a file; copy or save it again")


def _is_sound(header: bytes) -> bool:
    stated = _number(header[148:156])
    return stated == sum(header) - sum(header[148:156]) + 8 * 32


def _number(field: bytes) -> int:
    """In octal digits, or as bytes where these are too few."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:], "big") if field[0] == 0x80 else -1
    digits = field.strip(b" \0").partition(b"\0")[0].strip()
    try:
        return int(digits, 8) if digits else 0
    except ValueError:
        return -1


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")
