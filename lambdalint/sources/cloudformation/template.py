"""A CloudFormation template taken apart: parameters, mappings, resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.cloudformation.expressions import Expressions
from lambdalint.sources.cloudformation.given import Given
from lambdalint.sources.documents import Document, Node
from lambdalint.sources.paths import Files
from lambdalint.sources.values import Value, inherited


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


class Template(Expressions):
    """One document with a Resources section."""

    def __init__(
        self, document: Document, files: Files | None = None, given: Callable[[], Given] | None = None
    ) -> None:
        """`files` for what it includes, `given` for what others state of its parameters."""
        super().__init__(document, files, given)
        self._worked_out: dict[str, Resource] = {}
        self._sections = document.entries(document.root)
        self._parameters = self._section("Parameters")
        self._mappings = self._section("Mappings")
        self._resources = dict(self._resource_nodes())
        self._types = {name: self._text_of(node, "Type") for name, (_, node, _) in self._resources.items()}

    def _section(self, name: str) -> Mapping[str, tuple[Node, Node]]:
        return self.document.entries(self._sections[name][1]) if name in self._sections else {}

    def _resource_nodes(self) -> Iterator[tuple[str, tuple[Node, Node, dict[str, Value]]]]:
        for name, (key, node) in self._section("Resources").items():
            if name.startswith("Fn::ForEach::"):
                for expanded, body, loop in self._expand(node, {}):
                    yield expanded, (key, body, loop)
            else:
                yield name, (key, node, {})

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
