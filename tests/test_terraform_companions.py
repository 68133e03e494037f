"""What other resources of Terraform say of functions: triggers, queues, logs, roles; and the community's module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint.model import UNKNOWN, Function, Setting, Stack
from lambdalint.sources import entries, read

FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "${var.stage}-orders"
  role          = aws_iam_role.r.arn
  runtime       = "python3.13"
  handler       = "app.handler"
}
"""
BY_MODULE = """
module "f" {
  source        = "terraform-aws-modules/lambda/aws"
  version       = "~> 8.0"
  function_name = "orders"
  runtime       = "python3.13"
  handler       = "app.handler"
  source_path   = "src"
  %s
}
"""


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def reading(text: str) -> Stack:
        Path("main.tf").write_text(text, encoding="utf-8")
        assert entries(["main.tf"]) == ["main.tf"]
        declared = read("main.tf", text.encode())
        assert not declared.unreadable
        return declared.stacks[0]

    return reading


def value(setting: Setting[Any] | None) -> Any:
    if setting is None:
        return None
    return f"?{setting.text}" if setting.value is UNKNOWN else setting.value


TRIGGERS = [
    # resources, the trigger's type, fields of it
    (
        (
            'resource "aws_lambda_event_source_mapping" "m" {\n function_name = aws_lambda_function.f.arn\n'
            " event_source_arn = aws_sqs_queue.q.arn\n batch_size = 20\n maximum_batching_window_in_seconds = 5\n"
            ' function_response_types = ["ReportBatchItemFailures"]\n scaling_config {\n maximum_concurrency = 4\n }\n'
            ' filter_criteria {\n filter {\n pattern = jsonencode({ a = ["b"] })\n }\n }\n}\n'
            'resource "aws_sqs_queue" "q" {\n name = "q"\n visibility_timeout_seconds = 90\n}'
        ),
        "sqs",
        {
            "batch_size": 20,
            "window_s": 5,
            "function_response_types": ("ReportBatchItemFailures",),
            "maximum_concurrency": 4,
        },
    ),
    (
        (
            'resource "aws_lambda_event_source_mapping" "m" {\n function_name = aws_lambda_alias.a.arn\n'
            ' event_source_arn = aws_dynamodb_table.t.stream_arn\n starting_position = "LATEST"\n'
            " bisect_batch_on_function_error = true\n maximum_retry_attempts = 3\n"
            " destination_config {\n on_failure {\n"
            ' destination_arn = "arn:aws:sqs:eu-west-1:1:dead"\n }\n }\n}\n'
            'resource "aws_lambda_alias" "a" {\n name = "live"\n'
            " function_name = aws_lambda_function.f.function_name\n}\n"
            'resource "aws_dynamodb_table" "t" {\n name = "t"\n}'
        ),
        "dynamodb",
        {"starting_position": "LATEST", "bisect": True, "max_retries": 3, "on_failure": "arn:aws:sqs:eu-west-1:1:dead"},
    ),
    (
        (
            'data "aws_kinesis_stream" "s" {\n name = "s"\n}\nresource "aws_lambda_event_source_mapping" "m" {\n'
            ' function_name = "${var.stage}-orders"\n event_source_arn = data.aws_kinesis_stream.s.arn\n'
            ' starting_position = "LATEST"\n}'
        ),
        "kinesis",
        {"source": "?${data.aws_kinesis_stream.s.arn}"},
    ),
    (
        (
            'resource "aws_cloudwatch_event_rule" "r" {\n schedule_expression = "rate(5 minutes)"\n}\n'
            'resource "aws_cloudwatch_event_target" "t" {\n rule = aws_cloudwatch_event_rule.r.name\n'
            " arn = aws_lambda_function.f.arn\n retry_policy {\n maximum_retry_attempts = 2\n }\n}"
        ),
        "schedule",
        {"schedule": "rate(5 minutes)", "max_retries": 2},
    ),
    (
        (
            'resource "aws_cloudwatch_event_rule" "r" {\n event_pattern = jsonencode({ source = ["x"] })\n'
            ' state = "DISABLED"\n}\nresource "aws_cloudwatch_event_target" "t" {\n'
            " rule = aws_cloudwatch_event_rule.r.name\n arn = aws_lambda_function.f.arn\n}"
        ),
        "eventbridge",
        {"enabled": False},
    ),
    (
        (
            'resource "aws_scheduler_schedule" "s" {\n schedule_expression = "cron(0 1 * * ? *)"\n target {\n'
            " arn = aws_lambda_function.f.arn\n role_arn = aws_iam_role.r.arn\n dead_letter_config {\n"
            ' arn = "arn:aws:sqs:eu-west-1:1:dead"\n }\n }\n}'
        ),
        "schedule",
        {"schedule": "cron(0 1 * * ? *)", "on_failure": "arn:aws:sqs:eu-west-1:1:dead"},
    ),
    (
        (
            'resource "aws_sns_topic_subscription" "s" {\n topic_arn = aws_sns_topic.t.arn\n protocol = "lambda"\n'
            " endpoint = aws_lambda_function.f.arn\n}"
        ),
        "sns",
        {"source": "?${aws_sns_topic.t.arn}"},
    ),
    (
        (
            'resource "aws_s3_bucket_notification" "n" {\n bucket = aws_s3_bucket.b.id\n lambda_function {\n'
            ' lambda_function_arn = aws_lambda_function.f.arn\n events = ["s3:ObjectCreated:*"]\n'
            ' filter_prefix = "in/"\n }\n}\nresource "aws_s3_bucket" "b" {\n bucket = "b"\n}'
        ),
        "s3",
        {"prefix": "in/", "suffix": None},
    ),
    (
        (
            'resource "aws_api_gateway_integration" "i" {\n rest_api_id = aws_api_gateway_rest_api.a.id\n'
            ' http_method = aws_api_gateway_method.m.http_method\n type = "AWS_PROXY"\n'
            ' uri = aws_lambda_function.f.invoke_arn\n}\nresource "aws_api_gateway_method" "m" {\n'
            ' http_method = "GET"\n}'
        ),
        "api",
        {"source": "?${aws_api_gateway_rest_api.a.id}"},
    ),
    (
        (
            'resource "aws_apigatewayv2_integration" "i" {\n api_id = aws_apigatewayv2_api.a.id\n'
            ' integration_uri = aws_lambda_function.f.invoke_arn\n payload_format_version = "2.0"\n}\n'
            'resource "aws_apigatewayv2_api" "a" {\n name = "a"\n protocol_type = "HTTP"\n}'
        ),
        "http-api",
        {"payload_format": "2.0"},
    ),
    (
        (
            'resource "aws_apigatewayv2_integration" "i" {\n api_id = aws_apigatewayv2_api.a.id\n'
            " integration_uri = aws_lambda_function.f.invoke_arn\n}\n"
            'resource "aws_apigatewayv2_api" "a" {\n protocol_type = "WEBSOCKET"\n}'
        ),
        "websocket",
        {},
    ),
    (
        (
            'resource "aws_lambda_function_url" "u" {\n function_name = aws_lambda_function.f.function_name\n'
            ' authorization_type = "NONE"\n cors {\n allow_origins = ["*"]\n }\n}'
        ),
        "url",
        {},
    ),
    (
        (
            'resource "aws_lb_target_group_attachment" "l" {\n target_group_arn = aws_lb_target_group.g.arn\n'
            " target_id = aws_lambda_function.f.arn\n}"
        ),
        "alb",
        {},
    ),
    (
        (
            'resource "aws_cloudwatch_log_subscription_filter" "s" {\n log_group_name = "/x"\n'
            " destination_arn = aws_lambda_function.f.arn\n}"
        ),
        "cloudwatch-logs",
        {"source": "/x"},
    ),
    (
        'resource "aws_cognito_user_pool" "p" {\n lambda_config {\n pre_sign_up = aws_lambda_function.f.arn\n }\n}',
        "cognito",
        {},
    ),
    (
        (
            'resource "aws_iot_topic_rule" "t" {\n sql = "SELECT 1"\n lambda {\n'
            " function_arn = aws_lambda_function.f.arn\n }\n}"
        ),
        "iot",
        {},
    ),
    (
        (
            'resource "aws_kinesis_firehose_delivery_stream" "d" {\n extended_s3_configuration {\n'
            ' processing_configuration {\n processors {\n type = "Lambda"\n parameters {\n'
            ' parameter_value = "${aws_lambda_function.f.arn}:$LATEST"\n }\n }\n }\n }\n}'
        ),
        "firehose",
        {},
    ),
    (
        (
            'resource "aws_sfn_state_machine" "m" {\n definition = <<-JSON\n {"States": {"A": {"Type": "Task",'
            ' "Resource": "${aws_lambda_function.f.arn}"}}}\n JSON\n}'
        ),
        "step-functions",
        {},
    ),
    (
        (
            'resource "aws_cloudfront_distribution" "d" {\n default_cache_behavior {\n lambda_function_association {\n'
            " lambda_arn = aws_lambda_function.f.qualified_arn\n }\n }\n}"
        ),
        "cloudfront",
        {},
    ),
    (
        'resource "aws_appsync_datasource" "d" {\n lambda_config {\n function_arn = aws_lambda_function.f.arn\n }\n}',
        "appsync",
        {},
    ),
    (
        'resource "aws_config_config_rule" "c" {\n source {\n source_identifier = aws_lambda_function.f.arn\n }\n}',
        "config",
        {},
    ),
]


