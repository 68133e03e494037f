"""The `${...}` of the Serverless Framework taken apart: `${self:custom.${opt:stage, 'dev'}.memory, 512}`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_SOURCE = re.compile(r"([A-Za-z][\w-]*)(?:\((.*)\))?(?::(?!:)(.*))?", re.DOTALL)
_OPENING = re.compile(r"\$\{\s*[A-Za-z][\w-]*\s*(?:\(|:(?!:))")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
MAX_TEXT = 20_000
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Alternative(NamedTuple):
    """One of the sources that are asked in turn."""

    source: str = ""
    """`self`, `opt`, `file`...; empty for a value that is written here."""
    argument: str = ""
    """Within its brackets, which may hold variables."""
    address: str | None = None
    """Behind its colon, likewise."""
    value: str | int | float | bool | None = None
    is_text: bool = False
    """`value` may hold variables."""


class Variable(NamedTuple):
    """One `${...}`."""

    text: str
    alternatives: tuple[Alternative, ...]


@lru_cache(maxsize=1024)
def pieces(text: str) -> tuple[str | Variable, ...]:
    """A text in its parts, in their order. What is CloudFormation's, such as `${AWS::Region}`, remains a text."""
    if len(text) > MAX_TEXT:
        return (text,)
    found: list[str | Variable] = []
    start = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < start:
            continue  # within the one before
        end = _end(text, opening.start())
        if end is None:
            continue
        if opening.start() > start:
            found.append(text[start : opening.start()])
        whole = text[opening.start() : end]
        found.append(Variable(whole, tuple(_alternatives(whole[2:-1]))))
        start = end
    if start < len(text) or not found:
        found.append(text[start:])
    return tuple(found)


def _end(text: str, start: int) -> int | None:
    """Behind the bracket that closes the variable at `start`."""
    depth = 0
    position = start
    while position < len(text):
        if text.startswith("${", position):
            depth += 1
            position += 2
            continue
        if text[position] == "}":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return None


def _alternatives(inner: str) -> Iterator[Alternative]:
    for part in _split(inner):
        yield _alternative(part.strip())


def _split(text: str) -> Iterator[str]:
    """At the commas that stand outside of quotes and brackets."""
    quote = ""
    depth = start = 0
    for position, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "({":
            depth += 1
        elif character in ")}":
            depth -= 1
        elif character == "," and depth <= 0:
            yield text[start:position]
            start = position + 1
    yield text[start:]


def _alternative(part: str) -> Alternative:
    if len(part) > 1 and part[0] in "'\"" and part[-1] == part[0]:
        return Alternative(value=part[1:-1], is_text=True)
    if part in _WORDS:
        return Alternative(value=_WORDS[part])
    if _NUMBER.fullmatch(part):
        return Alternative(value=float(part) if "." in part else int(part[:300]))
    found = _SOURCE.fullmatch(part)
    if found is not None and (found[2] is not None or found[3] is not None):
        return Alternative(found[1], found[2] or "", found[3])
    return Alternative(value=part, is_text=True)
