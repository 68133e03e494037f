"""Values that are given a form in JSON where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting import imports
from lambdalint.rewriting.calls import find
from lambdalint.rewriting.names import Module, Refused, root, single_target
from lambdalint.rewriting.tree import Tree, is_builtin, is_named

_DISPLAYS = (ast.Dict, ast.DictComp, ast.List, ast.ListComp, ast.Tuple)
_OF_PYDANTIC_1 = frozenset({"BaseSettings", "parse_obj_as", "root_validator", "validator"})


def dump_body(module: Module, place: Location) -> list[Edit]:
    """Put `json.dumps` around the dict or list at `place`, where it becomes the body of an answer. Raises Refused."""
    tree = Tree(module)
    value = find(module, place, ast.expr)
    if not isinstance(value, _DISPLAYS) or any(_looks_into_answer(node) for node in tree.nodes):
        raise Refused
    bodies = [value] if _is_body(tree, value) else list(_bodies_of_variable(tree, value))
    name, added = imports.name_of(module, "json", "dumps", whole=True)
    return [*added, *(edit for body in bodies for edit in _around(module, body, name))]


def _is_body(tree: Tree, value: ast.expr) -> bool:
    """`{"body": value}` and `answer["body"] = value`."""
    parent = tree.parents[value]
    if isinstance(parent, ast.Dict):
        return any(key is not None and is_named(key, "body") for key, one in _pairs(parent) if one is value)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1:
        return False
    target = parent.targets[0]
    return isinstance(target, ast.Subscript) and is_named(target.slice, "body")


def _pairs(node: ast.Dict) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    yield from zip(node.keys, node.values, strict=True)


def _bodies_of_variable(tree: Tree, value: ast.expr) -> Iterator[ast.expr]:
    """Where a variable becomes the body that is never anything but a dict or a list."""
    name, _ = single_target(tree.parents[value])
    uses = tree.uses(tree.function(value), name) if name else []
    for use in uses:
        if isinstance(use.ctx, ast.Store):
            if not isinstance(single_target(tree.parents[use])[1], _DISPLAYS):
                raise Refused
    bodies = [use for use in uses if isinstance(use.ctx, ast.Load) and _is_body(tree, use)]
    if not bodies:
        raise Refused
    yield from bodies


def _looks_into_answer(node: ast.AST) -> bool:
    """`answer["body"]["id"]`: what looks into a body would meet a text. That of an event is one."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and is_named(node.slice, "body"):
        return root(node.value) not in ("event", "record")
    return False


def express(module: Module, place: Location, form: str, name: str, handler: str) -> list[Edit]:
    """Give what `handler` returns, at `place`, a form in JSON.

    `form` is a function (`sorted`, `dataclasses.asdict`) or a method (`.isoformat()`); `name` is that of the class
    of an object, empty for all else. Raises Refused.
    """
    tree = Tree(module)
    value = _object(tree, place, name) if name else find(module, place, ast.expr)
    if tree.function(value).name != handler:
        raise Refused  # others may call that function, and take it as it is
    _check_returned(tree, value)
    start, end = module.span(value)
    if form.startswith("."):
        if not isinstance(value, ast.Call) or (name and _is_pydantic_1(module)):
            raise Refused
        return [Edit(end, end, form)]
    if form == "list" and isinstance(value, ast.GeneratorExp):
        return [Edit(start, start + 1, "["), Edit(end - 1, end, "]")]
    package, _, function = form.rpartition(".")
    if package:
        known, added = imports.name_of(module, package, function)
        return [*added, *_around(module, value, known)]
    if not is_builtin(module, function):
        raise Refused
    return _around(module, value, function)


def _object(tree: Tree, place: Location, name: str) -> ast.expr:
    """The one place where an object of the class is made, in the statement or expression at `place`."""
    start = (place.line, place.end_line)
    calls = [
        node
        for node in tree.nodes
        if isinstance(node, ast.Call)
        and start[0] <= node.lineno <= start[1]
        and (node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)) == name
    ]
    if len(calls) != 1:
        raise Refused
    return calls[0]


def _check_returned(tree: Tree, value: ast.expr) -> None:
    """Refused unless a value is returned, as it stands or in a dict or list, and does nothing else."""
    node: ast.AST = value
    while True:
        parent = tree.parents[node]
        if isinstance(parent, ast.Return):
            return
        if isinstance(parent, ast.Dict) and node not in parent.values:
            raise Refused
        name, _ = single_target(parent)
        if name:
            uses = tree.uses(tree.function(node), name)
            loads = [use for use in uses if isinstance(use.ctx, ast.Load)]
            if len(uses) != len(loads) + 1 or not all(isinstance(tree.parents[use], ast.Return) for use in loads):
                raise Refused
            return
        if not isinstance(parent, (ast.Dict, ast.List, ast.Tuple)):
            raise Refused
        node = parent


def _is_pydantic_1(module: Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").partition(".")[0] == "pydantic"
        and (node.module == "pydantic.v1" or any(one.name in _OF_PYDANTIC_1 for one in node.names))
        for node in module.body
    )


def _around(module: Module, value: ast.expr, function: str) -> list[Edit]:
    start, end = module.span(value)
    return [Edit(start, start, f"{function}("), Edit(end, end, ")")]
