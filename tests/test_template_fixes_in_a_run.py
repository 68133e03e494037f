"""Fixes of templates by `--fix` and `--diff`: what all lack, what one is left out of, and templates of all forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from running import Ran, apply, check, run

from lambdalint.check import Fix
from lambdalint.checks._fixes import forgetting, listening, removing, replacing, setting
from lambdalint.model import Function
from lambdalint.sources import read

SELECT = ("--select", "LL801,LL802,LL804,LL811", "--no-cache")
FIX = (*SELECT, "--fix", "--unsafe-fixes")
CHOSEN = ("--ignore", "LL811")
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.14
  Mails:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: app.handler
      Runtime: python3.14
"""
GLOBALS = TEMPLATE.replace("Resources", "Globals:\n  Function:\n    MemorySize: 512\n    Timeout: 15\nResources")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fix(text: str, *words: str, name: str = "template.yaml") -> Ran:
    return run("check", "-", *(words or FIX), "--stdin-filename", name, "--exit-zero", stdin=text.encode())


def test_a_part_of_a_template_is_given_settings_but_no_references() -> None:
    include = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}"
    Path("template.yaml").write_text(f"Resources:\n  {include}\n")
    part = TEMPLATE.partition("Resources:\n")[2].replace("\n  ", "\n").removeprefix("  ")
    Path("part.yaml").write_text(part)
    ran = run("check", "--select", "LL602,LL801", "--no-cache", "--fix", "--unsafe-fixes", "--exit-zero", ".")
    assert "LL602 not fixed: it stands in a part of a template, which knows no `!Ref`" in ran.err
    assert (
        Path("part.yaml").read_text().splitlines() == part.replace("3.14\n", "3.14\n    MemorySize: 512\n").splitlines()
    )


def test_what_all_lack_is_one_change_that_mends_all() -> None:
    Path("template.yaml").write_text(TEMPLATE)
    shown = run("check", *SELECT, *CHOSEN, "--diff", "--unsafe-fixes", ".")
    assert shown.code == 1
    assert [line for line in shown.out.splitlines() if line[:1] in "+-"][2:] == [
        "+Globals:",
        "+  Function:",
        "+    MemorySize: 512",
        "+    Timeout: 15",
    ]
    assert Path("template.yaml").read_text() == TEMPLATE
    fixed = check(*FIX, *CHOSEN, ".")
    assert (fixed.code, fixed.json["summary"]["fixed"], fixed.json["findings"]) == (0, 4, [])
    assert Path("template.yaml").read_text() == GLOBALS
    assert run("check", *FIX, "--diff", *CHOSEN, ".").out == ""


def test_fixes_of_templates_need_unsafe_fixes() -> None:
    assert fix(TEMPLATE, *SELECT, "--fix").out == TEMPLATE


def test_a_function_that_is_to_be_ignored_gets_nothing_from_globals() -> None:
    ignored = TEMPLATE.replace("  Mails:", "  Mails:  # lambdalint: ignore[LL801] measured")
    after = fix(ignored, "--select", "LL801", "--fix", "--unsafe-fixes").out
    assert after == ignored.replace("python3.14\n  Mails", "python3.14\n      MemorySize: 512\n  Mails")


QUEUE = f"""{TEMPLATE.partition("  Mails")[0]}      Events:
        Jobs:
          Type: SQS
          Properties:
            Queue: !GetAtt Jobs.Arn
  Jobs:
    Type: AWS::SQS::Queue
"""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (QUEUE, "5"),
        (f"{QUEUE}    Properties:\n      VisibilityTimeout: 60\n", "10"),
        (f"{QUEUE}    Properties:\n      VisibilityTimeout: 600\n", "15"),
        (f"{QUEUE}    Properties:\n      VisibilityTimeout: 20\n", ""),
        (QUEUE.replace("!GetAtt Jobs.Arn", "arn:aws:sqs:eu-west-1:123456789012:jobs"), ""),
        (QUEUE.replace("SQS\n", "Cognito\n", 1), ""),
        (QUEUE.replace("SQS\n", "Schedule\n", 1), "15"),
    ],
)
def test_a_timeout_leaves_room_for_what_waits(text: str, seconds: str) -> None:
    after = fix(text, "--select", "LL802", "--fix", "--unsafe-fixes").out
    place = "      Runtime: python3.14\n"
    assert after == (text.replace(place, f"{place}      Timeout: {seconds}\n") if seconds else text)


