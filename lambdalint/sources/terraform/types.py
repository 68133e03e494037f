"""The types of variables: what they add to a value that leaves out what is optional."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tree_sitter import Node

from lambdalint.model.places import Location
from lambdalint.sources.terraform.syntax import Expression
from lambdalint.sources.values import Value

if TYPE_CHECKING:
    from lambdalint.sources.terraform.expressions import Evaluator, Scope

_OF_MANY = frozenset({"list", "set", "map"})


def typed(value: Value, type_: Expression, scope: Scope, evaluator: Evaluator) -> Value:
    """The value, with the defaults of `optional(...)` for what it does not state."""
    if not isinstance(type_, Node) or not isinstance(value.data, (dict, list)):
        return value
    if b"optional(" not in (type_.text or b""):
        return value
    return _typed(value, type_, scope, evaluator)


def _typed(value: Value, type_: Node, scope: Scope, evaluator: Evaluator) -> Value:
    name, arguments = _call(type_, scope)
    if not arguments:
        return value
    inner = arguments[0]
    if name in _OF_MANY and isinstance(value.data, list):
        return value._replace(data=[_typed(one, inner, scope, evaluator) for one in value.data])
    if name == "map" and isinstance(value.data, dict):
        return value._replace(data={key: _typed(one, inner, scope, evaluator) for key, one in value.data.items()})
    if name == "object" and isinstance(value.data, dict):
        data = dict(value.data)
        for key, of in _elements(inner, scope):
            given = data.get(key)
            kind, parts = _call(of, scope)
            if kind == "optional" and parts:
                of = parts[0]
                if given is None or given.data is None:
                    given = _default(parts, scope, evaluator, value.location)
            if given is not None:
                data[key] = _typed(given, of, scope, evaluator)
        return value._replace(data=data)
    return value


def _default(parts: list[Node], scope: Scope, evaluator: Evaluator, place: Location) -> Value:
    return evaluator.value(parts[1], scope, place) if len(parts) > 1 else Value(None, place)


def _call(node: Node, scope: Scope) -> tuple[str, list[Node]]:
    """The name and the arguments of `map(object({...}))`."""
    while node.type == "expression" and node.child_count == 1:
        node = node.children[0]
    if node.type != "function_call":
        return "", []
    listed = next((one for one in node.children if one.type == "function_arguments"), None)
    arguments = [one for one in listed.children if one.type == "expression"] if listed is not None else []
    return scope.file.text(node.children[0]), arguments


def _elements(node: Node, scope: Scope) -> Iterator[tuple[str, Node]]:
    while node.type in ("expression", "collection_value") and node.child_count == 1:
        node = node.children[0]
    if node.type == "object":
        for one in node.named_children:
            if one.type == "object_elem" and one.child_count >= 3:
                yield scope.file.text(one.children[0]).strip('"'), one.children[-1]
