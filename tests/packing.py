"""Lays out what is shipped, from a few words: distributions, machine code, files of a size.

# in: src/                                    a folder, or a zip if it ends with .zip
pandas 2.3.1                                  a distribution, with a module of its name
requests 2.32.3 needs urllib3, idna           what it needs
PyYAML 6.0.2 module yaml                      what can be imported of it
pandas 2.3.1 holds pandas/tests/a.csv 3000000  a file of a size besides
orjson 3.11 tag cp312-cp312-manylinux_2_17_x86_64
numpy 2.3.5 python >=3.11                     the Pythons that it is for
fast/core.cpython-312-x86_64-linux-gnu.so: elf x86_64 glibc 2.34 debug 300000
data/model.bin: 60000000 bytes
.env: "TOKEN=abc"                             its content, as JSON
run.sh: mode 600
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

_WORDS = "needs|module|tag|python|holds"
_MACHINES = {"x86_64": 62, "arm64": 183, "arm": 40}


def lay_package(block: str, folder: Path) -> None:
    """Write what a block says, below a folder."""
    first, *lines = block.strip().splitlines()
    target = folder / first.removeprefix("# in:").strip()
    files = {path: content for line in lines if line.strip() for path, content in _files(line.strip())}
    if target.suffix == ".zip":
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, (data, mode) in files.items():
                info = zipfile.ZipInfo(path, (2026, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.external_attr = (0o100000 | mode) << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, bytes(data) if isinstance(data, int) else data)
        return
    for path, (data, mode) in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            if isinstance(data, int):
                stream.truncate(data)  # takes no space on the disk
            else:
                stream.write(data)
        file.chmod(mode)


def _files(line: str) -> Iterator[tuple[str, tuple[bytes | int, int]]]:
    """Paths, each with its content, or with how many bytes of nothing it holds, and its mode."""
    path, colon, what = line.partition(": ")
    if not colon:
        for name, data in distribution(line):
            yield name, (data, 0o644)
    elif what.startswith('"'):
        yield path, (json.loads(what).encode(), 0o644)
    elif what.endswith(" bytes"):
        yield path, (int(what.split()[0]), 0o644)
    elif what.startswith("mode "):
        yield path, (b"#!/bin/sh\n", int(what.split()[1], 8))
    elif what.startswith("elf "):
        words = what.split()
        said = dict(zip(words[2::2], words[3::2], strict=True))
        yield path, (elf(words[1], said.get("glibc", ""), int(said.get("debug", "0"))), 0o755)
    else:
        raise ValueError(f"what is {line!r}?")


def distribution(line: str) -> Iterator[tuple[str, bytes | int]]:
    """The files of one, from `name version [needs a, b] [module m] [tag t] [python >=3.11] [holds path bytes]`."""
    name, version, *_ = line.split()
    said = dict(re.findall(rf" ({_WORDS}) (.+?)(?= (?:{_WORDS}) |$)", line))
    module = said.get("module", name.lower().replace("-", "_"))
    python = f"Requires-Python: {said['python']}\n" if "python" in said else ""
    needs = python + "".join(
        f"Requires-Dist: {one.strip()}\n" for one in said.get("needs", "").split(",") if one.strip()
    )
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    files: dict[str, bytes | int] = {
        f"{module}/__init__.py": f'__version__ = "{version}"\n'.encode(),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nTag: {said.get('tag', 'py3-none-any')}\n".encode(),
    }
    if "holds" in said:
        path, size = said["holds"].split()
        files[path] = int(size)
    yield from files.items()
    yield f"{info}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]).encode()


def elf(machine: str, glibc: str = "", debug_bytes: int = 0) -> bytes:
    """A shared library of 64 bits that wants symbols of this glibc and has so many bytes of debug sections."""
    strings = b"\0libc.so.6\0GLIBC_" + (glibc or "2.5").encode() + b"\0"
    needs = struct.pack("<HHIII", 1, 1, 1, 16, 0) + struct.pack("<IHHII", 0, 0, 2, 11, 0)
    parts = [("", 0, b""), (".dynstr", 3, strings), (".gnu.version_r", 0x6FFFFFFE, needs)]
    if debug_bytes:
        parts.append((".debug_info", 1, bytes(debug_bytes)))
    names = b"\0" + b"".join(name.encode() + b"\0" for name, _, _ in parts[1:]) + b".shstrtab\0"
    parts.append((".shstrtab", 3, names))
    body, headers = b"", b""
    for name, kind, data in parts:
        at = 64 + len(body) if name else 0
        link, info = (1, 1) if name == ".gnu.version_r" else (0, 0)
        start = names.index(name.encode() + b"\0") if name else 0
        headers += struct.pack("<IIQQQQIIQQ", start, kind, 0, 0, at, len(data), link, info, 1, 0)
        body += data
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    count = len(parts)
    rest = struct.pack(
        "<HHIQQQIHHHHHH", 3, _MACHINES[machine], 1, 0, 0, 64 + len(body), 0, 64, 0, 0, 64, count, count - 1
    )
    return ident + rest + body + headers
