"""Functions as an account shows them, from TOML: a table each, by the names of `Usage`."""

from __future__ import annotations

import tomllib
from typing import Any

from lambdalint.model import Location, Usage
from lambdalint.model.usage import Range, Recommendation


def usages(text: str, path: str = "usage.toml") -> list[Usage]:
    """One for each table at the top; it stands on the line that its table begins on."""
    lines = text.splitlines()
    found = []
    for name, fields in tomllib.loads(text).items():
        line = 1 + next(number for number, one in enumerate(lines) if one.startswith(f"[{name}]"))
        found.append(_usage(name, Location(path, line), fields))
    return found


def _usage(name: str, location: Location, fields: dict[str, Any]) -> Usage:
    said = fields.pop("recommendations", {})
    recommendations = {
        goal: Recommendation(**one | {"duration_change": Range(*one["duration_change"])}) for goal, one in said.items()
    }
    return Usage(name, location, recommendations=recommendations, **fields)
