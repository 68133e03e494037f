"""LL325: what is done twice if an event comes twice."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import sources as declared_sources
from lambdalint.checks._triggers import LOSING, triggers
from lambdalint.model import Call, Handler

_ONCE = {
    ("ses", "send_email"): "sends the mail",
    ("ses", "send_raw_email"): "sends the mail",
    ("ses", "send_templated_email"): "sends the mail",
    ("sesv2", "send_email"): "sends the mail",
    ("sns", "publish"): "publishes the message",
    ("sqs", "send_message"): "sends the message",
}
_GUARDS = ("aws_lambda_powertools.utilities.idempotency",)
_TELLS_APART = ("MessageDeduplicationId", "MessageGroupId")
"""A first-in-first-out queue or topic tells duplicates apart, by their content if nothing else is given."""
_DURABLE = "aws_durable_execution_sdk_python"


@check(Handler, code="LL325", severity=Severity.ADVICE, since="0.1", default=False)
def missing_idempotency(handler: Handler) -> Iterator[Problem]:
    """An event that comes twice is acted upon twice.

    **Why it matters.** Queues, streams, topics and all that is asynchronous deliver at least once: now and then twice,
    and again after each failure. A counter is then too high and a mail goes out twice, unless the code remembers what
    it has done.

    **Bad**

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        for record in event["Records"]:
            table.update_item(  # LL325
                Key={"id": record["body"]},
                UpdateExpression="ADD seen :one",
                ExpressionAttributeValues={":one": 1},
            )
    ```

    **Good**

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        for record in event["Records"]:
            table.update_item(
                Key={"id": record["body"]},
                UpdateExpression="ADD seen :one",
                ConditionExpression="NOT contains(messages, :message)",
                ExpressionAttributeValues={":one": 1, ":message": record["messageId"]},
            )
    ```

    Looked at are counters in DynamoDB, and messages and mails that are sent. A conditional write anywhere in the
    handler, the idempotency of Powertools and the steps of a durable function count as remembering. It is off by
    default: for much of this twice does no harm.

    **Ignore it when** twice does no harm, or the receiver tells duplicates apart.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/concepts-event-driven-architectures.html
    """
    sources = declared_sources(handler) or triggers(handler)
    if not sources & LOSING or _remembers(handler):
        return
    for call in handler.warm_calls.operations:
        what = _ONCE.get((call.service, call.operation)) or ("counts" if _counts(call) else "")
        # Topics and queues that take groups tell duplicates apart, by their content if nothing else is given.
        if (
            not what
            or call.on_error_path
            or call.argument(None, "MessageDeduplicationId", "MessageGroupId") is not None
        ):
            continue
        message = f"{handler.name}() {what} again if its event comes twice, and at least once is all that is promised"
        yield Problem(call.location, f"{message}; remember what was done", trace=call.trace)


def _counts(call: Call) -> bool:
    """Whether a write depends on what was there before."""
    if call.service != "dynamodb" or call.operation != "update_item":
        return False
    expression = call.argument(None, "UpdateExpression")
    words = expression.value if expression is not None else None
    if not isinstance(words, str):
        return False
    return words.strip().upper().startswith("ADD ") or " ADD " in words.upper() or " + " in words


def _remembers(handler: Handler) -> bool:
    calls = (*handler.warm_calls, *handler.init_calls)
    if any(call.name.startswith(_GUARDS) for call in calls) or any(
        one.module.startswith(_DURABLE) for one in handler.imports
    ):
        return True
    return any(call.argument(None, "ConditionExpression") is not None for call in handler.warm_calls.operations)
