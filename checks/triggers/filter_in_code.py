"""LL511: records are handed over only to be passed over."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import declared
from lambdalint.checks.triggers._words import spelled
from lambdalint.model import Handler

_DECIDED = frozenset({"eventName", "dynamodb", "userIdentity"})
"""The keys of a record of a table's stream that a filter can look at, and code would."""


@check(Handler, code="LL511", severity=Severity.ADVICE, since="0.1")
def filter_in_code(handler: Handler) -> Iterator[Problem]:
    """The code passes over records that Lambda need not have handed over.

    **Why it matters.** Lambda can filter what it reads from a table's stream, for nothing. Records that the filter
    leaves out invoke no function: with a filter for `INSERT` alone, all updates and deletes cost nothing.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Welcome:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Users:
              Type: DynamoDB
              Properties:
                Stream: arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-01-01T00:00:00.000
                StartingPosition: LATEST
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        for record in event["Records"]:
            if record["eventName"] != "INSERT":  # LL511
                continue
            print(record["dynamodb"]["NewImage"])
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Welcome:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Users:
              Type: DynamoDB
              Properties:
                Stream: arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-01-01T00:00:00.000
                StartingPosition: LATEST
                FilterCriteria:
                  Filters:
                    - Pattern: '{"eventName": ["INSERT"]}'
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        for record in event["Records"]:
            print(record["dynamodb"]["NewImage"])
    ```

    Looked at is the condition at the head of the loop over the records.

    **Ignore it when** the condition cannot be said as a filter.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
    """
    triggers = declared(handler)
    if not triggers or any(one.type != "dynamodb" or one.filters or not one.filters_known for one in triggers):
        return
    criteria = spelled("FilterCriteria", handler.functions[0].format)
    for skip in handler.skips:
        keys = [path[2] for path in skip.paths if path[:2] == ("Records", "*") and len(path) > 2]
        if keys and all(key in _DECIDED for key in keys):
            yield Problem(
                skip.location,
                f"records that this condition on {keys[0]} passes over are handed over and paid for all the same; "
                f"put it into {criteria}",
                trace=skip.trace,
            )
