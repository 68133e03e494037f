"""What stands around a node, which `ast` does not tell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lambdalint.rewriting.names import FUNCTIONS, Function, Module, Refused, below, bound

_BLOCKS = ("body", "orelse", "finalbody")
_COMPREHENSIONS = ("dictcomp", "genexpr", "listcomp", "setcomp")


class Tree:
    """The nodes of a module, each with the one above it."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.nodes = list(ast.walk(ast.Module(module.body, [])))
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in self.nodes:
            self.parents.update(dict.fromkeys(ast.iter_child_nodes(node), node))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, the nearest first; the module itself not."""
        while not isinstance(node := self.parents[node], ast.Module):
            yield node

    def function(self, node: ast.AST) -> Function:
        """The innermost function around a node. Raises Refused."""
        for one in self.above(node):
            if isinstance(one, FUNCTIONS):
                return one
            if isinstance(one, (ast.Lambda, ast.ClassDef)):
                break
        raise Refused

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around an expression."""
        return next(one for one in self.above(node) if isinstance(one, ast.stmt))

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The block that a statement stands in. Raises Refused."""
        for field in _BLOCKS:
            block = getattr(self.parents[statement], field, None)
            if isinstance(block, list) and statement in block:
                return block
        raise Refused

    def uses(self, function: Function, name: str) -> list[ast.Name]:
        """Where a function names a variable that is its own alone. Raises Refused."""
        where = (function.name, function.lineno)
        found = [one for one in self.module.tables if (one.get_name(), one.get_lineno()) == where]
        if len(found) != 1:
            raise Refused
        symbol = found[0].lookup(name)
        if not symbol.is_local() or symbol.is_parameter() or symbol.is_declared_global():
            raise Refused
        for table in below(found[0]):
            if name in table.get_identifiers():
                # A function within may read it at any time; what a comprehension binds is something else.
                if table.get_name() not in _COMPREHENSIONS or not table.lookup(name).is_free():
                    raise Refused
        uses = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name]
        if sum(one == name for one in bound(function.body)) != sum(isinstance(one.ctx, ast.Store) for one in uses):
            raise Refused
        return uses


def is_builtin(module: Module, name: str) -> bool:
    """Whether a name means the same everywhere in the module as without it."""
    if name in module.sites or "*" in module.sites:
        return False
    return all(name not in table.get_identifiers() or table.lookup(name).is_global() for table in module.tables[1:])


def is_named(node: ast.AST | None, text: str) -> bool:
    """Whether a node is that very text: a key of a dict."""
    return isinstance(node, ast.Constant) and node.value == text
