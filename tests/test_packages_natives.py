"""Machine code, and the tags of wheels: for which processor, Python and C library they are."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import pytest
from holding import Held
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalint.model.package import Native
from lambdalint.packages.natives import natives
from lambdalint.packages.tags import misfit

X86, ARM = "x86_64", "arm64"


def elf(
    machine: int = 62,
    *,
    wide: bool = True,
    order: str = "<",
    versions: Sequence[tuple[str, int]] = ((("GLIBC_2.17"), 0),),
    debug: int = 0,
    library: str = "libc.so.6",
) -> bytes:
    """A shared library that needs versions (with their flags) of one other."""
    strings = b"\0" + library.encode() + b"\0"
    needs = struct.pack(f"{order}HHIII", 1, len(versions), 1, 16, 0)
    for number, (version, flags) in enumerate(versions, 1):
        following = 16 if number < len(versions) else 0
        needs += struct.pack(f"{order}IHHII", 0, flags, number + 1, len(strings), following)
        strings += version.encode() + b"\0"
    parts = [(".dynstr", 3, strings, 0), (".gnu.version_r", 0x6FFFFFFE, needs, 1), (".debug_info", 1, bytes(debug), 0)]
    names = b"\0" + b"".join(name.encode() + b"\0" for name, *_ in parts) + b".shstrtab\0"
    parts.append((".shstrtab", 3, names, 0))
    top = 64 if wide else 52
    form = f"{order}IIQQQQIIQQ" if wide else f"{order}IIIIIIIIII"
    body, headers = b"", struct.pack(form, *[0] * 10)
    for name, kind, data, link in parts:
        headers += struct.pack(form, names.index(name.encode()), kind, 0, 0, top + len(body), len(data), link, 1, 1, 0)
        body += data
    start = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    each, at = struct.calcsize(form), top + len(body)
    header = struct.pack(
        f"{order}HHI{'QQQ' if wide else 'III'}IHHHHHH", 3, machine, 1, 0, 0, at, 0, top, 0, 0, each, 5, 4
    )
    return start + header + body + headers


def native(data: bytes, path: str = "lib.so", mode: int | None = 0o644) -> Native | None:
    return next(iter(natives(Held({path: data}, mode=mode))), None)


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_what_an_elf_file_says(wide: bool, order: str) -> None:
    versions = [("GLIBC_2.5", 0), ("GLIBC_2.28", 0), ("GLIBC_2.99", 2), ("GLIBC_PRIVATE", 0), ("GLIBCXX_3.4.30", 0)]
    found = native(elf(40, wide=wide, order=order, versions=versions, debug=333))
    assert found is not None
    assert (found.format, found.architecture, found.glibc, found.debug_bytes) == ("elf", "arm", (2, 28), 333)
    bare = native(elf(40, wide=wide, order=order, versions=[]))
    assert bare is not None
    assert (bare.glibc, bare.debug_bytes, bare.musl) == (None, 0, False)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (elf(62), "elf x86_64"),
        (elf(183), "elf arm64"),
        (elf(21), "elf ppc64le"),
        (elf(21, order=">"), "elf ppc64"),
        (elf(62, wide=False), "elf x32"),
        (elf(1234), "elf machine 1234"),
        (elf()[:64], "elf x86_64"),  # its sections are cut off
        (struct.pack("<II", 0xFEEDFACF, 0x0100000C) + bytes(60), "mach-o arm64"),
        (struct.pack(">II", 0xFEEDFACE, 18) + bytes(60), "mach-o ppc"),
        (struct.pack(">II5I5I", 0xCAFEBABE, 2, 0x01000007, 3, 0, 0, 0, 0x0100000C, 0, 0, 0, 0), "mach-o arm64 x86_64"),
        (struct.pack(">IHH", 0xCAFEBABE, 0, 65) + bytes(60), ""),  # a class of Java
        (b"MZ" + bytes(58) + struct.pack("<I4sH", 64, b"PE\0\0", 0x8664), "pe x86_64"),
        (b"MZ" + bytes(58) + struct.pack("<I", 1 << 31), ""),
        (b"\x7fELF", ""),
        (b"not at all", ""),
        (b"", ""),
    ],
)
def test_formats_and_processors(data: bytes, said: str) -> None:
    found = native(data)
    assert (f"{found.format} {found.architecture}" if found else "") == said


def test_the_c_library_of_alpine_and_a_newer_linker() -> None:
    alpine, newer = (
        native(elf(library="libc.musl-x86_64.so.1", versions=[])),
        native(elf(versions=[("GLIBC_ABI_DT_RELR", 0)])),
    )
    assert alpine is not None
    assert alpine.musl
    assert newer is not None
    assert newer.glibc == (2, 36)


@pytest.mark.parametrize(
    ("path", "abi"),
    [
        ("a/core.cpython-312-x86_64-linux-gnu.so", "cp312"),
        ("a/core.cpython-313t-aarch64-linux-gnu.so", "cp313t"),
        ("a/core.cpython-37m-x86_64-linux-gnu.so", "cp37"),
        ("_rust.abi3.so", "abi3"),
        ("core.cp312-win_amd64.pyd", "cp312"),
        ("core.pypy311-pp73-x86_64-linux-gnu.so", "pp311"),
        ("numpy.libs/libgfortran-040039e1.so.5.0.0", ""),
        ("core.so", ""),
    ],
)
def test_names_say_for_which_python_it_is(path: str, abi: str) -> None:
    found = native(elf(), path)
    assert found is not None
    assert found.abi == abi


def test_only_what_may_be_machine_code_is_opened() -> None:
    code = elf()
    assert native(code, "bin/protoc", 0o755) is not None
    assert native(code, "bin/protoc-3.21", 0o755) is not None
    assert native(code, "bin/protoc", None) is not None
    unread = {"bin/data": 0o644, "module.py": 0o755, "a-1.dist-info/RECORD": 0o755, "data.bin": None}
    assert [path for path, mode in unread.items() if native(code, path, mode)] == []
    assert natives(Held({"damaged.so": None, "good.so": code}))[0].path == "good.so"


@settings(max_examples=400, deadline=None)
@given(seed=st.integers(0, 10**9), cut=st.integers(0, 700), wide=st.booleans(), order=st.sampled_from("<>"))
def test_no_damaged_machine_code_raises(seed: int, cut: int, wide: bool, order: str) -> None:
    data = bytearray(elf(wide=wide, order=order, versions=[("GLIBC_2.17", 0), ("GLIBC_2.28", 0)], debug=50))
    for count in range(seed % 4):
        at = (seed >> (count * 8)) % len(data)
        data[at : at + 2] = ((seed >> count) & 0xFFFF).to_bytes(2, "little")
    found = native(bytes(data[: cut or None]))
    assert found is None or found.debug_bytes <= 5 * len(data)


@settings(max_examples=200, deadline=None)
@given(
    start=st.sampled_from(
        [b"\x7fELF\x02\x01", b"\x7fELF\x01\x02", b"MZ", b"\xca\xfe\xba\xbe\0\0\0\x02", b"\xcf\xfa\xed\xfe"]
    ),
    rest=st.binary(max_size=300),
)
def test_no_bytes_behind_a_known_beginning_raise(start: bytes, rest: bytes) -> None:
    native(start + rest)


@pytest.mark.parametrize(
    ("tags", "python", "architecture", "reason"),
    [
        ("py3-none-any", (3, 13), X86, ""),
        ("py2.py3-none-any", (3, 13), X86, ""),
        ("py2-none-any", (3, 13), X86, "is built for Python 2"),
        ("cp312-cp312-manylinux_2_17_x86_64", (3, 12), X86, ""),
        ("cp312-cp312-manylinux_2_17_x86_64", (3, 13), X86, "is built for Python 3.12"),
        (
            "cp313-cp313t-manylinux_2_17_x86_64",
            (3, 13),
            X86,
            "is built for Python 3.13 without the global interpreter lock",
        ),
        ("cp39-abi3-manylinux_2_17_aarch64", (3, 13), ARM, ""),
        ("cp314-abi3-manylinux_2_17_aarch64", (3, 13), ARM, "is built for Python 3.14 or newer"),
        ("pp310-pypy310_pp73-manylinux_2_17_x86_64", (3, 10), X86, "is built for PyPy"),
        ("cp311-cp311-manylinux_2_17_x86_64", (3, 11), ARM, "is built for x86_64"),
        ("cp311-cp311-manylinux_2_28_x86_64", (3, 11), X86, "needs glibc 2.28, and python3.11 has 2.26"),
        ("cp312-cp312-manylinux_2_28_x86_64", (3, 12), X86, ""),
        ("cp312-cp312-manylinux_2_35_x86_64", (3, 12), X86, "needs glibc 2.35, and python3.12 has 2.34"),
        ("cp311-cp311-manylinux_2_28_x86_64.manylinux2014_x86_64", (3, 11), X86, ""),
        ("cp311-cp311-musllinux_1_2_x86_64", (3, 11), X86, "is built for musl, the C library of Alpine Linux"),
        ("cp311-cp311-macosx_11_0_arm64", (3, 11), ARM, "is built for macOS"),
        ("cp311-cp311-win_amd64", (3, 11), X86, "is built for Windows"),
        ("cp311-cp311-manylinux_2_17_i686", (3, 11), X86, "is built for i686"),
        ("cp311-cp311-manylinux_2_28_x86_64", None, None, ""),
        ("nonsense", (3, 13), X86, ""),
        ("", (3, 13), X86, ""),
    ],
)
def test_whether_a_wheel_fits(tags: str, python: tuple[int, int] | None, architecture: str | None, reason: str) -> None:
    assert misfit([tags], python, architecture) == reason


def test_one_tag_that_fits_is_enough() -> None:
    assert misfit(["cp311-cp311-linux_x86_64", "cp312-cp312-linux_x86_64"], (3, 12), X86) == ""
    assert misfit([], (3, 12), X86) == ""
