"""Texts with interpolations, in HCL and in its JSON form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tree_sitter import Node

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.documents import Map, Scalar, constant
from lambdalint.sources.documents import Sequence as JsonList
from lambdalint.sources.terraform.functions import joined
from lambdalint.sources.terraform.json_texts import written_out
from lambdalint.sources.terraform.syntax import File
from lambdalint.sources.terraform.texts import dedented, unescaped
from lambdalint.sources.values import Value, placed

if TYPE_CHECKING:
    from lambdalint.sources.terraform.expressions import Evaluator, Scope


def template(evaluator: Evaluator, node: Node, scope: Scope, place: Location) -> Value:
    """A text with interpolations. White space around these belongs to no node: it is what lies between."""
    whole = node.children[0]
    data = scope.file.data
    children = whole.children
    heredoc = whole.type == "heredoc_template"
    if heredoc:
        begin = data.find(b"\n", children[1].end_byte) + 1
        end = data.rfind(b"\n", 0, children[-1].start_byte) + 1
    else:
        begin, end = children[0].end_byte, children[-1].start_byte
    lines = data[begin:end].decode("utf-8", "replace").split("\n") if heredoc else []
    parts: list[Value] = []
    for child in children:
        if child.type not in ("template_interpolation", "template_directive"):
            continue
        parts.append(_raw(data[begin : child.start_byte], heredoc, place))
        inner = next((one for one in child.children if one.type == "expression"), None)
        if child.type == "template_directive" or inner is None:
            parts.append(Value(UNKNOWN, place, "%{...}", _refs_within(evaluator, child, scope, place)))
        else:
            parts.append(evaluator.value(inner, scope, place))
        begin = child.end_byte
    if len(parts) == 2 and not heredoc and begin == end and parts[0].data == "":
        return parts[1]  # "${x}" is x, of whatever kind
    parts.append(_raw(data[begin:end], heredoc, place))
    value = joined(parts, place)
    if heredoc and isinstance(value.data, str) and children[0].text == b"<<-":
        value = value._replace(data=dedented(value.data))
    text = value.data if isinstance(value.data, str) else value.text
    if heredoc and text.count("\n") == len(lines) - 1:
        return written_out(value, lines, scope.file.place(children[1]).line + 1)
    return value


def _raw(data: bytes, heredoc: bool, place: Location) -> Value:
    text = data.decode("utf-8", "replace")
    return Value(text.replace("$${", "${").replace("%%{", "%{") if heredoc else unescaped(text), place)


def _refs_within(evaluator: Evaluator, node: Node, scope: Scope, place: Location) -> tuple[str, ...]:
    refs: list[str] = []
    waiting = list(node.children)
    while waiting:
        one = waiting.pop()
        if one.type == "expression":
            refs += evaluator.value(one, scope, place).all_refs()
        else:
            waiting += one.children
    return tuple(dict.fromkeys(refs))


def json_value(evaluator: Evaluator, node: Any, scope: Scope, place: Location) -> Value:
    """An expression of the JSON form: texts are templates."""
    if isinstance(node, Scalar):
        data = constant(node)
        if not isinstance(data, str) or ("${" not in data and "%{" not in data):
            return Value(data, place)
        quoted = data.replace("\\", "\\\\").replace('"', '\\"') if "\n" in data else data
        source = File(scope.file.path, b'x = "' + quoted.replace("\n", "\\n").encode() + b'"')
        found = source.expression()
        if found is None:
            return Value(UNKNOWN, place, data)
        return placed(evaluator.value(found, scope._replace(file=source), place), place)
    if isinstance(node, JsonList):
        return Value([evaluator.value(one, scope, scope.file.place(one)) for one in node.value], place)
    if isinstance(node, Map):
        entries = scope.file.entries(node)
        return Value(
            {
                name: evaluator.value(value, scope, scope.file.place(value, key))
                for name, (key, value) in entries.items()
            },
            place,
        )
    return Value(UNKNOWN, place)
