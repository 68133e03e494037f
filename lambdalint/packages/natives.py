"""Machine code in a package: for which processor, which Python and which C library it was built."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence

from lambdalint.model.package import Native
from lambdalint.packages.contents import Contents, Unreadable

_NAMED = re.compile(r"\.(?:so|dylib|pyd|dll|exe)$|\.so\.[\d.]+$")
_ABI = re.compile(r"\.(?:cpython-(\d)(\d+)[a-z]?-|cp(\d)(\d+)-|(abi3)\.)")
_MACHINES = {
    3: "x86",
    8: "mips",
    20: "ppc",
    21: "ppc64le",
    22: "s390x",
    40: "arm",
    62: "x86_64",
    183: "arm64",
    243: "riscv64",
}
_MACH = {0x01000007: "x86_64", 0x0100000C: "arm64", 7: "x86", 12: "arm"}
_PE = {0x8664: "x86_64", 0xAA64: "arm64", 0x14C: "x86"}
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)\b")
_VERSIONS_NEEDED = 0x6FFFFFFE
_NO_BITS = 8
_MOST_SECTIONS = 10_000


def natives(contents: Contents) -> Sequence[Native]:
    """All machine code in a package; what cannot be read of a file is left out."""
    return [
        found
        for entry in contents.entries
        if _may_be(entry.path, entry.mode)
        for found in _native(contents, entry.path)
    ]


def _may_be(path: str, mode: int | None) -> bool:
    name = path.rpartition("/")[2]
    return bool(_NAMED.search(name)) or ("." not in name and mode is not None and bool(mode & 0o111))


def _native(contents: Contents, path: str) -> Iterator[Native]:
    try:
        data = memoryview(contents.read(path))
    except Unreadable:
        return
    start = bytes(data[:4])
    try:
        if start == b"\x7fELF":
            yield _elf(path, data)
        elif start in (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"):
            (kind,) = struct.unpack_from("<I", data, 4)
            yield Native(path, len(data), "mach-o", _MACH.get(kind, f"machine {kind}"), abi_of(path))
        elif start == b"\xca\xfe\xba\xbe" and path.endswith((".so", ".dylib")):
            yield Native(path, len(data), "mach-o", "universal", abi_of(path))
        elif start[:2] == b"MZ":
            (offset,) = struct.unpack_from("<I", data, 0x3C)
            (kind,) = struct.unpack_from("<H", data, offset + 4)
            yield Native(path, len(data), "pe", _PE.get(kind, f"machine {kind}"), abi_of(path))
    except (struct.error, ValueError, IndexError):  # cut short, or no such file after all
        return


def abi_of(path: str) -> str:
    """For which Python an extension module was built, by its name: `cp312`, `abi3`, or nothing for a library."""
    match = _ABI.search(path.rpartition("/")[2])
    if match is None:
        return ""
    return match[5] or f"cp{match[1] or match[3]}{match[2] or match[4]}"


def _elf(path: str, data: memoryview) -> Native:
    """Raises `struct.error`, `ValueError` or `IndexError` for what is damaged."""
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    (machine,) = struct.unpack_from(f"{order}H", data, 18)
    sections = list(_sections(data, wide, order))
    debug = 0
    glibc: tuple[int, int] | None = None
    for name, kind, offset, size, link in sections:
        if name.startswith((b".debug", b".zdebug", b".gnu_debug")) or name in (b".symtab", b".strtab"):
            debug += size
        elif kind == _VERSIONS_NEEDED and link < len(sections):
            _, _, at, length, _ = sections[link]
            # Only the names that are needed from the C library stand there beside those of symbols.
            names = bytes(data[at : at + length])
            wanted = [(int(one[1]), int(one[2])) for one in _needed(data, names, offset, size, order)]
            glibc = max(wanted, default=None)
    return Native(path, len(data), "elf", _MACHINES.get(machine, f"machine {machine}"), abi_of(path), glibc, debug)


Section = tuple[bytes, int, int, int, int]
"""Name, type, offset, size, link."""


def _sections(data: memoryview, wide: bool, order: str) -> Iterator[Section]:
    if wide:
        (start,) = struct.unpack_from(f"{order}Q", data, 40)
        each, count, names_in = struct.unpack_from(f"{order}HHH", data, 58)
        form = f"{order}IIQQQQII"
    else:
        (start,) = struct.unpack_from(f"{order}I", data, 32)
        each, count, names_in = struct.unpack_from(f"{order}HHH", data, 46)
        form = f"{order}IIIIIIII"
    if not start or not each or count > _MOST_SECTIONS:
        return
    rows = [struct.unpack_from(form, data, start + number * each) for number in range(count)]
    if names_in >= len(rows):
        return
    at, length = rows[names_in][4], rows[names_in][5]
    names = bytes(data[at : at + length])
    for name, kind, _, _, offset, size, link, _ in rows:
        end = names.find(b"\0", name)
        yield names[name : end if end >= 0 else None], kind, offset, 0 if kind == _NO_BITS else size, link


def _needed(data: memoryview, names: bytes, offset: int, size: int, order: str) -> Iterator[re.Match[bytes]]:
    """The versions of glibc in a section of needed versions."""
    end = min(offset + size, len(data))
    at = offset
    seen = 0
    while at + 16 <= end and seen < _MOST_SECTIONS:
        _, count, _, first, following = struct.unpack_from(f"{order}HHIII", data, at)
        inner = at + first
        for _ in range(min(count, _MOST_SECTIONS)):
            if inner + 16 > end:
                break
            _, _, _, name, next_one = struct.unpack_from(f"{order}IHHII", data, inner)
            match = _GLIBC.match(names, name)
            if match:
                yield match
            if not next_one:
                break
            inner += next_one
        if not following:
            return
        at += following
        seen += 1
