"""A CloudFormation template taken apart: parameters, mappings, resources; and what its expressions mean."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.cloudformation.given import Given, agreed
from lambdalint.sources.cloudformation.including import included
from lambdalint.sources.documents import Document, Map, Node, Scalar, Sequence, constant
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value, inherited, shown

_VARIABLE = re.compile(r"\$\{([^}!][^}]*)\}")
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
MAX_CHOICES = 64


class Resource(NamedTuple):
    """One entry of the Resources section."""

    logical_id: str
    type: str
    location: Location
    """Its logical id."""
    properties: Value
    """A map, whatever the template says."""
    metadata: Value | None
    ignored_globals: Value | None
    """What of the Globals section does not hold for it: a list of properties, or `*`."""
    condition: bool
    """It exists under some condition only."""
    connected: bool
    """Connectors of SAM stand in it."""
    node: Node | None
    """The map of its properties, for fixes."""
    malformed: bool
    """Its properties are no map."""


class Declarations(Protocol):
    """What declares resources in the words of CloudFormation, in whatever form it is written."""

    path: str

    @property
    def types(self) -> Mapping[str, str]: ...

    def resource(self, logical_id: str) -> Resource | None: ...

    def resources(self, *types: str) -> Iterator[Resource]: ...

    def globals_of(self, kind: str) -> Value | None: ...

    def within(self, document: Document) -> Template: ...


class Template:
    """One document with a Resources section."""

    def __init__(
        self, document: Document, files: Files | None = None, given: Callable[[], Given] | None = None
    ) -> None:
        """`files` for what it includes, `given` for what others state of its parameters."""
        self.document = document
        self.path = document.path
        self._files = files
        self._ask = given
        self._given: Given | None = None
        self._worked_out: dict[str, Resource] = {}
        self._including: frozenset[str] = frozenset([document.path])
        self._types: Mapping[str, str] = {}
        self._sections = document.entries(document.root)
        self._loop: dict[str, Value] = {}
        self._expansions = 0
        self._evaluating: set[int] = set()
        self._parameters = self._section("Parameters")
        self._mappings = self._section("Mappings")
        self._resources = dict(self._resource_nodes())
        self._types = {name: self._text_of(node, "Type") for name, (_, node, _) in self._resources.items()}

    # -- sections --------------------------------------------------------------------------------------

    def within(self, document: Document) -> Template:
        """This template, reading another document that is a part of it."""
        part = copy.copy(self)
        part.document, part.path = document, document.path
        part._including = self._including | {document.path}
        return part

    def _section(self, name: str) -> Mapping[str, tuple[Node, Node]]:
        return self.document.entries(self._sections[name][1]) if name in self._sections else {}

    def _resource_nodes(self) -> Iterator[tuple[str, tuple[Node, Node, dict[str, Value]]]]:
        for name, (key, node) in self._section("Resources").items():
            if name.startswith("Fn::ForEach::"):
                for expanded, body, loop in self._expand(node, {}):
                    yield expanded, (key, body, loop)
            else:
                yield name, (key, node, {})

    def _text_of(self, node: Node, name: str) -> str:
        pair = self.document.entries(node).get(name)
        return str(pair[1].value) if pair is not None and isinstance(pair[1], Scalar) else ""

    @property
    def types(self) -> Mapping[str, str]:
        """The type of each resource by its logical id."""
        return self._types

    def resource(self, logical_id: str) -> Resource | None:
        """One resource, its properties worked out: once, whoever asks."""
        if logical_id not in self._worked_out and logical_id in self._resources:
            self._worked_out[logical_id] = self._resource(logical_id)
        return self._worked_out.get(logical_id)

    def _resource(self, logical_id: str) -> Resource:
        key, node, loop = self._resources[logical_id]
        place = self.document.place(key)
        entries = self.document.entries(node)
        before, self._loop = self._loop, loop
        try:
            properties = self._of(entries, "Properties")
            metadata = self._of(entries, "Metadata")
            ignored = self._of(entries, "IgnoreGlobals")
        finally:
            self._loop = before
        if properties is None or not isinstance(properties.data, dict):
            opened = properties is not None and properties.data is UNKNOWN
            wrong = properties is not None and properties.data is not None and not opened
            properties = Value({}, place, opened=opened)
        else:
            wrong = False
        found = entries.get("Properties")
        return Resource(
            logical_id,
            self._types[logical_id],
            place,
            properties,
            metadata,
            ignored,
            "Condition" in entries,
            "Connectors" in entries,
            found[1] if found is not None else None,
            wrong,
        )

    def resources(self, *types: str) -> Iterator[Resource]:
        """The resources of some types, in the order of the template."""
        for logical_id, type_ in self._types.items():
            if type_ in types:
                resource = self.resource(logical_id)
                if resource is not None:
                    yield resource

    def _of(self, entries: Mapping[str, tuple[Node, Node]], name: str) -> Value | None:
        return self.value(entries[name][1], entries[name][0]) if name in entries else None

    def globals_of(self, kind: str) -> Value | None:
        """What the Globals section of SAM states for all resources of a kind."""
        entries = self._section("Globals")
        value = self._of(entries, kind)
        return inherited(value) if value is not None and isinstance(value.data, dict) else None

    # -- expressions -----------------------------------------------------------------------------------

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
            if name == "Fn::Transform":
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

    def _call(self, name: str, node: Node, place: Location, *, tagged: bool = True) -> Value:
        if name == "Ref":
            stated = self._text(str(node.value), place).data if isinstance(node, Scalar) else None
            return self._ref(stated, place) if isinstance(stated, str) else Value(UNKNOWN, place)
        argument = self._plain(node) if tagged else self.value(node)
        method = _METHODS.get(name)
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

    def _get_att(self, argument: Value, place: Location) -> Value:
        if isinstance(argument.data, list):
            text = ".".join(map(shown, argument.data))
        else:
            text = shown(argument)
        logical_id = text.partition(".")[0]
        return Value(UNKNOWN, place, f"${{{text}}}", self._refs_to(logical_id))

    def _sub(self, argument: Value, place: Location) -> Value:
        given: Mapping[str, Value] = {}
        text = argument
        if isinstance(argument.data, list) and argument.data:
            text = argument.data[0]
            if len(argument.data) > 1 and isinstance(argument.data[1].data, dict):
                given = argument.data[1].data
        if not isinstance(text.data, str):
            return Value(UNKNOWN, place, text.text, text.refs)
        refs: list[str] = []
        known = True
        assumed = False

        def put(found: re.Match[str]) -> str:
            nonlocal known, assumed
            name = found[1].strip()
            if name in given:
                value = given[name]
            elif "." in name and name not in self._loop:
                value = self._get_att(Value(name, place), place)
            else:
                value = self._ref(name, place)
            refs.extend(value.refs)
            assumed = assumed or value.assumed
            one = shown(value)
            if value.data is UNKNOWN or isinstance(value.data, (list, dict)):
                known = False
                return one if one not in ("", "?") else found[0]
            return one

        result = _VARIABLE.sub(put, text.data).replace("${!", "${")
        found_refs = tuple(dict.fromkeys(refs))
        return Value(result if known else UNKNOWN, place, "" if known else result, found_refs, assumed=assumed)

    def _join(self, argument: Value, place: Location) -> Value:
        parts = argument.data if isinstance(argument.data, list) else []
        refs = tuple(dict.fromkeys(argument.all_refs()))
        if len(parts) != 2 or not isinstance(parts[0].data, str):
            return Value(UNKNOWN, place, "", refs)
        if not isinstance(parts[1].data, list):
            return Value(UNKNOWN, place, parts[1].text, refs)
        joined = parts[0].data.join(map(shown, parts[1].data))
        known = all(isinstance(one.data, (str, int, float)) for one in parts[1].data)
        return Value(joined if known else UNKNOWN, place, "" if known else joined, refs)

    def _if(self, argument: Value, place: Location) -> Value:
        if not isinstance(argument.data, list) or len(argument.data) != 3:
            return Value(UNKNOWN, place)
        branches: list[Value] = [one for branch in argument.data[1:] for one in (branch.choices or (branch,))]
        _cut(branches, place)
        stated = [one for one in branches if one.data is not None or one.choices]
        optional = len(stated) < len(branches) or any(one.optional for one in argument.data[1:])
        if not stated:
            return Value(None, place)
        refs = tuple(dict.fromkeys(ref for one in stated for ref in one.refs))
        text = " or ".join(dict.fromkeys(shown(one) for one in stated if not isinstance(one.data, (list, dict))))
        if len(stated) == 1:
            return stated[0]._replace(location=place, optional=True, choices=())
        return Value(UNKNOWN, place, text, refs, tuple(stated), optional)

    def _find_in_map(self, argument: Value, place: Location) -> Value:
        names = argument.data if isinstance(argument.data, list) else []
        if len(names) < 3 or not isinstance(names[0].data, str) or names[0].data not in self._mappings:
            return Value(UNKNOWN, place)
        table = self.document.entries(self._mappings[names[0].data][1])
        rows = self._chosen(table, names[1])
        found = [
            self.value(node)._replace(location=place)
            for row in rows
            for node in self._chosen(self.document.entries(row), names[2])
        ]
        if len(names) > 3 and not found:
            default = names[3].get("DefaultValue")
            found = [default._replace(location=place)] if default is not None else []
        _cut(found, place)
        return _one_of(found, place)

    def _chosen(self, table: Mapping[str, tuple[Node, Node]], key: Value) -> list[Node]:
        if isinstance(key.data, (str, int)) and not isinstance(key.data, bool):
            return [table[str(key.data)][1]] if str(key.data) in table else []
        return [node for _, node in table.values()]

    def _select(self, argument: Value, place: Location) -> Value:
        parts = argument.data if isinstance(argument.data, list) else []
        if len(parts) == 2 and isinstance(parts[1].data, list):
            index = parts[0].data
            if str(index).isdigit() and int(index) < len(parts[1].data):
                one = parts[1].data[int(index)]
                return Value(one.data, place, one.text, one.refs, one.choices, one.optional)
        return Value(UNKNOWN, place, "", tuple(dict.fromkeys(argument.all_refs())))

    def _split(self, argument: Value, place: Location) -> Value:
        parts = argument.data if isinstance(argument.data, list) else []
        if len(parts) == 2 and isinstance(parts[0].data, str) and parts[0].data and isinstance(parts[1].data, str):
            listed = [Value(part, place) for part in parts[1].data.split(parts[0].data)]
            return Value(listed, place, assumed=parts[1].assumed)
        return Value(UNKNOWN, place, "", tuple(dict.fromkeys(argument.all_refs())))

    def _base64(self, argument: Value, place: Location) -> Value:
        return argument._replace(location=place)

    def _transform(self, argument: Value, place: Location) -> Value:
        name = argument.get("Name")
        if self._files is None or name is None or name.data != "AWS::Include":
            return Value(UNKNOWN, place)
        where = argument.get("Parameters", "Location")
        document = included(where, join(self.path, ".."), self._files)
        if document is None or document.path in self._including:
            return Value(UNKNOWN, place)
        return self.within(document).value(document.root)


def _cut(values: list[Value], place: Location) -> None:
    """Leave as many as may be looked at; the others are then something that is not known."""
    if len(values) > MAX_CHOICES:
        values[MAX_CHOICES:] = [Value(UNKNOWN, place)]


def _one_of(values: list[Value], place: Location) -> Value:
    if not values:
        return Value(UNKNOWN, place)
    if all(one.data == values[0].data and one.data is not UNKNOWN for one in values):
        return values[0]
    text = " or ".join(dict.fromkeys(shown(one) for one in values if not isinstance(one.data, (list, dict))))
    return Value(UNKNOWN, place, text, (), tuple(values))


_METHODS = {
    "GetAtt": Template._get_att,
    "Sub": Template._sub,
    "Join": Template._join,
    "If": Template._if,
    "FindInMap": Template._find_in_map,
    "Select": Template._select,
    "Split": Template._split,
    "Base64": Template._base64,
    "Transform": Template._transform,
}
