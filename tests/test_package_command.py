"""`lambdalint package`, by its command line."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packing import lay_package
from running import run

APP = '"import pandas\\n\\n\\ndef lambda_handler(event, context):\\n    return pandas.__version__\\n"'
PACKAGE = f"""\
# in: orders.zip
app.py: {APP}
pandas 2.3.1 needs numpy
numpy 2.3.0
moto 5.1
pandas/tests/test_frame.py: 400000 bytes
pandas/_libs/algos.pyi: 9000 bytes
numpy/core/multiarray.cpython-313-x86_64-linux-gnu.so: elf x86_64 glibc 2.17 debug 500000
"""
PLAIN = '# in: plain\napp.py: "import json\\n\\n\\ndef lambda_handler(event, context):\\n    return 1\\n"\n'


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_package(PACKAGE, tmp_path)


def described(*words: str) -> dict[str, object]:
    ran = run("package", *words, "--output-format", "json")
    assert ran.code in (0, 1), ran.err
    content = json.loads(ran.out)
    assert content["schema"] == 1
    found: dict[str, object] = content["packages"][0]
    return found


def test_it_says_what_a_package_is_made_of_and_why() -> None:
    found = described("orders.zip", "--python", "3.13")
    with zipfile.ZipFile("orders.zip") as archive:
        infos = archive.infolist()
    assert found["files"] == len(infos)
    assert found["bytes_unzipped"] == sum(one.file_size for one in infos)
    assert found["bytes_zipped"] == sum(one.compress_size for one in infos)
    whys = {one["name"]: one["why"] for one in found["distributions"]}  # type: ignore[attr-defined]
    assert whys == {"pandas": ["app.py imports it"], "numpy": ["pandas needs it"], "moto": []}
    waste = {one["kind"]: one["paths"] for one in found["waste"]}  # type: ignore[attr-defined]
    assert waste["tests"] == ["pandas/tests/"]
    assert waste["stubs"] == ["pandas/_libs/"]
    assert "moto/" in waste["dev"]
    (handler,) = found["handlers"]  # type: ignore[misc]
    assert handler["name"] == "app.py"
    assert handler["modules"] == 2
    assert handler["import_ms"] > 0


def test_the_table_says_it_to_people() -> None:
    ran = run("package", "orders.zip", "--python", "3.13", "--architecture", "x86_64")
    assert ran.code == 0
    assert "of 250 MB" in ran.out
    assert "app.py imports it" in ran.out
    assert "\x1b" not in ran.out


def test_a_wanted_size_brings_the_shortest_list_of_actions() -> None:
    found = described("orders.zip", "--below", "600KB")
    assert [one["kind"] for one in found["actions"]] == ["tests"]  # type: ignore[attr-defined]
    assert found["reached"] is True
    ran = run("package", "orders.zip", "--below", "0.1KB")
    assert ran.code == 1
    assert "not enough" in ran.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.zip"], "no such file"),
        (["orders.zip", "--below", "much"], "no size such as 50MB"),
        (["orders.zip", "--python", "three"], "no version such as 3.13"),
        (["orders.zip", "--architecture", "mips"], "none of x86_64, arm64"),
        (["orders.zip", "--handler", "main.handler"], "no such module"),
        (["orders.zip", "--output-format", "xml"], "none of table, json, html"),
        (["orders.zip", "--slim", "out.zip", "--bytecode", "compile"], "name the Python"),
        (["orders.zip", "--slim", "nowhere/out.zip"], "cannot be written"),
    ],
)
def test_wrong_use_is_one_line(words: list[str], said: str) -> None:
    ran = run("package", *words)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_slim_leaves_out_what_is_not_needed_and_nothing_else() -> None:
    assert run("package", "orders.zip", "--python", "3.13", "--slim", "slim.zip").code == 0
    with zipfile.ZipFile("slim.zip") as archive, zipfile.ZipFile("orders.zip") as before:
        names = archive.namelist()
        gone = set(before.namelist()) - set(names)
        assert gone == {"pandas/tests/test_frame.py", "pandas/_libs/algos.pyi"}
        assert names == sorted(names)
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {(one.external_attr >> 16) & 0o777 for one in archive.infolist()} <= {0o644, 0o755}
        assert all(archive.read(name) == before.read(name) for name in names)
    first = Path("slim.zip").read_bytes()
    assert len(first) < Path("orders.zip").stat().st_size
    run("package", "orders.zip", "--python", "3.13", "--slim", "slim.zip")
    assert Path("slim.zip").read_bytes() == first
    run("package", "slim.zip", "--python", "3.13", "--slim", "again.zip")
    assert Path("again.zip").stat().st_size <= len(first)


def test_slim_compiles_and_verifies_in_a_process_of_its_own() -> None:
    lay_package(
        '# in: plain\napp.py: "import helper\\n\\n\\ndef lambda_handler(event, context):\\n    return 1\\n"\n', Path()
    )
    Path("plain/helper.py").write_text("open('ran', 'w').close()\n")
    words = ["package", "plain", "--slim", "out.zip", "--bytecode", "compile", "--interpreter", sys.executable]
    assert run(*words).code == 0
    assert not Path("ran").exists(), "to compile is not to run"
    with zipfile.ZipFile("out.zip") as archive:
        compiled = [name for name in archive.namelist() if name.endswith(".pyc")]
        assert len(compiled) == 2
        archive.extractall("out")
    told = subprocess.run([sys.executable, "-c", "import app"], cwd="out", capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    ran = run("package", "plain", "--slim", "out.zip", "--verify")
    assert ran.code == 0
    assert "imported as before" in ran.out


def test_sdk_data_goes_when_asked_and_only_where_the_services_are_known() -> None:
    client = "import boto3\\n\\ns3 = boto3.client(%s)\\n\\n\\ndef lambda_handler(event, context):\\n    return s3\\n"
    services = "".join(f"botocore/data/{name}/service-2.json: 90000 bytes\n" for name in ("s3", "ec2", "sts"))
    for name, asked in {"known.zip": '\\"s3\\"', "computed.zip": "name"}.items():
        lay_package(
            f'# in: {name}\napp.py: "{client % asked}"\nboto3 1.44 needs botocore\nbotocore 1.44\n{services}', Path()
        )
        ran = run("package", name, "--slim", "slim.zip", "--prune-sdk")
        assert ran.code == 0, ran.err
        with zipfile.ZipFile("slim.zip") as archive:
            left = {path.split("/")[2] for path in archive.namelist() if path.startswith("botocore/data/")}
        assert left == ({"s3", "sts"} if name == "known.zip" else {"s3", "sts", "ec2"})
        assert ("only known when the program runs" in ran.err) is (name == "computed.zip")


def test_a_source_folder_is_weighed_with_what_is_installed_for_it() -> None:
    lay_package(f'# in: src\napp.py: {APP}\nrequirements.txt: "pandas==2.3.1\\n"\n', Path())
    lay_package("# in: site\npandas 2.3.1 needs numpy\nnumpy 2.3.0\nunrelated 1.0\n", Path())
    found = described("src", "--installed", "site")
    assert found["kind"] == "source"
    assert [one["name"] for one in found["distributions"]] == ["numpy", "pandas"]  # type: ignore[attr-defined]
    alone = run("package", "src")
    assert alone.code == 0
    assert "--installed" in alone.out


def test_templates_name_handlers_layers_and_what_runs_them() -> None:
    lay_package(f"# in: src\napp.py: {APP}\n", Path())
    lay_package("# in: layer/python\npandas 2.3.1\n", Path())
    Path("template.yaml").write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  Orders:\n    Type: AWS::Serverless::Function\n"
        "    Properties: {CodeUri: src, Handler: app.lambda_handler, Runtime: python3.13, Architectures: [arm64], "
        "Layers: [!Ref Pandas]}\n  Pandas:\n    Type: AWS::Serverless::LayerVersion\n"
        "    Properties: {ContentUri: layer, CompatibleRuntimes: [python3.13]}\n"
    )
    found = described("template.yaml")
    assert (found["path"], found["python"], found["architectures"]) == ("src", "3.13", ["arm64"])
    (handler,) = found["handlers"]  # type: ignore[misc]
    assert (handler["modules"], handler["missing"]) == (2, [])


def test_measuring_runs_the_imports_and_says_so() -> None:
    lay_package(
        '# in: plain\napp.py: "import json\\n\\n\\ndef lambda_handler(event, context):\\n    return 1\\n"\n', Path()
    )
    found = described("plain", "--measure")
    assert found["import_ms_estimated"] is False
    assert found["handlers"][0]["import_ms"] > 0  # type: ignore[index]
