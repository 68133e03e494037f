"""Terraform's functions of lists and maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.terraform.operations import Failed, chosen
from lambdalint.sources.values import Value, shown

Arguments = Sequence[Value]


def _merge(arguments: Arguments, place: Location) -> Value:
    data: dict[str, Value] = {}
    opened = False
    for one in arguments:
        maps = [one] if isinstance(one.data, dict) else list(one.maps())
        opened = opened or one.opened or one.assumed or (not isinstance(one.data, dict) and one.data is not None)
        for each in maps:
            data.update(each.data)
    return Value(data, place, opened=opened)


def _concat(arguments: Arguments, place: Location) -> Value:
    data: list[Value] = []
    opened = False
    for one in arguments:
        if isinstance(one.data, list):
            data += one.data
            opened = opened or one.opened
        else:
            opened = True
            data += [item for choice in one.choices if isinstance(choice.data, list) for item in choice.data]
            if one.data is UNKNOWN and not one.choices and one.text:
                data.append(one)
    return Value(data, place, opened=opened)


def _flatten(arguments: Arguments, place: Location) -> Value:
    data: list[Value] = []
    opened = arguments[0].opened
    waiting = list(reversed(items_in(arguments[0])))
    while waiting:
        one = waiting.pop()
        if isinstance(one.data, list):
            waiting += reversed(one.data)
            opened = opened or one.opened
        else:
            data.append(one)
    return Value(data, place, opened=opened)


def _lookup(arguments: Arguments, place: Location) -> Value | None:
    table, key = arguments[0], arguments[1]
    if not isinstance(table.data, dict) or not isinstance(key.data, (str, int)):
        return None
    found: Value | None = table.data.get(shown(key))
    if found is not None:
        return found
    if table.opened:
        return None
    if len(arguments) < 3:
        raise Failed
    return arguments[2]


def _coalesce(arguments: Arguments, place: Location) -> Value | None:
    possible: list[Value] = []
    for one in arguments:
        if one.data is None or one.data == "" or one.data == []:
            continue
        possible.append(one)
        if one.data is not UNKNOWN:
            break
    if not possible:
        raise Failed
    return possible[0] if len(possible) == 1 else chosen(possible, place)


def _element(arguments: Arguments, place: Location) -> Value | None:
    items, at = items_in(arguments[0]), arguments[1].data
    return items[at % len(items)] if items and isinstance(at, int) and not arguments[0].opened else None


def _to_set(arguments: Arguments, place: Location) -> Value | None:
    value = arguments[0]
    if not isinstance(value.data, list):
        return value if value.data is UNKNOWN and value.choices else None
    unique: dict[Any, Value] = {}
    for one in value.data:
        unique.setdefault(one.data if isinstance(one.data, (str, int, float)) else id(one), one)
    return value._replace(data=list(unique.values()), location=place)


def _keys(arguments: Arguments, place: Location) -> Value | None:
    value = arguments[0]
    if not isinstance(value.data, dict):
        return None
    return Value([Value(key, place) for key in sorted(value.data)], place, opened=value.opened)


def _length(arguments: Arguments, place: Location) -> Value | None:
    value = arguments[0]
    if value.choices:
        found = [_length([one], place) for one in value.choices]
        return chosen([one or Value(UNKNOWN, place) for one in found], place)
    return None if value.opened or value.data is UNKNOWN or value.data is None else Value(len(value.data), place)


def _contains(arguments: Arguments, place: Location) -> Value | None:
    value, wanted = arguments[0], arguments[1].data
    items = [one.data for one in items_in(value)]
    if wanted is UNKNOWN:
        return None
    if any(type(one) is type(wanted) and one == wanted for one in items):
        return Value(True, place)
    return None if value.opened or any(one is UNKNOWN for one in items) else Value(False, place)


def _same(arguments: Arguments, place: Location) -> Value:
    return arguments[0]


def _zipmap(arguments: Arguments, place: Location) -> Value:
    pairs = zip(items_in(arguments[0]), items_in(arguments[1]), strict=False)
    opened = arguments[0].opened or arguments[1].opened
    return Value({plain_text(key): one for key, one in pairs}, place, opened=opened)


def _range(arguments: Arguments, place: Location) -> Value:
    return Value([Value(one, place) for one in range(*(one.data for one in arguments))[:1000]], place)


def _compact(arguments: Arguments, place: Location) -> Value:
    kept = [one for one in items_in(arguments[0]) if one.data is not None and one.data != ""]
    return arguments[0]._replace(data=kept, location=place)


def _values(arguments: Arguments, place: Location) -> Value:
    data = arguments[0].data
    return Value([data[key] for key in sorted(data)], place, opened=arguments[0].opened)


def _one(arguments: Arguments, place: Location) -> Value | None:
    value = arguments[0]
    if value.opened or not isinstance(value.data, list) or len(value.data) > 1:
        return None
    return value.data[0] if value.data else Value(None, place)


def items_in(value: Value) -> list[Value]:
    if isinstance(value.data, list):
        return value.data
    if isinstance(value.data, dict):
        return list(value.data.values())
    raise TypeError


def plain_text(value: Value) -> str:
    """Of something that is known, as Terraform makes a text of it."""
    if isinstance(value.data, bool):
        return "true" if value.data else "false"
    if not isinstance(value.data, (str, int, float)):
        raise TypeError
    return str(value.data)


LISTS: dict[str, Callable[[Arguments, Location], Value | None]] = {
    "merge": _merge,
    "concat": _concat,
    "setunion": _concat,
    "flatten": _flatten,
    "lookup": _lookup,
    "coalesce": _coalesce,
    "coalescelist": _coalesce,
    "element": _element,
    "toset": _to_set,
    "distinct": _to_set,
    "tolist": _same,
    "tomap": _same,
    "tobool": _same,
    "sensitive": _same,
    "nonsensitive": _same,
    "sort": _same,
    "keys": _keys,
    "values": _values,
    "length": _length,
    "contains": _contains,
    "compact": _compact,
    "one": _one,
    "zipmap": _zipmap,
    "range": _range,
    "abspath": _same,
    "pathexpand": _same,
}
