"""The functions of CloudFormation, and what they make of arguments that are worked out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.cloudformation.including import included
from lambdalint.sources.documents import Document, Node
from lambdalint.sources.paths import join
from lambdalint.sources.values import Value, as_integer, shown

if TYPE_CHECKING:
    from lambdalint.sources.cloudformation.expressions import Expressions

_OUTPUTS = "Outputs."
_VARIABLE = re.compile(r"\$\{([^}!][^}]*)\}")
MAX_CHOICES = 64
MAX_TEXT = 1_000_000
"""No template may be longer, so no text in it need be: a few lines of Sub and Join can stand for gigabytes."""


def get_att(template: Expressions, argument: Value, place: Location) -> Value:
    if isinstance(argument.data, list):
        text = ".".join(map(shown, argument.data))
    else:
        text = shown(argument)
    logical_id, _, attribute = text.partition(".")
    if attribute.startswith(_OUTPUTS):
        found = template._output(logical_id, attribute.removeprefix(_OUTPUTS), place)
        return found or Value(UNKNOWN, place, f"${{{text}}}")  # of a stack's outputs, one says nothing of the other
    return Value(UNKNOWN, place, f"${{{text}}}", template._refs_to(logical_id))


def sub(template: Expressions, argument: Value, place: Location) -> Value:
    given: Mapping[str, Value] = {}
    text = argument
    if isinstance(argument.data, list) and argument.data:
        text = argument.data[0]
        if len(argument.data) > 1 and isinstance(argument.data[1].data, dict):
            given = argument.data[1].data
    if not isinstance(text.data, str):
        return Value(UNKNOWN, place, text.text, text.refs)
    refs: list[str] = []
    known = True
    assumed = False
    room = MAX_TEXT

    def put(found: re.Match[str]) -> str:
        nonlocal known, assumed, room
        if room < 0:
            return ""
        name = found[1].strip()
        if name in given:
            value = given[name]
        elif "." in name and name not in template._loop:
            value = get_att(template, Value(name, place), place)
        else:
            value = template._ref(name, place)
        refs.extend(value.refs)
        assumed = assumed or value.assumed
        one = shown(value)
        room -= len(one)
        if value.data is UNKNOWN or isinstance(value.data, (list, dict)):
            known = False
            return one if one not in ("", "?") else found[0]
        return one

    result = _VARIABLE.sub(put, text.data).replace("${!", "${")
    found_refs = tuple(dict.fromkeys(refs))
    if room < 0:
        return Value(UNKNOWN, place, "", found_refs)
    return Value(result if known else UNKNOWN, place, "" if known else result, found_refs, assumed=assumed)


def join_(template: Expressions, argument: Value, place: Location) -> Value:
    parts = argument.data if isinstance(argument.data, list) else []
    refs = tuple(dict.fromkeys(argument.all_refs()))
    if len(parts) != 2 or not isinstance(parts[0].data, str):
        return Value(UNKNOWN, place, "", refs)
    if not isinstance(parts[1].data, list):
        return Value(UNKNOWN, place, parts[1].text, refs)
    texts = [shown(one) for one in parts[1].data]
    if sum(map(len, texts)) + len(parts[0].data) * len(texts) > MAX_TEXT:
        return Value(UNKNOWN, place, "", refs)
    joined = parts[0].data.join(texts)
    known = all(isinstance(one.data, (str, int, float)) for one in parts[1].data)
    return Value(joined if known else UNKNOWN, place, "" if known else joined, refs)


def if_(template: Expressions, argument: Value, place: Location) -> Value:
    if not isinstance(argument.data, list) or len(argument.data) != 3:
        return Value(UNKNOWN, place)
    branches: list[Value] = [one for branch in argument.data[1:] for one in (branch.choices or (branch,))]
    _cut(branches, place)
    stated = [one for one in branches if one.data is not None or one.choices]
    optional = len(stated) < len(branches) or any(one.optional for one in argument.data[1:])
    if not stated:
        return Value(None, place)
    refs = tuple(dict.fromkeys(ref for one in stated for ref in one.refs))
    text = " or ".join(dict.fromkeys(shown(one) for one in stated if not isinstance(one.data, (list, dict))))
    if len(stated) == 1:
        return stated[0]._replace(location=place, optional=True, choices=())
    return Value(UNKNOWN, place, text, refs, tuple(stated), optional)


def find_in_map(template: Expressions, argument: Value, place: Location) -> Value:
    names = argument.data if isinstance(argument.data, list) else []
    if len(names) < 3 or not isinstance(names[0].data, str) or names[0].data not in template._mappings:
        return Value(UNKNOWN, place)
    table = template.document.entries(template._mappings[names[0].data][1])
    rows = _chosen(table, names[1])
    found = [
        template.value(node)._replace(location=place)
        for row in rows
        for node in _chosen(template.document.entries(row), names[2])
    ]
    if len(names) > 3 and not found:
        default = names[3].get("DefaultValue")
        found = [default._replace(location=place)] if default is not None else []
    _cut(found, place)
    return _one_of(found, place)


def _chosen(table: Mapping[str, tuple[Node, Node]], key: Value) -> list[Node]:
    if isinstance(key.data, (str, int)) and not isinstance(key.data, bool):
        return [table[str(key.data)][1]] if str(key.data) in table else []
    return [node for _, node in table.values()]


def select(template: Expressions, argument: Value, place: Location) -> Value:
    parts = argument.data if isinstance(argument.data, list) else []
    if len(parts) == 2 and isinstance(parts[1].data, list):
        index = as_integer(parts[0])
        if index is not None and 0 <= index < len(parts[1].data):
            one = parts[1].data[index]
            return Value(one.data, place, one.text, one.refs, one.choices, one.optional)
    return Value(UNKNOWN, place, "", tuple(dict.fromkeys(argument.all_refs())))


def split(template: Expressions, argument: Value, place: Location) -> Value:
    parts = argument.data if isinstance(argument.data, list) else []
    if len(parts) == 2 and isinstance(parts[0].data, str) and parts[0].data and isinstance(parts[1].data, str):
        listed = [Value(part, place) for part in parts[1].data.split(parts[0].data)]
        return Value(listed, place, assumed=parts[1].assumed)
    return Value(UNKNOWN, place, "", tuple(dict.fromkeys(argument.all_refs())))


def base64(template: Expressions, argument: Value, place: Location) -> Value:
    return argument._replace(location=place)


def transform(template: Expressions, argument: Value, place: Location) -> Value:
    document = snippet(template, argument)
    return Value(UNKNOWN, place) if document is None else template.within(document).value(document.root)


def snippet(template: Expressions, argument: Value) -> Document | None:
    """What a Transform puts in its place; None where that is not known."""
    name = argument.get("Name")
    if template._files is None or name is None or name.data != "AWS::Include":
        return None
    where = argument.get("Parameters", "Location")
    document = included(where, join(template.path, ".."), template._files)
    return None if document is None or document.path in template._including else document


def _cut(values: list[Value], place: Location) -> None:
    """Leave as many as may be looked at; the others are then something that is not known."""
    if len(values) > MAX_CHOICES:
        values[MAX_CHOICES:] = [Value(UNKNOWN, place)]


def _one_of(values: list[Value], place: Location) -> Value:
    if not values:
        return Value(UNKNOWN, place)
    if all(one.data == values[0].data and one.data is not UNKNOWN for one in values):
        return values[0]
    text = " or ".join(dict.fromkeys(shown(one) for one in values if not isinstance(one.data, (list, dict))))
    return Value(UNKNOWN, place, text, (), tuple(values))


METHODS: dict[str, Callable[[Expressions, Value, Location], Value]] = {
    "GetAtt": get_att,
    "Sub": sub,
    "Join": join_,
    "If": if_,
    "FindInMap": find_in_map,
    "Select": select,
    "Split": split,
    "Base64": base64,
    "Transform": transform,
}
