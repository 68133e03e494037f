"""LL315: an invocation sleeps, and the time is billed."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.checks._triggers import triggers
from lambdalint.checks.handler._waiting import SLEEPS, is_retry, seconds
from lambdalint.model import Argument, Call, Handler

BRIEF_S = 0.1
"""Below, a pause is hardly worth a word."""
SHORT_S = 1.0
"""Up to here a pause may well keep the limit of another service, or begin a series that grows."""


@check(Handler, code="LL315", severity=Severity.WARNING, since="0.1")
def sleep_in_handler(handler: Handler) -> Iterator[Problem]:
    """The handler sleeps, and the time is billed.

    **Why it matters.** Lambda bills the time that passes, not the work that is done: 5 s of sleep in a function of
    1,024 MB cost as much as 5 s of computing, on every invocation. The environment meanwhile serves nobody else and
    counts against the concurrency limit, and the timeout comes nearer.

    **Bad**

    ```python
    import time

    import boto3

    athena = boto3.client("athena")

    def handler(event, context):
        query = athena.start_query_execution(QueryString=event["sql"])
        time.sleep(5)  # LL315
        return athena.get_query_results(QueryExecutionId=query["QueryExecutionId"])["ResultSet"]
    ```

    **Good**

    ```python
    import boto3

    athena = boto3.client("athena")

    def handler(event, context):
        query = athena.start_query_execution(QueryString=event["sql"])
        return query["QueryExecutionId"]  # a Wait state of Step Functions comes before the next task
    ```

    A message can be delayed in SQS (up to 15 minutes), a later call scheduled with EventBridge Scheduler. For waiting
    between attempts, botocore has retries of its own. A pause of up to a second, and one between attempts whose length
    is not known, is only advice. So is any in a custom resource of CloudFormation, which runs at deployments only.

    **Ignore it when** the pause is short and keeps the limit of another service.

    **Source.** https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
    """
    for call in handler.warm_calls.named(SLEEPS):
        lasts = call.argument(0, "secs", "seconds", "delay")
        pause = seconds(lasts)
        if lasts is None or call.kept or (pause is not None and pause <= 0):
            continue
        retry = is_retry(handler, call)
        mild = pause <= SHORT_S if pause is not None else retry
        yield Problem(
            call.location,
            _message(call, pause, retry),
            None,
            call.trace,
            Severity.ADVICE if mild or "custom-resource" in triggers(handler) else None,
            sure=_is_sure(handler, call, lasts, pause, retry),
        )


def _is_sure(handler: Handler, call: Call, lasts: Argument, pause: float | None, retry: bool) -> bool:
    elsewhere = call.location.path != handler.path
    if elsewhere and (pause is None or (retry and pause <= SHORT_S)):
        return False  # a helper that all share: whether and how long it pauses is not decided there
    if pause is not None:
        last = call.loops[-1] if call.loops else None
        between_items = last is not None and (last.kind == "for" or last.drains) and not retry
        return pause >= (SHORT_S if between_items else BRIEF_S)  # between items it keeps somebody's limit
    return retry or not (lasts.from_event or lasts.from_result)  # simulations, and `Retry-After`


def _message(call: Call, pause: float | None, retry: bool) -> str:
    if pause is None:
        lasts = "the invocation sleeps"
        billed = "all of it is billed"
    else:
        lasts = f"the invocation sleeps {pause:g} s"
        billed = f"{round(pause * 1000):,} ms are billed"
    again = " between attempts" if retry else " in each round of a loop" if call.loops else ""
    instead = (
        "leave retries to the SDK, or to the queue that delivers the event"
        if retry
        else "let a Step Functions wait, a queue's delay or a schedule do the waiting"
    )
    return f"{lasts}{again}, and {billed}{through(call)}; {instead}"
