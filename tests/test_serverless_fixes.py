"""Fixes of a `serverless.yml`: before and after, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import apply, check, run
from test_template_fixes import at

from lambdalint.check import Refusal
from lambdalint.rewriting.templates.serverless import deploy_gradually, remove, remove_event, replace, state


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


SERVICE = """\
service: shop

provider:
  name: aws
  runtime: python3.13  # the newest
  stage: ${opt:stage, 'dev'}

functions:
  orders:  # takes orders
    handler: app.handler
    events:
      - http: GET /orders  # all
      - sqs: arn:aws:sqs:eu-west-1:123456789012:jobs
      - schedule: rate(5 minutes)
  mails:
    handler: app.mails
    # What it needs
    layers: ["arn:aws:lambda:eu-west-1:123456789012:layer:x:1"]
"""


def stated(text: str, name: str, value: Any, *ids: str) -> str:
    return apply(text, state(text, places=[at(text, "functions", one) for one in ids], name=name, value=value))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "value", "shared", "own"),
    [
        ("Timeout", 15, "  timeout: 15\n", "    timeout: 15\n"),
        ("MemorySize", 512, "  memorySize: 512\n", "    memorySize: 512\n"),
        ("Architectures", ["arm64"], "  architecture: arm64\n", "    architecture: arm64\n"),
        ("Tracing", "Active", "  tracing:\n    lambda: true\n", "    tracing: Active\n"),
        (
            "LoggingConfig.LogFormat",
            "JSON",
            "  logs:\n    lambda:\n      logFormat: JSON\n",
            "    logs:\n      logFormat: JSON\n",
        ),
        ("RetentionInDays", 30, "  logRetentionInDays: 30\n", "    logRetentionInDays: 30\n"),
    ],
)
def test_what_all_functions_lack_is_stated_by_the_provider(
    name: str, value: Any, shared: str, own: str, newline: str
) -> None:
    text = SERVICE.replace("\n", newline)
    provider = "  stage: ${opt:stage, 'dev'}\n"
    after = SERVICE.replace(provider, provider + shared)
    assert stated(text, name, value, "orders", "mails") == after.replace("\n", newline)
    after = SERVICE.replace("app.mails\n", f"app.mails\n{own}")
    assert stated(text, name, value, "mails") == after.replace("\n", newline)


def test_what_the_provider_traces_already_is_kept() -> None:
    text = SERVICE.replace("functions:", "  tracing:\n    apiGateway: true\nfunctions:")
    after = text.replace("apiGateway: true\n", "apiGateway: true\n    lambda: true\n")
    assert stated(text, "Tracing", "Active", "orders", "mails") == after


@pytest.mark.parametrize(
    "text",
    [
        SERVICE.replace("functions:\n", "functions:\n  <<: ${file(more.yml)}\n"),
        SERVICE.replace("provider:\n", "provider: ${file(provider.yml)}\nother:\n"),
        f"{SERVICE}constructs:\n  jobs:\n    type: queue\n    worker: {{handler: app.jobs}}\n",
        SERVICE.replace("  name: aws\n", "  name: aws\n  timeout: ${opt:timeout}\n"),
    ],
)
def test_the_provider_is_left_alone_if_others_would_be_met(text: str) -> None:
    after = stated(text, "Timeout", 15, "orders", "mails")
    assert after.count("    timeout: 15\n") == after.count("timeout: 15\n") == 2


def test_functions_may_stand_in_a_list_of_maps_and_in_json() -> None:
    text = "provider:\n  name: aws\nfunctions:\n  - orders:\n      handler: a.b\n  - mails:\n      handler: a.b\n"
    after = text.replace("aws\n", "aws\n  timeout: 15\n")
    assert stated(text, "Timeout", 15, "orders", "mails") == after
    written = {"provider": {"name": "aws"}, "functions": {"orders": {"handler": "a.b", "layers": []}}}
    text = json.dumps(written, indent=2)
    written["provider"]["timeout"] = 15  # type: ignore[assignment]
    assert stated(text, "Timeout", 15, "orders") == json.dumps(written, indent=2)


def test_what_a_version_of_the_framework_reads_over_is_not_stated() -> None:
    for version, known in (("'3'", False), ("^2.72.0", False), ("'4'", True), ("'>=4.1'", True)):
        text = f"frameworkVersion: {version}\n{SERVICE}"
        if known:
            assert "logFormat: JSON" in stated(text, "LoggingConfig.LogFormat", "JSON", "orders")
        else:
            with pytest.raises(Refusal, match="from version 4 on"):
                stated(text, "LoggingConfig.LogFormat", "JSON", "orders")
        assert "timeout: 15" in stated(text, "Timeout", 15, "orders")


def test_a_mapping_heeds_what_failed() -> None:
    value = ["ReportBatchItemFailures"]
    edits = state(SERVICE, places=[at(SERVICE, "sqs")], name="FunctionResponseTypes", value=value)
    after = SERVICE.replace(
        "- sqs: arn:aws:sqs:eu-west-1:123456789012:jobs\n",
        "- sqs:\n          arn: arn:aws:sqs:eu-west-1:123456789012:jobs\n"
        "          functionResponseType: ReportBatchItemFailures\n",
    )
    assert apply(SERVICE, edits) == after
    text = SERVICE.replace("- sqs: ", "- stream:\n          type: kinesis\n          arn: ")
    edits = state(text, places=[at(text, "stream")], name="FunctionResponseTypes", value=value)
    assert apply(text, edits) == text.replace(
        "9012:jobs\n", "9012:jobs\n          functionResponseType: ReportBatchItemFailures\n"
    )
    for before, reason in (
        (SERVICE.replace("sqs: a", "sns: a"), "no event source mapping"),
        (SERVICE.replace(":jobs", ":jobs # why"), "a comment stands"),
        (SERVICE.replace("- sqs: ", "- sqs:\n          >-\n          "), "as such"),
        (SERVICE.replace("- sqs: arn:aws:sqs:eu-west-1:123456789012:jobs", "- {sqs: arn}"), "as such"),
    ):
        key = "sns" if "sns: a" in before else "sqs"
        place = [at(before, "functions", key)]
        with pytest.raises(Refusal, match=reason):
            state(before, places=place, name="FunctionResponseTypes", value=value)


def deployed(text: str, *ids: str) -> str:
    places = [at(text, "functions", one) for one in ids]
    return apply(text, deploy_gradually(text, places=places, alias="live", preference="Canary10Percent5Minutes"))


SETTINGS = """\
    deploymentSettings:
      type: Canary10Percent5Minutes
      alias: live
      alarms:
        - {}Errors
