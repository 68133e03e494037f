"""A warm run says what a cold one says, whatever has changed in between."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import BAD, GOOD, check

from lambdalint.looking import Looker


@pytest.fixture
def looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files looked at by the last run."""
    monkeypatch.chdir(tmp_path)
    Path("app.py").write_text("import helper\n\n\ndef lambda_handler(event, context):\n    return helper.make()\n")
    Path("helper.py").write_text("import boto3\ns3 = boto3.client('s3')\ndef make():\n    return s3\n")
    Path("other.py").write_text(GOOD)
    for name in os.listdir():
        os.utime(name, (1_700_000_000, 1_700_000_000))
    os.utime(".", (1_700_000_000, 1_700_000_000))
    seen: list[str] = []
    look = Looker.look

    def noted(self: Looker, path: str, data: bytes | None = None) -> object:
        seen.append(path)
        return look(self, path, data)

    monkeypatch.setattr(Looker, "look", noted)
    return seen


def test_nothing_is_looked_at_twice(looked: list[str]) -> None:
    assert check().found == []
    assert looked == ["app.py", "helper.py", "other.py"]
    looked.clear()
    assert check().found == []
    assert looked == []


def test_a_changed_helper_changes_its_handler(looked: list[str]) -> None:
    check()
    Path("helper.py").write_text("import boto3\nXX = 1\ndef make():\n    return boto3.client('s3')\n")
    looked.clear()
    assert check().found == ["helper.py:4 LL101"]
    assert looked == ["app.py", "helper.py"]
    assert check().found == check("--no-cache").found == ["helper.py:4 LL101"]


