"""What a handler builds anew each time goes to module level, unless that could change its meaning."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import count

from lambdalint.check import Edit
from lambdalint.rewriting.building import calls_in, is_name, keeps, name_for, only_defines, through_call
from lambdalint.rewriting.layout import cut, dedent, paste
from lambdalint.rewriting.names import FUNCTIONS, Module, Refused, below, bound, identity, root, single_target

_SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_HERE_AND_NOW = (*_SCOPES, ast.Try, ast.TryStar, ast.withitem, ast.Await)
_CONDITIONS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match, ast.IfExp, ast.BoolOp)
_PURE = {"aiohttp", "boto3", "botocore", "certifi", "httpx", "os", "ssl", "urllib3"}
"""Calls into these may stand among the arguments: they give at import what they give later."""
_FROM_SESSION = {"client", "create_client", "resource"}
_CASTS = {"bool", "dict", "float", "int", "str"}
_CLOSERS = {"aclose", "close", "disconnect", "dispose", "quit", "shutdown", "__enter__", "__aenter__"}
_ALTERERS = {"add", "append", "clear", "insert", "pop", "register", "register_first", "register_last", "remove"}
_ALTERERS |= {"set", "setdefault", "unregister", "update"}


class Hoist:
    """One call in one handler, and what can be done about it."""

    def __init__(self, module: Module, handler: str, line: int, column: int) -> None:
        self.module = module
        self.index, self.function, self.table = module.function(handler, line)
        self.nodes = list(ast.walk(self.function))
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in self.nodes:
            self.parents.update(dict.fromkeys(ast.iter_child_nodes(node), node))
        self.call = self._call(line, column)
        self.dump = identity(self.call)
        start, end = module.span(self.call)
        self.source = module.text[start:end]
        if identity(ast.parse(f"({self.source}\n)", mode="eval").body) != self.dump:
            raise Refused  # places inside f-strings are not to be trusted before Python 3.12
        self.statement = self._surroundings()
        self.needed = max((self._needed(node) for node in ast.walk(self.call)), default=-1)
        if self.needed >= self.index:
            raise Refused

    def edits(self) -> Sequence[Edit]:
        """What to change. Raises Refused."""
        changes = self._changes()
        return [*changes, *self._apart(changes)]

    def _changes(self) -> Sequence[Edit]:
        name, value = single_target(self.statement)
        if not name or value is not self.call:
            return self._replace()
        self._check_uses(name)
        known = self._known()
        return self._rename(name) if self._is_taken(name) or (known and known != name) else self._move(name)

    # What is looked at

    def _call(self, line: int, column: int) -> ast.Call:
        """The innermost call that starts there; of a session made only to ask it for a client, the latter."""
        start = self.module.start(line) + column - 1
        calls = [node for node in self.nodes if isinstance(node, ast.Call) and self.module.span(node)[0] == start]
        if not calls:
            raise Refused
        call = min(calls, key=lambda node: self.module.span(node)[1])
        while isinstance(method := self.parents[call], ast.Attribute):
            outer = self.parents[method]
            if method.attr not in _FROM_SESSION or not isinstance(outer, ast.Call):
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
            if isinstance(parent, _HERE_AND_NOW):
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
        if (isinstance(above, ast.Attribute) and above.attr in _CLOSERS) or keeps(above):
            raise Refused
        if isinstance(above, ast.Expr):
            raise Refused  # nobody wants the client
        if conditional and any(isinstance(part, ast.Subscript) for part in ast.walk(self.call)):
            raise Refused  # os.environ["X"] may be there only under that condition
        if statement is None:
            assert isinstance(node, ast.stmt)
            statement = node
        return statement

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
        name = root(call)
        origin = self.module.package(name)
        if call in self._spine():
            # Of what the module itself made, only a session is known to build: any method may do anything.
            return bool(origin) or (isinstance(call.func, ast.Attribute) and call.func.attr in _FROM_SESSION)
        if name in _CASTS and name not in self.module.sites:
            return True
        return origin != "" and (origin in _PURE or origin == self.module.package(root(self.call)))

    def _spine(self) -> Iterator[ast.expr]:
        """The call itself and what it is a method of."""
        node: ast.expr = self.call
        while isinstance(node, ast.Call | ast.Attribute):
            yield node
            node = node.func if isinstance(node, ast.Call) else node.value

    def _check_uses(self, name: str) -> None:
        """Refused if the object is closed or altered here, or if the name means more than this object."""
        symbol = self.table.lookup(name)
        own = sum(bound == name for bound in bound(self.function.body))
        if not symbol.is_local() or symbol.is_parameter() or symbol.is_declared_global() or own != 1:
            raise Refused
        inner = [table for table in below(self.table) if name in table.get_identifiers()]
        if any(table.lookup(name).is_nonlocal() for table in inner):
            raise Refused
        for node in self.nodes:
            if isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec"):
                raise Refused
            if isinstance(node, ast.withitem) and is_name(node.context_expr, name):
                raise Refused
            if keeps(node) and any(is_name(one, name) for one in ast.iter_child_nodes(node)):
                raise Refused
            if isinstance(node, ast.Attribute | ast.Subscript) and root(node) == name:
                if not isinstance(node.ctx, ast.Load):
                    raise Refused
                if isinstance(node, ast.Attribute) and is_name(node.value, name) and node.attr in _CLOSERS:
                    raise Refused
                if isinstance(node, ast.Attribute) and self._alters(node, name):
                    raise Refused

    def _alters(self, node: ast.Attribute, name: str) -> bool:
        """`session.headers.update(...)`: what one invocation does to it, the next would meet."""
        called = isinstance(parent := self.parents[node], ast.Call) and parent.func is node
        return called and node.attr in _ALTERERS and not is_name(node.value, name) and not through_call(node)

    def _is_taken(self, name: str) -> bool:
        """Another function builds something else under this name, and may want to move it as well."""
        for other in self.module.body:
            if isinstance(other, FUNCTIONS) and other is not self.function:
                for node in ast.walk(other):
                    target, value = single_target(node)
                    if target == name and isinstance(value, ast.Call) and identity(value) != self.dump:
                        return True
        return False

    # What is done

    def _move(self, name: str) -> Sequence[Edit]:
        """The statement goes above the handler. With an equal global there already, it just goes."""
        code, removal = cut(self.module, self.statement, self._block())
        if name in self.module.definitions(self.dump, self.index):
            return [removal]
        own = {id(table) for table in [self.table, *below(self.table)]}
        elsewhere = [table for table in self.module.tables if id(table) not in own and name in table.get_identifiers()]
        if any(table is self.module.top or table.lookup(name).is_global() for table in elsewhere):
            raise Refused
        annotation = getattr(self.statement, "annotation", None)
        if annotation is not None:
            self._check_annotation(annotation)
        return [paste(self.module, self._above(), code), removal]

    def _rename(self, name: str) -> Sequence[Edit]:
        """The statement goes above the handler, under a name that no other function has for something else."""
        code, removal = cut(self.module, self.statement, self._block())
        known = self._known()
        new = known or self._free_name()
        edits = [removal]
        for table in below(self.table):
            if name in table.get_identifiers() and not table.lookup(name).is_free():
                raise Refused
        for node in self.nodes:
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                start, end = self.module.span(node)
                if self.module.text[start:end] != name:
                    raise Refused
                edits.append(Edit(start, end, new))
        if not known:
            annotation = getattr(self.statement, "annotation", None)
            if annotation is not None:
                self._check_annotation(annotation)
            code = re.sub(rf"^{name}\b", new, code, count=1, flags=re.MULTILINE)
            edits.append(paste(self.module, self._above(), code))
        return edits

    def _known(self) -> str:
        """A global that is equal already; empty if there is none."""
        mine = set(self.table.get_identifiers())
        for name in self.module.definitions(self.dump, self.index):
            if name not in mine or self.table.lookup(name).is_global():
                return name
        return ""

    def _replace(self) -> Sequence[Edit]:
        """The call becomes the name of a new global, or of an equal one that is there already."""
        start, end = self.module.span(self.call)
        suffix = " " if self.module.text[end : end + 1].isidentifier() else ""
        if known := self._known():
            return [Edit(start, end, known + suffix)]
        line = self.module.line(self.statement.lineno)
        code = dedent(self.source, line[: len(line) - len(line.lstrip())])
        code = re.sub(r"^boto3\.session\.Session\b", "boto3.Session", code)
        name = self._free_name()
        try:
            ast.parse(f"{name} = {code}")
        except SyntaxError:  # its lines were held together by brackets around it
            newline = self.module.newline
            code = f"({newline}    {code.replace(newline, newline + '    ')}{newline})"
        return [paste(self.module, self._above(), f"{name} = {code}"), Edit(start, end, name + suffix)]

    def _apart(self, changes: Sequence[Edit]) -> Iterator[Edit]:
        """Edits that change nothing, but meet those that would move other calls in the same round.

        Where an equal call comes first, this one gets its name in the next round; and no two calls may get the same
        new name.
        """
        name, _ = single_target(self.statement)
        base = name_for(self.call)
        calls = [call for node in self.module.body if isinstance(node, FUNCTIONS) for call in calls_in(node)]
        first = next(call for call in calls if identity(call) == self.dump)
        taken = list(changes)
        for call in calls:
            rival = identity(call) != self.dump and name_for(call) == base
            if rival or (call is first and call is not self.call and call not in self._named(name)):
                start, end = self.module.span(call)
                if all(end < edit.start or edit.end < start for edit in taken):
                    taken.append(Edit(start, end, self.module.text[start:end]))
                    yield taken[-1]

    def _named(self, name: str) -> list[ast.expr | None]:
        """What functions give that name to."""
        nodes = [node for one in self.module.body if isinstance(one, FUNCTIONS) for node in ast.walk(one)]
        return [value for target, value in map(single_target, nodes) if target == name]

    def _above(self) -> int:
        """The first definition behind what the call waits for, where globals usually stand.

        What is executed in between stays before it: it may set up what a client takes from the environment. Only the
        first function that builds the same comes before that, so that whoever moves it first serves all the others.
        """
        body = self.module.body
        found = self.index
        for index in range(self.needed + 1, self.index):
            node = body[index]
            if isinstance(node, FUNCTIONS) and any(identity(call) == self.dump for call in calls_in(node)):
                found = index
                break
        for index in range(found - 1, self.needed, -1):
            if not only_defines(body[index]):
                break
            if isinstance(body[index], (*FUNCTIONS, ast.ClassDef)):
                found = index
        return found

    def _free_name(self) -> str:
        """After the service: `s3_client`."""
        base = name_for(self.call)
        taken = set().union(*(table.get_identifiers() for table in self.module.tables))
        if base in taken and base not in self.module.sites and self.module.package(root(self.call)) == "boto3":
            base = f"aws_{base}"
        names = (base if number == 1 else f"{base}_{number}" for number in count(1))
        return next(name for name in names if name not in taken)

    def _block(self) -> list[ast.stmt]:
        parent = self.parents[self.statement]
        for field in ("body", "orelse"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and self.statement in block:
                return block
        raise Refused

    def _check_annotation(self, annotation: ast.expr) -> None:
        """At module level annotations are evaluated, in functions they are not."""
        if self.module.package("annotations") == "__future__":
            return
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name) and self.module.ready(node.id) >= self._above():
                raise Refused
