"""LL604: the log is written with `print`."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import logging_prints
from lambdalint.checks.observability._logging import LEVEL_SETTERS, PRINTS, is_above_info, is_of_root, logging_calls
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

    **Fix (unsafe).** Gives what is printed in this file to the module's logger: at level INFO, and at level ERROR what
    tells of a caught exception or begins with "Error". Where the module has no logger it gets one. A logger without a
    level is set to INFO, as Lambda shows WARNING and above only. Empty lines go. To be reviewed: what reads the log or
    captures the output, since the lines now begin with level, time and request ID; alarms on errors; and runs outside
    Lambda, where logging has to be configured. Left alone are lines that are JSON, lines without an end (`end=""`) or
    of a list (`*items`), and what stands where the logger is not known yet or its name means something else.

    There is one finding for each file, at the first `print` of the invocation: where the file has a logger too, or
    prints at four places. Fewer prints are reported with `--pedantic`. Not reported: lines that are JSON
    (`print(json.dumps(...))`), output to a file or to standard error, `print` in an `except` block only, and
    `print` that a switch such as an environment variable DEBUG turns on.

    **Ignore it when** the function is small and its log read by nobody but you.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """
    files: dict[str, dict[Location, Call]] = {}
    for call in handler.warm_calls.named(PRINTS):
        spared = call.on_error_path or call.kept or call.under_switch
        if not spared and not _is_structured(call):
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
            _fix(handler, first.location.path),
            trace=first.trace,
            sure=path in logged or len(found) >= MANY,
        )


def _fix(handler: Handler, path: str) -> Fix | None:
    """For all lines that are printed in a file, so that its log is of one kind."""
    prints = [*handler.init_calls.named(("builtins.print",)), *handler.warm_calls.named(("builtins.print",))]
    places = {call.location for call in prints if call.location.path == path and not _is_structured(call)}
    return logging_prints(places, shown=_shows_info(handler)) if places else None


def _shows_info(handler: Handler) -> bool:
    """Whether the level of the root logger, WARNING in Lambda, is set to another."""
    for call in handler.init_calls:
        if call.name in LEVEL_SETTERS and is_of_root(call):
            level = call.argument(0, "level")
        elif call.name == "logging.basicConfig" and "force" in call.keywords:
            level = call.argument(None, "level")
        else:
            continue
        if level is not None and not is_above_info(level):
            return True
    return False


def _is_structured(call: Call) -> bool:
    """Whether it writes JSON and nothing else, or not to the log."""
    if "file" in call.keywords:
        return True
    return len(call.positional) == 1 and any(made.name in BUILDS_JSON for made in call.positional[0].calls)
