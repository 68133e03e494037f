"""Zips and folders as `lambdalint package` reads them, whatever is in them."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from archiving import HANDLER, names, zipped
from running import run

from lambdalint.packages.contents import Unreadable
from lambdalint.packages.opening import open_package
from lambdalint.packages.zips import Zip


def test_a_zip_states_its_sizes_to_the_byte(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"app.py": HANDLER, "data/": b"", "data/x.bin": bytes(10_000)})
    contents = open_package(path)
    with zipfile.ZipFile(path) as archive:
        stated = {one.filename: (one.file_size, one.compress_size) for one in archive.infolist()}
    assert {one.path: (one.bytes_unzipped, one.bytes_zipped) for one in contents.entries} == {
        name: sizes for name, sizes in stated.items() if not name.endswith("/")
    }
    assert contents.read("app.py") == HANDLER
    assert contents.read("data/x.bin", 7) == bytes(7)
    assert contents.remarks == []


@pytest.mark.parametrize("name", ["../up.py", "/etc/cron.d/x", "C:\\x.py", "a/../../b", "..\\up.py"])
def test_names_that_lead_out_are_left_out_and_told(name: str, tmp_path: Path) -> None:
    contents = open_package(zipped(tmp_path / "a.zip", {"app.py": HANDLER, name: b"x"}))
    assert names(contents) == ["app.py"]
    assert "lead out of it" in contents.remarks[0]


def test_of_a_name_that_stands_twice_the_last_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("app.py", "first")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("app.py", "second")
    contents = open_package(str(path))
    assert names(contents) == ["app.py"]
    assert contents.read("app.py") == b"second"
    assert "twice" in contents.remarks[0]


def test_links_encrypted_files_and_strange_methods_are_told(tmp_path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        info.create_system, info.external_attr = 3, 0o120777 << 16

    contents = open_package(zipped(tmp_path / "links.zip", {"lib": b"../../etc"}, link))
    assert "symbolic links that lead to nothing in it: lib -> ../../etc" in contents.remarks[0]
    data = bytearray(Path(zipped(tmp_path / "a.zip", {"app.py": HANDLER})).read_bytes())
    at = data.index(b"PK\1\2")
    struct.pack_into("<H", data, at + 8, 1)
    (tmp_path / "encrypted.zip").write_bytes(data)
    assert "encrypted" in open_package(str(tmp_path / "encrypted.zip")).remarks[0]
    struct.pack_into("<HH", data, at + 8, 0, 93)
    (tmp_path / "method.zip").write_bytes(data)
    assert "cannot unpack" in open_package(str(tmp_path / "method.zip")).remarks[0]


def test_a_bomb_is_never_inflated_beyond_what_it_states(tmp_path: Path) -> None:
    data = bytearray(Path(zipped(tmp_path / "a.zip", {"zeros": bytes(50_000_000)})).read_bytes())
    at = data.index(b"PK\1\2")
    struct.pack_into("<I", data, at + 24, 1000)
    (tmp_path / "liar.zip").write_bytes(data)
    contents = open_package(str(tmp_path / "liar.zip"))
    with pytest.raises(Unreadable, match="more than it states"):
        contents.read("zeros")
    struct.pack_into("<I", data, at + 24, 4_000_000_000)
    (tmp_path / "ratio.zip").write_bytes(data)
    contents = open_package(str(tmp_path / "ratio.zip"))
    assert names(contents) == []
    assert "not what they are stated to be" in contents.remarks[0]


def test_what_is_no_zip_is_one_line(tmp_path: Path) -> None:
    whole = Path(zipped(tmp_path / "a.zip", {"app.py": HANDLER * 100})).read_bytes()
    for name, data in {"empty.zip": b"", "cut.zip": whole[:-30], "text.zip": b"hello " * 100}.items():
        (tmp_path / name).write_bytes(data)
        ran = run("package", str(tmp_path / name))
        assert ran.code == 2
        assert ran.err.count("\n") == 1, ran.err
        assert "no zip that can be read" in ran.err
    damaged = whole.replace(whole[60:70], b"damaged!!!", 1)
    (tmp_path / "damaged.zip").write_bytes(damaged)
    with pytest.raises(Unreadable, match="damaged"):
        open_package(str(tmp_path / "damaged.zip")).read("app.py")


def test_a_hundred_thousand_entries_and_odd_names(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many.zip", {f"data/{number}": b"" for number in range(100_000)} | {"bücher.py": HANDLER})
    began = time.process_time()
    contents = open_package(path)
    assert time.process_time() - began < 3  # half a second on a quiet machine
    assert len(contents.entries) == 100_001
    assert "bücher.py" in names(contents)


def test_folders_are_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "package" / "inner").mkdir(parents=True)
    (tmp_path / "package" / "app.py").write_bytes(HANDLER)
    (tmp_path / "package" / "inner" / "loop").symlink_to("..")
    (tmp_path / "package" / "gone").symlink_to("nowhere")
    contents = open_package(str(tmp_path / "package"))
    assert names(contents) == ["app.py"]
    assert contents.entries[0].bytes_unzipped == len(HANDLER)
    assert sorted(word for remark in contents.remarks for word in ("loop", "gone") if word in remark) == [
        "gone",
        "loop",
    ]


@pytest.mark.skipif(not shutil.which("unzip"), reason="needs unzip")
def test_sizes_are_those_of_unzip(tmp_path: Path) -> None:
    files = {f"lib/{number}.py": HANDLER * number for number in range(1, 40)} | {"x.bin": os.urandom(5000)}
    path = zipped(tmp_path / "a.zip", files)
    listed = subprocess.run(["unzip", "-v", path], capture_output=True, text=True, check=True).stdout
    unzipped, packed = (int(word) for word in listed.splitlines()[-1].split()[:2])
    contents = open_package(path)
    assert sum(entry.bytes_unzipped for entry in contents.entries) == unzipped
    assert sum(entry.bytes_zipped for entry in contents.entries) == packed


def test_what_stands_before_a_zip_and_what_is_large_in_it_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "long.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("long.py", HANDLER)
        archive.comment = b"made by PK\5\6 and others"
    data = path.read_bytes()
    at, end = data.index(b"PK\1\2"), data.index(b"PK\5\6")
    record = bytearray(data[at:end]) + struct.pack("<HHQQ", 1, 16, len(HANDLER), len(HANDLER))  # in 64 bits
    struct.pack_into("<II", record, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", record, 30, 20)
    size = struct.pack("<I", len(record))
    path.write_bytes(b"#!/bin/sh\nexec me\n" + data[:at] + record + data[end : end + 12] + size + data[end + 16 :])
    contents = open_package(str(path))
    assert names(contents) == ["long.py"]
    assert contents.read("long.py") == HANDLER
    assert contents.entries[0].bytes_zipped == len(HANDLER)


def test_bombs_are_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    data = bytearray(Path(zipped(tmp_path / "a.zip", {str(one): os.urandom(250_000) for one in range(6)})).read_bytes())
    records = [at for at in range(len(data) - 400, len(data)) if data[at : at + 4] == b"PK\1\2"]
    for at in records:
        struct.pack_into("<I", data, at + 24, 250_000_000)
    (tmp_path / "much.zip").write_bytes(data)
    with pytest.raises(Unreadable, match="times its size: a zip bomb"):
        open_package(str(tmp_path / "much.zip"))
    for at in records:
        struct.pack_into("<I", data, at + 42, 0)
    (tmp_path / "over.zip").write_bytes(data)
    with pytest.raises(Unreadable, match="lie over each other"):
        open_package(str(tmp_path / "over.zip"))


def test_names_are_read_as_they_are_meant(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    data = Path(zipped(path, {"b1cher.py": HANDLER, "c2fe1.py": b"", "d1\\e.py": b"", "f1.py": b"", "./g/1.py": b""}))
    raw = data.read_bytes().replace(b"b1cher", b"b\x81cher").replace(b"c2fe1", "café".encode())
    path.write_bytes(raw.replace(b"f1.py", b"f\0.py"))
    contents = open_package(str(path))
    assert names(contents) == ["bücher.py", "café.py", "d1/e.py", "g/1.py"]
    assert contents.read("bücher.py") == HANDLER
    assert [remark.partition(",")[0] for remark in contents.remarks] == [
        "has backslashes in names",
        "holds names that lead out of it",
    ]


def test_links_in_a_zip_weigh_what_is_written_and_lead_nowhere_else(tmp_path: Path) -> None:
    def link(info: zipfile.ZipInfo) -> None:
        kind = 0o100644 if info.filename.endswith(".py") else 0o120777
        info.create_system, info.external_attr = 3, kind << 16

    files = {"lib/app.py": HANDLER, "in": b"lib/../also/app.py", "also": b"lib", "out": b"../x", "a": b"b", "b": b"a"}
    contents = open_package(zipped(tmp_path / "a.zip", files, link))
    assert isinstance(contents, Zip)
    assert contents.links["also"] == "lib"
    assert contents.read("in") == HANDLER
    assert {entry.path: entry.bytes_unzipped for entry in contents.entries}["in"] == 18
    assert contents.entries[0].mode == 0o644
    assert contents.remarks == ["holds symbolic links that lead to nothing in it: out -> ../x, a -> b, b -> a"]
    for path in ("out", "a", "also", "gone"):
        with pytest.raises(Unreadable):
            contents.read(path)


def test_what_is_damaged_is_told_when_it_is_read(tmp_path: Path) -> None:
    whole = Path(zipped(tmp_path / "a.zip", {"app.py": os.urandom(300)})).read_bytes()
    header, record = whole.index(b"PK\3\4"), whole.index(b"PK\1\2")
    for at, data, told in [
        (header + 100, b"\xff\xff", "checksum"),
        (header + 30, b"APP", "another name"),
        (header, b"PK..", "does not begin"),
        (record + 10, b"\x0c", "packed in a way"),
        (record + 8, b"\x01", "encrypted"),
    ]:
        (tmp_path / "b.zip").write_bytes(whole[:at] + data + whole[at + len(data) :])
        contents = open_package(str(tmp_path / "b.zip"))
        assert contents.entries[0].bytes_unzipped == 300
        with pytest.raises(Unreadable, match=told):
            contents.read("app.py")


@pytest.mark.parametrize(
    ("start", "told"),
    [
        (b"7z\xbc\xaf\x27\x1c", "it is a 7z archive"),
        (b"Rar!\x1a", "it is a RAR archive"),
        (b"\x1f\x8b\x08", "is cut off|cannot be unpacked"),
        (b"PK\3\4", "its end is missing"),
        (b"PK\5\6" + bytes(18), "holds no files"),
    ],
)
def test_files_are_what_they_are_and_not_what_they_are_called(start: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(start)
    try:
        contents = open_package(str(tmp_path / "a.zip"))
        said = contents.remarks[0]
    except Unreadable as error:
        said = str(error)
    assert any(words in said for words in told.split("|")), said


@pytest.mark.skipif(os.name != "posix", reason="needs pipes and names of any bytes")
def test_a_folder_may_hold_anything(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "app.py").write_bytes(HANDLER)
    (folder / "same.py").symlink_to("app.py")
    (folder / "elsewhere.py").symlink_to(tmp_path / "secret.py")
    (tmp_path / "secret.py").write_bytes(b"secret")
    os.mkfifo(folder / "pipe")
    with open(os.fsencode(folder) + b"/caf\xe9.py", "wb") as stream:
        stream.write(b"1")
    contents = open_package(str(folder))
    weights = {entry.path: entry.bytes_unzipped for entry in contents.entries}
    assert weights == {
        "app.py": len(HANDLER),
        "caf\ufffd.py": 1,
        "elsewhere.py": len(str(tmp_path / "secret.py")),
        "same.py": 6,
    }
    assert contents.read("same.py") == HANDLER
    assert contents.read("caf\ufffd.py") == b"1"
    with pytest.raises(Unreadable):
        contents.read("elsewhere.py")
    assert [remark.partition(":")[0] for remark in contents.remarks] == [
        "has names that are not UTF-8",
        "holds devices, pipes or sockets, which are left out",
        "holds links that lead out of it, which are not followed",
    ]
    with pytest.raises(Unreadable, match="neither a file nor a folder"):
        open_package(str(folder / "pipe"))
