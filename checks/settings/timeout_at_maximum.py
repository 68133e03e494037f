"""LL803: the timeout is the longest there is."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function

MAXIMUM_S = 900


@check(Function, code="LL803", severity=Severity.ADVICE, since="0.1")
def timeout_at_maximum(function: Function) -> Iterator[Problem]:
    """The timeout is the longest that Lambda allows.

    **Why it matters.** 900 s are rarely measured, mostly they mean "as long as it takes". An invocation that hangs is
    then billed for a quarter of an hour, and a queue or a caller waits as long before it tries again. Work that does
    take that long has no room to grow: the next larger input is cut off.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Reports:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Timeout: 900  # LL803
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Reports:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Timeout: 120
    ```

    Of durable functions nothing is said: their work is split already.

    **Ignore it when** the work was measured to need it, and cannot be split.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    """
    timeout = function.timeout_s
    if timeout is not None and timeout.known == MAXIMUM_S and not function.managed_instances and not function.durable:
        who = "each function without a timeout of its own" if timeout.inherited else function.logical_id
        yield Problem(
            timeout.location,
            f"{who} may run for 900 s, the longest there is: one that hangs is billed for a quarter of an hour; "
            "measure it, or split the work with Step Functions",
        )