@pytest.mark.parametrize(("text", "kind", "fields"), TRIGGERS, ids=[f"{one[1]} {n}" for n, one in enumerate(TRIGGERS)])
def test_triggers(text: str, kind: str, fields: dict[str, Any], stack: Any) -> None:
    (function,) = stack(FUNCTION + text).functions
    (trigger,) = function.triggers
    assert trigger.type == kind
    assert {name: value(getattr(trigger, name)) for name in fields} == fields
    if kind == "sqs":
        assert value(trigger.queue.visibility_timeout_s) == 90
        assert [one.pattern for one in trigger.filters] == ['{"a":["b"]}']


NAME = "function_name = aws_lambda_function.f.function_name"
SAID = [
    # a resource, what is in it, the field of the function, its value
    (
        "aws_cloudwatch_log_group",
        'name = "/aws/lambda/${var.stage}-orders"\nretention_in_days = 7',
        "log_retention_days",
        7,
    ),
    (
        "aws_cloudwatch_log_group",
        'name = "/aws/lambda/${aws_lambda_function.f.function_name}"\nretention_in_days = 7',
        "log_retention_days",
        7,
    ),
    ("aws_cloudwatch_log_group", 'name = "/aws/lambda/another"\nretention_in_days = 7', "log_retention_days", None),
    ("aws_cloudwatch_log_group", 'name = "/aws/lambda/${var.stage}-orders"', "log_retention_days", None),
    (
        "aws_lambda_provisioned_concurrency_config",
        f"{NAME}\nqualifier = aws_lambda_alias.a.name\nprovisioned_concurrent_executions = 3",
        "provisioned_concurrency",
        3,
    ),
    ("aws_lambda_function_event_invoke_config", f"{NAME}\nmaximum_retry_attempts = 0", "max_async_retries", 0),
    (
        "aws_lambda_function_event_invoke_config",
        f'{NAME}\ndestination_config {{\n on_failure {{\n destination = "arn:aws:sns:eu-west-1:1:t"\n }}\n }}',
        "on_failure",
        "arn:aws:sns:eu-west-1:1:t",
    ),
    ("aws_lambda_alias", f'name = "live"\n{NAME}', "alias", "live"),
]


