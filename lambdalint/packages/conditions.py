"""Whether a condition around an import holds on Lambda: Linux, and a Python that is known."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

Python = tuple[int, int] | None

_NEVER = frozenset({"TYPE_CHECKING", "MYPY_CHECK_RUNNING", "PY2"})
_ALWAYS = frozenset({"PY3"})
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
}
_FACTS = {
    "sys.platform": "linux",
    "os.name": "posix",
    "platform.system()": "Linux",
    "platform.python_implementation()": "CPython",
    "sys.implementation.name": "cpython",
    "os.sep": "/",
}


@lru_cache(4096)
def holds(text: str, python: Python) -> bool | None:
    """The truth of a condition; None where nobody can tell."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _truth(ast.parse(text.strip(), mode="eval").body, python)
    except (SyntaxError, ValueError, RecursionError, MemoryError, TypeError, IndexError):
        return None


def _truth(node: ast.expr, python: Python) -> bool | None:
    if isinstance(node, ast.BoolOp):
        return _joined([_truth(value, python) for value in node.values], isinstance(node.op, ast.Or))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        held = _truth(node.operand, python)
        return None if held is None else not held
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node, python)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith":
        one, many = _value(node.func.value, python), _value(node.args[0], python)
        return one.startswith(many) if isinstance(one, str) else None
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    if name in _NEVER or name in _ALWAYS:
        return name in _ALWAYS
    return bool(node.value) if isinstance(node, ast.Constant) else None


def _joined(parts: list[bool | None], either: bool) -> bool | None:
    """Of `or`, if either is enough, or of `and`."""
    if either in parts:
        return either
    return None if None in parts else not either


def _compared(node: ast.Compare, python: Python) -> bool | None:
    left, right = _value(node.left, python), _value(node.comparators[0], python)
    if {left, right} == {"__name__", "__main__"}:
        return isinstance(node.ops[0], ast.NotEq)
    compare = _COMPARISONS.get(type(node.ops[0]))
    if left is None or right is None or compare is None or "__name__" in (left, right):
        return None
    if isinstance(left, tuple) and isinstance(right, tuple) and not _tells(left, right):
        return None
    return compare(left, right)


def _tells(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    """Whether major and minor are enough: `>= (3, 8, 1)` on 3.8 is not known."""
    shorter = min(len(left), len(right), 2)
    return left[:shorter] != right[:shorter] or max(len(left), len(right)) <= 2


def _value(node: ast.expr, python: Python) -> Any:
    """What an expression gives; None where it is not known."""
    text = ast.unparse(node)
    if text in _FACTS:
        return _FACTS[text]
    if text == "__name__" or isinstance(node, ast.Constant):
        return text if text == "__name__" else node.value if isinstance(node, ast.Constant) else None
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        values = tuple(_value(one, python) for one in node.elts)
        return None if None in values else values
    return _version(node, text, python) if python else None


def _version(node: ast.expr, text: str, python: tuple[int, int]) -> Any:
    if text in ("sys.version_info", "sys.version_info[:2]", "version_info"):
        # The third part is not known: two are compared as far as they go.
        return python
    if text in ("sys.version_info[:1]",):
        return python[:1]
    if text in ("sys.version_info[0]", "sys.version_info.major", "version_info[0]"):
        return python[0]
    if text in ("sys.version_info[1]", "sys.version_info.minor"):
        return python[1]
    return python[0] * 0x1000000 + python[1] * 0x10000 if text == "sys.hexversion" else None
