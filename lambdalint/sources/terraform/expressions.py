"""What the expressions of Terraform work out to, as far as that is cheap and certain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from tree_sitter import Node

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.terraform import functions
from lambdalint.sources.terraform.operations import Failed, Step, binary, chosen, follow, literal, negated, truth
from lambdalint.sources.terraform.syntax import Attribute, Expression, File
from lambdalint.sources.terraform.templates import json_value, template
from lambdalint.sources.terraform.texts import unescaped
from lambdalint.sources.values import Value, shown

MAX_DEPTH = 60
MAX_WORK = 400_000
"""How many expressions of one stack are worked out: what needs more is not known."""
MAX_SIZE = 50_000
"""How many values one value may hold, and how long a text may be."""


class Names(Protocol):
    """What gives names their meaning: a module."""

    def lookup(self, name: str, steps: Sequence[Step], place: Location) -> tuple[Value, int]:
        """The value of a name, and how many of the steps behind it belong to it."""

    def read(self, path: str, place: Location) -> tuple[str, str] | None:
        """A file that lies beside the module, and is named in a place: its path and its text."""


class Scope(NamedTuple):
    """Where an expression stands."""

    names: Names
    file: File
    variables: dict[str, Value]
    """`each`, `count`, and what `for` and `dynamic` count with."""

    def inside(self, **variables: Value) -> Scope:
        return self._replace(variables={**self.variables, **variables})


class Evaluator:
    """Works out expressions of one stack, and keeps count of it."""

    def __init__(self) -> None:
        self._depth = 0
        self._trying = False
        """Whether what fails is asked for: within `try` and `can`."""
        self._work = 0
        self._sizes: dict[int, tuple[int, Any]] = {}

    @property
    def exhausted(self) -> bool:
        return self._work > MAX_WORK

    def attribute(self, attribute: Attribute, scope: Scope) -> Value:
        """What an attribute states, with its place."""
        place = attribute.location
        before, self._trying = self._trying, False
        if scope.file is not attribute.file:
            scope = Scope(scope.names, attribute.file, scope.variables)
        value = self.value(attribute.expression, scope, place)
        self._trying = before
        if value.location is place or value.location.path != place.path:
            return value
        return value._replace(location=place)

    def value(self, node: Expression, scope: Scope, place: Location) -> Value:
        self._work += 1
        if self._depth >= MAX_DEPTH or self._work > MAX_WORK:
            return Value(UNKNOWN, place)
        if isinstance(node, Node) and node.child_count == 1 and (only := node.children[0]).type == "literal_value":
            value = self._literal(only, scope, place)  # as most are
            return value if self._fits(value) else Value(UNKNOWN, place)
        self._depth += 1
        try:
            if isinstance(node, Node):
                value = _METHODS.get(node.type, Evaluator._other)(self, node, scope, place)
            else:
                value = json_value(self, node, scope, place)
        except Failed:
            if self._trying:
                raise
            return Value(UNKNOWN, place, self._source(node, scope))
        finally:
            self._depth -= 1
        return value if self._fits(value) else Value(UNKNOWN, place, "", value.refs)

    def attempt(self, node: Node, scope: Scope, place: Location) -> Value | None:
        """As `value`, but None where Terraform would fail."""
        before, self._trying = self._trying, True
        try:
            return self.value(node, scope, place)
        except Failed:
            return None
        finally:
            self._trying = before

    def _fits(self, value: Value) -> bool:
        """Whether a value is of a size that can be dealt with: a few lines can stand for billions of values."""
        data = value.data
        if isinstance(data, str):
            return len(data) <= MAX_SIZE
        if not isinstance(data, (dict, list)) or id(data) in self._sizes:
            return len(value.text) <= MAX_SIZE and len(value.refs) <= MAX_SIZE
        size = 1
        for one in data.values() if isinstance(data, dict) else data:
            known = self._sizes.get(id(one.data))
            size += known[0] if known is not None else 1
        self._sizes[id(data)] = (size, data)
        return size <= MAX_SIZE

    def _source(self, node: Expression, scope: Scope) -> str:
        if not isinstance(node, Node):
            return ""
        text = " ".join(scope.file.text(node).split())
        return f"${{{text}}}" if len(text) <= 80 else ""

    # -- kinds of nodes --------------------------------------------------------------------------------

    def _other(self, node: Node, scope: Scope, place: Location) -> Value:
        return Value(UNKNOWN, place, self._source(node, scope))

    def _expression(self, node: Node, scope: Scope, place: Location) -> Value:
        return self._term(node.children, scope, place)

    def _term(self, nodes: Sequence[Node], scope: Scope, place: Location) -> Value:
        """One operand, with the steps behind it: `(a).b[0]`."""
        if not nodes:
            raise Failed
        first, rest = nodes[0], nodes[1:]
        if first.type == "(" and len(nodes) >= 3:
            first, rest = nodes[1], nodes[3:]
        if first.type != "variable_expr":
            value = (
                self.value(first, scope, place)
                if rest or first.type == "expression"
                else self._inner(first, scope, place)
            )
            return follow(value, self._steps(rest, scope, place), place)
        name = scope.file.text(first)
        steps = self._steps(rest, scope, place)
        if name in scope.variables:
            return follow(scope.variables[name], steps, place)
        value, used = scope.names.lookup(name, steps, place)
        return follow(value, steps[used:], place)

    def _inner(self, node: Node, scope: Scope, place: Location) -> Value:
        return _METHODS.get(node.type, Evaluator._other)(self, node, scope, place)

    def _steps(self, nodes: Sequence[Node], scope: Scope, place: Location) -> list[Step]:
        steps: list[Step] = []
        for node in nodes:
            kind = node.type
            if kind == "get_attr":
                steps.append(Step("key", Value(scope.file.text(node.children[-1]), place)))
            elif kind == "index":
                inner = node.children[0]
                if inner.type == "legacy_index":
                    index = literal("numeric_lit", scope.file.text(inner).lstrip(". "))
                    steps.append(Step("key", Value(index, place)))
                else:
                    found = next((one for one in inner.children if one.type == "expression"), None)
                    steps.append(Step("key", self.value(found, scope, place) if found else Value(UNKNOWN, place)))
            elif kind == "splat":
                steps.append(Step("splat", Value(None, place)))
                steps += self._steps([one for one in node.children[0].children if one.is_named], scope, place)
        return steps

    def _literal(self, node: Node, scope: Scope, place: Location) -> Value:
        child = node.children[0]
        kind = child.type
        text = scope.file.text(child)
        return Value(unescaped(text[1:-1]) if kind == "string_lit" else literal(kind, text), place)

    def _wrapped(self, node: Node, scope: Scope, place: Location) -> Value:
        return self._inner(node.children[0], scope, place)

    def _tuple(self, node: Node, scope: Scope, place: Location) -> Value:
        values = []
        for one in node.named_children:
            if one.type == "expression":
                values.append(self.value(one, scope, scope.file.place(one)))
        return Value(values, place)

    def _object(self, node: Node, scope: Scope, place: Location) -> Value:
        data: dict[str, Value] = {}
        opened = False
        for one in node.named_children:
            if one.type != "object_elem" or one.child_count < 3:
                continue
            key, value = one.children[0], one.children[-1]
            name = self._key(key, scope, place)
            if name is None:
                opened = True
            else:
                where = scope.file.place(value, key)
                found = self.value(value, scope, where)
                # A single value is stated here, by that name, wherever it comes from.
                data[name] = found if isinstance(found.data, (dict, list)) else found._replace(location=where)
        return Value(data, place, opened=opened)

    def _key(self, node: Node, scope: Scope, place: Location) -> str | None:
        if node.child_count == 1 and node.children[0].type == "variable_expr":
            return scope.file.text(node)
        value = self.value(node, scope, place)
        return shown(value) if isinstance(value.data, (str, int, float)) else None

    def _for(self, node: Node, scope: Scope, place: Location) -> Value:
        loop = node.children[0]
        intro = next(one for one in loop.children if one.type == "for_intro")
        names = [scope.file.text(one) for one in intro.named_children if one.type == "identifier"]
        source = next(one for one in intro.named_children if one.type == "expression")
        results = [one for one in loop.named_children if one.type == "expression"]
        condition = next((one for one in loop.named_children if one.type == "for_cond"), None)
        whole = self.value(source, scope, place)
        is_map = loop.type == "for_object_expr"
        if not isinstance(whole.data, (list, dict)) or not names or len(results) < 1 + is_map:
            return Value(UNKNOWN, place, self._source(node, scope), tuple(dict.fromkeys(whole.all_refs())))
        found: dict[str, Value] = {}
        listed: list[Value] = []
        opened = whole.opened
        pairs = whole.data.items() if isinstance(whole.data, dict) else enumerate(whole.data)
        for key, value in pairs:
            each = {names[-1]: value} if len(names) == 1 else {names[0]: Value(key, place), names[1]: value}
            inner = scope.inside(**each)
            if condition is not None:
                holds = truth(self.value(condition.named_children[-1], inner, place))
                if holds is None:
                    opened = True
                if not holds:
                    continue
            if not is_map:
                listed.append(self.value(results[0], inner, place))
                continue
            name = self.value(results[0], inner, place)
            if isinstance(name.data, (str, int, float)):
                found[shown(name)] = self.value(results[1], inner, place)
            else:
                opened = True
        return Value(found if is_map else listed, place, opened=opened)

    def _conditional(self, node: Node, scope: Scope, place: Location) -> Value:
        condition, first, second = [one for one in node.children if one.is_named and one.type != "comment"][:3]
        decides = self.value(condition, scope, place)
        holds = truth(decides)
        if holds is None:
            return chosen([self.value(first, scope, place), self.value(second, scope, place)], place)
        taken = self._inner(first if holds else second, scope, place)
        return self._by_default(taken, second if holds else first, scope, place) if decides.assumed else taken

    def _by_default(self, taken: Value, other: Node, scope: Scope, place: Location) -> Value:
        """The branch that is taken unless a variable is given: with the other one, where there may be more in that."""
        if taken.data is not None and not isinstance(taken.data, (list, dict)):
            return taken._replace(assumed=True)
        return chosen([taken, self.attempt(other, scope, place) or Value(UNKNOWN, place)], place)

    def _unary(self, node: Node, scope: Scope, place: Location) -> Value:
        return negated(scope.file.text(node.children[0]), self._term(node.children[1:], scope, place), place)

    def _binary(self, node: Node, scope: Scope, place: Location) -> Value:
        children = [one for one in node.children if one.type != "comment"]
        at = next((i for i, one in enumerate(children) if not one.is_named and one.type not in ("(", ")")), None)
        if at is None:
            raise Failed
        left = self._term(children[:at], scope, place)
        return binary(children[at].type, left, lambda: self._term(children[at + 1 :], scope, place), place)

    def _call(self, node: Node, scope: Scope, place: Location) -> Value:
        name = scope.file.text(node.children[0])
        listed = next((one for one in node.children if one.type == "function_arguments"), None)
        nodes = [one for one in listed.children if one.type == "expression"] if listed is not None else []
        if name in ("try", "can"):
            for one in nodes:
                value = self.attempt(one, scope, place)
                if value is not None:
                    return value if name == "try" else Value(True if value.data is not UNKNOWN else UNKNOWN, place)
            if name == "can":
                return Value(False, place)
            raise Failed
        arguments = [self.value(one, scope, place) for one in nodes]
        if listed is not None and arguments and any(one.type == "ellipsis" for one in listed.children):
            last = arguments.pop()
            if not isinstance(last.data, list):
                return Value(UNKNOWN, place, self._source(node, scope), tuple(dict.fromkeys(last.all_refs())))
            arguments += last.data
        return functions.call(name, arguments, place, self._source(node, scope), scope.names.read)


_METHODS: dict[str, Callable[[Evaluator, Node, Scope, Location], Value]] = {
    "expression": Evaluator._expression,
    "literal_value": Evaluator._literal,
    "template_expr": template,
    "collection_value": Evaluator._wrapped,
    "operation": Evaluator._wrapped,
    "tuple": Evaluator._tuple,
    "object": Evaluator._object,
    "for_expr": Evaluator._for,
    "conditional": Evaluator._conditional,
    "unary_operation": Evaluator._unary,
    "binary_operation": Evaluator._binary,
    "function_call": Evaluator._call,
    "variable_expr": lambda self, node, scope, place: self._term([node], scope, place),
}
