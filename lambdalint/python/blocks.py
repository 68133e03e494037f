"""Statements within statements: without the expressions in them, which are most of a tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

_SIMPLE = frozenset(
    {
        ast.AnnAssign, ast.Assert, ast.Assign, ast.AugAssign, ast.Break, ast.Continue, ast.Delete, ast.Expr, ast.Global,
        ast.Import, ast.ImportFrom, ast.Nonlocal, ast.Pass, ast.Raise, ast.Return,
    }
)  # fmt: skip
"""Statements that hold no others: four of five."""


def statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a block, inner blocks and functions included, in no particular order."""
    todo = list(body)
    while todo:
        node = todo.pop()
        yield node
        if type(node) in _SIMPLE:
            continue
        for name in ("body", "orelse", "finalbody"):
            todo += getattr(node, name, ())
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            todo += part.body


def contains(body: Sequence[ast.stmt], kind: type[ast.stmt]) -> bool:
    """Whether a block holds such a statement, at any depth: `if key in cache: if fresh: return cache[key]`."""
    return any(isinstance(node, kind) for node in statements(body))
