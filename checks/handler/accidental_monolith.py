"""LL323: one function for many routes, or for unrelated triggers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Function


class Most(NamedTuple):
    routes: Annotated[int, Option("so many routes one function may serve", least=1)] = 8
    sources: Annotated[int, Option("so many kinds of sources may invoke one function", least=1)] = 2


_HTTP = frozenset({"api", "http-api", "websocket", "alb", "url"})


@check(Function, code="LL323", severity=Severity.ADVICE, since="0.1", default=False, options=Most())
def accidental_monolith(function: Function, most: Most) -> Iterator[Problem]:
    """One function serves many routes, or is invoked by sources that have nothing in common.

    **Why it matters.** All of it shares one memory size, one timeout, one role with the rights of all, one concurrency
    and one package that each cold start loads whole. What fails in one route shows in the metrics of all.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL323
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Get: {Type: HttpApi, Properties: {Path: /orders, Method: get}}
            Queue: {Type: SQS, Properties: {Queue: "arn:aws:sqs:eu-west-1:123456789012:orders"}}
            Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.get
          Runtime: python3.13
          Events:
            Get: {Type: HttpApi, Properties: {Path: /orders, Method: get}}
      Work:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.work
          Runtime: python3.13
          Events:
            Queue: {Type: SQS, Properties: {Queue: "arn:aws:sqs:eu-west-1:123456789012:orders"}}
    ```

    It is off by default, and both numbers are options: some teams choose one function for an API on purpose, with a
    router in it. A route that takes all paths counts as one.

    **Ignore it when** the function was meant to be one.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/concepts-event-driven-architectures.html
    """
    routes = {trigger.route for trigger in function.triggers if trigger.type in _HTTP and trigger.route}
    if len(routes) > most.routes:
        message = f"{function.logical_id} serves {len(routes)} routes with one role, one timeout and one package"
        yield Problem(function.location, f"{message}; give routes that differ functions of their own")
    kinds = {"API" if trigger.type in _HTTP else trigger.type for trigger in function.triggers}
    if len(kinds) > most.sources:
        listed = ", ".join(sorted(kinds))
        message = f"{function.logical_id} is invoked by sources that have little in common ({listed})"
        yield Problem(function.location, f"{message}; give each a function of its own")
