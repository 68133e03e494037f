"""What the role of a function allows, where the template says it."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Policy, Statement
from lambdalint.sources.cloudformation.functions import Draft
from lambdalint.sources.cloudformation.template import Declarations, Resource
from lambdalint.sources.policies import statements
from lambdalint.sources.values import Settings, Value


def give(template: Declarations, settings: Settings, drafts: dict[str, Draft]) -> None:
    """Put the statements and managed policies of the roles into the drafts of the functions that have them."""
    roles = {one.logical_id: one for one in template.resources("AWS::IAM::Role")}
    apart = list(template.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"))
    for draft in drafts.values():
        role = draft["role"]
        if role is None or role.target not in roles:
            continue
        owner = roles[role.target]
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
        known = known and all(one.name.known is not None for one in named)
        draft.update(statements=tuple(found), policies=tuple(named), policies_known=known)


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


def _each(value: Value | None) -> Iterator[Value]:
    if value is None:
        return
    if value.choices:
        for choice in value.choices:
            yield from _each(choice)
    elif isinstance(value.data, list):
        for one in value.data:
            yield from (one.choices or (one,))
