"""LL607: a template turns on what is meant for finding faults."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import removing, replacing
from lambdalint.checks._settings import all_of, variables
from lambdalint.later import pattern
from lambdalint.model import Function, Setting, Stack

SWITCHES = {
    "POWERTOOLS_LOGGER_LOG_EVENT": "writes each event to the log as it came, with all that is in it",
    "POWERTOOLS_DEV": "indents the log, which makes several entries of one, and more to pay for",
    "POWERTOOLS_DEBUG": "writes what Powertools itself does to the log",
}
"""Environment variables of Powertools, and what they do."""
ON = frozenset({"1", "true", "yes", "y", "on", "t"})
_LEVEL = pattern(r"(?:^|_)LOG(?:GING|GER)?_?LEVEL$|^LOGLEVEL$|^POWERTOOLS_LOG_LEVEL$", re.IGNORECASE)
"""How variables for the level of a log are called."""


@check(Stack, code="LL607", severity=Severity.ADVICE, since="0.1")
def debug_logs_in_production(stack: Stack) -> Iterator[Problem]:
    """The template sets the most detailed level of logs, or has whole events logged.

    **Why it matters.** What is written to the log is paid for, at many a function more than its computing. And debug
    messages and events hold what was not meant to be kept: tokens, addresses, bodies of requests.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Environment:
            Variables:
              LOG_LEVEL: DEBUG  # LL607
              POWERTOOLS_LOGGER_LOG_EVENT: "true"  # LL607
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      LogLevel:
        Type: String
        Default: INFO
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Environment:
            Variables:
              LOG_LEVEL: !Ref LogLevel
    ```

    A level that comes from a parameter or a condition may be another one in production.

    **Fix.** Offers a fix that sets the level to INFO, also where it is the default of a parameter, and takes the
    switches out. It is unsafe: what was logged until now is missing then.

    **Ignore it when** the template is for development only.

    **Source.** https://docs.powertools.aws.dev/lambda/python/latest/#environment-variables
    """
    levels: dict[Setting[str], list[Function]] = {}
    for function in stack.functions:
        if function.log_level is not None and function.log_level.known in ("DEBUG", "TRACE"):
            levels.setdefault(function.log_level, []).append(function)
    for setting, holders in levels.items():
        message = f"the log of {all_of(holders)} is at its most detailed level; set INFO, or take it from a parameter"
        yield _told(setting, message, _quieter(holders[0], setting))
    for name, setting, holders in variables(stack.functions):
        value = (setting.known or "").lower()
        whose = all_of(holders)
        if _LEVEL.search(name) and value in ("debug", "trace", "all", "verbose", "notset"):
            message = f"{name} of {whose} sets the most detailed level of logs; set INFO, or take it from a parameter"
            yield _told(setting, message, _quieter(holders[0], setting))
        elif name in SWITCHES and value in ON:
            fix = removing(holders[0], name, setting)
            yield _told(setting, f"{name} of {whose} {SWITCHES[name]}; take it out", fix)


def _quieter(function: Function, setting: Setting[str]) -> Fix | None:
    """The level INFO, written as the other was; None for what not everything that logs knows."""
    value = setting.known or ""
    if value.lower() not in ("debug", "trace", "notset"):
        return None
    return replacing(function, setting, value, "info" if value.islower() else "INFO")


def _told(setting: Setting[str], message: str, fix: Fix | None) -> Problem:
    return Problem(setting.location, message, fix, sure=not setting.assumed and not setting.optional)
