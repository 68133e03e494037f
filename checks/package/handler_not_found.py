"""LL209: the handler that a template names is not there."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler

_BROUGHT = frozenset({"awslambdaric", "datadog_lambda", "lumigo_tracer", "newrelic_lambda_wrapper"})
"""Packages with a handler of their own, which calls that of the project: they are installed when it is built."""


@check(Handler, code="LL209", severity=Severity.ERROR, since="0.1")
def handler_not_found(handler: Handler) -> Iterator[Problem]:
    """The template names a handler that the code does not have.

    **Why it matters.** The function is deployed without complaint. Each invocation of it then fails with
    `Runtime.ImportModuleError` or `Runtime.HandlerNotFound`.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.lambda_handler  # LL209
          Runtime: python3.13
          MemorySize: 512
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        return event
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
          MemorySize: 512
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        return event
    ```

    It is said only where the source of the function is here: of zips, of images and of what a makefile builds
    nothing is known.

    **Ignore it when** the file is made or fetched before it is deployed.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    """
    if handler.found:
        return
    for function in handler.functions:
        stated = function.handler.known if function.handler is not None else None
        if function.handler is None or (stated or "").partition(".")[0] in _BROUGHT:
            continue
        code = function.code
        if code is not None and code.kind == "inline":
            what = f"its inline code has no {handler.name}"
        elif handler.path != function.path:
            what = f"{handler.path} has no {handler.name}"
        else:
            what = f"there is no such file in {(code.path if code is not None else '') or '.'}"
        yield Problem(
            function.handler.location,
            f'the handler of {function.logical_id} is "{stated}", but {what}; each invocation fails',
            sure=handler.path != function.path or function.layers is None or bool(function.layer_folders),
        )  # a layer that is not here may bring it
