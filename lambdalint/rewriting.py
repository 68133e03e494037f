"""Moves what a handler builds anew each time to module level, or refuses where that could change its meaning.

`ast` and `symtable` say what names mean, exactly as the interpreter does; edits are cut from the text
itself, so that nothing else in a file moves. Loaded only when a fix is asked for.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Sequence
from keyword import iskeyword

from lambdalint.check import Edit

Function = ast.FunctionDef | ast.AsyncFunctionDef
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS)
_CONDITIONS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match, ast.IfExp, ast.BoolOp)
_DIRECT = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, *_FUNCTIONS, ast.ClassDef)
"""Statements that bind a name for certain when they stand at module level."""
_PURE = {"aiohttp", "boto3", "botocore", "certifi", "httpx", "os", "ssl", "urllib3"}
"""Calls into these may stand among the arguments: they give at import what they give later."""
_CASTS = {"bool", "dict", "float", "int", "str"}
_CLOSERS = {"aclose", "close", "disconnect", "dispose", "quit", "shutdown", "__enter__", "__aenter__"}
_KEEPERS = {"aclosing", "closing", "enter_async_context", "enter_context", "push"}
_ALTERERS = {"add", "append", "pop", "register", "register_first", "register_last", "setdefault", "unregister"}
_ALTERERS |= {"clear", "insert", "remove", "set", "update"}


class Refused(Exception):
    """Hoisting could change what the program does."""


def hoist_client(text: str, *, line: int, column: int, handler: str) -> Sequence[Edit]:
    """Move what the call at `line` and `column` of function `handler` builds to module level; () if refused."""
    try:
        return _Hoist(_Module(text), handler, line, column).edits()
    except (Refused, SyntaxError, ValueError, RecursionError, KeyError):
        return ()


class _Module:
    """A module's text, its tree, and what its names mean."""

    def __init__(self, text: str) -> None:
        if text.startswith("\ufeff"):
            raise Refused
        self.text = text
        self.body = ast.parse(text).body
        self.starts = [0, *(end.end() for end in re.finditer(r"\r\n|\n|\r", text))]
        newline = re.search(r"\r\n|\n|\r", text)
        self.newline = newline[0] if newline else "\n"
        self.top = symtable.symtable(text, "module", "exec")
        self.tables = list(_below(self.top))
        self.sites: dict[str, list[int]] = {}
        for index, statement in enumerate(self.body):
            for name in _bound([statement]):
                self.sites.setdefault(name, []).append(index)
        self.declared = {
            symbol.get_name()
            for table in self.tables
            for symbol in table.get_symbols()
            if table is not self.top and symbol.is_declared_global()
        }

    def line(self, number: int) -> str:
        """With its end; lines count from 1."""
        return self.text[self.starts[number - 1] :][: self._length(number)]

    def _length(self, number: int) -> int:
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return end - self.starts[number - 1]

    def offset(self, number: int, utf8_column: int) -> int:
        line = self.line(number)
        if line.isascii():
            return self.starts[number - 1] + utf8_column
        return self.starts[number - 1] + len(line.encode()[:utf8_column].decode())

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def ready(self, name: str) -> int:
        """The index of the statement after which the global `name` has the one value it ever has."""
        sites = self.sites.get(name, [])
        if name in self.declared or "*" in self.sites:
            raise Refused
        if not sites:
            if hasattr(builtins, name) or name in ("__name__", "__file__"):
                return -1
            raise Refused
        found = [self.body[site] for site in sites]
        once = len(sites) == 1 or all(isinstance(one, ast.Import) for one in found)
        if not once or not all(isinstance(one, _DIRECT) for one in found):
            raise Refused
        return max(sites)

    def root(self, name: str) -> str:
        """The top-level package that the import of `name` loads; empty if it is no import."""
        statement = self.body[self.sites[name][0]] if name in self.sites else None
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            return (statement.module or "").partition(".")[0]
        if isinstance(statement, ast.Import):
            alias = next(one for one in statement.names if (one.asname or one.name.partition(".")[0]) == name)
            return alias.name.partition(".")[0]
        return ""

    def function(self, name: str, line: int) -> tuple[int, Function, symtable.SymbolTable]:
        """The top-level function around `line`, with its index in the body and its symbols."""
        for index, node in enumerate(self.body):
            if isinstance(node, _FUNCTIONS) and node.name == name and node.lineno <= line <= (node.end_lineno or 0):
                for table in self.top.get_children():
                    if (table.get_name(), table.get_lineno()) == (name, node.lineno):
                        return index, node, table
        raise Refused

    def definitions(self, dump: str, before: int) -> Iterator[str]:
        """Globals that are bound once, to this very expression, ahead of statement `before`."""
        for statement in self.body[:before]:
            for target in _targets(statement):
                value = getattr(statement, "value", None)
                if isinstance(value, ast.Call) and ast.dump(value) == dump and self._is_constant(target):
                    yield target

    def _is_constant(self, name: str) -> bool:
        try:
            self.ready(name)
        except Refused:
            return False
        return True


