"""LL407: one call for each item, where one call takes many."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import batching
from lambdalint.checks._libraries import through
from lambdalint.checks._operations import operation
from lambdalint.checks.calls._surroundings import inside, is_made_in, loop_around, sleeps_in
from lambdalint.model import UNKNOWN, Argument, Call, Handler, Location, Loop

AT_ONCE = {
    ("dynamodb", "delete_item"): 25,
    ("dynamodb", "get_item"): 100,
    ("dynamodb", "put_item"): 25,
    ("firehose", "put_record"): 500,
    ("kinesis", "put_record"): 500,
    ("s3", "delete_object"): 1000,
    ("sns", "publish"): 10,
    ("sqs", "delete_message"): 10,
    ("sqs", "send_message"): 10,
    ("ssm", "get_parameter"): 10,
}
"""How many entries one call of the operation for many takes."""

BATCHES = {
    ("s3", "delete_object"): "delete_objects",
    ("ssm", "get_parameter"): "get_parameters",
}
"""Operations for many that do not follow the pattern of names."""

ONE_BY_ONE = frozenset(
    {
        "ConditionExpression",
        "Expected",
        "MFA",
        "PhoneNumber",
        "ReturnValues",
        "SequenceNumberForOrdering",
        "TargetArn",
        "VersionId",
    }
)
"""Parameters that the operation for many does not have."""


@check(Handler, code="LL407", severity=Severity.ADVICE, since="0.1")
def call_per_item(handler: Handler) -> Iterator[Problem]:
    """A loop makes one call for each item, where one call takes many.

    **Why it matters.** Each call takes some milliseconds of billed time, and the service charges requests:
    SQS and SNS take 10 messages in one, DynamoDB writes 25 items and reads 100, Kinesis takes 500 records.

    **Bad**

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        for order in event["orders"]:
            table.put_item(Item=order)  # LL407
    ```

    **Good**

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        with table.batch_writer() as batch:
            for order in event["orders"]:
                batch.put_item(Item=order)
    ```

    Not reported: a `while` loop, a loop that waits or only counts, an item written under a condition, a loop that
    stands in another function than the call. A loop that makes other requests too, or goes on after
    an error, is reported with `--pedantic`.

    **Fix (unsafe).** Puts a `batch_writer()` around a loop that writes or deletes items of one DynamoDB table, and
    otherwise only makes and shows them. To be reviewed: whether two items of a loop may have the same key, which
    DynamoDB refuses in one batch (`batch_writer(overwrite_by_pkeys=[...])` keeps the last of them); and the
    role, which needs `dynamodb:BatchWriteItem`. An error comes when a batch is sent, some turns after its item, so a
    loop around or within `try` is left alone; so are all other operations.

    **Ignore it when** there are never more than a few items, or each must succeed or fail on its own.

    **Source.** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
    """
    seen: set[tuple[Location, str]] = set()
    for call in handler.warm_calls.operations:
        if not call.loops or call.on_error_path or call.kept:
            continue
        many = AT_ONCE.get((call.service, call.operation))
        if many is None or not ONE_BY_ONE.isdisjoint(call.keywords):
            continue
        loop = loop_around(call)
        if loop is None or loop.kind in ("while", "range") or sleeps_in(handler, loop) or not _differs(call):
            continue
        if (loop.location, call.operation) in seen:
            continue
        seen.add((loop.location, call.operation))
        batch = BATCHES.get((call.service, call.operation)) or operation(call.service, call.operation).batch
        if call.name.endswith("Table().put_item") or call.name.endswith("Table().delete_item"):
            batch = "batch_writer"
        sure = call.operation not in ("delete_message", "get_parameter") and not _does_more(handler, call, loop)
        yield Problem(
            call.location,
            f"a loop calls {call.operation}() for each item{through(call)}; {batch}() takes {many} in one request",
            batching(call) if sure and batch == "batch_writer" else None,
            call.trace,
            sure=sure,
        )


def _does_more(handler: Handler, call: Call, loop: Loop) -> bool:
    """Whether a turn makes other requests too, or the loop goes on after an error: then each item stands for itself."""
    if any(is_made_in(other, loop) for other in handler.warm_calls.operations if other.operation != call.operation):
        return True
    return any(
        (rescue.goes_on or rescue.continues) and call.name in rescue.calls and inside(rescue.location, loop.location)
        for rescue in handler.rescues
    )


def _differs(call: Call) -> bool:
    """Whether what is sent may be another thing in each turn: what is a literal is the same."""
    return any(
        argument.literal is None and not _is_constant(argument)
        for argument in (*call.positional, *call.keywords.values())
    )


def _is_constant(argument: Argument) -> bool:
    """Whether it is a module's constant, or comes from the environment."""
    return argument.value is not UNKNOWN or argument.reference.startswith("os.environ")
