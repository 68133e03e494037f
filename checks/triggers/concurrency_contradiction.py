"""LL510: settings of concurrency that exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import is_active, spelled
from lambdalint.model import Function


@check(Function, code="LL510", severity=Severity.WARNING, since="0.1")
def concurrency_contradiction(function: Function) -> Iterator[Problem]:
    """Settings of concurrency contradict each other.

    **Why it matters.** Pollers that may run more invocations at once than the function has reserved are throttled:
    messages wait, are received again and end in the dead-letter queue, though nothing is wrong with them. More
    provisioned than reserved concurrency, or a maximum beside provisioned pollers, Lambda refuses: the deployment
    fails. And a function with none reserved is never invoked at all.

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
          ReservedConcurrentExecutions: 10  # LL510
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:eu-west-1:123456789012:orders
                ScalingConfig:
                  MaximumConcurrency: 50
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
          ReservedConcurrentExecutions: 60
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:eu-west-1:123456789012:orders
                ScalingConfig:
                  MaximumConcurrency: 50
    ```

    **Ignore it when** the function is switched off on purpose, by reserving nothing.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """
    reserved = function.reserved_concurrency
    if reserved is not None and reserved.known == 0:
        message = f"{function.logical_id} reserves a concurrency of 0, so that nothing can invoke it"
        yield Problem(reserved.location, f"{message}; remove the setting, or the function")
    elif reserved is not None and reserved.known is not None:
        yield from _more_than_reserved(function, reserved.known)
    for trigger in function.triggers:
        most = trigger.maximum_concurrency
        if most is not None and trigger.provisioned_pollers is not None:
            message = "a maximum concurrency and provisioned pollers exclude each other, and Lambda refuses both"
            yield Problem(most.location, f"{message}; choose one", severity=Severity.ERROR)


def _more_than_reserved(function: Function, reserved: int) -> Iterator[Problem]:
    assert function.reserved_concurrency is not None
    where = function.reserved_concurrency.location
    provisioned = function.provisioned_concurrency
    if provisioned is not None and provisioned.known is not None and provisioned.known > reserved:
        message = f"{function.logical_id} has {reserved} reserved, but {provisioned.known} provisioned concurrency"
        yield Problem(where, f"{message}, which Lambda refuses; reserve at least as much", severity=Severity.ERROR)
    settings = [trigger.maximum_concurrency for trigger in function.triggers if is_active(trigger)]
    together = sum(setting.known or 0 for setting in settings if setting is not None)
    if together > reserved:
        most = spelled("MaximumConcurrency", function.format)
        message = f"queues may invoke {function.logical_id} {together} times at once, but only {reserved} are reserved"
        yield Problem(where, f"{message}: messages are throttled; reserve more, or lower {most}")
