"""Executing statements: both branches where the way is not known, and what guards what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from lambdalint.python.blocks import contains, statements
from lambdalint.python.flow import IN_LOOP, ON_ERROR, REST, UNDER_SWITCH, parameter_names
from lambdalint.python.machine import MAX_STATEMENTS, Exhausted
from lambdalint.python.notes import Defeat
from lambdalint.python.objects import Collection, Frame, Instance
from lambdalint.python.protection import Protection
from lambdalint.python.values import (
    SETTING,
    Atom,
    Const,
    External,
    Piece,
    Place,
    Text,
    Value,
    is_text,
    join,
    unknown,
)

MAX_DERIVED = 16
"""So many lasting places that a variable was computed from are remembered."""


class Statements(Protection):
    """One method a statement; each says whether execution goes on behind it."""

    def execute(self, statements: Sequence[ast.stmt], frame: Frame, keep: bool = False) -> bool:
        """Execute a block; with `keep`, what it puts under a condition stays so behind it."""
        height = len(self.guards)
        for statement in statements:
            self.executed += 1
            if self.executed > MAX_STATEMENTS:
                raise Exhausted
            waiting = len(self.pending)
            self.statement = statement
            runs = _STATEMENTS.get(type(statement))
            goes_on = runs(self, statement, frame) if runs is not None else True
            del self.pending[waiting:]
            if not goes_on:
                del self.guards[height:]
                return False
        if not keep:
            del self.guards[height:]
        return True

    def run_if(self, node: ast.If, frame: Frame) -> bool:
        known = len(self.taken)
        holds, places, condition = self.weigh(node.test, frame)
        if node in self.heads:
            self.watch_head(node, known, frame)
        if holds is not False and self.warm:
            self.watch_shadow(node, frame)
        if holds is True:
            return self.execute(node.body, frame)
        if holds is False:
            return self.execute(node.orelse, frame)
        flags = self.flags
        if condition.taint & SETTING and self.is_switch(node.test, condition):
            self.flags |= UNDER_SWITCH
        before = frame.values
        frame.values = before.copy()
        self.narrow(node.test, frame, True)
        first = self.branch(node.body, places, frame)
        after = frame.values
        frame.values = before
        self.narrow(node.test, frame, False)
        second = self.branch(node.orelse, places, frame) if node.orelse else True
        if first or not _only_leaves(node.body):
            self.flags = flags  # else the rest of the block stands under the condition too
        self.merge(frame, ([after] if first else []) + ([frame.values] if second else []))
        if places and (first != second or contains(node.body, ast.Return)):
            # One way has left, or may have: the rest of the block stands under the condition too.
            self.guard_rest(places)
        return first or second

    def watch_shadow(self, node: ast.If, frame: Frame) -> None:
        """A parameter that is tested and filled in place of the global it hides: a cache that stays empty."""
        function = frame.function
        if not self.warm or function is None or isinstance(function.node, ast.Lambda):
            return
        for part in node.body:
            if not (isinstance(part, ast.Assign) and isinstance(part.value, ast.Call)):
                continue
            target = part.targets[0]
            if not isinstance(target, ast.Name) or target.id not in parameter_names(function):
                continue
            hidden = frame.module.frame.values.get(target.id)
            tested = any(isinstance(one, ast.Name) and one.id == target.id for one in ast.walk(node.test))
            if hidden is not None and tested and any(atom == Const(None) for atom in hidden.atoms):
                defeat = Defeat("shadowed", function.name, target.id, part, frame.module, self.activation)
                self.defeats.append(defeat)

    def watch_head(self, node: ast.If, known: int, frame: Frame) -> None:
        """The condition at the head of a loop over records was just tested: what of the event it looked at."""
        paths = [path for path, *_ in self.taken[known:]]
        for part in ast.walk(node.test):
            held = frame.values.get(part.id) if isinstance(part, ast.Name) else None
            paths += [atom.path for atom in held.atoms if isinstance(atom, Piece)] if held is not None else ()
        found = tuple(dict.fromkeys(path for path in paths if "*" in path))
        if found:
            self.skipped.append((found, node.test, frame.module, self.activation))

    def run_while(self, node: ast.While, frame: Frame) -> bool:
        loops, self.loops = self.loops, (*self.loops, node)
        holds, places, _ = self.weigh(node.test, frame)  # asked in each round
        self.loops = loops
        if holds is False:
            return self.execute(node.orelse, frame)
        before = frame.values.copy()
        self.repeat(node, places, before, frame)
        self.execute(node.orelse, frame)
        return True

    def repeat(
        self, node: ast.While | ast.For | ast.AsyncFor, places: frozenset[Place], before: dict[str, Value], frame: Frame
    ) -> None:
        """The body of a loop. What `break` and `continue` left in the variables counts too."""
        flags, self.flags = self.flags, self.flags | IN_LOOP
        loops, self.loops = self.loops, (*self.loops, node)
        stops, frame.stops = frame.stops, []
        for name in counted_in(node):
            value = frame.values.get(name)
            if value is not None and any(is_number(atom) for atom in value.atoms):
                frame.values[name] = unknown(value.taint)  # another in the next round
        if places:
            self.branch(node.body, places, frame)
        else:
            self.execute(node.body, frame)
        ends = [frame.values, before, *frame.stops]
        frame.stops = stops
        self.flags, self.loops = flags, loops
        self.merge(frame, ends)

    def run_for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> bool:
        items = self.evaluate(node.iter, frame)
        before = frame.values.copy()
        self.assign(node.target, self.element(items), frame)
        if self.warm and any(isinstance(atom, Piece) for atom in items.atoms):
            self.heads.update(heads_of(node.body))
        self.repeat(node, frozenset(), before, frame)
        self.execute(node.orelse, frame)
        return True

    def element(self, value: Value) -> Value:
        """What iterating over a value gives."""
        found: Value | None = None
        for atom in value.atoms:
            if isinstance(atom, Collection):
                if atom.kind == "dict":
                    one = Value(tuple(Const(key) for key in list(atom.keys)[:8]), value.taint, None, True)
                else:
                    one = atom.element()
                found = one if found is None else join(found, one)
            elif isinstance(atom, Piece):
                one = Value((Piece((*atom.path, "*")),), value.taint)
                found = one if found is None else join(found, one)
            elif isinstance(atom, Instance):
                made = self.implicit(atom, "__iter__", [], atom.cls.node)
                if made is not None and atom not in made.atoms:
                    one = self.element(made)
                    found = one if found is None else join(found, one)
            elif isinstance(atom, External) and atom.record is not None:
                if atom.is_result():
                    atom.record.reads.add("*")
                holder = atom.holder()
                if holder is not None:
                    holder.takes |= REST
        if found is None:
            return unknown(value.taint)
        return Value(found.atoms, found.taint | value.taint, None, found.more or value.more)

    def run_match(self, node: ast.Match, frame: Frame) -> bool:
        outer, self.reads = self.reads, []
        subject = self.evaluate(node.subject, frame)
        places = frozenset(self.reads)
        self.reads = outer
        before = frame.values
        ends = [before]
        for case in node.cases:
            frame.values = before.copy()
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    frame.values[name] = unknown(subject.taint)
            if case.guard is not None:
                self.evaluate(case.guard, frame)
            if self.branch(case.body, places, frame):
                ends.append(frame.values)
        self.merge(frame, [values.copy() for values in ends])
        return True

    def run_assign(self, node: ast.Assign, frame: Frame) -> bool:
        outer, self.reads = self.reads, []
        value = self.evaluate(node.value, frame)
        places, self.reads = self.reads, outer
        if outer is not None:
            outer += dict.fromkeys(places)
        for target in node.targets:
            self.assign(target, value, frame)
            if isinstance(target, ast.Name):
                if places and value.place is None and self.warm:
                    frame.derived[target.id] = tuple(dict.fromkeys(places))[:MAX_DERIVED]
                else:
                    frame.derived.pop(target.id, None)
        return True

    def run_ann_assign(self, node: ast.AnnAssign, frame: Frame) -> bool:
        if frame.cls is not None and isinstance(node.target, ast.Name):
            frame.cls.fields.append(node.target.id)
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, frame), frame)
        return True

    def run_aug_assign(self, node: ast.AugAssign, frame: Frame) -> bool:
        value = self.evaluate(node.value, frame)
        if isinstance(node.target, ast.Name):
            old = self.lookup(node.target.id, frame)
            taint = value.taint | (old.taint if old is not None else 0)
            if old is not None and isinstance(node.op, ast.Add) and (is_text(old) or is_text(value)):
                self.bind(node.target.id, Value((Text(node, (old, value)),), taint), frame)
                return True
            keeps = old is not None and any(isinstance(atom, Collection) for atom in old.atoms)
            self.bind(node.target.id, join(old, value) if keeps and old is not None else unknown(taint), frame)
        else:
            self.evaluate_target(node.target, frame)
            self.assign(node.target, unknown(value.taint), frame)
        return True

    def evaluate_target(self, target: ast.expr, frame: Frame) -> None:
        """Execute what a target itself calls: `pick(x).total += 1`."""
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            self.evaluate(target.value, frame)

    def run_expression(self, node: ast.Expr, frame: Frame) -> bool:
        if isinstance(node.value, ast.Constant):
            return True
        records, edges = self.mark()
        self.evaluate(node.value, frame)
        if self.warm and len(self.activation.edges) > edges and isinstance(node.value, ast.Call):
            called = [edge for edge in self.activation.edges[edges:] if edge.node is node.value]
            if called and all(edge.target.coroutine for edge in called):
                if not any(record.node is node.value for record in self.activation.records[records:]):
                    self.dropped.append((called[0], self.activation))  # else a library was given the function
        return True

    def run_return(self, node: ast.Return, frame: Frame) -> bool:
        value = self.evaluate(node.value, frame) if node.value is not None else Value((Const(None),))
        if frame.function is None:
            self.stray(node, "return", frame)
        frame.returns = value if frame.returns is None else join(frame.returns, value)
        self.activation.returned.append((value, node))
        return False

    def run_raise(self, node: ast.Raise, frame: Frame) -> bool:
        flags, self.flags = self.flags, self.flags | ON_ERROR
        for part in (node.exc, node.cause):
            if part is not None:
                self.evaluate(part, frame)
        self.flags = flags
        self.activation.raises = True
        return False

    def run_stop(self, node: ast.stmt, frame: Frame) -> bool:
        frame.stops.append(frame.values.copy())
        return False

    def run_assert(self, node: ast.Assert, frame: Frame) -> bool:
        self.evaluate(node.test, frame)
        return True

    def run_delete(self, node: ast.Delete, frame: Frame) -> bool:
        for target in node.targets:
            self.evaluate_target(target, frame)
            if isinstance(target, ast.Subscript):
                owner = self.evaluate(target.value, frame)
                self.empty_logger(owner, target, frame)
                places = (self.element_place(atom) for atom in owner.atoms)
                self.cleared.update(place for place in places if place is not None)
        return True


@lru_cache(maxsize=1024)
def counted_in(loop: ast.While | ast.For | ast.AsyncFor) -> frozenset[str]:
    """The variables that each round computes from what they were: `delay *= 2`, `delay = min(2 * delay, 60)`."""
    found: set[str] = set()
    for node in statements(loop.body):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node.value)):
                found.add(name)
    return frozenset(found)


def is_number(atom: Atom) -> bool:
    return isinstance(atom, Const) and isinstance(atom.value, (int, float)) and not isinstance(atom.value, bool)


def _only_leaves(body: Sequence[ast.stmt]) -> bool:
    """Whether a block is nothing but `continue` or an empty `return`, as where nothing is wrong and nothing to do."""
    only = body[0]
    return isinstance(only, ast.Continue) or (isinstance(only, ast.Return) and only.value is None)


_STATEMENTS: dict[type, Callable[..., bool]] = {
    ast.If: Statements.run_if,
    ast.While: Statements.run_while,
    ast.For: Statements.run_for,
    ast.AsyncFor: Statements.run_for,
    ast.Try: Statements.run_try,
    ast.TryStar: Statements.run_try,
    ast.With: Statements.run_with,
    ast.AsyncWith: Statements.run_with,
    ast.Match: Statements.run_match,
    ast.Assign: Statements.run_assign,
    ast.AnnAssign: Statements.run_ann_assign,
    ast.AugAssign: Statements.run_aug_assign,
    ast.Expr: Statements.run_expression,
    ast.Return: Statements.run_return,
    ast.Raise: Statements.run_raise,
    ast.Continue: Statements.run_stop,
    ast.Break: Statements.run_stop,
    ast.FunctionDef: Statements.run_function,
    ast.AsyncFunctionDef: Statements.run_function,
    ast.ClassDef: Statements.run_class,
    ast.Import: Statements.run_import,
    ast.ImportFrom: Statements.run_import_from,
    ast.Global: Statements.run_global,
    ast.Nonlocal: Statements.run_nonlocal,
    ast.Assert: Statements.run_assert,
    ast.Delete: Statements.run_delete,
}


def heads_of(body: Sequence[ast.stmt]) -> Iterator[ast.If]:
    """The conditions at the head of a loop that let its body do something with an element, or nothing."""
    for node in body:
        if isinstance(node, ast.If):
            if node.orelse:
                return
            if isinstance(node.body[-1], ast.Continue):
                if all(map(_only_tells, node.body[:-1])):
                    yield node
                    continue
                return
            if node is body[-1]:
                yield node
            return
        if not (isinstance(node, (ast.Assign, ast.AnnAssign)) or _only_tells(node)):
            return


def _only_tells(node: ast.stmt) -> bool:
    """Whether a statement is a call of `print` or of a logger."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    function = node.value.func
    if isinstance(function, ast.Attribute):
        return function.attr in ("debug", "info", "warning", "error", "exception", "log")
    return isinstance(function, ast.Name) and function.id == "print"
