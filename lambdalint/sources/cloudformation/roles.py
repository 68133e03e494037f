"""What the role of a function allows, where the template says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Policy, Statement, Trigger
from lambdalint.sources.cloudformation.functions import Draft
from lambdalint.sources.cloudformation.template import Declarations, Resource
from lambdalint.sources.policies import statements
from lambdalint.sources.values import Settings, Value, shown

_LAMBDA = "lambda.amazonaws.com"
_EDGE = "edgelambda.amazonaws.com"
"""CloudFront copies the functions whose role it may take to its own places."""
_OF_RESOURCES = {
    "AWS::SQS::QueuePolicy": "sqs",
    "AWS::SNS::TopicPolicy": "sns",
    "AWS::S3::BucketPolicy": "s3",
    "AWS::SecretsManager::ResourcePolicy": "secretsmanager",
}
"""Policies that queues, topics, buckets and secrets have themselves: within an account they are enough."""
_OF_THE_FRAMEWORK = "IamRoleLambdaExecution"
"""The role that the Serverless Framework makes."""


def give(template: Declarations, settings: Settings, drafts: dict[str, Draft]) -> None:
    """Put the statements and managed policies of the roles into the drafts of the functions that have them."""
    apart = list(template.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"))
    users = Counter(draft["role"].target for draft in drafts.values() if draft["role"] is not None)
    for logical_id, draft in drafts.items():
        role = draft["role"]
        if role is None and any(_names(policy, f"{logical_id}Role", _OF_THE_FRAMEWORK) for policy in apart):
            draft["policies_known"] = False  # the role is made by a tool, and something else adds to it
        owner = _role(template, role.target) if role is not None else None
        if role is None or owner is None:
            continue
        trusted = _trusted(owner)
        draft["role_shared"] = users[role.target] > 1 or not trusted or not trusted <= {_LAMBDA, _EDGE}
        if _EDGE in trusted and not any(one.type == "cloudfront" for one in draft["triggers"]):
            draft["triggers"].append(Trigger("cloudfront", owner.location))  # its distribution may stand elsewhere
        found, named, known = _of_role(owner, settings)
        for policy in apart:
            p = policy.properties
            holders = [p.get("Roles"), p.get("RoleName")]
            refers = any(role.target in value.all_refs() for value in holders if value is not None)
            managed = owner.properties.get("ManagedPolicyArns")
            refers = refers or (managed is not None and policy.logical_id in managed.all_refs())
            if refers:
                found += statements(p.get("PolicyDocument"))
        own = {policy.logical_id for policy in apart}
        named = [one for one in named if one.name.target not in own]
        known = known and all(one.known for one in found)
        known = known and all(one.name.known is not None or one.of_aws for one in named)
        draft.update(statements=tuple(found), policies=tuple(named), policies_known=known)
    if any(draft.get("policies_known") for draft in drafts.values()):
        opened = frozenset(_opened(template))
        for draft in drafts.values():
            draft["opened_services"] = opened


def _role(template: Declarations, logical_id: str) -> Resource | None:
    """Most roles are of something else: none is looked into before it is asked for."""
    return template.resource(logical_id) if template.types.get(logical_id) == "AWS::IAM::Role" else None


def _of_role(role: Resource, settings: Settings) -> tuple[list[Statement], list[Policy], bool]:
    p = role.properties
    found: list[Statement] = []
    known = not p.opened
    policies = p.get("Policies")
    if policies is not None and policies.data is UNKNOWN and not policies.choices:
        known = False
    for one in _each(policies):
        found += statements(one.get("PolicyDocument"))
    named = []
    managed = p.get("ManagedPolicyArns")
    for one in _each(managed):
        setting = settings.string(one)
        if setting is not None:
            named.append(Policy(setting))
    if managed is not None and managed.data is UNKNOWN and not managed.choices:
        known = False
    return found, named, known


def _names(policy: Resource, *roles: str) -> bool:
    """Whether a policy is attached to a role that has no resource of its own in the template."""
    holders = (policy.properties.get("Roles"), policy.properties.get("RoleName"))
    named = [shown(one) for holder in holders if holder is not None for one in holder.elements()]
    return any(f"${{{role}}}" in one for one in named for role in roles)


def _opened(template: Declarations) -> Iterator[str]:
    """The services of whose resources one may let functions do something, whatever their roles say."""
    for policy in template.resources(*_OF_RESOURCES):
        document = policy.properties.get("PolicyDocument") or policy.properties.get("ResourcePolicy")
        for one in statements(document):
            if one.effect == "Allow" and (not one.known or any(_may_be_role(who, one) for who in one.principals)):
                yield _OF_RESOURCES[policy.type]


def _may_be_role(principal: str, statement: Statement) -> bool:
    """Whether roles of the account may be meant: no service, and not everybody by way of a service."""
    by_service = any(key.lower() in ("aws:sourcearn", "aws:sourceaccount") for key in statement.conditions)
    return not principal.endswith(".amazonaws.com") and not (principal == "*" and by_service)


def _trusted(role: Resource) -> set[str]:
    """Who may take a role."""
    return {one for each in statements(role.properties.get("AssumeRolePolicyDocument")) for one in each.principals}


def _each(value: Value | None) -> Iterator[Value]:
    if value is None:
        return
    if value.choices:
        for choice in value.choices:
            yield from _each(choice)
    elif isinstance(value.data, list):
        for one in value.data:
            yield from (one.choices or (one,))
