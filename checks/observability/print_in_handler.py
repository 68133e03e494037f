"""LL604: the log is written with `print`."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.observability._logging import PRINTS
from lambdalint.model import Call, Handler, Location

BUILDS_JSON = frozenset({"json.dumps", "orjson.dumps", "simplejson.dumps", "ujson.dumps"})


@check(Handler, code="LL604", severity=Severity.ADVICE, since="0.1")
def print_in_handler(handler: Handler) -> Iterator[Problem]:
    """The handler writes its log with `print`.

    **Why it matters.** What `print` writes has no level and no request ID: it cannot be turned off, searched for
    by level, or found by invocation. CloudWatch bills every line that comes in, at $0.50 per GB in most regions.

    **Bad**

    ```python
    def handler(event, context):
        print("order received", event["id"])  # LL604
        return "done"
    ```

    **Good**

    ```python
    from aws_lambda_powertools import Logger

    logger = Logger()

    def handler(event, context):
        logger.info("order received", order_id=event["id"])
        return "done"
    ```

    There is one finding for each file, at the first `print` of the invocation. Not reported: lines that are JSON
    (`print(json.dumps(...))`), output to a file or to standard error, `print` in an `except` block only, and `print`
    that a switch such as an environment variable DEBUG turns on.

    **Ignore it when** the function is small and its log read by nobody but you.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """
    files: dict[str, dict[Location, Call]] = {}
    for call in handler.warm_calls.named(PRINTS):
        spared = call.on_error_path or call.kept or call.under_switch
        if not spared and not _is_structured(call):
            files.setdefault(call.location.path, {}).setdefault(call.location, call)
    for found in files.values():
        first = found[min(found)]
        others = len(found) - 1
        more = "" if not others else f" ({others} more in this file)"
        yield Problem(
            first.location,
            f"{first.name.rpartition('.')[2]}() writes to the log without level and request ID{more}; use a logger",
            trace=first.trace,
        )


def _is_structured(call: Call) -> bool:
    """Whether it writes JSON, or not to the log."""
    if "file" in call.keywords:
        return True
    return any(made.name in BUILDS_JSON for argument in call.positional for made in argument.calls)
