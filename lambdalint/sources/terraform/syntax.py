"""Terraform's files taken apart into blocks: HCL by tree-sitter, and the JSON form of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from lambdalint.model.places import Location
from lambdalint.sources.documents import Document, Malformed, Sequence, parse
from lambdalint.sources.documents import Node as JsonNode

MAX_BYTES = 5_000_000
_NAMES = {
    "block_end": "}",
    "quoted_template_end": '"',
    "tuple_end": "]",
    "object_end": "}",
    "heredoc_identifier": "EOT",
}
_DEPTH = re.compile(rb"[\[({]")
MAX_DEPTH = 400

HclNode = Node
Expression = HclNode | JsonNode
_parser: Parser | None = None


class Attribute(NamedTuple):
    """`name = expression`."""

    file: File
    name: str
    expression: Expression
    key: Expression
    """Where the name stands."""

    @property
    def location(self) -> Location:
        return self.file.place(self.expression, self.key)


class Block:
    """`resource "aws_lambda_function" "orders" { ... }`. What is in it is looked at when it is asked for."""

    __slots__ = ("_attributes", "_blocks", "_body", "file", "head", "labels", "type")

    def __init__(
        self, file: File, type_: str, labels: tuple[str, ...], head: Expression, body: Expression | None
    ) -> None:
        self.file = file
        self.type = type_
        self.labels = labels
        self.head = head
        self._body = body
        self._attributes: dict[str, Attribute] | None = None
        self._blocks: list[Block] = []

    @property
    def location(self) -> Location:
        """Its head, without what is in it."""
        return self.file.head(self.head)

    @property
    def attributes(self) -> dict[str, Attribute]:
        if self._attributes is None:
            self._open()
        assert self._attributes is not None
        return self._attributes

    @property
    def blocks(self) -> list[Block]:
        if self._attributes is None:
            self._open()
        return self._blocks

    def add(self, other: Block) -> None:
        """What an override file states in the place of this."""
        self.attributes.update(other.attributes)
        types = {one.type for one in other.blocks}
        self._blocks = [one for one in self.blocks if one.type not in types] + other.blocks

    def _open(self) -> None:
        self._attributes = {}
        if isinstance(self._body, Node):
            for node in _children(self._body):
                if node.type == "attribute" and node.child_count >= 3:
                    name = self.file.text(node.children[0])
                    self._attributes[name] = Attribute(self.file, name, node.children[2], node.children[0])
                elif node.type == "block" and not node.has_error:  # of a broken one, who knows what it states
                    self._blocks.append(_block(self.file, node))
        elif self._body is not None:
            for name, (key, value) in self.file.entries(self._body).items():
                self._attributes[name] = Attribute(self.file, name, value, key)


class File:
    """One file of a module."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data
        self.error: Malformed | None = None
        self._lines: list[bytes] | None = None if data.isascii() else data.split(b"\n")
        self._document: Document | None = None

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def entries(self, node: JsonNode) -> dict[str, tuple[JsonNode, JsonNode]]:
        return dict(self._document.entries(node)) if self._document is not None else {}

    def place(self, node: Expression, key: Expression | None = None) -> Location:
        """Where an expression stands, with its name; of what spans lines, the first is enough to show it."""
        if not isinstance(node, Node):
            assert self._document is not None
            return self._document.place(node, key if not isinstance(key, Node) else None)
        row, column = (key if isinstance(key, Node) else node).start_point
        end_row, end_column = node.end_point
        if end_row != row:
            if isinstance(key, Node):
                end_column = key.end_point[1]
            else:
                end_column = column + 1
        return self._location(row, column, end_column)

    def head(self, node: Expression) -> Location:
        """Where a block begins, up to its brace."""
        if not isinstance(node, Node):
            return self.place(node)
        row, column = node.start_point
        end = column + 1
        for child in node.children:
            if child.type == "block_start" or child.start_point[0] != row:
                break
            end = child.end_point[1]
        return self._location(row, column, end)

    def _location(self, row: int, column: int, end: int) -> Location:
        if self._lines is not None:
            line = self._lines[row] if row < len(self._lines) else b""
            column, end = (len(line[:one].decode("utf-8", "replace")) for one in (column, end))
        return Location(self.path, row + 1, column + 1, row + 1, end + 1)

    def blocks(self) -> Iterator[Block]:
        """The blocks of the file. What cannot be parsed is noted in `error`; what can, is read all the same."""
        if len(self.data) > MAX_BYTES:
            self.error = Malformed(f"is larger than {MAX_BYTES // 1_000_000} MB")
            return
        try:
            text = self.data.decode("utf-8")
        except UnicodeDecodeError as error:
            self.error = Malformed("is not UTF-8", self.data.count(b"\n", 0, error.start) + 1)
            return
        try:
            _check_depth(self.data)
            if self.path.endswith(".json"):
                yield from self._of_json(text)
                return
        except Malformed as error:
            self.error = error
            return
        root = parsed(self.data)
        if root.has_error:
            self.error = _error(self, root)
        yield Block(self, "", (), root, next((one for one in root.named_children if one.type == "body"), None))

    def expression(self) -> Node | None:
        """Of a text that is one attribute, its expression; None if that cannot be parsed."""
        root = parsed(self.data)
        body = next((one for one in root.named_children if one.type == "body"), None)
        first = body.named_children[0] if body is not None and body.named_children and not root.has_error else None
        return first.children[2] if first is not None and first.type == "attribute" else None

    def _of_json(self, text: str) -> Iterator[Block]:
        for document in parse(self.path, text):
            self._document = document
            if self.path.endswith(".tfvars.json"):
                yield Block(self, "", (), document.root, document.root)
                return
            for type_, (key, node) in document.entries(document.root).items():
                depth = {"resource": 2, "data": 2, "variable": 1, "module": 1, "output": 1, "locals": 0}.get(type_)
                if depth is not None:
                    yield from self._labelled(type_, (), depth, key, node)

    def _labelled(
        self, type_: str, labels: tuple[str, ...], depth: int, key: JsonNode, node: JsonNode
    ) -> Iterator[Block]:
        for one in node.value if isinstance(node, Sequence) else [node]:
            if depth == 0:
                yield Block(self, type_, labels, key, one)
                continue
            for name, (inner, value) in self.entries(one).items():
                yield from self._labelled(type_, (*labels, name), depth - 1, inner, value)


