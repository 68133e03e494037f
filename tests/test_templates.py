"""Templates in a run: their code is looked at with them, and a run over the code alone heeds them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from running import BAD, check, run

from lambdalint.looking import Looker

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.14
    MemorySize: 512
    Timeout: 10
    Tracing: Active
    CodeUri: src/
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.run
  Inline:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: !Ref AWS::NoValue
      InlineCode: |
        import boto3

        def handler(event, context):
            return boto3.client("s3")
      Handler: index.handler
"""
CODE = """\
import boto3


def run(order, _):
    return boto3.client("s3").head_bucket(Bucket=order["bucket"])["BucketRegion"]


def handler(event, context):
    return boto3.client("s3")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("[tool.lambdalint]\nselect = ['LL101', 'LL209', 'LL801']\n")
    Path("template.yaml").write_text(TEMPLATE)
    Path("src").mkdir()
    Path("src/app.py").write_text(CODE)
    return tmp_path


def test_a_template_says_which_function_is_the_handler(project: Path) -> None:
    found = check().json["findings"]
    assert [(one["path"], one["line"], one["column"], one["function"]) for one in found] == [
        ("src/app.py", 5, 12, "Orders"),
        ("template.yaml", 22, 20, "Inline"),
    ]
    assert found[0]["handler"] == "src/app.py:run"


@pytest.mark.parametrize("paths", [["."], ["template.yaml"], ["src/app.py"], ["src"], ["src/app.py", "template.yaml"]])
def test_it_does_so_whatever_is_named(project: Path, paths: list[str]) -> None:
    assert "src/app.py:5 LL101" in check(*paths).found
    assert "src/app.py:9 LL101" not in check(*paths).found


def test_from_within_the_code_it_is_heeded_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("src")
    assert check("app.py").found == ["app.py:5 LL101"]


def test_a_warm_run_says_the_same_after_each_change(project: Path) -> None:
    first = check().found
    assert check().found == first
    Path("src/app.py").write_text(CODE.replace("run", "start"))
    assert check().found == check("--no-cache").found
    assert "template.yaml:13 LL209" in check().found
    Path("template.yaml").write_text(TEMPLATE.replace("app.run", "app.start").replace("    MemorySize: 512\n", ""))
    assert check().found == check("--no-cache").found
    assert "template.yaml:9 LL801" in check().found


def test_a_faulty_template_is_not_looked_at_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("template.yaml").write_text(TEMPLATE.replace("    Timeout: 10\n", "    Timeout: 10\n    Timeout: 20\n"))
    Path("broken.yaml").write_text("Resources:\n  A:\n    Type: AWS::Lambda::Function\n   Properties: [\n")
    for name in ("template.yaml", "broken.yaml", "src/app.py"):
        os.utime(name, (1_700_000_000, 1_700_000_000))
    first = check().found
    assert [one for one in first if "LL002" in one] == ["broken.yaml:4 LL002", "template.yaml:7 LL002"]
    with monkeypatch.context() as nobody_looks:
        nobody_looks.setattr(Looker, "look", None)
        assert check().found == first
    Path("template.yaml").write_text(TEMPLATE)
    assert [one for one in check().found if "LL002" in one] == ["broken.yaml:4 LL002"]


def test_ignore_comments_stand_in_templates(project: Path) -> None:
    text = TEMPLATE.replace("    MemorySize: 512\n", "").replace(
        "  Orders:\n", "  # lambdalint: ignore[LL801] measured\n  Orders:\n"
    )
    Path("template.yaml").write_text(text)
    assert [one for one in check().found if "LL801" in one] == ["template.yaml:14 LL801"]


def test_what_cannot_be_read_is_one_line_and_all_else_goes_on(project: Path) -> None:
    Path("broken.yaml").write_text("Resources:\n  A:\n    Type: AWS::Lambda::Function\n   Properties: [\n")
    Path("cookie.yaml").write_text("{% if x %}\nResources:\n  A: {Type: AWS::Lambda::Function}\n{% endif %}\n")
    Path("twice.yaml").write_text("Resources:\n  A:\n    Type: AWS::Lambda::Function\n    Type: AWS::Lambda::Alias\n")
    ran = check("--no-cache")
    told = {one["path"]: (one["line"], one["severity"], one["message"]) for one in ran.json["findings"]}
    assert told["broken.yaml"][:2] == (4, "error")
    assert "template engine" in told["cookie.yaml"][2]
    assert told["twice.yaml"] == (
        4,
        "warning",
        'this template has the key "Type" twice, here and on line 3: only the last one counts',
    )
    assert told["src/app.py"]
    assert ran.code == 1


def test_a_folder_of_other_yaml_holds_nothing_to_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("values.yaml").write_text("replicas: 3\n")
    assert run("check", ".").code == 3
    Path("app.py").write_text(BAD)
    assert run("check", ".").code == 1


def test_functions_are_listed(project: Path) -> None:
    ran = run("functions", "--output-format", "json")
    content = json.loads(ran.out)
    assert ran.code == 0
    assert content["schema"] == 1
    orders, inline = content["functions"]
    assert orders["name"] == "Orders"
    assert (orders["handler_path"], orders["memory_mb"], orders["tracing"]) == ("src/app.py", 512, "Active")
    assert orders["where"]["memory_mb"] == "template.yaml:5"
    assert orders["reserved_concurrency"] is None
    assert inline["line"] == 14
    table = run("functions").out
    assert "python3.14" in table
    assert "src/app.py:run" in table
    assert run("functions", "src").code == 3
    assert run("functions", "--output-format", "xml").code == 2
    assert len({len(line) for line in table.splitlines()}) == 1, "a row stands in one line where something reads it"
    Path("lambdalint.toml").write_text('exclude = ["template.yaml"]\n')
    assert run("functions").code == 3
    Path("other.toml").write_text("")
    assert run("functions", "--config", "other.toml").out == table


EVERY_FIELD = (
    "name logical_id source format path line runtime handler handler_path memory_mb timeout_s architectures tracing "
    "environment_names layers dead_letter on_failure reserved_concurrency provisioned_concurrency snap_start vpc "
    "log_retention_days deployment_preference url_auth ephemeral_storage_mb triggers"
).split()
EVERY_FIELD_OF_A_TRIGGER = (
    "type source batch_size window_s starting_position function_response_types bisect max_retries max_record_age_s "
    "on_failure filters enabled maximum_concurrency"
).split()


def test_what_is_not_stated_is_null_and_what_depends_is_unknown(project: Path) -> None:
    (project / "template.yaml").write_text(
        "Resources:\n"
        "  Bare: {Type: AWS::Serverless::Function, Properties: {Events: {Q: {Type: SQS, Properties: {}}}}}\n"
        "  Depends:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        "      CodeUri: !ImportValue code\n"
        "      MemorySize: !If [Big, 512, !Ref AWS::NoValue]\n"
        "      Timeout: !ImportValue timeout\n"
        "      Environment: !ImportValue environment\n"
        "      DeadLetterQueue: {Type: SQS, TargetArn: !If [Big, 'arn:aws:sqs:a:1:q', !Ref AWS::NoValue]}\n",
        encoding="utf-8",
    )
    bare, depends = json.loads(run("functions", "--output-format", "json").out)["functions"]
    assert set(EVERY_FIELD) < bare.keys()
    assert {name for name in EVERY_FIELD if bare[name] is not None} == {
        *("name", "logical_id", "format", "path", "line", "triggers")
    }
    (trigger,) = bare["triggers"]
    assert list(trigger) == EVERY_FIELD_OF_A_TRIGGER
    assert {name for name in trigger if trigger[name] is not None} == {"type"}
    stated = ("source", "memory_mb", "timeout_s", "environment_names", "dead_letter")
    assert [depends[name] for name in stated] == ["unknown"] * 5
