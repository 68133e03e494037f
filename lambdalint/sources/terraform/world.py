"""All that one run of Terraform would deal with: a module, those it calls, and what all these declare."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.paths import Files, join
from lambdalint.sources.terraform import community
from lambdalint.sources.terraform.bodies import body, document
from lambdalint.sources.terraform.expressions import Evaluator
from lambdalint.sources.terraform.folder import Folder
from lambdalint.sources.terraform.items import Item
from lambdalint.sources.terraform.module import MAX_CALLS, Copy, Module
from lambdalint.sources.terraform.syntax import Block
from lambdalint.sources.values import Value

MAX_ITEMS = 5_000
MAX_TEXT = 200_000


class Call(Protocol):
    """One call of a module."""

    address: str

    def output(self, name: str, place: Location) -> Value: ...

    def items(self) -> Iterator[Item]: ...


class World:
    """Folders, each read once; and the work that is spent on all of them together."""

    def __init__(self, root: str, first: str, files: Files, declares: Callable[[str], bool]) -> None:
        self.root = root
        self._first = first
        self.files = files
        self.evaluator = Evaluator()
        self.remarks: list[tuple[Location, str]] = []
        self.folders: dict[str, Folder] = {}
        self._declares = declares
        self._documents: dict[tuple[int, str], Value | None] = {}

    def folder(self, path: str) -> Folder:
        if path not in self.folders:
            self.folders[path] = Folder(path, self.files, self._first if path == self.root else "")
        return self.folders[path]

    def text(self, path: str) -> str | None:
        text = self.files.read(path)
        return text if text is not None and len(text) <= MAX_TEXT else None

    def document(self, block: Block, module: Module, copy: Copy) -> Value | None:
        """The policy that a data source makes; None of any other."""
        if block.labels[0] != "aws_iam_policy_document":
            return None
        key = (id(module), copy.address)
        if key not in self._documents:
            self._documents[key] = None  # of one that is made of itself, no more is known
            self._documents[key] = document(block, module.scope(block, copy.variables), self.evaluator)
        return self._documents[key]

    # -- calls -----------------------------------------------------------------------------------------

    def call(self, above: Module, block: Block, copy: Copy) -> Call:
        prefix = f"{above.address}." if above.address else ""
        address = f"{prefix}module.{copy.address.removeprefix('module.')}"
        optional = copy.optional or above.optional
        scope = above.scope(block, copy.variables)
        stated = block.attributes.get("source")
        source = self.evaluator.attribute(stated, scope).data if stated is not None else None
        arguments = body(block, scope, self.evaluator)
        if isinstance(source, str):
            if source.startswith(("./", "../")):
                path = join(above.folder.path, source)
                if self._enters(path, above, block):
                    if community.is_copy(self.folder(path)):
                        return community.FunctionCall(address, block.location, arguments, optional)
                    return Local(Module(self.folder(path), self, address, dict(arguments.entries()), optional, above))
            elif community.is_function(source):
                return community.FunctionCall(address, block.location, arguments, optional)
            elif community.is_deployment(source):
                arguments = Value({}, block.location)
        return Unread(address, block.location, arguments)

    def _enters(self, path: str, above: Module, block: Block) -> bool:
        """Whether a module is read: one that calls itself is not, nor one beyond the tree that is looked at."""
        if not self.files.may_read(path, block.location):
            return False
        depth = 0
        module: Module | None = above
        while module is not None:
            depth += 1
            if module.folder.path == path:
                self.remarks.append((block.location, "calls a module from within itself"))
                return False
            module = module.above
        return depth <= MAX_CALLS

    # -- what there is ---------------------------------------------------------------------------------

    def items(self) -> Iterator[Item]:
        """All resources, of whatever module, that anything is asked of."""
        for number, item in enumerate(self._items(Module(self.folder(self.root), self))):
            if number >= MAX_ITEMS:
                place = Location(join(self.root, self._first))
                self.remarks.append((place, f"declares more than {MAX_ITEMS:,} resources: no more are read"))
                return
            yield item

    def _items(self, module: Module) -> Iterator[Item]:
        prefix = f"{module.address}." if module.address else ""
        for type_ in ("resource", "data"):
            for block in module.folder.of(type_):
                name = block.labels[0]
                if not self._declares(name if type_ == "resource" else f"data.{name}"):
                    continue
                for copy in module.copies(block):
                    yield Item(
                        prefix + copy.address,
                        name if type_ == "resource" else f"data.{name}",
                        block.location,
                        _body_of(self, module, block, copy),
                        copy.optional or module.optional,
                    )
        for call in module.calls():
            yield from self._items(call.module) if isinstance(call, Local) else call.items()


def _body_of(world: World, module: Module, block: Block, copy: Copy) -> Callable[[], Value]:
    return lambda: body(block, module.scope(block, copy.variables), world.evaluator, meta=True)


class Local:
    """The call of a module that is here."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.address = module.address

    def output(self, name: str, place: Location) -> Value:
        return self.module.output(name, place)

    def items(self) -> Iterator[Item]:
        return iter(())


class Unread:
    """The call of a module that is not here: what is handed to it may be used in whatever way."""

    def __init__(self, address: str, location: Location, arguments: Value) -> None:
        self.address = address
        self.location = location
        self.arguments = arguments

    def output(self, name: str, place: Location) -> Value:
        return Value(UNKNOWN, place, refs=(self.address,))

    def items(self) -> Iterator[Item]:
        yield Item(self.address, "module", self.location, lambda: self.arguments)
