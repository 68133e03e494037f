"""What looks like a handler and is called by one: routes, callbacks, functions that a handler hands its event to."""

from __future__ import annotations

import ast

from lambdalint.python.modules import Module
from lambdalint.python.objects import Frame, Function
from lambdalint.python.values import External


def is_for_another(decorator: ast.expr) -> bool:
    """Whether a decorator stands over what a handler calls: a route, or what Powertools traces besides the handler."""
    if isinstance(decorator, ast.Call):
        first = decorator.args[0] if decorator.args else None
        return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.startswith("/")
    return isinstance(decorator, ast.Attribute) and decorator.attr == "capture_method"


def used_within(module: Module, names: set[str]) -> set[str]:
    """Which of `names` are called, or handed on, in another function of the module, or stand in a table of its own."""
    if len(names) < 2:
        return set()
    used: set[str] = set()
    for node in module.source.tree.body:
        where: ast.AST | None = node
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            where = node.value if isinstance(node.value, (ast.Dict, ast.List, ast.Tuple)) else None
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        bound = {getattr(node, "name", "")}
        read: set[str] = set()
        for part in ast.walk(where) if where is not None else ():
            if isinstance(part, ast.arg):
                bound.add(part.arg)
            elif isinstance(part, ast.Name):
                (read if isinstance(part.ctx, ast.Load) else bound).add(part.id)
        used |= names & (read - bound)
    return used


def is_registered(node: ast.AST, frame: Frame) -> bool:
    """Whether a decorator gave a function to an object that calls it: `@helper.create` of crhelper."""
    for decorator in getattr(node, "decorator_list", ()):
        while isinstance(decorator, (ast.Call, ast.Attribute)):
            decorator = decorator.func if isinstance(decorator, ast.Call) else decorator.value
        owner = frame.values.get(decorator.id) if isinstance(decorator, ast.Name) else None
        for atom in owner.atoms if owner is not None else ():
            if isinstance(atom, External) and atom.record is not None:
                given = (one for value in atom.record.root().callbacks for one in value.atoms)
                if any(isinstance(one, Function) and one.node is node for one in given):
                    return True
    return False
