"""What the expressions of a CloudFormation template mean."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.cloudformation.given import Given, agreed
from lambdalint.sources.cloudformation.intrinsics import METHODS
from lambdalint.sources.documents import Document, Map, Node, Scalar, Sequence, constant
from lambdalint.sources.paths import Files
from lambdalint.sources.values import Value, shown

if TYPE_CHECKING:
    from typing import Self

_FUNCTIONS = frozenset(
    {"Ref", "Condition"}
    | {
        f"Fn::{name}"
        for name in "And Base64 Cidr Equals FindInMap GetAtt GetAZs GetStackOutput If ImportValue Join Length Not Or "
        "Select Split Sub ToJsonString Transform".split()
    }
)
MAX_EXPANSIONS = 1_000
"""How many copies loops in one template may make."""


class Expressions:
    """Works out the nodes of a document, with what its names mean."""

    def __init__(
        self, document: Document, files: Files | None = None, given: Callable[[], Given] | None = None
    ) -> None:
        """`files` for what it includes, `given` for what others state of its parameters."""
        self.document = document
        self.path = document.path
        self._files = files
        self._ask = given
        self._given: Given | None = None
        self._including: frozenset[str] = frozenset([document.path])
        self._types: Mapping[str, str] = {}
        self._parameters: Mapping[str, tuple[Node, Node]] = {}
        self._mappings: Mapping[str, tuple[Node, Node]] = {}
        self._loop: dict[str, Value] = {}
        self._expansions = 0
        self._evaluating: set[int] = set()

    def within(self, document: Document) -> Self:
        """This template, reading another document that is a part of it."""
        part = copy.copy(self)
        part.document, part.path = document, document.path
        part._including = self._including | {document.path}
        return part

    def value(self, node: Node, key: Node | None = None) -> Value:
        """What a node means."""
        place = self.document.place(node, key)
        if isinstance(node, Scalar) and node.tag[:1] != "!" and "${" not in node.value:  # as most are: nothing is below
            return self._constant(node, place)
        if id(node) in self._evaluating:
            return Value(UNKNOWN, place)  # an alias within what it stands for
        self._evaluating.add(id(node))
        try:
            return self._value(node, place)
        finally:
            self._evaluating.discard(id(node))

    def _value(self, node: Node, place: Location) -> Value:
        tag = node.tag
        if tag[:1] == "!" and len(tag) > 1:
            return self._tagged(tag[1:], node, place)
        if isinstance(node, Scalar):
            return self._constant(node, place)
        if isinstance(node, Sequence):
            return self._list(node, place)
        entries = self.document.entries(node)
        if len(entries) == 1:
            ((name, (_, argument)),) = entries.items()
            if name in _FUNCTIONS:
                return self._call(name.removeprefix("Fn::"), argument, place, tagged=False)
        elif not entries and node.value and isinstance(node.value[0][0], Map):
            return Value(UNKNOWN, place, "{{...}}")  # what a template engine fills in
        return self._map(entries, place)

    def _list(self, node: Node, place: Location) -> Value:
        values = []
        opened = False
        for one in node.value:
            value = self.value(one)
            if value.data is None and not value.optional and not isinstance(one, Scalar):
                continue  # AWS::NoValue
            values.append(value)
        return Value(values, place, opened=opened)

    def _map(self, entries: Mapping[str, tuple[Node, Node]], place: Location) -> Value:
        data: dict[str, Value] = {}
        opened = False
        for name, (key, node) in entries.items():
            if name[:4] != "Fn::":
                data[name] = self.value(node, key)
            elif name == "Fn::Transform":
                found = self._call("Transform", node, place, tagged=False)
                data.update({inner: one for inner, one in found.entries() if inner not in data})
                opened = opened or found.data is UNKNOWN or found.opened
            elif name.startswith("Fn::ForEach::"):
                for expanded, body, loop in self._expand(node, self._loop):
                    before, self._loop = self._loop, loop
                    data[expanded] = self.value(body, key)
                    self._loop = before
                opened = True
            else:
                data[name] = self.value(node, key)
        return Value(data, place, opened=opened)

    def _expand(self, node: Node, around: dict[str, Value]) -> Iterator[tuple[str, Node, dict[str, Value]]]:
        """The copies that a ForEach makes: the key, the body, and what the loop's variable is in it."""
        if not isinstance(node, Sequence) or len(node.value) != 3:
            return
        name, collection, body = node.value
        before, self._loop = self._loop, around
        items = self.value(collection)
        self._loop = before
        for item in list(items.elements()) if isinstance(items.data, list) else []:
            loop = {**around, str(name.value): item}
            for template, (_, inner) in self.document.entries(body).items():
                self._expansions += 1
                if self._expansions > MAX_EXPANSIONS:
                    return
                if template.startswith("Fn::ForEach::"):
                    yield from self._expand(inner, loop)
                else:
                    expanded = template
                    for variable, value in loop.items():
                        for form in (f"${{{variable}}}", f"&{{{variable}}}"):
                            expanded = expanded.replace(form, shown(value))
                    yield expanded, inner, loop

    def _tagged(self, name: str, node: Node, place: Location) -> Value:
        if name not in _FUNCTIONS and f"Fn::{name}" not in _FUNCTIONS:
            return Value(UNKNOWN, place, f"!{name}")
        return self._call(name, node, place)

    def _plain(self, node: Node) -> Value:
        """The argument of a function, which may bear the function's own tag."""
        if node.tag[:1] != "!":
            return self.value(node)
        place = self.document.place(node)
        if isinstance(node, Scalar):
            return self._text(str(node.value), place)
        if isinstance(node, Sequence):
            return self._list(node, place)
        return self._map(self.document.entries(node), place)

    def _constant(self, node: Scalar, place: Location) -> Value:
        data = constant(node)
        if not isinstance(data, str):
            return Value(data, place)
        if "{{" in data:  # filled in when it is deployed, or by a template engine
            return Value(UNKNOWN, place, data)
        return self._text(data, place)

    def _text(self, text: str, place: Location) -> Value:
        """What a text means; more than itself in a template that another tool fills in."""
        return Value(text, place)

    def _refs_to(self, name: str) -> tuple[str, ...]:
        """The resource that a name means, if it is one of this template."""
        return (name,) if name in self._types else ()

    def _output(self, stack: str, name: str, place: Location) -> Value | None:
        """What a nested stack gives under a name; None where that is not known."""
        return None

    def _call(self, name: str, node: Node, place: Location, *, tagged: bool = True) -> Value:
        if name == "Ref":
            stated = self._text(str(node.value), place).data if isinstance(node, Scalar) else None
            return self._ref(stated, place) if isinstance(stated, str) else Value(UNKNOWN, place)
        argument = self._plain(node) if tagged else self.value(node)
        method = METHODS.get(name)
        if method is None:
            return Value(UNKNOWN, place, f"${{{name}}}", tuple(dict.fromkeys(argument.all_refs())))
        return method(self, argument, place)

    def _ref(self, name: str, place: Location) -> Value:
        if name in self._loop:
            return self._loop[name]._replace(location=place)
        if name == "AWS::NoValue":
            return Value(None, place)
        if name in self._parameters:
            return self._parameter(name, place)._replace(assumed=True)
        owner = name.partition(".")[0]  # SAM: `!Ref Orders.Alias`
        return Value(UNKNOWN, place, f"${{{name}}}", self._refs_to(owner))

    def _parameter(self, name: str, place: Location) -> Value:
        entries = self.document.entries(self._parameters[name][1])
        type_ = self._text_of(self._parameters[name][1], "Type")
        unknown = Value(UNKNOWN, place, f"${{{name}}}")
        if type_.startswith("AWS::SSM::Parameter::Value"):
            return unknown
        default = unknown
        if "Default" in entries and isinstance(entries["Default"][1], Scalar):
            data = constant(entries["Default"][1])
            if not (isinstance(data, str) and "{{" in data):
                default = Value("" if data is None else data, place)
        if self._given is None:
            self._given = self._ask() if self._ask is not None else {}
        stated = self._given.get(name)
        value = agreed(stated, default, place) if stated else default
        if value.data is UNKNOWN:
            return value if value.choices else unknown
        if type_.startswith(("List<", "CommaDelimitedList")) and not isinstance(value.data, (list, dict)):
            return Value([Value(part.strip(), place) for part in str(value.data).split(",")], place)
        return value

    def _text_of(self, node: Node, name: str) -> str:
        pair = self.document.entries(node).get(name)
        return str(pair[1].value) if pair is not None and isinstance(pair[1], Scalar) else ""
