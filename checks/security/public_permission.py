"""LL705: every AWS account may invoke a function."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function


@check(Function, code="LL705", severity=Severity.ERROR, since="0.1")
def public_permission(function: Function) -> Iterator[Problem]:
    """A permission lets everybody with an AWS account invoke a function.

    **Why it matters.** The principal `*` is all accounts of AWS, not all of yours. Who knows the ARN can invoke the
    function with whatever event he makes up, past any API or queue in front of it, and you pay.

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
      OrdersPermission:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Orders
          Action: lambda:InvokeFunction
          Principal: "*"  # LL705
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
      OrdersPermission:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Orders
          Action: lambda:InvokeFunction
          Principal: apigateway.amazonaws.com
          SourceArn: !Sub arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*
    ```

    Function URLs without authentication need such a permission for calls by the URL: of these
    [open-function-url](open-function-url.md) speaks.

    **Ignore it when** the function is a public service to other accounts.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
    """
    for permission in function.permissions:
        principal = permission.principal
        if principal is None or principal.known != "*":
            continue
        limits = (permission.source_arn, permission.source_account, permission.organization, permission.url_auth)
        action = permission.action.known if permission.action is not None else None
        if any(one is not None for one in limits) or permission.via_url or action == "lambda:InvokeFunctionUrl":
            continue
        message = f"every AWS account may invoke {function.logical_id}; name the principal, or add SourceArn"
        yield Problem(principal.location, message)
