"""LL517: a schedule that looks, every few minutes, whether there is something to do."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import declared
from lambdalint.checks._schedules import minutes_between
from lambdalint.model import Call, Handler

_LOOKS = {
    ("s3", "list_objects"): "let the bucket notify the function of new objects",
    ("s3", "list_objects_v2"): "let the bucket notify the function of new objects",
    ("sqs", "receive_message"): "make the queue an event source of the function",
    ("dynamodbstreams", "get_records"): "make the stream an event source of the function",
    ("kinesis", "get_records"): "make the stream an event source of the function",
}
MOST_MINUTES = 10


@check(Handler, code="LL517", severity=Severity.ADVICE, since="0.1")
def polling_schedule(handler: Handler) -> Iterator[Problem]:
    """A schedule invokes the function every few minutes to look for work.

    **Why it matters.** Most rounds find nothing and are paid for, and what arrives waits for the next round. Queues,
    streams and buckets tell a function themselves when there is something, as it arrives.

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
            Minute: {Type: Schedule, Properties: {Schedule: rate(1 minute)}}
    ```

    ```python
    # file: src/app.py
    import os
    import boto3

    sqs = boto3.client("sqs")

    def handler(event, context):
        found = sqs.receive_message(QueueUrl=os.environ["QUEUE"], MaxNumberOfMessages=10)  # LL517
        for message in found.get("Messages", []):
            print(message["Body"])
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
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        for record in event["Records"]:
            print(record["body"])
    ```

    Schedules of up to 10 minutes are looked at. Whether a bucket is listed for new objects or for all of them is not
    certain: that is shown under `--pedantic` only.

    **Ignore it when** the rate must be held, whatever is waiting.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/concepts-event-driven-architectures.html
    """
    triggers = declared(handler)
    every = [minutes_between(trigger) for trigger in triggers]
    frequent = [minutes for minutes in every if minutes is not None and minutes <= MOST_MINUTES]
    if not frequent or len(frequent) < len(triggers):
        return
    for call in handler.warm_calls.operations:
        instead = _LOOKS.get((call.service, call.operation))
        if instead is not None and not call.on_error_path and not _only_tries(call):
            minutes = min(frequent)
            rate = "every minute" if minutes == 1 else f"every {minutes} minutes"
            message = f"{handler.name}() is invoked {rate} to look for work, whether there is any or not; {instead}"
            yield Problem(call.location, message, trace=call.trace, sure=call.service != "s3")
            return


def _only_tries(call: Call) -> bool:
    """Whether one object of a bucket is enough: then it is looked at whether the bucket can be read."""
    most = call.argument(None, "MaxKeys")
    return most is not None and most.value == 1
