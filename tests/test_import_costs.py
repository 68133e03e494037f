"""What a heavy import costs, by the files that are deployed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packing import lay_package
from running import run

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: package/
      Handler: app.handler
      Runtime: python3.13
"""
APP = "import pandas\n\ndef handler(event, context):\n    return event\n"


def cost_ms(tmp_path: Path, package: str) -> int:
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    lay_package(f"# in: package/\n{package}", tmp_path)
    (tmp_path / "package/app.py").write_text(APP, encoding="utf-8")
    ran = run("check", "--no-cache", "--select", "LL108", "--output-format", "json", ".")
    (message,) = [one["message"] for one in ran.json["findings"]]
    found = re.search(r"about (\d+) ms", message)
    assert found is not None
    return int(found[1])


def test_the_files_that_are_deployed_tell_what_an_import_costs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cost_ms(tmp_path, "requests 2.32") == 400  # what is known of pandas in general
    assert 0 < cost_ms(tmp_path, "pandas 2.3.1") < 50
    assert cost_ms(tmp_path, "pandas 2.3.1\npandas/__init__.py: 16000000 bytes") > 100
