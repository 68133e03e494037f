"""LL707: several functions have one role."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Stack


@check(Stack, code="LL707", severity=Severity.ADVICE, since="0.1", default=False)
def shared_role(stack: Stack) -> Iterator[Problem]:
    """Several functions of a template have the same role.

    **Why it matters.** Each of them may then do what any of them must. A fault in the least of them, such as the one
    that answers the public, opens the tables and queues of all.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Runtime: python3.13
        CodeUri: src/
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          Handler: orders.handler
          Role: arn:aws:iam::111122223333:role/shop  # LL707
      Receipts:
        Type: AWS::Serverless::Function
        Properties:
          Handler: receipts.handler
          Role: arn:aws:iam::111122223333:role/shop
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Runtime: python3.13
        CodeUri: src/
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          Handler: orders.handler
          Policies:
            - DynamoDBCrudPolicy: {TableName: orders}
      Receipts:
        Type: AWS::Serverless::Function
        Properties:
          Handler: receipts.handler
          Policies:
            - DynamoDBReadPolicy: {TableName: orders}
    ```

    **Ignore it when** the functions do the same things to the same resources.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
    """
    if stack.format == "zappa":
        return  # its functions are stages of one application
    holders: dict[str, list[Function]] = {}
    for function in stack.functions:
        if function.role is not None and (role := function.role.target or function.role.known or ""):
            holders.setdefault(role, []).append(function)
    for role, functions in holders.items():
        first = functions[0]
        if len(functions) > 1 and first.role is not None:
            others = f"{len(functions) - 1} other functions" if len(functions) > 2 else functions[1].logical_id
            short = role.rpartition("/")[2]
            message = f"{first.logical_id} and {others} have one role, {short}; give each its own"
            yield Problem(first.role.location, message)
