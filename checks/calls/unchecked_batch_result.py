"""LL404: what failed in a batch is never looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.checks._operations import operation
from lambdalint.checks.calls._surroundings import shown_whole
from lambdalint.model import Call, Handler

TELLING = {
    ("dynamodb", "batch_get_item"): (),
    ("dynamodb", "batch_write_item"): (),
    ("ecs", "run_task"): ("tasks",),
    ("events", "put_events"): ("Entries",),
    ("firehose", "put_record_batch"): ("RequestResponses",),
    ("kinesis", "put_records"): ("Records",),
    ("s3", "delete_objects"): ("Deleted",),
    ("sns", "publish_batch"): ("Successful",),
    ("sqs", "change_message_visibility_batch"): ("Successful",),
    ("sqs", "delete_message_batch"): ("Successful",),
    ("sqs", "send_message_batch"): ("Successful",),
}
"""Operations that lose data in silence, and the results besides the failures that tell of it too."""

ITEMS = {
    "batch_get_item": "keys",
    "batch_write_item": "items",
    "delete_objects": "objects",
    "put_events": "events",
    "run_task": "tasks",
}
"""What single things of a batch are called; others are entries."""


@check(Handler, code="LL404", severity=Severity.WARNING, since="0.1")
def unchecked_batch_result(handler: Handler) -> Iterator[Problem]:
    """What failed in a batch is never looked at.

    **Why it matters.** A batch call succeeds with status 200 although some, or all, of its entries failed:
    a throttled shard, a full table, a malformed entry. boto3 raises nothing and retries nothing. What failed
    stands in the result only, and is lost if nobody looks.

    **Bad**

    ```python
    import boto3

    events = boto3.client("events")

    def handler(event, context):
        events.put_events(Entries=[{"Source": "shop", "DetailType": "paid", "Detail": event["detail"]}])  # LL404
    ```

    **Good**

    ```python
    import boto3

    events = boto3.client("events")

    def handler(event, context):
        sent = events.put_events(Entries=[{"Source": "shop", "DetailType": "paid", "Detail": event["detail"]}])
        if sent["FailedEntryCount"]:
            raise RuntimeError(f"not all events were sent: {sent['Entries']}")
    ```

    For DynamoDB, `Table.batch_writer()` sends again what was not written. A result that is returned or handed to
    another library is not followed, and not reported. Less common operations, a result that is only logged, and
    calls on error paths are reported with `--pedantic`.

    **Ignore it when** a lost entry does no harm.

    **Source.** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    """
    for call in handler.warm_calls.operations:
        failures = operation(call.service, call.operation).failures
        if not failures or call.escapes or call.reads & {"*", *failures}:
            continue
        known = TELLING.get((call.service, call.operation))
        if known is None and not call.operation.startswith(("batch_", "put_", "tag_")):
            continue
        if call.reads & frozenset(known or ()):
            continue
        if _is_asked_again(handler, call, failures):
            continue
        items = ITEMS.get(call.operation, "entries")
        where = f'look at "{failures[0]}" of its result'
        yield Problem(
            call.location,
            f"{call.operation}() raises nothing when {items} fail{through(call)}; {where}",
            trace=call.trace,
            sure=known is not None and not call.on_error_path and not _is_read(call) and not shown_whole(handler, call),
        )


def _is_asked_again(handler: Handler, call: Call, failures: Sequence[str]) -> bool:
    """Whether a loop goes on until nothing fails; the result it looks at first is that of a call before it."""
    return any(loop.kind == "while" for loop in call.loops) and any(
        other.scope == call.scope and other.reads & frozenset(failures)
        for other in handler.warm_calls.of(call.service, call.operation)
    )


def _is_read(call: Call) -> bool:
    """Whether something else of the result is taken, which may be a check of another kind."""
    if call.operation == "batch_get_item":
        return False
    return bool(call.reads - {"ResponseMetadata"})
