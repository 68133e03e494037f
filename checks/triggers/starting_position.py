"""LL504: where in a stream to begin is not said, or said of a queue."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import WORDS, spelled
from lambdalint.model import Function

_NEEDED = frozenset({"kinesis", "dynamodb"})
"""For the others Lambda has a default."""


@check(Function, code="LL504", severity=Severity.ERROR, since="0.1")
def starting_position(function: Function) -> Iterator[Problem]:
    """A mapping of a stream does not say where to begin, or one of a queue does.

    **Why it matters.** Lambda refuses both: the deployment fails. Where a stream begins at `LATEST`, records are
    missed that arrive while the mapping is created or updated, which takes up to some minutes.

    **Bad**

    ```yaml
    Resources:
      Clicks:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/clicks
      Stream:
        Type: AWS::Kinesis::Stream
        Properties:
          ShardCount: 1
      Mapping:  # LL504
        Type: AWS::Lambda::EventSourceMapping
        Properties:
          FunctionName: !Ref Clicks
          EventSourceArn: !GetAtt Stream.Arn
    ```

    **Good**

    ```yaml
    Resources:
      Clicks:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/clicks
      Stream:
        Type: AWS::Kinesis::Stream
        Properties:
          ShardCount: 1
      Mapping:
        Type: AWS::Lambda::EventSourceMapping
        Properties:
          FunctionName: !Ref Clicks
          EventSourceArn: !GetAtt Stream.Arn
          StartingPosition: TRIM_HORIZON
    ```

    `LATEST` is what many want: it is shown under `--pedantic` only.

    **Ignore it when** another tool adds the position before the template is deployed.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
    """
    for trigger in function.triggers:
        stated = trigger.starting_position
        if trigger.type in _NEEDED and stated is None:
            message = f"where {function.logical_id} begins to read {WORDS[trigger.type]} is not said; state"
            name = spelled("StartingPosition", function.format)
            yield Problem(trigger.location, f"{message} {name}: TRIM_HORIZON or LATEST")
        elif trigger.type == "sqs" and stated is not None and not stated.optional and trigger.source is not None:
            message = "a queue has no starting position, and Lambda refuses one; remove it"
            yield Problem(stated.location, message)
        elif trigger.type in ("kinesis", "dynamodb") and stated is not None and stated.known == "LATEST":
            yield Problem(
                stated.location,
                f"{function.logical_id} misses what arrives while this mapping is made or changed; "
                "begin at TRIM_HORIZON if each record counts",
                severity=Severity.ADVICE,
                sure=False,
            )
