"""What a condition looks at, and what therefore stands under it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lambdalint.python.flow import UNDER_SWITCH, Guard
from lambdalint.python.objects import Collection, Frame
from lambdalint.python.settings import is_set, is_switch, is_what_stands_in
from lambdalint.python.truth import Truth
from lambdalint.python.values import EVENT, FALSE, SETTING, TRUE, UNKNOWN, Const, External, Place, Value, join, unknown

_ENVIRONMENT = External("os.environ")


class Conditions(Truth):
    """Tests of statements and inside expressions: both ways are taken where neither is certain."""

    def merge(self, frame: Frame, branches: list[dict[str, Value]]) -> None:
        """Continue with what either branch may have left in the variables."""
        if not branches:
            return
        result = branches[0]
        for other in branches[1:]:
            if other is result:
                continue
            for name, value in other.items():
                mine = result.get(name)
                if mine is None:
                    result[name] = value
                elif mine is not value:
                    result[name] = join(mine, value)
        frame.values = result

    def branch(self, body: Sequence[ast.stmt], places: frozenset[Place], frame: Frame) -> bool:
        """Execute a block under a condition that looked at `places`."""
        flags = self.flags
        self.unsure += 1
        if places:
            self.guard_rest(places)
        goes_on = self.execute(body, frame)
        if places:
            self.guards.pop()
        self.unsure -= 1
        self.flags = flags
        return goes_on

    def confirm(self, name: str, allowed: Value, frame: Frame) -> None:
        """A variable is one of `allowed`: if those are constants, it is no longer what the event says it is."""
        value = frame.values.get(name)
        if value is None or not allowed.atoms or allowed.more:
            return
        for atom in allowed.atoms:
            held = atom.element() if isinstance(atom, Collection) and atom.kind != "dict" else None
            if held is None or held.more or not all(isinstance(one, Const) for one in held.atoms):
                return
        frame.values[name] = Value((), value.taint & ~EVENT, value.place)

    def guard_rest(self, places: frozenset[Place]) -> None:
        """What follows stands under a condition on `places`; whoever executes the block lifts it again."""
        guard = Guard(places)
        self.guards.append(guard)
        self.activation.tested.append(guard)

    def narrow(self, test: ast.expr, frame: Frame, holds: bool) -> None:
        """In a branch that a variable is None for, it is None; in the other, it is not."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self.narrow(test.operand, frame, not holds)
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name):
            if isinstance(test.ops[0], (ast.In, ast.NotIn)) and holds == isinstance(test.ops[0], ast.In):
                allowed = test.comparators[0]
                if not any(isinstance(part, ast.Call) for part in ast.walk(allowed)):  # the test has made it already
                    self.confirm(test.left.id, self.evaluate(allowed, frame), frame)
                return None
        if isinstance(test, ast.Name):
            name, is_none = test.id, not holds
        elif (
            isinstance(test, ast.Compare)
            and isinstance(test.left, ast.Name)
            and isinstance(test.comparators[0], ast.Constant)
            and test.comparators[0].value is None
            and isinstance(test.ops[0], (ast.Is, ast.IsNot))
        ):
            name, is_none = test.left.id, holds == isinstance(test.ops[0], ast.Is)
        else:
            return None
        value = frame.values.get(name)
        if value is None or is_none:
            return None
        rest = tuple(atom for atom in value.atoms if not (isinstance(atom, Const) and not atom.value))
        if rest != value.atoms and (rest or value.more):
            frame.values[name] = Value(rest, value.taint, value.place, value.more)
        return None

    def at_bool_op(self, node: ast.BoolOp, frame: Frame) -> Value:
        either = isinstance(node.op, ast.Or)
        found: Value | None = None
        height = len(self.guards)
        never = False
        flags = self.flags
        unsure = self.unsure
        for position, part in enumerate(node.values):
            last = position == len(node.values) - 1
            holds, places, value = self.weigh(part, frame)
            if value.taint & SETTING and is_switch(part, value):
                self.flags |= UNDER_SWITCH
            if not last and holds is not None and holds is not either:
                if places:
                    self.guard_rest(places)
                continue  # `None or x` is x; `thing and x` is x
            if not last and either and not value.more:
                # What is false here is not the result.
                rest = tuple(atom for atom in value.atoms if not (isinstance(atom, Const) and not atom.value))
                value = Value(rest, value.taint, value.place, value.more) if rest else value
            found = value if found is None else join(found, value)
            never = never or holds is False
            if holds is either:
                break
            if places and not last:
                self.guard_rest(places)
            self.unsure += 1
        if not either and self.flags != flags:
            self.switch = node
        self.flags = flags
        self.unsure = unsure
        self.pending += self.guards[height:]
        del self.guards[height:]
        if not either and never:
            return Value((Const(False),), found.taint if found is not None else 0)
        return found if found is not None else UNKNOWN

    def weigh(self, node: ast.expr, frame: Frame) -> tuple[bool | None, frozenset[Place], Value]:
        """A condition inside an expression: whether it holds, what it looked at, and its value."""
        outer, self.reads = self.reads, []
        value = self.evaluate(node, frame)
        reads = self.reads
        self.reads = outer
        if outer is not None:
            outer += reads
        return self.truth(value), frozenset(reads), value

    def at_if_expression(self, node: ast.IfExp, frame: Frame) -> Value:
        holds, places, condition = self.weigh(node.test, frame)
        if holds is not None:
            return self.evaluate(node.body if holds else node.orelse, frame)
        height = len(self.guards)
        flags = self.flags
        if condition.taint & SETTING and self.is_switch(node.test, condition):
            self.flags |= UNDER_SWITCH
        if places:
            self.guard_rest(places)
        before = frame.values
        frame.values = before.copy()
        self.unsure += 1
        self.narrow(node.test, frame, True)
        value = self.evaluate(node.body, frame)
        frame.values = before.copy()
        self.narrow(node.test, frame, False)
        other = self.evaluate(node.orelse, frame)
        self.unsure -= 1
        frame.values = before
        self.flags = flags
        self.pending += self.guards[height:]
        del self.guards[height:]
        return join(value, other)

    def is_switch(self, node: ast.expr, condition: Value) -> bool:
        """Whether a condition, or a part of it without which it does not hold, turns things on and off."""
        return self.switch is node or is_switch(node, condition)

    def at_unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            holds = self.truth(value)
            return unknown(value.taint) if holds is None else FALSE if holds else TRUE
        return unknown(value.taint)

    def at_compare(self, node: ast.Compare, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        rights = [self.evaluate(part, frame) for part in node.comparators]
        taint = left.taint
        for right in rights:
            taint |= right.taint
        for atom in left.atoms:
            if isinstance(atom, External) and atom.name.endswith(".level"):
                taint |= SETTING
        for right in rights:
            if isinstance(node.ops[0], (ast.In, ast.NotIn)):
                for atom in right.atoms:
                    if isinstance(atom, External) and atom.name == "os.environ":
                        taint |= SETTING
                        self.ask(left, node, frame, needed=False)
                    if isinstance(atom, External) and atom.record is not None and atom.is_result():
                        atom.record.reads.add(getattr(node.left, "value", "*"))
                    place = self.element_place(atom, left)
                    if place is None or self.reads is None:
                        continue
                    self.reads.append(place)
                    if atom is self.tables.get(frame.module.path) and isinstance(node.left, ast.Constant):
                        self.reads.append(("variable", frame.module.frame, node.left.value))
        if len(rights) == 1:
            result = self.compare(left, node.ops[0], rights[0])
            if result is not None:
                return TRUE if result else FALSE
        return unknown(taint)

    def compare(self, left: Value, operator: ast.cmpop, right: Value) -> bool | None:
        """Whether a comparison holds, where both sides are known."""
        if isinstance(operator, (ast.In, ast.NotIn)):
            there = is_set(left) if right.atoms == (_ENVIRONMENT,) else None
            return None if there is None else there is isinstance(operator, ast.In)
        positive = isinstance(operator, (ast.Is, ast.Eq))
        if not positive and not isinstance(operator, (ast.IsNot, ast.NotEq)):
            return None
        if len(right.atoms) != 1 or not isinstance(right.atoms[0], Const) or right.more or self.changes(right):
            return None
        if right.atoms[0].value is None:
            none = self.is_none(left)
            return None if none is None else none is positive
        if self.is_none(left) or is_what_stands_in(right.atoms[0], left):
            return not positive
        if len(left.atoms) == 1 and isinstance(left.atoms[0], Const) and not left.more and not self.changes(left):
            return (left.atoms[0].value == right.atoms[0].value) is positive
        return None
