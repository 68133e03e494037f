"""`try` and `with`: what is caught, and what is entered and left."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lambdalint.python.blocks import contains
from lambdalint.python.definitions import Definitions
from lambdalint.python.flow import IN_LOOP, ON_ERROR
from lambdalint.python.notes import Caught, Cleaned
from lambdalint.python.objects import Collection, Frame
from lambdalint.python.source import Unreadable
from lambdalint.python.values import UNKNOWN, Const, External, Value, join, unknown

_ENDS = ("sys.exit", "os._exit", "builtins.exit", "builtins.quit")
_MISSING = (
    "NameError",
    "UnboundLocalError",
    "KeyError",
    "AttributeError",
    "LookupError",
    "IndexError",
    "TypeError",
)
"""What is raised where lasting state is not filled yet."""


AT_A_TIME = 2
"""In a block of so few statements a bare `except` is meant for just these."""


class Protection(Definitions):
    """Blocks that something happens around."""

    def run_try(self, node: ast.Try, frame: Frame) -> bool:
        before = frame.values.copy()
        outer, self.reads = self.reads, []
        mark = self.mark()
        expects = any(_expects_missing(handler.type, node.body) for handler in node.handlers)
        self.expecting += expects
        goes_on = self.execute(node.body, frame, keep=True)
        self.expecting -= expects
        begun, attempted = mark, self.called_since(mark)
        hit_leaves = not goes_on
        if goes_on:
            goes_on = self.execute(node.orelse, frame)
        places = frozenset(self.reads)
        self.reads = outer
        after = frame.values
        ends = [after] if goes_on else []
        missed = False
        for handler in node.handlers:
            frame.values = {
                **before,
                **{name: join(after[name], before.get(name, after[name])) for name in after},
            }
            if handler.name:
                frame.values[handler.name] = UNKNOWN
            flags, self.flags = self.flags, self.flags | ON_ERROR
            mark = self.mark()
            if places and _catches_missing(handler.type):
                self.flags = flags
                stays = self.branch(handler.body, places, frame)
            else:
                stays = self.execute(handler.body, frame)
            self.flags = flags
            if self.warm:
                self.catch(handler, node, frame, mark, attempted, stays)
            if stays:
                ends.append(frame.values)
                missed = missed or _catches_missing(handler.type)
        if ends:
            self.merge(frame, ends)
        if hit_leaves and missed and places:
            self.guard_rest(places)
        if not node.finalbody:
            return bool(ends)
        attempted, mark = self.called_since(begun), self.mark()
        goes_on = self.execute(node.finalbody, frame)
        if self.warm:
            self.cleaned.append(Cleaned(node, frame, attempted, self.called_since(mark), self.activation))
        return goes_on and bool(ends)

    def mark(self) -> tuple[int, int]:
        """Where the records of this execution stand now."""
        return len(self.activation.records), len(self.activation.edges)

    def called_since(self, mark: tuple[int, int]) -> tuple[str, ...]:
        """The names of what was called since then: library functions, and the project's functions."""
        records, edges = self.activation.records[mark[0] :], self.activation.edges[mark[1] :]
        return (*(record.name for record in records), *(edge.name for edge in edges))

    def catch(
        self,
        clause: ast.ExceptHandler,
        node: ast.Try | ast.TryStar,
        frame: Frame,
        mark: tuple[int, int],
        attempted: tuple[str, ...],
        stays: bool,
    ) -> None:
        """Remember an `except` clause that was just executed."""
        handles = self.called_since(mark)
        raises = contains(clause.body, ast.Raise) or any(name in _ENDS for name in handles)
        raises = raises or any(edge.target.raises for edge in self.activation.edges[mark[1] :])
        loops = bool(self.loops) or bool(self.flags & IN_LOOP)
        caught = Caught(clause, node, frame, raises, stays, attempted, handles, loops, self.activation)
        self.caught.append(caught)

    def run_with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
        if isinstance(node, ast.AsyncWith) and frame.function is None:
            self.stray(node, "async with", frame)
        managers = []
        for item in node.items:
            manager = self.evaluate(item.context_expr, frame)
            managers.append((item.context_expr, manager))
            entered = self.enter(manager, item.context_expr, frame)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, frame)
        goes_on = self.execute(node.body, frame, keep=True)
        for place, manager in reversed(managers):
            self.leave(manager, place, frame)
        return goes_on

    def stray(self, node: ast.stmt, words: str, frame: Frame) -> None:
        """Something stands outside every function that Python allows inside only; `ast` lets it pass."""
        module = frame.module
        if module.stray is None:
            message = f"is not valid Python: '{words}' outside a function"
            module.stray = Unreadable(module.path, node.lineno, node.col_offset + 1, message)

    def enter(self, manager: Value, node: ast.expr, frame: Frame) -> Value:
        """What `with manager as x` binds."""
        found: Value | None = None
        for atom in manager.atoms:
            one = Value((atom,), manager.taint, manager.place)
            if isinstance(atom, Collection) and atom.kind == "generator":
                one = atom.element()
            elif not isinstance(atom, (External, Collection, Const)):
                for name in ("__enter__", "__aenter__"):
                    method = self.attribute(Value((atom,)), name, node)
                    if method.atoms and not isinstance(method.atoms[0], External):
                        one = self.call(method, [], {}, node, frame)
                        break
            found = one if found is None else join(found, one)
        return found if found is not None else unknown(manager.taint)

    def leave(self, manager: Value, node: ast.expr, frame: Frame) -> None:
        """What happens at the end of the `with` block."""
        for atom in manager.atoms:
            if isinstance(atom, External) and atom.record is not None and atom.name.endswith("()"):
                self.call(self.attribute(manager, "__exit__", node), [], {}, node, frame)
            elif not isinstance(atom, (External, Collection, Const)):
                for name in ("__exit__", "__aexit__"):
                    method = self.attribute(Value((atom,)), name, node)
                    if method.atoms and not isinstance(method.atoms[0], External):
                        self.call(method, [UNKNOWN, UNKNOWN, UNKNOWN], {}, node, frame)


def _catches_missing(node: ast.expr | None) -> bool:
    if node is None:
        return False
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(part, ast.Name) and part.id in _MISSING for part in parts)


def _expects_missing(node: ast.expr | None, body: Sequence[ast.stmt]) -> bool:
    """Whether a clause is there for a variable that is not set, and not for whatever may happen."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    broad = node is None or bool(names & {"Exception", "BaseException"})
    return bool(names & {"KeyError", "LookupError"}) or (broad and len(body) <= AT_A_TIME)
