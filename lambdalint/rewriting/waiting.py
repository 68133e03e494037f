"""What a function starts, it waits for before it returns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import count

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting.calls import find
from lambdalint.rewriting.names import FUNCTIONS, Module, Refused, single_target
from lambdalint.rewriting.scopes import Surroundings, is_bound_once, origin

_KINDS = {"threading.Thread": "thread", "multiprocessing.Process": "process"}
_POOLS = ("concurrent.futures.ProcessPoolExecutor", "concurrent.futures.ThreadPoolExecutor")
_DETACHED = {"creationflags", "preexec_fn", "process_group", "start_new_session"}
_ENDLESS = re.compile(r"forever|loop|poll|serve|watch|monitor|heartbeat")
"""How functions are called that do not end."""
_BLOCKS = (ast.For, ast.If, ast.Try, ast.While, ast.With)


def wait(module: Module, place: Location) -> list[Edit]:
    """Wait for the thread, process or future that the call at `place` starts. Raises Refused."""
    call = find(module, place, ast.Call)
    assert isinstance(call, ast.Call)
    function = Surroundings(module).function(call)
    if not isinstance(function, ast.FunctionDef) or any(
        isinstance(node, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal) for node in ast.walk(function)
    ):
        raise Refused
    start = _Start(module, function, call)
    if origin(module, call.func) == "subprocess.Popen":
        return start.popen()
    if not isinstance(call.func, ast.Attribute):
        raise Refused
    return start.thread(call.func) if call.func.attr == "start" else start.pool(call.func)


class _Start:
    """A call in a function that starts something."""

    def __init__(self, module: Module, function: ast.FunctionDef, call: ast.Call) -> None:
        self.module = module
        self.around = Surroundings(module)
        self.function = function
        self.call = call
        self.statement = self.around.statement(call)
        self.outermost = self._outermost(self.statement)

    def popen(self) -> list[Edit]:
        """`Popen(...)` becomes `run(...)`; a name gets a `wait()`."""
        if any(keyword.arg in (*_DETACHED, None) for keyword in self.call.keywords):
            raise Refused  # it is to outlive what starts it
        for node in ast.walk(self.call):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"&\s*$|nohup", node.value):
                raise Refused
        if isinstance(self.statement, ast.Expr) and self.statement.value is self.call:
            if not isinstance(self.call.func, ast.Attribute):
                raise Refused
            end = self.module.span(self.call.func)[1]
            return [Edit(end - len("Popen"), end, "run")]
        name, value = single_target(self.statement)
        if value is not self.call or self.outermost is not self.statement:
            raise Refused
        self._check_only(name)
        return [self._at_the_end(f"{name}.wait()")]

    def thread(self, method: ast.Attribute) -> list[Edit]:
        """A `join()` for what is started."""
        if not isinstance(self.statement, ast.Expr) or self.statement.value is not self.call:
            raise Refused
        if isinstance(method.value, ast.Call):
            return self._of_call(method.value)
        if not isinstance(method.value, ast.Name):
            raise Refused
        name = method.value.id
        if isinstance(loop := self.around.parent(self.statement), ast.For) and _is_name(loop.target, name):
            return self._of_list(loop, name)
        made, value = self._made(name)
        self._kind(value, name)
        if self.outermost is self.statement:
            return [self._at_the_end(f"{name}.join()")]
        if self._outermost(made) is not self.outermost:
            raise Refused  # started under a condition, maybe never
        many = self._free(f"{self._kind(value, name)}s")
        at = self._behind(self.statement)
        return [
            self._before(self.outermost, f"{many} = []"),
            Edit(at, at, f"{self._indent(self.statement)}{many}.append({name}){self.module.newline}"),
            self._at_the_end(f"for {name} in {many}:", f"    {name}.join()"),
        ]

    def _of_call(self, made: ast.Call) -> list[Edit]:
        """`Thread(...).start()` gets a name; under a condition or in a loop, a list too."""
        kind = self._kind(made, "")
        name = self._free(kind)
        module, indent = self.module, self._indent(self.statement)
        start, end = module.span(self.statement)
        lines = [f"{name}.start()"]
        edits = []
        if self.outermost is self.statement:
            edits.append(self._at_the_end(f"{name}.join()"))
        else:
            many = self._free(f"{kind}s")
            lines.append(f"{many}.append({name})")
            edits.append(self._before(self.outermost, f"{many} = []"))
            edits.append(self._at_the_end(f"for {name} in {many}:", f"    {name}.join()"))
        self._behind(self.statement)
        rest = "".join(f"{module.newline}{indent}{line}" for line in lines)
        return [Edit(start, start, f"{name} = "), Edit(module.span(made)[1], end, rest), *edits]

    def _of_list(self, loop: ast.For, name: str) -> list[Edit]:
        """`for thread in threads: thread.start()`, with `threads` a list that was made before."""
        if not isinstance(loop.iter, ast.Name) or self.outermost is not loop:
            raise Refused
        _, value = self._made(loop.iter.id)
        if isinstance(value, ast.ListComp):
            self._kind(value.elt, name)
        elif isinstance(value, ast.List) and value.elts:
            for one in value.elts:
                self._kind(one, name)
        else:
            raise Refused
        return [self._at_the_end(f"for {name} in {loop.iter.id}:", f"    {name}.join()")]

    def pool(self, method: ast.Attribute) -> list[Edit]:
        """An executor of this function is shut down at its end."""
        if not isinstance(method.value, ast.Name):
            raise Refused
        name = method.value.id
        made, value = self._made(name)
        if not isinstance(value, ast.Call) or origin(self.module, value.func) not in _POOLS:
            raise Refused
        for node in ast.walk(self.function):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                if not isinstance(self.around.parent(node), ast.Attribute):
                    raise Refused  # somebody else has it too
        for node in ast.walk(self.function):
            if isinstance(node, ast.Attribute) and node.attr == "shutdown" and _is_name(node.value, name):
                call = self.around.parent(node)
                if not isinstance(call, ast.Call) or [key.arg for key in call.keywords] != ["wait"] or call.args:
                    raise Refused
                return [Edit(self.module.span(node)[1], self.module.span(call)[1], "()")]
        self.outermost = self._outermost(made)
        if self.outermost is not made:
            raise Refused
        return [self._at_the_end(f"{name}.shutdown()")]

    # What is looked at

    def _outermost(self, statement: ast.stmt) -> ast.stmt:
        """The statement of the function's own block that one stands in."""
        for parent in self.around.above(statement):
            if parent is self.function:
                return statement
            if not isinstance(parent, (*_BLOCKS, ast.ExceptHandler)) or getattr(parent, "handlers", None):
                raise Refused
            if isinstance(parent, ast.stmt):
                statement = parent
        raise Refused

    def _made(self, name: str) -> tuple[ast.stmt, ast.expr | None]:
        """The one statement that binds a local name, and what to."""
        self._check_only(name)
        for node in ast.walk(self.function):
            target, value = single_target(node)
            if target == name and isinstance(node, ast.stmt):
                return node, value
        raise Refused

    def _check_only(self, name: str) -> None:
        if not is_bound_once(self.function, name):
            raise Refused

    def _kind(self, made: ast.expr | None, name: str) -> str:
        """`thread` or `process`. Refused for others, and for what may never end."""
        if not isinstance(made, ast.Call) or (kind := _KINDS.get(origin(self.module, made.func))) is None:
            raise Refused
        given = {keyword.arg: keyword.value for keyword in made.keywords}
        if None in given or ("daemon" in given and not _is_false(given["daemon"])):
            raise Refused  # a daemon need not end
        for node in ast.walk(self.function):
            if isinstance(node, ast.Attribute) and _is_name(node.value, name) and node.attr in ("daemon", "setDaemon"):
                raise Refused
        target = given.get("target", made.args[1] if len(made.args) > 1 else None)
        if target is None or (isinstance(target, ast.Attribute) and _ENDLESS.search(target.attr)):
            raise Refused
        if isinstance(target, ast.Name):
            if _ENDLESS.search(target.id) or any(map(_is_endless, self._functions(target.id))):
                raise Refused
        return kind

    def _functions(self, name: str) -> Iterator[ast.AST]:
        for node in ast.walk(ast.Module(self.module.body, [])):
            if isinstance(node, FUNCTIONS) and node.name == name:
                yield node

    def _free(self, base: str) -> str:
        taken = set().union(*(table.get_identifiers() for table in self.module.tables))
        names = (base if number == 1 else f"{base}_{number}" for number in count(1))
        return next(name for name in names if name not in taken)

    # What is done

    def _indent(self, statement: ast.stmt) -> str:
        start = self.module.start(statement.lineno)
        indent = self.module.text[start : self.module.span(statement)[0]]
        if indent.strip():
            raise Refused  # it shares a line with others
        return indent

    def _before(self, statement: ast.stmt, code: str) -> Edit:
        indent = self._indent(statement)
        at = self.module.start(self._with_comments(statement, indent))
        return Edit(at, at, f"{indent}{code}{self.module.newline}")

    def _with_comments(self, statement: ast.stmt, indent: str) -> int:
        """The first line of a statement or of the comments right above it."""
        line = statement.lineno
        while self.module.is_comment(line - 1, indent):
            line -= 1
        return line

    def _behind(self, statement: ast.stmt) -> int:
        """The start of the line below a statement. Refused where that shares its last line."""
        end = statement.end_lineno or 0
        at = self.module.start(end + 1)
        rest = self.module.text[self.module.span(statement)[1] : at]
        if (rest.strip() and not rest.strip().startswith("#")) or not rest.endswith(self.module.newline):
            raise Refused
        return at

    def _at_the_end(self, *lines: str) -> Edit:
        """Lines at the one way out of the function. Refused where there are several."""
        body = self.function.body
        last = body[-1]
        for statement in body[body.index(self.outermost) :]:
            if statement is not last and any(map(_leaves, _own_nodes(statement))):
                raise Refused
        indent = self._indent(last)
        code = "".join(f"{indent}{line}{self.module.newline}" for line in lines)
        if isinstance(last, ast.Return | ast.Raise):
            at = self.module.start(self._with_comments(last, indent))
        elif any(map(_leaves, _own_nodes(last))):
            raise Refused
        else:
            at = self._behind(last)
        return Edit(at, at, code)


def _own_nodes(statement: ast.AST) -> Iterator[ast.AST]:
    """A statement and what is in it, without the bodies of functions."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield from _own_nodes(child)


def _leaves(node: ast.AST) -> bool:
    return isinstance(node, ast.Return)


def _is_endless(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and bool(node.test.value)
        for node in ast.walk(function)
    )


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
