"""Plans: what `terraform show -json` says of a run, values worked out, and what refers to what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Stack
from lambdalint.sources.cloudformation import Context, stack_of
from lambdalint.sources.documents import Document, Node, Scalar, Sequence, constant
from lambdalint.sources.paths import join
from lambdalint.sources.terraform.items import Item
from lambdalint.sources.terraform.reader import Reader, TerraformCompanions
from lambdalint.sources.terraform.vocabulary import is_read
from lambdalint.sources.terraform.words import Resources
from lambdalint.sources.values import Settings, Value

_INDEX = re.compile(r"\[[^\]]*\]")
_DEFAULTS = {"memory_size": 128, "timeout": 3, "reserved_concurrent_executions": -1, "package_type": "Zip"}
"""What the provider puts into a plan where nobody stated it."""


def _is_plan(document: Document) -> bool:
    """Whether a document is a plan of Terraform."""
    names = document.entries(document.root)
    return "planned_values" in names or "resource_changes" in names


def read(document: Document, context: Context, settings: Settings) -> Iterator[Stack]:
    """The stack that a plan makes; nothing of what is none."""
    if not _is_plan(document):
        return
    resources = Resources(document.path, _Plan(document).items())
    reader = Reader(resources, settings, context.files, join(document.path, ".."), "terraform-plan")
    yield stack_of(resources, reader, TerraformCompanions)._replace(format="terraform-plan")


class _Plan:
    """One plan. The values tell what is known, the configuration what was stated and what refers to what."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._stated: dict[str, Node] = {}
        self._addresses: dict[str, list[str]] = {}
        root = self._get(document.root, "configuration", "root_module")
        if root is not None:
            self._configure(root, "", 0)

    def items(self) -> Iterator[Item]:
        found: dict[str, tuple[str, Node, Node]] = {}
        for section in (("planned_values",), ("prior_state", "values")):
            root = self._get(self.document.root, *section, "root_module")
            for address, type_, node, values in self._resources(root, 0):
                found.setdefault(address, (type_, node, values))
        changes = self._get(self.document.root, "resource_changes")
        for change in self._list(changes):
            after = self._get(change, "change", "after")
            address = self._text(change, "address")
            if after is not None and self.document.entries(after):
                found.setdefault(address, (self._type(change), change, after))
        for address in found:
            self._addresses.setdefault(_INDEX.sub("", address), []).append(address)
        for address, (type_, node, values) in found.items():
            if is_read(type_):
                yield Item(address, type_, self.document.place(node), self._later(address, values))

    def _later(self, address: str, values: Node) -> Callable[[], Value]:
        return lambda: self._body(address, values)

    def _resources(self, module: Node | None, depth: int) -> Iterator[tuple[str, str, Node, Node]]:
        if module is None or depth > 20:
            return
        for node in self._list(self._get(module, "resources")):
            values = self._get(node, "values")
            if values is not None:
                yield self._text(node, "address"), self._type(node), node, values
        for child in self._list(self._get(module, "child_modules")):
            yield from self._resources(child, depth + 1)

    def _configure(self, module: Node, prefix: str, depth: int) -> None:
        for node in self._list(self._get(module, "resources")):
            expressions = self._get(node, "expressions")
            if expressions is not None:
                self._stated[prefix + self._text(node, "address")] = expressions
        calls = self._get(module, "module_calls")
        for name, (_, call) in self.document.entries(calls).items():
            inner = self._get(call, "module")
            if inner is not None and depth < 20:
                self._configure(inner, f"{prefix}module.{name}.", depth + 1)

    # -- values ----------------------------------------------------------------------------------------

    def _body(self, address: str, values: Node) -> Value:
        place = self.document.place(values)
        base = _INDEX.sub("", address)
        stated = self._stated.get(base)
        prefix = "".join(re.findall(r"module\.[^.]+\.", base))
        data: dict[str, Value] = {}
        for name, (key, node) in self.document.entries(values).items():
            value = self._value(node, key, 0)
            if stated is None and name in _DEFAULTS and value.data == _DEFAULTS[name]:
                continue
            if value.data is not None and value.data not in ([], ""):
                data[name] = value
        if stated is None:
            return Value(data, place)
        known = self.document.entries(stated)
        data = {name: one for name, one in data.items() if name in known}
        return self._referring(Value(data, place), stated, prefix, 0)

    def _referring(self, value: Value, stated: Node, prefix: str, depth: int) -> Value:
        """A value with the references that its expression holds."""
        place = value.location
        if isinstance(stated, Sequence):  # blocks
            nodes = list(stated.value)
            items = value.data if isinstance(value.data, list) else []
            if len(items) == len(nodes):
                inner = [self._referring(one, node, prefix, depth + 1) for one, node in zip(items, nodes, strict=True)]
                return value._replace(data=inner)
            if not items and depth < 20:
                unknown = Value({}, place)
                return Value([self._referring(unknown, node, prefix, depth + 1) for node in nodes], place)
            return value
        entries = self.document.entries(stated)
        if "references" in entries:
            names = [str(one.value) for one in self._list(entries["references"][1]) if isinstance(one, Scalar)]
            refs = tuple(dict.fromkeys(ref for name in names for ref in self._meant(prefix + name)))
            if value.data is None or value.data == {}:
                return Value(UNKNOWN, place, f"${{{names[0]}}}" if names else "", refs)
            return value._replace(refs=refs)
        if "constant_value" in entries or depth > 20:
            return value
        data = dict(value.data) if isinstance(value.data, dict) else {}
        for name, (key, node) in entries.items():
            before = data.get(name) or Value(None, self.document.place(key))
            after = self._referring(before, node, prefix, depth + 1)
            if after.data is not None:
                data[name] = after
        return value._replace(data=data)

    def _meant(self, name: str) -> list[str]:
        """The resources that `aws_sqs_queue.orders.arn` refers to."""
        base = _INDEX.sub("", name)
        while base:
            if base in self._addresses:
                return self._addresses[base]
            base = base.rpartition(".")[0]
        return []

    def _value(self, node: Node, key: Node | None, depth: int) -> Value:
        place = self.document.place(node, key)
        if depth > 50:
            return Value(UNKNOWN, place)
        if isinstance(node, Scalar):
            return Value(constant(node), place)
        if isinstance(node, Sequence):
            return Value([self._value(one, None, depth + 1) for one in node.value], place)
        entries = self.document.entries(node)
        return Value({name: self._value(one, of, depth + 1) for name, (of, one) in entries.items()}, place)

    # -- nodes -----------------------------------------------------------------------------------------

    def _get(self, node: Node | None, *names: str) -> Node | None:
        for name in names:
            pair = self.document.entries(node).get(name)
            if pair is None:
                return None
            node = pair[1]
        return node

    def _list(self, node: Node | None) -> list[Node]:
        return list(node.value) if isinstance(node, Sequence) else []

    def _text(self, node: Node, name: str) -> str:
        found = self._get(node, name)
        return str(found.value) if isinstance(found, Scalar) else ""

    def _type(self, node: Node) -> str:
        return ("data." if self._text(node, "mode") == "data" else "") + self._text(node, "type")
