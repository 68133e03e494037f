"""LL319: of a batch of records, only the first is handled."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import BATCH_SIZES, batch_size, declared
from lambdalint.checks._triggers import BATCHES, of_record
from lambdalint.model import Handler, Read

_TELLS = ("builtins.", "json.dump", "logging.", "pprint.")
"""Beginnings of the names of what looks at an event and does nothing with it."""
_LEVELS = (".debug", ".info", ".warning", ".error", ".exception")
_WORDS = {"dynamodb": "DynamoDB", "kinesis": "Kinesis", "s3": "S3", "sqs": "SQS"}


@check(Handler, code="LL319", severity=Severity.WARNING, since="0.1")
def first_record_only(handler: Handler) -> Iterator[Problem]:
    """Only the first record of a batch is handled.

    **Why it matters.** An event of SQS holds up to 10 messages unless the batch size says otherwise, an event of
    Kinesis or DynamoDB up to 100 records. The function returns normally, so Lambda takes the whole batch for done:
    all records but the first are lost, without an error.

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
            Queue: {Type: SQS, Properties: {Queue: "arn:aws:sqs:eu-west-1:123456789012:orders"}}
    ```

    ```python
    # file: src/app.py
    import json

    def handler(event, context):
        order = json.loads(event["Records"][0]["body"])  # LL319
        print(order["id"])
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
            Queue: {Type: SQS, Properties: {Queue: "arn:aws:sqs:eu-west-1:123456789012:orders"}}
    ```

    ```python
    # file: src/app.py
    import json

    def handler(event, context):
        for record in event["Records"]:
            order = json.loads(record["body"])
            print(order["id"])
    ```

    Where a template declares what invokes the function, its batch size decides. Without one, the source is known by
    what is read of the record, but many who read one record have set the batch size to 1: there this is advice, and
    shown under `--pedantic` only. So it is for S3, which delivers one record as a rule, without promising it. SNS
    promises one record in each event and is not reported.

    **Ignore it when** the batch size of the event source mapping is 1, and stays so; better, say so in the template.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    first = [read for read in handler.reads if read.path[:2] == ("Records", 0)]
    if not first or _looks_at_others(handler):
        return
    known = {trigger.type: batch_size(trigger) for trigger in declared(handler) if batch_size(trigger) != 1}
    mapped = {trigger.type for trigger in declared(handler)} & BATCH_SIZES.keys()
    told = [read for read in first if of_record(read.path) in _WORDS]
    sources = {of_record(read.path) for read in told} or (mapped if len(mapped) == 1 else set())
    for source in sorted(sources & mapped):
        size = known.get(source)
        if size is not None:
            reads = [read for read in first if of_record(read.path) in ("", source)]
            lost = f"a batch holds up to {size}, the others are lost"
            sure = not _hands_over(handler)
            for read in _nearest(reads):
                message = f"{_message(source)}, {lost}; loop over Records"
                yield Problem(read.location, message, trace=read.trace, sure=sure)
    rest = [read for read in told if of_record(read.path) not in mapped]
    for read in _nearest(rest):
        is_batch = of_record(read.path) in BATCHES
        lost = "unless the batch size is 1 the others are lost" if is_batch else "further ones would be lost"
        message = f"{_message(of_record(read.path))}, {lost}; loop over Records"
        # Many who read one record have set the batch size to 1.
        yield Problem(read.location, message, trace=read.trace, severity=Severity.ADVICE, sure=False)


def _message(source: str) -> str:
    return f"only the first {_WORDS[source]} record of the event is handled"


def _nearest(reads: list[Read]) -> list[Read]:
    """The one that is the easiest to see, if there is one."""
    return sorted(reads, key=lambda read: (len(read.trace), len(read.path), read.location))[:1]


def _looks_at_others(handler: Handler) -> bool:
    """Whether another record than the first is taken, or all of them go somewhere, be it only to be counted."""
    reads = [read for read in handler.reads if read.path[:1] == ("Records",)]
    if any(len(read.path) > 1 and read.path[1] != 0 for read in reads):
        return True
    for call in handler.warm_calls:
        for argument in (*call.positional, *call.keywords.values()):
            path = argument.event_path
            if path and path[0] == "Records" and (len(path) == 1 or path[1] != 0):
                return True
    return False


def _hands_over(handler: Handler) -> bool:
    """Whether the event as a whole goes to a library, which may handle all of it."""
    return any(
        argument.event_path == () and not call.name.startswith(_TELLS) and not call.name.endswith(_LEVELS)
        for call in handler.warm_calls
        for argument in (*call.positional, *call.keywords.values())
    )
