"""LL403: an error is caught, and what the invocation was handed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import sources as declared_sources
from lambdalint.checks._triggers import BATCHES, LOSING, triggers
from lambdalint.model import Call, Cleanup, Handler, Rescue

_BROAD = frozenset({"BaseException", "Exception"})
_OF_AWS = frozenset({"BotoCoreError", "Boto3Error", "ClientError"})

_QUIET = (
    "aws_lambda_powertools.", "builtins.", "datetime.", "json.", "logging.", "loguru.", "structlog.", "sys.exc_info",
    "time.time", "traceback.",
)  # fmt: skip
_QUIET_METHODS = (
    "add_metric", "close", "critical", "debug", "error", "exception", "flush", "info", "log", "print_exc", "rollback",
    "warn", "warning",
)  # fmt: skip
"""Calls that tell of an error, and do nothing about it."""

_ALSO = frozenset({"codecommit", "config", "iot", "schedule"})
"""Sources that do not wait either, as templates name them; what they tell of comes again, or can be seen elsewhere."""

_FAILURES = re.compile("batchItemFailures|itemIdentifier")
"""Words of the answer that names the records that failed."""

_READS = (
    "batch_get_",
    "decrypt",
    "describe_",
    "download_",
    "generate_",
    "get_",
    "head_",
    "list_",
    "query",
    "scan",
    "select_",
)
_ASKS = frozenset({"build_full_result", "client", "load", "paginate", "resource", "search"})
_SENDS = (".delete", ".patch", ".post", ".put", ".urlopen", ".send_message", ".sendmail", ".execute", ".executemany")


@check(Handler, code="LL403", severity=Severity.WARNING, since="0.1")
def swallowed_exception(handler: Handler) -> Iterator[Problem]:
    """An exception is swallowed, and the event is lost with it.

    **Why it matters.** Queues, streams and asynchronous sources learn of a failure only by an error of the
    invocation. Where the handler returns, SQS deletes the messages, a stream goes on behind the batch, and of an
    asynchronous event no retry, dead-letter queue or failure destination hears. A status code that is returned is
    read by nobody.

    **Bad**

    ```python
    import json
    import boto3

    orders = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        for record in event["Records"]:
            try:
                orders.put_item(Item=json.loads(record["body"]))
            except Exception as error:  # LL403
                print("failed", error)
    ```

    **Good**

    ```python
    import json
    import boto3

    orders = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        failed = []
        for record in event["Records"]:
            try:
                orders.put_item(Item=json.loads(record["body"]))
            except Exception as error:
                print("failed", error)
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}
    ```

    Reported only where the clause does nothing but tell of the error, and the template declares such a source and no
    other. Where no template says what invokes the function, its code must show it, by what it reads of the event or by
    what it uses of Powertools. A schedule comes again by itself: there it is shown under `--pedantic` only. A `return`
    at the end of `finally` swallows all errors, even those that an `except` clause raises, and is reported likewise.

    **Ignore it when** what fails there may fail, and the event has been dealt with all the same.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    suspects: list[Rescue | Cleanup] = [rescue for rescue in handler.rescues if _swallows(rescue)]
    suspects += [cleanup for cleanup in handler.cleanups if cleanup.returns and not cleanup.idle]
    if not suspects or _reports_failures(handler):
        return
    sources = declared_sources(handler) or triggers(handler)
    if not sources or not sources <= LOSING | _ALSO:
        return
    instead = "raise it, or report the record in batchItemFailures" if sources & BATCHES else "raise it"
    source = f"the {_name(next(iter(sources)))} event" if len(sources) == 1 else "the event"
    for rescue in suspects:
        sure = _is_sure(rescue, handler)
        if sure is None:
            continue
        what = "the error is swallowed" if isinstance(rescue, Rescue) else "this return in finally swallows all errors"
        where = f" (reached through {rescue.scope}())" if rescue.trace else ""
        mend = instead if isinstance(rescue, Rescue) else "return behind the try statement"
        yield Problem(
            rescue.location,
            f"{what}{where}, Lambda takes {source} for done and it is lost; {mend}",
            trace=rescue.trace,
            sure=sure and not sources <= _ALSO,
        )


def _swallows(rescue: Rescue) -> bool:
    """Whether a clause catches much, and does nothing but tell of it."""
    if rescue.raises or rescue.raises_later:
        return False
    last = {name.rpartition(".")[2] for name in rescue.catches}
    if rescue.catches and not last & (_BROAD | _OF_AWS):
        return False
    return all(name.startswith(_QUIET) or name.rpartition(".")[2] in _QUIET_METHODS for name in rescue.handles)


def _is_sure(rescue: Rescue | Cleanup, handler: Handler) -> bool | None:
    """Whether the work of the invocation fails there; None if little says so."""
    inside, acts = _acts(rescue, handler)
    in_handler = not rescue.trace and rescue.scope == handler.name
    if not inside or (not in_handler and 3 * inside < acts):
        return None
    caught = rescue.catches if isinstance(rescue, Rescue) else ()
    broad = not caught or any(name.rpartition(".")[2] in _BROAD for name in caught)
    # Who calls a helper may look at what it gives, or do without it.
    return broad and (2 * inside >= acts if in_handler else inside == acts and not rescue.returns)


def _acts(rescue: Rescue | Cleanup, handler: Handler) -> tuple[int, int]:
    """How many of the calls that change something outside stand in the `try` block, or below it, and of how many."""
    called = frozenset(rescue.calls)
    path = rescue.location.path
    inside = acts = 0
    direct: list[Call] = []
    for call in handler.warm_calls:
        if not _is_act(call.name):
            continue
        acts += not call.on_error_path
        if call.location.path == path and call.scope == rescue.scope:
            if call.name in called and call.location.line < rescue.location.line:
                direct.append(call)
        elif not call.on_error_path:
            inside += any(step.path == path and step.name in called for step in call.trace)
    if direct and max(direct, key=lambda call: call.location.line).on_error_path:
        return 0, acts  # this `try` stands in another's `except`
    return inside + sum(not call.on_error_path for call in direct), acts


def _is_act(name: str) -> bool:
    owner, _, method = name.rpartition(".")
    if name.endswith(_SENDS):
        return True
    if not owner.startswith(("boto3.", "aioboto3.")) or not owner.endswith(")"):
        return False
    if owner in ("boto3.Session()", "boto3.resource()") or method[:1].isupper():
        return False
    return not method.startswith(_READS) and method not in _ASKS


def _reports_failures(handler: Handler) -> bool:
    """Whether the code tells Lambda which records failed."""
    if handler.find_text(_FAILURES):
        return True
    return any(call.name.startswith("aws_lambda_powertools.utilities.batch") for call in handler.warm_calls)


def _name(source: str) -> str:
    return {"dynamodb": "DynamoDB", "eventbridge": "EventBridge", "kafka": "Kafka", "kinesis": "Kinesis"}.get(
        source, source.upper() if len(source) < 4 else source
    )
