"""Where something stands, and what cannot be known."""

from __future__ import annotations

from typing import Final, NamedTuple


class Unknown:
    """A value that cannot be known from the files at hand. It is never equal to a real value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("UNKNOWN is neither true nor false: compare with `is UNKNOWN` first")


UNKNOWN: Final = Unknown()

Constant = str | bytes | int | float | complex | bool | None


class Location(NamedTuple):
    """A stretch of one file. Lines and columns count from 1; columns count characters."""

    path: str
    """As given on the command line or found below it, with forward slashes."""
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1
    """One past the last character."""


class Step(NamedTuple):
    """One call on the way from a handler to a place: `name` is called at `path:line`."""

    path: str
    line: int
    name: str


class Loop(NamedTuple):
    """A loop around a call, in whichever function on the way to it."""

    location: Location
    kind: str
    """`"while"`, `"for"`, `"range"` (a `for` that only counts) or `"comprehension"`."""
    drains: bool = False
    """A `while` that takes an item off what it tests in each round."""
