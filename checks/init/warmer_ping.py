"""LL114: a schedule invokes the function to keep it warm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import declared
from lambdalint.checks._fixes import uninvoking
from lambdalint.checks._schedules import minutes_between
from lambdalint.model import Handler
from lambdalint.model.template import HTTP

MOST_MINUTES = 15
"""An environment that is idle for longer is gone anyway."""


@check(Handler, code="LL114", severity=Severity.ADVICE, since="0.1")
def warmer_ping(handler: Handler) -> Iterator[Problem]:
    """A schedule invokes the function every few minutes for no other reason than to keep it warm.

    **Why it matters.** A ping keeps one environment, the one it hits. The second request at the same time starts
    another all the same, and so does the first after a deployment. It is advice from before 2019: provisioned
    concurrency keeps as many as are wanted, and SnapStart makes the start short.

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
            List: {Type: HttpApi, Properties: {Path: /orders, Method: GET}}
            Warm:  # LL114
              Type: Schedule
              Properties: {Schedule: rate(5 minutes), Input: '{"warmer": true}'}
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        if event.get("warmer"):
            return "warm"
        return {"statusCode": 200, "body": "[]"}
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
          AutoPublishAlias: live
          SnapStart: {ApplyOn: PublishedVersions}
          Events:
            List: {Type: HttpApi, Properties: {Path: /orders, Method: GET}}
    ```

    ```python
    # file: src/app.py
    def handler(event, context):
        return {"statusCode": 200, "body": "[]"}
    ```

    Reported is a schedule of 15 minutes or less where the handler looks for an event that says so (`warmer`, `warmup`,
    `keep-warm`), and the package lambda_warmer wherever it is imported. Where the handler only knows scheduled events
    from others, it is shown with `--pedantic`: they may have work to do.

    **Fix.** Offers a fix that takes the schedule away: an event of a function of SAM or of the Serverless Framework; in
    Terraform an `aws_scheduler_schedule`, or an `aws_cloudwatch_event_target` with its rule and its permission, as far
    as nothing else in the module refers to them. Rules that CloudFormation declares by themselves stay: others may
    refer to them. It is unsafe: what else the schedule did is not done then.

    **Ignore it when** a single user at a time is all there is, and the ping is cheaper.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    """
    instead = "use SnapStart or provisioned concurrency"
    for one in handler.imports:
        if one.module.partition(".")[0] == "lambda_warmer":
            message = f"lambda_warmer keeps as many environments as it pings, and none after a deployment; {instead}"
            yield Problem(one.location, message)
    triggers = declared(handler)
    frequent = [one for one in triggers if (minutes_between(one) or MOST_MINUTES + 1) <= MOST_MINUTES]
    owners = {trigger.location: function for function in handler.functions for trigger in function.triggers}
    if not frequent:
        return
    warm, scheduled = _words()
    knows = _is_read(handler, warm) or _is_written(handler, warm)
    by_type = any(trigger.type in HTTP for trigger in triggers) and _is_written(handler, scheduled)
    if knows or by_type:
        for trigger in frequent:
            message = f"this schedule only keeps one environment of {handler.name}() warm; {instead}"
            yield Problem(trigger.location, message, uninvoking(owners[trigger.location], trigger), sure=knows)


def _is_read(handler: Handler, words: re.Pattern[str]) -> bool:
    """Whether the handler looks for one of the words in its event."""
    return any(words.fullmatch(str(part)) for read in handler.reads for part in read.path)


def _is_written(handler: Handler, words: re.Pattern[str]) -> bool:
    """Whether one of the words stands in the code as a text of its own."""
    return any(words.fullmatch(text) for _, text in handler.find_text(words))


@cache
def _words() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What events that only warm hold, and by what handlers know scheduled ones."""
    return (
        re.compile(
            r"serverless-plugin-warmup|(?:lambda[-_ ]?|is[-_ ]?|keep[-_ ]?)?warm(?:er|ing|[-_ ]?up)?", re.IGNORECASE
        ),
        re.compile(r"aws\.(?:events|scheduler)|Scheduled Event"),
    )
