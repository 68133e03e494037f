"""Newer syntax in the words of an older Python, every position unchanged.

The running interpreter's `ast` refuses what its grammar does not know, yet the code may be right for the
function's runtime. Here such constructs are overwritten, byte for byte, with something older that calls
the same things at the same places. What results is only read, never run: an f-string becomes a tuple of
what it interpolates.

| new | becomes |
|---|---|
| `def f[T: int](x)`, `class A[T]` (PEP 695, 696) | `def f(       x)`, `class A( )` |
| `type X[T] = ...` | `pass` |
| `f"{a["b"]}"`, `t"{a}"` (PEP 701, 750) | `(  a["b"],)` |
| `except A, B:` (PEP 758) | `except A| B:` |
| `lazy import x` (PEP 810) | `pass;import x` |
"""

from __future__ import annotations

import re

import tree_sitter_python
from tree_sitter import Language, Node, Parser

_LAZY = re.compile(rb"^lazy (?=import\b|from\b)", re.MULTILINE)
_STATEMENTS_WITH_TYPE_PARAMETERS = ("function_definition", "class_definition")


def downgrade(text: str) -> str | None:
    """The same text without newer syntax; None where there is none to replace."""
    data = text.encode("utf-8", "surrogatepass")
    out = bytearray(_LAZY.sub(b"pass;", data))
    tree = Parser(Language(tree_sitter_python.language())).parse(bytes(out))
    todo = [tree.root_node]
    while todo:
        node = todo.pop()
        kind = node.type
        if kind == "type_parameter" and node.parent and node.parent.type in _STATEMENTS_WITH_TYPE_PARAMETERS:
            _drop_type_parameters(out, node)
            continue
        if kind == "type_alias_statement":
            _blank(out, node)
            out[node.start_byte : node.start_byte + 4] = b"pass"
            continue
        if kind == "concatenated_string":
            if any(_interpolates(child) for child in node.children):
                _unfold(out, data, node)
                continue
        elif kind == "string" and _interpolates(node):
            _unfold(out, data, node)
            continue
        elif kind == "except_clause":
            for child in node.children:
                if child.type == ",":
                    out[child.start_byte : child.end_byte] = b"|"
        todo += node.children
    if out == data:
        return None
    return out.decode("utf-8", "surrogatepass")


def _interpolates(node: Node) -> bool:
    """Whether a string literal is an f-string or a template string."""
    if node.type != "string" or not node.children:
        return False
    start = node.children[0].text or b""
    return any(letter in b"fFtT" for letter in start.rstrip(b"\"'"))


def _blank(out: bytearray, node: Node) -> None:
    """Spaces for a node's bytes; line ends stay."""
    for position in range(node.start_byte, node.end_byte):
        if out[position] not in b"\r\n":
            out[position] = 0x20


def _drop_type_parameters(out: bytearray, node: Node) -> None:
    """`f[T](x)` becomes `f(   x)`: the bracket opens earlier, so that line ends inside stay harmless."""
    _blank(out, node)
    out[node.start_byte] = 0x28
    behind = node.end_byte
    while behind < len(out) and out[behind] in b" \t":
        behind += 1
    if behind < len(out) and out[behind] == 0x28:
        out[behind] = 0x20
    else:
        out[node.end_byte - 1] = 0x29  # a class without bases


def _unfold(out: bytearray, data: bytes, node: Node) -> None:
    """A tuple of the interpolated expressions in the place of a string."""
    _blank(out, node)
    out[node.start_byte] = 0x28
    out[node.end_byte - 1] = 0x29
    todo = list(node.children)
    while todo:
        part = todo.pop()
        if part.type not in ("interpolation", "format_expression"):
            todo += part.children
            continue
        expression = part.child_by_field_name("expression")
        if expression is None:
            continue
        inner = downgrade(data[expression.start_byte : expression.end_byte].decode("utf-8", "surrogatepass"))
        code = data[expression.start_byte : expression.end_byte]
        if inner is not None:
            code = inner.encode("utf-8", "surrogatepass")
        out[expression.start_byte : expression.end_byte] = code
        out[expression.end_byte] = 0x2C
        todo += [child for child in part.children if child.type == "format_specifier"]
