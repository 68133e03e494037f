"""A template as its author wrote it: where things stand, and what is different once it is changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.sources.documents import MAX_DEPTH, Document, Malformed, Map, Node, Scalar, constant, parse
from lambdalint.sources.documents import Sequence as List

FUNCTION = "AWS::Serverless::Function"
ENGINE = re.compile(r"\{%|\{\{(?!resolve:)|<%")

Path = tuple[str | int, ...]
"""The number of a document, and the keys and indices that lead to a place in it."""


class _Gone:
    """Stands for a value that is taken away."""


GONE: Final = _Gone()


class Change(NamedTuple):
    """What an edit is meant to do."""

    path: Path
    value: Any
    """As in Python, intrinsics in their long form; GONE where it is taken away."""


class Entry(NamedTuple):
    """One key of a map with its value."""

    holder: Map
    key: Scalar
    value: Node
    path: Path

    @property
    def is_shared(self) -> bool:
        """The value is an alias: what it means stands somewhere else."""
        return bool(self.value.start_mark.index < self.key.end_mark.index)


class Template:
    """The documents of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        if ENGINE.search(text):
            raise Refusal("it may be a template for a template engine")
        if "\r" in text.replace("\r\n", ""):
            raise Refusal("its lines end in a way of their own")
        try:
            self.documents: Sequence[Document] = list(parse("", text))
        except Malformed as reason:
            raise Refusal(f"it {reason.message}") from None

    def way_to(self, place: Location) -> Sequence[Entry]:
        """The entries that lead to the key at a place, from the root of its document on."""
        at = (place.line - 1, place.column - 1)
        for number, document in enumerate(self.documents):
            waiting: list[tuple[Node, Path, tuple[Entry, ...]]] = [(document.root, (number,), ())]
            seen: set[int] = set()
            while waiting:
                node, path, way = waiting.pop()
                if id(node) in seen:
                    continue
                seen.add(id(node))
                if isinstance(node, Map):
                    for entry in entries(node, path):
                        if (entry.key.start_mark.line, entry.key.start_mark.column) == at:
                            return (*way, entry)
                        if not entry.is_shared:
                            waiting.append((entry.value, entry.path, (*way, entry)))
                elif isinstance(node, List):
                    waiting += [(one, (*path, index), way) for index, one in enumerate(node.value)]
        raise Refusal("what it is about does not stand there as a key of its own")

    def owned(self, place: Location, owner: Location | None, shared: str) -> Sequence[Entry]:
        """The way to a place, if that is in what its owner states itself, or in what a section states for all."""
        way = self.way_to(place)
        own = self.way_to(owner)[-1].path if owner is not None else ()
        if way[0].key.value != shared and way[-1].path[: len(own)] != own:
            raise Refusal("it is not stated in the function itself, so others may use it")
        return way

    def section(self, document: int, name: str) -> Entry | None:
        """A section of a document: `Resources`."""
        return child(self.documents[document].root, name, (document,))

    def functions(self, document: int) -> Iterator[Entry]:
        """The functions of SAM in a document. Refuses loops, which may make others."""
        resources = self.section(document, "Resources")
        for entry in entries(resources.value, resources.path) if resources is not None else ():
            if str(entry.key.value).startswith("Fn::"):
                raise Refusal("it may make functions in a loop")
            if word(entry.value, "Type") == FUNCTION:
                yield entry

    def line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def margin(self, node: Node) -> str:
        """What stands on the line before a node."""
        index = node.start_mark.index
        return self.text[self.line_start(index) : index]

    def indentation(self, node: Node) -> str:
        """The white space that the line of a node begins with."""
        margin = self.margin(node)
        return margin[: len(margin) - len(margin.lstrip(" \t"))]

    def after(self, entry: Entry) -> int:
        """The start of the line after an entry of a block, or the end of the text."""
        end = self._end(entry.key, entry.value)
        if self.text[end - 1] == "\n":
            return end
        found = self.text.find("\n", end)
        return len(self.text) if found < 0 else found + 1

    def _end(self, before: Node, node: Node) -> int:
        """Where the text of a value ends: the marks of blocks lie behind the comments that follow them."""
        start, end = node.start_mark.index, node.end_mark.index
        if start < before.end_mark.index or start == end:
            return int(before.end_mark.index)  # an alias, or nothing: the line of the key
        if isinstance(node, Scalar):
            if node.style not in ("|", ">"):
                return int(end)
            keeps = "+" in self.text[start : self.text.find("\n", start)]
            return int(end) if keeps else len(self.text[:end].rstrip())
        if isinstance(node, Map):
            return int(end) if node.flow_style or not node.value else self._end(*node.value[-1])
        if not isinstance(node, List) or node.flow_style or not node.value:
            return int(end)
        return self._end(node.value[-2], node.value[-1]) if len(node.value) > 1 else self._only(node)

    def _only(self, node: List) -> int:
        one = node.value[0]
        if not node.start_mark.index < one.start_mark.index <= node.end_mark.index:
            raise Refusal("it holds aliases where it would have to be changed")
        return self._end(Scalar(node.tag, "-", node.start_mark, node.start_mark), one)

    def verified(self, edits: Sequence[Edit], changes: Sequence[Change]) -> Sequence[Edit]:
        """The edits, if the changed text means what is meant, and nothing else."""
        if len({change.path for change in changes}) < len(changes):
            raise Refusal("the same would be stated twice")
        edits = _joined(edits)
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        try:
            changed = list(parse("", text))
        except Malformed as reason:
            raise Refusal(f"the result {reason.message}") from None
        found: dict[Path, Any] = {}
        if len(changed) != len(self.documents):
            raise Refusal("it holds several documents that would not stay apart")
        for number, (old, new) in enumerate(zip(self.documents, changed, strict=True)):
            found.update(differences(old.root, new.root, (number,)))
        if found != {change.path: change.value for change in changes}:
            raise Refusal("more than this would change, as by an alias")
        return edits


