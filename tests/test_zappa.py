"""What is read of the settings of Zappa: a function a stage."""

# ruff: noqa: E501 (templates and tables with long lines)
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from declaring import functions, lay, remarks, shown, triggers

from lambdalint.model import Function


def stage(settings: dict[str, Any]) -> Function:
    text = json.dumps({"dev": {"app_function": "app.app", "keep_warm": False, **settings}})
    return functions(text, "zappa_settings.json")["dev"]


@pytest.mark.parametrize(
    ("settings", "field", "expected"),
    [
        ({}, "memory_mb", None),
        ({"memory_size": 512}, "memory_mb", 512),
        ({"timeout_seconds": 60}, "timeout_s", 60),
        ({"runtime": "python3.12"}, "runtime", "python3.12"),
        ({"architecture": ["arm64"]}, "architectures", ("arm64",)),
        ({"xray_tracing": True}, "tracing", "Active"),
        ({"xray_tracing": False}, "tracing", None),
        ({"dead_letter_arn": "arn:q"}, "dead_letter", "arn:q"),
        ({"ephemeral_storage": {"Size": 1024}}, "ephemeral_storage_mb", 1024),
        ({"lambda_concurrency": 4}, "reserved_concurrency", 4),
        ({"lambda_handler": "own.run"}, "handler", "own.run"),
        ({}, "handler", "app.app"),
        ({"role_arn": "arn:r"}, "role", "arn:r"),
    ],
)
def test_settings(settings: dict[str, Any], field: str, expected: Any) -> None:
    found = stage(settings)
    assert shown(getattr(found, field)) == expected
    assert (found.default_memory_mb, found.default_timeout_s, found.format) == (512, 30, "zappa")


def test_environments_and_networks() -> None:
    found = stage(
        {
            "environment_variables": {"A": "a"},
            "aws_environment_variables": {"B": 1},
            "vpc_config": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]},
        }
    )
    assert {name: shown(one) for name, one in found.environment.items()} == {"B": "1", "A": "a"}
    assert found.vpc is not None
    assert found.vpc.subnets == ("s",)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["api ANY /"]),
        ({"apigateway_enabled": False}, []),
        ({"use_alb": True, "apigateway_enabled": False}, ["alb"]),
        ({"keep_warm": True}, ["api ANY /", "schedule schedule=rate(4 minutes)"]),
        ({"events": [{"function": "app.f", "expression": "rate(1 minute)"}]}, ["api ANY /", "schedule schedule=rate(1 minute)"]),
        ({"events": [{"function": "app.f", "event_source": {"arn": "arn:aws:sqs:e:1:q", "batch_size": 5}}]}, ["api ANY /", "sqs arn:aws:sqs:e:1:q batch_size=5"]),
        ({"events": [{"function": "app.f", "event_source": {"arn": "arn:aws:s3:::b"}}]}, ["api ANY /", "s3 arn:aws:s3:::b"]),
        ({"events": [{"function": "app.f", "event_source": {"arn": 5}}]}, ["api ANY /", "unknown 5"]),
    ],
)  # fmt: skip
def test_triggers(settings: dict[str, Any], expected: list[str]) -> None:
    assert triggers(stage(settings)) == expected


YAML = """\
base:
  memory_size: 256
  timeout_seconds: 20
dev:
  extends: base
  app_function: shop.app
prod:
  extends: dev
  memory_size: 512
"""
TOML = """\
[base]
memory_size = 256
timeout_seconds = 20

[dev]
extends = "base"
app_function = "shop.app"

[prod]
extends = "dev"
memory_size = 512
"""


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [("zappa_settings.yaml", YAML, (4, 2, 9)), ("zappa_settings.toml", TOML, (5, 2, 11))],
)
def test_stages_extend_others(
    name: str, text: str, lines: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lay({"shop.py": "app = 1\n"}, tmp_path)
    found = functions(text, name)
    assert list(found) == ["dev", "prod"]
    dev, prod = found["dev"], found["prod"]
    assert [shown(one.memory_mb) for one in (dev, prod)] == [256, 512]
    assert dev.memory_mb is not None
    assert prod.memory_mb is not None
    assert (dev.location.line, dev.memory_mb.location.line, prod.memory_mb.location.line) == lines
    assert (shown(prod.timeout_s), prod.handler_path, prod.handler_name) == (20, "shop.py", "app")


def test_events_lead_to_functions_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay({"jobs.py": "def nightly(event, context): ...\n"}, tmp_path)
    found = stage({"events": [{"function": "jobs.nightly", "expression": "rate(1 day)"}]})
    assert list(found.entries) == [("jobs.py", "nightly")]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("zappa_settings.json", "[1]", ["1:1 cannot be understood here: the settings must be a map"]),
        ("zappa_settings.json", '{"dev": 5}', ["1:2 cannot be understood here: a stage must be a map"]),
        ("zappa_settings.json", '{"dev": {"app_function": "a.b", "memory_size": "big"}}', ["1:33 cannot be understood here: this must be a whole number, and 'big' is none"]),
        ("zappa_settings.toml", "[dev\n", ["1:5 is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 5)"]),
        ("zappa_settings.toml", "[dev]\nmemory_size = " + "9" * 5000, ["1:1 is not valid TOML: it holds a number of too many digits"]),
        ("zappa_settings.toml", "{% if a %}\n", ["1:1 is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(name: str, text: str, expected: list[str]) -> None:
    assert remarks(text, name) == expected


def test_circles_of_stages_end() -> None:
    text = json.dumps({"a": {"extends": "b", "app_function": "x.y"}, "b": {"extends": "a"}})
    assert list(functions(text, "zappa_settings.json")) == ["a", "b"]
