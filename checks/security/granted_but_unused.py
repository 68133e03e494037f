"""LL709: a role allows what the code has no use for."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._actions import allowed_by, any_matches, users
from lambdalint.checks._reach import all_calls, is_open
from lambdalint.model import Function, Handler
from lambdalint.model.code import Wording

OF_THE_SERVICE = (
    "sqs:receivemessage sqs:deletemessage* sqs:getqueueattributes sqs:getqueueurl sqs:changemessagevisibility* "
    "kinesis:describe* kinesis:get* kinesis:list* kinesis:subscribetoshard dynamodb:describestream dynamodb:getrecords "
    "dynamodb:getsharditerator dynamodb:liststreams logs:* cloudwatch:* kms:*"
).split()
"""What Lambda itself, or a service in the function's name, does with the role: reading sources, decrypting."""
OF_DESTINATIONS = (
    "sqs:sendmessage sns:publish events:putevents lambda:invokefunction s3:putobject s3:listbucket".split()
)
OF_EXTENSIONS = "ssm:* secretsmanager:* s3:*".split()
"""What a layer may do by itself."""
SIMPLE = frozenset(
    """
    apigatewaymanagementapi cloudwatch cognito-idp comprehend dynamodb dynamodbstreams events firehose iot-data kinesis
    kms lambda logs s3 secretsmanager ses sesv2 sns sqs ssm stepfunctions sts translate
    """.split()
)
"""Clients that do nothing with the function's role at other services, as those do that are given a place in S3."""
OBJECTS = frozenset({"s3", "sqs", "sns", "iam", "ec2", "cloudwatch", "cloudformation", "glacier"})
"""Services that boto3 has resources for, whose methods have names of their own."""
BUILDERS = (".client", ".resource", ".create_client")


@check(Handler, code="LL709", severity=Severity.ADVICE, since="0.1")
def granted_but_unused(handler: Handler) -> Iterator[Problem]:
    """The policies of a function allow actions that its code has no use for.

    **Why it matters.** What is allowed and never needed serves only those who get in.

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
            - Statement:
                - Effect: Allow  # LL709
                  Action: [dynamodb:GetItem, dynamodb:DeleteTable]
                  Resource: !GetAtt Table.Arn
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
        return table.get_item(Key={"id": event["id"]})["Item"]["total"]
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
            - Statement:
                - Effect: Allow
                  Action: [dynamodb:GetItem]
                  Resource: !GetAtt Table.Arn
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    ```

    It is said only where both sides are known: all statements of the role; the code and all that it imports, be it by
    the names of well-known libraries. Patterns such as `s3:Get*`, roles that others have too, and actions that Lambda
    itself needs of the role, to read a queue or to reach a destination, are left alone; so is what a queue, a topic, a
    bucket or a secret of the template may allow by a policy of its own. Which resources are meant is not looked at.

    **Ignore it when** the policy is kept wider for what comes next.

    **Source.** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
    """
    functions = [one for one in handler.functions if one.policies_known]
    if not functions or not handler.complete:
        return
    narrow = [one for one in functions if _is_its_own(one)]
    if not narrow or not _is_simple(handler):
        return
    wording = handler.wording()
    if is_open(handler, wording) or "boto3" not in wording.libraries:
        return  # of code without the SDK, the policy is for what takes its place
    for function in narrow:
        yield from _unused(function, wording)


# -- allowed, and not needed -------------------------------------------------------------------------------


def _is_its_own(function: Function) -> bool:
    """Whether something is allowed to the function, and to nobody else."""
    if function.role_shared or (function.code is not None and function.code.kind == "image"):
        return False
    return bool(function.statements) or any(policy.is_template for policy in function.policies)


def _is_simple(handler: Handler) -> bool:
    """Whether all clients are known by their names, and do nothing at other services."""
    for call in all_calls(handler):
        if call.name.startswith(("boto3.", "botocore.")) and call.name.endswith(BUILDERS):
            named = call.argument(0, "service_name")
            if named is None or named.value not in SIMPLE:
                return False
    return True


def _unused(function: Function, wording: Wording) -> Iterator[Problem]:
    who = function.logical_id
    for policy in function.policies:
        name = policy.of_aws
        actions = allowed_by(name, policy.is_template) if policy.is_template else None
        if actions and all(_is_unused(one, function, wording) for one in actions):
            message = f"{name} lets {who} do what nothing in its code needs; take it out"
            yield Problem(policy.name.location, message)
    for statement in function.statements:
        if statement.effect != "Allow" or not statement.known:
            continue
        unused = [one for one in statement.actions if _is_unused(one, function, wording)]
        if unused:
            shown = ", ".join(unused[:3]) + (f" and {len(unused) - 3} more actions" if len(unused) > 3 else "")
            message = f"nothing in the code of {who} needs {shown}; take that out of its policy"
            yield Problem(statement.location, message)


def _is_unused(action: str, function: Function, wording: Wording) -> bool:
    """Whether no word in the code could be a call that needs the action."""
    names = users(action)
    if names is None or any_matches(_of_others(function), action):
        return False
    prefix = action.partition(":")[0].lower()
    if prefix in OBJECTS and {"resource", prefix} <= wording.words:
        return False
    if prefix == "secretsmanager" and "ssm" in wording.words:
        return False  # a parameter may be a reference to a secret
    return not names & wording.words


def _of_others(function: Function) -> list[str]:
    """The actions that something besides the code may need."""
    found = [*OF_THE_SERVICE]
    targets = [function.dead_letter, function.on_failure, function.on_success]
    targets += [trigger.on_failure for trigger in function.triggers]
    if any(one is not None for one in targets):
        found += OF_DESTINATIONS
    if function.layers is not None:
        found += OF_EXTENSIONS
    if not function.triggers_known or any(
        one.type in ("kafka", "msk", "mq", "documentdb") for one in function.triggers
    ):
        found += OF_EXTENSIONS
    return found
