"""LL302: the handler cannot be called with event and context."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler


@check(Handler, code="LL302", severity=Severity.ERROR, since="0.1")
def handler_signature(handler: Handler) -> Iterator[Problem]:
    """The handler that a template names does not take an event and a context.

    **Why it matters.** Lambda calls the handler with two arguments, always. A function that takes one, or needs three,
    ends in a `TypeError` on each invocation. Tests that call it their own way do not show it.

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
    ```

    ```python
    # file: src/app.py
    def handler(event):  # LL302
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
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        return event
    ```

    Said only of functions that a template names, and that have no decorator: what a decorator makes of one may take
    something else.

    **Ignore it when** something stands between Lambda and the function, such as a custom runtime.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    """
    takes = handler.parameters
    # What a framework calls, it calls in its own way.
    called = [one for one in handler.functions if (handler.path, handler.name) not in one.entries]
    if not called or takes is None:
        return
    if takes.most is not None and takes.most < 2:
        most = "no arguments" if takes.most == 0 else "one argument"
        what, instead = f"takes {most}, but Lambda calls it with two", "give it (event, context)"
    elif takes.least > 2:
        what = f"needs {takes.least} arguments, but Lambda calls it with two"
        instead = "give the others a default"
    elif takes.by_name_only:
        what = f"needs {takes.by_name_only[0]}, which Lambda does not give"
        instead = "give it a default"
    else:
        return
    named = ", ".join(one.logical_id for one in called[:3])
    yield Problem(handler.location, f"{handler.name} {what}: each invocation of {named} fails; {instead}")
