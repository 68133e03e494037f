"""A module's text, its tree, and what its names mean."""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DIRECT = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, *FUNCTIONS, ast.ClassDef)
"""Statements that bind a name for certain when they stand at module level."""
_LINE_END = re.compile(r"\r\n|\n|\r")


_SESSION, _LONG_SESSION = (
    ast.dump(ast.parse(one, mode="eval").body) for one in ("boto3.Session", "boto3.session.Session")
)


class Refused(Exception):
    """A fix could change what the program does."""


class Module:
    """Lines count from 1; offsets count characters of the text."""

    def __init__(self, text: str) -> None:
        if text.startswith("\ufeff"):
            raise Refused
        self.text = text
        self.body = ast.parse(text).body
        ends = [end.end() for end in _LINE_END.finditer(text)]
        self._starts = [0, *ends, len(text)] if not ends or ends[-1] < len(text) else [0, *ends]
        newline = _LINE_END.search(text)
        self.newline = newline[0] if newline else "\n"
        self.top = symtable.symtable(text, "module", "exec")
        self.tables = [self.top, *below(self.top)]
        self.sites: dict[str, list[int]] = {}
        """The statements of the body that bind a global, by its name."""
        for index, statement in enumerate(self.body):
            for name in bound([statement]):
                self.sites.setdefault(name, []).append(index)
        self._declared = {
            symbol.get_name()
            for table in self.tables[1:]
            for symbol in table.get_symbols()
            if symbol.is_declared_global()
        }

    def start(self, line: int) -> int:
        """Where a line starts; the line after the last starts at the end."""
        return self._starts[min(line, len(self._starts)) - 1]

    def line(self, number: int) -> str:
        """With its end."""
        return self.text[self.start(number) : self.start(number + 1)]

    def is_blank(self, number: int) -> bool:
        return 0 < number < len(self._starts) and not self.line(number).strip()

    def is_comment(self, number: int, indent: str) -> bool:
        return self.line(number).startswith(indent + "#")

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> tuple[int, int]:
        """The offsets of its start and its end."""
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno or 1, node.end_col_offset or 0),
        )

    def _offset(self, number: int, utf8_column: int) -> int:
        line = self.line(number)
        column = utf8_column if line.isascii() else len(line.encode()[:utf8_column].decode())
        return self.start(number) + column

    def ready(self, name: str) -> int:
        """The statement after which the global `name` has the one value it ever has."""
        sites = self.sites.get(name, [])
        if name in self._declared or max(self.sites.get("*", ()), default=-1) > min(sites, default=-1):
            raise Refused  # a star import may bind it, too
        if not sites and not hasattr(builtins, name) and name != "__file__":
            raise Refused
        found = [self.body[site] for site in sites]
        once = len(sites) < 2 or all(isinstance(one, ast.Import) for one in found)
        if not once or not all(isinstance(one, _DIRECT) for one in found):
            raise Refused
        return max(sites, default=-1)

    def package(self, name: str) -> str:
        """The top-level package that the import of `name` loads; empty if it is no import."""
        statement = self.body[self.sites[name][0]] if name in self.sites else None
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            return (statement.module or "").partition(".")[0]
        if isinstance(statement, ast.Import):
            names = (one.name for one in statement.names if (one.asname or one.name.partition(".")[0]) == name)
            return next(names, "").partition(".")[0]
        return ""

    def function(self, name: str, line: int) -> tuple[int, Function, symtable.SymbolTable]:
        """The top-level function around `line`: its place in the body, its tree and its symbols."""
        for index, node in enumerate(self.body):
            if isinstance(node, FUNCTIONS) and node.name == name and node.lineno <= line <= (node.end_lineno or 0):
                for table in self.top.get_children():
                    if (table.get_name(), table.get_lineno()) == (name, node.lineno):
                        return index, node, table
        raise Refused

    def definitions(self, dump: str, before: int) -> Iterator[str]:
        """Globals that are bound once, to this very call, ahead of statement `before`."""
        for statement in self.body[:before]:
            name, value = single_target(statement)
            if name and isinstance(value, ast.Call) and identity(value) == dump and self._is_constant(name):
                yield name

    def _is_constant(self, name: str) -> bool:
        try:
            self.ready(name)
        except Refused:
            return False
        return True


def below(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    """The scopes within a scope, all the way down."""
    for child in table.get_children():
        yield child
        yield from below(child)


def bound(body: Iterable[ast.AST]) -> Iterator[str]:
    """The names that statements bind or delete in their own scope, once for each place; `*` for a star import."""
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one.asname or one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


def single_target(node: ast.AST) -> tuple[str, ast.expr | None]:
    """The name and the value of `name = value` and `name: type = value`; an empty name for all else."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return "", None
    return (target.id, node.value) if isinstance(target, ast.Name) else ("", None)


def identity(node: ast.AST) -> str:
    """Equal for calls that build the same."""
    return ast.dump(node).replace(_LONG_SESSION, _SESSION)


def root(node: ast.AST) -> str:
    """The name at the start of `name.a().b[0]`; empty if it starts with something else."""
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        else:
            return ""
    return node.id