class _Hoist:
    """One call in one handler, and what can be done about it."""

    def __init__(self, module: _Module, handler: str, line: int, column: int) -> None:
        self.module = module
        self.index, self.function, self.table = module.function(handler, line)
        self.parents = {
            child: node for node in ast.walk(self.function) for child in ast.iter_child_nodes(node)
        }
        self.call = self._call(line, column)
        self.dump = ast.dump(self.call)
        start, end = module.span(self.call)
        self.source = module.text[start:end]
        if ast.dump(ast.parse(f"({self.source}\n)", mode="eval").body) != self.dump:
            raise Refused  # places inside f-strings are not to be trusted before Python 3.12
        self.statement = self._surroundings()
        self.needed = max((self._needed(node) for node in ast.walk(self.call)), default=-1)
        if self.needed >= self.index:
            raise Refused

    def edits(self) -> Sequence[Edit]:
        names = _targets(self.statement)
        if len(names) == 1 and getattr(self.statement, "value", None) is self.call:
            self._check_uses(names[0])
            if not self._is_taken(names[0]):
                return self._move(names[0])
        return self._replace()

    # What is looked at

    def _call(self, line: int, column: int) -> ast.Call:
        """The innermost call that starts there; of a session made only to ask it for a client, the latter."""
        start = self.module.starts[line - 1] + column - 1
        calls = [
            node
            for node in ast.walk(self.function)
            if isinstance(node, ast.Call) and self.module.span(node)[0] == start
        ]
        if not calls:
            raise Refused
        call = min(calls, key=lambda node: self.module.span(node)[1])
        while isinstance(method := self.parents[call], ast.Attribute):
            outer = self.parents[method]
            if method.attr not in ("client", "resource") or not isinstance(outer, ast.Call):
                break
            call = outer
        return call

    def _surroundings(self) -> ast.stmt:
        """The statement around the call. Refused where the call has to happen here and now."""
        statement: ast.stmt | None = None
        conditional = False
        node: ast.AST = self.call
        while (parent := self.parents[node]) is not self.function:
            if statement is None and isinstance(node, ast.stmt):
                statement = node
            if isinstance(parent, (*_SCOPES, ast.Try, ast.TryStar, ast.withitem, ast.Await)):
                raise Refused
            if isinstance(parent, (ast.With, ast.AsyncWith)) and any(
                "suppress" in ast.dump(item.context_expr) for item in parent.items
            ):
                raise Refused
            conditional = conditional or isinstance(parent, _CONDITIONS)
            node = parent
        if node not in self.function.body:  # a decorator, a default
            raise Refused
        above = self.parents[self.call]
        if (isinstance(above, ast.Attribute) and above.attr in _CLOSERS) or _keeps(above):
            raise Refused
        if conditional and any(isinstance(part, ast.Subscript) for part in ast.walk(self.call)):
            raise Refused  # os.environ["X"] may be there only under that condition
        return statement or _stmt(node)

    def _needed(self, node: ast.AST) -> int:
        """The index of the statement that one part of the call waits for."""
        if isinstance(node, (*_SCOPES, ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom)):
            raise Refused
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno != node.lineno:
            raise Refused  # a text over several lines cannot be indented anew
        if isinstance(node, ast.Call) and not self._is_pure(node):
            raise Refused
        if isinstance(node, ast.Name):
            if not self.table.lookup(node.id).is_global():
                raise Refused
            return self.module.ready(node.id)
        return -1

    def _is_pure(self, call: ast.Call) -> bool:
        root: ast.expr = call
        while not isinstance(root, ast.Name):
            if isinstance(root, ast.Call):
                root = root.func
            elif isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            else:
                return isinstance(root, ast.Constant | ast.JoinedStr)  # "{}".format(...)
        origin = self.module.root(root.id)
        if call in self._spine():
            built_on = self.module.sites.get(root.id, [])
            return bool(origin) or any(isinstance(self.module.body[site], ast.Assign) for site in built_on)
        own = self.module.root(_root(self.call))
        builtin = root.id in _CASTS and root.id not in self.module.sites
        return builtin or (origin != "" and (origin in _PURE or origin == own))

    def _spine(self) -> Iterator[ast.expr]:
        """The call itself and what it is a method of."""
        node: ast.expr = self.call
        while isinstance(node, ast.Call | ast.Attribute):
            yield node
            node = node.func if isinstance(node, ast.Call) else node.value

    def _check_uses(self, name: str) -> None:
        """Refused if the object is closed or altered here, or if the name means more than this object."""
        symbol = self.table.lookup(name)
        own = sum(bound == name for bound in _bound(self.function.body))
        if not symbol.is_local() or symbol.is_parameter() or symbol.is_declared_global() or own != 1:
            raise Refused
        inner = [table for table in _below(self.table) if name in table.get_identifiers()]
        if any(table.lookup(name).is_nonlocal() for table in inner):
            raise Refused
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec"):
                raise Refused
            if isinstance(node, ast.withitem) and _is_name(node.context_expr, name):
                raise Refused
            if _keeps(node) and any(_is_name(one, name) for one in ast.iter_child_nodes(node)):
                raise Refused
            if isinstance(node, ast.Attribute | ast.Subscript) and _root(node) == name:
                if not isinstance(node.ctx, ast.Load):
                    raise Refused
                if isinstance(node, ast.Attribute) and _is_name(node.value, name) and node.attr in _CLOSERS:
                    raise Refused
                if isinstance(node, ast.Attribute) and self._alters(node, name):
                    raise Refused

    def _alters(self, node: ast.Attribute, name: str) -> bool:
        """`session.headers.update(...)`: what one invocation does to it, the next would meet."""
        called = isinstance(parent := self.parents[node], ast.Call) and parent.func is node
        return called and node.attr in _ALTERERS and not _is_name(node.value, name) and not _through_call(node)

    def _is_taken(self, name: str) -> bool:
        """Another function builds something else under this name, and may want to move it as well."""
        others = [node for node in self.module.body if isinstance(node, _FUNCTIONS) and node is not self.function]
        return any(
            name in _targets(node) and isinstance(value := getattr(node, "value", None), ast.Call)
            and ast.dump(value) != self.dump
            for other in others
            for node in ast.walk(other)
        )  # fmt: skip

    # What is done