"""
ALARM = """\
    {0}Errors:
      Type: AWS::CloudWatch::Alarm
      Properties:
        Namespace: AWS/Lambda
        MetricName: Errors
        Statistic: Sum
        Period: 60
        EvaluationPeriods: 1
        Dimensions:
          - Name: FunctionName
            Value: !Ref {0}LambdaFunction
          - Name: Resource
            Value: !Sub ${{{0}LambdaFunction}}:live
        Threshold: 0
        ComparisonOperator: GreaterThanThreshold
        TreatMissingData: notBreaching
"""
PLUGIN = "serverless-plugin-canary-deployments"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_functions_are_deployed_gradually_by_a_plugin(newline: str) -> None:
    after = SERVICE.replace("\nfunctions:", f"\nplugins:\n  - {PLUGIN}\n\nfunctions:")
    after = after.replace("  handler: app.handler\n", "  handler: app.handler\n" + SETTINGS.format("Orders"))
    after = after.replace("  handler: app.mails\n", "  handler: app.mails\n" + SETTINGS.format("Mails"))
    after = f"{after}\nresources:\n  Resources:\n{ALARM.format('Orders')}{ALARM.format('Mails')}"
    assert deployed(SERVICE.replace("\n", newline), "orders", "mails") == after.replace("\n", newline)


@pytest.mark.parametrize(
    ("plugins", "after"),
    [
        ("plugins:\n  - other  # why\n", f"plugins:\n  - other  # why\n  - {PLUGIN}\n"),
        ("plugins:\n- 'other'\n", f"plugins:\n- 'other'\n- '{PLUGIN}'\n"),
        ("plugins: [other, more]  # why\n", f"plugins: [other, more, {PLUGIN}]  # why\n"),
        ("plugins:\n  modules:\n    - other\n", f"plugins:\n  modules:\n    - other\n    - {PLUGIN}\n"),
        (f"plugins:\n  - {PLUGIN}\n", f"plugins:\n  - {PLUGIN}\n"),
    ],
)
def test_the_plugin_is_named_once_beside_others(plugins: str, after: str) -> None:
    table = "resources:\n  Resources:\n    Table:\n      Type: AWS::DynamoDB::Table\n"
    text = f"{SERVICE}{plugins}{table}"
    found = deployed(text, "mails")
    assert f"{after}{table}    MailsErrors:\n      Type: AWS::CloudWatch::Alarm\n" in found
    with pytest.raises(Refusal, match="stated already"):
        deployed(found, "mails")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{SERVICE}plugins: ${{file(plugins.yml)}}\n", "plugins stand in another file"),
        (f"{SERVICE}plugins: []\n", "no plain list"),
        (f"{SERVICE}resources:\n  - ${{file(more.yml)}}\n", "resources stand in other files"),
        (f"{SERVICE}resources:\n  Resources:\n    MailsErrors: {{Type: x}}\n", "something else called MailsErrors"),
        (f"{SERVICE}    provisionedConcurrency: 1\n", "another alias"),
        (SERVICE.replace("  name: aws\n", "  name: aws\n  versionFunctions: false\n"), "no versions"),
        ("functions:\n  mails:\n    handler: a.b\n", "in another file"),
    ],
)
def test_where_the_plugin_would_meet_something_else_it_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        deployed(text, "mails")


def test_an_event_is_taken_out_of_its_list() -> None:
    after = apply(SERVICE, remove_event(SERVICE, place=at(SERVICE, "schedule")))
    assert after == SERVICE.replace("      - schedule: rate(5 minutes)\n", "")
    only = SERVICE.replace("      - http: GET /orders  # all\n", "").replace(
        "      - sqs: arn:aws:sqs:eu-west-1:123456789012:jobs\n", ""
    )
    after = apply(only, remove_event(only, place=at(only, "schedule")))
    assert after == only.replace("    events:\n      - schedule: rate(5 minutes)\n", "")
    longer = SERVICE.replace(" rate(5 minutes)\n", "\n          rate: rate(5 minutes)\n          enabled: true\n")
    after = apply(longer, remove_event(longer, place=at(longer, "schedule")))
    assert after == SERVICE.replace("      - schedule: rate(5 minutes)\n", "")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("- schedule: rate(5 minutes)", "- {schedule: rate(5 minutes)}", "item of its own"),
        ("- schedule: rate(5 minutes)", "- schedule: rate(5 minutes)\n        more: x", "item of its own"),
        ("- schedule: rate(5 minutes)", "- # why\n        schedule: rate(5 minutes)", "shares its line"),
        (" rate(5 minutes)", "\n          # why\n          rate: rate(5 minutes)", "a comment stands"),
    ],
)
def test_an_event_that_shares_something_stays(old: str, new: str, reason: str) -> None:
    text = SERVICE.replace(old, new)
    with pytest.raises(Refusal, match=reason):
        remove_event(text, place=at(text, "schedule"))


VARIABLES = """\
provider:
  name: aws
  environment:
    LOG_LEVEL: DEBUG
