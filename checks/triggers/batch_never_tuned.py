"""LL502: a batch is as large as it happens to be by default."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import BATCH_SIZES, WORDS, is_active
from lambdalint.model import Function

_AT_ONCE = frozenset({"sqs", "kinesis", "dynamodb"})
"""For the others Lambda waits half a second unless told otherwise."""


@check(Function, code="LL502", severity=Severity.ADVICE, since="0.1", default=False)
def batch_never_tuned(function: Function) -> Iterator[Problem]:
    """An event source mapping states neither a batch size nor a batch window.

    **Why it matters.** Each invocation costs, whatever it does. Without a window Lambda invokes the function as soon as
    there is one record, so that at a steady trickle most batches hold one or two. A window of a few seconds gathers
    more of them: fewer invocations, fewer calls of whatever they write to.

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
            Queue:  # LL502
              Type: SQS
              Properties:
                Queue: !GetAtt OrderQueue.Arn
      OrderQueue:
        Type: AWS::SQS::Queue
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
                Queue: !GetAtt OrderQueue.Arn
                BatchSize: 100
                MaximumBatchingWindowInSeconds: 5
      OrderQueue:
        Type: AWS::SQS::Queue
    ```

    It is off by default: whether a source is busy enough for this to matter, no template says.

    **Ignore it when** records are few, or each must be handled at once.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html
    """
    for trigger in function.triggers:
        if trigger.type not in _AT_ONCE or not is_active(trigger):
            continue
        if trigger.batch_size is not None or trigger.window_s is not None:
            continue
        if trigger.queue is not None and trigger.queue.fifo is not False:
            continue  # a window cannot be had
        yield Problem(
            trigger.location,
            f"{function.logical_id} takes what {WORDS[trigger.type]} has, at once and up to "
            f"{BATCH_SIZES[trigger.type]} records; state a batch size and a batch window",
        )
