"""LL505: one record that always fails holds up all behind it."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import BATCH_SIZES, WORDS, is_active, number, spelled
from lambdalint.model import Function, Setting, Trigger

_STREAMS = ("kinesis", "dynamodb")


@check(Function, code="LL505", severity=Severity.WARNING, since="0.1")
def poison_record_blocks_stream(function: Function) -> Iterator[Problem]:
    """A record of a stream is tried again without end.

    **Why it matters.** Lambda reads a shard in order. While a batch fails it is tried again, and nothing behind it is
    read: by default until the record expires, which is after 24 hours or, as Kinesis is set up, up to a year. One
    record that cannot be handled stops its shard for that long, and each attempt is billed.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Clicks:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Stream:  # LL505
              Type: Kinesis
              Properties:
                Stream: arn:aws:kinesis:eu-west-1:123456789012:stream/clicks
                StartingPosition: TRIM_HORIZON
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Clicks:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Stream:
              Type: Kinesis
              Properties:
                Stream: arn:aws:kinesis:eu-west-1:123456789012:stream/clicks
                StartingPosition: TRIM_HORIZON
                MaximumRetryAttempts: 5
                BisectBatchOnFunctionError: true
                DestinationConfig:
                  OnFailure:
                    Destination: arn:aws:sqs:eu-west-1:123456789012:failed-clicks
    ```

    Where attempts are limited, but batches are neither bisected nor reported in parts, one bad record takes its whole
    batch with it: that is advice. On a queue Lambda refuses these settings: that is an error.

    **Ignore it when** order matters more than anything, and somebody is called when the shard stands still.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
    """
    for trigger in function.triggers:
        if trigger.type in _STREAMS and is_active(trigger):
            yield from _blocked(function, trigger)
        elif trigger.type == "sqs" and trigger.source is not None:
            for name, setting in _of_streams(trigger):
                if setting is not None:
                    message = f"{name} is a setting of streams, which Lambda refuses on a queue; remove it"
                    yield Problem(setting.location, message, severity=Severity.ERROR)


def _blocked(function: Function, trigger: Trigger) -> Iterator[Problem]:
    retries, age = number(trigger.max_retries, -1), number(trigger.max_record_age_s, -1)
    if retries is None or age is None:
        return
    source = WORDS[trigger.type]
    size = number(trigger.batch_size, BATCH_SIZES[trigger.type])
    bisects = trigger.bisect is not None and trigger.bisect.value is not False
    names = ("MaximumRetryAttempts", "BisectBatchOnFunctionError")
    attempts, bisect = (spelled(name, function.format) for name in names)
    if retries < 0 and age < 0:
        instead = f"state {attempts} and a destination on failure"
        if trigger.on_failure is not None:
            instead = f"its destination on failure is reached only then: state {attempts}"
        elif size != 1 and not bisects:
            instead = f"state {attempts}, a destination on failure, and {bisect}"
        yield Problem(
            trigger.location,
            f"a record of {source} that {function.logical_id} cannot handle blocks its shard until it expires; "
            f"{instead}",
        )
        return
    if size is None or size == 1 or bisects or trigger.function_response_types is not None:
        return
    yield Problem(
        trigger.location,
        f"for one record that {function.logical_id} cannot handle a batch of up to {size} is given up; "
        f"set {bisect}, or report the records that failed",
        severity=Severity.ADVICE,
    )


def _of_streams(trigger: Trigger) -> tuple[tuple[str, Setting[bool] | Setting[int] | None], ...]:
    return (
        ("BisectBatchOnFunctionError", trigger.bisect),
        ("MaximumRetryAttempts", trigger.max_retries),
        ("MaximumRecordAgeInSeconds", trigger.max_record_age_s),
        ("ParallelizationFactor", trigger.parallelization_factor),
        ("TumblingWindowInSeconds", trigger.tumbling_window_s),
    )
