"""Steps into values, operators and conditions of Terraform's language."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.values import Value, as_boolean, shown

MAX_CHOICES = 32


class Failed(Exception):
    """What Terraform would refuse to work out."""


class Step(NamedTuple):
    """One step into a value: `.name`, `[0]`, `[*]`."""

    kind: str
    """`key` or `splat`."""
    key: Value


def follow(value: Value, steps: Sequence[Step], place: Location) -> Value:
    """The value at the end of some steps. Raises `Failed` where there certainly is none."""
    for number, step in enumerate(steps):
        if step.kind == "splat":
            if value.data is UNKNOWN:
                return value._replace(location=place, choices=())
            items = value.data if isinstance(value.data, list) else [] if value.data is None else [value]
            return Value(
                [follow(one, steps[number + 1 :], place) for one in items],
                place,
                opened=value.opened,
            )
        value = _at(value, step.key, place)
    return value


def _at(value: Value, key: Value, place: Location) -> Value:
    data = value.data
    if value.choices:
        return chosen([one for choice in value.choices for one in _try(choice, key, place)], place)
    if data is UNKNOWN or key.data is UNKNOWN:
        refs = value.refs or tuple(dict.fromkeys(value.all_refs()))
        if isinstance(data, (dict, list)) and key.data is UNKNOWN:
            items = list(data.values()) if isinstance(data, dict) else data
            return chosen(items, place) if items and not value.opened else Value(UNKNOWN, place, "", refs)
        return Value(UNKNOWN, place, _text(value.text, key), refs)
    if isinstance(data, dict):
        name = shown(key)
        found: Value | None = data.get(name)
        if found is not None:
            return found
        if value.opened:
            return Value(UNKNOWN, place)
        raise Failed
    if isinstance(data, list):
        if isinstance(key.data, str) and key.data.isdigit():
            key = key._replace(data=int(key.data))
        if isinstance(key.data, int) and not isinstance(key.data, bool):
            if -1 < key.data < len(data):
                item: Value = data[key.data]
                return item
            if value.opened:
                return Value(UNKNOWN, place)
    raise Failed


def _try(value: Value, key: Value, place: Location) -> Iterator[Value]:
    try:
        yield _at(value, key, place)
    except Failed:
        return


def _text(text: str, key: Value) -> str:
    """`${aws_sqs_queue.orders}` and then `arn`."""
    if not text.endswith("}") or not text.startswith("${") or "}" in text[:-1]:
        return text
    if isinstance(key.data, str) and key.data.isidentifier():
        return f"{text[:-1]}.{key.data}}}"
    return f"{text[:-1]}[{shown(key)}]}}" if key.data is not UNKNOWN else text


def literal(kind: str, text: str) -> Any:
    """Of a number, true, false or null."""
    if kind == "bool_lit":
        return text == "true"
    if kind == "null_lit":
        return None
    try:
        return int(text) if len(text) < 300 else UNKNOWN
    except ValueError:
        pass
    try:
        return number(float(text))
    except (ValueError, OverflowError):
        return UNKNOWN


def number(value: float) -> int | float:
    return int(value) if value == value and abs(value) < 1e300 and value.is_integer() else value


def truth(value: Value) -> bool | None:
    """Of a condition; None where it is not known."""
    if value.choices:
        found = {truth(one) for one in value.choices}
        return found.pop() if len(found) == 1 else None
    return as_boolean(value) if value.data is not UNKNOWN and value.data is not None else None


def chosen(values: Sequence[Value], place: Location) -> Value:
    """One of several values."""
    branches = [one for value in values for one in (value.choices or (value,))][:MAX_CHOICES]
    stated = [one for one in branches if one.data is not None]
    if not stated:
        return Value(None, place)
    optional = len(stated) < len(branches) or any(one.optional for one in values)
    first = stated[0]
    if len(stated) == 1 or (
        isinstance(first.data, (str, int, float)) and all(_same(one, first) is True for one in stated)
    ):
        return first._replace(location=place, optional=optional, choices=())
    refs = tuple(dict.fromkeys(ref for one in stated for ref in one.refs))
    text = " or ".join(dict.fromkeys(shown(one) for one in stated if not isinstance(one.data, (list, dict))))
    return Value(UNKNOWN, place, text, refs, tuple(stated), optional)


def _same(one: Value, other: Value) -> bool | None:
    """Whether two values are equal; None where that is not known."""
    if one.data is UNKNOWN or other.data is UNKNOWN:
        return None
    if isinstance(one.data, list) and isinstance(other.data, list):
        if one.opened or other.opened:
            return None
        if len(one.data) != len(other.data):
            return False
        parts = [_same(a, b) for a, b in zip(one.data, other.data, strict=True)]
        return False if False in parts else None if None in parts else True
    if isinstance(one.data, (list, dict)) or isinstance(other.data, (list, dict)):
        if isinstance(one.data, dict) and isinstance(other.data, dict):
            return True if not one.data and not other.data else None
        return False
    return bool(type(one.data) is type(other.data) and one.data == other.data) or (
        isinstance(one.data, (int, float))
        and isinstance(other.data, (int, float))
        and not isinstance(one.data, bool)
        and not isinstance(other.data, bool)
        and one.data == other.data
    )


def negated(operator: str, value: Value, place: Location) -> Value:
    """`!x` and `-x`."""
    if operator == "!":
        known = truth(value)
        return Value(UNKNOWN if known is None else not known, place, assumed=value.assumed)
    if isinstance(value.data, (int, float)) and not isinstance(value.data, bool):
        return Value(-value.data, place)
    return Value(UNKNOWN, place)


def binary(operator: str, left: Value, other: Callable[[], Value], place: Location) -> Value:
    """What an operator makes of two values; the second is worked out where it matters."""
    if operator in ("&&", "||"):
        decides = operator == "||"
        first = truth(left)
        if first is decides:
            return Value(decides, place, assumed=left.assumed)
        right = other()
        second = truth(right)
        if second is decides:
            return Value(decides, place, assumed=right.assumed)
        known = first is not None and second is not None
        return Value(not decides if known else UNKNOWN, place, assumed=left.assumed or right.assumed)
    right = other()
    if operator in ("==", "!="):
        return _compared(left, right, operator == "==", place)
    a, b = _number(left), _number(right)
    if a is None or b is None:
        return Value(UNKNOWN, place)
    try:
        return Value(_ARITHMETIC[operator](a, b), place, assumed=left.assumed or right.assumed)
    except (ZeroDivisionError, OverflowError, KeyError, ValueError):
        return Value(UNKNOWN, place)


def _compared(left: Value, right: Value, wanted: bool, place: Location) -> Value:
    answers = {_same(a, b) for a in (left.choices or (left,)) for b in (right.choices or (right,))} | (
        {None} if left.optional or right.optional else set()
    )
    answer = answers.pop() if len(answers) == 1 else None
    return Value(UNKNOWN if answer is None else answer is wanted, place, assumed=left.assumed or right.assumed)


def _number(value: Value) -> int | float | None:
    data = value.data
    if isinstance(data, bool):
        return None
    if isinstance(data, (int, float)):
        return data
    if isinstance(data, str):
        try:
            return number(float(data)) if len(data) < 30 else None
        except (ValueError, OverflowError):
            return None
    return None


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: number(a / b),
    "%": lambda a, b: a % b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


def items_of(value: Value) -> Iterator[tuple[str, Value]]:
    """What `for_each` makes of a map or a set: of one of several, all that may be."""
    if value.choices:
        known: dict[str, Value] = {}
        for choice in value.choices:
            for key, one in items_of(choice):
                known.setdefault(key, one)
        yield from known.items()
    elif isinstance(value.data, dict):
        yield from value.data.items()
    elif isinstance(value.data, list):
        for one in value.data:
            yield shown(one) if isinstance(one.data, (str, int, float)) else "?", one
