"""Machine code in a package: for which processor, which Python and which C library it was built."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdalint.model.package import Entry, Native
from lambdalint.packages.contents import Contents, Unreadable

_NAMED = re.compile(r"\.(?:so(?:\.\d[\w.-]*)?|dylib|pyd|dll|exe)$")
_TEXT = tuple(
    """
    .c .cc .cfg .cpp .csh .css .csv .fish .gz .h .hpp .html .ini .ipynb .jpg .js .json .md .pem .png .ps1 .pxd .py .pyc
    .pyi .pyx .rb .rst .sh .svg .toml .ts .txt .typed .whl .xml .yaml .yml .zip
    """.split()
)
"""Endings of what is no machine code, whatever its mode: where archives are made on Windows, all may be executed."""
_ABI = re.compile(r"\.(?:cpython-(\d)(\d+)(t?)[a-z]*-|cp(\d)(\d+)(t?)-|(abi3t?)\.|(pp|pypy)(\d)(\d+)-)")
_MACHINES = {
    2: "sparc",
    3: "x86",
    8: "mips",
    20: "ppc",
    21: "ppc64",
    22: "s390x",
    40: "arm",
    43: "sparc64",
    50: "ia64",
    62: "x86_64",
    183: "arm64",
    243: "riscv64",
    258: "loongarch64",
}
_MACH = {7: "x86", 12: "arm", 18: "ppc", 0x01000007: "x86_64", 0x0100000C: "arm64", 0x01000012: "ppc64"}
_THIN = {b"\xcf\xfa\xed\xfe": "<", b"\xce\xfa\xed\xfe": "<", b"\xfe\xed\xfa\xcf": ">", b"\xfe\xed\xfa\xce": ">"}
_FAT = {b"\xca\xfe\xba\xbe": 20, b"\xca\xfe\xba\xbf": 32}
"""Several in one file, and how long the header of each is."""
_MOST_IN_FAT = 20
"""More, and it is a class of Java, which begins with the same bytes."""
_PE = {0x14C: "x86", 0x1C4: "arm", 0x8664: "x86_64", 0xAA64: "arm64"}
_STARTS = (b"\x7fELF", b"MZ", *_THIN, *_FAT)

_GLIBC = re.compile(rb"GLIBC_(\d{1,4})\.(\d{1,4})(?:\.\d+)?\0")
_RELATIVE = b"GLIBC_ABI_DT_RELR\0"
_RELATIVE_SINCE = (2, 36)
_VERSIONS_NEEDED, _NO_BITS = 0x6FFFFFFE, 8
_WEAK = 2
"""A version without which the file is loaded all the same."""
_MOST_SECTIONS = 10_000
_MOST_VERSIONS = 10_000


def natives(contents: Contents) -> Sequence[Native]:
    """All machine code in a package; what cannot be read of a file is left out."""
    return [found for entry in contents.entries for found in _native(contents, entry)]


def abi_of(path: str) -> str:
    """For which Python an extension module was built, by its name: `cp312`, `abi3`, or nothing for a library."""
    match = _ABI.search(path.rpartition("/")[2])
    if match is None:
        return ""
    if match[8]:
        return f"pp{match[9]}{match[10]}"
    return match[7] or f"cp{match[1] or match[4]}{match[2] or match[5]}{match[3] or match[6] or ''}"


def _native(contents: Contents, entry: Entry) -> Iterator[Native]:
    path = entry.path
    name = path.rpartition("/")[2]
    try:
        if not _NAMED.search(name) and not (_may_be(entry, name) and contents.read(path, 4).startswith(_STARTS)):
            return
        data = memoryview(contents.read(path))
        found = _read(path, data)
    except (Unreadable, struct.error, ValueError, IndexError, OverflowError):
        return  # cut short, or no such file after all
    if found is not None:
        # Of what is too long to be read the sizes are still known.
        yield found._replace(bytes_unzipped=entry.bytes_unzipped)


def _may_be(entry: Entry, name: str) -> bool:
    """Whether to look into a file whose name says nothing: programs in `bin`."""
    if "-info/" in entry.path or entry.bytes_unzipped < 52:
        return False
    if entry.mode is None:
        return "." not in name
    return bool(entry.mode & 0o111) and not name.endswith(_TEXT)


def _read(path: str, data: memoryview) -> Native | None:
    start = bytes(data[:4])
    if start == b"\x7fELF":
        return _elf(path, data)
    if start in _THIN or start in _FAT:
        machines = [_MACH.get(kind, f"machine {kind}") for kind in _kinds(start, data)]
        return Native(path, len(data), "mach-o", " ".join(sorted(set(machines))), abi_of(path)) if machines else None
    if start[:2] == b"MZ":
        (at,) = struct.unpack_from("<I", data, 0x3C)
        signature, machine = struct.unpack_from("<4sH", data, at)
        if signature == b"PE\0\0":
            return Native(path, len(data), "pe", _PE.get(machine, f"machine {machine}"), abi_of(path))
    return None


def _kinds(start: bytes, data: memoryview) -> Sequence[int]:
    """The processors that a Mach-O file is for."""
    if start in _THIN:
        return list(struct.unpack_from(f"{_THIN[start]}I", data, 4))
    (count,) = struct.unpack_from(">I", data, 4)
    if count > _MOST_IN_FAT:
        return []
    return [struct.unpack_from(">I", data, 8 + number * _FAT[start])[0] for number in range(count)]


class Section(NamedTuple):
    """A part of an ELF file."""

    name: bytes
    kind: int
    offset: int
    size: int
    link: int
    """The number of the section that it refers to: where its names stand."""


def _elf(path: str, data: memoryview) -> Native | None:
    """Raises `struct.error`, `ValueError` or `IndexError` for what is damaged."""
    if data[4] not in (1, 2) or data[5] not in (1, 2):
        return None
    wide, order = data[4] == 2, "<" if data[5] == 1 else ">"
    (machine,) = struct.unpack_from(f"{order}H", data, 18)
    native = Native(path, len(data), "elf", _machine(machine, wide, order), abi_of(path))
    try:
        sections = list(_sections(data, wide, order))
        wanted = list(_wanted(data, sections, order))
    except (struct.error, ValueError, IndexError, OverflowError):
        return native  # loaders need no sections
    return native._replace(
        glibc=max(wanted, default=None),
        musl=any(b"libc.musl-" in _bytes(data, one) for one in sections if one.name == b".dynstr"),
        debug_bytes=sum(min(one.size, len(data)) for one in sections if _is_debug(one)),
    )


def _machine(machine: int, wide: bool, order: str) -> str:
    name = _MACHINES.get(machine, f"machine {machine}")
    if name == "ppc64" and order == "<":
        return "ppc64le"
    if wide:
        return name
    return {"x86_64": "x32", "arm64": "arm64_32", "riscv64": "riscv32", "s390x": "s390"}.get(name, name)


def _is_debug(section: Section) -> bool:
    """Whether `strip` takes it away."""
    return section.name.startswith((b".debug_", b".zdebug_", b".stab")) or section.name in (
        b".symtab",
        b".strtab",
        b".symtab_shndx",
        b".gdb_index",
    )


def _sections(data: memoryview, wide: bool, order: str) -> Iterator[Section]:
    (start,) = struct.unpack_from(f"{order}Q", data, 40) if wide else struct.unpack_from(f"{order}I", data, 32)
    each, count, names_in = struct.unpack_from(f"{order}HHH", data, 58 if wide else 46)
    form = struct.Struct(f"{order}IIQQQQII" if wide else f"{order}IIIIIIII")
    if not start or each < form.size:
        return
    first = form.unpack_from(data, start)
    count = count or first[5]  # where there are too many for the header, they are counted there
    names_in = first[6] if names_in == 0xFFFF else names_in
    if count > _MOST_SECTIONS or names_in >= count:
        return
    rows = [form.unpack_from(data, start + number * each) for number in range(count)]
    names = bytes(data[rows[names_in][4] : rows[names_in][4] + rows[names_in][5]])
    for name, kind, _, _, offset, size, link, _ in rows:
        yield Section(names[name : name + 32].partition(b"\0")[0], kind, offset, 0 if kind == _NO_BITS else size, link)


def _wanted(data: memoryview, sections: Sequence[Section], order: str) -> Iterator[tuple[int, int]]:
    """The versions of glibc that it cannot be loaded without."""
    for section in sections:
        if section.kind != _VERSIONS_NEEDED or section.link >= len(sections):
            continue
        names = _bytes(data, sections[section.link])
        for name in _names(_bytes(data, section), order):
            match = _GLIBC.match(names, name)
            if match:
                yield int(match[1]), int(match[2])
            elif names.startswith(_RELATIVE, name):
                yield _RELATIVE_SINCE


def _names(needs: bytes, order: str) -> Iterator[int]:
    """Where the names of needed versions stand, for each library that one is needed of."""
    library, version = struct.Struct(f"{order}HHIII"), struct.Struct(f"{order}IHHII")
    at = seen = 0
    while at + library.size <= len(needs):
        _, count, _, first, following = library.unpack_from(needs, at)
        inner = at + first
        for _ in range(count):
            seen += 1
            if inner + version.size > len(needs) or seen > _MOST_VERSIONS:
                break
            _, flags, _, name, next_one = version.unpack_from(needs, inner)
            if not flags & _WEAK:
                yield name
            if not next_one:
                break
            inner += next_one
        if not following or seen > _MOST_VERSIONS:
            return
        at += following
        seen += 1


def _bytes(data: memoryview, section: Section) -> bytes:
    return bytes(data[section.offset : section.offset + section.size])
