"""Fixes that move code. Loaded only when a fix is asked for.

`ast` and `symtable` say what names mean, exactly as the interpreter does; edits are cut from the text
itself, so that nothing else in a file moves.
"""

from __future__ import annotations

from collections.abc import Sequence

from lambdalint.check import Edit
from lambdalint.rewriting.hoisting import Hoist
from lambdalint.rewriting.names import Module, Refused

__all__ = ["hoist_client"]


def hoist_client(text: str, *, line: int, column: int, handler: str) -> Sequence[Edit]:
    """Move what the call at `line` and `column` builds in function `handler` to module level; () if refused."""
    try:
        return Hoist(Module(text), handler, line, column).edits()
    except (Refused, SyntaxError, ValueError, RecursionError, LookupError):
        return ()