custom:
  all:
    QUEUE: x
    OTHER: y
functions:
  orders:
    handler: app.handler
    environment:
      TABLE: orders  # of this stack
  mails:
    handler: app.mails
    environment: ${self:custom.all}
"""


def test_what_functions_and_the_provider_state_is_changed_and_nothing_else() -> None:
    owner = at(VARIABLES, "functions", "orders")
    edits = replace(VARIABLES, place=at(VARIABLES, "LOG_LEVEL"), old="DEBUG", new="INFO", owner=owner)
    assert apply(VARIABLES, edits) == VARIABLES.replace("DEBUG", "INFO")
    edits = remove(VARIABLES, place=at(VARIABLES, "TABLE"), owner=owner)
    assert apply(VARIABLES, edits) == VARIABLES.replace("    environment:\n      TABLE: orders  # of this stack\n", "")
    mails = at(VARIABLES, "mails")
    for make in (
        lambda: remove(VARIABLES, place=at(VARIABLES, "QUEUE"), owner=mails),
        lambda: replace(VARIABLES, place=at(VARIABLES, "QUEUE"), old="x", new="z", owner=mails),
        lambda: remove(VARIABLES, place=at(VARIABLES, "TABLE"), owner=mails),
    ):
        with pytest.raises(Refusal, match="not stated in the function itself"):
            make()


# -- in a run ------------------------------------------------------------------------------------------

CODE = """\
import logging
import os

