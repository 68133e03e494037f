"""LL506: an event that fails is dropped, or a dead-letter queue that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import is_active, names, spelled
from lambdalint.model import Function, Stack
from lambdalint.model.template import EVENT_SOURCE_MAPPINGS, STREAMS

_ASYNCHRONOUS = frozenset({"s3", "sns", "eventbridge", "iot", "ses", "cloudwatch-logs", "codecommit"})


@check(Stack, code="LL506", severity=Severity.ADVICE, since="0.1")
def asynchronous_without_failure_target(stack: Stack) -> Iterator[Problem]:
    """Events that a function fails on go nowhere.

    **Why it matters.** SNS, S3, EventBridge and the like hand over an event and do not wait. If the function fails,
    Lambda tries twice more and then drops the event: nobody can look at it, nobody can send it again. A failure
    destination, or a dead-letter queue, keeps it.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Receipts:  # LL506
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Paid:
              Type: SNS
              Properties:
                Topic: arn:aws:sns:eu-west-1:123456789012:paid
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Receipts:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          EventInvokeConfig:
            DestinationConfig:
              OnFailure:
                Type: SQS
          Events:
            Paid:
              Type: SNS
              Properties:
                Topic: arn:aws:sns:eu-west-1:123456789012:paid
    ```

    It is said once for each template, at the first of its functions: few templates have any such target, and one
    decision mends them all. Schedules are left out, the next run comes by itself, and so is Chalice, which has no
    setting for it. A dead-letter queue of the rule or of the subscription does not help: it gets what could not be
    handed over.

    The other way round, a warning: a dead-letter queue or failure destination of a function that only queues and
    streams invoke. Nothing ever reaches it: it belongs to the queue, or to the mapping of the stream.

    **Ignore it when** an event that is lost does no harm.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    losing = [function for function in stack.functions if _loses(function)]
    if losing:
        many = len({function.logical_id for function in losing}) > 1
        which = f"{names(losing)} {'have' if many else 'has'} no failure destination and no dead-letter queue"
        where = ", in Globals for all" if stack.format == "sam" else ""
        message = f"{which}: an event on which all attempts fail is dropped; state "
        message = f"{message}{spelled('OnFailure', stack.format)}{where}"
        yield Problem(losing[0].location, message)
    for function in stack.functions:
        target = function.dead_letter or function.on_failure
        types = {trigger.type for trigger in function.triggers}
        if target is not None and types and types <= EVENT_SOURCE_MAPPINGS and function.triggers_known:
            source = "queue" if types == {"sqs"} else "stream" if types <= STREAMS else "mapping of an event source"
            place = "redrive policy of the queue" if types == {"sqs"} else "destination on failure of the mapping"
            yield Problem(
                target.location,
                f"only a {source} invokes {function.logical_id}, whose failures never reach this target; "
                f"state the {place} instead",
                severity=Severity.WARNING,
            )


def _loses(function: Function) -> bool:
    """Whether an event of a source that does not wait is dropped when it fails."""
    if function.format == "chalice" or function.dead_letter is not None or function.on_failure is not None:
        return False
    return any(trigger.type in _ASYNCHRONOUS and is_active(trigger) for trigger in function.triggers)
