"""LL501: messages come back while they are worked on."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import VISIBILITY_TIMEOUT_S, is_active, number
from lambdalint.model import Function


@check(Function, code="LL501", severity=Severity.WARNING, since="0.1")
def visibility_timeout_too_short(function: Function) -> Iterator[Problem]:
    """The queue shows its messages again before the function has had time for them.

    **Why it matters.** A message that is being worked on is hidden for the visibility timeout of its queue. Lambda
    needs some of that time before the function begins: it waits for a batch, and it tries again if the function is
    throttled. When the time is over the message is handed out a second time, and counts as received once more on its
    way to the dead-letter queue. AWS asks for six times the function's timeout, and the batch window on top. A queue
    whose visibility timeout is shorter than the function's timeout is refused: the deployment fails.

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
          Timeout: 30
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: !GetAtt OrderQueue.Arn
      OrderQueue:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 60  # LL501
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
          Timeout: 30
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: !GetAtt OrderQueue.Arn
      OrderQueue:
        Type: AWS::SQS::Queue
        Properties:
          VisibilityTimeout: 180
    ```

    A queue that states no visibility timeout has 30 s, a function that states no timeout 3 s.

    **Ignore it when** the function is never throttled, and a message that is handled twice does no harm.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    for trigger in function.triggers:
        queue = trigger.queue
        if trigger.type != "sqs" or queue is None or not is_active(trigger):
            continue
        timeout = number(function.timeout_s, function.default_timeout_s)
        hidden = number(queue.visibility_timeout_s, VISIBILITY_TIMEOUT_S)
        window = number(trigger.window_s, 0)
        if timeout is None or hidden is None or window is None or hidden >= 6 * timeout + window:
            continue
        stated = queue.visibility_timeout_s
        where = queue.location if stated is None else stated.location
        message = f"{queue.logical_id} hides a message for {hidden} s{' by default' if stated is None else ''}"
        needed = f"six times that{f' and the batch window of {window} s' if window else ''}: {6 * timeout + window} s"
        if hidden < timeout:
            message = f"{message}, less than the timeout of {function.logical_id} ({timeout} s), which Lambda refuses"
            yield Problem(where, f"{message}; AWS asks for {needed}", severity=Severity.ERROR)
        else:
            message = f"{message}, but {function.logical_id} may take {timeout} s"
            yield Problem(where, f"{message}; AWS asks for {needed}")
