"""LL308: the code needs an environment variable that the template does not define."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.handler._environment import (
    has_reader,
    is_of_the_runtime,
    is_set_by_its_tool,
    names_set,
    variables_of,
)
from lambdalint.model import Function, Handler, Variable


@check(Handler, code="LL308", severity=Severity.WARNING, since="0.1")
def undefined_variable(handler: Handler) -> Iterator[Problem]:
    """The code needs an environment variable that the function does not have.

    **Why it matters.** `os.environ["X"]` ends in a `KeyError` where X is not set. At the top of a module that is each
    invocation; further down it is the first one that gets there, after what it has done before. On the machine of
    whoever wrote it, and in tests, the variable is set.

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
            Variables: {TABLE_NAME: orders}
    ```

    ```python
    # file: src/app.py
    import os
    import boto3

    table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])  # LL308

    def handler(event, context):
        return table.get_item(Key={"id": event["id"]})
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
          Environment:
            Variables: {ORDERS_TABLE: orders}
    ```

    ```python
    # file: src/app.py
    import os
    import boto3

    table = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])

    def handler(event, context):
        return table.get_item(Key={"id": event["id"]})
    ```

    Globals count, and so do all branches of a condition. It is silent for what Lambda sets itself, for what the code
    sets, tests for or reads with a default elsewhere, within a `try` that expects it to be missing, and for functions
    whose variables are not wholly known. What is read under a condition is shown with `--pedantic`.

    **Ignore it when** the variable is set by something else than the template.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    needed = [one for one in handler.variables if one.needed and one.name and not is_of_the_runtime(one.name)]
    if not needed or not handler.functions or has_reader(handler):
        return
    elsewhere = names_set(handler)
    if elsewhere is None:
        return
    elsewhere |= {one.name for one in handler.variables if not one.needed}
    first: dict[str, Variable] = {}
    for one in sorted(needed, key=lambda one: not one.certain):
        if one.name not in elsewhere:
            first.setdefault(one.name, one)
    for one in first.values():
        lacking = [function for function in handler.functions if _lacks(function, one.name, handler)]
        if lacking:
            # Scripts write what they have made into the file that Chalice reads, before they call it.
            sure = one.certain and any(function.format != "chalice" for function in lacking)
            yield Problem(one.location, _message(one, lacking), trace=one.trace, sure=sure)


def _lacks(function: Function, name: str, handler: Handler) -> bool:
    defined = variables_of(function)
    if defined is None or name in defined or is_set_by_its_tool(name, function):
        return False
    is_image = function.code is not None and function.code.kind == "image"
    return not (is_image and handler.mentions("ENV", re.compile(r"^\s*ENV\s")))


def _message(variable: Variable, lacking: list[Function]) -> str:
    names = ", ".join(one.logical_id for one in lacking[:3]) + (" and others" if len(lacking) > 3 else "")
    when = "each invocation fails" if variable.at_import else "what gets here fails"
    where = f"{lacking[0].location.path}:{lacking[0].location.line}"
    verb = "do" if len(lacking) > 1 else "does"
    return f"{variable.name} is needed, but {names} {verb} not define it ({where}): {when} with a KeyError"
