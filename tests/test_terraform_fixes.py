"""Fixes of Terraform: before and after, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import apply, check, run

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.rewriting.templates.terraform import (
    deploy_gradually,
    keep_logs,
    remove,
    remove_event,
    replace,
    state,
)
from lambdalint.sources.terraform.syntax import parsed


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def at(text: str, *words: str) -> Location:
    """Where a word stands: the last of these, each looked for behind the one before."""
    index = 0
    for word in words:
        index = text.index(word, index)
    return Location("main.tf", text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def made(text: str, edits: Sequence[Edit]) -> str:
    """The text with the edits made, which is HCL."""
    after = apply(text, edits)
    assert not parsed(after.encode()).has_error
    return after


def stated(text: str, name: str, value: Any, *words: str) -> str:
    return made(text, state(text, places=[at(text, *(words or ["resource"]))], name=name, value=value))


FUNCTION = """\
# Orders
resource "aws_lambda_function" "orders" {
  function_name = "orders" # as it was
  role          = aws_iam_role.orders.arn
  handler       = "app.handler"

  # The newest
  runtime = "python3.13"
  timeout = 30
  layers  = [local.layer]

  environment {
    variables = {
      TABLE = aws_dynamodb_table.orders.name
    }
  }

  depends_on = [aws_iam_role.orders]
}
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_attribute_stands_behind_its_neighbours_with_its_sign_below_theirs(newline: str) -> None:
    after = FUNCTION.replace(
        '  runtime = "python3.13"\n  timeout = 30\n  layers  = [local.layer]\n',
        '  runtime     = "python3.13"\n  timeout     = 30\n  memory_size = 512\n  layers      = [local.layer]\n',
    )
    before, after = FUNCTION.replace("\n", newline), after.replace("\n", newline)
    assert stated(before, "MemorySize", 512) == after
    assert '  architectures = ["arm64"]' in stated(before, "Architectures", ["arm64"])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # as `terraform fmt` has it
        ('runtime       = "x"\nfunction_name = "y"', 'runtime       = "x"\nfunction_name = "y"\nmemory_size   = 512'),
        ('handler = "x"', 'handler     = "x"\nmemory_size = 512'),
        ('handler = "x"\n\nlonger_than_it = 1', 'handler     = "x"\nmemory_size = 512\n\nlonger_than_it = 1'),
        ('handler = "x"\n# why\nlonger_than_it = 1', 'handler     = "x"\nmemory_size = 512\n# why\nlonger_than_it = 1'),
        (
            "handler        = <<EOT\nx\nEOT\nlonger_than_it = 1",
            "handler        = <<EOT\nx\nEOT\nmemory_size    = 512\nlonger_than_it = 1",
        ),
        ("runtime = [\n1\n]\npublish = true", "runtime = [\n1\n]\nmemory_size = 512\npublish     = true"),
        (
            'runtime = "x"\n\nsource_code_hash = "y"',
            'runtime     = "x"\nmemory_size = 512\n\nsource_code_hash = "y"',
        ),
        # in ways of the author's own
        ('handler="x"\npublish=1', 'handler="x"\nmemory_size = 512\npublish=1'),
        (
            "handler           = 1\npublish           = 2",
            "handler           = 1\nmemory_size       = 512\npublish           = 2",
        ),
        ('handler = "x"\nfunction_name = "y"', 'handler = "x"\nfunction_name = "y"\nmemory_size = 512'),
        ('handler = "x"\n  runtime = "y"', 'handler     = "x"\n  runtime     = "y"\n  memory_size = 512'),
        # comments at the ends of lines
        (
            'handler = "x" # why\nruntime = "y" # what',
            'handler     = "x" # why\nruntime     = "y" # what\nmemory_size = 512',
        ),
        (
            'handler = "x"     # why\nruntime = "yyyyy" # what\npublish = true    # so',
            'handler     = "x"     # why\nruntime     = "yyyyy" # what\nmemory_size = 512\npublish     = true # so',
        ),
        ('handler = "x"  # why', 'handler     = "x"  # why\nmemory_size = 512'),
    ],
)
def test_signs_and_comments_stand_as_those_around_them(before: str, after: str) -> None:
    def block(body: str) -> str:
        lines = [f"  {line}" if line not in ("", "x", "EOT") else line for line in body.splitlines()]
        return "\n".join(['resource "aws_lambda_function" "orders" {', *lines, "}", ""])

    assert stated(block(before), "MemorySize", 512) == block(after)


def test_a_block_of_its_own_stands_behind_those_it_belongs_to() -> None:
    block = '  tracing_config {\n    mode = "Active"\n  }\n'
    after = FUNCTION.replace("  depends_on", f"{block}\n  depends_on")
    assert stated(FUNCTION, "Tracing", "Active") == after
    dense = FUNCTION.replace("\n\n", "\n")
    assert stated(dense, "Tracing", "Active") == dense.replace("  depends_on", f"{block}  depends_on")
    bare = "".join(FUNCTION.partition("\n  environment")[0]) + "}\n"
    assert stated(bare, "Tracing", "Active") == bare.removesuffix("}\n") + f"\n{block}}}\n"
    wide = FUNCTION.replace("  ", "    ")
    assert '\n    tracing_config {\n        mode = "Active"\n    }\n' in stated(wide, "Tracing", "Active")


