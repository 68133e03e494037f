"""What botocore's own data says of AWS operations. docs/generate_operations.py writes it."""

from __future__ import annotations

import json
import os
from functools import cache
from typing import NamedTuple

FILE = os.path.join(os.path.dirname(__file__), "_operations.jsonl")


class Page(NamedTuple):
    """How the results of an operation are divided into pages, by the names of its parameters and results."""

    asked_by: tuple[str, ...]
    """Parameters that ask for the next page."""
    named_in: tuple[str, ...]
    """Results that tell where the next page begins."""
    limited_by: tuple[str, ...]
    """Parameters that limit how many results are given."""
    holds: tuple[str, ...]
    """Results that are spread over the pages."""


class Operation(NamedTuple):
    """What is known of one operation; the default of everything is "nothing"."""

    page: Page | None = None
    waiters: tuple[str, ...] = ()
    """Waiters that call it until something is so."""
    failures: tuple[str, ...] = ()
    """Results that tell what of a batch was not done, though the call succeeded."""
    batch: str = ""
    """The operation that does the same for many."""
    unserializable: dict[str, str] = {}  # noqa: RUF012  # never changed
    """Results that JSON has no form for: `datetime`, `bytes` or `stream` by name."""


@cache
def _text() -> bytes:
    with open(FILE, "rb") as file:
        return file.read()


@cache
def _service(name: str) -> dict[str, dict[str, object]]:
    text = _text()
    start = text.find(b'\n["%s",' % name.encode()) + 1
    if not start:
        return {}
    facts: dict[str, dict[str, object]] = json.loads(text[start : text.index(b"\n", start)])[1]
    return facts


@cache
def operation(service: str, name: str) -> Operation:
    """What is known of an operation, by the name of its client and of its method: `("s3", "list_objects_v2")`."""
    facts = {kind: table[name] for kind, table in _service(service).items() if name in table}
    page = facts.get("paginated")
    return Operation(
        Page(*(tuple(part) for part in page)) if isinstance(page, list) else None,
        tuple(facts.get("waited", ())),  # type: ignore[arg-type]
        tuple(facts.get("batched", ())),  # type: ignore[arg-type]
        str(facts.get("many", "")),
        dict(facts.get("unserializable", {})),  # type: ignore[call-overload]
    )
