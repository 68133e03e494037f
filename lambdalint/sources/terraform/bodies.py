"""What stands in a block, as one value: attributes, nested blocks, and those that `dynamic` makes."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from lambdalint.model.places import UNKNOWN
from lambdalint.sources.terraform.expressions import Evaluator, Scope
from lambdalint.sources.terraform.operations import items_of
from lambdalint.sources.terraform.syntax import Block
from lambdalint.sources.values import Value, throughout

_META_ATTRIBUTES = frozenset("count for_each provider providers tags tags_all source version description".split())
_META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})


def body(block: Block, scope: Scope, evaluator: Evaluator, *, meta: bool = False) -> Value:
    """The attributes and nested blocks of a block. Blocks are lists of maps, as they may stand there several times."""
    place = block.location
    data: dict[str, Value] = {}
    for name, attribute in block.attributes.items():
        if name == "depends_on":
            data[name] = Value(True, place)
        elif name not in _META_ATTRIBUTES or (meta and name == "source"):
            data[name] = evaluator.attribute(attribute, scope)
    for inner in block.blocks:
        if inner.type in _META_BLOCKS:
            continue
        if inner.type == "dynamic" and inner.labels:
            name = inner.labels[0]
            made, opened = _dynamic(inner, scope, evaluator)
        else:
            name, made, opened = inner.type, [body(inner, scope, evaluator)], False
        before = data.get(name)
        if before is not None and isinstance(before.data, list):
            made, opened = [*before.data, *made], opened or before.opened
        if made:
            data[name] = Value(made, made[0].location, opened=opened)
    return Value(data, place)


def _dynamic(block: Block, scope: Scope, evaluator: Evaluator) -> tuple[list[Value], bool]:
    """The blocks that a `dynamic` block makes, and whether there may be others."""
    content = next((one for one in block.blocks if one.type == "content"), None)
    stated = block.attributes.get("for_each")
    if content is None or stated is None:
        return [], True
    named = block.attributes.get("iterator")
    name = block.labels[0]
    if named is not None:
        name = named.file.text(named.expression) if isinstance(named.expression, Node) else name
    whole = evaluator.attribute(stated, scope)
    maybe = whole.data is UNKNOWN or whole.optional or whole.opened
    made = []
    for key, value in items_of(whole):
        each = Value({"key": Value(key, value.location), "value": value}, value.location)
        made.append(body(content, scope.inside(**{name: each}), evaluator))
    if whole.data is UNKNOWN and not made and not whole.choices:
        refs = tuple(dict.fromkeys(whole.all_refs()))
        unknown = Value(UNKNOWN, whole.location, f"${{{name}.value}}", refs)
        each = Value({"key": unknown._replace(text=f"${{{name}.key}}"), "value": unknown}, whole.location)
        made.append(body(content, scope.inside(**{name: each}), evaluator))
    return [optional(one) if maybe else one for one in made], maybe


def optional(value: Value) -> Value:
    """The value with all in it, as it is stated under some condition only."""
    return throughout(value, lambda one: one._replace(optional=True))


def document(block: Block, scope: Scope, evaluator: Evaluator) -> Value:
    """The policy that an `aws_iam_policy_document` makes, in the words of IAM."""
    whole = body(block, scope, evaluator)
    statements = list(_statements(whole))
    return Value({"Statement": Value(statements, whole.location)}, whole.location)


def _statements(whole: Value) -> Iterator[Value]:
    for name in ("source_policy_documents", "source_json", "override_policy_documents", "override_json"):
        for one in _each(whole.get(name)):
            inner = one.decoded.get("Statement") if one.decoded is not None else None
            if inner is not None and isinstance(inner.data, list):
                yield from inner.data
            elif one.data != "":
                yield Value(UNKNOWN, one.location)
    stated = whole.get("statement")
    for one in _each(stated):
        yield statement(one)
    if stated is not None and stated.opened and not stated.data:
        yield Value(UNKNOWN, stated.location)


def statement(one: Value) -> Value:
    """A statement in the words of IAM, of one in Terraform's."""
    data: dict[str, Value] = {}
    for name, key in _KEYS.items():
        value = one.get(name)
        if value is not None:
            data[key] = value
    principals: dict[str, Value] = {}
    for principal in _each(one.get("principals")):
        kind, identifiers = principal.get("type"), principal.get("identifiers")
        if identifiers is not None:
            principals[str(kind.data) if kind is not None else "AWS"] = identifiers
    if principals:
        data["Principal"] = Value(principals, one.location)
    conditions: dict[str, Value] = {}
    stated = one.get("condition")
    for condition in _each(stated):
        test, variable = condition.get("test"), condition.get("variable")
        if variable is not None:
            entry = {str(variable.data): condition.get("values") or Value([], one.location)}
            name = str(test.data) if test is not None else ""
            before = conditions[name].data if name in conditions else {}
            conditions[name] = Value({**before, **entry}, one.location)
    if conditions or (stated is not None and stated.opened):
        data["Condition"] = Value(conditions, one.location)
    return Value(data, one.location, optional=one.optional)


_KEYS = {
    "effect": "Effect",
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def _each(value: Value | None) -> Iterator[Value]:
    if value is None:
        return
    if isinstance(value.data, list):
        yield from value.data
    else:
        yield value
