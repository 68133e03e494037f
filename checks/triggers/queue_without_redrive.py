"""LL508: a message that always fails comes back until it expires."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import is_active, names, spelled
from lambdalint.model import Stack

LEAST_RECEIVES = 5


@check(Stack, code="LL508", severity=Severity.WARNING, since="0.1")
def queue_without_redrive(stack: Stack) -> Iterator[Problem]:
    """A queue that invokes a function has no dead-letter queue.

    **Why it matters.** A message on which the function fails comes back again and again, for four days unless the queue
    says otherwise. Each attempt is billed and takes its batch with it, in a FIFO queue nothing of its group moves on,
    and in the end the message is gone without a trace. A redrive policy puts it aside after some attempts.

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
                Queue: !GetAtt OrderQueue.Arn
      OrderQueue:  # LL508
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
      OrderQueue:
        Type: AWS::SQS::Queue
        Properties:
          RedrivePolicy:
            deadLetterTargetArn: !GetAtt FailedOrders.Arn
            maxReceiveCount: 5
      FailedOrders:
        Type: AWS::SQS::Queue
    ```

    AWS asks for a `maxReceiveCount` of at least 5: less, and throttled messages are put aside too. That is advice. A
    queue that is itself the dead-letter queue of another needs none.

    **Ignore it when** messages are worthless soon, and the retention period is as short.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    targets = {queue.redrive.target for queue in stack.queues if queue.redrive is not None}
    policy = spelled("RedrivePolicy", stack.format)
    seen: set[str] = set()
    for function in stack.functions:
        for trigger in function.triggers:
            queue = trigger.queue
            if trigger.type != "sqs" or queue is None or queue.logical_id in seen or not is_active(trigger):
                continue
            seen.add(queue.logical_id)
            receives = queue.max_receive_count
            if queue.redrive is None and queue.logical_id not in targets:
                message = f"{queue.logical_id} has no dead-letter queue: what {names([function])} fails on comes back"
                yield Problem(queue.location, f"{message} until it expires; add a {policy}")
            if receives is not None and receives.known is not None and receives.known < LEAST_RECEIVES:
                message = f"{queue.logical_id} puts a message aside when it was received {_times(receives.known)}"
                message = f"{message}, throttled ones too; AWS asks for a maxReceiveCount of {LEAST_RECEIVES} or more"
                yield Problem(receives.location, message, severity=Severity.ADVICE)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
