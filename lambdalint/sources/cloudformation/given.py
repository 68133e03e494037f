"""What passes between templates: what a parameter is that those above state, and what an output is to them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.values import Value, throughout

_NAME = re.compile(r"\$\{(?!AWS::)")

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


def qualified(value: Value, owner: str, place: Location | None = None) -> Value:
    """A value of a nested stack, as the template above has it: the name of that stack stands before all names in it.

    It is at `place`; where none is given, all that is in it stays where it is.
    """

    def here(one: Value) -> Value:
        refs = tuple(f"{owner}.{ref}" for ref in one.refs)
        choices = tuple(qualified(choice, owner, place) for choice in one.choices)
        text = _NAME.sub(f"${{{owner}.", one.text) if "${" in one.text else one.text
        return one._replace(location=place or one.location, text=text, refs=refs, choices=choices)

    return throughout(value, here)
