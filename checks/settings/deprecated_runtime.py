"""LL804: the runtime is at its end, or near it."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks._fixes import replacing
from lambdalint.model import Function


class Limits(NamedTuple):
    warn_days: Annotated[int, Option("how long before its end a runtime is reported", least=0)] = 180
    today: Annotated[str, Option("the day to reckon from, such as 2027-03-31; empty for today")] = ""


@check(Function, code="LL804", severity=Severity.WARNING, since="0.1", options=Limits())
def deprecated_runtime(function: Function, limits: Limits) -> Iterator[Problem]:
    """The runtime is deprecated, or will be within half a year.

    **Why it matters.** A deprecated runtime gets no more security updates. Some months later no function can be
    created with it, and then none can be updated: the day on which a fix has to go out is the day on which it cannot.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.8  # LL804
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
          Runtime: python3.14
    ```

    A runtime with which functions can no longer be created or updated is an error, one that ends within 180 days is
    advice.

    **Fix.** Offers a fix that writes the newest runtime of the same language. It is unsafe: code and libraries may have
    to be changed for it.

    **Ignore it when** the function will be removed before.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    if function.runtime is None:
        return
    today = _day(limits.today)
    for runtime in function.runtime.choices:
        row = _table().get(runtime)
        if row is None:
            continue
        deprecated, no_create, no_update, successor = row
        if deprecated is None or deprecated > today + datetime.timedelta(days=limits.warn_days):
            continue
        instead = f"move to {successor}" if successor else "move to a newer one"
        if deprecated > today:
            what, severity = f"{runtime} will be deprecated on {deprecated}", Severity.ADVICE
        elif no_update is not None and no_update <= today:
            what, severity = f"{runtime} ended: functions cannot be updated since {no_update}", Severity.ERROR
        elif no_create is not None and no_create <= today:
            what, severity = f"{runtime} ended: no function can be created with it since {no_create}", Severity.ERROR
        else:
            end = f", and cannot be updated from {no_update} on" if no_update is not None else ""
            what, severity = f"{runtime} is deprecated since {deprecated}{end}", Severity.WARNING
        message = f"{what}; {instead} ({function.logical_id})"
        same = successor is not None and _language(runtime) == _language(successor)
        fix = replacing(function, function.runtime, runtime, successor) if successor and same else None
        yield Problem(function.runtime.location, message, fix, severity=severity)


def _language(runtime: str) -> str:
    """`java` of `java8.al2`."""
    found = re.match(r"[a-z]+", runtime)
    return found[0] if found else runtime


def _day(stated: str) -> datetime.date:
    return datetime.date.fromisoformat(stated) if stated else datetime.date.today()


Row = tuple[datetime.date | None, datetime.date | None, datetime.date | None, str | None]


@cache
def _table() -> Mapping[str, Row]:
    """When each runtime is deprecated, when it takes no new functions and no updates, and what follows it."""
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "_runtimes.json")
    with open(path, encoding="utf-8") as stream:
        runtimes = json.loads(stream.read())["runtimes"]

    def row(deprecated: str | None, no_create: str | None, no_update: str | None, successor: str | None) -> Row:
        first, second, third = (
            datetime.date.fromisoformat(day) if day else None for day in (deprecated, no_create, no_update)
        )
        return first, second, third, successor

    return {name: row(*parts) for name, parts in runtimes.items()}
