"""LL324: the runtime that a template names does not have what the code uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.handler._standard_library import COME, GONE, INSTEAD, NAMES_COME, NAMES_GONE, Version
from lambdalint.model import Function, Handler, Import, Novelty

_RUNTIME = re.compile(r"python(\d)\.(\d+)")
_SHIMS = frozenset({"setuptools"})
"""Packages that bring back a module that went: setuptools has distutils."""


@check(Handler, code="LL324", severity=Severity.ERROR, since="0.1")
def syntax_too_new(handler: Handler) -> Iterator[Problem]:
    """The runtime's Python does not have the syntax or the module that the code uses.

    **Why it matters.** The code runs on the Python of whoever wrote it. On Lambda the module cannot be loaded:
    `Runtime.UserCodeSyntaxError`, `Runtime.ImportModuleError` or a `TypeError` ends each invocation, from the first
    deployment on, or from the day on which the runtime is changed.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.9
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        match event["kind"]:  # LL324
            case "order":
                return event["id"]
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
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        match event["kind"]:
            case "order":
                return event["id"]
    ```

    Found is what came too late for the runtime (match, `except*`, type parameters and `type`, f-strings with their own
    quotes inside, `int | None` in annotations that are worked out, tomllib, zoneinfo, names such as `typing.Self`) and
    what it has lost (imp and distutils in 3.12, cgi, crypt, telnetlib and more in 3.13, `collections.Mapping` in 3.10).

    Of each kind the first in a file is reported.
    Imports within `try` or under a condition are left alone, and so are modules that a package brings back.

    **Ignore it when** the template that names the runtime is not the one that is deployed.

    **Source.** https://docs.python.org/3/whatsnew/3.13.html#pep-594-remove-dead-batteries-from-the-standard-library
    https://docs.python.org/3/whatsnew/3.12.html#removed
    """
    runtimes = {version: one for one in handler.functions for version in _versions(one)}
    if not runtimes:
        return
    oldest, newest = min(runtimes), max(runtimes)
    first: dict[tuple[str, str], Novelty] = {}
    for novelty in sorted(handler.newer_than(oldest)):
        first.setdefault((novelty.location.path, novelty.what), novelty)
    for novelty in first.values():
        message = f"{novelty.what}: new in Python {_shown(novelty.since)}, but {_whose(runtimes[oldest], oldest)}"
        yield Problem(novelty.location, f"{message}; choose a newer runtime")
    shims = {one.module.partition(".")[0] for one in handler.imports} & _SHIMS
    for one in handler.imports:
        if not one.guarded:
            yield from _of_import(handler, one, oldest, newest, runtimes, bool(shims))


def _of_import(
    handler: Handler, one: Import, oldest: Version, newest: Version, runtimes: dict[Version, Function], has_shim: bool
) -> Iterator[Problem]:
    top = one.module.partition(".")[0]
    came = COME.get(one.module) or COME.get(top) or NAMES_COME.get((one.module, one.bound))
    if came is not None and came > oldest:
        whole = one.module if one.module in COME or top in COME else f"{one.module}.{one.bound}"
        message = f"{whole} is new in Python {_shown(came)}, but {_whose(runtimes[oldest], oldest)}"
        yield Problem(one.location, message + _instead(top, "choose a newer runtime"))
    gone = GONE.get(one.module) or GONE.get(top) or NAMES_GONE.get((one.module, one.bound))
    if gone is None or gone > newest or (top == "distutils" and has_shim):
        return
    brought = (f"legacy-{top}", f"standard-{top}", *(_SHIMS if top == "distutils" else ()))
    if top in GONE and any(map(handler.mentions, brought)):
        return
    whole = one.module if top in GONE else f"{one.module}.{one.bound}"
    message = f"{whole} is gone since Python {_shown(gone)}, and {_whose(runtimes[newest], newest)}"
    yield Problem(one.location, message + _instead(top, "do without it"))


def _versions(function: Function) -> Iterator[Version]:
    for runtime in function.runtime.choices if function.runtime is not None else ():
        found = _RUNTIME.fullmatch(runtime)
        if found:
            yield int(found[1]), int(found[2])


def _shown(version: Version) -> str:
    return f"{version[0]}.{version[1]}"


def _whose(function: Function, version: Version) -> str:
    return f"{function.logical_id} runs on python{_shown(version)}"


def _instead(top: str, otherwise: str) -> str:
    return f"; use {INSTEAD[top]}" if top in INSTEAD else f"; {otherwise}"
