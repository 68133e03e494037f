"""Statements within statements: without the expressions in them, which are most of a tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a block, inner blocks and functions included, in no particular order."""
    todo = list(body)
    while todo:
        node = todo.pop()
        yield node
        for name in ("body", "orelse", "finalbody"):
            todo += getattr(node, name, ())
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            todo += part.body


def contains(body: Sequence[ast.stmt], kind: type[ast.stmt]) -> bool:
    """Whether a block holds such a statement, at any depth: `if key in cache: if fresh: return cache[key]`."""
    return any(isinstance(node, kind) for node in statements(body))
