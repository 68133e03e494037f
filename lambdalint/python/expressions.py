"""Evaluating expressions and assigning to targets."""

from __future__ import annotations

import ast
from collections.abc import Callable

from lambdalint.python.flow import Guard
from lambdalint.python.statements import Statements
from lambdalint.python.values import (
    FALSE,
    TRUE,
    UNKNOWN,
    Atom,
    Class,
    Collection,
    Const,
    External,
    Frame,
    Instance,
    Package,
    Value,
    join,
    unknown,
)

BUILTINS = frozenset(
    """
    abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir
    divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int
    isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property quit
    range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__
    """.split()
)


class Expressions(Statements):
    """One method an expression; each gives what it may be."""

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        evaluator = _EXPRESSIONS.get(type(node))
        return evaluator(self, node, frame) if evaluator is not None else UNKNOWN

    def at_constant(self, node: ast.Constant, frame: Frame) -> Value:
        return Value((Const(node.value),))

    def at_name(self, node: ast.Name, frame: Frame) -> Value:
        value = self.lookup(node.id, frame)
        if value is not None:
            return value
        if node.id in BUILTINS:
            return Value((External("builtins." + node.id),))
        if self.reads is not None and self.warm and node.id in frame.globals:
            self.reads.append(("variable", frame.module.frame, node.id))
        if node.id == "__name__":
            return Value((Const(frame.module.name),))
        return UNKNOWN

    def at_attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        return self.attribute(self.evaluate(node.value, frame), node.attr, node)

    def at_subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        index = self.evaluate(node.slice, frame) if not isinstance(node.slice, ast.Slice) else UNKNOWN
        return self.item(value, index)

    def item(self, value: Value, index: Value) -> Value:
        """`value[index]`."""
        found: Value | None = None
        taint = value.taint | index.taint
        key = index.atoms[0].value if len(index.atoms) == 1 and isinstance(index.atoms[0], Const) else None
        for atom in value.atoms:
            one: Value | None = None
            place = self.element_place(atom)
            if isinstance(atom, Collection):
                if isinstance(key, (str, int)) and key in atom.keys:
                    one = atom.keys[key]
                else:
                    one = atom.element()
            elif isinstance(atom, External) and atom.record is not None:
                one = Value((External(atom.name + "[]", atom.record, atom.lasting),), value.taint)
            elif isinstance(atom, External) and atom.name == "os.environ":
                one = Value((External("os.environ[]"),))
            elif isinstance(atom, Class):
                one = Value((atom,))
            if place is not None:
                one = self.load(place, one)
            if one is not None:
                found = one if found is None else join(found, one)
        if found is None:
            return unknown(taint)
        return Value(found.atoms, found.taint | taint, found.place, found.more)

    def many(self, nodes: list[ast.expr], frame: Frame) -> tuple[list[Value], int]:
        values = []
        taint = 0
        for node in nodes:
            value = self.evaluate(node.value if isinstance(node, ast.Starred) else node, frame)
            if isinstance(node, ast.Starred):
                value = self.element(value)
            values.append(value)
            taint |= value.taint
        return values, taint

    def at_sequence(self, node: ast.Tuple | ast.List | ast.Set, frame: Frame) -> Value:
        values, taint = self.many(node.elts, frame)
        keys = dict(enumerate(values)) if len(values) <= 16 and not isinstance(node, ast.Set) else None
        items = None
        if keys is None:
            for value in values:
                items = value if items is None else join(items, value)
        return Value((Collection("sequence", items, keys, self.warm),), taint)

    def at_dict(self, node: ast.Dict, frame: Frame) -> Value:
        keys: dict[object, Value] = {}
        items: Value | None = None
        taint = 0
        for key, part in zip(node.keys, node.values, strict=True):
            value = self.evaluate(part, frame)
            taint |= value.taint
            if isinstance(key, ast.Constant):
                keys[key.value] = value
                continue
            if key is not None:
                taint |= self.evaluate(key, frame).taint
            else:
                value = self.element(value) if not value.atoms else _values_of(value)
            items = value if items is None else join(items, value)
        return Value((Collection("dict", items, keys, self.warm),), taint)

    def at_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> Value:
        inner = self.comprehend(node.generators, frame)
        value = self.evaluate(node.elt, inner)
        return Value((Collection("sequence", value, None, self.warm),), value.taint)

    def at_dict_comprehension(self, node: ast.DictComp, frame: Frame) -> Value:
        inner = self.comprehend(node.generators, frame)
        self.evaluate(node.key, inner)
        value = self.evaluate(node.value, inner)
        return Value((Collection("dict", value, None, self.warm),), value.taint)

    def comprehend(self, generators: list[ast.comprehension], frame: Frame) -> Frame:
        inner = Frame(frame.module, frame, frame.scope, frame.warm)
        if frame.cls is not None:
            inner.values.update(frame.values)
        inner.function = frame.function
        inner.globals, inner.nonlocals = frame.globals, frame.nonlocals
        for generator in generators:
            self.assign(generator.target, self.element(self.evaluate(generator.iter, inner)), inner)
            for test in generator.ifs:
                self.evaluate(test, inner)
        return inner

    def at_bool_op(self, node: ast.BoolOp, frame: Frame) -> Value:
        either = isinstance(node.op, ast.Or)
        found: Value | None = None
        height = len(self.guards)
        for position, part in enumerate(node.values):
            last = position == len(node.values) - 1
            holds, places, value = self.weigh(part, frame)
            if not last and holds is not None and holds is not either:
                if places:
                    self.hold(places)
                continue  # `None or x` is x; `thing and x` is x
            if not last and either and not value.more:
                # What is false here is not the result.
                rest = tuple(atom for atom in value.atoms if not (isinstance(atom, Const) and not atom.value))
                value = Value(rest, value.taint, value.place, value.more) if rest else value
            found = value if found is None else join(found, value)
            if holds is either:
                break
            if places and not last:
                self.hold(places)
        self.pending += self.guards[height:]
        del self.guards[height:]
        return found if found is not None else UNKNOWN

    def hold(self, places: frozenset[tuple[object, ...]]) -> None:
        guard = Guard(places)
        self.guards.append(guard)
        self.activation.tested.append(guard)

    def weigh(self, node: ast.expr, frame: Frame) -> tuple[bool | None, frozenset[tuple[object, ...]], Value]:
        """A condition inside an expression: whether it holds, what it looked at, and its value."""
        outer, self.reads = self.reads, []
        value = self.evaluate(node, frame)
        reads = self.reads
        self.reads = outer
        if outer is not None:
            outer += reads
        return self.truth(value), frozenset(reads), value

    def at_if_expression(self, node: ast.IfExp, frame: Frame) -> Value:
        holds, places, _ = self.weigh(node.test, frame)
        if holds is not None:
            return self.evaluate(node.body if holds else node.orelse, frame)
        height = len(self.guards)
        if places:
            self.hold(places)
        before = frame.values
        frame.values = before.copy()
        self.narrow(node.test, frame, True)
        value = self.evaluate(node.body, frame)
        frame.values = before.copy()
        self.narrow(node.test, frame, False)
        other = self.evaluate(node.orelse, frame)
        frame.values = before
        self.pending += self.guards[height:]
        del self.guards[height:]
        return join(value, other)

    def at_unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            holds = self.truth(value)
            return unknown(value.taint) if holds is None else FALSE if holds else TRUE
        return unknown(value.taint)

    def at_compare(self, node: ast.Compare, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        rights, taint = self.many(node.comparators, frame)
        taint |= left.taint
        for right in rights:
            if isinstance(node.ops[0], (ast.In, ast.NotIn)):
                for atom in right.atoms:
                    place = self.element_place(atom)
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
        positive = isinstance(operator, (ast.Is, ast.Eq))
        if not positive and not isinstance(operator, (ast.IsNot, ast.NotEq)):
            return None
        if len(right.atoms) != 1 or not isinstance(right.atoms[0], Const) or right.more or self.changes(right):
            return None
        if right.atoms[0].value is None:
            none = self.is_none(left)
            return None if none is None else none is positive
        if len(left.atoms) == 1 and isinstance(left.atoms[0], Const) and not left.more and not self.changes(left):
            return (left.atoms[0].value == right.atoms[0].value) is positive
        return None

    def at_binary(self, node: ast.BinOp, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        right = self.evaluate(node.right, frame)
        if isinstance(node.op, (ast.Add, ast.BitOr)):
            for value in (left, right):
                if any(isinstance(atom, Collection) for atom in value.atoms):
                    return join(left, right)
        if isinstance(node.op, ast.Add) and len(left.atoms) == len(right.atoms) == 1:
            one, two = left.atoms[0], right.atoms[0]
            if isinstance(one, Const) and isinstance(two, Const) and type(one.value) is type(two.value) is str:
                return Value((Const(one.value + two.value),), left.taint | right.taint)
        return unknown(left.taint | right.taint)

    def at_joined(self, node: ast.JoinedStr, frame: Frame) -> Value:
        taint = 0
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                taint |= self.evaluate(part.value, frame).taint
                if isinstance(part.format_spec, ast.JoinedStr):
                    taint |= self.at_joined(part.format_spec, frame).taint
        return unknown(taint)

    def at_formatted(self, node: ast.FormattedValue, frame: Frame) -> Value:
        return unknown(self.evaluate(node.value, frame).taint)

    def at_lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Value((self.define(node, "<lambda>", frame),))

    def at_named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        self.assign(node.target, value, frame)
        return value

    def at_await(self, node: ast.Await, frame: Frame) -> Value:
        return self.evaluate(node.value, frame)

    def at_yield(self, node: ast.Yield | ast.YieldFrom, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame) if node.value is not None else Value((Const(None),))
        if isinstance(node, ast.YieldFrom):
            value = self.element(value)
        frame.yields = value if frame.yields is None else join(frame.yields, value)
        return UNKNOWN

    def at_starred(self, node: ast.Starred, frame: Frame) -> Value:
        return self.evaluate(node.value, frame)

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value, frame)
        elif isinstance(target, ast.Attribute):
            owner = self.evaluate(target.value, frame)
            for atom in owner.atoms:
                self.set_attribute(atom, target.attr, value)
        elif isinstance(target, ast.Subscript):
            owner = self.evaluate(target.value, frame)
            key = self.evaluate(target.slice, frame)
            for atom in owner.atoms:
                self.set_item(atom, key, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for position, part in enumerate(target.elts):
                self.assign(part, self.item(value, Value((Const(position),))), frame)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, unknown(value.taint), frame)

    def set_attribute(self, atom: Atom, name: str, value: Value) -> None:
        """`atom.name = value`."""
        if isinstance(atom, Package):
            frame = atom.module.frame
            if self.warm:
                self.store(("variable", frame, name), value, frame.values.get(name))
            else:
                frame.values[name] = value
            return
        place = self.attribute_place(atom, name)
        held = atom.attributes if isinstance(atom, (Instance, Class)) else {}
        if place is not None:
            self.store(place, value, held.get(name))
        if isinstance(atom, Instance) and (atom.warm or not self.warm):
            old = atom.attributes.get(name)
            atom.attributes[name] = value if old is None or not self.guards else join(value, old)
        elif isinstance(atom, Class) and (atom.warm or not self.warm):
            atom.attributes[name] = value

    def set_item(self, atom: Atom, key: Value, value: Value) -> None:
        """`atom[key] = value`."""
        place = self.element_place(atom)
        if place is not None:
            self.store(place, value, atom.element() if isinstance(atom, Collection) else None)
        if isinstance(atom, Collection) and (atom.warm or not self.warm):
            only = key.atoms[0] if len(key.atoms) == 1 else None
            if isinstance(only, Const) and isinstance(only.value, (str, int)):
                atom.keys[only.value] = value
            else:
                atom.items = value if atom.items is None else join(atom.items, value)


def _values_of(value: Value) -> Value:
    found = UNKNOWN
    for atom in value.atoms:
        if isinstance(atom, Collection):
            found = atom.element()
    return Value(found.atoms, found.taint | value.taint, None, found.more)


_EXPRESSIONS: dict[type, Callable[..., Value]] = {
    ast.Constant: Expressions.at_constant,
    ast.Name: Expressions.at_name,
    ast.Attribute: Expressions.at_attribute,
    ast.Subscript: Expressions.at_subscript,
    ast.Tuple: Expressions.at_sequence,
    ast.List: Expressions.at_sequence,
    ast.Set: Expressions.at_sequence,
    ast.Dict: Expressions.at_dict,
    ast.ListComp: Expressions.at_comprehension,
    ast.SetComp: Expressions.at_comprehension,
    ast.GeneratorExp: Expressions.at_comprehension,
    ast.DictComp: Expressions.at_dict_comprehension,
    ast.BoolOp: Expressions.at_bool_op,
    ast.IfExp: Expressions.at_if_expression,
    ast.UnaryOp: Expressions.at_unary,
    ast.Compare: Expressions.at_compare,
    ast.BinOp: Expressions.at_binary,
    ast.JoinedStr: Expressions.at_joined,
    ast.FormattedValue: Expressions.at_formatted,
    ast.Lambda: Expressions.at_lambda,
    ast.NamedExpr: Expressions.at_named,
    ast.Await: Expressions.at_await,
    ast.Yield: Expressions.at_yield,
    ast.YieldFrom: Expressions.at_yield,
    ast.Starred: Expressions.at_starred,
    ast.Call: lambda self, node, frame: self.at_call(node, frame),
}