def test_a_change_within_the_same_moment_and_of_the_same_size_is_seen(looked: list[str]) -> None:
    Path("app.py").write_text(BAD)
    assert check().found == ["app.py:5 LL101"]
    before = os.stat("app.py")
    Path("app.py").write_text(BAD.replace("boto3.client", "boto3.Client"))
    os.utime("app.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check().found == []


def test_a_new_file_that_hides_an_import_is_seen(looked: list[str]) -> None:
    Path("app.py").write_text("import late\ndef lambda_handler(event, context):\n    late.make()\n")
    assert check().found == []
    Path("late.py").write_text("import boto3\ndef make():\n    boto3.client('s3')\n")
    assert check().found == ["late.py:3 LL101"]


def test_a_touched_file_is_the_same_file(looked: list[str]) -> None:
    check()
    os.utime("helper.py", (1_700_000_100, 1_700_000_100))
    looked.clear()
    check()
    assert looked == []


def test_a_cache_that_cannot_be_read_or_written_is_no_trouble(looked: list[str]) -> None:
    check()
    for name in os.listdir(".lambdalint_cache"):
        Path(".lambdalint_cache", name).write_text('{"files": {"app.py": [1]}, "stamps": 3}')
    assert check().code == 0
    Path("cfg.toml").write_text('cache-dir = "app.py/cache"')
    ran = check("--config", "cfg.toml")
    assert ran.code == 0
    assert "the cache cannot be written" in ran.err


def test_many_files_are_looked_at_by_several_processes_with_one_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number in range(100):
        folder = Path(f"f{number:03}")
        folder.mkdir()
        (folder / "app.py").write_text(BAD if number % 3 else GOOD)
    alone = check("--no-cache", "--jobs", "1")
    assert check("--no-cache", "--jobs", "3").out == alone.out
    assert len(alone.found) == 66

    here, look = os.getpid(), Looker.look

    def deadly(self: Looker, path: str, data: bytes | None = None) -> object:
        if os.getpid() != here:
            os._exit(9)
        return look(self, path, data)

    monkeypatch.setattr(Looker, "look", deadly)
    ran = check("--no-cache", "--jobs", "3")
    assert ran.found == alone.found
    assert "processes died" in ran.err


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process does it all")
def test_helping_processes_end_when_the_first_one_is_killed(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "slow.py").write_text(
        "import os, time\nfrom lambdalint.check import Severity, check\nfrom lambdalint.model import Handler\n\n"
        "@check(Handler, code='OUR1', severity=Severity.ADVICE, since='1')\ndef slow(handler):\n"
        "    '''Slow.'''\n    with open('seen', 'a') as seen:\n        print(os.getpid(), file=seen)\n"
        "    time.sleep(0.1)\n    return ()\n"
    )
    (tmp_path / "lambdalint.toml").write_text('extend-checks = ["./ours"]\nselect = ["OUR1"]\n')
    for number in range(200):
        (tmp_path / f"app{number}.py").write_text(GOOD)
    seen = tmp_path / "seen"
    command = [sys.executable, "-m", "lambdalint", "check", "--no-cache", "--jobs", "2"]
    with subprocess.Popen(command, cwd=tmp_path) as first:
        while not seen.exists() or len(set(seen.read_text().split())) < 2:
            assert first.poll() is None, "it ended before the second process began"
            time.sleep(0.05)
        first.kill()
    time.sleep(0.5)
    before = seen.read_text()
    time.sleep(0.5)
    assert seen.read_text() == before


def test_a_new_module_in_a_package_is_seen(looked: list[str]) -> None:
    Path("lib").mkdir()
    Path("lib/__init__.py").touch()
    Path("app.py").write_text("from lib.late import make\ndef lambda_handler(event, context):\n    make()\n")
    assert check().found == []
    Path("lib/late.py").write_text("import boto3\ndef make():\n    boto3.client('s3')\n")
    assert check().found == ["lib/late.py:3 LL101"]


def test_a_sibling_that_begins_to_read_a_global_is_seen(looked: list[str]) -> None:
    Path("app.py").write_text("import boto3\ns3 = boto3.client('s3')\ndef lambda_handler(event, context):\n    pass\n")
    assert check().found == ["app.py:2 LL110"]
    Path("helper.py").write_text("import app\ndef make():\n    return app.s3\n")
    assert check().found == []


def test_a_file_that_could_not_be_read_is_tried_again(looked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("lambdalint.looking.contents_of", refuse)
        assert check("app.py", ".").found[:1] == ["app.py:1 LL001"]
    assert check("app.py", ".").found == []


def test_words_beside_the_checks_are_part_of_the_key(looked: list[str]) -> None:
    Path("ours").mkdir()
    Path("ours/__init__.py").touch()
    Path("ours/_words.py").write_text("WORD = 'one'\n")
    Path("ours/talk.py").write_text(
        "from lambdalint.check import Problem, Severity, check\nfrom lambdalint.model import Handler\n"
        "from ._words import WORD\n\n"
        "@check(Handler, code='OUR1', severity=Severity.ADVICE, since='1')\ndef talk(handler):\n"
        "    '''Talks.'''\n    yield Problem(handler.location, WORD)\n"
    )
    Path("lambdalint.toml").write_text('extend-checks = ["./ours"]\nselect = ["OUR1"]\n')
    folder = Path(".lambdalint_cache")
    check()
    before = set(os.listdir(folder))
    Path("ours/_words.py").write_text("WORD = 'three'\n")
    check()
    assert set(os.listdir(folder)) > before


def test_what_is_found_does_not_depend_on_what_else_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shared.py").write_text(
        "import boto3\nclient = None\ndef get():\n    if client:\n        return client\n"
        "    return boto3.client('s3')\n"
    )
    Path("a.py").write_text(
        "import boto3\nimport shared\nshared.client = boto3.client('s3')\n"
        "def handler(event, context):\n    shared.get().get_object(Bucket=event['b'], Key=event['k'])\n"
    )
    Path("b.py").write_text(
        "import shared\ndef handler(event, context):\n    shared.get().get_object(Bucket=event['b'], Key=event['k'])\n"
    )
    for paths in (["b.py"], ["a.py", "b.py"], ["b.py", "a.py"], ["."]):
        assert check("--select", "LL101", *paths).found == ["shared.py:6 LL101"]
    assert check("--select", "LL101", "a.py").found == []


def test_folders_that_are_as_they_were_are_not_listed_again(looked: list[str]) -> None:
    folder = Path("functions/orders")
    folder.mkdir(parents=True)
    for one in (".", "functions", folder):
        os.utime(one, (1_700_000_000, 1_700_000_000))
    assert check().found == check().found == []
    folder.joinpath("new.py").write_text(BAD)
    assert check().found == ["functions/orders/new.py:5 LL101"]
    os.utime(folder, (1_700_000_100, 1_700_000_100))
    assert check().found == check().found == ["functions/orders/new.py:5 LL101"]
    folder.joinpath("new.py").rename("functions/moved.py")
    assert check().found == ["functions/moved.py:5 LL101"]
    for name in os.listdir(".lambdalint_cache"):
        content = {"files": {}, "stamps": {}, "empty": {}, "chosen": [1], "listings": {".": [1]}}
        Path(".lambdalint_cache", name).write_text(json.dumps(content))
    assert check().found == ["functions/moved.py:5 LL101"]