logger = logging.getLogger()


def handler(event, context):
    logger.info("one")
    logger.info("two")
    logger.info("three")
    return os.environ["A"]


def jobs(event, context):
    return {"batchItemFailures": []}


def warm(event, context):
    return "warm" if event.get("warmer") else {"statusCode": 200, "body": ""}
"""
RUN = """\
service: shop
provider:
  name: aws
  runtime: python3.14
functions:
  orders:
    handler: app.handler
%s  other:
    handler: app.jobs
%s"""
MENDED = [
    # the check, what the functions say before, what they say after, and the provider
    ("LL802", ("", ""), ("", ""), "  timeout: 15\n"),
    ("LL802", ("    timeout: 3\n", ""), ("    timeout: 3\n", "    timeout: 15\n"), ""),
    ("LL601", ("", ""), ("", ""), "  tracing:\n    lambda: true\n"),
    ("LL601", ("    tracing: Active\n", ""), ("    tracing: Active\n", "    tracing: Active\n"), ""),
    (
        "LL601",
        ("    tracing: Active\n", "    tracing: PassThrough\n"),
        ("    tracing: Active\n", "    tracing: Active\n"),
        "",
    ),
    ("LL602", ("", ""), ("", ""), "  logRetentionInDays: 30\n"),
    ("LL602", ("    logRetentionInDays: 9\n", ""), ("    logRetentionInDays: 9\n", "    logRetentionInDays: 30\n"), ""),
    ("LL603", ("", ""), ("    logs:\n      logFormat: JSON\n", ""), ""),
    ("LL309", ("    environment:\n      UNUSED: x\n", ""), ("", ""), ""),
    (
        "LL607",
        ("    environment:\n      A: x\n      POWERTOOLS_DEV: 'true'\n", "    environment:\n      LOG_LEVEL: debug\n"),
        ("    environment:\n      A: x\n", "    environment:\n      LOG_LEVEL: info\n"),
        "",
    ),
    ("LL804", ("    runtime: 'python3.8' # old\n", ""), ("    runtime: 'python3.14' # old\n", ""), ""),
    ("LL812", ("    ephemeralStorageSize: 1024\n", ""), ("", ""), ""),
    (
        "LL406",
        ("", "    events:\n      - sqs: 'arn:aws:sqs:eu-west-1:123456789012:jobs'\n"),
        (
            "",
            """\
    events:
      - sqs:
          arn: 'arn:aws:sqs:eu-west-1:123456789012:jobs'
          functionResponseType: 'ReportBatchItemFailures'
