"""What is known of calls that build clients, and of what stands around them."""

from __future__ import annotations

import ast
import builtins
import re
from keyword import iskeyword

from lambdalint.rewriting.names import FUNCTIONS, root, single_target

_KEEPERS = {"aclosing", "closing", "enter_async_context", "enter_context", "push"}


def only_defines(statement: ast.stmt) -> bool:
    """Whether a statement makes functions and classes, or gives names to constants, and does nothing else."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        return True
    value = statement.value if isinstance(statement, ast.Expr) else single_target(statement)[1]
    return isinstance(value, ast.Constant)


def calls_in(node: ast.AST) -> list[ast.Call]:
    """In the order of the text."""
    calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset, call.end_lineno, call.end_col_offset))


def name_for(call: ast.Call) -> str:
    kind = call.func.attr if isinstance(call.func, ast.Attribute) else root(call.func)
    service = (
        call.args[0] if call.args else next((key.value for key in call.keywords if key.arg == "service_name"), None)
    )
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
    name = {"connect": "connection"}.get(name, name)
    if kind in ("client", "resource") and isinstance(service, ast.Constant) and isinstance(service.value, str):
        name = re.sub(r"\W", "_", f"{service.value}_{kind}")
    usable = name.isidentifier() and not iskeyword(name) and not hasattr(builtins, name)
    return name if usable else "client"


def keeps(node: ast.AST) -> bool:
    """Hands what it is given to a `with` block, which closes it."""
    if not isinstance(node, ast.Call):
        return False
    return (node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)) in _KEEPERS


def is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def through_call(node: ast.AST) -> bool:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Call)