@pytest.mark.parametrize(("kind", "text", "field", "expected"), SAID, ids=range(len(SAID)))
def test_what_others_say(kind: str, text: str, field: str, expected: Any, stack: Any) -> None:
    (function,) = stack(f'{FUNCTION}resource "{kind}" "x" {{\n{text}\n}}').functions
    assert value(getattr(function, field)) == expected


ROLE = 'resource "aws_iam_role" "r" {\n name = "r"\n assume_role_policy = "{}"\n%s\n}\n'
ALLOW = (
    'jsonencode({ Statement = [{ Effect = "Allow", Action = ["s3:Get*"], Resource = "${aws_s3_bucket.b.arn}/*" }] })'
)
POLICIES = [
    # what stands besides the role, what in it, the actions, the managed policies, whether that is all
    (
        f'resource "aws_iam_role_policy" "p" {{\n role = aws_iam_role.r.id\n policy = {ALLOW}\n}}',
        "",
        [("s3:Get*",)],
        [],
        True,
    ),
    ("", f"inline_policy {{\n policy = {ALLOW}\n }}", [("s3:Get*",)], [], True),
    (
        (
            f'resource "aws_iam_policy" "p" {{\n policy = {ALLOW}\n}}\n'
            f'resource "aws_iam_role_policy_attachment" "a" {{\n'
            " role = aws_iam_role.r.name\n policy_arn = aws_iam_policy.p.arn\n}"
        ),
        "",
        [("s3:Get*",)],
        [],
        True,
    ),
    (
        (
            'resource "aws_iam_role_policy_attachment" "a" {\n role = "r"\n'
            ' policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"\n}'
        ),
        "",
        [],
        ["arn:aws:iam::aws:policy/AdministratorAccess"],
        True,
    ),
    (
        (
            'data "aws_iam_policy_document" "d" {\n statement {\n actions = ["sqs:*"]\n'
            ' resources = ["*"]\n condition {\n'
            ' test = "StringEquals"\n variable = "aws:SourceAccount"\n values = ["1"]\n }\n }\n'
            ' statement {\n effect = "Deny"\n not_actions = ["iam:*"]\n resources = [var.x]\n }\n}\n'
            'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.name\n'
            " policy = data.aws_iam_policy_document.d.json\n}"
        ),
        "",
        [("sqs:*",), ()],
        [],
        True,
    ),
    (
        (
            'resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.id\n policy = <<-EOF\n'
            ' {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "${aws_s3_bucket.b.arn}"}]}\n EOF\n}'
        ),
        "",
        [("s3:*",)],
        [],
        True,
    ),
    ('resource "aws_iam_role_policy" "p" {\n role = aws_iam_role.r.id\n policy = var.policy\n}', "", [()], [], False),
    ("", "managed_policy_arns = var.arns", [], [], False),
]