def test_a_block_that_is_there_takes_the_attribute() -> None:
    before = FUNCTION.replace("  depends_on", "  logging_config {\n    log_group = x\n  }\n\n  depends_on")
    after = before.replace("    log_group = x\n", '    log_group  = x\n    log_format = "JSON"\n')
    assert stated(before, "LoggingConfig.LogFormat", "JSON") == after


MODULE = """\
module "orders" {
  source = "terraform-aws-modules/lambda/aws"

  function_name = "orders"
  handler       = "app.handler"
  runtime       = "python3.13"

  environment_variables = { TABLE = "orders", UNUSED : var.x }

  event_source_mapping = {
    "sqs" = {
      event_source_arn = aws_sqs_queue.orders.arn
    },
    "kinesis" : { event_source_arn : aws_kinesis_stream.orders.arn },
    "kafka" = local.kafka
  }
}
"""


def test_a_module_has_arguments_for_it() -> None:
    runtime = '  runtime       = "python3.13"\n'
    assert stated(MODULE, "Timeout", 15, "module") == MODULE.replace(runtime, f"{runtime}  timeout       = 15\n")
    traced = stated(MODULE, "Tracing", "Active", "module")
    assert '  tracing_mode          = "Active"\n  attach_tracing_policy = true\n' in traced
    own = MODULE.replace(runtime, f"{runtime}  create_role   = false\n")
    assert stated(own, "Tracing", "Active", "module") == own.replace(runtime, f'{runtime}  tracing_mode  = "Active"\n')
    assert '  logging_log_format = "JSON"\n' in stated(MODULE, "LoggingConfig.LogFormat", "JSON", "module")
    logs = made(MODULE, keep_logs(MODULE, places=[at(MODULE, "module")], days=30))
    assert "  cloudwatch_logs_retention_in_days = 30\n" in logs
    elsewhere = MODULE.replace(runtime, f"{runtime}  use_existing_cloudwatch_log_group = true\n")
    with pytest.raises(Refusal, match="declared somewhere else"):
        keep_logs(elsewhere, places=[at(elsewhere, "module")], days=30)


def test_mappings_heed_what_failed() -> None:
    value = ["ReportBatchItemFailures"]
    mapping = 'resource "aws_lambda_event_source_mapping" "x" {\n  batch_size = 10\n}\n'
    assert stated(mapping, "FunctionResponseTypes", value) == mapping.replace(
        "  batch_size = 10\n",
        '  batch_size              = 10\n  function_response_types = ["ReportBatchItemFailures"]\n',
    )
    assert stated(MODULE, "FunctionResponseTypes", value, '"sqs"') == MODULE.replace(
        "      event_source_arn = aws_sqs_queue.orders.arn\n",
        "      event_source_arn        = aws_sqs_queue.orders.arn\n"
        '      function_response_types = ["ReportBatchItemFailures"]\n',
    )
    assert stated(MODULE, "FunctionResponseTypes", value, '"kinesis"') == MODULE.replace(
        "stream.orders.arn }", 'stream.orders.arn, function_response_types: ["ReportBatchItemFailures"] }'
    )
    commas = MODULE.replace("queue.orders.arn\n", "queue.orders.arn,\n      batch_size = 1\n")
    assert stated(commas, "FunctionResponseTypes", value, '"sqs"') == commas.replace(
        "size = 1\n", 'size = 1,\n      function_response_types = ["ReportBatchItemFailures"]\n'
    )
    with pytest.raises(Refusal, match="in the call of the module"):
        stated(MODULE, "FunctionResponseTypes", value, '"kafka"')
    with pytest.raises(Refusal, match="no event source mapping"):
        stated(MODULE, "FunctionResponseTypes", value, "module")


