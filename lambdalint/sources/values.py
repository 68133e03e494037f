"""What a template states, once its expressions are worked out, and how it becomes a setting.

All formats meet here: a reader turns the syntax of its format into `Value`s, and the same words are then read from
these in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from lambdalint.model.places import UNKNOWN, Location, Unknown
from lambdalint.model.template import Setting

Data = str | int | float | bool | None | Mapping[str, "Value"] | Sequence["Value"] | Unknown
T = TypeVar("T")
LONGEST_WORD = 20
MAX_INTEGER = 10**18
"""Nothing that is stated as a number is as large."""


class Value(NamedTuple):
    """One value of a template. Whole numbers, texts, lists and maps as in Python; UNKNOWN if it cannot be known."""

    data: Any
    location: Location
    """With the key, if it stands under one."""
    text: str = ""
    """How an unknown one may be shown: `arn:aws:sqs:${AWS::Region}:1:orders`."""
    refs: tuple[str, ...] = ()
    """The logical ids that stand in it."""
    choices: tuple[Value, ...] = ()
    """What it may be under different conditions."""
    optional: bool = False
    """Under some condition it is not stated."""
    inherited: bool = False
    """Stated for several resources at once."""
    assumed: bool = False
    """A parameter's default, which a deployment may replace."""
    opened: bool = False
    """Of a map or list: there may be more in it than is known."""
    decoded: Value | None = None
    """Of a text that holds JSON: what that says, where it was written as an expression."""

    def get(self, *keys: str) -> Value | None:
        """What stands under a key, and there under the next; None where there is nothing, or null."""
        value: Value = self
        for key in keys:
            data = value.data
            found = data.get(key) if isinstance(data, dict) else None
            if found is None or found.data is None:
                return None
            value = found
        return value

    def entries(self) -> Iterator[tuple[str, Value]]:
        """Of a map; nothing of anything else."""
        if isinstance(self.data, dict):
            yield from self.data.items()

    def elements(self) -> Iterator[Value]:
        """Of a list; of a single value where a list may stand, that value."""
        if isinstance(self.data, list):
            for element in self.data:
                if element.choices:
                    yield from element.choices
                elif element.data is not None:
                    yield element
        elif self.data is not None and self.data is not UNKNOWN:
            yield self

    def all_refs(self) -> Iterator[str]:
        """The logical ids that stand anywhere in it."""
        yield from self.refs
        for choice in self.choices:
            yield from choice.all_refs()
        if isinstance(self.data, dict):
            for value in self.data.values():
                yield from value.all_refs()
        elif isinstance(self.data, list):
            for value in self.data:
                yield from value.all_refs()

    def maps(self) -> Iterator[Value]:
        """The maps that it may be: one, or several under conditions."""
        if isinstance(self.data, dict):
            yield self
        for choice in self.choices:
            yield from choice.maps()


class Complaint(NamedTuple):
    """Something that a template states in a way that nobody can understand."""

    location: Location
    message: str


class Settings:
    """Makes settings of values, and notes what is of the wrong kind: checks never see that."""

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []

    def string(self, value: Value | None) -> Setting[str] | None:
        return self._setting(value, as_string, "a text")

    def integer(self, value: Value | None) -> Setting[int] | None:
        return self._setting(value, as_integer, "a whole number")

    def boolean(self, value: Value | None) -> Setting[bool] | None:
        return self._setting(value, as_boolean, "true or false")

    def strings(self, value: Value | None) -> Setting[tuple[str, ...]] | None:
        """Of a list. A part that is not known stands in it with `${...}`, or as `?`."""
        return self._setting(value, as_strings, "a list of texts")

    def constant(self, setting_value: T, like: Value) -> Setting[T]:
        """A setting that is stated by the presence of something."""
        return Setting(setting_value, like.location, choices=(setting_value,), inherited=like.inherited)

    def map(self, value: Value | None, what: str) -> Value | None:
        """The value, if it is a map or may be one."""
        if value is None or value.data is None:
            return None
        if isinstance(value.data, dict) or value.data is UNKNOWN:
            return value
        self.complain(value, f"{what} must be a map")
        return None

    def complain(self, value: Value, message: str) -> None:
        self.complaints.append(Complaint(value.location, message))

    def _setting(self, value: Value | None, convert: Callable[[Value], T | None], kind: str) -> Setting[T] | None:
        if value is None or value.data is None:
            return None
        if value.choices:
            choices = [choice for choice in value.choices if choice.data is not None]
            known = tuple(
                dict.fromkeys(
                    one for one in map(convert, (c for c in choices if c.data is not UNKNOWN)) if one is not None
                )
            )
            only = known[0] if len(known) == 1 and all(c.data is not UNKNOWN for c in choices) else UNKNOWN
            ref = next((ref for choice in choices for ref in choice.refs), "")
            optional = value.optional or len(choices) < len(value.choices)
            assumed = any(choice.assumed for choice in choices)
            return Setting(only, value.location, value.text, ref, known, optional, value.inherited, assumed)
        target = value.refs[0] if value.refs else ""
        if value.data is UNKNOWN or (value.opened and isinstance(value.data, list)):
            return Setting(UNKNOWN, value.location, value.text, target, (), value.optional, value.inherited)
        converted = convert(value)
        if converted is None:
            if value.data != "":  # a parameter's default that means: not stated
                self.complain(value, f"this must be {kind}{_which_is_none(value, convert)}")
            return Setting(UNKNOWN, value.location, value.text, target, (), value.optional, value.inherited)
        return Setting(
            converted,
            value.location,
            value.text,
            target,
            (converted,),
            value.optional,
            value.inherited,
            value.assumed,
        )