@pytest.mark.parametrize(("text", "within", "actions", "named", "known"), POLICIES, ids=range(len(POLICIES)))
def test_policies(
    text: str, within: str, actions: list[tuple[str, ...]], named: list[str], known: bool, stack: Any
) -> None:
    (function,) = stack(FUNCTION + ROLE % within + text).functions
    assert [one.actions for one in function.statements] == actions
    assert [value(one.name) for one in function.policies] == named
    assert function.policies_known is known


def test_statements_know_their_places_and_resources(stack: Any) -> None:
    text = f'resource "aws_iam_role_policy" "p" {{\n role = aws_iam_role.r.id\n policy = {ALLOW}\n}}'
    (function,) = stack(FUNCTION + ROLE % "" + text).functions
    (statement,) = function.statements
    assert statement.resources == ("${aws_s3_bucket.b.arn}/*",)
    assert (statement.location.line, statement.location.column) == (15, 37)


WRITTEN_OUT = """
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = <<%sEOF
    {
      "Statement": [
        {"Sid": "a } \\" {", "Effect": "Allow", "Action": "s3:*",
         "Resource": "${aws_s3_bucket.b.arn}", "Condition": {"Null": {"aws:x": "true"}}},
        {
          "Effect": "Allow", "Action": "sqs:*", "Resource": "*"
        }
      ]
    }
  EOF
}
"""


@pytest.mark.parametrize("dash", ["", "-"])
@pytest.mark.parametrize("resource", ["${aws_s3_bucket.b.arn}", "arn:aws:s3:::b"])
def test_statements_of_a_text_are_at_their_own_lines(dash: str, resource: str, stack: Any) -> None:
    text = (WRITTEN_OUT % dash).replace("${aws_s3_bucket.b.arn}", resource)
    if not dash:
        text = text.replace("  EOF", "EOF")
    before = FUNCTION + ROLE % ""
    (function,) = stack(before + text).functions
    first = (before + text).split("\n").index('        {"Sid": "a } \\" {", "Effect": "Allow", "Action": "s3:*",') + 1
    assert [(one.actions, one.location[1:3]) for one in function.statements] == [
        (("s3:*",), (first, 9)),
        (("sqs:*",), (first + 2, 9)),
    ]
    assert function.statements[0].resources == (resource,)


def test_statements_of_a_text_are_at_its_attribute_where_lines_do_not_fit(stack: Any) -> None:
    text = (WRITTEN_OUT % "").replace("  EOF", "EOF").replace("${aws_s3_bucket.b.arn}", "${\naws_s3_bucket.b.arn}")
    (function,) = stack(FUNCTION + ROLE % "" + text).functions
    assert {one.location.column for one in function.statements} == {3}


IN_A_FILE = """{
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "${bucket}/*"},
    {
      "Effect": "Allow", "Action": "${action}", "Resource": "*"
    }
  ]
}
"""


