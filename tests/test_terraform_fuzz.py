"""Expressions of a realistic module exchanged for odd ones: reading ends, checks run, all places lie in the file."""

# ruff: noqa: E501 (a module and a table with long lines)
from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutating import lies_in, locations, looking

from lambdalint.looking import Looker
from lambdalint.sources import read

MODULE = """
variable "stage" { default = "dev" }
variable "sizes" {
  type    = map(object({ memory = number, timeout = optional(number, 30) }))
  default = { dev = { memory = 256 }, prod = { memory = 1024, timeout = 60 } }
}
locals {
  name = "shop-${var.stage}"
  size = var.sizes[var.stage]
  tables = { for one in ["orders", "users"] : one => upper(one) if one != "x" }
}
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "code.zip"
}
data "aws_iam_policy_document" "rights" {
  statement {
    actions   = ["dynamodb:*"]
    resources = [aws_dynamodb_table.orders.arn, "${aws_dynamodb_table.orders.arn}/*"]
  }
}
resource "aws_iam_role" "role" {
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })
  inline_policy { policy = data.aws_iam_policy_document.rights.json }
}
resource "aws_lambda_function" "orders" {
  for_each         = toset(["a", "b"])
  function_name    = format("%s-%s", local.name, each.key)
  filename         = data.archive_file.code.output_path
  handler          = "app.handler"
  runtime          = "python3.13"
  role             = aws_iam_role.role.arn
  memory_size      = local.size.memory
  timeout          = try(local.size.timeout, 10)
  architectures    = ["arm64"]
  layers           = concat([aws_lambda_layer_version.layer.arn], var.stage == "dev" ? [] : ["arn:l"])
  publish          = true
  environment { variables = merge(local.tables, { STAGE = var.stage, QUEUE = aws_sqs_queue.jobs.url }) }
  tracing_config { mode = "Active" }
  dynamic "vpc_config" {
    for_each = var.stage == "dev" ? [] : [1]
    content {
      subnet_ids         = ["s"]
      security_group_ids = ["g"]
    }
  }
  dead_letter_config { target_arn = aws_sqs_queue.dead.arn }
}
resource "aws_lambda_layer_version" "layer" { filename = "layer.zip" }
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.orders["a"].function_name
  function_version = aws_lambda_function.orders["a"].version
}
resource "aws_lambda_provisioned_concurrency_config" "warm" {
  function_name                     = aws_lambda_alias.live.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = 2
}
resource "aws_sqs_queue" "dead" {}
resource "aws_sqs_queue" "jobs" {
  visibility_timeout_seconds = 60
  redrive_policy             = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}
resource "aws_lambda_event_source_mapping" "jobs" {
  event_source_arn        = aws_sqs_queue.jobs.arn
  function_name           = aws_lambda_function.orders["a"].arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]
  filter_criteria { filter { pattern = jsonencode({ body = { a = [1] } }) } }
}
resource "aws_cloudwatch_log_group" "logs" {
  name              = "/aws/lambda/${aws_lambda_function.orders["a"].function_name}"
  retention_in_days = 14
}
resource "aws_s3_bucket_notification" "new" {
  bucket = "b"
  lambda_function {
    lambda_function_arn = aws_lambda_function.orders["b"].arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "in/"
  }
}
resource "aws_dynamodb_table" "orders" { name = "orders" }
module "worker" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "worker"
  handler       = "app.handler"
  runtime       = "python3.13"
  source_path   = [{ path = "src", commands = ["true"] }]
  memory_size   = var.sizes["prod"].memory
  event_source_mapping = { jobs = { event_source_arn = aws_sqs_queue.jobs.arn, batch_size = 5 } }
  allowed_triggers     = { api = { service = "apigateway", source_arn = "arn:x" } }
  attach_policy_statements = true
  policy_statements    = { s3 = { effect = "Allow", actions = ["s3:*"], resources = ["*"] } }
}
"""
ODD = [
    "null", "true", "0", "-1", "1.5", "1e400", "9" * 400, '""', '"a.b"', '"../.."', '"${"', '"${var.x}"', '"${[1]}"', '"é😀"', "[]", "{}", "[[]]", "[null]", "[{}]",
    "{ a = 1 }", "{ (var.x) = 1 }", "var.stage", "var.nope", "local.nope", "local.tables", "local", "var", "each.value", "count.index", "self.x", "path.module", "terraform.workspace",
    "module.worker", "module.worker.x", "module.nope.x", "aws_lambda_function.orders", "aws_lambda_function.orders[*].arn", "aws_lambda_function.orders.a.b", "data.aws_iam_policy_document.rights.json",
    "data.a.b.c", "aws_iam_role.role", "[for x in 5 : x]", "{ for k, v in {} : k => v... }", "[for k, v in var.sizes : v.memory]", "var.x ? 1 : [2]", "1 / 0", "!5", '-"a"', '"a" + 1',
    "merge(1, [2])", "concat({})", "lookup()", "element([], 3)", 'format("%d%s%z", 1)', 'format("%s")', 'jsondecode("{")', "jsonencode(var.x)", 'templatefile("../x", {})', 'file("/etc/hosts")',
    "range(1e9)", "flatten([[[[]]]])", "try()", "can(1)", "zipmap([1], [])", "join(1, 2)", 'split("", "a")', 'substr("a", 9, -5)', "keys(5)", "toset({})", "tonumber([])", "nope(1)",
    "<<EOT\nx ${var.y}\nEOT\n", '"%{ if true }a%{ endif }"', '["a"]["²"]', "[1].0", "(1", "]", '"', "[1, 2]...", "sensitive(var.stage)", 'arn:x', "aws_sqs_queue.jobs",
]  # fmt: skip
EXPRESSIONS = [found.span(1) for found in re.finditer(r"= +([^\n]+?) ?}?$", MODULE, re.MULTILINE)]


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    files = {"src/app.py": "def handler(event, context):\n    return {}\n"}
    with looking(tmp_path_factory.mktemp("fuzz"), files) as looker:
        yield looker


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), times=st.integers(0, 6))
def test_no_module_raises_or_crashes_a_check(looker: Looker, seed: int, times: int) -> None:
    chance = random.Random(seed)
    text = MODULE
    for start, end in sorted(chance.sample(EXPRESSIONS, times), reverse=True):
        text = text[:start] + chance.choice(ODD) + text[end:]
    Path("main.tf").write_text(text, encoding="utf-8")
    texts = {"main.tf": [*text.split("\n"), ""]}
    found = read("main.tf", text.encode())
    assert all(
        lies_in(place, texts) for place in locations([list(found.stacks), found.unreadable]) if place.path in texts
    )
    looked = looker.look("main.tf", text.encode())
    assert [one.message for one, _ in looked.findings if one.code == "LL000"] == []
    if times == 0:
        assert looked.functions == 3
        assert found.unreadable == []
