"""What a project does with the modules that it imports: which names of them, how often."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from lambdalint.model.package import Use

WHOLE = "*"


def uses(sources: Iterable[bytes]) -> list[Use]:
    """Of each module that is imported absolutely by one of some files, in the order of their names."""
    names: dict[str, set[str]] = {}
    calls: dict[str, int] = {}
    attributes: dict[str, set[str]] = {}
    for data in sources:
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found = _File(tree)
        for module, used in found.names.items():
            names.setdefault(module, set()).update(used)
            calls[module] = calls.get(module, 0) + found.calls.get(module, 0)
            attributes.setdefault(module, set()).update(found.attributes)
    return [Use(one, tuple(sorted(names[one])), calls[one], frozenset(attributes[one])) for one in sorted(names)]


class _File:
    """The uses in one file. A name means what an import anywhere in the file binds it to."""

    def __init__(self, tree: ast.AST) -> None:
        self.names: dict[str, set[str]] = {}
        self.calls: dict[str, int] = {}
        self.attributes: set[str] = set()
        self._bound: dict[str, tuple[str, str]] = {}
        """By name: the module, and what it is in it (`""` for the module itself)."""
        nodes = list(ast.walk(tree))
        for node in nodes:
            for name, module, inner in _imported(node):
                self._bound[name] = module, inner
                self.names.setdefault(module, set()).update([inner] if inner else [])
        inside: set[int] = set()
        for node in nodes:  # what is around a node comes before it
            if isinstance(node, ast.Attribute):
                self.attributes.add(node.attr)
            if id(node) in inside:
                continue
            called = isinstance(node, ast.Call)
            read = node.func if isinstance(node, ast.Call) else node
            if isinstance(read, (ast.Attribute, ast.Name)):
                inside.update(id(one) for one in _chain(read) if isinstance(one, (ast.Attribute, ast.Name)))
                self._count(read, called)

    def _count(self, node: ast.Attribute | ast.Name, called: bool) -> None:
        *attributes, root = _chain(node)
        if not isinstance(root, ast.Name) or root.id not in self._bound:
            return
        module, inner = self._bound[root.id]
        path = [one.attr for one in reversed(attributes) if isinstance(one, ast.Attribute)]
        name = ".".join([inner, *path] if inner else path)
        self.names[module].add(name or WHOLE)
        self.calls[module] = self.calls.get(module, 0) + called


def _chain(node: ast.expr) -> list[ast.expr]:
    """`a.b.c`, `a.b`, `a`."""
    found = [node]
    while isinstance(found[-1], ast.Attribute):
        found.append(found[-1].value)
    return found


def _imported(node: ast.AST) -> Iterator[tuple[str, str, str]]:
    """What an import binds: the name, the first part of the module, and the rest of it with what is taken of it."""
    if isinstance(node, ast.Import):
        for one in node.names:
            top, _, inner = one.name.partition(".")
            yield one.asname or top, top, inner if one.asname else ""
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        top, _, inner = node.module.partition(".")
        for one in node.names:
            yield one.asname or one.name, top, f"{inner}.{one.name}" if inner else one.name
