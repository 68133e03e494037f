"""Texts of JSON, such as policies: what they say, however they are written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lambdalint.later import pattern
from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.terraform.operations import number
from lambdalint.sources.values import Value

_INDEX = re.compile(r"\[[^\]]*\]")
_TOKENS = pattern(r'"(?:[^"\\]|\\.)*"|[{}\n]', re.DOTALL)
"""Texts, braces, and ends of lines."""
_REFERENCE = re.compile(r"\$\{([\w.\-]+)")


def document_of(value: Value | None) -> Value | None:
    """What a text of JSON says, be it written as an expression or as a text with interpolations."""
    if value is None:
        return None
    if value.decoded is not None:
        return value.decoded
    if value.choices:
        found = [document_of(one) or one for one in value.choices]
        return value._replace(data=UNKNOWN, choices=tuple(found))
    if isinstance(value.data, (dict, list)):
        return value
    text = value.data if isinstance(value.data, str) else value.text
    if not text or text.lstrip()[:1] not in "{[":
        return Value(UNKNOWN, value.location, value.text, value.refs)
    try:
        found_data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Value(UNKNOWN, value.location, "", value.refs)
    return _with_refs(of_python(found_data, value.location), value.refs)


def of_file(value: Value, path: str, text: str) -> Value:
    """What a file says: as a policy, its statements are at their own lines, if what was put in for names has none."""
    lines = text.split("\n")
    filled = value.data if isinstance(value.data, str) else value.text
    return written_out(value, lines, 1, path) if filled.count("\n") == len(lines) - 1 else value


def written_out(value: Value, lines: Sequence[str], first: int, path: str = "") -> Value:
    """A text that stands in the file as it is, line by line: as a policy, its statements are at their own lines."""
    text = value.data if isinstance(value.data, str) else value.text
    if value.choices or '"Statement"' not in text or text.lstrip()[:1] != "{":
        return value
    place = value.location._replace(path=path) if path else value.location
    try:
        found = json.loads(text, strict=False, object_pairs_hook=_placed(text, place, lines, first))
    except (ValueError, RecursionError):
        return value
    return value._replace(decoded=_with_refs(of_python(found, value.location), value.refs))


def _placed(text: str, place: Location, lines: Sequence[str], first: int) -> Callable[[list[tuple[str, Any]]], Value]:
    """Makes the maps of a text, inner ones first, each at the line where it begins."""
    begins = _begins(text)

    def made(pairs: list[tuple[str, Any]]) -> Value:
        number = next(begins)
        line = lines[number] if number < len(lines) else ""
        column = len(line) - len(line.lstrip()) + 1
        where = Location(place.path, first + number, column, first + number, len(line.rstrip()) + 1)
        return Value({key: of_python(one, where) for key, one in pairs}, where)

    return made


def _begins(text: str) -> Iterator[int]:
    """The lines in which maps begin, in the order in which these end."""
    opened: list[int] = []
    number = 0
    for found in _TOKENS.finditer(text):
        token = found[0]
        number += token.count("\n")
        if token == "{":
            opened.append(number)
        elif token == "}":
            yield opened.pop()


def of_python(data: Any, place: Location) -> Value:
    """The opposite of what makes JSON of values: with everything at one place, but what has one of its own."""
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        return Value({str(key): of_python(one, place) for key, one in data.items()}, place)
    if isinstance(data, list):
        return Value([of_python(one, place) for one in data], place)
    if isinstance(data, float):
        return Value(number(data), place)
    return Value(data if isinstance(data, (str, int)) else None, place)


def _with_refs(value: Value, refs: tuple[str, ...]) -> Value:
    """The value, its texts with `${aws_lambda_function.orders.arn}` in them as what they are."""
    data = value.data
    if isinstance(data, dict):
        return value._replace(data={key: _with_refs(one, refs) for key, one in data.items()})
    if isinstance(data, list):
        return value._replace(data=[_with_refs(one, refs) for one in data])
    if not isinstance(data, str) or "${" not in data:
        return value
    named = _REFERENCE.findall(data)
    meant = tuple(ref for ref in refs if any(f"{one}.".startswith(f"{_own(ref)}.") for one in named))
    return Value(UNKNOWN, value.location, data, meant)


def _own(address: str) -> str:
    """An address as expressions of its own module have it."""
    parts = _INDEX.sub("", address).split(".")
    while len(parts) > 2 and parts[0] == "module":
        parts = parts[2:]
    return ".".join(parts)
