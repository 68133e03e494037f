"""LL503: a batch that SQS cannot give."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import number
from lambdalint.model import Function


@check(Function, code="LL503", severity=Severity.ERROR, since="0.1")
def batch_window_required(function: Function) -> Iterator[Problem]:
    """A batch of more than 10 messages without a batch window, or from a FIFO queue.

    **Why it matters.** Lambda gathers more than 10 messages of SQS only within a batch window of a second or more, and
    from a FIFO queue it takes no more than 10 and knows no window. Anything else it refuses: the deployment fails.

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
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:eu-west-1:123456789012:orders
                BatchSize: 100  # LL503
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
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:eu-west-1:123456789012:orders
                BatchSize: 100
                MaximumBatchingWindowInSeconds: 2
    ```

    **Ignore it when** another tool adds the window before the template is deployed.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    for trigger in function.triggers:
        if trigger.type != "sqs":
            continue
        size, window = number(trigger.batch_size, 10), number(trigger.window_s, 0)
        large = trigger.batch_size is not None and size is not None and size > 10
        if trigger.queue is not None and trigger.queue.fifo is True:
            if large and trigger.batch_size is not None:
                message = f"{trigger.queue.logical_id} is a FIFO queue: a batch holds at most 10 messages, not {size}"
                yield Problem(trigger.batch_size.location, message)
            elif trigger.window_s is not None and window:
                message = f"{trigger.queue.logical_id} is a FIFO queue, for which Lambda knows no batch window"
                yield Problem(trigger.window_s.location, message)
        elif large and window == 0 and trigger.batch_size is not None:
            yield Problem(
                trigger.batch_size.location,
                f"a batch of {size} messages needs a batch window; state one of a second or more",
            )
