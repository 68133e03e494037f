"""How much functions are assumed to run, for templates that no account has seen yet: a TOML file.

region = "eu-west-1"                # what stands at the top holds for every function

[functions."Orders*"]               # by logical id or name; what stands further down counts
invocations_per_month = 3_000_000
mean_ms = 120
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from lambdalint.errors import WrongUse, nearest
from lambdalint.rightsizer.figures import ABSURD

ARCHITECTURES = ("x86_64", "arm64")
FUNCTIONS = "functions"
_LINE = re.compile(r"at line (\d+)")


def _number(least: float, most: float | None = None) -> tuple[str, Callable[[object], bool]]:
    said = f"a number from {least:,g} to {most:,g}" if most is not None else f"a number, {least:,g} or more"

    def fits(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return least <= value <= (ABSURD if most is None else most)  # not so for NaN either

    return said, fits


KEYS: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "invocations_per_month": _number(0),
    "mean_ms": _number(0, 900_000),
    "cold_start_share": _number(0, 1),
    "init_ms": _number(0, 900_000),
    "region": ("the name of a region such as eu-west-1", lambda value: isinstance(value, str)),
    "account": ("a string", lambda value: isinstance(value, str)),
    "architecture": (" or ".join(ARCHITECTURES), lambda value: value in ARCHITECTURES),
    "memory_mb": _number(128, 10_240),
    "provisioned_concurrency": _number(0),
    "provisioned_hours": _number(0, 744),
    "provisioned_share": _number(0, 1),
    "snapshots": _number(0),
    "ephemeral_storage_mb": _number(512, 10_240),
    "streamed_mb": _number(0),
    "log_kb": _number(0),
    "edge": ("true or false", lambda value: isinstance(value, bool)),
}
"""What may be said, and what it must be."""


class Traffic(NamedTuple):
    """What is assumed."""

    path: str
    everywhere: Mapping[str, Any]
    by_pattern: Sequence[tuple[str, Mapping[str, Any]]]

    def of(self, *names: str) -> Mapping[str, Any]:
        """What is assumed of a function that goes by these names."""
        found = dict(self.everywhere)
        for pattern, said in self.by_pattern:
            if _means(pattern, names):
                found |= said
        return found

    def names(self, *names: str) -> bool:
        """Whether a function with these names is spoken of, rather than all."""
        return any(_means(pattern, names) for pattern, _ in self.by_pattern)

    def unmatched(self, functions: Sequence[Sequence[str]]) -> Iterator[str]:
        """A notice for each pattern that means none of the functions, each of which may go by several names."""
        known = [name for names in functions for name in names]
        for pattern, _ in self.by_pattern:
            if not any(_means(pattern, names) for names in functions):
                place = _place(self.path, _read(self.path), FUNCTIONS, pattern)
                yield f'{place}: no function is called "{pattern}"{nearest(pattern, known)}'


def load(path: str) -> Traffic:
    """Read it. Raises `WrongUse` with the line of what is wrong."""
    text = _read(path)
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = _LINE.search(str(error))
        reason = str(error).partition(" (at ")[0]
        raise WrongUse(f"{path}{f':{line[1]}' if line else ''}: this is no TOML: {reason}") from None
    tables = content.pop(FUNCTIONS, {})
    if not isinstance(tables, dict) or not all(isinstance(one, dict) for one in tables.values()):
        raise WrongUse(f'{_place(path, text, FUNCTIONS)}: {FUNCTIONS} must be tables such as [functions."Orders*"]')
    _checked(path, text, content)
    for pattern, said in tables.items():
        _checked(path, text, said, FUNCTIONS, pattern)
    return Traffic(path, content, tuple(tables.items()))


def _checked(path: str, text: str, said: Mapping[str, Any], *table: str) -> None:
    for key, value in said.items():
        if key not in KEYS:
            others = nearest(key, [*KEYS, FUNCTIONS]) or f"; there are {', '.join(KEYS)}"
            raise WrongUse(f'{_place(path, text, *table, key)}: there is no "{key}"{others}')
        expected, fits = KEYS[key]
        if not fits(value):
            raise WrongUse(f"{_place(path, text, *table, key)}: {key} must be {expected}")


def _means(pattern: str, names: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for name in names)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except UnicodeDecodeError:
        raise WrongUse(f"{path}: this is no TOML: it is not UTF-8") from None
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read: {error.strerror}") from None


def _place(path: str, text: str, *keys: str) -> str:
    """`file:line` of a table or of a key in it. TOML readers keep no lines, so it is looked for by its name."""
    *table, last = keys
    here = not table
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip()
        if words.startswith("["):
            header = words[1:].partition("]")[0]
            names = [name.strip().strip("\"'") for name in (header.partition(".")[::2] if "." in header else [header])]
            if names == list(keys):
                return f"{path}:{number}"
            here = names == table
        elif here and words.partition("=")[0].strip().strip("\"'") == last:
            return f"{path}:{number}"
    return path
