"""Settings that several functions of a template get from one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lambdalint.model import Location, Setting, Unknown
from lambdalint.model.template import Function

Variable = tuple[str, Setting[str], list[Function]]
"""Its name, what it is, and whose it is."""


def variables(functions: Sequence[Function]) -> Iterator[Variable]:
    """The environment variables of a template's functions, each place that states one once."""
    found: dict[tuple[str, Location], tuple[Setting[str], list[Function]]] = {}
    for function in functions:
        if isinstance(function.environment, Unknown):
            continue
        for name, setting in (function.environment or {}).items():
            found.setdefault((name, setting.location), (setting, []))[1].append(function)
    for (name, _), (setting, holders) in found.items():
        yield name, setting, holders


def all_of(functions: Sequence[Function]) -> str:
    """`Orders`, `Orders and Receipts`, `Orders and 3 other functions`."""
    names = [function.logical_id for function in functions]
    return f"{names[0]} and {len(names) - 1} other functions" if len(names) > 2 else " and ".join(names)
