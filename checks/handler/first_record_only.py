"""LL319: of a batch of records, only the first is handled."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._triggers import BATCHES, of_record
from lambdalint.model import Handler

_WORDS = {"dynamodb": "DynamoDB", "kinesis": "Kinesis", "s3": "S3", "sqs": "SQS"}


@check(Handler, code="LL319", severity=Severity.ADVICE, since="0.1")
def first_record_only(handler: Handler) -> Iterator[Problem]:
    """Only the first record of a batch is handled.

    **Why it matters.** An event of SQS holds up to 10 messages unless the batch size says otherwise, an event of
    Kinesis or DynamoDB up to 100 records. The function returns normally, so Lambda takes the whole batch for done:
    all records but the first are lost, without an error.

    **Bad**

    ```python
    import json

    def handler(event, context):
        order = json.loads(event["Records"][0]["body"])  # LL319
        print(order["id"])
    ```

    **Good**

    ```python
    import json

    def handler(event, context):
        for record in event["Records"]:
            order = json.loads(record["body"])
            print(order["id"])
    ```

    The source is known by what is read of the record. The batch size is not known here, and many who read one record
    have set it to 1: the finding is advice. SNS promises one record in each event and is not reported. S3 delivers one
    as a rule, without promising it: this is shown under `--pedantic` only, and so are handlers that look for records
    of several sources.

    **Ignore it when** the batch size of the event source mapping is 1, and stays so.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    first = [read for read in handler.reads if read.path[:2] == ("Records", 0) and of_record(read.path) in _WORDS]
    if not first or _looks_at_others(handler):
        return
    sources = {of_record(read.path) for read in first}
    read = min(first, key=lambda read: (len(read.trace), len(read.path), read.location))
    source = of_record(read.path)
    is_batch = source in BATCHES
    lost = "further ones would be lost" if not is_batch else "unless the batch size is 1 the others are lost"
    yield Problem(
        read.location,
        f"only the first {_WORDS[source]} record of the event is handled, {lost}; loop over Records",
        trace=read.trace,
        sure=is_batch and len(sources) == 1,
    )


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
