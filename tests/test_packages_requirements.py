"""What source folders say they need, in all the files in which that is said."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutating import DAMAGES, damaged

from lambdalint.model.package import Requirement
from lambdalint.packages.requirements import requirements


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def stated(folder: str = "src") -> tuple[dict[str, Requirement], list[str]]:
    found, remarks = requirements(folder, (3, 13), "x86_64")
    return {f"{one.name}{' dev' if one.dev else ''}": one for one in found}, remarks


def test_requirements_files(folder: Path) -> None:
    text = """\ufeff# what it needs
requests==2.32.3 \\
    --hash=sha256:aaa \\
    --hash=sha256:bbb
Pandas[excel, Parquet] >=2,<3 ; python_version >= "3.9"  # why
-r more/base.txt
-c constraints.txt
--index-url https://${TOKEN}@host/simple
git+https://host/a.git@0123456789abcdef0123456789abcdef01234567#egg=fixed
moving @ git+https://host/b.git@main
-e ../lib
./wheels/local_one-1.0-py3-none-any.whl
${WHATEVER}
old; python_version < "3.11"
bounded
"""
    write(
        folder,
        {
            "src/requirements.txt": text,
            "src/more/base.txt": "-r ../requirements.txt\nidna===3.1\n",
            "src/constraints.txt": "bounded==1\nnot-asked-for==1\n",
            "src/requirements-dev.txt": "\ufeffpytest\r\n".encode("utf-16-le"),
            "lib/pyproject.toml": '[project]\nname = "Shared_Lib"\n',
        },
    )
    found, remarks = stated()
    assert remarks == []
    assert {name: one.location.line for name, one in found.items()} == {
        "requests": 2,
        "pandas": 5,
        "idna": 2,
        "fixed": 9,
        "moving": 10,
        "shared-lib": 11,
        "local-one": 12,
        "old": 14,
        "bounded": 15,
        "pytest dev": 1,
    }
    assert {name for name, one in found.items() if not one.pinned} == {"pandas", "moving", "old", "pytest dev"}
    assert {name for name, one in found.items() if not one.shipped} == {"old", "pytest dev"}
    assert (found["pandas"].specifier, found["pandas"].extras) == (">=2,<3", ("excel", "parquet"))
    assert found["idna"].location.path == "src/more/base.txt"


PROJECT = """\
[project]
dependencies = ["attrs>=23", "PyYAML==6.0.2"]
[project.optional-dependencies]
aws = ["boto3"]
[dependency-groups]
dev = ["ruff", {include-group = "more"}]
[tool.poetry.dependencies]
python = "^3.9"
flask = "2.0.1"
django = {version = "^4", extras = ["bcrypt"], python = ">=3.8,<3.10"}
spare = {version = "1", optional = true}
[tool.poetry.group.test.dependencies.pytest]
version = "^8"
"""


def test_projects_and_which_file_a_build_takes(folder: Path) -> None:
    write(
        folder,
        {
            "src/pyproject.toml": PROJECT,
            "src/Pipfile": '[packages]\nhttpx = "*"\n[dev-packages]\nblack = "==24"\n',
            "src/setup.cfg": "[options]\ninstall_requires =\n    six>=1\n    futures ; python_version < '3'\n",
        },
    )
    found, remarks = stated()
    assert remarks == []
    assert {name: one.location.line for name, one in found.items()} == {
        "attrs": 2,
        "pyyaml": 2,
        "flask": 9,
        "django": 10,
        "six": 3,
        "futures": 4,
        "httpx": 2,
        "ruff dev": 6,
        "pytest dev": 12,
        "black dev": 4,
    }
    assert {name for name, one in found.items() if one.shipped} == {"attrs", "pyyaml", "flask", "six", "httpx"}
    assert {name for name, one in found.items() if one.pinned} == {"pyyaml", "flask", "black dev"}
    write(folder, {"src/requirements.txt": "click\n"})
    assert {name for name, one in stated()[0].items() if one.shipped} == {"click"}
    write(folder, {"src/requirements.txt": ".[aws]\n"})
    assert {"attrs", "boto3"} <= {name for name, one in stated()[0].items() if one.shipped}


LOCKS = {
    "poetry.lock": '[[package]]\nname = "attrs"\nversion = "23.1"\ngroups = ["main"]\n[package.source]\nx = "*"\n',
    "uv.lock": '[[package]]\nname = "me"\nsource = { virtual = "." }\n[[package]]\nname = "attrs"\nversion = "23.1"\n',
    "pdm.lock": '[[package]]\nname = "attrs"\nversion = "23.1"\ngroups = ["default"]\n',
    "pylock.toml": 'lock-version = "1.0"\n[[packages]]\nname = "attrs"\nversion = "23.1"\n',
    "pylock.aws.toml": '[[packages]]\nname = "attrs"\nversion = "23.1"\n',
    "Pipfile.lock": '{"default": {"attrs": {"version": "==23.1"}}, "develop": {"black": {"version": "==24"}}}',
}


@pytest.mark.parametrize("name", LOCKS)
def test_locks_pin(folder: Path, name: str) -> None:
    write(folder, {f"src/{name}": LOCKS[name]})
    alone, remarks = stated()
    assert remarks == []
    assert (alone["attrs"].specifier, alone["attrs"].pinned) == ("==23.1", True)
    write(folder, {"src/pyproject.toml": '[project]\ndependencies = ["attrs", "other"]\n'})
    assert {name: one.pinned for name, one in stated()[0].items()} == {"attrs": True, "other": False}


@pytest.mark.parametrize(
    ("files", "remark"),
    [
        ({"requirements.txt": "ok\nthis is none\n"}, "requirements.txt whose line 2 is no requirement: this is none"),
        (
            {"requirements.txt": "-r ../../other.txt"},
            "requirements.txt that includes ../../other.txt (line 1), which is outside of",
        ),
        ({"requirements.txt": "\n-r gone.txt"}, "requirements.txt that includes gone.txt (line 2), which is not there"),
        ({"requirements.txt": b"a\xff"}, "requirements.txt that is not UTF-8"),
        (
            {"requirements.txt": "a\n<<<<<<< HEAD\n"},
            "requirements.txt with marks of an unfinished merge (line 2): resolve it",
        ),
        ({"pyproject.toml": "[project]\nx"}, "pyproject.toml that is not valid TOML: "),
        ({"pyproject.toml": "x=" + "[" * 5000}, "pyproject.toml that is not valid TOML: "),
        ({"uv.lock": "version = \n"}, "uv.lock that is not valid TOML: "),
        ({"poetry.lock": "[[package]]\n>>>>>>> x\n"}, "poetry.lock with marks of an unfinished merge (line 2)"),
        ({"Pipfile.lock": "{\n"}, "Pipfile.lock that is not valid JSON: "),
    ],
)
def test_what_is_broken_is_said_in_one_line(folder: Path, files: Mapping[str, str | bytes], remark: str) -> None:
    write(folder, {f"src/{name}": content for name, content in files.items()})
    (said,) = stated()[1]
    assert said.startswith(f"has a {remark}")
    assert "\n" not in said


def test_links_that_lead_out_are_not_read(folder: Path) -> None:
    write(folder, {"tree/src/app.py": "", "secret.txt": "token\n"})
    (folder / "tree/src/requirements.txt").symlink_to(folder / "secret.txt")
    os.chdir(folder / "tree")
    found, remarks = stated()
    assert (found, remarks) == ({}, ["has a requirements.txt that leads out of the folder: not read"])


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_damaged_requirements_raise(seed: int) -> None:
    texts = {
        "pyproject.toml": PROJECT,
        "requirements.txt": 'a[b]==1; python_version<"3"\n-e .[x]\n-r a.txt\nu @ git+x\n',
        **LOCKS,
    }
    odd = [*DAMAGES, b"[[package]]\n", b"<<<<<<< ", b";", b"\\\n", b"@", b"[a]"]
    held = {
        f"nowhere/{name}": damaged(text + " " * 200, seed + number, odd)
        for number, (name, text) in enumerate(texts.items())
    }
    found, remarks = requirements("nowhere", (3, 13), "x86_64", held)
    assert all(one.name and one.location.line >= 1 for one in found)
    assert all("\n" not in remark for remark in remarks)
