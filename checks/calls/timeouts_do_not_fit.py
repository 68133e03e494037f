"""LL402: what a request may take is more than the function may take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import HTTP_VERBS, through
from lambdalint.model import Argument, Call, Calls, Function, Handler, Location, Step

_BY_NAME = (
    *(f"{library}.{verb}" for library in ("requests", "httpx") for verb in HTTP_VERBS),
    *(f"{session}().{verb}" for session in ("requests.Session", "httpx.Client") for verb in HTTP_VERBS),
    "httpx.stream",
    "urllib3.PoolManager().request",
    "urllib3.request",
)
_BY_POSITION = {
    "http.client.HTTPConnection": 2,
    "http.client.HTTPSConnection": None,
    "urllib.request.urlopen": 2,
}
_TIMED = {**dict.fromkeys(_BY_NAME), **_BY_POSITION}
"""Functions that take a `timeout` in seconds, and at which position."""
_MADE_WITH = {"httpx.Client": None}
"""What is made with the timeout of all its requests."""
_CONFIGS = frozenset({"boto3.session.Config", "botocore.client.Config", "botocore.config.Config"})
_TRIED = {"legacy": 5, "standard": 3, "adaptive": 3}
"""How often an operation is tried, by the mode of retrying, unless it is said."""
_AT_LEAST = 3
_ENDLESS_S = 10**12
"""The least of them: which mode there is without saying depends on the version of botocore and on settings."""


class Wait(NamedTuple):
    """How long one place may wait at worst."""

    seconds: float
    location: Location
    how: str
    trace: tuple[Step, ...]


@check(Handler, code="LL402", severity=Severity.WARNING, since="0.1")
def timeouts_do_not_fit(handler: Handler) -> Iterator[Problem]:
    """A request may take longer than the function is allowed to run.

    **Why it matters.** When the other side does not answer, the function is ended before its request is. No `except`
    runs, nothing is logged, no other attempt is made: the timeout in the code is there for nothing.

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
          Timeout: 30
    ```

    ```python
    # file: src/app.py
    import requests

    def handler(event, context):
        return requests.get("https://api.example.com/rates", timeout=60).json()  # LL402
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
          Timeout: 30
    ```

    ```python
    # file: src/app.py
    import requests

    def handler(event, context):
        return requests.get("https://api.example.com/rates", timeout=10).json()
    ```

    Only timeouts that the code states count. Of an AWS client that is the `read_timeout` of its `Config`, times the
    attempts: `total_max_attempts`, one more than `max_attempts`, else 5 in the mode `legacy` and 3 in the others. Where
    the attempts are not stated and only together too many, it is shown with `--pedantic`: the mode may be set
    elsewhere. A client that keeps botocore's 60 seconds is left alone. Without a `Timeout` a function has 3 seconds, or
    what the framework gives it.

    **Ignore it when** the wait is meant to last as long as the function does.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    https://docs.aws.amazon.com/boto3/latest/guide/retries.html
    """
    limits = {function.logical_id: _limit(function) for function in handler.functions}
    known = {name: limit for name, limit in limits.items() if limit is not None}
    if not known:
        return
    name, limit = min(known.items(), key=lambda item: item[1])
    seen: set[Location] = set()
    for wait, sure in _waits(handler.warm_calls):
        if wait.seconds >= limit and wait.location not in seen:
            seen.add(wait.location)
            message = f"{wait.how}, but {name} is ended after {limit:g} s; make it shorter, or give the function longer"
            yield Problem(wait.location, message, trace=wait.trace, sure=sure)


def _limit(function: Function) -> float | None:
    """The seconds a function may run."""
    if function.timeout_s is None:
        return function.default_timeout_s
    return function.timeout_s.known


def _waits(calls: Calls) -> Iterator[tuple[Wait, bool]]:
    for call in calls.named(_TIMED):
        timeout = call.argument(_TIMED[call.name], "timeout")
        seconds = _seconds(timeout)
        if seconds is None and timeout is None and call.receiver is not None and call.receiver.name in _MADE_WITH:
            seconds = _seconds(call.receiver.argument(None, "timeout"))
        if seconds is not None and not call.on_error_path:
            how = f"{call.name.replace('().', '.')}() waits up to {seconds:g} s for an answer{through(call)}"
            yield Wait(seconds, call.location, how, call.trace), True
    for call in calls.operations:
        maker = call.receiver
        while maker is not None and maker.argument(None, "config") is None:
            maker = maker.receiver
        config = maker.argument(None, "config") if maker is not None else None
        if config is not None and len(config.calls) == 1 and config.calls[0].name in _CONFIGS:
            yield from _of_client(config.calls[0], call)


def _of_client(config: Call, call: Call) -> Iterator[tuple[Wait, bool]]:
    """How long an operation of a client may take by its configuration."""
    if "**" in config.keywords:
        return
    read = _seconds(config.argument(None, "read_timeout"))
    if read is None:
        return
    yield _wait(config, call, read, 1), True
    tries, is_stated = _attempts(config.argument(None, "retries"))
    if tries is not None:
        yield _wait(config, call, read, tries), is_stated


def _wait(config: Call, call: Call, read: float, tries: int) -> Wait:
    times = f"{tries} times " if tries > 1 else ""
    how = f"{call.operation}() may wait {times}{read:g} s by the configuration of its client{through(call)}"
    return Wait(read * tries, config.location, how, call.trace)


def _attempts(retries: Argument | None) -> tuple[int | None, bool]:
    """How often an operation is tried, and whether the code says so."""
    if retries is None:
        return _AT_LEAST, False
    items = retries.items
    for name, more in (("total_max_attempts", 0), ("max_attempts", 1)):
        if name in items:
            value = items[name].value
            return (value + more, True) if isinstance(value, int) else (None, False)
    mode = items["mode"].value if "mode" in items else None
    return (_TRIED[mode], True) if isinstance(mode, str) and mode in _TRIED else (None, False)


def _seconds(argument: Argument | None) -> float | None:
    """A timeout that is a number."""
    value = argument.value if argument is not None else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < _ENDLESS_S else None