@pytest.mark.parametrize(
    ("policy", "resource"),
    [
        ('templatefile("p.json", { bucket = aws_s3_bucket.b.arn, action = "sqs:*" })', "${aws_s3_bucket.b.arn}/*"),
        ('templatefile("${path.module}/p.json", { bucket = "arn:aws:s3:::b", action = "sqs:*" })', "arn:aws:s3:::b/*"),
    ],
)
def test_statements_of_a_file_are_at_its_lines(policy: str, resource: str, stack: Any) -> None:
    Path("p.json").write_text(IN_A_FILE, encoding="utf-8")
    text = f'resource "aws_iam_role_policy" "p" {{\n role = aws_iam_role.r.id\n policy = {policy}\n}}'
    (function,) = stack(FUNCTION + ROLE % "" + text).functions
    assert [(one.actions, one.resources, one.location[:3]) for one in function.statements] == [
        (("s3:*",), (resource,), ("p.json", 3, 5)),
        (("sqs:*",), ("*",), ("p.json", 4, 5)),
    ]


def test_surroundings(stack: Any) -> None:
    found = stack(
        FUNCTION
        + """
resource "aws_sqs_queue" "q" {
  fifo_queue     = true
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 4 })
}
resource "aws_sqs_queue" "dead" {
}
resource "aws_sqs_queue_redrive_policy" "dead" {
  queue_url      = aws_sqs_queue.dead.id
  redrive_policy = jsonencode({ deadLetterTargetArn = "arn:aws:sqs:eu-west-1:1:x", maxReceiveCount = 1 })
}
resource "aws_api_gateway_rest_api" "a" {
  minimum_compression_size = -1
  body = jsonencode({ paths = { x = aws_lambda_function.f.invoke_arn } })
}
resource "aws_api_gateway_method_settings" "s" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  settings {
    throttling_burst_limit = 5
  }
}
resource "aws_kinesis_firehose_delivery_stream" "d" {
  extended_s3_configuration {
    compression_format = "GZIP"
    buffering_size     = 64
  }
}
resource "aws_sfn_state_machine" "m" {
  definition = jsonencode({
    TimeoutSeconds = 5
    States = {
      Work = { Type = "Task", Resource = aws_lambda_function.f.arn, Retry = [{ ErrorEquals = ["States.ALL"] }] }
      Pick = { Type = "Choice" }
    }
  })
}
"""
    )
    assert [(one.logical_id, one.fifo, value(one.redrive), value(one.max_receive_count)) for one in found.queues] == [
        ("aws_sqs_queue.q", True, "?${aws_sqs_queue.dead.arn}", 4),
        ("aws_sqs_queue.dead", False, "arn:aws:sqs:eu-west-1:1:x", 1),
    ]
    (api,) = found.apis
    assert (api.type, api.throttled, api.compressed, api.functions) == ("api", True, False, ("aws_lambda_function.f",))
    (stream,) = found.delivery_streams
    assert (value(stream.compression), value(stream.buffer_mb), stream.to_s3) == ("GZIP", 64, True)
    (machine,) = found.state_machines
    assert machine.has_timeout
    assert [(one.name, one.type, one.function, one.retries) for one in machine.states] == [
        ("Work", "Task", "aws_lambda_function.f", ("States.ALL",)),
        ("Pick", "Choice", "", ()),
    ]


# -- the community's module ----------------------------------------------------------------------------

COMMUNITY = [
    ("", "memory_mb", None),
    ("memory_size = 256", "memory_mb", 256),
    ("timeout = 9", "timeout_s", 9),
    ('tracing_mode = "Active"', "tracing", "Active"),
    ("cloudwatch_logs_retention_in_days = 14", "log_retention_days", 14),
    ("", "log_retention_days", None),
    ("snap_start = true", "snap_start", "PublishedVersions"),
    ('dead_letter_target_arn = "arn:aws:sqs:eu-west-1:1:d"', "dead_letter", "arn:aws:sqs:eu-west-1:1:d"),
    ("reserved_concurrent_executions = 3", "reserved_concurrency", 3),
    ("provisioned_concurrent_executions = 3", "provisioned_concurrency", 3),
    ("ephemeral_storage_size = 1024", "ephemeral_storage_mb", 1024),
    ("publish = true", "alias", "module.f.version"),
    (
        'create_async_event_config = true\n destination_on_failure = "arn:aws:sns:a:1:t"',
        "on_failure",
        "arn:aws:sns:a:1:t",
    ),
]


