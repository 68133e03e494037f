"""LL513: a function that only passes on what it gets."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import declared
from lambdalint.model import Argument, Call, Handler

_FORWARDS = {
    ("events", "put_events"): ("EventBridge", "Entries"),
    ("firehose", "put_record"): ("Firehose", "Record"),
    ("kinesis", "put_record"): ("Kinesis", "Data"),
    ("sns", "publish"): ("SNS", "Message"),
    ("sqs", "send_message"): ("SQS", "MessageBody"),
    ("stepfunctions", "start_execution"): ("Step Functions", "input"),
}
"""The name of the service, and the parameter that holds what is passed on."""

_DIRECT = {
    "api": ("API Gateway", "an integration of the API with the service", frozenset(_FORWARDS)),
    "dynamodb": ("the stream", "a pipe of EventBridge", frozenset(_FORWARDS)),
    "eventbridge": ("EventBridge", "the rule's own target", frozenset(_FORWARDS)),
    "http-api": (
        "API Gateway",
        "an integration of the API with the service",
        frozenset(
            {
                ("events", "put_events"),
                ("kinesis", "put_record"),
                ("sqs", "send_message"),
                ("stepfunctions", "start_execution"),
            }
        ),
    ),
    "kinesis": ("the stream", "a pipe of EventBridge", frozenset(_FORWARDS)),
    "s3": (
        "S3",
        "a notification of the bucket",
        frozenset({("events", "put_events"), ("sns", "publish"), ("sqs", "send_message")}),
    ),
    "schedule": ("the schedule", "the schedule's own target", frozenset(_FORWARDS)),
    "sns": (
        "SNS",
        "a subscription of the topic",
        frozenset({("firehose", "put_record"), ("sqs", "send_message")}),
    ),
    "sqs": ("the queue", "a pipe of EventBridge", frozenset(_FORWARDS)),
}
"""What can reach which services without a function, and how."""

_QUIET = (
    "aws_lambda_powertools.",
    "builtins.",
    "json.",
    "logging.",
    "os.",
    "boto3.client",
    "boto3.Session",
    "datetime.",
    "traceback.",
)
MOST_STATEMENTS = 10


@check(Handler, code="LL513", severity=Severity.ADVICE, since="0.1")
def glue_function(handler: Handler) -> Iterator[Problem]:
    """The function does nothing but hand its event to another service.

    **Why it matters.** Each event is then paid for twice, waits for a cold start now and then, and can fail in code
    that somebody has to keep up to date. What sends the event can reach the other service itself.

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
            Topic: {Type: SNS, Properties: {Topic: "arn:aws:sns:eu-west-1:123456789012:orders"}}
    ```

    ```python
    # file: src/app.py
    import os
    import boto3

    sqs = boto3.client("sqs")

    def handler(event, context):
        for record in event["Records"]:
            sqs.send_message(QueueUrl=os.environ["QUEUE"], MessageBody=record["Sns"]["Message"])  # LL513
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
            Queue: {Type: SQS, Properties: {Queue: !GetAtt OrderQueue.Arn}}
      OrderQueue:
        Type: AWS::SQS::Queue
      Subscription:
        Type: AWS::SNS::Subscription
        Properties:
          Protocol: sqs
          TopicArn: arn:aws:sns:eu-west-1:123456789012:orders
          Endpoint: !GetAtt OrderQueue.Arn
          RawMessageDelivery: true
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        for record in event["Records"]:
            print(record["body"])
    ```

    A function that changes, checks or chooses anything on the way is none of these.

    **Ignore it when** it will do more soon.

    **Source.** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes.html
    """
    kinds = {trigger.type for trigger in declared(handler)}
    if len(kinds) != 1 or handler.size.statements > MOST_STATEMENTS or _chooses(handler):
        return
    operations = [call for call in handler.warm_calls if call.operation]
    if len(operations) != 1 or not _is_quiet(handler, operations[0]):
        return
    call = operations[0]
    source, instead, reachable = _DIRECT.get(next(iter(kinds)), ("", "", frozenset()))
    place = (call.service, call.operation)
    if place not in reachable:
        return
    target, parameter = _FORWARDS[place]
    payload = call.argument(None, parameter)
    rest = [argument for name, argument in call.keywords.items() if name != parameter]
    if payload is not None and _is_passed_on(payload) and not any(argument.from_event for argument in rest):
        yield Problem(
            call.location,
            f"{handler.name}() only passes on what it gets from {source} to {target}; {instead} does that without code",
            trace=call.trace,
        )


def _chooses(handler: Handler) -> bool:
    """Whether anything but a loop over the records decides what is done."""
    loops = {loop.location for call in handler.warm_calls for loop in call.loops}
    caught = sum(rescue.scope == handler.name for rescue in handler.rescues)
    return handler.size.branches > len(loops) + caught


def _is_quiet(handler: Handler, forward: Call) -> bool:
    """Whether nothing else happens that matters."""
    for call in handler.warm_calls:
        if call is forward or call.name.startswith(_QUIET):
            continue
        if call.name.rpartition(".")[2] in ("info", "debug", "error", "exception", "warning"):
            continue
        return False
    return True


def _is_passed_on(payload: Argument) -> bool:
    """Whether a value is a part of the event, as it came or as JSON."""
    if payload.event_path is not None:
        return True
    made = payload.calls[0] if len(payload.calls) == 1 else None
    if made is not None and made.name == "json.dumps":
        given = made.argument(0, "obj")
        return given is not None and _is_passed_on(given)
    return len(payload.items) == 1 and all(map(_is_passed_on, payload.items.values()))
