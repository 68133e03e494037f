"""LL602: the logs of functions are never deleted."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import forgetting
from lambdalint.checks.observability._edge import runs_at_the_edge
from lambdalint.model import Function, Stack

DAYS = 30


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
    log group belongs to a function is known by `LoggingConfig`, or by its name, `/aws/lambda/` and the function's. Of
    functions that CloudFront runs it is not said: they log in many regions.

    **Fix.** Offers a fix that declares a log group for each function, whose messages are kept for 30 days, and names it
    in the function's `LoggingConfig`. It is unsafe: what was logged before stays in the former group, and what reads
    the log by that group's name must be told. In Terraform the group has the name that Lambda gives it: where the
    function has run already, that group is there and must be imported first. The Serverless Framework and the module
    terraform-aws-modules/lambda make a group for each function: they are told the retention.

    **Ignore it when** something in the account sets the retention of new log groups.

    **Source.** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    """
    functions = [function for function in stack.functions if not runs_at_the_edge(function)]
    endless = [function for function in functions if keeps_forever(function)]
    for function in endless:
        if function.log_group is not None:
            message = (
                f"the log group of {function.logical_id} has no retention, and keeps its logs for ever; give it one"
            )
            # What makes the function may make its log group, too.
            made = function.log_group.location == function.location
            yield Problem(function.log_group.location, message, forgetting(function, DAYS) if made else None)
    bare = [function for function in endless if function.log_group is None]
    if len(bare) == len(functions) and len(bare) > 1:
        message = f"the logs of the {len(bare)} functions in this template are kept for ever; state a retention"
        yield Problem(bare[0].location, message, forgetting(bare, DAYS))
        return
    for function in bare:
        message = f"the logs of {function.logical_id} are kept for ever; state a retention"
        yield Problem(function.location, message, forgetting(function, DAYS))


def keeps_forever(function: Function) -> bool:
    """Whether nothing states a retention; of a log group that stands elsewhere, nothing is known."""
    if function.format == "zappa":
        return False  # it has no setting for this
    elsewhere = function.log_group is not None and not function.log_group_declared
    return function.log_retention_days is None and not elsewhere