""",
        ),
        "",
    ),
]


@pytest.mark.parametrize(("code", "before", "after", "provider"), MENDED)
def test_what_checks_offer_is_made(code: str, before: tuple[str, str], after: tuple[str, str], provider: str) -> None:
    Path("app.py").write_text(CODE)
    Path("serverless.yml").write_text(RUN % before)
    found = check("--select", code, "--no-cache", "--pedantic", ".").json["findings"]
    assert found
    assert all(one["fix"]["applicability"] == "unsafe" for one in found)
    run("check", "--select", code, "--no-cache", "--pedantic", "--fix", ".")
    assert Path("serverless.yml").read_text() == RUN % before
    run("check", "--select", code, "--no-cache", "--pedantic", "--fix", "--unsafe-fixes", ".")
    assert Path("serverless.yml").read_text() == (RUN % after).replace("3.14\nf", f"3.14\n{provider}f")
    assert check("--select", code, "--no-cache", "--pedantic", ".").json["findings"] == []


def test_all_functions_of_a_service_are_deployed_gradually_at_once() -> None:
    names = [f"f_{number}" for number in range(12)]
    lines = [f"  {name}:\n    handler: app.handler\n" for name in names]
    Path("serverless.yml").write_text(RUN.partition("  orders")[0] + "".join(lines))
    run("check", "--select", "LL811", "--no-cache", "--fix", "--unsafe-fixes", ".")
    text = Path("serverless.yml").read_text()
    assert [f"        - FUnderscore{number}Errors\n" in text for number in range(12)] == [True] * 12
    assert text.count(PLUGIN) == 1
    assert check("--select", "LL811", "--no-cache", ".").json["findings"] == []
    assert run("check", "--select", "LL811", "--no-cache", "--diff", "--unsafe-fixes", ".").out == ""


def test_a_ping_is_taken_out() -> None:
    Path("app.py").write_text(CODE)
    events = "    events:\n      - http: GET /\n      - schedule: rate(5 minutes)\n"
    text = (RUN % ("", events)).replace("app.jobs", "app.warm")
    Path("serverless.yml").write_text(text)
    run("check", "--select", "LL114", "--no-cache", "--pedantic", "--fix", "--unsafe-fixes", ".")
    assert Path("serverless.yml").read_text() == text.replace("      - schedule: rate(5 minutes)\n", "")


def test_what_stands_in_another_file_stays_and_functions_there_are_mended() -> None:
    Path("app.py").write_text(CODE)
    Path("env.yml").write_text("UNUSED: x\nLOG_LEVEL: DEBUG\n")
    Path("functions.yml").write_text("orders:\n  handler: app.handler\n  environment: ${file(env.yml)}\n")
    Path("serverless.yml").write_text(
        "service: shop\nprovider:\n  name: aws\n  runtime: python3.14\nfunctions: ${file(functions.yml)}\n"
    )
    ran = run("check", "--select", "LL309,LL607,LL802", "--no-cache", "--pedantic", "--fix", "--unsafe-fixes", ".")
    assert Path("env.yml").read_text() == "UNUSED: x\nLOG_LEVEL: DEBUG\n"
    assert ran.err.count("it is stated in another file, which others may use") == 2
    assert Path("functions.yml").read_text() == (
        "orders:\n  handler: app.handler\n  timeout: 15\n  environment: ${file(env.yml)}\n"
    )


STATED = {
    "timeout": "30",
    "tracing": "Active",
    "description": "'One: two'",
    "environment": "\n{0}{0}{0}A: '# no comment'",
    "layers": "\n{0}{0}{0}- arn:aws:lambda:eu-west-1:123456789012:layer:x:1",
    "runtime": "python3.8",
    "events": "\n{0}{0}- http: GET /  # why",
    "logRetentionInDays": "7",
}


@st.composite
def services(draw: st.DrawFn) -> str:
    step = draw(st.sampled_from(["  ", "    "]))
    lines = ["service: shop", "provider:", f"{step}name: aws", f"{step}runtime: python3.14"]
    for name in draw(st.lists(st.sampled_from(["timeout", "stage", "tracing"]), unique=True)):
        lines.append(
            step + {"timeout": "timeout: 20", "stage": "stage: x # y", "tracing": "tracing: {lambda: true}"}[name]
        )
    lines.append("functions:")
    for name in draw(st.lists(st.sampled_from(["orders", "mails", "files"]), min_size=1, unique=True)):
        lines += [f"{step}{name}:", f"{step * 2}handler: app.handler"]
        for key in draw(st.lists(st.sampled_from(list(STATED)), unique=True, max_size=5)):
            lines += f"{step * 2}{key}: {STATED[key].format(step)}".splitlines()
        lines += draw(st.sampled_from([[], [""], ["", "# why"]]))
    return draw(st.sampled_from(["\n", "\r\n"])).join([*lines, *draw(st.sampled_from([[], [""]]))])


@settings(deadline=None, max_examples=50)
@given(services())
def test_a_fix_changes_only_what_it_says(text: str) -> None:
    words = ("--select", "LL601,LL602,LL802,LL804", "--no-cache", "--pedantic", "--stdin-filename", "serverless.yml")
    after = run("check", "-", *words, "--fix", "--unsafe-fixes", "--exit-zero", stdin=text.encode()).out
    left = check("-", *words, stdin=after.encode()).json["findings"]
    assert [one["code"] for one in left] == []
    rest = iter(after.replace("3.14", "3.8").splitlines())
    assert all(line in rest for line in text.replace("3.14", "3.8").splitlines())
    assert ("\r\n" in after) == ("\r\n" in text)
    again = run("check", "-", *words, "--diff", "--unsafe-fixes", "--exit-zero", stdin=after.encode())
    assert again.out == ""
