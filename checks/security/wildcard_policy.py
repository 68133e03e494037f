"""LL706: a function may do more than anybody can oversee."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._actions import allowed_by, is_scoped
from lambdalint.checks._settings import all_of
from lambdalint.later import pattern
from lambdalint.model import Stack
from lambdalint.model.template import Function, Policy, Statement

ALL_POWERFUL = frozenset({"AdministratorAccess", "PowerUserAccess", "IAMFullAccess"})
OWN_OUTPUT = frozenset({"logs", "xray", "cloudwatch"})
"""Services to which a function sends what it tells of itself."""
OF_INSTANCES = frozenset({"ssm:sendcommand", "ssm:startautomationexecution", "ssm:startsession"})


_PLACEHOLDER = pattern(r"\$\{[^}]*\}")
_ALL_OF_A_KIND = pattern(
    r"arn:[^:]*:(dynamodb|events|kinesis|kms|lambda|s3|secretsmanager|sns|sqs|ssm|states):[^:]*:[^:]*:"
    r"(?:table/|event-bus/|stream/|key/|function:|secret:|parameter/|stateMachine:)?\*(?:/\*)?"
)
"""The ARN of everything of one kind."""
_DESCRIBING = pattern(
    r"[a-z0-9]+:(?:describe.*|list(?!bucket).*|get.*(?:acl|attributes|configuration|location|logging|notification|"
    r"policy|status|tagging|tags|url|versioning))"
)
"""Actions that tell how resources are set up, and nothing of what is in them."""


@check(Stack, code="LL706", severity=Severity.WARNING, since="0.1")
def wildcard_policy(stack: Stack) -> Iterator[Problem]:
    """A function's role allows all actions, all of a service on all resources, or one action on all.

    **Why it matters.** What a function may do, who gets into it may do: by a fault in its code, or in one of its
    libraries. With `*`, that is every table, bucket and queue of the account, also those of others.

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
                - Effect: Allow  # LL706
                  Action: dynamodb:*
                  Resource: "*"
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
                  Action: [dynamodb:GetItem, dynamodb:PutItem]
                  Resource: !GetAtt Table.Arn
      Table:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          KeySchema: [{AttributeName: id, KeyType: HASH}]
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
    ```

    Single actions on all resources are advice, and reported only where the data belongs to resources that a policy can
    name: tables, buckets, queues, topics, streams, secrets, keys, functions; and where a role is handed on
    (`iam:PassRole`). Actions that tell how a resource is set up, and nothing of what is in it, are not reported.
    `table/*` and `arn:aws:s3:::*` are everything, too, and so is `*` for a name that a policy template of SAM asks for.
    Statements with a condition are not reported, nor what is `*` in some cases only.

    **Ignore it when** the function's task is to look after all resources of the account.

    **Source.** https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    holders: dict[Statement | Policy, list[Function]] = {}
    for function in stack.functions:
        for policy in function.policies:
            holders.setdefault(policy, []).append(function)
        for statement in function.statements:
            holders.setdefault(statement, []).append(function)
    for one, functions in holders.items():
        who = all_of(functions)
        yield from _of_policy(one, who) if isinstance(one, Policy) else _of_statement(one, who)


def _of_policy(policy: Policy, who: str) -> Iterator[Problem]:
    if policy.everywhere and any(map(is_scoped, allowed_by(policy.of_aws, True) or ())):
        message = f"{policy.of_aws} is given *, and lets {who} do this to all resources of the account"
        yield Problem(policy.name.location, f"{message}; name those that it needs", severity=Severity.ADVICE)
    name = "" if policy.is_template else policy.of_aws
    if name in ALL_POWERFUL:
        message = f"{name} lets {who} do nearly everything in the account; allow the actions that it needs"
        yield Problem(policy.name.location, message)
    elif name.endswith("FullAccess") and not re.search(r"Logs|XRay|Xray|CloudWatch", name):
        message = f"{name} lets {who} do all that the service can, to all resources; allow the actions that it needs"
        yield Problem(policy.name.location, message, severity=Severity.ADVICE)


def _of_statement(statement: Statement, who: str) -> Iterator[Problem]:
    if statement.effect != "Allow" or statement.has_condition:
        return
    place = statement.location
    everywhere = "*" in statement.resources
    if "*" in statement.actions:
        where = "everything in the account" if everywhere else "everything to the resources named"
        message = f"a statement with Action * lets {who} do {where}; allow the actions that it needs"
        yield Problem(place, message, severity=None if everywhere else Severity.ADVICE)
        return
    if not everywhere:
        yield from _of_a_kind(statement, who)
        return
    if statement.not_actions:
        message = f"a statement with NotAction lets {who} do all that it does not name; allow the actions that it needs"
        yield Problem(place, message)
        return
    whole = [one.partition(":")[0] for one in statement.actions if one.endswith(":*")]
    whole = [one for one in dict.fromkeys(whole) if one.lower() not in OWN_OUTPUT]
    single = [one for one in dict.fromkeys(statement.actions) if _is_worth_naming(one)]
    if whole:
        message = f"{who} may do all that {_listed(whole)} can, to all resources; allow the actions that it needs"
        yield Problem(place, message)
    elif single:
        message = f"{who} may do {_listed(single)} to all resources of the account; name those that it needs"
        yield Problem(place, message, severity=Severity.ADVICE)


def _of_a_kind(statement: Statement, who: str) -> Iterator[Problem]:
    """Of a statement that names the account's tables, buckets or queues, but all of them."""
    for resource in statement.resources:
        found = _ALL_OF_A_KIND.fullmatch(_PLACEHOLDER.sub("x", resource))
        actions = [one for one in dict.fromkeys(statement.actions) if found and one.lower().startswith(f"{found[1]}:")]
        told = [one for one in actions if one.endswith(":*") or _is_worth_naming(one)]
        if told:
            message = f"{who} may do {_listed(told)} to all of {resource}; name those that it needs"
            yield Problem(statement.location, message, severity=Severity.ADVICE)
            return


def _is_worth_naming(action: str) -> bool:
    """Whether an action is on data, instances or roles that a policy should name."""
    action = action.lower()
    if action.startswith("ssm:"):
        return is_scoped(action) and ("parameter" in action or action in OF_INSTANCES)
    if action == "iam:passrole":
        return True
    return is_scoped(action) and _DESCRIBING.fullmatch(action) is None


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