def test_if_one_function_cannot_be_changed_the_others_are() -> None:
    head = TEMPLATE.partition("  Mails")[0]
    text = f"{head}  Mails: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.14}}}}\n"
    shared = text.replace("Resources", "Globals: {Function: {Timeout: 3}}\nResources")
    ran = fix(shared, "--select", "LL801", "--fix", "--unsafe-fixes")
    assert ran.out == shared.replace("  Mails", "      MemorySize: 512\n  Mails")
    assert "template.yaml:10: LL801 not fixed: it is written on one line" in ran.err
    assert fix(text, "--select", "LL801", "--fix", "--unsafe-fixes").out == text.replace(
        "Resources", "Globals:\n  Function:\n    MemorySize: 512\nResources"
    )


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("# DO NOT EDIT\n" + TEMPLATE, "template.yaml", "it is generated"),
        (TEMPLATE.replace("\n", "\r\n", 1), "template.yaml", "its lines end in different ways"),
        (json.dumps(yaml.safe_load(TEMPLATE)), "template.json", "it is written on one line"),
        (TEMPLATE + "# {{ cookiecutter.more }}\n", "template.yaml", "it may be a template for a template engine"),
        (
            "Resources: {A: {Type: 'AWS::Lambda::Function', Properties: {Code: .}}}",
            "a.template",
            "it is written on one line",
        ),
    ],
)
def test_what_is_refused_is_said_in_one_line(text: str, name: str, reason: str) -> None:
    Path(name).write_bytes(text.encode())
    ran = run("check", *FIX, *CHOSEN, name)
    assert Path(name).read_bytes() == text.encode()
    notices = [line for line in ran.err.splitlines() if "not fixed" in line]
    assert notices
    assert all(line.endswith(reason) or reason in line for line in notices)


def test_templates_of_tools_have_no_fix() -> None:
    text = TEMPLATE.replace(
        "    Properties:", "    Metadata:\n      aws:cdk:path: Shop/Orders/Resource\n    Properties:"
    )
    Path("template.yaml").write_text(text)
    findings = check(*SELECT, "template.yaml").json["findings"]
    assert len(findings) > 2
    assert all(one["fix"] is None for one in findings)


def test_a_mark_of_utf_8_stays() -> None:
    Path("template.yaml").write_bytes(b"\xef\xbb\xbf" + TEMPLATE.encode())
    run("check", *FIX, *CHOSEN, "template.yaml")
    assert Path("template.yaml").read_bytes() == b"\xef\xbb\xbf" + GLOBALS.encode()


def test_an_ignore_comment_that_silences_nothing_is_taken_out_of_a_template() -> None:
    Path("template.yaml").write_text(GLOBALS.replace("  Orders:", "  Orders:  # lambdalint: ignore[LL801]"))
    run("check", "--no-cache", "--fix", ".")
    assert Path("template.yaml").read_text() == GLOBALS


MAKERS = """\
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.14
      EphemeralStorage: {Size: 2048}
      Architectures: [x86_64]
      LoggingConfig:
        LogFormat: JSON
      Environment:
        Variables:
          LOG_LEVEL: DEBUG
          UNUSED: x
      Events:
        Jobs:
          Type: Kinesis
          Properties:
            Stream: arn:aws:kinesis:eu-west-1:123456789012:stream/jobs
  Other:
    Type: AWS::SNS::Topic
"""
LOGS = "  OrdersLogs:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      RetentionInDays: 30\n"


