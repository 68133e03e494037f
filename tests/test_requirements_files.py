"""Requirements files: what fixes take out of them, and findings that are silenced there."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import run

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.13
"""
APP = """\
import yaml


def handler(event, context):
    return yaml.safe_load(event["body"])
"""
REQUIREMENTS = """\
# what we need
boto3==1.38.0 \\
    --hash=sha256:0000000000000000000000000000000000000000000000000000000000000000 \\
    --hash=sha256:1111111111111111111111111111111111111111111111111111111111111111
PyYAML==6.0.2  # orders are YAML
pytest==8.4.1
moto==5.1.8  # fakes AWS

requests==2.32.3"""
WORDS = ("check", "--select", "LL202,LL204,LL205,LL003", "--no-cache")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("src").mkdir()
    Path("template.yaml").write_text(TEMPLATE)
    Path("src/app.py").write_text(APP)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_fixes_take_out_whole_requirements(newline: str) -> None:
    path = Path("src/requirements.txt")
    path.write_text(REQUIREMENTS, newline=newline)
    assert run(*WORDS, "--fix").code == 1
    assert path.read_bytes() == REQUIREMENTS.replace("\n", newline).encode(), "safe fixes only"
    ran = run(*WORDS, "--fix", "--unsafe-fixes")
    assert (ran.code, ran.err) == (0, "")
    left = "# what we need\nPyYAML==6.0.2  # orders are YAML\n\n"
    assert path.read_bytes() == left.replace("\n", newline).encode()


def test_project_files_are_left_to_their_tools() -> None:
    Path("src/pyproject.toml").write_text('[project]\nname = "orders"\nversion = "1"\ndependencies = ["requests"]\n')
    ran = run(*WORDS, "--output-format", "json")
    assert ran.found == ["src/pyproject.toml:4 LL205"]
    assert ran.json["findings"][0]["fix"] is None


def test_a_comment_silences_what_stands_on_its_line() -> None:
    Path("src/requirements.txt").write_text(
        "PyYAML>=6 \\\n    --no-binary :all:\nrequests==2.32.3  # lambdalint: ignore[LL205] a layer of ours wants it\n"
    )
    assert run(*WORDS, ".").code == 0
