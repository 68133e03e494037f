"""Changes files at random, so that a test can say what holds for every one of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lambdalint.looking import Looker
from lambdalint.model import Location
from lambdalint.registry import load

DAMAGES = (b"", b"\n", b"\t", b"{", b"&a *a", b"'", b'"', b": ", b"- ", b"\xff", b"\0")


def mutated(base: Any, seed: int, times: int, odd: Sequence[Any], wrap: Callable[[Any, Any], Any] | None = None) -> Any:
    """`base` after some values went, came twice, or became one of `odd`; `wrap` joins a value and an odd one."""
    chance = random.Random(seed)
    template = copy.deepcopy(base)
    for _ in range(times):
        container, key = chance.choice(list(_spots(template)) or [({}, None)])
        if key is None:
            break
        way = chance.randrange(4 if wrap is None else 5)
        if way == 0:
            del container[key]
        elif way == 1:
            container[key] = copy.deepcopy(chance.choice(odd))
        elif way == 2:
            container[key] = [container[key]]
        elif way == 3 or wrap is None:
            other, one = chance.choice(list(_spots(template)))
            container[key] = copy.deepcopy(other[one])
        else:
            container[key] = wrap(container[key], copy.deepcopy(chance.choice(odd)))
    return template


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _spots(value[key])


def damaged(text: str, seed: int, damages: Sequence[bytes]) -> bytes:
    """A text in which some stretches became one of `damages`."""
    chance = random.Random(seed)
    data = bytearray(text.encode())
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data))
        end = min(at + chance.randrange(1, 40), len(data))
        data[at:end] = chance.choice(damages)
    return bytes(data)


def locations(value: Any) -> Iterator[Location]:
    if isinstance(value, Location):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from locations(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from locations(one)


def lies_in(place: Location, texts: Mapping[str, Sequence[str]]) -> bool:
    """Whether a place is one in the lines of its file."""
    lines = texts[place.path]
    return (
        1 <= place.line <= place.end_line <= len(lines)
        and 1 <= place.column <= len(lines[place.line - 1]) + 1
        and 1 <= place.end_column <= len(lines[place.end_line - 1]) + 2
    )


@contextmanager
def looking(folder: Path, files: Mapping[str, str]) -> Iterator[Looker]:
    """All checks, run in a folder that holds these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        looker = Looker(".", tuple(load().values()))
        assert looker.project  # made here: it sets how deep Python may go
        yield looker