@pytest.mark.parametrize(
    ("make", "before", "after"),
    [
        (lambda f: setting(f, "Tracing", "Active"), "[x86_64]\n", "[x86_64]\n      Tracing: Active\n"),
        (lambda f: setting([f], "Timeout", 9), "[x86_64]\n", "[x86_64]\n      Timeout: 9\n"),
        (
            lambda f: listening(f, f.triggers[0]),
            "stream/jobs\n",
            "stream/jobs\n            FunctionResponseTypes:\n              - ReportBatchItemFailures\n",
        ),
        (lambda f: replacing(f, f.environment["LOG_LEVEL"], "DEBUG", "INFO"), "DEBUG", "INFO"),
        (lambda f: replacing(f, f.architectures, "x86_64", "arm64"), "x86_64", "arm64"),
        (lambda f: removing(f, "UNUSED", f.environment["UNUSED"]), "          UNUSED: x\n", ""),
        (lambda f: removing(f, "/tmp", f.ephemeral_storage_mb), "      EphemeralStorage: {Size: 2048}\n", ""),
        (
            lambda f: forgetting(f, 30),
            "JSON\n",
            "JSON\n        LogGroup: !Ref OrdersLogs\n",
        ),
    ],
)
def test_what_checks_may_offer(make: Callable[[Function], Fix | None], before: str, after: str) -> None:
    (stack,) = read("template.yaml", MAKERS.encode()).stacks
    fix = make(stack.functions[0])
    assert fix is not None
    changed = apply(MAKERS, fix.edits(MAKERS))
    if fix.message.startswith("Declare"):
        assert LOGS in changed
        changed = changed.replace(LOGS, "")
    assert changed == MAKERS.replace(before, after)
    generated = stack.functions[0]._replace(format="cdk")
    assert make(generated) is None


ONE = TEMPLATE.partition("  Mails")[0]
VARIABLES = f"{ONE}      Environment:\n        Variables:\n          A: x\n"
CODE = "import os\n\n\ndef handler(event, context):\n    return os.environ['A']\n"
LOGGING = "".join(
    ["import logging\n\nlogger = logging.getLogger()\n\n\ndef handler(event, context):\n"]
    + [f"    logger.info('{word} %s', event)\n" for word in ("one", "two", "three")]
)
WARM = """\
        Warm:
          Type: Schedule
          Properties:
            Schedule: rate(5 minutes)
"""
HTTP_EVENT = "      Events:\n        List: {Type: HttpApi, Properties: {Path: /, Method: GET}}\n"
MAPPED = QUEUE.partition("  Jobs:\n    Type: AWS::SQS")
REPORTS = "def handler(event, context):\n    return {'batchItemFailures': []}\n"
MENDED = [
    # the check, the template, the code, what becomes of the template
    ("LL601", TEMPLATE, CODE, TEMPLATE.replace("Resources", "Globals:\n  Function:\n    Tracing: Active\nResources")),
    (
        "LL601",
        TEMPLATE.replace("3.14\n  Mails", "3.14\n      Tracing: Active\n  Mails"),
        CODE,
        TEMPLATE.replace("python3.14\n", "python3.14\n      Tracing: Active\n"),
    ),
    (
        "LL601",
        TEMPLATE.replace("3.14\n  Mails", "3.14\n      Tracing: Active\n  Mails") + "      Tracing: PassThrough\n",
        CODE,
        TEMPLATE.replace("python3.14\n", "python3.14\n      Tracing: Active\n"),
    ),
    (
        "LL602",
        ONE,
        CODE,
        f"{ONE}      LoggingConfig:\n        LogGroup: !Ref OrdersLogs\n{{LOGS}}",
    ),
    ("LL603", ONE, LOGGING, f"{ONE}      LoggingConfig:\n        LogFormat: JSON\n"),
    (
        "LL603",
        f"{ONE}      LoggingConfig: {{LogFormat: Text}}\n",
        LOGGING,
        f"{ONE}      LoggingConfig: {{LogFormat: JSON}}\n",
    ),
    (
        "LL603",
        ONE.replace("Resources", "Globals: {Function: {LoggingConfig: {LogFormat: Text}}}\nResources"),
        LOGGING,
        "",
    ),
    ("LL607", f"{VARIABLES}          LOG_LEVEL: DEBUG\n", CODE, f"{VARIABLES}          LOG_LEVEL: INFO\n"),
    ("LL607", f"{VARIABLES}          LOG_LEVEL: 'debug'\n", CODE, f"{VARIABLES}          LOG_LEVEL: 'info'\n"),
    ("LL607", f"{VARIABLES}          LOG_LEVEL: verbose\n", CODE, ""),
    ("LL607", f"{VARIABLES}          POWERTOOLS_DEV: 'true'\n", CODE, VARIABLES),
    ("LL309", f"{VARIABLES}          UNUSED: y\n", CODE, VARIABLES),
    ("LL812", f"{ONE}      EphemeralStorage: {{Size: 2048}}\n", CODE, ONE),
    ("LL812", ONE.replace("Resources", "Globals: {Function: {EphemeralStorage: {Size: 2048}}}\nResources"), CODE, ""),
    (
        "LL406",
        QUEUE,
        REPORTS,
        QUEUE.replace(
            "Jobs.Arn\n", "Jobs.Arn\n            FunctionResponseTypes:\n              - ReportBatchItemFailures\n"
        ),
    ),
    (
        "LL114",
        f"{ONE}{HTTP_EVENT}{WARM}",
        "def handler(event, context):\n    return None if event.get('warmer') else event\n",
        f"{ONE}{HTTP_EVENT}",
    ),
]


