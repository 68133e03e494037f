"""A CloudFormation template taken apart: parameters, mappings, resources, outputs, and what it includes of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.cloudformation.expressions import Expressions
from lambdalint.sources.cloudformation.given import Given, qualified
from lambdalint.sources.cloudformation.intrinsics import snippet
from lambdalint.sources.documents import Document, Node
from lambdalint.sources.paths import Files
from lambdalint.sources.values import Value, as_string, inherited

if TYPE_CHECKING:
    from typing import Self

NESTED = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
"""What makes a stack of another template, and where it says which."""
INCLUDE = "Fn::Transform"


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
    document: Document | None = None
    """In which `node` stands."""


class Below(NamedTuple):
    """A resource of a nested stack."""

    stack: str
    """By which names one comes to that stack: `Data.Queues`."""
    template: Template
    logical_id: str
    """In that template."""

    @property
    def type(self) -> str:
        return self.template.types.get(self.logical_id, "")


class Declarations(Protocol):
    """What declares resources in the words of CloudFormation, in whatever form it is written."""

    path: str

    @property
    def types(self) -> Mapping[str, str]: ...

    @property
    def opened(self) -> bool: ...

    def below(self, ref: str) -> Below | None: ...

    def resource(self, logical_id: str) -> Resource | None: ...

    def resources(self, *types: str) -> Iterator[Resource]: ...

    def globals_of(self, kind: str) -> Value | None: ...

    def within(self, document: Document) -> Template: ...


class Template(Expressions):
    """One document with a Resources section."""

    def __init__(
        self,
        document: Document,
        files: Files | None = None,
        given: Callable[[], Given] | None = None,
        nested: Callable[[Resource], Template | None] | None = None,
    ) -> None:
        """`files` for what it includes, `given` for what others state of its parameters, `nested` for stacks in it."""
        super().__init__(document, files, given)
        self._nested = nested
        self._stacks: dict[str, Template | None] = {}
        self._outputs: dict[str, Value | None] = {}
        self._worked_out: dict[str, Resource] = {}
        self._opened: set[str] = set()
        self._homes: dict[int, Document] = {}
        """Of the nodes that stand in other files."""
        self._documents = [document]
        self._parameters = self._section("Parameters")
        self._mappings = self._section("Mappings")
        beside = list(self._beside())
        if beside:
            self._documents += beside
            self._parameters, self._mappings = self._section("Parameters"), self._section("Mappings")
        self._resources = dict(self._resource_nodes())
        self._types = {
            name: self._reader(node)._text_of(node, "Type") for name, (_, node, _) in self._resources.items()
        }

    def _section(self, name: str) -> Mapping[str, tuple[Node, Node]]:
        found: dict[str, tuple[Node, Node]] = {}
        for document in self._documents:
            sections = document.entries(document.root)
            if name in sections:
                for key, pair in self._within(document)._spread(name, sections[name][1]):
                    found.setdefault(key, pair)
        return found

    def _spread(self, section: str, node: Node) -> Iterator[tuple[str, tuple[Node, Node]]]:
        """The entries of a section, then those of the files that it includes."""
        entries = self.document.entries(node)
        for name, (key, one) in entries.items():
            if name != INCLUDE:
                if len(self._including) > 1:
                    self._homes[id(one)] = self.document
                yield name, (key, one)
        if INCLUDE in entries:
            document = snippet(self, self.value(entries[INCLUDE][1]))
            if document is None:
                self._opened.add(section)
            else:
                yield from self.within(document)._spread(section, document.root)

    def _beside(self) -> Iterator[Document]:
        """The files that are included at the top of the template."""
        for name, (_, node) in self.document.entries(self.document.root).items():
            if name not in ("Transform", INCLUDE):
                continue
            for one in self.value(node).elements():
                macro = one.get("Name")
                if name == INCLUDE or (macro is not None and macro.data == "AWS::Include"):
                    document = snippet(self, one)
                    if document is None:
                        self._opened |= {"Resources", "Globals"}
                    else:
                        yield document

    def _within(self, document: Document) -> Self:
        return self if document is self.document else self.within(document)

    def _reader(self, node: Node) -> Self:
        """This template, reading the file in which an entry of a section stands."""
        return self._within(self._homes.get(id(node), self.document))

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

    @property
    def opened(self) -> bool:
        """Whether there may be more resources than are known."""
        return "Resources" in self._opened

    def resource(self, logical_id: str) -> Resource | None:
        """One resource, its properties worked out: once, whoever asks."""
        if logical_id not in self._worked_out and logical_id in self._resources:
            self._worked_out[logical_id] = self._resource(logical_id)
        return self._worked_out.get(logical_id)

    def _resource(self, logical_id: str) -> Resource:
        key, node, loop = self._resources[logical_id]
        reader = self._reader(node)
        place = reader.document.place(key)
        entries = reader.document.entries(node)
        before, reader._loop = reader._loop, loop
        try:
            properties = reader._of(entries, "Properties")
            metadata = reader._of(entries, "Metadata")
            ignored = reader._of(entries, "IgnoreGlobals")
        finally:
            reader._loop = before
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
            reader.document,
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
        value = self._reader(entries[kind][1])._of(entries, kind) if kind in entries else None
        opened = "Globals" in self._opened
        if value is None or not isinstance(value.data, dict):
            return Value({}, Location(self.path), inherited=True, opened=True) if opened else None
        return inherited(value._replace(opened=value.opened or opened))

    # -- the stacks below ------------------------------------------------------------------------------

    def stack(self, logical_id: str) -> Template | None:
        """The template of a nested stack, with what this one states of its parameters; None where it is not here."""
        if logical_id not in self._stacks:
            self._stacks[logical_id] = None  # also while it is looked for
            resource = self.resource(logical_id) if self._types.get(logical_id) in NESTED else None
            if resource is not None and self._nested is not None:
                self._stacks[logical_id] = self._nested(resource)
        return self._stacks[logical_id]

    def output(self, name: str) -> Value | None:
        """What this template gives to the one above it under a name."""
        if name not in self._outputs:
            self._outputs[name] = None  # one that leads back to itself is not known
            entries = self._section("Outputs")
            node = entries[name][1] if name in entries else None
            reader = self._reader(node) if node is not None else self
            self._outputs[name] = reader._of(reader.document.entries(node), "Value")
        return self._outputs[name]

    def below(self, ref: str) -> Below | None:
        """The resource of a nested stack that a name such as `Data.Queues.Orders` means, once an output led there."""
        name, _, rest = ref.partition(".")
        stack = self._stacks.get(name) if rest else None
        if stack is None:
            return None
        found = stack.below(rest)
        return found._replace(stack=f"{name}.{found.stack}") if found is not None else Below(name, stack, rest)

    def _output(self, stack: str, name: str, place: Location) -> Value | None:
        template = self.stack(stack)
        try:
            value = template.output(name) if template is not None else None
        except RecursionError:  # of the template below: it is said of that
            return None
        if value is None or value.data is None or isinstance(value.data, (list, dict)):
            return None
        if value.data is not UNKNOWN:
            value = value._replace(data=as_string(value))
        return qualified(value, stack, place)
