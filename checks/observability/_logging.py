"""What prints and logs, by name."""

from __future__ import annotations

from functools import cache

from lambdalint.model import Argument, Call, Handler

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

LEVEL_SETTERS = frozenset({"logging.getLogger().setLevel", "logging.root.setLevel"})

WORDLESS = frozenset({"chalice", "zappa"})
"""Formats of templates that have no words for the form of a log, nor for alarms."""

ABOVE_INFO = frozenset({"WARNING", "WARN", "ERROR", "CRITICAL", "FATAL"})


def is_of_root(call: Call) -> bool:
    """Of a method of a logger: whether it is the root logger's."""
    return call.receiver is None or (not call.receiver.positional and not call.receiver.keywords)


def is_above_info(level: Argument) -> bool:
    """Whether a level is known, and hides what is logged at INFO."""
    if isinstance(level.value, int):
        return level.value > 20
    name = level.value if isinstance(level.value, str) else level.reference.rpartition(".")[2]
    return name.upper() in ABOVE_INFO


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
