"""LL802: nobody chose how long an invocation may take."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import setting
from lambdalint.model import Function, Trigger

ENOUGH_S = 15
_WAIT_S = {"alexa": 8, "cloudfront": 5, "cognito": 5}
"""Who waits for an answer for less than that."""
LAMBDA_S = 3
LONG_S = 30
"""What other tools than SAM and CloudFormation give is not reported if it is so long."""


@check(Function, code="LL802", severity=Severity.WARNING, since="0.1")
def timeout_left_at_default(function: Function) -> Iterator[Problem]:
    """The template does not say how long an invocation may take.

    **Why it matters.** Lambda then ends each invocation after 3 s. A first invocation that imports much, or one call to
    a service that is slow for once, takes longer: it is cut off in the middle of its work, and asynchronous
    events are tried again from the start.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL802
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          MemorySize: 512
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
          Timeout: 15
    ```

    The Serverless Framework makes that 6 s, which is enough for most: it is shown under `--pedantic`. Of Zappa (30 s)
    and Chalice (60 s) nothing is said, nor of functions that CloudFront or Cognito waits for. It is said of each
    function, also where a template has many: each needs a time of its own, may be ignored by itself, and is known to a
    baseline when it is new.

    **Fix.** Offers a fix that sets 15 s, less where a queue or a caller does not wait as long, and for all functions at
    once where none has a timeout. It is unsafe: an invocation that hangs is then billed for longer; measure what it
    needs.

    **Ignore it when** 3 s were chosen on purpose; better, write them down.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
    """
    limit = function.default_timeout_s
    if function.timeout_s is None and limit < LONG_S and not _is_quick(function):
        message = (
            f"{function.logical_id} has no timeout and is cut off after {limit} s; "
            "choose one, such as twice its slowest run"
        )
        if limit == LAMBDA_S:
            yield Problem(function.location, message, _fix(function))
        else:
            yield Problem(function.location, message, _fix(function), severity=Severity.ADVICE, sure=False)


def _fix(function: Function) -> Fix | None:
    """As long as most need, but no longer than what invokes it waits. None where 3 s are the most there is room for."""
    enough = ENOUGH_S
    for trigger in function.triggers:
        if trigger.timeout_ms is not None and trigger.timeout_ms.known:
            enough = min(enough, trigger.timeout_ms.known // 1000)
        if trigger.type in _WAIT_S:
            enough = min(enough, _WAIT_S[trigger.type])
        elif trigger.type == "sqs":
            enough = min(enough, _visibility_s(trigger) // 6)  # else messages are seen again too early
    return setting(function, "Timeout", enough) if enough > 3 else None


def _visibility_s(trigger: Trigger) -> int:
    """How long its queue hides the messages that are worked on, for certain."""
    if trigger.queue is None:
        return 0
    stated = trigger.queue.visibility_timeout_s
    return 30 if stated is None else stated.known or 0


def _is_quick(function: Function) -> bool:
    """At the edge and where a caller waits 5 s at most, 3 s are no accident."""
    return bool(function.triggers) and all(trigger.type in ("cloudfront", "cognito") for trigger in function.triggers)
