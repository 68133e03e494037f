"""LL602: the logs of functions are never deleted."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Stack


@check(Stack, code="LL602", severity=Severity.ADVICE, since="0.1")
def logs_kept_forever(stack: Stack) -> Iterator[Problem]:
    """The log group of a function is not declared with a retention.

    **Why it matters.** Lambda makes the log group when the function first runs, without a date on which anything in it
    expires. The bill for its storage grows for ever, also after the function is gone, and what the logs hold of
    people's data is kept as long.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL602
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
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
          LoggingConfig:
            LogGroup: !Ref OrdersLogs
      OrdersLogs:
        Type: AWS::Logs::LogGroup
        Properties:
          RetentionInDays: 30
    ```

    Where that is so of all functions of a template, it is said once. One log group may serve several functions. That a
    log group belongs to a function is known by `LoggingConfig`, or by its name, `/aws/lambda/` and the function's.

    **Ignore it when** something in the account sets the retention of new log groups.

    **Source.** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    """
    endless = [function for function in stack.functions if keeps_forever(function)]
    for function in endless:
        if function.log_group is not None and function.log_group.target:
            place, message = function.log_group.location, f"the log group of {function.logical_id} has no retention"
            yield Problem(place, f"{message}, and keeps its logs for ever; add RetentionInDays")
    bare = [function for function in endless if function.log_group is None]
    if len(bare) == len(stack.functions) and len(bare) > 1:
        message = f"the logs of the {len(bare)} functions in this template are kept for ever; declare a log group"
        yield Problem(bare[0].location, f"{message} with a retention, and name it in their LoggingConfig")
        return
    for function in bare:
        message = f"the logs of {function.logical_id} are kept for ever; declare its log group, with a retention"
        yield Problem(function.location, message)


def keeps_forever(function: Function) -> bool:
    """Whether nothing states a retention; of a log group that stands elsewhere, nothing is known."""
    group = function.log_group
    elsewhere = group is not None and not group.target
    return function.log_retention_days is None and not elsewhere
