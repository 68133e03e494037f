"""A `serverless.yml` taken apart: what its variables mean, and the CloudFormation template that stands in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.cloudformation.intrinsics import MAX_CHOICES
from lambdalint.sources.cloudformation.template import Resource, Template
from lambdalint.sources.documents import Document, Malformed, Map, Node, Scalar, Sequence, constant, parse
from lambdalint.sources.paths import Files, join
from lambdalint.sources.serverless.variables import Alternative, Variable, pieces
from lambdalint.sources.values import Complaint, Settings, Value, as_boolean, assumed, shown

MAX_VARIABLES = 20_000
"""So many may be looked up for one service: they can multiply."""
MAX_TEXT = 100_000
MAX_TEXTS = 16
MAX_STEPS = 30
"""From one variable to the next."""

_ANY = "\0"
"""Stands for a part of an address that is not known."""
_DEFAULTS = {"provider.stage": "dev", "provider.region": "us-east-1"}
_READ = (".yml", ".yaml", ".json")
_PROGRAMS = (".js", ".cjs", ".mjs", ".ts", ".mts", ".cts", ".toml", ".tfstate")
_FILLED_IN = re.compile(r"#\{[^}]*\}")
"""What the plugins serverless-pseudo-parameters and serverless-cf-vars replace."""


class Spot(NamedTuple):
    """A node, and the file that it stands in."""

    part: Service
    node: Node
    key: Node | None = None


class Service(Template):
    """One service, with the files that it takes parts from."""

    def __init__(self, document: Document, files: Files, settings: Settings) -> None:
        self.files = files
        self.settings = settings
        self.documents: dict[str, Document | None] = {document.path: document}
        """The files read, by path; None for one that cannot be."""
        self._parts: dict[str, Service] = {}
        self._budget = [MAX_VARIABLES]
        self._owners: dict[str, tuple[Service, Location]] = {}
        self._made: dict[str, Resource] = {}
        self._aliases: dict[str, str] = {}
        self._main = self
        super().__init__(document, files)
        for part in self._parts.values():  # begun while these were found
            part._resources, part._types = self._resources, self._types
            part._parameters, part._mappings = self._parameters, self._mappings

    # -- the file's own sections -----------------------------------------------------------------------

    def find(self, *keys: str) -> Spot | None:
        """What stands under a key of the file, and there under the next."""
        found = self._walk(Spot(self._main, self._main.document.root), list(keys))
        return found[0] if found else None

    def value_of(self, *keys: str) -> Value | None:
        """What it means; None where there is nothing, or null."""
        spot = self.find(*keys)
        value = spot.part.value(spot.node, spot.key) if spot is not None else None
        return None if value is None or value.data is None else value

    def maps(self, spot: Spot | None, around: frozenset[int] = frozenset()) -> Iterator[Spot]:
        """The maps that a section is made of: itself, or those of a list, in this file or in others."""
        if spot is None or len(around) > MAX_STEPS:
            return
        spot = self._settled(spot)
        if isinstance(spot.node, Map):
            yield spot
        elif isinstance(spot.node, Sequence) and id(spot.node) not in around:  # an alias may hold itself
            for one in spot.node.value:
                yield from self.maps(Spot(spot.part, one), around | {id(spot.node)})

    def entries(self, spot: Spot | None) -> Iterator[tuple[str, Location, Spot]]:
        """What a section holds: the name, its place, and where what it names stands."""
        for inner in self.maps(spot):
            for name, (key, node) in inner.part.document.entries(inner.node).items():
                yield name, inner.part.document.place(key), Spot(inner.part, node, key)

    # -- resources -------------------------------------------------------------------------------------

    def make(self, *resources: Resource) -> None:
        """Add what the framework makes, in this order before all else."""
        self._made.update({one.logical_id: one for one in resources})
        new = {one.logical_id: one.type for one in resources if one.logical_id not in self._types}
        if new:
            self._types = {**new, **self._types}
            for part in self._parts.values():
                part._types = self._types

    def alias(self, aliases: Mapping[str, str]) -> None:
        """Further names, by which resources are known besides their logical ids."""
        self._aliases.update(aliases)

    def _section(self, name: str) -> Mapping[str, tuple[Node, Node]]:
        found: dict[str, tuple[Node, Node]] = {}
        for spot in self.maps(self.find("resources")):
            entries = spot.part.document.entries(spot.node)
            if name in entries:
                for inner in self.maps(Spot(spot.part, entries[name][1], entries[name][0])):
                    found.update(inner.part.document.entries(inner.node))
        return found

    def _resource_nodes(self) -> Iterator[tuple[str, tuple[Node, Node, dict[str, Value]]]]:
        for spot in self.maps(self.find("resources")):
            entries = spot.part.document.entries(spot.node)
            if "Resources" not in entries:
                continue
            for name, place, one in self.entries(Spot(spot.part, entries["Resources"][1])):
                settled = self._settled(one)
                self._owners[name] = settled.part, place
                yield name, (one.key or settled.node, settled.node, {})

    def _resource(self, logical_id: str) -> Resource:
        owner, place = self._owners[logical_id]
        found = Template._resource(owner, logical_id)
        properties = found.properties if found.properties.data else found.properties._replace(location=place)
        return found._replace(location=place, properties=properties)

    def resource(self, logical_id: str) -> Resource | None:
        return self._made.get(logical_id) or super().resource(logical_id)

    def overridden(self, logical_id: str) -> Resource | None:
        """What `resources` changes of something that the framework makes."""
        return super().resource(logical_id)

    def _refs_to(self, name: str) -> tuple[str, ...]:
        return (self._aliases[name],) if name in self._aliases else super()._refs_to(name)

    # -- variables -------------------------------------------------------------------------------------

    def _text(self, text: str, place: Location) -> Value:
        if "${" not in text:
            return Value(UNKNOWN, place, text) if "#{" in text and _FILLED_IN.search(text) else Value(text, place)
        found = pieces(text)
        if len(found) == 1 and isinstance(found[0], Variable):
            return self._meaning(found[0], place)
        values = [Value(one, place) if isinstance(one, str) else self._meaning(one, place) for one in found]
        refs = tuple(dict.fromkeys(ref for value in values for ref in value.refs))
        texts = _texts(values)
        joined = "".join(map(shown, values))[:MAX_TEXT]
        if not texts:
            return Value(UNKNOWN, place, joined, refs)
        if len(texts) > 1:
            return Value(UNKNOWN, place, " or ".join(texts), refs, tuple(Value(one, place) for one in texts))
        return Value(texts[0][:MAX_TEXT], place, assumed=any(value.assumed for value in values))

    def _meaning(self, variable: Variable, place: Location) -> Value:
        found = self._resolved(variable, place)
        if isinstance(found, Spot):
            found = found.part.value(found.node, found.key)
        if found is None:
            return Value(UNKNOWN, place, variable.text)
        if any(one.source in ("opt", "env") for one in variable.alternatives):
            found = assumed(found)
        return found._replace(location=place, text=found.text or (variable.text if found.data is UNKNOWN else ""))

    def _resolved(self, variable: Variable, place: Location) -> Spot | Value | None:
        """Where the value stands, or the value itself; None where no source has one."""
        self._budget[0] -= 1
        if self._budget[0] < 0:
            return Value(UNKNOWN, place, variable.text)
        for alternative in variable.alternatives:
            found = self._asked(alternative, place)
            if isinstance(found, Spot):
                if not (isinstance(found.node, Scalar) and constant(found.node) is None):
                    return found
            elif found is not None and (found.data is not None or found.choices):
                return found
        return None

    def _asked(self, one: Alternative, place: Location) -> Spot | Value | None:
        if not one.source:
            value = one.value
            return self._text(value, place) if one.is_text and isinstance(value, str) else Value(value, place)
        address = self._address(one.address or "", place)
        if one.source == "self":
            return self._self(address, place)
        if one.source == "file":
            return self._file(self._address(one.argument, place), address, place)
        if one.source == "param":
            stage = self._stage(place)
            ways = (
                ("params", stage),
                ("params", "default"),
                ("stages", stage, "params"),
                ("stages", "default", "params"),
            )
            root = Spot(self._main, self._main.document.root)
            return next((found for way in ways if (found := self._at(root, [*way, address], place))), None)
        if one.source == "sls" and address == "stage":
            return Value(self._stage(place), place) if self._stage(place) != _ANY else Value(UNKNOWN, place)
        if one.source == "strToBool":
            inner = self._text(one.argument if "${" in one.argument else one.argument.strip("'\""), place)
            answer = as_boolean(inner._replace(data={"1": "true", "0": "false"}.get(str(inner.data), inner.data)))
            return Value(UNKNOWN if answer is None else answer, place)
        if one.source in ("opt", "env"):
            return None  # nobody stated it yet
        return Value(UNKNOWN, place)

    def _self(self, address: str, place: Location) -> Spot | Value | None:
        found = self._at(Spot(self._main, self._main.document.root), address.split(".") if address else [], place)
        if found is None and address in _DEFAULTS:
            return Value(_DEFAULTS[address], place)
        if found is None and address == "service.name":
            return self.find("service")
        return found

    def _stage(self, place: Location) -> str:
        found = self._self("provider.stage", place)
        value = found.part.value(found.node, found.key) if isinstance(found, Spot) else found
        return value.data if value is not None and isinstance(value.data, str) else _ANY

    def _file(self, path: str, address: str, place: Location) -> Spot | Value | None:
        path = path.strip().strip("'\"")
        if _ANY in path or not path or path.endswith(_PROGRAMS):
            return Value(UNKNOWN, place)
        path = join(join(self._main.path, ".."), path)
        if not self.files.may_read(path, place):
            return Value(UNKNOWN, place)
        if not path.endswith(_READ):
            text = self.files.read(path)
            return None if text is None else Value(text.strip()[:MAX_TEXT], place)
        if path not in self.documents:
            self.documents[path] = self._read(path)
        document = self.documents[path]
        if document is None:
            return None
        if path == self._main.path:
            part = self._main
        else:
            part = self._parts[path] if path in self._parts else self._begun(document)
        return self._at(Spot(part, document.root), address.split(".") if address else [], place)

    def _read(self, path: str) -> Document | None:
        text = self.files.read(path)
        try:
            return next(parse(path, text), None) if text else None
        except Malformed as error:
            spot = Location(path, error.line, error.column, error.line, error.column + 1)
            self.settings.complaints.append(Complaint(spot, f"it {error.message}"))
            return None

    def _begun(self, document: Document) -> Service:
        part = self.within(document)
        assert isinstance(part, Service)
        self._parts[document.path] = part
        return part

    def _address(self, text: str, place: Location) -> str:
        """A part of a variable in which others may stand."""
        if "${" not in text:
            return text.strip()
        values = [Value(one, place) if isinstance(one, str) else self._meaning(one, place) for one in pieces(text)]
        return "".join(_ANY if one.data is UNKNOWN else shown(one) for one in values).strip()

    def _at(self, start: Spot, keys: list[str], place: Location) -> Spot | Value | None:
        """What stands below a spot. Where a key is not known, all that may be meant."""
        found = self._walk(start, keys)
        if found is None:
            return Value(UNKNOWN, place)
        if not found:
            return None
        if len(found) == 1 and not any(_ANY in key for key in keys):
            return found[0]
        values = tuple(one.part.value(one.node, one.key) for one in found[:MAX_CHOICES])
        return Value(UNKNOWN, place, "", (), values if len(found) <= MAX_CHOICES else ())

    def _walk(self, start: Spot, keys: list[str]) -> list[Spot] | None:
        """None where what has to be looked into is not known."""
        spots = [start]
        for key in keys:
            below: list[Spot] = []
            for spot in map(self._settled, spots):
                if isinstance(spot.node, Scalar) and "${" in str(spot.node.value):
                    return None
                below += self._below(spot, key)
            spots = below[: MAX_CHOICES + 1]
        return spots

    def _below(self, spot: Spot, key: str) -> Iterator[Spot]:
        if isinstance(spot.node, Sequence):
            if _ANY in key:
                yield from (Spot(spot.part, one) for one in spot.node.value)
            elif key.isascii() and key.isdigit() and len(key) < 9 and int(key) < len(spot.node.value):
                yield Spot(spot.part, spot.node.value[int(key)])
            return
        entries = spot.part.document.entries(spot.node)
        if _ANY in key:
            yield from (Spot(spot.part, node, name) for name, node in entries.values())
        elif key in entries:
            yield Spot(spot.part, entries[key][1], entries[key][0])

    def _settled(self, spot: Spot) -> Spot:
        """Where a variable leads that stands for all of a node."""
        for _ in range(MAX_STEPS):
            if not isinstance(spot.node, Scalar) or "${" not in str(spot.node.value) or spot.node.tag[:1] == "!":
                break
            found = pieces(str(spot.node.value))
            if len(found) != 1 or not isinstance(found[0], Variable):
                break
            target = spot.part._resolved(found[0], spot.part.document.place(spot.node))
            if not isinstance(target, Spot):
                break
            spot = target
        return spot


def _texts(values: list[Value]) -> list[str]:
    """The texts that values may give together; nothing where one of them is not known."""
    options: list[list[str]] = []
    for value in values:
        known = value.choices or (value,)
        if any(one.data is UNKNOWN or one.data is None or isinstance(one.data, (list, dict)) for one in known):
            return []
        options.append(list(dict.fromkeys(map(shown, known))))
    combinations = itertools.islice(itertools.product(*options), MAX_TEXTS + 1)
    texts = ["".join(one) for one in combinations]
    return texts if len(texts) <= MAX_TEXTS else []
