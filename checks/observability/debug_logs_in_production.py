"""LL607: a template turns on what is meant for finding faults."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Setting, Unknown

LEVEL = re.compile(r"(?:^|_)LOG(?:GING|GER)?_?LEVEL$|^LOGLEVEL$|^POWERTOOLS_LOG_LEVEL$", re.IGNORECASE)
SWITCHES = {
    "POWERTOOLS_LOGGER_LOG_EVENT": "writes each event to the log as it came, with all that is in it",
    "POWERTOOLS_DEV": "indents the log, which makes several entries of one, and more to pay for",
    "POWERTOOLS_DEBUG": "writes what Powertools itself does to the log",
}
"""Environment variables of Powertools, and what they do."""
ON = frozenset({"1", "true", "yes", "y", "on", "t"})


@check(Function, code="LL607", severity=Severity.ADVICE, since="0.1")
def debug_logs_in_production(function: Function) -> Iterator[Problem]:
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

    **Ignore it when** the template is for development only.

    **Source.** https://docs.powertools.aws.dev/lambda/python/latest/#environment-variables
    """
    level = function.log_level
    if level is not None and level.known in ("DEBUG", "TRACE"):
        message = f"{function.logical_id} logs at the most detailed level; set INFO, or take the level from a parameter"
        yield Problem(level.location, message, sure=not level.assumed)
    if isinstance(function.environment, Unknown):
        return
    for name, setting in (function.environment or {}).items():
        value = (setting.known or "").lower()
        if LEVEL.search(name) and value in ("debug", "trace", "all", "verbose", "notset"):
            message = f"{name} of {function.logical_id} sets the most detailed level of logs; set INFO, or take it"
            yield _told(setting, f"{message} from a parameter")
        elif name in SWITCHES and value in ON:
            yield _told(setting, f"{name} of {function.logical_id} {SWITCHES[name]}; take it out")


def _told(setting: Setting[str], message: str) -> Problem:
    return Problem(setting.location, message, sure=not setting.assumed and not setting.optional)