@pytest.mark.parametrize(("code", "before", "source", "after"), MENDED, ids=range(len(MENDED)))
def test_what_checks_offer_is_made(code: str, before: str, source: str, after: str) -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text(source)
    Path("template.yaml").write_text(before)
    (found,) = check("--select", code, "--no-cache", ".").json["findings"]
    assert (found["fix"] is not None) is bool(after)
    assert not found["fix"] or found["fix"]["applicability"] == "unsafe"
    run("check", "--select", code, "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert Path("template.yaml").read_text() == (after.replace("{LOGS}", LOGS) or before)
    assert bool(check("--select", code, "--no-cache", ".").json["findings"]) is not bool(after)


@pytest.mark.parametrize(
    ("name", "text", "tail"),
    [
        ("main.tf", 'resource "aws_lambda_function" "orders" {\n  memory_size = 512\n', "}\n"),
        ("zappa_settings.toml", '[live]\napp_function = "app.app"\nmemory_size = 512\n', ""),
        (
            "serverless.yml",
            "provider: {name: aws}\nfunctions:\n  orders: {handler: app.handler, memorySize: 512}\n",
            "",
        ),
    ],
)
def test_an_idle_comment_is_taken_out_of_templates_of_all_tools(name: str, text: str, tail: str) -> None:
    Path(name).write_text(f"{text}  # lambdalint: ignore[LL801]\n{tail}")
    run("check", "--no-cache", "--fix", "--select", "LL801,LL003", ".")
    assert Path(name).read_text() == text + tail


def test_templates_of_zappa_have_no_fix() -> None:
    Path("zappa_settings.toml").write_text('[live]\napp_function = "app.app"\nruntime = "python3.8"\n')
    findings = check("--pedantic", "--no-cache", ".").json["findings"]
    assert findings
    assert all(one["fix"] is None for one in findings)


NAMES = ["Orders", "Mails", "Files"]


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Small templates, in YAML written by many hands or in JSON."""
    kind = draw(st.sampled_from(["AWS::Serverless::Function", "AWS::Lambda::Function"]))
    step = draw(st.sampled_from(["  ", "    ", "\t"]))
    stated = st.fixed_dictionaries(
        {"CodeUri": st.just("src/"), "Runtime": st.sampled_from(["python3.8", "python3.14"])},
        optional={
            "MemorySize": st.just(1024),
            "Timeout": st.just(30),
            "Role": st.just("arn:aws:iam::123456789012:role/x"),
            "Layers": st.just(["arn:aws:lambda:eu-west-1:123456789012:layer:x:1"]),
            "Environment": st.just({"Variables": {"A": "# no comment", "B": ""}}),
            "Description": st.sampled_from(["One", "Two: lines", "Ünïcode 😀", "a\n\nb\n"]),
        },
    )
    functions = {
        name: {
            "Type": kind,
            "Properties": {"Handler": "a.b", **dict(draw(st.permutations(list(draw(stated).items()))))},
        }
        for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    }
    whole: dict[str, Any] = {"Transform": "AWS::Serverless-2016-10-31"}
    if draw(st.booleans()) and kind == "AWS::Serverless::Function":
        shared = st.sampled_from([{"Timeout": 9}, {"MemorySize": 256}, {"Tags": {"a": "b"}}])
        whole["Globals"] = {"Function": draw(shared)}
    whole["Resources"] = functions
    if draw(st.booleans()):
        return json.dumps(whole, indent=step, ensure_ascii=draw(st.booleans())) + draw(st.sampled_from(["", "\n"]))
    text = yaml.safe_dump(
        whole,
        sort_keys=False,
        indent=len(step.expandtabs(3)),
        allow_unicode=True,
        default_style=draw(st.sampled_from([None, None, "'", '"'])) if draw(st.booleans()) else None,
    )
    comments = draw(st.lists(st.integers(0, 30), max_size=4))
    lines = text.splitlines()
    if "\n\n" not in text:  # not into texts of several lines
        for number in comments:
            lines.insert(number % (len(lines) + 1), draw(st.sampled_from(["", "# why", "      # deeper"])))
    return draw(st.sampled_from(["\n", "\r\n"])).join([*lines, ""])


@settings(deadline=None, max_examples=60)
@given(templates())
def test_a_fix_changes_only_what_it_says(text: str) -> None:
    name = "template.json" if text.startswith("{") else "template.yaml"
    after = fix(text, "--select", "LL801,LL802,LL804", "--fix", "--unsafe-fixes", name=name).out
    load = json.loads if text.startswith("{") else yaml.safe_load
    old, new = load(text), load(after)
    functions = [one["Properties"] for one in new["Resources"].values()]
    shared = new.get("Globals", {}).get("Function", {})
    for function in functions:
        assert "MemorySize" in {**shared, **function}
        assert "Timeout" in {**shared, **function}
        assert function["Runtime"] == "python3.14"
    # What was there is there, in its order; what is new has a value that a fix says, where one of all had it not.
    lacking = {
        key: [name for name, one in old["Resources"].items() if key not in one["Properties"]]
        for key in ("MemorySize", "Timeout")
    }
    for key, value in (("MemorySize", 512), ("Timeout", 15)):
        was_shared = key in old.get("Globals", {}).get("Function", {})
        if not was_shared and key in shared:
            assert shared.pop(key) == value
            assert len(lacking[key]) == len(functions)
        elif not was_shared:
            for one in lacking[key]:
                assert new["Resources"][one]["Properties"].pop(key) == value
    if "Globals" not in old and "Globals" in new:
        assert new.pop("Globals") == {"Function": {}}
    for one in old["Resources"].values():
        one["Properties"]["Runtime"] = "python3.14"
    assert new == old
    assert kept(text.replace("python3.8", "python3.14"), after)
    assert fix(after, "--select", "LL801,LL802,LL804", "--fix", "--unsafe-fixes", name=name).out == after


def kept(before: str, after: str) -> bool:
    """Whether all lines stand in it in their order, but for commas at their ends."""
    rest = iter(line.rstrip(",") for line in after.split("\n"))
    return all(line.rstrip(",") in rest for line in before.split("\n"))
