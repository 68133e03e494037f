"""The house as it is shipped: every package named, nothing loaded too early, no name taken from users."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import lambdalint
from lambdalint.discovery import NO_TEMPLATES, is_template_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
PLACES = {"lambdalint": "lambdalint", "lambdalint.checks": "checks", "lambdalint.rightsizer": "rightsizer"}


def packages_in_tree() -> dict[str, str]:
    """Every package by its import name, with its folder; the links inside lambdalint/ are not followed."""
    found = {}
    for name, top in PLACES.items():
        for init in (ROOT / top).rglob("__init__.py"):
            folder = init.parent.relative_to(ROOT)
            if folder.parts[:2] not in {("lambdalint", "checks"), ("lambdalint", "rightsizer")}:
                found[".".join([name, *folder.parts[1:]])] = folder.as_posix()
    return found


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run as a user would whose own folder comes first on the path."""
    path = os.pathsep.join([".", str(Path(lambdalint.__file__).parent.parent)])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_every_package_of_the_tree_is_shipped() -> None:
    assert SETUPTOOLS["packages"] == sorted(packages_in_tree())


def test_every_package_is_shipped_from_where_it_stands() -> None:
    tree, stated = packages_in_tree(), SETUPTOOLS["package-dir"]
    outside = {name: folder for name, folder in tree.items() if not folder.startswith("lambdalint/")}
    assert stated == outside


def test_every_file_that_is_no_module_is_shipped_with_its_package() -> None:
    stated = {name: set(files) for name, files in SETUPTOOLS["package-data"].items()}
    there = {
        name: {file.name for file in (ROOT / folder).iterdir() if file.is_file() and file.suffix != ".py"}
        for name, folder in packages_in_tree().items()
    }
    assert {name: files for name, files in there.items() if files} == stated


def test_every_folder_with_python_files_is_a_package() -> None:
    folders = {
        path.parent.relative_to(ROOT).as_posix() for top in PLACES.values() for path in (ROOT / top).rglob("*.py")
    }
    links = ("lambdalint/checks", "lambdalint/rightsizer")
    assert {folder for folder in folders if not folder.startswith(links)} == set(packages_in_tree().values())


def test_the_version_is_stated_once() -> None:
    assert "version" in PROJECT["project"]["dynamic"]
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "lambdalint.__version__"}


@pytest.mark.parametrize("name", ["checks", "rightsizer"])
def test_a_users_own_package_never_meets_ours(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("whose = 'the user'\n")
    code = f"import {name}, lambdalint.{name} as ours; print({name}.whose, hasattr(ours, 'whose'))"
    done = run("-c", code, cwd=tmp_path)
    assert done.stdout == "the user False\n", done.stderr


def test_starting_loads_nothing_slow(tmp_path: Path) -> None:
    """What a hook does not need at each start: see the comments on the dependencies in pyproject.toml."""
    code = "import sys, lambdalint.cli; print(*sorted(sys.modules))"
    done = run("-c", code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    slow = {"boto3", "duckdb", "importlib.metadata", "libcst", "pandas", "pydantic", "tree_sitter"}
    assert not slow & set(done.stdout.split())


def test_the_hook_is_given_what_may_be_read() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    names = ["app.py", "a/template.yaml", "serverless.yml", "t.json", "t.template", "main.tf", "main.tf.json"]
    others = ["README.md", "app.pyc", "a.tfvars", "yaml", "pyproject.toml", "a/notmkdocs.yml", *NO_TEMPLATES]
    for name in [*names, "a/zappa_settings.toml", "zappa_settings.toml", ".chalice/config.json", *others]:
        given = re.search(hook["files"], name) is not None and re.search(hook["exclude"], name) is None
        assert given == (name.endswith(".py") or is_template_name(name)), name
