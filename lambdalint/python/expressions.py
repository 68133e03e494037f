"""Evaluating expressions and assigning to targets."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from lambdalint.python.flow import FIRST, GIVE_FIRST, REST
from lambdalint.python.objects import Class, Collection, Frame, Instance
from lambdalint.python.targets import Targets
from lambdalint.python.values import SETTING, UNKNOWN, Atom, Const, External, Piece, Text, Value, is_text, join, unknown

BUILTINS = frozenset(
    """
    abs all any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir
    divmod enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int
    isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property quit
    range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__
    """.split()
)


class Expressions(Targets):
    """One method an expression; each gives what it may be."""

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        evaluator = _EXPRESSIONS.get(type(node))
        return evaluator(self, node, frame) if evaluator is not None else UNKNOWN

    def at_constant(self, node: ast.Constant, frame: Frame) -> Value:
        return Value((Const(node.value, (frame.module, node)),))

    def at_name(self, node: ast.Name, frame: Frame) -> Value:
        value = self.lookup(node.id, frame)
        if value is not None:
            if self.reads is not None and node.id in frame.derived:
                self.reads += frame.derived[node.id]
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
        found = self.item(value, index)
        for atom in found.atoms:
            if isinstance(atom, Piece):
                self.taken.append((atom.path, node, frame.module, self.activation))
            elif isinstance(atom, External) and atom.name.startswith("os.environ["):
                if any(isinstance(owner, External) and owner.name == "os.environ" for owner in value.atoms):
                    self.ask(index, node, frame, needed=True)
        return found

    def item(self, value: Value, index: Value) -> Value:
        """`value[index]`."""
        found: Value | None = None
        taint = value.taint | index.taint
        key = index.atoms[0].value if len(index.atoms) == 1 and isinstance(index.atoms[0], Const) else None
        for atom in value.atoms:
            one: Value | None = None
            place = self.element_place(atom, index)
            if isinstance(atom, Collection):
                if isinstance(key, (str, int)) and key in atom.keys:
                    one = atom.keys[key]
                else:
                    one = atom.element()
            elif isinstance(atom, Piece):
                step = key if isinstance(key, (str, int)) else "*"
                one = Value((Piece((*atom.path, step)),), value.taint)
            elif isinstance(atom, External) and atom.record is not None:
                if atom.is_result():
                    atom.record.reads.add(key if isinstance(key, str) else "*")
                holder = atom.holder()
                if holder is not None:
                    holder.takes |= FIRST if key == 0 else REST
                one = Value((External(atom.name + "[]", atom.record, atom.lasting),), value.taint)
            elif isinstance(atom, External) and atom.name == "os.environ":
                name = f"os.environ[{key}]" if isinstance(key, str) else "os.environ[]"
                one = Value((External(name),), SETTING)
            elif isinstance(atom, External) and atom.name.endswith(".Annotated"):
                one = index  # the type, and what is said of it
            elif isinstance(atom, Class):
                one = Value((atom,))
            elif isinstance(atom, Instance):
                one = self.implicit(atom, "__getitem__", [index], atom.cls.node)
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
        kind = type(node).__name__.lower()
        return Value((Collection(kind, items, keys, self.warm, (frame.module, node)),), taint)

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
        return Value((Collection("dict", items, keys, self.warm, (frame.module, node)),), taint)

    def at_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, frame: Frame) -> Value:
        inner = self.comprehend(node.generators, frame)
        loops, self.loops = self.loops, (*self.loops, node)
        value = self.evaluate(node.elt, inner)
        self.loops = loops
        kind = _KINDS[type(node)]
        return Value((Collection(kind, value, None, self.warm, (frame.module, node)),), value.taint)

    def at_dict_comprehension(self, node: ast.DictComp, frame: Frame) -> Value:
        inner = self.comprehend(node.generators, frame)
        loops, self.loops = self.loops, (*self.loops, node)
        self.evaluate(node.key, inner)
        value = self.evaluate(node.value, inner)
        self.loops = loops
        return Value((Collection("dict", value, None, self.warm, (frame.module, node)),), value.taint)

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

    def at_binary(self, node: ast.BinOp, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        right = self.evaluate(node.right, frame)
        if type(node.op) in _ARITHMETIC and len(left.atoms) == len(right.atoms) == 1 and not (left.more or right.more):
            one, two = left.atoms[0], right.atoms[0]
            if isinstance(one, Const) and isinstance(two, Const) and _are_numbers(one.value, two.value):
                result = _ARITHMETIC[type(node.op)](one.value, two.value)
                return Value((Const(result, one.place),), left.taint | right.taint)
        if isinstance(node.op, ast.Div) and any(_is_path(atom) for atom in left.atoms):
            return self.call(self.attribute(left, "joinpath", node), [right], {}, node, frame)
        if isinstance(node.op, (ast.Add, ast.BitOr)):
            for value in (left, right):
                if any(isinstance(atom, Collection) for atom in value.atoms):
                    return join(left, right)
        if isinstance(node.op, (ast.Add, ast.Mod)) and (is_text(left) or is_text(right)):
            known = isinstance(node.op, ast.Add) and len(left.atoms) == len(right.atoms) == 1
            if known and not (left.more or right.more):
                one, two = left.atoms[0], right.atoms[0]
                if isinstance(one, Const) and isinstance(two, Const) and type(one.value) is type(two.value) is str:
                    return Value((Const(one.value + two.value, one.place),), left.taint | right.taint)
            parts: tuple[Value, ...] = (left, right)
            if isinstance(node.op, ast.Mod) and right.atoms and isinstance(right.atoms[0], Collection):
                parts = (left, *right.atoms[0].keys.values(), *filter(None, (right.atoms[0].items,)))
            return Value((Text(node, parts),), left.taint | right.taint)
        if isinstance(node.op, ast.BitAnd) and all(map(_is_condition, (*left.atoms, *right.atoms))):
            return join(left, right)
        return unknown(left.taint | right.taint)

    def at_joined(self, node: ast.JoinedStr, frame: Frame) -> Value:
        taint = 0
        parts = []
        for part in node.values:
            value = self.evaluate(part.value if isinstance(part, ast.FormattedValue) else part, frame)
            parts.append(value)
            taint |= value.taint
            if isinstance(part, ast.FormattedValue) and isinstance(part.format_spec, ast.JoinedStr):
                taint |= self.at_joined(part.format_spec, frame).taint
        return Value((Text(node, tuple(parts)),), taint)

    def at_formatted(self, node: ast.FormattedValue, frame: Frame) -> Value:
        return unknown(self.evaluate(node.value, frame).taint)

    def at_lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Value((self.define(node, "<lambda>", frame),))

    def at_named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        self.assign(node.target, value, frame)
        return value

    def at_await(self, node: ast.Await, frame: Frame) -> Value:
        return self.awaited(self.evaluate(node.value, frame))

    def awaited(self, value: Value) -> Value:
        """What comes of a coroutine, task or future. (The project's coroutines are executed where they are made.)"""
        found: Value | None = None
        for atom in value.atoms:
            one = Value((atom,))
            if isinstance(atom, External) and atom.record is not None and atom.is_result():
                atom.record.awaited = True
                if atom.record.name in GIVE_FIRST and atom.record.args:
                    one = self.awaited(atom.record.args[0])
                elif atom.record.name == "asyncio.gather":
                    results = dict(enumerate(map(self.awaited, atom.record.args)))
                    one = Value((Collection("list", None, results, self.warm),))
            found = one if found is None else join(found, one)
        if found is None or found.atoms == value.atoms:
            return value
        return Value(found.atoms, found.taint | value.taint, value.place, found.more or value.more)

    def at_yield(self, node: ast.Yield | ast.YieldFrom, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame) if node.value is not None else Value((Const(None),))
        if isinstance(node, ast.YieldFrom):
            value = self.element(value)
        frame.yields = value if frame.yields is None else join(frame.yields, value)
        return UNKNOWN

    def at_starred(self, node: ast.Starred, frame: Frame) -> Value:
        return self.evaluate(node.value, frame)


_KINDS = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "generator"}


_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def _are_numbers(*values: object) -> bool:
    """Small ones: what is computed here must not take long."""
    return all(type(value) in (int, float) and abs(value) < 1e9 for value in values)  # type: ignore[arg-type]


def _is_path(atom: Atom) -> bool:
    return isinstance(atom, External) and atom.record is not None and atom.name.startswith("pathlib.")


def _is_condition(atom: Atom) -> bool:
    """Whether it is a condition of DynamoDB; `&` asks for both of two."""
    return isinstance(atom, External) and atom.name.startswith("boto3.dynamodb.conditions.")


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
