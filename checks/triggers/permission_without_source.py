"""LL512: a service may invoke the function for anybody."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import spelled
from lambdalint.model import Function, Permission

_NO_SOURCE = frozenset(
    {"cloudformation.amazonaws.com", "edgelambda.amazonaws.com", "elasticloadbalancing.amazonaws.com"}
)
"""Macros and functions at the edge are of no other account unless it is allowed to; a target group needs the
permission before it exists."""


@check(Function, code="LL512", severity=Severity.WARNING, since="0.1")
def permission_without_source(function: Function) -> Iterator[Problem]:
    """A service may invoke the function whoever asks it to.

    **Why it matters.** `Principal: s3.amazonaws.com` is S3 itself, and not your bucket: anybody who knows the
    function's ARN can set up a bucket, a topic or a rule in an account of their own that invokes it, with what events
    they like. `SourceArn` and `SourceAccount` say for whom the service may do so.

    **Bad**

    ```yaml
    Resources:
      Receipts:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/receipts
      Permission:  # LL512
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Receipts
          Action: lambda:InvokeFunction
          Principal: sns.amazonaws.com
    ```

    **Good**

    ```yaml
    Resources:
      Receipts:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/receipts
      Permission:
        Type: AWS::Lambda::Permission
        Properties:
          FunctionName: !Ref Receipts
          Action: lambda:InvokeFunction
          Principal: sns.amazonaws.com
          SourceArn: arn:aws:sns:eu-west-1:123456789012:paid
    ```

    The ARN of a bucket names no account: when the bucket is deleted, somebody else may make one of that name. That
    `SourceAccount` is missing there is shown under `--pedantic`. Load balancers are left out, whose target group
    needs the permission before it has an ARN, and so are macros of CloudFormation.

    **Ignore it when** the function takes events from anywhere, and trusts none of them.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
    """
    arn, account = (spelled(name, function.format) for name in ("SourceArn", "SourceAccount"))
    for permission in function.permissions:
        principal = _service(permission)
        if not principal or principal in _NO_SOURCE or permission.organization is not None:
            continue
        if permission.source_arn is None and permission.source_account is None:
            message = f"{principal} may invoke {function.logical_id} for anybody's account"
            yield Problem(permission.location, f"{message}; state {arn}, or {account} where there is no ARN yet")
        elif principal == "s3.amazonaws.com" and permission.source_account is None:
            message = f"the bucket that may invoke {function.logical_id} could be made anew in another account"
            yield Problem(permission.location, f"{message}; state {account} too", severity=Severity.ADVICE, sure=False)


def _service(permission: Permission) -> str:
    """The service that may invoke; empty if it is an account, or not known."""
    action, principal = permission.action, permission.principal
    if action is None or action.known is None or not action.known.startswith(("lambda:Invoke", "lambda:*")):
        return ""
    known = principal.known if principal is not None else None
    return known if known is not None and known.endswith((".amazonaws.com", ".amazonaws.com.cn")) else ""
