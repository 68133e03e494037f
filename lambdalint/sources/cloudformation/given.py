"""What a parameter is that others state: the templates that nest its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.values import Value, throughout

Given = Mapping[str, Sequence[Value | None]]
"""By the name of the parameter what each use of a template states, None where it states nothing."""


def agreed(stated: Sequence[Value | None], default: Value, place: Location) -> Value:
    """The value on which all uses agree; else one that is not known, with what it may be."""
    values = [default if one is None else foreign(one, place) for one in stated]
    first = values[0]
    if all(one.data is not UNKNOWN and one.data == first.data for one in values):
        return first
    choices = tuple(choice for one in values for choice in (one.choices or (one,)))
    text = first.text if len(values) == 1 else ""
    return Value(UNKNOWN, place, text, (), choices if len(choices) > 1 else ())


def foreign(value: Value, place: Location) -> Value:
    """A value of another template, as this one has it at `place`: what it refers to is not here."""

    def here(one: Value) -> Value:
        choices = tuple(foreign(choice, place) for choice in one.choices)
        return Value(one.data, place, one.text, (), choices, one.optional)

    return throughout(value, here)
