"""A file of Terraform as its author wrote it: where things stand, and what is different once it is changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.sources.terraform.syntax import HclNode as Node
from lambdalint.sources.terraform.syntax import parsed

Path = tuple[str, ...]
"""Blocks, attributes and keys that lead to a place."""
Outline = Mapping[Path, str]
"""What stands where: expressions as they are written, and of what holds others an opening bracket."""
Text = Callable[[Node], str]

_ENTRIES = frozenset({"attribute", "block", "object_elem"})
_END_OF_LINE = re.compile(r"[ \t]*,?[ \t]*(?:(?:#|//)[^\r\n]*|/\*[^\r\n]*\*/[ \t]*)?(?:\r?\n|$)")
_BLANK = re.compile(r"[ \t]*(?:\r?\n|$)")


class Entry(NamedTuple):
    """One attribute or block of a block, or one key of an object."""

    node: Node
    name: str
    """Of a `dynamic` block, what it makes."""
    start: int
    end: int
    sign: Node | None
    """`=` or `:`."""
    key: Node

    @property
    def is_block(self) -> bool:
        return self.node.type == "block"

    @property
    def value(self) -> Node:
        return self.node.children[-1]


class Source:
    """The text of a file, and its syntax tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        if text.lstrip().startswith("{"):
            raise Refusal("it is Terraform in JSON, which programs write")
        self.newline = "\r\n" if "\r\n" in text else "\n"
        if "\r" in text.replace("\r\n", ""):
            raise Refusal("its lines end in a way of their own")
        self._data = text.encode()
        self._is_ascii = text.isascii()
        self.root = _root(self._data)

    def index(self, byte: int) -> int:
        """The character that a byte belongs to."""
        return byte if self._is_ascii else len(self._data[:byte].decode("utf-8", "replace"))

    def text_of(self, node: Node) -> str:
        return self._data[node.start_byte : node.end_byte].decode()

    def at(self, place: Location) -> Node:
        """The block, attribute or key of an object that begins at a place."""
        line = self._data.split(b"\n")[place.line - 1 : place.line]
        column = len(line[0].decode("utf-8", "replace")[: place.column - 1].encode()) if line else 0
        point = (place.line - 1, column)
        node = self.root.descendant_for_point_range(point, point) if line else None
        while node is not None and node.start_point == point:
            if node.type in _ENTRIES:
                return node
            node = node.parent
        raise Refusal("what it is about does not stand there by itself")

    def entries(self, holder: Node) -> Sequence[Entry]:
        """What a block, the body of one, or an object holds."""
        if holder.type == "block":
            body = next((one for one in holder.children if one.type == "body"), None)
            return [] if body is None else self.entries(body)
        return [self.entry(one) for one in holder.named_children if one.type in _ENTRIES]

    def entry(self, node: Node) -> Entry:
        key = node.children[0]
        name = self.text_of(key).strip('"')
        if name == "dynamic" and node.type == "block" and node.child_count > 1:
            name = self.text_of(node.children[1]).strip('"')
        sign = next((one for one in node.children if one.type in ("=", ":")), None)
        return Entry(node, name, self.index(node.start_byte), self.index(node.end_byte), sign, key)

    def named(self, holder: Node, name: str) -> Entry | None:
        """The entry with a name; a Refusal where there are several, or it is made by a `dynamic` block."""
        found = [one for one in self.entries(holder) if one.name == name]
        if len(found) > 1:
            raise Refusal(f"it has {name} twice")
        if found and found[0].is_block and self.text_of(found[0].key) == "dynamic":
            raise Refusal(f"its {name} is made by a dynamic block")
        return found[0] if found else None

    # -- lines -----------------------------------------------------------------------------------------

    def line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def line_end(self, index: int) -> int:
        """The start of the next line, or the end of the text."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def margin(self, index: int) -> str:
        """What stands on its line before it."""
        return self.text[self.line_start(index) : index]

    def has_own_lines(self, entry: Entry) -> bool:
        """Nothing but a comma and a comment stands beside it."""
        return not self.margin(entry.start).strip() and _END_OF_LINE.match(self.text, entry.end) is not None

    def is_blank(self, index: int) -> bool:
        """Whether nothing stands in the line that begins there."""
        return index < len(self.text) and _BLANK.match(self.text, index) is not None

    def blank_before(self, entry: Entry) -> bool:
        start = self.line_start(entry.start)
        return start > 0 and self.is_blank(self.line_start(start - 1))

    # -- meaning ---------------------------------------------------------------------------------------

    def path(self, node: Node) -> Path:
        """Where an entry stands in the outline."""
        return next(path for path, one, _ in _outlined(self.root, (), self.text_of) if one.id == node.id)

    def outline(self) -> Outline:
        return {path: text for path, _, text in _outlined(self.root, (), self.text_of)}

    def changed(self, edits: Sequence[Edit]) -> str:
        """The text with the edits made, of which no two overlap."""
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def comments(self) -> Iterator[tuple[int, int, int]]:
        """Those behind something else: their line, where what is before them ends, and where they begin."""
        waiting = [self.root.parent or self.root]
        while waiting:
            node = waiting.pop()
            waiting += reversed(node.children)
            if node.type == "comment" and node.start_point[0] == node.end_point[0]:
                start = self.index(node.start_byte)
                margin = self.margin(start)
                if margin.strip():
                    yield node.start_point[0], start - len(margin) + len(margin.rstrip()), start

    def verified(self, edits: Sequence[Edit], changes: Mapping[Path, str | None]) -> Sequence[Edit]:
        """The edits, if the changed text says what is meant, and else what it said before. None: it is gone."""
        before, after = self.outline(), Source(self.changed(edits)).outline()
        found = {path: after.get(path) for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
        if found != changes:
            raise Refusal("more than this would change")
        return edits


def _root(data: bytes) -> Node:
    root = parsed(data)
    if root.has_error:
        raise Refusal("it cannot be parsed as HCL")
    return next((one for one in root.named_children if one.type == "body"), root)


def _outlined(node: Node, path: Path, text_of: Text) -> Iterator[tuple[Path, Node, str]]:
    if node.type == "body":
        seen: dict[str, int] = {}
        for one in node.named_children:
            if one.type == "attribute":
                yield from _expressed(one, one.children[2], (*path, text_of(one.children[0])), text_of)
            elif one.type == "block":
                head = " ".join(text_of(part) for part in one.children if part.type in ("identifier", "string_lit"))
                seen[head] = seen.get(head, 0) + 1
                inner = (*path, f"{head} {seen[head]}")
                yield inner, one, "{"
                for body in one.children:
                    yield from _outlined(body, inner, text_of)


def _expressed(entry: Node, node: Node, path: Path, text_of: Text) -> Iterator[tuple[Path, Node, str]]:
    """An expression; of objects, and of objects that are merged, what is in them."""
    only = node.named_children[0] if node.type == "expression" and node.named_child_count == 1 else node
    only = only.named_children[0] if only.type == "collection_value" else only
    if only.type == "object":
        yield path, entry, "{"
        for one in only.named_children:
            if one.type == "object_elem":
                yield from _expressed(one, one.children[-1], (*path, text_of(one.children[0]).strip('"')), text_of)
    elif only.type == "function_call" and text_of(only.children[0]) == "merge":
        yield path, entry, "merge("
        arguments = next((one for one in only.children if one.type == "function_arguments"), None)
        for number, one in enumerate(arguments.named_children if arguments is not None else ()):
            yield from _expressed(one, one, (*path, str(number)), text_of)
    else:
        yield path, entry, " ".join(text_of(node).split())