def _joined(edits: Sequence[Edit]) -> Sequence[Edit]:
    """Several edits at one place as one, in their order."""
    by_place: dict[tuple[int, int], str] = {}
    for edit in edits:
        by_place[edit.start, edit.end] = by_place.get((edit.start, edit.end), "") + edit.text
    return [Edit(start, end, text) for (start, end), text in by_place.items()]


def entries(node: Node | None, path: Path = ()) -> Iterator[Entry]:
    """The entries of a map as written; of all else none."""
    if isinstance(node, Map):
        for key, value in node.value:
            if isinstance(key, Scalar):
                yield Entry(node, key, value, (*path, str(key.value)))


def child(node: Node, name: str, path: Path = ()) -> Entry | None:
    """The entry of a map with a name."""
    found = [entry for entry in entries(node, path) if entry.key.value == name]
    if len(found) > 1:
        raise Refusal(f"it has the key {name} twice")
    return found[0] if found else None


def word(node: Node, name: str) -> str:
    """A text that stands in a map under a name; empty where there is none."""
    found = next((entry.value for entry in entries(node) if entry.key.value == name), None)
    return str(found.value) if isinstance(found, Scalar) else ""


def differences(old: Node, new: Node, path: Path) -> Iterator[tuple[Path, Any]]:
    """Where two documents differ, and what the second one says there."""
    waiting = [(old, new, path)]
    while waiting:
        one, other, at = waiting.pop()
        if len(at) > MAX_DEPTH:
            raise Refusal("it holds itself by an alias")
        if type(one) is not type(other) or one.tag != other.tag:
            yield at, meaning(other)
        elif isinstance(one, Map) and isinstance(other, Map):
            before, after = _by_name(one), _by_name(other)
            for name in before.keys() | after.keys():
                olds, news = before.get(name, []), after.get(name, [])
                if len(olds) == len(news):
                    waiting += [(a, b, (*at, name)) for a, b in zip(olds, news, strict=True)]
                else:
                    yield (*at, name), meaning(news[-1]) if news else GONE
        elif isinstance(one, List):
            if len(one.value) == len(other.value):
                waiting += [(a, b, (*at, i)) for i, (a, b) in enumerate(zip(one.value, other.value, strict=True))]
            else:
                yield at, meaning(other)
        elif one.value != other.value:
            yield at, meaning(other)


def _by_name(node: Map) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, Scalar) else repr(meaning(key))
        found.setdefault(name, []).append(value)
    return found


def meaning(node: Node) -> Any:
    """A value as in Python, short intrinsics in their long form."""
    if isinstance(node, Scalar):
        value: Any = node.value if node.tag[:1] == "!" else constant(node)
    elif isinstance(node, Map):
        value = {str(entry.key.value): meaning(entry.value) for entry in entries(node)}
    else:
        value = [meaning(one) for one in node.value]
    if node.tag[:1] != "!":
        return value
    name = node.tag[1:]
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}
