"""Fixes that put statements into a block of their own: `with`, `try`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting import imports
from lambdalint.rewriting.calls import find
from lambdalint.rewriting.names import FUNCTIONS, Module, Refused, bound, root
from lambdalint.rewriting.tree import Tree

_ITEMS = {"put_item": "Item", "delete_item": "Key"}
_TRIES = (ast.Try, ast.TryStar)
_STRANGE = (*_TRIES, ast.With, ast.AsyncWith, ast.Await, ast.Yield, ast.YieldFrom, ast.Return, ast.While, *FUNCTIONS)
_SHOWS = frozenset({"critical", "debug", "error", "exception", "info", "log", "pprint", "print", "warn", "warning"})
_KEEPS = frozenset(
    {"Path", "Popen", "Process", "PurePath", "Thread", "abspath", "add", "append", "enter_context", "extend", "fspath",
     "insert", "join", "put", "realpath", "register", "setdefault", "str", "submit", "update"}
)  # fmt: skip
"""Functions and methods after which a path may be used later, or is known by another name."""
_RUNS = frozenset({"call", "check_call", "check_output", "run"})
_LINES = 30
"""A block that is longer is not moved to the right: nobody reads such a change."""


def batch_writes(module: Module, place: Location) -> list[Edit]:
    """Put a batch writer around the loop in which the call at `place` writes one item. Raises Refused."""
    tree = Tree(module)
    call = find(module, place, ast.Call)
    assert isinstance(call, ast.Call)
    method, statement = call.func, tree.parents[call]
    if not isinstance(method, ast.Attribute) or not isinstance(statement, ast.Expr) or call.args:
        raise Refused
    table = method.value
    if [keyword.arg for keyword in call.keywords] != [_ITEMS.get(method.attr)] or not _is_dotted(table):
        raise Refused
    loop = _loop_around(tree, statement)
    _check_turn(tree, loop, statement, table)
    function = tree.function(loop)
    taken = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    batch = next((name for name in ("batch", "writer", "batch_writer") if name not in taken), None)
    if batch is None:
        raise Refused
    start, end = module.span(table)
    header = f"with {module.text[start:end]}.batch_writer() as {batch}:"
    return [*_indented(tree, [loop], loop.lineno, header), Edit(start, end, batch)]


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _loop_around(tree: Tree, statement: ast.stmt) -> ast.For:
    """The loop around a statement. Refused where an error would now come at another time than is caught."""
    loop: ast.For | None = None
    for node in tree.above(statement):
        if loop is None and isinstance(node, ast.For):
            loop = node
        elif isinstance(node, ast.FunctionDef):
            if loop is None or loop.orelse:
                raise Refused
            return loop
        elif isinstance(node, ast.With) and loop is not None:
            if any("suppress" in ast.dump(item.context_expr) for item in node.items):
                raise Refused
        elif not isinstance(node, (ast.If, ast.For)):
            raise Refused
    raise Refused


def _check_turn(tree: Tree, loop: ast.For, statement: ast.stmt, table: ast.expr) -> None:
    """Refused unless a turn makes the item, shows what it does, writes, and does nothing with the table before."""
    if root(table) in bound([loop]):
        raise Refused
    written = ast.dump(table)
    later = (statement.lineno, statement.col_offset)
    for node in ast.walk(loop):
        if isinstance(node, _STRANGE):
            raise Refused
        if isinstance(node, ast.expr) and node is not table and ast.dump(node) == written:
            raise Refused
        if isinstance(node, ast.Expr) and node is not statement and not _shows(node.value):
            raise Refused
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset) > later and not _is_in(tree, node, statement):
            raise Refused  # it may tell that the item was written


def _is_in(tree: Tree, node: ast.AST, statement: ast.stmt) -> bool:
    return any(one is statement for one in tree.above(node))


def _shows(value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return True
    return _name_called(value) in _SHOWS


def remove_file(module: Module, place: Location, position: int, keyword: str, *, whole: bool) -> list[Edit]:
    """See to it that the file is removed that the call at `place` writes, whatever happens.

    `whole`: if the call fails, there is no file. Raises Refused.
    """
    tree = Tree(module)
    call = find(module, place, ast.Call)
    assert isinstance(call, ast.Call)
    path = next((one.value for one in call.keywords if one.arg == keyword), None)
    if path is None and len(call.args) > position:
        path = call.args[position]
    if not isinstance(path, ast.Name):
        raise Refused
    statement = tree.statement(call)
    block = tree.block(statement)
    index = block.index(statement)
    _check_path(tree, path, {node for one in block[index:] for node in ast.walk(one)})
    if not whole:
        name, added = imports.name_of(module, "pathlib", "Path")
        removal = f"{name}({path.id}).unlink(missing_ok=True)"
    elif index + 1 < len(block) and isinstance(statement, ast.Expr):
        name, added = imports.name_of(module, "os", "remove", whole=True)
        removal = f"{name}({path.id})"
        index += 1
    else:
        raise Refused
    rest, first = block[index:], block[index].lineno
    before = block[index - 1].end_lineno if index else first - 1
    indent = " " * rest[0].col_offset
    while first - 1 > (before or 0) and module.is_comment(first - 1, indent):
        first -= 1
    return [*added, *_indented(tree, rest, first, "try:", ("finally:", removal))]


def _check_path(tree: Tree, path: ast.Name, inside: set[ast.AST]) -> None:
    """Refused unless a path is a variable that is set once and afterwards read by calls inside alone.

    One of them at least: what is not read here is meant for somebody who makes up the same path.
    """
    function = tree.function(path)
    used = 0
    for use in tree.uses(function, path.id):
        if isinstance(use.ctx, ast.Load):
            if use not in inside or not _is_only_used(tree, use):
                raise Refused
            used += use is not path and not isinstance(tree.parents[use], ast.FormattedValue)
        elif use in inside or not isinstance(tree.parents[use], ast.Assign):
            raise Refused
    if not used or sum(name == path.id for name in bound(function.body)) != 1:
        raise Refused
    if any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function)):
        raise Refused


def _is_only_used(tree: Tree, use: ast.Name) -> bool:
    """Whether a call is given the path and nothing of it is kept."""
    parent = tree.parents[use]
    if isinstance(parent, ast.FormattedValue):
        return _name_called(tree.parents[tree.parents[parent]]) in _SHOWS
    if isinstance(parent, ast.List):
        return _name_called(tree.parents[parent]) in _RUNS
    if isinstance(parent, ast.keyword):
        parent = tree.parents[parent]
    called = _name_called(parent)
    return called != "" and called not in _KEEPS and use is not getattr(parent, "func", None)


def _name_called(node: ast.AST) -> str:
    """The last name of the function or method that a node calls; empty for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)


