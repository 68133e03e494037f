"""LL608: tracing is on, and the calls of the function are not in the traces."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._reach import all_calls, unknown_libraries
from lambdalint.checks.observability._tracing import traced_by_another
from lambdalint.model import Call, Handler

TRACERS = (
    "aws_lambda_powertools.Tracer",
    "aws_lambda_powertools.tracing",
    "aws_xray_sdk",
    "datadog",
    "ddtrace",
    "epsagon",
    "lumigo",
    "newrelic",
    "opentelemetry",
    "sentry_sdk",
    "thundra",
)
"""How the names begin of what puts calls into traces."""
LOCAL = frozenset({"can_paginate", "generate_presigned_post", "generate_presigned_url"})
"""Methods of clients that ask no service."""


@check(Handler, code="LL608", severity=Severity.ADVICE, since="0.1")
def traced_but_not_patched(handler: Handler) -> Iterator[Problem]:
    """The template turns tracing on, but nothing in the code puts the calls to AWS into the traces.

    **Why it matters.** Lambda itself records when an invocation began and ended. Which call to which service took the
    time it does not know: for this the SDK is patched, or instrumented, when the function starts. Without that the
    traces are paid for and say no more than the REPORT line of the log.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Tracing: Active  # LL608
    ```

    ```python
    # file: src/app.py
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        return table.get_item(Key={"id": event["id"]})["Item"]
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Tracing: Active
    ```

    ```python
    # file: src/app.py
    import boto3
    from aws_lambda_powertools import Tracer

    tracer = Tracer()  # patches the SDK
    table = boto3.resource("dynamodb").Table("orders")

    @tracer.capture_lambda_handler
    def handler(event, context):
        return table.get_item(Key={"id": event["id"]})["Item"]
    ```

    The X-Ray SDK gets only fixes since February 2026; new code is better instrumented by a layer of AWS Distro for
    OpenTelemetry, which needs no change of the code.

    **Ignore it when** only the way between functions is of interest.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-tracing.html
    """
    active = [
        one
        for one in handler.functions
        if one.tracing is not None and one.tracing.known == "Active" and not traced_by_another(one)
    ]
    if not active or not handler.complete:
        return
    what = next(filter(None, map(_asked, handler.warm_calls.operations)), "")
    if not what or any(call.name.startswith(TRACERS) for call in all_calls(handler)):
        return
    wording = handler.wording()
    if unknown_libraries(wording) or any(one.startswith(TRACERS) for one in wording.libraries):
        return
    if any(one.startswith("aws_lambda_powertools") for one in wording.libraries) and "Tracer" in wording.words:
        return
    for function in active:
        assert function.tracing is not None
        place = function.location if function.tracing.inherited else function.tracing.location
        message = f"{function.logical_id} is traced, but its calls such as {what} are not in the traces; patch the SDK"
        yield Problem(place, f"{message}, as Powertools' Tracer does", sure=not function.tracing.assumed)


def _asked(call: Call) -> str:
    """The operation that a call comes to, `dynamodb.scan`; empty if it comes to none."""
    name = call.operation
    if name in ("get_paginator", "get_waiter"):
        named = call.argument(0, "operation_name")
        is_page = name == "get_paginator" and named is not None and isinstance(named.value, str)
        name = str(named.value) if is_page and named is not None else ""
    elif name == "batch_writer":
        name = "batch_write_item"
    if not name or name in LOCAL:
        return ""
    return f"{call.service}.{name}" if call.service else name
