"""What stands around an expression, and what a name means there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lambdalint.rewriting.names import FUNCTIONS, Module, bound

Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


class Surroundings:
    """The way from each node of a module up to the module."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self._parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(ast.Module(module.body, [])):
            self._parents.update(dict.fromkeys(ast.iter_child_nodes(node), node))

    def parent(self, node: ast.AST) -> ast.AST:
        return self._parents[node]

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses a node, the innermost first."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node is a part of, or is."""
        return next(one for one in (node, *self.above(node)) if isinstance(one, ast.stmt))

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements beside it, itself included."""
        for _, field in ast.iter_fields(self._parents[statement]):
            if isinstance(field, list) and statement in field:
                return field
        raise AssertionError("every statement stands in a block")

    def index(self, node: ast.AST) -> int:
        """The place of the module's statement that a node is a part of."""
        outermost = node
        for one in self.above(node):
            if isinstance(one, ast.stmt):
                outermost = one
        return next(index for index, one in enumerate(self.module.body) if one is outermost)

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function around a node; None at module level, and in a class or a lambda."""
        for one in self.above(node):
            if isinstance(one, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
                return one if isinstance(one, FUNCTIONS) else None
        return None

    def is_hidden(self, name: str, node: ast.AST) -> bool:
        """Whether a scope between a node and the module has a meaning of its own for a global name."""
        inner = True
        for one in self.above(node):
            if isinstance(one, (*FUNCTIONS, ast.Lambda)):
                if name in own_names(one):
                    return True
                inner = False
            elif isinstance(one, ast.ClassDef) and inner and name in bound(one.body):
                return True
        return False


def is_bound_once(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a name of a function is bound at one place in it, and no parameter."""
    parameters = [one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)]
    return [*bound(function.body), *parameters].count(name) == 1


def own_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The parameters of a function, and the names it binds, those it declares global included."""
    names = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    body = function.body if isinstance(function.body, list) else [function.body]
    return names.union(bound(body))


def origin(module: Module, node: ast.expr) -> str:
    """The dotted name of what `name` or `name.attribute` means by the module's imports; empty if it is none."""
    if isinstance(node, ast.Attribute):
        owner = origin(module, node.value)
        return f"{owner}.{node.attr}" if owner else ""
    if not isinstance(node, ast.Name) or len(module.sites.get(node.id, ())) != 1:
        return ""
    statement = module.body[module.sites[node.id][0]]
    if isinstance(statement, ast.Import):
        for one in statement.names:
            if one.asname == node.id:
                return one.name
            if one.asname is None and one.name.partition(".")[0] == node.id:
                return node.id
    if isinstance(statement, ast.ImportFrom) and not statement.level:
        for one in statement.names:
            if (one.asname or one.name) == node.id:
                return f"{statement.module}.{one.name}"
    return ""