def nested(text: str) -> str:
    return f'resource "aws_lambda_function" "orders" {{\n{dedent(text)}}}\n'


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        (nested("  memory_size = var.memory\n"), "MemorySize", "stated already, as var.memory"),
        (nested("  memory_size = null\n"), "MemorySize", "stated already, as null"),
        (nested("  role = x\n  tracing_config {\n    mode = null\n  }\n"), "Tracing", "stated already"),
        (nested('  role = x\n  dynamic "tracing_config" {\n    content {}\n  }\n'), "Tracing", "dynamic block"),
        (nested("  role = x\n  logging_config { log_group = x }\n"), "LoggingConfig.LogFormat", "on one line"),
        (nested("  a {\n  }\n"), "MemorySize", "is empty"),
        ('resource "aws_lambda_function" "orders" { role = x }\n', "MemorySize", "on one line"),
        ('resource "aws_lambda_function" "orders" { role = x }\n', "Tracing", "on one line"),
        (nested("  role = x\n  tracing_config {}\n  tracing_config {}\n"), "Tracing", "twice"),
        (FUNCTION.replace("\n", "\r"), "MemorySize", "lines end"),
        (FUNCTION.replace("}\n", "", 1), "MemorySize", "cannot be parsed"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, name: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        state(text, places=[at(text, "resource")], name=name, value=512)


def test_a_place_that_is_none_and_terraform_in_json_are_refused() -> None:
    with pytest.raises(Refusal, match="by itself"):
        state(FUNCTION, places=[Location("main.tf", 3, 1)], name="Timeout", value=9)
    with pytest.raises(Refusal, match="by itself"):
        state(FUNCTION, places=[Location("main.tf", 300, 1)], name="Timeout", value=9)
    with pytest.raises(Refusal, match="which programs write"):
        state('{"resource": {}}', places=[Location("main.tf.json", 1, 1)], name="Timeout", value=9)


@pytest.mark.parametrize(
    ("constraint", "refused"),
    [
        ("~> 4.0", True),
        ("~> 5.0", False),
        ("~> 5.31.0", True),
        ("~> 5.32.1", False),
        ("~> 5", False),
        ("5.31.0", True),
        ("= 5.40.0", False),
        (">= 3.0", False),
        (">= 4.0, < 5.0", True),
        (">= 4.0, < 5.1", True),
        (">= 4.0, <= 6", False),
        ("< 6", False),
        ("!= 4.1", False),
        ("", False),
    ],
)
def test_what_a_version_has_no_words_for_is_not_stated(constraint: str, refused: bool) -> None:
    Path("versions.tf").write_text(
        f'terraform {{\n  required_providers {{\n    aws = {{\n      source  = "hashicorp/aws"\n'
        f'      version = "{constraint}"\n    }}\n  }}\n}}\n'
    )
    if refused:
        with pytest.raises(Refusal, match="provider for AWS knows it from version 5"):
            stated(FUNCTION, "LoggingConfig.LogFormat", "JSON")
    else:
        stated(FUNCTION, "LoggingConfig.LogFormat", "JSON")
    stated(FUNCTION, "MemorySize", 512)


@pytest.mark.parametrize(
    ("constraint", "refused"), [("~> 6.0", True), ("4.7.1", True), ("~> 7.2", False), (">= 2", False)]
)
def test_nor_what_a_version_of_the_module_has_no_argument_for(constraint: str, refused: bool) -> None:
    module = MODULE.replace('lambda/aws"\n', f'lambda/aws"\n  version = "{constraint}"\n')
    if refused:
        with pytest.raises(Refusal, match="the module knows it from version 7 on"):
            stated(module, "LoggingConfig.LogFormat", "JSON", "module")
    else:
        assert "logging_log_format" in stated(module, "LoggingConfig.LogFormat", "JSON", "module")
    assert "tracing_mode" in stated(module, "Tracing", "Active", "module")


VERSION = 'terraform {{\n  required_providers {{\n    aws = {{ version = "{}" }}\n  }}\n}}\n'
VALUES = """\
resource "aws_lambda_function" "orders" {
  runtime       = "python3.8" # old
  architectures = ["x86_64"]  # both

  environment {
    # Which
    variables = merge(local.all, {
      "LOG_LEVEL" = "DEBUG"
      É           = "é"
    })
  }
  ephemeral_storage { size = 2048 }
}

resource "aws_lambda_function" "mails" {
  runtime = var.runtime
}
"""


@pytest.mark.parametrize(
    ("key", "old", "new", "after"),
    [
        ("runtime", "python3.8", "python3.14", ('"python3.8" # old', '"python3.14" # old')),
        ("architectures", "x86_64", "arm64", ('["x86_64"]  # both', '["arm64"]   # both')),
        ('"LOG_LEVEL"', "DEBUG", "INFO", ('"DEBUG"', '"INFO"')),
    ],
)
def test_a_value_is_replaced_where_it_stands(key: str, old: str, new: str, after: tuple[str, str]) -> None:
    edits = replace(VALUES, place=at(VALUES, key), old=old, new=new, owner=at(VALUES, "resource"))
    before = VALUES if key != "runtime" else VALUES.replace('["x86_64"]  #', '["x86_64"]   #')
    assert made(VALUES, edits) == before.replace(*after)


@pytest.mark.parametrize(
    ("words", "old", "owner", "reason"),
    [
        (["mails", "runtime"], "python3.8", "mails", "comes from var.runtime"),
        (["runtime"], "python3.9", "orders", 'comes from "python3.8"'),
        (["runtime"], "python3.8", "mails", "others may use it"),
        (["merge"], "x", "orders", "by itself"),
    ],
)
def test_a_value_that_is_made_elsewhere_is_not_replaced(words: list[str], old: str, owner: str, reason: str) -> None:
    place = at(VALUES, f'resource "aws_lambda_function" "{owner}"')
    with pytest.raises(Refusal, match=re.escape(reason)):
        replace(VALUES, place=at(VALUES, *words), old=old, new="y", owner=place)


VARIABLES = """\
resource "aws_lambda_function" "orders" {
  handler = "app.handler"

  environment {
    variables = {
      TABLE_OF_ORDERS = "orders" # of this stack
      QUEUE           = var.queue
      LAST            = 1
    }
  }

  ephemeral_storage {
    size = 2048
  }
  tags = {}
}
"""


def test_a_variable_is_taken_out_and_what_is_then_empty_too() -> None:
    def without(text: str, key: str) -> str:
        return made(text, remove(text, place=at(text, key), owner=at(text, "resource")))

    once = without(VARIABLES, "TABLE_OF_ORDERS")
    lines = ('      TABLE_OF_ORDERS = "orders" # of this stack\n', "      QUEUE           =", "      LAST            =")
    after = VARIABLES.replace(lines[0], "").replace(lines[1], "      QUEUE =").replace(lines[2], "      LAST  =")
    assert once == after
    twice = without(once, "LAST")
    assert twice == after.replace("      LAST  = 1\n", "")
    thrice = without(twice, "QUEUE")
    assert thrice == (
        'resource "aws_lambda_function" "orders" {\n  handler = "app.handler"\n\n'
        "  ephemeral_storage {\n    size = 2048\n  }\n  tags = {}\n}\n"
    )
    assert without(thrice, "size") == (
        'resource "aws_lambda_function" "orders" {\n  handler = "app.handler"\n\n  tags = {}\n}\n'
    )
    for key, left in (("TABLE", "{ UNUSED : var.x }"), ("UNUSED", '{ TABLE = "orders" }')):
        edits = remove(MODULE, place=at(MODULE, "variables", key), owner=at(MODULE, "module"))
        assert made(MODULE, edits) == MODULE.replace('{ TABLE = "orders", UNUSED : var.x }', left)
    only = MODULE.replace(", UNUSED : var.x", "")
    assert without_module(only) == only.replace('  environment_variables = { TABLE = "orders" }\n\n', "")


def without_module(text: str) -> str:
    return made(text, remove(text, place=at(text, "variables", "TABLE"), owner=at(text, "module")))


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (VARIABLES.replace("2048", "var.size"), "size", "comes from var.size"),
        (VARIABLES.replace("    size", "    # why\n    size"), "size", "a comment stands"),
        (VARIABLES.replace("ephemeral_storage", 'dynamic "ephemeral_storage"'), "size", "dynamic block"),
        (VARIABLES.replace("variables = {", "variables = var.x ? {} : {"), "QUEUE", "in an expression"),
        (VARIABLES.replace("variables = {", "other = {"), "QUEUE", "in an expression"),
        (VARIABLES.replace("variables = {", "variables = upper({").replace("1\n    }", "1\n    })"), "QUEUE", "in an"),
        (VALUES.replace('      É           = "é"\n', ""), '"LOG_LEVEL"', "nothing would be left"),
        (VARIABLES.replace("var.queue\n      LAST", "var.queue, LAST"), "QUEUE", "shares its line"),
    ],
)
def test_what_others_lean_on_stays(text: str, key: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        remove(text, place=at(text, key), owner=at(text, "resource"))


def test_each_function_gets_a_log_group_under_the_name_that_lambda_gives_it() -> None:
    group = dedent(
        """\
        resource "aws_cloudwatch_log_group" "orders_logs" {
          name              = "/aws/lambda/${aws_lambda_function.orders.function_name}"
          retention_in_days = 30
        }
        """
    )
    place = [at(FUNCTION, "resource")]
    assert made(FUNCTION, keep_logs(FUNCTION, places=place, days=30)) == f"{FUNCTION}\n{group}"
    more = f'{FUNCTION}locals {{\n  a = "b"\n}}\n'
    assert made(more, keep_logs(more, places=place, days=30)) == f'{FUNCTION}\n{group}\nlocals {{\n  a = "b"\n}}\n'
    endless = FUNCTION.removesuffix("\n")
    assert made(endless, keep_logs(endless, places=place, days=30)) == f"{FUNCTION}\n{group}".removesuffix("\n")


def test_a_log_group_that_would_meet_another_is_refused() -> None:
    taken = 'resource "aws_cloudwatch_log_group" "orders_logs" {}\n'
    place = [at(FUNCTION, "resource")]
    with pytest.raises(Refusal, match="another log group"):
        keep_logs(FUNCTION + taken, places=place, days=30)
    Path("logs.tf").write_text(taken)
    with pytest.raises(Refusal, match="another log group"):
        keep_logs(FUNCTION, places=place, days=30)
    several = FUNCTION.replace("  role", "  for_each      = local.names\n  role")
    with pytest.raises(Refusal, match="several functions"):
        keep_logs(several, places=place, days=30)

    elsewhere = FUNCTION.replace("  role", "  provider      = aws.west\n  role")
    with pytest.raises(Refusal, match="a provider of its own"):
        keep_logs(elsewhere, places=place, days=30)


DEPLOYED = {
    # of a resource and of a call of the module: its name and version, what is called after it, the deploying module
    FUNCTION: ("aws_lambda_function.orders.function_name", "aws_lambda_function.orders.version", '"~> 8.0"'),
    MODULE: ("module.orders.lambda_function_name", "module.orders.lambda_function_version", ""),
}


@pytest.mark.parametrize("text", DEPLOYED)
def test_a_function_is_deployed_gradually(text: str) -> None:
    name, version, constraint = DEPLOYED[text]
    place = [at(text, "resource" if "resource" in text else "module")]
    after = made(text, deploy_gradually(text, places=place, alias="live", preference="Canary10Percent5Minutes"))
    inner, _, added = after.partition('\n\nresource "aws_lambda_alias" "orders_live" {\n')
    assert re.findall(r"  publish +?= true\n", inner)
    assert [line for line in words_of(inner) if line != "publish = true"] == words_of(text)
    assert f"  function_version = {version}\n" in added
    assert added.count(f" = {name}\n") == 4
    assert f'    Resource     = "${{{name}}}:live"\n' in added
    assert f'  alarm_name          = "${{{name}}}-errors"\n' in added
    assert '  deployment_config_name = "CodeDeployDefault.LambdaCanary10Percent5Minutes"\n' in added
    assert ("  version = " in added) is bool(constraint)
    assert constraint in added
    assert '"terraform-aws-modules/lambda/aws//modules/deploy"\n' in added


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FUNCTION.replace("  timeout", "  publish = false\n  timeout"), "publish is stated already, as false"),
        (FUNCTION.replace("  role", "  count         = 1\n  role"), "several functions"),
        (FUNCTION.replace("  role", "  provider      = aws.west\n  role"), "a provider of its own"),
        (FUNCTION + 'resource "aws_lambda_alias" "orders_live" {}\n', "something else called orders_live"),
        (FUNCTION + 'module "orders_deployment" {}\n', "something else called orders_deployment"),
        (FUNCTION + VERSION.format("~> 5.0"), "needs version 6.28 of the provider"),
        (MODULE.replace('aws"\n', 'aws"\n  version = "~> 7.2"\n', 1), "needs version 8 of the module"),
        (MODULE.replace('aws"\n', 'aws?ref=v8"\n'), "does not come from a registry"),
    ],
)
def test_what_cannot_be_deployed_gradually_is_refused(text: str, reason: str) -> None:
    place = [at(text, "module" if text.startswith("module") else "resource")]
    with pytest.raises(Refusal, match=reason):
        deploy_gradually(text, places=place, alias="live", preference="X")


