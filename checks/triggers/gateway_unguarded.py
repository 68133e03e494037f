"""LL514: an API that anybody may call as often as they like, unseen."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Stack


@check(Stack, code="LL514", severity=Severity.ADVICE, since="0.1", default=False)
def gateway_unguarded(stack: Stack) -> Iterator[Problem]:
    """An API has no limits of its own, and no log of who called it.

    **Why it matters.** Without throttling an API takes what the whole account may take, 10,000 requests a second: one
    client in a loop uses up the concurrency of all functions, and the bill follows. Without access logs nobody can tell
    afterwards who it was.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Api:  # LL514
        Type: AWS::Serverless::Api
        Properties:
          StageName: live
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Api:
        Type: AWS::Serverless::Api
        Properties:
          StageName: live
          MinimumCompressionSize: 1024
          MethodSettings:
            - ResourcePath: "/*"
              HttpMethod: "*"
              ThrottlingRateLimit: 100
              ThrottlingBurstLimit: 200
          AccessLogSetting:
            DestinationArn: !GetAtt ApiLog.Arn
            Format: $context.requestId
      ApiLog:
        Type: AWS::Logs::LogGroup
        Properties:
          RetentionInDays: 30
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Get: {Type: Api, Properties: {RestApiId: !Ref Api, Path: /, Method: get}}
    ```

    Of REST APIs the message also says whether answers are compressed. It is off by default: most APIs of most
    organisations state neither, or leave both to a gateway in front. A usage plan counts as throttling.

    **Ignore it when** the API is private, or something in front of it does this.

    **Source.** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
    """
    for api in stack.apis:
        missing = []
        if api.throttled is False and api.usage_plan is False:
            missing.append("throttling")
        if api.access_logs is False:
            missing.append("access logs")
        if not missing:
            continue
        if api.type == "api" and api.compressed is False:
            missing.append("compression")
        throttled = missing[0] != "throttling"
        result = "who called it cannot be told later" if throttled else "one client may use up all there is"
        yield Problem(api.location, f"{api.logical_id} states {_listed(missing)}: {result}")


def _listed(words: list[str]) -> str:
    *first, last = (f"no {word}" for word in words)
    return f"{', '.join(first)} and {last}" if first else last
