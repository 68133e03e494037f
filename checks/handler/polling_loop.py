"""LL316: an invocation asks again and again whether something is done."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.checks._operations import operation
from lambdalint.checks._triggers import triggers
from lambdalint.checks.handler._waiting import SLEEPS, goes_on_until, seconds
from lambdalint.model import Call, Handler, Location

ASKS_FOR_STATE = ("describe_", "head_")
ASKS = ("batch_get_", "describe_", "get_", "head_", "list_")
"""How operations begin that tell a state."""
READS_ON = frozenset(
    {
        ("dynamodb", "batch_get_item"),
        ("dynamodbstreams", "get_records"),
        ("kinesis", "get_records"),
        ("logs", "get_log_events"),
    }
)
"""Operations that give more each time: their loops read, they do not wait."""
CHANGES = ("attach_", "create_", "delete_", "put_", "set_", "update_")
"""How operations begin that a loop may make until they have had an effect."""
TOKENS = ("token", "marker", "startkey")
"""How the names end that ask for the next page, and tell of it."""


@check(Handler, code="LL316", severity=Severity.WARNING, since="0.1")
def polling_loop(handler: Handler) -> Iterator[Problem]:
    """A loop asks AWS for a state and sleeps until it changes.

    **Why it matters.** The whole wait is billed, and the loop competes with the timeout of at most 15 minutes: what
    takes longer is lost, though it may have succeeded. The requests count against the limits of the service.

    **Bad**

    ```python
    import time

    import boto3

    athena = boto3.client("athena")

    def handler(event, context):
        while True:
            answer = athena.get_query_execution(QueryExecutionId=event["id"])  # LL316
            if answer["QueryExecution"]["Status"]["State"] == "SUCCEEDED":
                return "done"
            time.sleep(2)
    ```

    **Good**

    ```python
    import boto3

    athena = boto3.client("athena")

    def handler(event, context):
        # Called by a state machine: a Choice state leads back to a Wait state until it is done.
        answer = athena.get_query_execution(QueryExecutionId=event["id"])
        return answer["QueryExecution"]["Status"]["State"]
    ```

    Many services tell EventBridge when they are done, and Step Functions waits for many jobs by itself (`.sync`).
    If the wait is short, a waiter of boto3 (`client.get_waiter("instance_running").wait(...)`) says it in one line and
    knows the states of failure; the time is billed all the same. In a custom resource of CloudFormation, which runs at
    deployments only, it is advice.

    **Ignore it when** the wait is known to take seconds and nothing calls back.

    **Source.** https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
    """
    pauses: dict[Location, list[Call]] = {}
    for pause in handler.warm_calls.named(SLEEPS):
        if pause.loops and goes_on_until(pause.loops[-1]) and not pause.kept:
            pauses.setdefault(pause.loops[-1].location, []).append(pause)
    if not pauses:
        return
    severity = Severity.ADVICE if "custom-resource" in triggers(handler) else None
    found: set[Location] = set()
    for call in handler.warm_calls.operations:
        shared = [one.location for one in call.loops if one.location in pauses]
        if not shared or shared[-1] in found or not _asks_for_state(call):
            continue
        found.add(shared[-1])
        between = pauses[shared[-1]]
        after_failure = all(pause.on_error_path for pause in between)
        if not after_failure or call.operation.startswith(ASKS_FOR_STATE):
            sure = not after_failure and _waits(call, between) and not _tries_to_change(handler, call, shared[-1])
            yield Problem(call.location, _message(call), None, call.trace, severity, sure)


def _asks_for_state(call: Call) -> bool:
    """Whether it is asked for what will change, and not for the next page."""
    if not call.operation.startswith(ASKS) or (call.service, call.operation) in READS_ON or call.on_error_path:
        return False
    page = operation(call.service, call.operation).page
    if page is None:  # botocore does not say of every operation that it has pages
        return not any(name.lower().endswith(TOKENS) for name in (*call.keywords, *call.reads))
    asks_on = bool(call.keywords.keys() & page.asked_by) or "**" in call.keywords
    return not asks_on and call.reads.isdisjoint(page.named_in)


def _waits(call: Call, pauses: list[Call]) -> bool:
    """Whether the pauses are there to wait, and not to spare a service that is asked for one thing after another."""
    if call.operation.startswith(ASKS_FOR_STATE) or operation(call.service, call.operation).waiters:
        return True
    lengths = [seconds(pause.argument(0, "secs", "seconds", "delay")) for pause in pauses]
    return not call.operation.startswith("list_") and all(length is None or length >= 1 for length in lengths)


def _tries_to_change(handler: Handler, call: Call, loop: Location) -> bool:
    """Whether the loop writes what it then reads, again where another was faster."""
    return not call.operation.startswith(ASKS_FOR_STATE) and any(
        other.service == call.service
        and other.operation.startswith(CHANGES)
        and any(one.location == loop for one in other.loops)
        for other in handler.warm_calls.operations
    )


def _message(call: Call) -> str:
    waiters = operation(call.service, call.operation).waiters
    waiter = (
        f", or use the waiter {waiters[0]}" if len(waiters) == 1 else ", or use a waiter of boto3" if waiters else ""
    )
    return (
        f"{call.operation}() is asked again and again with sleep between, and the wait is billed{through(call)}; "
        f"let Step Functions wait{waiter}"
    )