def _which_is_none(value: Value, convert: Callable[[Value], object]) -> str:
    """What stands there, where that is a word. Texts, which may be secrets, come here in no other place."""
    data = value.data
    is_word = convert in (as_integer, as_boolean) and isinstance(data, str) and len(data) <= LONGEST_WORD
    return f", and {data!r} is none" if is_word else ""


def as_string(value: Value) -> str | None:
    data = value.data
    if isinstance(data, bool):
        return "true" if data else "false"
    return str(data) if isinstance(data, (str, int, float)) else None


def as_integer(value: Value) -> int | None:
    data = value.data
    if isinstance(data, bool):
        return None
    if isinstance(data, float):
        return int(data) if abs(data) < MAX_INTEGER and data.is_integer() else None
    if isinstance(data, str):
        try:
            data = int(data.strip())
        except ValueError:
            return None
    return data if isinstance(data, int) and abs(data) < MAX_INTEGER else None


def as_boolean(value: Value) -> bool | None:
    data = value.data
    if isinstance(data, bool):
        return data
    words = {"true": True, "false": False, "yes": True, "no": False}
    return words.get(data.lower()) if isinstance(data, str) else None


def as_strings(value: Value) -> tuple[str, ...] | None:
    if isinstance(value.data, list):
        return tuple(shown(element) for element in value.elements() if not isinstance(element.data, (dict, list)))
    one = as_string(value)
    return None if one is None else (one,)


def shown(value: Value) -> str:
    """A text for a value, with `${...}` for what is not known of it."""
    if value.data is UNKNOWN:
        return value.text or "?"
    return as_string(value) or ""


def merged(base: Value, over: Value) -> Value:
    """What a setting for all and one of its own give together: maps merge, lists follow each other, the rest yields."""
    if isinstance(base.data, dict) and isinstance(over.data, dict):
        data = dict(base.data)
        for key, value in over.data.items():
            data[key] = merged(data[key], value) if key in data else value
        return over._replace(data=data, opened=base.opened or over.opened)
    if isinstance(base.data, list) and isinstance(over.data, list):
        return over._replace(data=[*base.data, *over.data], opened=base.opened or over.opened)
    return over


def throughout(value: Value, change: Callable[[Value], Value]) -> Value:
    """The value with a change made to it, and to all that is in its maps and lists."""
    data = value.data
    if isinstance(data, dict):
        data = {key: throughout(one, change) for key, one in data.items()}
    elif isinstance(data, list):
        data = [throughout(one, change) for one in data]
    return change(value._replace(data=data))


def assumed(value: Value) -> Value:
    """The value with all in it, as it is unless a deployment says otherwise."""
    return throughout(value, lambda one: one._replace(assumed=True, choices=tuple(map(assumed, one.choices))))


def inherited(value: Value) -> Value:
    """The value with all in it, as stated for several."""
    return throughout(value, lambda one: one._replace(inherited=True, choices=tuple(map(inherited, one.choices))))


def placed(value: Value, location: Location) -> Value:
    """The value with all in it, at one place."""
    return throughout(value, lambda one: one._replace(location=location))
