"""LL805: a setting that Lambda refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.handler.reserved_variable_assigned import RESERVED
from lambdalint.model import Function, Setting, Unknown
from lambdalint.model.template import EVENT_SOURCE_MAPPINGS

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
ENVIRONMENT_BYTES = 4096


@check(Function, code="LL805", severity=Severity.ERROR, since="0.1")
def setting_out_of_range(function: Function) -> Iterator[Problem]:
    """A setting lies outside of what Lambda allows.

    **Why it matters.** The deployment fails, at its end and not at its beginning: everything that was changed before is
    rolled back.

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
          MemorySize: 64  # LL805
          Timeout: 1000  # LL805
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          MemorySize: 128
          Timeout: 900
    ```

    Looked at are memory (128 to 10,240 MB), timeout (1 to 900 s), ephemeral storage (512 to 10,240 MB), the function's
    name (64 letters, digits, `-` and `_`), the names of variables, those among them that Lambda reserves, the size of
    all variables together (4 KB), a level of the function's log where its format is text; and of event source mappings
    the batch size (up to 10,000), the batch window (up to 300 s) and the maximum concurrency (2 to 1,000).

    **Ignore it when** your account has other limits.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    if not function.managed_instances:
        yield from _range(function.memory_mb, 128, 10_240, "the memory size", "MB")
        yield from _range(function.timeout_s, 1, 900, "the timeout", "s")
    yield from _range(function.ephemeral_storage_mb, 512, 10_240, "the ephemeral storage", "MB")
    name = function.function_name
    for choice in name.choices if name is not None else ():
        plain = choice.rpartition(":function:")[2].partition(":")[0]
        if name is not None and not _NAME.fullmatch(plain):
            what = f"has {len(plain)} characters" if len(plain) > 64 else "holds other characters"
            message = f'the name "{plain}" {what}: Lambda allows 64 letters, digits, hyphens and underscores'
            yield Problem(name.location, message)
    level, format_ = function.log_level, function.log_format
    if level is not None and format_ is not None and format_.known == "Text" and not level.optional:
        yield Problem(level.location, "a level is stated for a log in text: Lambda allows it in JSON only")
    yield from _environment(function)
    for trigger in function.triggers:
        if trigger.type in EVENT_SOURCE_MAPPINGS:
            yield from _range(trigger.batch_size, 1, 10_000, "the batch size", "records")
            yield from _range(trigger.window_s, 0, 300, "the batch window", "s")
            yield from _range(trigger.maximum_concurrency, 2, 1_000, "the maximum concurrency", "environments")


def _range(setting: Setting[int] | None, least: int, most: int, what: str, unit: str) -> Iterator[Problem]:
    for value in setting.choices if setting is not None else ():
        if setting is not None and not least <= value <= most:
            yield Problem(
                setting.location, f"{what} is {value:,} {unit}, but Lambda allows {least:,} to {most:,} {unit}"
            )


def _environment(function: Function) -> Iterator[Problem]:
    variables = function.environment
    if variables is None or isinstance(variables, Unknown):
        return
    size = 0
    for name, value in variables.items():
        if name in RESERVED:
            yield Problem(value.location, f"the variable {name} is reserved: Lambda sets it, and refuses it here")
        elif not _VARIABLE.fullmatch(name):
            rule = "two or more letters, digits and underscores, a letter first"
            yield Problem(value.location, f'the name of the variable "{name}" must be {rule}')
        size += len(name) + len(value.known or "")
    if size > ENVIRONMENT_BYTES:
        message = f"the variables of {function.logical_id} take {size:,} bytes, but Lambda allows 4,096"
        yield Problem(function.location, message)
