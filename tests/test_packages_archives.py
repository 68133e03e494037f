"""Zips, folders and images as `lambdalint package` reads them, whatever is in them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import tarfile
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import run

from lambdalint.packages.contents import Contents, Unreadable
from lambdalint.packages.opening import open_package

HANDLER = b"import json\n\n\ndef lambda_handler(event, context):\n    return {}\n"


def zipped(path: Path, files: dict[str, bytes], change: Any = None) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(info)
            archive.writestr(info, data)
    return str(path)


def names(contents: Contents) -> list[str]:
    return [entry.path for entry in contents.entries]


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
    files = {f"data/{number}": b"" for number in range(100_000)} | {"bücher.py": HANDLER, "caf\udce9.txt"[:3]: b""}
    contents = open_package(zipped(tmp_path / "many.zip", files))
    assert len(contents.entries) == 100_002
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


def layer(files: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return stream.getvalue()


LAYERS = [
    layer({"var/task/app.py": b"old", "var/task/old.py": b"x", "var/task/lib/a.py": b"a", "usr/bin/env": b"e"}),
    layer({"var/task/app.py": HANDLER, "var/task/.wh.old.py": b"", "var/task/lib/.wh..wh..opq": b""}),
    layer({"var/task/lib/b.py": b"b", "../../etc/passwd": b"x"}, {"var/task/link": "/etc"}),
]


def oci(layers: list[bytes], folder: Path) -> Path:
    def blob(data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        file = folder / "blobs" / "sha256" / digest
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    config = blob(json.dumps({"architecture": "arm64", "config": {"Cmd": ["app.lambda_handler"]}}).encode())
    manifest = blob(json.dumps({"config": config, "layers": list(map(blob, layers))}).encode())
    (folder / "index.json").write_text(json.dumps({"manifests": [manifest]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return folder


def saved(layers: list[bytes], path: Path) -> Path:
    with tarfile.open(path, "w") as archive:
        config = json.dumps({"architecture": "amd64", "config": {"Cmd": ["app.lambda_handler"]}}).encode()
        files = {"config.json": config} | {f"{number}/layer.tar": data for number, data in enumerate(layers)}
        listed = [{"Config": "config.json", "Layers": [name for name in files if name.endswith(".tar")]}]
        for name, data in (files | {"manifest.json": json.dumps(listed).encode()}).items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("form", ["oci folder", "oci tar", "docker save"])
def test_the_layers_of_an_image_lie_over_each_other(form: str, tmp_path: Path) -> None:
    path = saved(LAYERS, tmp_path / "image.tar") if form == "docker save" else oci(LAYERS, tmp_path / "image")
    if form == "oci tar":
        with tarfile.open(tmp_path / "oci.tar", "w") as archive:
            archive.add(path, ".")
        path = tmp_path / "oci.tar"
    contents = open_package(str(path))
    assert sorted(names(contents)) == ["app.py", "lib/b.py", "link", "usr/bin/env"]
    assert contents.read("app.py") == HANDLER
    said = run("package", str(path), "--output-format", "json").json["packages"][0]
    assert said["kind"] == "image"
    assert said["architectures"] == ["x86_64" if form == "docker save" else "arm64"]
    assert [one["name"] for one in said["handlers"]] == ["app.py"]


def test_an_image_whose_parts_are_missing_or_changed_is_one_line(tmp_path: Path) -> None:
    folder = oci(LAYERS, tmp_path / "image")
    for blob in (folder / "blobs" / "sha256").iterdir():
        data = blob.read_bytes()
        if data[:1] == b"{" and b"layers" in data:
            blob.write_bytes(data + b" ")
    with pytest.raises(Unreadable, match="digest"):
        open_package(str(folder))
    (folder / "index.json").write_text('{"manifests": [{"digest": "sha256:../../etc/passwd"}]}')
    with pytest.raises(Unreadable, match="digest is missing"):
        open_package(str(folder))


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("seeds")
    files = {"app.py": HANDLER, "lib/x.so": os.urandom(200), "demo-1.dist-info/METADATA": b"Name: demo\nVersion: 1\n"}
    return [
        Path(zipped(folder / "a.zip", files)).read_bytes(),
        saved(LAYERS, folder / "image.tar").read_bytes(),
    ]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_changed_in_an_archive_it_is_read_or_refused(
    data: st.DataObject, seeds: list[bytes], tmp_path: Path
) -> None:
    content = bytearray(data.draw(st.sampled_from(seeds)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    (tmp_path / "changed").write_bytes(content)
    with suppress(Unreadable):
        contents = open_package(str(tmp_path / "changed"))
        for entry in contents.entries:
            assert not entry.path.startswith(("/", "../"))
            with suppress(Unreadable):
                contents.read(entry.path)
