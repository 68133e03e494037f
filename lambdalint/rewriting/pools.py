"""Pools of processes become pools of threads, which need no shared memory."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting import imports
from lambdalint.rewriting.calls import find
from lambdalint.rewriting.names import Module, Refused, single_target
from lambdalint.rewriting.scopes import Surroundings, is_bound_once, origin

_EXECUTORS = {"concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor"}
_POOLS = {
    "multiprocessing.Pool",
    "multiprocessing.dummy.Pool",
    "multiprocessing.pool.Pool",
    "multiprocessing.pool.ThreadPool",
}
_PACKAGE, _NAME = "concurrent.futures", "ThreadPoolExecutor"
_KEPT = {"initargs", "initializer", "max_workers"}
"""Arguments that a pool of threads takes by the same name."""


def use_threads(module: Module, place: Location) -> list[Edit]:
    """What the call at `place` makes becomes a `ThreadPoolExecutor`. Raises Refused."""
    call = find(module, place, ast.Call)
    assert isinstance(call, ast.Call)
    made = origin(module, call.func)
    around = Surroundings(module)
    if len(call.args) > 1 or any(isinstance(one, ast.Starred) for one in call.args):
        raise Refused  # from the second on they mean something else
    if made in _EXECUTORS and all(keyword.arg in _KEPT for keyword in call.keywords):
        return _renamed(module, around, call)
    if made in _POOLS and all(keyword.arg in {*_KEPT, "processes"} - {"max_workers"} for keyword in call.keywords):
        edits = [*_renamed(module, around, call), *_uses(module, around, call)]
        for keyword in call.keywords:
            if keyword.arg == "processes":
                start, _ = module.span(keyword)
                edits.append(Edit(start, start + len("processes"), "max_workers"))
        return edits
    raise Refused


# The name, and where it comes from


def _renamed(module: Module, around: Surroundings, call: ast.Call) -> list[Edit]:
    """The name called becomes that of the executor, and the imports follow."""
    if isinstance(call.func, ast.Attribute) and origin(module, call.func.value) == _PACKAGE:
        end = module.span(call.func)[1]
        return [Edit(end - len(call.func.attr), end, _NAME)]
    first: ast.expr = call.func
    while isinstance(first, ast.Attribute):
        first = first.value
    assert isinstance(first, ast.Name)
    name, added = imports.name_of(module, _PACKAGE, _NAME)
    if around.is_hidden(first.id, call) or around.is_hidden(name.partition(".")[0], call):
        raise Refused
    start, end = module.span(call.func)
    edits = [Edit(start, end, name)]
    statement = module.body[module.sites[first.id][0]]
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    needed = _is_needed(module, first)
    if added and isinstance(statement, ast.ImportFrom) and statement.module == _PACKAGE:
        alias = next(one for one in statement.names if (one.asname or one.name) == first.id)
        start, end = module.span(alias)
        return [*edits, Edit(end, end, f", {_NAME}") if needed else Edit(start, end, _NAME)]
    if needed:
        return [*edits, *added]
    if len(statement.names) > 1:
        return [*edits, *added, _without(module, statement, first.id)]
    start, end = module.span(statement)
    line, below = module.start(statement.lineno), module.start((statement.end_lineno or 0) + 1)
    if line != start or module.text[end:below].strip():
        return [*edits, *added]  # a comment on it may have its reason
    if added:
        return [*edits, Edit(start, end, f"from {_PACKAGE} import {_NAME}")]
    return [*edits, Edit(start, below, "")]


def _is_needed(module: Module, one: ast.Name) -> bool:
    """Whether an imported name is used elsewhere too."""
    for node in ast.walk(ast.Module(module.body, [])):
        if isinstance(node, ast.Name) and node.id == one.id and node is not one:
            return True
        if isinstance(node, ast.Constant) and node.value == one.id:  # `__all__`
            return True
    return False


def _without(module: Module, statement: ast.Import | ast.ImportFrom, name: str) -> Edit:
    """The edit that takes one of several names out of an import."""
    spans = [module.span(alias) for alias in statement.names]
    index = next(
        index for index, alias in enumerate(statement.names) if (alias.asname or alias.name.partition(".")[0]) == name
    )
    if index + 1 < len(spans):
        start, end = spans[index][0], spans[index + 1][0]
    else:
        start, end = spans[index - 1][1], spans[index][1]
    if "#" in module.text[start:end]:
        raise Refused
    return Edit(start, end, "")


# What is done with a pool


def _uses(module: Module, around: Surroundings, call: ast.Call) -> Iterator[Edit]:
    """The methods of a pool become those of an executor. Refused where not all uses are known."""
    function = around.function(call)
    if function is None:
        raise Refused
    above = around.parent(call)
    if isinstance(above, ast.withitem) and isinstance(above.optional_vars, ast.Name):
        name = above.optional_vars.id
    else:
        name, value = single_target(above)
        if value is not call or isinstance(above, ast.AnnAssign):
            raise Refused
    if not is_bound_once(function, name):
        raise Refused
    if any(isinstance(node, ast.Global | ast.Nonlocal) and name in node.names for node in ast.walk(function)):
        raise Refused
    closed = joined = False
    for node in ast.walk(function):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        method = around.parent(node)
        use = around.parent(method)
        if not isinstance(method, ast.Attribute) or not isinstance(use, ast.Call) or use.func is not method:
            raise Refused  # somebody else has it too
        closed, joined = closed or method.attr == "close", joined or method.attr == "join"
        yield from _method(module, around, method, use)
    if joined and not closed:
        raise Refused


def _method(module: Module, around: Surroundings, method: ast.Attribute, use: ast.Call) -> Iterator[Edit]:
    (_, end), (start, stop) = module.span(method), module.span(use)
    name = Edit(end - len(method.attr), end, "map")
    if method.attr == "close" and not use.args:
        yield name._replace(text="shutdown")
    elif method.attr == "join" and not use.args:
        yield _statement(module, around, use)
    elif method.attr in ("map", "imap", "imap_unordered", "starmap"):
        if len(use.args) != 2 or any(isinstance(one, ast.Starred) for one in use.args):
            raise Refused  # the third of a pool is the size of its chunks, and of an executor more arguments
        if any(keyword.arg != "chunksize" for keyword in use.keywords):
            raise Refused
        if method.attr != "map":
            yield name
        if method.attr == "starmap":
            yield _spread(module, use.args[0])
        above = around.parent(use)
        if method.attr in ("map", "starmap") and not _is_listed(above):
            yield Edit(start, start, "list(")
            yield Edit(stop, stop, ")")
    else:
        raise Refused


def _is_listed(node: ast.AST) -> bool:
    """Makes a list, or the like, of what it is given itself."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("list", "set", "tuple")


def _spread(module: Module, function: ast.expr) -> Edit:
    """`starmap(f, ...)` calls `f` with each item's elements."""
    start, end = module.span(function)
    source = module.text[start:end]
    if not isinstance(function, ast.Name | ast.Attribute) or source.partition(".")[0] == "arguments":
        raise Refused
    return Edit(start, end, f"lambda arguments: {source}(*arguments)")


def _statement(module: Module, around: Surroundings, use: ast.Call) -> Edit:
    """The edit that takes a statement away which has a line of its own, and others beside it."""
    statement = around.statement(use)
    start, stop = module.start(statement.lineno), module.start((statement.end_lineno or 0) + 1)
    first, last = module.span(statement)
    if module.text[start:first].strip() or module.text[last:stop].strip() or len(around.block(statement)) == 1:
        raise Refused
    if not isinstance(statement, ast.Expr) or statement.value is not use:
        raise Refused
    return Edit(start, stop, "")
