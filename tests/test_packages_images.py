"""Images as `lambdalint package` reads them, and archives that were changed at random."""

from __future__ import annotations

import gzip
import hashlib
import os
import tarfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from archiving import HANDLER, LAYERS, layer, names, oci, saved, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import run

from lambdalint.packages.contents import Unreadable
from lambdalint.packages.images import Image
from lambdalint.packages.opening import open_package


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


def image(*layers: bytes, folder: Path, **settings: Any) -> Image:
    found = open_package(str(saved(list(layers), folder / "image.tar", **settings)))
    assert isinstance(found, Image)
    return found


def test_links_and_whiteouts_are_those_of_a_file_system(tmp_path: Path) -> None:
    found = image(
        layer({"usr/lib/a.py": b"a", "var/task/lib/x.py": b"x", "opt/python/o.py": b"o", "var/task/keep/y.py": b"y"}),
        layer(
            {"var/task/lib": b"now a file", "var/task/.wh.keep": b""}, {"lib": "usr/lib", "var/task/up": "../../lib"}
        ),
        layer({"lib/b.py": b"b", "var/task/keep/z.py": b"z"}, {"var/task/a.py": "/lib/a.py"}),
        layer({"var/task/n": b"12345"}, {"var/task/same": "var/task/n"}, tarfile.LNKTYPE),
        folder=tmp_path,
    )
    weights = {entry.path: entry.bytes_unzipped for entry in found.entries}
    assert weights == {
        "a.py": 9,
        "keep/z.py": 1,
        "lib": 10,
        "n": 5,
        "opt/python/o.py": 1,
        "same": 0,
        "up": 9,
        "usr/lib/a.py": 1,
        "usr/lib/b.py": 1,
    }
    assert found.read("a.py") == b"a"
    assert found.read("same") == b"12345"
    assert [found.part_of(path) for path in ("n", "opt/python/o.py", "usr/lib/a.py")] == ["package", "layer", "system"]


def test_an_image_says_how_it_is_started(tmp_path: Path) -> None:
    settings = {
        "Entrypoint": ["python", "-m", "awslambdaric"],
        "Cmd": ["app.lambda_handler"],
        "Env": ["A=b=c"],
        "WorkingDir": "/function",
    }
    found = image(layer({"function/app.py": HANDLER}), folder=tmp_path, architecture="arm64", config=settings)
    assert (found.architecture, found.command, found.environment) == ("arm64", "app.lambda_handler", {"A": "b=c"})
    assert names(found) == ["app.py"]


def test_of_an_image_for_several_processors_one_is_looked_at(tmp_path: Path) -> None:
    folder = str(oci(LAYERS, tmp_path / "image", "arm64", "amd64", "riscv64"))
    found = open_package(folder)
    assert isinstance(found, Image)
    assert found.architecture == "x86_64"
    assert found.platforms == ["linux/amd64", "linux/arm64"]
    assert "is for linux/amd64 and linux/arm64, of which linux/amd64 is looked at" in found.remarks
    other = open_package(folder, "arm64")
    assert isinstance(other, Image)
    assert other.environment == {"A": "arm64"}
    ran = run("package", folder, "--architecture", "arm64", "--output-format", "json")
    assert ran.json["packages"][0]["remarks"][0].endswith("linux/arm64 is looked at")
    with pytest.raises(Unreadable, match="no platform that Lambda has"):
        open_package(str(oci(LAYERS, tmp_path / "other", "s390x")))


def test_files_are_read_in_any_order_from_the_midst_of_a_packed_layer(tmp_path: Path) -> None:
    files = {f"var/task/{number}.bin": os.urandom(600_000) + bytes(2_000_000) for number in range(12)}
    plain = gzip.decompress(layer(files))
    parts = [plain[at : at + 7_000_001] for at in range(0, len(plain), 7_000_001)]
    found = image(b"".join(map(gzip.compress, parts)), folder=tmp_path)
    for number in (11, 0, 7, 6, 11, 3):
        assert found.read(f"{number}.bin") == files[f"var/task/{number}.bin"]
    assert found.read("5.bin", 10) == files["var/task/5.bin"][:10]


def header_bomb() -> bytes:
    info = tarfile.TarInfo("name")
    info.type, info.size = b"L", 1 << 32
    return info.tobuf() + bytes(512)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (LAYERS[0][:-20], "cut off"),
        (gzip.decompress(LAYERS[0])[:1500], "breaks off|cut off"),
        (b"\x28\xb5\x2f\xfd" + bytes(100), "packed with zstd"),
        (b"hello " * 200, "is no tar"),
        (gzip.compress(header_bomb()), "longer than any name"),
    ],
)
def test_a_layer_that_cannot_be_read_is_one_line(data: bytes, told: str, tmp_path: Path) -> None:
    path = saved([data], tmp_path / "image.tar")
    ran = run("package", str(path))
    assert ran.code == 2
    assert ran.err.count("\n") == 1, ran.err
    assert any(words in ran.err for words in told.split("|")), ran.err


def test_an_image_that_lies_is_refused(tmp_path: Path) -> None:
    digest = f"sha256:{hashlib.sha256(gzip.decompress(LAYERS[0])).hexdigest()}"
    assert image(LAYERS[0], folder=tmp_path, rootfs={"diff_ids": [digest]}).entries
    with pytest.raises(Unreadable, match="not what its digest says"):
        image(LAYERS[1], folder=tmp_path, rootfs={"diff_ids": [digest]})
    with pytest.raises(Unreadable, match="has 1 layers where its configuration names 2"):
        image(LAYERS[0], folder=tmp_path, rootfs={"diff_ids": [digest, digest]})


def test_a_layer_that_unpacks_to_much_more_than_it_is_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdalint.packages.spans.BOMB_BYTES", 50_000_000)
    info = tarfile.TarInfo("var/task/zeros")
    info.size = 8 << 30
    with pytest.raises(Unreadable, match="a bomb is not read"):
        image(gzip.compress(info.tobuf()) + gzip.compress(bytes(60_000_000)), folder=tmp_path)


def test_a_tar_that_is_no_image_is_refused(tmp_path: Path) -> None:
    for name in ("a.tar", "a.tar.gz"):
        with tarfile.open(tmp_path / name, "w:gz" if name.endswith("gz") else "w") as archive:
            archive.addfile(tarfile.TarInfo("app.py"))
        with pytest.raises(Unreadable, match=r"is no image: it has neither index\.json nor manifest\.json"):
            open_package(str(tmp_path / name))


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
    began = time.monotonic()
    with suppress(Unreadable):
        contents = open_package(str(tmp_path / "changed"))
        for entry in contents.entries:
            assert not entry.path.startswith(("/", "../"))
            with suppress(Unreadable):
                contents.read(entry.path)
    assert time.monotonic() - began < 10
