"""Rewriting source so that comments and formatting stay: the one place that imports libcst."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider, WhitespaceInclusivePositionProvider

from lambdalint.check import Edit


def hoist_client(text: str, *, line: int, column: int, handler: str) -> Sequence[Edit]:
    """Move what a call in a handler builds above the handler; no edits where that could change meaning.

    `line` and `column` (from 1, in characters) are where the call begins. `client = boto3.client("s3")` as a
    statement of the handler's own body moves with its comments; a call inside an expression gets a global of
    its own. Refused: a call that needs what the function binds or what is bound below it, a name that the
    module or the function binds elsewhere, and anything inside `try`, a nested function or a comprehension.
    """
    try:
        module = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except cst.ParserSyntaxError:
        return ()
    return _Hoist(module, text, handler).edits(line, column - 1)


class _Hoist:
    def __init__(self, module: MetadataWrapper, text: str, handler: str) -> None:
        self.tree = module.module
        self.positions = module.resolve(PositionProvider)
        self.whole = module.resolve(WhitespaceInclusivePositionProvider)
        self.parents = module.resolve(ParentNodeProvider)
        self.text = text
        self.handler = handler
        self.starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", text))]

    def offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + column if line <= len(self.starts) else len(self.text)

    def edits(self, line: int, column: int) -> Sequence[Edit]:
        function = self.function()
        call = self.call(line, column)
        if function is None or call is None:
            return ()
        statement = self.statement(call, function)
        if statement is None:
            return ()
        bound = _bound_by(function)
        before, after = self.globals_around(function)
        needed = {node.value for node in _names(call)}
        if needed & bound or not needed <= before | set(dir(builtins)) or needed & after:
            return ()
        code = self.tree.code_for_node(call)
        newline = self.tree.default_newline
        above = self.above(function)
        small = statement.body[0]
        if (
            isinstance(small, cst.Assign)
            and small.value is call
            and len(small.targets) == 1
            and isinstance(small.targets[0].target, cst.Name)
        ):
            return self.move(statement, function, small.targets[0].target.value, before | after, above)
        if any(
            isinstance(parent, (cst.Assign, cst.AnnAssign)) and parent.value is call for parent in self.line_of(call)
        ):
            return ()
        name = _free_name(call, before | after | bound | {node.value for node in _names(self.tree)})
        start, end = self.positions[call].start, self.positions[call].end
        return (
            Edit(above, above, f"{name} = {code}{newline}{newline}{newline}"),
            Edit(self.offset(start.line, start.column), self.offset(end.line, end.column), name),
        )

    def function(self) -> cst.FunctionDef | None:
        found = [
            node for node in self.tree.body if isinstance(node, cst.FunctionDef) and node.name.value == self.handler
        ]
        return found[0] if len(found) == 1 else None

    def call(self, line: int, column: int) -> cst.Call | None:
        best: cst.Call | None = None
        for node, place in self.positions.items():
            if isinstance(node, cst.Call) and (place.start.line, place.start.column) == (line, column):
                # Of `boto3.client("s3").get_object()` both calls begin here; the client is the shorter.
                if best is None or (place.end.line, place.end.column) < (
                    self.positions[best].end.line,
                    self.positions[best].end.column,
                ):
                    best = node
        return best

    def line_of(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, the nearest first."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def statement(self, call: cst.Call, function: cst.FunctionDef) -> cst.SimpleStatementLine | None:
        """The statement a call stands in, if it is one that may be taken from there."""
        found: cst.SimpleStatementLine | None = None
        for node in self.line_of(call):
            if node is function:
                return found
            if isinstance(node, cst.SimpleStatementLine):
                found = node if len(node.body) == 1 else None
                if found is None:
                    return None
            if isinstance(node, (cst.Try, cst.TryStar, cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.BaseComp)):
                return None
        return None

    def globals_around(self, function: cst.FunctionDef) -> tuple[set[str], set[str]]:
        """Names the module binds above the function, and those it binds below it or more than once."""
        before: set[str] = set()
        after: set[str] = set()
        passed = False
        for node in self.tree.body:
            if node is function:
                passed = True
                continue
            for name in _bound_by(node):
                (after if passed or name in before else before).add(name)
        for declared in _find(self.tree, cst.Global):
            after |= {item.name.value for item in declared.names}
        return before, after

    def above(self, function: cst.FunctionDef) -> int:
        """Where the function begins, its decorators and comments included."""
        lines = function.leading_lines
        first = function.decorators[0] if function.decorators else function
        line = self.positions[first].start.line
        for empty in reversed(lines):
            if empty.comment is None:
                break
            line -= 1
        return self.offset(line, 0)

    def move(
        self, statement: cst.SimpleStatementLine, function: cst.FunctionDef, name: str, taken: set[str], above: int
    ) -> Sequence[Edit]:
        binding = sum(part == name for part in _bindings(function))
        inside = self.parents.get(statement)
        if name in taken or binding != 1 or inside is not function.body:
            return ()
        first = self.positions[statement].start.line
        for empty in reversed(statement.leading_lines):
            if empty.comment is None:
                break
            first -= 1
        last = self.positions[statement].end.line
        start, end = self.offset(first, 0), self.offset(last + 1, 0)
        moved = self.text[start:end]
        newline = self.tree.default_newline
        indent = re.match(r"[ \t]*", moved)
        width = len(indent[0]) if indent else 0
        shifted = "".join(
            part[width:] if part[:width].isspace() else part for part in moved.splitlines(keepends=True)
        ).rstrip("\r\n")
        body = function.body
        alone = isinstance(body, cst.IndentedBlock) and len(body.body) == 1
        stays = (indent[0] if indent else "") + "pass" + newline if alone else ""
        return (
            Edit(above, above, f"{shifted}{newline}{newline}{newline}"),
            Edit(start, end, stays),
        )


def _names(node: cst.CSTNode) -> list[cst.Name]:
    """The variables a node reads; not attribute or keyword names."""
    found: list[cst.Name] = []
    todo: list[cst.CSTNode] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, cst.Name):
            found.append(one)
        elif isinstance(one, (cst.Attribute, cst.Arg)):
            todo.append(one.value)
        else:
            todo += one.children
    return found


def _find(tree: cst.CSTNode, kind: type[cst.Global]) -> Iterator[cst.Global]:
    todo = [tree]
    while todo:
        one = todo.pop()
        if isinstance(one, kind):
            yield one
        todo += one.children


def _bindings(node: cst.CSTNode) -> Iterator[str]:
    """Every binding of a name in a node, one for each place."""
    todo: list[cst.CSTNode] = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, (cst.FunctionDef, cst.ClassDef)):
            yield one.name.value
        if isinstance(one, cst.Param):
            yield one.name.value
        if isinstance(one, cst.ImportAlias):
            target: cst.CSTNode = one.asname.name if one.asname else one.name
            while isinstance(target, cst.Attribute):
                target = target.value
            if isinstance(target, cst.Name):
                yield target.value
            continue
        if isinstance(one, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor)):
            yield from _targets(one.target)
        if isinstance(one, cst.AsName):
            yield from _targets(one.name)
        if isinstance(one, (cst.Del,)):
            yield from _targets(one.target)
        if isinstance(one, cst.NameItem):
            yield one.name.value
        todo += one.children


def _targets(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield from _targets(element.value)


def _bound_by(node: cst.CSTNode) -> set[str]:
    """What a statement binds in the scope it stands in; for a function, also what it binds inside."""
    if isinstance(node, cst.FunctionDef):
        return set(_bindings(node.params)) | set(_bindings(node.body)) | {node.name.value}
    return set(_bindings(node))


def _free_name(call: cst.Call, taken: set[str]) -> str:
    """A good name for what a call builds, that nothing has yet."""
    kind = call.func.attr.value if isinstance(call.func, cst.Attribute) else "client"
    service = ""
    if call.args and isinstance(call.args[0].value, cst.SimpleString):
        value = call.args[0].value.evaluated_value
        service = re.sub(r"\W", "_", value if isinstance(value, str) else "")
    name = f"{service}_{kind}".strip("_").lower()
    number = 1
    free = name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
