"""A module of Terraform: one folder, and each call of it with its arguments."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.paths import join
from lambdalint.sources.terraform.expressions import Scope
from lambdalint.sources.terraform.folder import Folder
from lambdalint.sources.terraform.operations import Step, chosen, items_of
from lambdalint.sources.terraform.syntax import Block
from lambdalint.sources.terraform.types import typed
from lambdalint.sources.values import Value, assumed, shown

if TYPE_CHECKING:
    from lambdalint.sources.terraform.world import Call, World

MAX_COPIES = 64
"""How many copies of one block `count` and `for_each` make here."""
MAX_CALLS = 12
"""How deep modules call each other here."""


class Copy(NamedTuple):
    """One of what `count` or `for_each` make of a block."""

    address: str
    """Within its module: `aws_lambda_function.orders["eu"]`."""
    variables: dict[str, Value]
    """`each` or `count`."""
    optional: bool = False


class Module:
    """One call of a folder, or the folder that everything begins with."""

    def __init__(
        self,
        folder: Folder,
        world: World,
        address: str = "",
        arguments: dict[str, Value] | None = None,
        optional: bool = False,
        above: Module | None = None,
    ) -> None:
        self.folder = folder
        self.world = world
        self.address = address
        self.optional = optional
        self.above = above
        self._arguments = arguments
        self._known: dict[tuple[str, str], Value | None] = {}
        self._copies: dict[tuple[str, ...], list[Copy] | None] = {}
        self._calls: dict[str, list[Call]] = {}

    # -- names -----------------------------------------------------------------------------------------

    def lookup(self, name: str, steps: Sequence[Step], place: Location) -> tuple[Value, int]:
        first = str(steps[0].key.data) if steps and steps[0].kind == "key" else ""
        if name == "var":
            return self._once("var", first, place), 1
        if name == "local":
            return self._once("local", first, place), 1
        if name == "path":
            return Value(self._path(first), place), 1
        if name == "module":
            return self._output(first, steps, place)
        if name in ("data", "resource"):
            second = str(steps[1].key.data) if len(steps) > 1 else ""
            return self._attribute((name, first, second), steps[2:], 2, place)
        if name in ("each", "count", "self", "terraform") or len(steps) < 1:
            return Value(UNKNOWN, place, f"${{{'.'.join(filter(None, (name, first)))}}}"), min(len(steps), 1)
        return self._attribute(("resource", name, first), steps[1:], 1, place)

    def read(self, path: str, place: Location) -> tuple[str, str] | None:
        full = join(self.world.root, path)
        text = self.world.text(full) if self.world.files.may_read(full, place) else None
        return None if text is None else (full, text)

    def scope(self, block: Block, variables: dict[str, Value] | None = None) -> Scope:
        return Scope(self, block.file, variables or {})

    def _path(self, name: str) -> str:
        """As Terraform has it: seen from the folder that everything begins with."""
        if name != "module":
            return "."
        return os.path.relpath(self.folder.path or ".", self.world.root or ".").replace(os.sep, "/")

    def _once(self, kind: str, name: str, place: Location) -> Value:
        """A variable or local, worked out once. One that needs itself is not known."""
        key = (kind, name)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self._local(name, place) if kind == "local" else self._variable(name, place)
        value = self._known[key]
        if value is None:
            return Value(UNKNOWN, place, f"${{{kind}.{name}}}")
        given = self._arguments.get(name) if kind == "var" and self._arguments is not None else None
        if given is None or given.data is None:
            value = value._replace(location=place)  # where it is used says more than where it is defined
        if value.data is UNKNOWN and not value.text and not value.choices:
            return value._replace(text=f"${{{kind}.{name}}}")
        return value

    def _local(self, name: str, place: Location) -> Value:
        attribute = self.folder.locals.get(name)
        if attribute is None:
            return Value(UNKNOWN, place, f"${{local.{name}}}")
        return self.world.evaluator.attribute(attribute, Scope(self, attribute.file, {}))

    def _variable(self, name: str, place: Location) -> Value:
        block = self.folder.blocks.get(("variable", name))
        unknown = Value(UNKNOWN, place, f"${{var.{name}}}")
        if block is None:
            return unknown
        scope = self.scope(block)
        type_ = block.attributes.get("type")
        default = block.attributes.get("default")
        value = None
        if self._arguments is not None:
            value = self._arguments.get(name)
            if value is not None and value.data is None and default is not None:
                value = None if "nullable" in block.attributes else value
        else:
            value = self._given(name)
        if value is None:
            if default is None:
                return unknown
            value = self.world.evaluator.attribute(default, scope)._replace(location=place)
            if self._arguments is None:
                if value.data is None:
                    return unknown  # it is there to be set from outside
                value = assumed(value)
        return typed(value, type_.expression, scope, self.world.evaluator) if type_ is not None else value

    def _given(self, name: str) -> Value | None:
        """What the files of values say of a variable, if this is where everything begins."""
        evaluate = self.world.evaluator.attribute
        for attributes in (self.folder.settings, self.folder.maybe):
            found = [one for one in attributes if one.name == name] if attributes else []
            values = [evaluate(one, Scope(self, one.file, {})) for one in found]
            if values:
                return values[-1] if attributes is self.folder.settings else chosen(values, values[0].location)
        return None

    # -- resources -------------------------------------------------------------------------------------

    def copies(self, block: Block) -> list[Copy]:
        """What `count` and `for_each` make of a block."""
        key = (block.type, *block.labels)
        if key not in self._copies:
            self._copies[key] = None
            base = ".".join(block.labels if block.type == "resource" else key)
            self._copies[key] = list(self._repeated(block, base))[:MAX_COPIES]
        return self._copies[key] or []

    def _repeated(self, block: Block, base: str) -> Iterator[Copy]:
        place = block.location
        evaluate, scope = self.world.evaluator.attribute, self.scope(block)
        unknown = Value(UNKNOWN, place)
        if "for_each" in block.attributes:
            whole = evaluate(block.attributes["for_each"], scope)
            found = list(items_of(whole))
            for key, value in found:
                each = Value({"key": Value(key, place), "value": value}, place)
                yield Copy(f'{base}["{key}"]', {"each": each}, whole.data is UNKNOWN or whole.optional)
            if not found:
                each = Value(
                    {
                        "key": unknown._replace(text="${each.key}"),
                        "value": unknown._replace(text="${each.value}", refs=tuple(dict.fromkeys(whole.all_refs()))),
                    },
                    place,
                )
                yield Copy(base, {"each": each}, optional=True)
        elif "count" in block.attributes:
            amount = evaluate(block.attributes["count"], scope)
            number = amount.data if isinstance(amount.data, int) else 0
            for index in range(min(number, MAX_COPIES)):
                yield Copy(f"{base}[{index}]", {"count": Value({"index": Value(index, place)}, place)})
            if number < 1:
                index_value = unknown._replace(text="${count.index}") if amount.data != 0 else Value(0, place)
                yield Copy(f"{base}[0]", {"count": Value({"index": index_value}, place)}, optional=True)
        else:
            yield Copy(base, {})

    def _attribute(self, key: tuple[str, ...], steps: Sequence[Step], used: int, place: Location) -> tuple[Value, int]:
        """An attribute of a resource or data source, as far as its block states it."""
        block = self.folder.blocks.get(key)
        shown_as = ".".join(key[1:] if key[0] == "resource" else key)
        if block is None:
            return Value(UNKNOWN, place, f"${{{shown_as}}}"), used
        copies = self.copies(block)
        prefix = f"{self.address}." if self.address else ""
        if steps and steps[0].kind == "key" and ("for_each" in block.attributes or "count" in block.attributes):
            index = steps[0].key
            wanted = f"[{index.data}]" if isinstance(index.data, int) else f'["{shown(index)}"]'
            if index.data is not UNKNOWN:
                copies = [copy for copy in copies if copy.address.endswith(wanted)] or copies
            steps, used = steps[1:], used + 1
        elif steps and steps[0].kind == "splat":
            steps, used = steps[1:], used + 1
            values = [self._of(block, [copy], steps, prefix, place) for copy in copies]
            return Value(values, place, opened=any(copy.optional for copy in copies)), used + len(steps)
        return self._of(block, copies, steps, prefix, place), used + min(len(steps), 1)

    def _of(self, block: Block, copies: list[Copy], steps: Sequence[Step], prefix: str, place: Location) -> Value:
        refs = tuple(prefix + copy.address for copy in copies)
        name = str(steps[0].key.data) if steps and steps[0].kind == "key" else ""
        path = ".".join(block.labels if block.type == "resource" else (block.type, *block.labels))
        text = f"${{{path}.{name}}}" if name else f"${{{path}}}"
        document = self.world.document(block, self, copies[0]) if block.type == "data" and copies and name else None
        if document is not None and name in ("json", "minified_json"):
            return Value(UNKNOWN, place, text, refs, decoded=document)
        stated = block.attributes.get(name)
        if stated is None or len(copies) != 1:
            return Value(UNKNOWN, place, text, refs)
        key = (f"{path}.{name}", copies[0].address)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self.world.evaluator.attribute(stated, self.scope(block, copies[0].variables))
        value = self._known[key]
        if value is None:
            return Value(UNKNOWN, place, text, refs)
        return value._replace(location=place, refs=refs, text=value.text or (text if value.data is UNKNOWN else ""))

    # -- calls -----------------------------------------------------------------------------------------

    def calls(self) -> Iterator[Call]:
        """The calls of other modules."""
        for block in self.folder.of("module"):
            yield from self.called(block.labels[0])

    def called(self, name: str) -> list[Call]:
        if name not in self._calls:
            self._calls[name] = []
            block = self.folder.blocks.get(("module", name))
            if block is not None:
                self._calls[name] = [self.world.call(self, block, copy) for copy in self.copies(block)]
        return self._calls[name]

    def _output(self, name: str, steps: Sequence[Step], place: Location) -> tuple[Value, int]:
        calls = self.called(name)
        rest = list(steps[1:])
        used = 1
        prefix = f"{self.address}." if self.address else ""
        base = f"module.{name}"
        if rest and rest[0].kind == "key" and f"{prefix}{base}" not in [one.address for one in calls]:
            index = rest.pop(0).key
            used += 1
            calls = [one for one in calls if one.address.endswith((f'["{shown(index)}"]', f"[{index.data}]"))] or calls
        elif rest and rest[0].kind == "splat":
            rest.pop(0)
            used += 1
        wanted = str(rest[0].key.data) if rest and rest[0].kind == "key" else ""
        text = f"${{{base}.{wanted}}}" if wanted else f"${{{base}}}"
        values = [one.output(wanted, place) for one in calls]
        found = [one._replace(text=one.text or text if one.data is UNKNOWN else one.text) for one in values]
        return (chosen(found, place) if found else Value(UNKNOWN, place, text)), used + min(len(rest), 1)

    def output(self, name: str, place: Location) -> Value:
        """What the module gives to the outside under a name."""
        block = self.folder.blocks.get(("output", name))
        stated = block.attributes.get("value") if block is not None else None
        if block is None or stated is None:
            return Value(UNKNOWN, place)
        key = ("output", name)
        if key not in self._known:
            self._known[key] = None
            self._known[key] = self.world.evaluator.attribute(stated, self.scope(block))
        value = self._known[key]
        return value._replace(location=place) if value is not None else Value(UNKNOWN, place)
