"""LL507: records of a stream are given up, and nobody is told which."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import WORDS, is_active, spelled
from lambdalint.model import Function, Setting

_STREAMS = ("kinesis", "dynamodb")


@check(Function, code="LL507", severity=Severity.WARNING, since="0.1")
def stream_without_failure_target(function: Function) -> Iterator[Problem]:
    """A mapping gives records up after some attempts, and says so to nobody.

    **Why it matters.** When the attempts or the age that are allowed are used up, Lambda goes on behind the batch. What
    was in it is lost, unless a destination on failure is told which records these were: as long as the stream still
    holds them, they can be read again.

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
            Stream:
              Type: Kinesis
              Properties:
                Stream: arn:aws:kinesis:eu-west-1:123456789012:stream/clicks
                StartingPosition: TRIM_HORIZON
                MaximumRetryAttempts: 5  # LL507
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
                DestinationConfig:
                  OnFailure:
                    Destination: arn:aws:sqs:eu-west-1:123456789012:failed-clicks
    ```

    A mapping that never gives up is the subject of [poison-record-blocks-stream](poison-record-blocks-stream.md).

    **Ignore it when** what cannot be handled at once is worth nothing later.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    """
    for trigger in function.triggers:
        if trigger.type not in _STREAMS or not is_active(trigger):
            continue
        stated = trigger.on_failure
        if stated is not None:
            if stated.target and trigger.source is not None and stated.target == trigger.source.target:
                message = f"what {function.logical_id} fails on goes back to {stated.target}, where it came from"
                yield Problem(stated.location, f"{message}: it will fail again; send it somewhere else")
            continue
        limit = _limit(trigger.max_retries) or _limit(trigger.max_record_age_s)
        if limit is not None:
            what = f"records of {WORDS[trigger.type]} that {function.logical_id} fails on are given up without a trace"
            target, failure = (spelled(name, function.format) for name in ("DestinationConfig", "OnFailure"))
            yield Problem(limit.location, f"{what}; add {target} with {failure} to the mapping")


def _limit(setting: Setting[int] | None) -> Setting[int] | None:
    """A setting that puts an end to attempts."""
    return setting if setting is not None and setting.known is not None and setting.known >= 0 else None