def parsed(data: bytes) -> Node:
    """The syntax tree of a text in HCL."""
    global _parser
    if _parser is None:
        _parser = Parser(Language(tree_sitter_hcl.language()))
    return _parser.parse(data).root_node


def top_level(file: File) -> Iterator[Block]:
    """The blocks of a file that stand in no other."""
    for one in file.blocks():
        if one.type:
            yield one
        else:
            yield from one.blocks


def _children(body: Node) -> Iterator[Node]:
    for node in body.named_children:
        if node.type == "ERROR":
            yield from (one for one in node.named_children if one.type in ("attribute", "block"))
        else:
            yield node


def _block(file: File, node: Node) -> Block:
    type_, labels, body = "", [], None
    for child in node.children:
        kind = child.type
        if kind == "identifier":
            if type_:
                labels.append(file.text(child))
            else:
                type_ = file.text(child)
        elif kind == "string_lit":
            labels.append(file.text(child).strip('"'))
        elif kind == "body":
            body = child
            break
    return Block(file, type_, tuple(labels), node, body)


def _error(file: File, root: Node) -> Malformed:
    """The first thing that is not HCL."""
    node = root
    while node.type != "ERROR" and not node.is_missing:
        inner = next((one for one in node.children if one.has_error or one.is_missing or one.type == "ERROR"), None)
        if inner is None:
            break
        node = inner
    row, column = node.start_point
    if node.is_missing:
        reason = f"{_NAMES.get(node.type, node.type)} is missing after what begins here"
        if node.parent is not None:
            row, column = node.parent.start_point
    else:
        reason = "it cannot be parsed from here on"
    return Malformed(f"is not valid HCL: {reason}", row + 1, column + 1)


def _check_depth(data: bytes) -> None:
    """Refuse what is nested so deeply that reading it would need more stack than there is."""
    if len(_DEPTH.findall(data)) <= MAX_DEPTH:
        return
    depth = 0
    for position, letter in enumerate(data):
        if letter in b"[({":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed("is nested too deeply", data.count(b"\n", 0, position) + 1)
        elif letter in b"])}" and depth:
            depth -= 1
