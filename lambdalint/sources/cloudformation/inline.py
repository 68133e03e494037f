"""Where each piece of inline code stands in its template, however it is quoted there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from lambdalint.sources.documents import Document, Node, Scalar, Sequence

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|U[0-9a-fA-F]{8}|.|$)|\$\{[^}]*\}")
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_QUOTE = re.compile(r"''|\$\{[^}]*\}")

Piece = tuple[str, int, int]
"""A text that stands in the code as it stands in the template: its line and column there."""


class Places:
    """From lines and columns of code to those of the template. Nothing is worked out before it is asked for."""

    def __init__(self, document: Document, node: Node, code: str) -> None:
        self._document = document
        self._node = node
        self._code = code
        self._pieces: list[Piece] = []
        self._starts: list[int] = []
        """Of the pieces, in the code."""
        self._lines = list(accumulate((len(line) + 1 for line in code.split("\n")), initial=0))

    def __call__(self, line: int, column: int) -> tuple[int, int] | None:
        if not self._pieces:
            self._align()
        if not 0 < line < len(self._lines):
            return None
        offset = self._lines[line - 1] + column - 1
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or self._starts[number] < self._lines[line - 1]:
            number += 1  # before the first piece of its line stands white space
            if number == len(self._starts) or self._starts[number] >= self._lines[line]:
                return None
        piece, there, start = self._pieces[number]
        return there, max(start + min(offset - self._starts[number], len(piece)), 1)

    def _align(self) -> None:
        at = 0
        for piece in pieces(self._document, self._node):
            found = self._code.find(piece[0], at)
            if found >= 0:
                self._pieces.append(piece)
                self._starts.append(found)
                at = found + len(piece[0])


def pieces(document: Document, node: Node) -> Iterator[Piece]:
    """What of a text is written in the template as it is, in its order."""
    lines = document.lines
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if isinstance(one, Scalar):
            yield from _of_scalar(lines, one)
        elif id(one) not in seen:  # an alias may stand within what it stands for
            seen.add(id(one))
            waiting += reversed(list(_below(document, one)))


def _below(document: Document, node: Node) -> Iterator[Node]:
    """The parts of a text that is put together. Of a Sub, the text comes first; of a Join, the separator."""
    if isinstance(node, Sequence):
        yield from node.value[:1] if node.tag == "!Sub" else node.value
    else:
        for name, (_, value) in document.entries(node).items():
            if name == "Fn::Sub" and isinstance(value, Sequence):
                yield from value.value[:1]
            elif name.startswith("Fn::"):
                yield value


def _of_scalar(lines: list[str], node: Scalar) -> Iterator[Piece]:
    first, last = node.start_mark, node.end_mark
    if node.tag == "!Ref":
        return
    split = {'"': _ESCAPE, "'": _QUOTE}.get(node.style or "", _VARIABLE)
    for number in range(first.line, min(last.line + 1, len(lines))):
        line = lines[number]
        if number == last.line:
            line = line[: last.column - (node.style in ("'", '"'))]
        start = 0
        if number == first.line:
            if node.style in ("|", ">"):
                continue  # the indicator
            start = first.column + (1 if node.style else 0)
        for found in (*split.finditer(line, start), None):
            text = line[start : found.start() if found is not None else len(line)]
            if text.strip():
                yield text.strip(), number + 1, start + len(text) - len(text.lstrip()) + 1
            start = found.end() if found is not None else start