PING = """\
resource "aws_cloudwatch_event_target" "warm" {
  rule = aws_cloudwatch_event_rule.warm.name
  arn  = aws_lambda_function.orders.arn
}
"""
RULE = """\
resource "aws_cloudwatch_event_rule" "warm" {
  schedule_expression = "rate(5 minutes)" # all day
}
"""
ALLOWED = """\
resource "aws_lambda_permission" "warm" {
  function_name = aws_lambda_function.orders.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.warm.arn
}
"""
SECOND = PING.replace('"warm"', '"second"').replace("orders.arn", "mails.arn")
MORE = 'locals {\n  a = "b"\n}\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([FUNCTION, RULE, PING, ALLOWED, MORE], [FUNCTION, MORE]),
        ([PING, ALLOWED, RULE, FUNCTION], [FUNCTION]),
        ([FUNCTION, PING], [FUNCTION]),
        ([RULE, FUNCTION, "# why\n" + PING], [FUNCTION, "# why\n"]),
        # the rule has other targets, or something refers to it or to its permission
        ([FUNCTION, RULE, PING, SECOND, ALLOWED], [FUNCTION, RULE, SECOND, ALLOWED]),
        ([FUNCTION, RULE, PING, MORE.replace('"b"', "[aws_lambda_permission.warm]"), ALLOWED], [0, 1, 3, 4]),
        ([FUNCTION, RULE, PING, MORE.replace('"b"', "aws_cloudwatch_event_rule.warm.id")], [0, 1, 3]),
    ],
)
@pytest.mark.parametrize("between", ["", "\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_ping_goes_and_what_was_there_for_it_alone(
    before: list[str], after: list[str | int], between: str, newline: str
) -> None:
    text = between.join(before).replace("\n", newline)
    kept = between.join(before[one] if isinstance(one, int) else one for one in after).replace("\n", newline)
    assert made(text, remove_event(text, place=at(text, 'resource "aws_cloudwatch_event_target" "warm"'))) == kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PING.replace("  arn", "  for_each = x\n  arn"), "several functions"),
        (PING.replace("  arn", "  # why\n  arn"), "a comment stands"),
        (PING + MORE.replace('"b"', "aws_cloudwatch_event_target.warm"), "something else refers to it"),
        (PING + RULE.replace("  schedule", "  count = 1\n  schedule"), "several functions"),
    ],
)
def test_a_ping_that_is_more_than_that_stays(text: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        remove_event(text, place=at(text, "resource"))


def test_what_another_file_of_the_module_refers_to_stays() -> None:
    text = f"{RULE}\n{PING}"
    Path("more.tf").write_text("output.x = aws_cloudwatch_event_rule.warm.arn\n")
    assert made(text, remove_event(text, place=at(text, "resource", 'resource "aws_cloudwatch_event_target'))) == RULE
    Path("more.tf").write_text("output.x = aws_cloudwatch_event_target.warm.id\n")
    with pytest.raises(Refusal, match="something else refers to it"):
        remove_event(text, place=at(text, "resource", 'resource "aws_cloudwatch_event_target'))


# -- in a run ------------------------------------------------------------------------------------------

CODE = "import os\n\n\ndef handler(event, context):\n    return os.environ['A']\n"
LOGGING = "".join(
    ["import logging\n\nlogger = logging.getLogger()\n\n\ndef handler(event, context):\n"]
    + [f"    logger.info('{word} %s', event)\n" for word in ("one", "two", "three")]
)
REPORTS = "def handler(event, context):\n    return {'batchItemFailures': []}\n"
BOTH = """\
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "src"
  output_path = "code.zip"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = data.archive_file.code.output_path
  handler       = "app.handler"
  runtime       = "python3.14"
%s}

module "mails" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "mails"
  source_path   = "src"
  handler       = "app.handler"
  runtime       = "python3.14"
%s}
"""
LISTENS = '  function_response_types = ["ReportBatchItemFailures"]\n'
SOURCES = (
    '\nresource "aws_lambda_event_source_mapping" "%s" {\n'
    '  event_source_arn        = "arn:aws:sqs:eu-west-1:123456789012:jobs"\n'
    "  function_name           = %s\n%s}\n"
)
MENDED = [
    # the check, the code, what the blocks say before and what they say after
    ("LL801", CODE, ("", ""), ("  memory_size   = 512\n", "  memory_size   = 512\n")),
    ("LL802", CODE, ("", ""), ("  timeout       = 15\n", "  timeout       = 15\n")),
    (
        "LL601",
        CODE,
        ("", "  create_role   = false\n"),
        ('\n  tracing_config {\n    mode = "Active"\n  }\n', '  tracing_mode  = "Active"\n  create_role   = false\n'),
    ),
    (
        "LL603",
        LOGGING,
        ("", '  logging_log_format = "Text"\n'),
        ('\n  logging_config {\n    log_format = "JSON"\n  }\n', '  logging_log_format = "JSON"\n'),
    ),
    (
        "LL607",
        CODE,
        (
            '  environment {\n    variables = { A = 1, LOG_LEVEL = "debug" }\n  }\n',
            '  environment_variables = {\n    A              = 1\n    POWERTOOLS_DEV = "true"\n  }\n',
        ),
        (
            '  environment {\n    variables = { A = 1, LOG_LEVEL = "info" }\n  }\n',
            "  environment_variables = {\n    A = 1\n  }\n",
        ),
    ),
    (
        "LL309",
        CODE,
        (
            "  environment {\n    variables = {\n      UNUSED = 1\n      A = 2\n    }\n  }\n",
            "  environment_variables = {\n    UNUSED = 1\n  }\n",
        ),
        ("  environment {\n    variables = {\n      A = 2\n    }\n  }\n", ""),
    ),
    (
        "LL812",
        CODE,
        ("  ephemeral_storage {\n    size = 1024\n  }\n", "  ephemeral_storage_size = 1024\n"),
        ("", ""),
    ),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("code", "source", "before", "after"), MENDED, ids=[one[0] for one in MENDED])
def test_what_checks_offer_is_made(
    code: str, source: str, before: tuple[str, str], after: tuple[str, str], newline: str
) -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text(source)
    Path("main.tf").write_bytes((BOTH % before).replace("\n", newline).encode())
    found = check("--select", code, "--no-cache", ".").json["findings"]
    assert found
    assert all(one["fix"]["applicability"] == "unsafe" for one in found)
    assert run("check", "--select", code, "--no-cache", "--fix", ".").code in (0, 1)
    assert Path("main.tf").read_bytes().decode() == (BOTH % before).replace("\n", newline)
    run("check", "--select", code, "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert Path("main.tf").read_bytes().decode() == (BOTH % after).replace("\n", newline)
    assert check("--select", code, "--no-cache", ".").json["findings"] == []


def test_logs_are_kept_for_a_while_only() -> None:
    Path("main.tf").write_text(BOTH % ("", ""))
    assert len(check("--select", "LL602", "--no-cache", ".").json["findings"]) == 2
    run("check", "--select", "LL602", "--no-cache", "--fix", "--unsafe-fixes", ".")
    text = Path("main.tf").read_text()
    assert text.count("retention_in_days") == 2
    assert "  cloudwatch_logs_retention_in_days = 30\n" in text
    assert check("--select", "LL602", "--no-cache", ".").json["findings"] == []


def test_mappings_of_both_kinds_heed_what_failed() -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text(REPORTS)
    mapping = SOURCES % ("jobs", "aws_lambda_function.orders.arn", "")
    inner = (
        '  event_source_mapping = {\n    jobs = { event_source_arn = "arn:aws:sqs:eu-west-1:123456789012:j" }\n  }\n'
    )
    Path("main.tf").write_text(BOTH % ("", inner) + mapping)
    run("check", "--select", "LL406", "--no-cache", "--fix", "--unsafe-fixes", ".")
    text = Path("main.tf").read_text()
    assert SOURCES % ("jobs", "aws_lambda_function.orders.arn", LISTENS) in text
    assert ':j", function_response_types = ["ReportBatchItemFailures"] }\n' in text
    assert check("--select", "LL406", "--no-cache", ".").json["findings"] == []


def test_functions_of_both_kinds_are_deployed_gradually_and_pings_go() -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text("def handler(event, context):\n    return None if event.get('warmer') else event\n")
    second = SECOND.replace("aws_lambda_function.mails", "aws_lambda_function.elsewhere")
    Path("main.tf").write_text(BOTH % ("", "") + f"\n{RULE}\n{PING}\n{second}")
    run("check", "--select", "LL811,LL114", "--no-cache", "--fix", "--unsafe-fixes", ".")
    text = Path("main.tf").read_text()
    assert text.count("  publish       = true\n") == text.count('//modules/deploy"\n') == 2
    assert check("--select", "LL811,LL114", "--no-cache", ".").json["findings"] == []
    assert "aws_cloudwatch_event_target" not in text.replace(second, "")


def test_a_ping_in_a_module_that_others_may_call_stays() -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text("def handler(event, context):\n    return None if event.get('warmer') else event\n")
    Path("warm").mkdir()
    ping = 'variable "arn" {}\n' + RULE + PING.replace("aws_lambda_function.orders.arn", "var.arn")
    Path("warm/main.tf").write_text(ping)
    calls = 'module "warm" {\n  source = "./warm"\n  arn    = aws_lambda_function.orders.arn\n}\n'
    Path("main.tf").write_text(BOTH % ("", "") + calls)
    ran = run("check", "--select", "LL114", "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert "LL114 not fixed: it stands in another module, which others may use" in ran.err
    assert Path("warm/main.tf").read_text() == ping


def test_functions_in_several_files_are_mended_in_each() -> None:
    orders, _, mails = (BOTH % ("", "")).partition("\nmodule")
    Path("orders.tf").write_text(orders)
    Path("mails.tf").write_text(f"module{mails}")
    run("check", "--select", "LL601,LL602,LL801", "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert check("--select", "LL601,LL602,LL801", "--no-cache", ".").json["findings"] == []
    for path in ("orders.tf", "mails.tf"):
        text = Path(path).read_text()
        assert all(text.count(word) == 1 for word in ("memory_size", '"Active"', "retention_in_days"))


def test_fixes_made_at_once_leave_the_signs_in_one_column() -> None:
    aligned = BOTH.replace("%s}\n", "}\n", 1).replace("%s", "  publish       = true\n  tags          = {}\n")
    Path("main.tf").write_text(aligned)
    run("check", "--select", "LL601,LL602,LL801,LL802", "--no-cache", "--fix", "--unsafe-fixes", ".")
    lines = Path("main.tf").read_text().partition("module")[2].splitlines()[1:-1]
    assert {line.index("=") for line in lines} == {2 + len("cloudwatch_logs_retention_in_days ")}
    variables = [f"    {name:8} = 1\n" for name in ("A", "UNUSED_1", "X", "UNUSED_2", "MORE")]
    text = BOTH % (f"  environment {{\n  variables = {{\n{''.join(variables)}  }}\n  }}\n", "")
    Path("src").mkdir()
    Path("src/app.py").write_text(CODE)
    Path("main.tf").write_text(text)
    run("check", "--select", "LL309", "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert Path("main.tf").read_text() == text.replace("".join(variables), "    A = 1\n")


CALLED = """\
resource "aws_lambda_function" "orders" {
  filename = "code.zip"
  handler  = "app.handler"
  runtime  = var.runtime

  environment {
    variables = var.environment
  }
}

variable "runtime" {}
variable "environment" {}
"""


def test_what_a_module_is_given_stays() -> None:
    Path("made").mkdir()
    Path("made/main.tf").write_text(CALLED)
    text = 'module "a" {\n  source = "./made"\n  runtime = "python3.8"\n  environment = { LOG_LEVEL = "DEBUG" }\n}\n'
    Path("main.tf").write_text(text + text.replace('"a"', '"b"'))
    ran = run("check", "--select", "LL607,LL801,LL804", "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert Path("main.tf").read_text() == text + text.replace('"a"', '"b"')
    assert Path("made/main.tf").read_text() == CALLED.replace(
        '  filename = "code.zip"\n  handler  = "app.handler"\n  runtime  = var.runtime\n',
        '  filename    = "code.zip"\n  handler     = "app.handler"\n  runtime     = var.runtime\n  memory_size = 512\n',
    )
    notices = [line for line in ran.err.splitlines() if "not fixed" in line]
    assert len(notices) == 4
    assert all("it is stated in another file, which others may use" in line for line in notices)


def test_what_is_right_for_one_of_several_functions_is_not_done_to_all() -> None:
    Path("src").mkdir()
    Path("src/app.py").write_text(CODE)
    text = (BOTH % ('  for_each = toset(["a"])\n  environment {\n    variables = { UNUSED = 1 }\n  }\n', "")).replace(
        '"orders"\n', "each.key\n"
    )
    Path("main.tf").write_text(text)
    ran = run("check", "--select", "LL309", "--no-cache", "--fix", "--unsafe-fixes", ".")
    assert Path("main.tf").read_text() == text
    assert "LL309 not fixed: it stands for several functions at once" in ran.err


# -- of whatever hand ----------------------------------------------------------------------------------

ATTRIBUTES = {
    "role": "aws_iam_role.x.arn",
    "filename": '"code.zip"',
    "source_code_hash": 'filebase64sha256("code.zip")',
    "layers": '[\n    "arn:aws:lambda:eu-west-1:123456789012:layer:x:1",\n  ]',
    "description": '"Ünï # {\\"}"',
    "timeout": "30",
    "memory_size": "1024",
    "reserved_concurrent_executions": "var.x",
}
BLOCKS = {
    "environment": '  environment {\n    variables = {\n      A = "b" # c\n    }\n  }\n',
    "vpc_config": "  vpc_config {\n    subnet_ids = []\n    security_group_ids = []\n  }\n",
    "lifecycle": "  lifecycle {\n    ignore_changes = [filename]\n  }\n",
}


@st.composite
def functions(draw: st.DrawFn) -> str:
    parts: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        runtime = draw(st.sampled_from(['"python3.8"', '"python3.14"']))
        names = draw(st.lists(st.sampled_from(list(ATTRIBUTES)), unique=True, max_size=6))
        stated = [("runtime", runtime), *((name, ATTRIBUTES[name]) for name in names)]
        aligned = draw(st.booleans())
        width = max(len(name) for name, _ in stated) if aligned else 0
        lines = [f"  {name.ljust(width)} = {value}" for name, value in draw(st.permutations(stated))]
        for _ in range(draw(st.integers(0, 2))):
            where = draw(st.integers(0, len(lines)))
            lines.insert(where, draw(st.sampled_from(["", "  # why", "  /* and\n  how */"])))
        ends = draw(
            st.lists(st.sampled_from(["", "", " # so", "   // thus"]), min_size=len(lines), max_size=len(lines))
        )
        lines = [
            line + end if "=" in line and "\n" not in line else line for line, end in zip(lines, ends, strict=True)
        ]
        blocks = draw(st.lists(st.sampled_from(list(BLOCKS)), unique=True))
        spaced = draw(st.sampled_from(["", "\n"]))
        body = "\n".join(lines) + "\n" + "".join(spaced + BLOCKS[name] for name in blocks)
        parts.append(f'resource "aws_lambda_function" "f{number}" {{\n{body}}}\n')
    text = draw(st.sampled_from(["", "\n"])).join(parts)
    text = text if draw(st.booleans()) else text.removesuffix("\n")
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None, max_examples=60)
@given(functions())
def test_a_fix_changes_only_what_it_says(text: str) -> None:
    words = ("--select", "LL601,LL602,LL801,LL802,LL804", "--no-cache", "--stdin-filename", "main.tf")
    after = run("check", "-", *words, "--fix", "--unsafe-fixes", "--exit-zero", stdin=text.encode()).out
    assert not parsed(after.encode()).has_error
    assert ("\r\n" in after) == ("\r\n" in text)
    left = check("-", *words, stdin=after.encode()).json["findings"]
    assert left == []
    # What was there is there, in its order, but for the white space around signs and comments.
    rest = iter(words_of(after.replace("python3.14", "python3.8")))
    assert all(line in rest for line in words_of(text.replace("python3.14", "python3.8")))
    assert after.count("memory_size") == after.count("timeout") == text.count("runtime")
    assert after.count('mode = "Active"') == (text.count("runtime") if text.count("runtime") > 1 else 0)
    assert run("check", "-", *words, "--diff", "--unsafe-fixes", "--exit-zero", stdin=after.encode()).out == ""


def words_of(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
