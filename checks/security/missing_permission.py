"""LL711: the code calls what its role does not allow."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._actions import allowed_by, any_matches, needed
from lambdalint.model import Call, Function, Handler

BY_OTHERS = ("sts:*", "kms:*")
"""What is as often allowed by the policy of the other side: of the role to assume, of the key."""


@check(Handler, code="LL711", severity=Severity.WARNING, since="0.1")
def missing_permission(handler: Handler) -> Iterator[Problem]:
    """The handler calls an operation that no policy of its function allows.

    **Why it matters.** The first invocation that comes so far ends with an `AccessDenied`. Tests that replace AWS by
    something else do not show it, nor does a run on a machine whose user may do everything.

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
          Policies:
            - DynamoDBReadPolicy: {TableName: !Ref Table}
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    ```

    ```python
    # file: src/app.py
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        order = table.get_item(Key={"id": event["id"]})["Item"]
        table.put_item(Item=order | {"seen": True})  # LL711
        return order["id"]
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
          Policies:
            - DynamoDBCrudPolicy: {TableName: !Ref Table}
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    ```

    ```python
    # file: src/app.py
    import boto3

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        order = table.get_item(Key={"id": event["id"]})["Item"]
        table.put_item(Item=order | {"seen": True})
        return order["id"]
    ```

    It is said only where all statements of the role are known, of every function that has this handler. Left alone are
    clients with credentials of their own or of another place, calls on an error path, what keys and other roles decide
    (KMS, STS), and what a queue, a topic, a bucket or a secret of the template may allow by a policy of its own. Which
    resources are meant, and what is denied, is not looked at. The opposite is
    [granted-but-unused](granted-but-unused.md).

    **Ignore it when** a resource that stands in another template allows it to the function by a policy of its own.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    granted = _granted_to_all(handler)
    if granted is None:
        return
    told: set[str] = set()
    for call in handler.warm_calls.operations:
        if _has_other_credentials(call) or call.on_error_path:
            continue
        for action in needed(call.service, _operation(call)) or ():
            if action.lower() not in told and not any_matches(granted, action):
                told.add(action.lower())
                of = " or ".join(one.logical_id for one in handler.functions[:2])
                message = f"{call.operation} needs {_shown(call, action)}, which no policy of {of} allows; allow it"
                yield Problem(call.location, message, trace=call.trace)


def _granted_to_all(handler: Handler) -> list[str] | None:
    """The patterns of what its functions are allowed, or may be by others; None where that is not known."""
    if not handler.functions or not handler.complete:
        return None
    found = [*BY_OTHERS]
    for function in handler.functions:
        granted = _granted(function) if function.policies_known else None
        if granted is None:
            return None  # it may run for this one only
        found += granted
        found += (f"{service}:*" for service in function.opened_services)
    return found


def _granted(function: Function) -> list[str] | None:
    """The patterns of what is allowed; None where that is not known."""
    found: list[str] = []
    for statement in function.statements:
        if statement.effect != "Allow":
            continue
        if not statement.known or statement.not_actions:
            return None
        found += statement.actions
    for policy in function.policies:
        actions = allowed_by(policy.of_aws, policy.is_template)
        if actions is None:
            return None
        found += actions
    return None if any("$" in one for one in found) else found


def _operation(call: Call) -> str:
    """What a call comes to: of a paginator, the operation of its pages."""
    if call.operation in ("get_paginator", "get_waiter"):
        named = call.argument(0, "operation_name")
        is_page = call.operation == "get_paginator" and named is not None and isinstance(named.value, str)
        return str(named.value) if is_page and named is not None else ""
    return call.operation


def _has_other_credentials(call: Call) -> bool:
    """Whether the client may have others than the role's, or be one of another place than AWS."""
    maker: Call | None = call.receiver
    while maker is not None:
        given = {*maker.keywords} & {"aws_access_key_id", "aws_session_token", "endpoint_url", "profile_name", "**"}
        values = [*maker.positional, *maker.keywords.values()]
        if given or any(one.from_credentials for one in values) or maker.argument(None, "botocore_session"):
            return True
        maker = maker.receiver
    return False


def _shown(call: Call, action: str) -> str:
    """An action as it is written: `dynamodb:PutItem`."""
    prefix = action.partition(":")[0]
    words = "".join(word.capitalize() for word in call.operation.split("_"))
    return f"{prefix}:{words}" if f"{prefix}:{words}".lower() == action.lower() else action
