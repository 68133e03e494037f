"""What prints and logs, by name."""

from __future__ import annotations

from functools import cache

from lambdalint.model import Call, Handler

PRINTS = frozenset({"builtins.print", "pprint.pp", "pprint.pprint", "rich.print"})
"""Functions that write to standard output, which is the log."""

LEVELS = frozenset({"critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning"})

LOGGERS = (
    "chalice().log",
    "logger",
    "logger()",
    "loggeradapter()",
    "logging",
    "logging.root",
)
"""How the owners of methods that log end, in small letters: `logging.getLogger()`, `loguru.logger`, `common.logger`."""


@cache
def logs(name: str) -> bool:
    """Whether a function writes what it is given to the log."""
    if name in PRINTS:
        return True
    owner, _, method = name.rpartition(".")
    return method in LEVELS and owner.lower().endswith(LOGGERS)


def logging_calls(handler: Handler) -> list[Call]:
    """The calls of an invocation that print or log."""
    return [call for call in handler.warm_calls if logs(call.name)]