@pytest.mark.parametrize(("text", "field", "expected"), COMMUNITY, ids=[f"{one[0]} {one[1]}" for one in COMMUNITY])
def test_the_module_of_the_community(text: str, field: str, expected: Any, stack: Any) -> None:
    (function,) = stack(BY_MODULE % text).functions
    assert (function.logical_id, function.place) == ("module.f", "module.f.aws_lambda_function.this[0]")
    assert value(getattr(function, field)) == expected


def test_the_module_of_the_community_has_triggers_and_a_role(stack: Any) -> None:
    (function,) = stack(
        BY_MODULE
        % """
  event_source_mapping = {
    sqs = { event_source_arn = aws_sqs_queue.q.arn, batch_size = 3, scaling_config = { maximum_concurrency = 2 } }
  }
  allowed_triggers = { api = { service = "apigateway", source_arn = "arn:x" } }
  create_lambda_function_url = true
  attach_policy_statements   = true
  policy_statements          = { s3 = { effect = "Allow", actions = ["s3:*"], resources = ["*"] } }
  attach_tracing_policy      = true
"""
        + 'resource "aws_sqs_queue" "q" {\n}'
    ).functions
    assert [(one.type, value(one.batch_size), value(one.maximum_concurrency)) for one in function.triggers] == [
        ("sqs", 3, 2),
        ("url", None, None),
    ]
    assert function.url.auth.value == "NONE"
    assert [value(one.principal) for one in function.permissions] == ["apigateway.amazonaws.com"]
    assert [one.actions for one in function.statements][1:] == [("s3:*",)]
    assert [value(one.name) for one in function.policies] == ["arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"]
    assert function.policies_known


def test_a_layer_is_no_function(stack: Any) -> None:
    assert stack(BY_MODULE % "create_layer = true").functions == ()


def test_a_module_that_is_not_here_may_trigger(stack: Any) -> None:
    source = 'source = "terraform-aws-modules/eventbridge/aws"'
    text = f'module "e" {{\n {source}\n targets = [{{ arn = aws_lambda_function.f.arn }}]\n}}'
    (function,) = stack(FUNCTION + text).functions
    assert not function.triggers_known
    assert stack(FUNCTION).functions[0].triggers_known


def test_the_module_that_starts_deployments_adds_nothing_else(stack: Any) -> None:
    source = 'source = "terraform-aws-modules/lambda/aws//modules/deploy"'
    text = f'module "d" {{\n {source}\n function_name = aws_lambda_function.f.function_name\n}}'
    (function,) = stack(FUNCTION + text).functions
    assert function.triggers_known
    assert function.log_retention_days is None
    assert not function.alarms


# -- whatever is in there, reading does not raise -------------------------------------------------------

WHOLE = FUNCTION + ROLE % "" + BY_MODULE % "" + "\n".join(one[0] for one in [*TRIGGERS, *POLICIES])
WORDS = (
    *'{ } [ ] ( ) " ${ = ? : ... null var.x each.value [*] .*. toset([1]) \\ # /* */ dynamic -1 1e9 é \x00 =>'.split(),
    *(
        "!",
        "&&",
        "%{ if x }",
        "%{ endif }",
        "<<EOF\n",
        "EOF\n",
        "for x in y :",
        "count = 3",
        "for_each = {}",
        "for_each = [1]",
    ),
    *("jsonencode(", "merge(", "local.a", "module.f", "\n", " "),
)
POSITIONS = st.integers(0, len(WHOLE))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(POSITIONS, st.integers(0, 30), st.sampled_from(WORDS)), min_size=1, max_size=6),
    POSITIONS,
)
def test_reading_never_raises(changes: list[tuple[int, int, str]], end: int) -> None:
    text = WHOLE
    for at, dropped, put in changes:
        text = text[:at] + put + text[at + dropped :]
    for part in (text, text[:end]):
        declared = read("main.tf", part.encode("utf-8", "surrogatepass"))
        for function in declared.stacks[0].functions if declared.stacks else ():
            assert_sound(function)


def assert_sound(function: Function) -> None:
    """No value of another kind than its setting's."""
    kinds = {"memory_mb": int, "timeout_s": int, "runtime": str, "handler": str, "layers": tuple, "role": str}
    for name, kind in kinds.items():
        setting = getattr(function, name)
        assert setting is None or setting.value is UNKNOWN or isinstance(setting.value, kind)
        assert setting is None or all(isinstance(one, kind) for one in setting.choices)
    assert all(isinstance(one.type, str) for one in function.triggers)
    assert function.environment is UNKNOWN or all(
        one.known is None or isinstance(one.known, str) for one in (function.environment or {}).values()
    )
