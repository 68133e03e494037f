"""LL604: the log is written with `print`."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.observability._logging import PRINTS, logging_calls
from lambdalint.model import Call, Handler, Location

MANY = 4
"""Fewer lines than these are mostly there to try something out."""

BUILDS_JSON = frozenset({"json.dumps", "orjson.dumps", "simplejson.dumps", "ujson.dumps"})


@check(Handler, code="LL604", severity=Severity.ADVICE, since="0.1")
def print_in_handler(handler: Handler) -> Iterator[Problem]:
    """The handler writes its log with `print`.

    **Why it matters.** What `print` writes has no level and no request ID: it cannot be turned off, searched for
    by level, or found by invocation. CloudWatch bills every line that comes in, at $0.50 per GB in most regions.

    **Bad**

    ```python
    import logging

    logger = logging.getLogger()

    def handler(event, context):
        print("order received", event["id"])  # LL604
        logger.info("order %s received", event["id"])
    ```

    **Good**

    ```python
    from aws_lambda_powertools import Logger

    logger = Logger()

    def handler(event, context):
        logger.info("order received", order_id=event["id"])
        return "done"
    ```

    There is one finding for each file, at the first `print` of the invocation: where the file has a logger too, or
    prints at four places. Fewer prints are reported with `--pedantic`. Not reported: lines that are JSON
    (`print(json.dumps(...))`), output to a file or to standard error, and `print` in an `except` block only.

    **Ignore it when** the function is small and its log read by nobody but you.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """
    files: dict[str, dict[Location, Call]] = {}
    for call in handler.warm_calls.named(PRINTS):
        if not call.on_error_path and not call.kept and not _is_structured(call):
            files.setdefault(call.location.path, {}).setdefault(call.location, call)
    logged = {call.location.path for call in logging_calls(handler) if call.name not in PRINTS} if files else set()
    for path, found in files.items():
        first = found[min(found)]
        others = len(found) - 1
        more = "" if not others else f" ({others} more in this file)"
        mend = "use the logger of this file" if path in logged else "use a logger"
        yield Problem(
            first.location,
            f"{first.name.rpartition('.')[2]}() writes to the log without level and request ID{more}; {mend}",
            trace=first.trace,
            sure=path in logged or len(found) >= MANY,
        )


def _is_structured(call: Call) -> bool:
    """Whether it writes JSON, or not to the log."""
    if "file" in call.keywords:
        return True
    return any(made.name in BUILDS_JSON for argument in call.positional for made in argument.calls)