def _indented(
    tree: Tree, statements: Sequence[ast.stmt], first: int, header: str, footer: tuple[str, str] | None = None
) -> list[Edit]:
    """Statements of one block go into a block of their own, from line `first` on. Raises Refused."""
    module = tree.module
    last = statements[-1].end_lineno or 0
    start, end = module.start(statements[0].lineno), module.start(last + 1)
    indent = module.text[start : module.span(statements[0])[0]]
    rest = module.text[module.span(statements[-1])[1] : end].strip()
    if indent.strip() or (rest and not rest.startswith("#")) or last - first >= _LINES:
        raise Refused
    outer = tree.parents[statements[0]]
    unit = indent[getattr(outer, "col_offset", 0) :] or "    "
    newline = module.newline
    edits = [Edit(module.start(first), module.start(first), f"{indent}{header}{newline}{unit}")]
    for number in range(first + 1, last + 1):
        if not module.is_blank(number):
            edits.append(Edit(module.start(number), module.start(number), unit))
    if footer is not None:
        ended = "" if module.text[:end].endswith(("\n", "\r")) else newline
        added = f"{ended}{indent}{footer[0]}{newline}{indent}{unit}{footer[1]}{'' if ended else newline}"
        edits.append(Edit(end, end, added))
    moved = "".join(unit + module.line(one) for one in range(statements[0].lineno, last + 1))
    around = ast.parse(f"if 1:{newline}" + moved if indent else moved).body[0]
    assert isinstance(around, ast.If)
    if [ast.dump(one) for one in around.body] != [ast.dump(one) for one in statements]:
        raise Refused  # a text over several lines would become another
    return edits
