"""YAML and JSON with the place of everything: parsed by libyaml, held against what could hurt."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

try:
    from yaml._yaml import CParser as Parser
except ImportError:  # PyYAML without libyaml: it takes twenty times as long
    from yaml import SafeLoader as Parser  # type: ignore[assignment]

from lambdalint.model.places import Location

MAX_DEPTH = 400
"""Deeper than this, libyaml would need more stack than there is."""
MAX_BYTES = 5_000_000
"""Five times what CloudFormation takes."""
MAX_NODES = 2_000_000
"""With each alias counted as what it stands for."""
MAX_DUPLICATES = 50
"""More than these tell nothing new."""

_BRACKETS = re.compile(r"[\[\]{}]")
_DASHES = re.compile(r"^[ ]*(?:[-?] ){64}", re.MULTILINE)
_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_ODD_INTEGER = re.compile(r"0x[0-9a-fA-F_]+|0b[01_]+|0o?[0-7_]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?")
_TRUE = frozenset("true True TRUE yes Yes YES on On ON".split())
_FALSE = frozenset("false False FALSE no No NO off Off OFF".split())
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_CORE = "tag:yaml.org,2002:"
_STRING, _PLAIN, _LIST, _MAP = f"{_CORE}str", "plain", f"{_CORE}seq", f"{_CORE}map"
_ANCHOR = re.compile(r"(?:^|[\s\[{,:-])&[\w-]", re.MULTILINE)

_TYPED = frozenset({_PLAIN, f"{_CORE}int", f"{_CORE}float", f"{_CORE}bool", f"{_CORE}null"})

Scalar = yaml.ScalarNode
Sequence = yaml.SequenceNode
Map = yaml.MappingNode
Node = yaml.Node


class _Loader(Parser):
    """The parser, without what PyYAML does to find out the types of scalars: most are never asked for."""

    def resolve(self, kind: type[Node], value: str | None, implicit: Any) -> str:
        if kind is Scalar:
            return _PLAIN if implicit[0] else _STRING
        return _LIST if kind is Sequence else _MAP

    # Both are called for each node, and have nothing to do: a function that is not written in Python does it sooner.
    descend_resolver = staticmethod(operator.is_)
    ascend_resolver = dict


class Malformed(Exception):
    """A text that is not what it should be: what is wrong, and where."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class Document:
    """One YAML or JSON document of a file."""

    def __init__(self, path: str, root: Node, text: str = "") -> None:
        self.path = path
        self.root = root
        self.text = text
        self.duplicates: list[tuple[str, Location, Location]] = []
        """Keys that stand twice in one map: the name, the first place, the second."""
        self._maps: dict[int, dict[str, tuple[Node, Node]]] = {}

    @property
    def lines(self) -> list[str]:
        """Of the whole file."""
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def entries(self, node: Node | None) -> Mapping[str, tuple[Node, Node]]:
        """The keys of a map with their nodes and their values, merge keys resolved; empty for all else."""
        if not isinstance(node, Map):
            return {}
        known = self._maps.get(id(node))
        if known is not None:
            return known
        found: dict[str, tuple[Node, Node]] = {}
        self._maps[id(node)] = found  # a map that merges itself finds nothing
        below: list[Node] = []
        for key, value in node.value:
            if not isinstance(key, Scalar):
                continue
            if key.value == "<<" and key.tag == _PLAIN:
                below += value.value if isinstance(value, Sequence) else [value]
                continue
            name = str(key.value)
            if name in found and len(self.duplicates) < MAX_DUPLICATES:
                self.duplicates.append((name, self.place(found[name][0]), self.place(key)))
            found[name] = (key, value)
        for other in below:
            for name, pair in self.entries(other).items():
                found.setdefault(name, pair)
        return found

    def place(self, node: Node, key: Node | None = None) -> Location:
        """Where a node stands; with its key, from there on."""
        start, end = (key or node).start_mark, node.end_mark
        first = start.line + 1
        if key is not None and not (isinstance(node, Scalar) and end.line == start.line):
            end = key.end_mark
        elif not isinstance(node, Scalar) or end.line > start.line + 1 or (end.line > start.line and end.column > 0):
            # Of what spans lines, the first is enough to show it.
            return Location(self.path, first, start.column + 1, first, start.column + 1 + _width(key or node))
        return Location(self.path, first, start.column + 1, end.line + 1, end.column + 1)


def _width(node: Node) -> int:
    start, end = node.start_mark, node.end_mark
    return max(end.column - start.column, 1) if start.line == end.line else 1


def parse(path: str, text: str) -> Iterator[Document]:
    """The documents in a text. Raises `Malformed`, also after the first one."""
    if len(text) > MAX_BYTES:
        raise Malformed(f"is larger than {MAX_BYTES // 1_000_000} MB")
    _check_depth(text)
    if "\\u" in text:
        # libyaml refuses halves of surrogate pairs, which is how JSON writes them. What stands behind stays in place.
        text = _SURROGATES.sub(lambda found: "\\U0001f600  " if len(found[0]) > 6 else "\\ufffd", text)
    grows = "&" in text and _ANCHOR.search(text) is not None
    loader = None
    try:
        loader = _Loader(text)
        while loader.check_node():
            root = loader.get_node()
            if root is not None:
                if grows:
                    _check_size(root)
                yield Document(path, root, text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        raise Malformed(f"is not valid YAML: {_reason(error)}", line, column) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Malformed("is not valid YAML: it holds a control character", line) from None
    except yaml.YAMLError as error:
        raise Malformed(f"is not valid YAML: {' '.join(str(error).split())}") from None
    except (ValueError, RecursionError) as error:
        raise Malformed(f"is not valid YAML: {' '.join(str(error).split())}") from None
    finally:
        if loader is not None:
            loader.dispose()


def _reason(error: yaml.MarkedYAMLError) -> str:
    return " ".join(filter(None, (error.context, error.problem))) or "it cannot be parsed"


def _check_depth(text: str) -> None:
    found = _DASHES.search(text) if "- - - - " in text else None
    if found:
        raise Malformed("is nested too deeply", text.count("\n", 0, found.start()) + 1)
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        if bracket[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed("is nested too deeply", text.count("\n", 0, bracket.start()) + 1)
        elif depth:
            depth -= 1


def _check_size(root: Node) -> None:
    """Refuse what grows when its aliases are put in: a few lines can stand for billions of values."""
    sizes: dict[int, int] = {}
    waiting: list[tuple[Node, bool]] = [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if isinstance(node, Scalar):
            continue
        children = [one for pair in node.value for one in pair] if isinstance(node, Map) else node.value
        if done:
            sizes[id(node)] = 1 + sum(1 if isinstance(one, Scalar) else sizes.get(id(one), 1) for one in children)
            if sizes[id(node)] > MAX_NODES:
                raise Malformed("grows beyond all bounds by its aliases", node.start_mark.line + 1)
        elif id(node) not in sizes:
            sizes[id(node)] = 1  # one that holds itself is counted once
            waiting.append((node, True))
            waiting += [(one, False) for one in children if not isinstance(one, Scalar)]


def constant(node: Scalar) -> Any:
    """What a scalar means: a text, a number, true, false or None."""
    text = node.value
    tag = node.tag
    if tag not in _TYPED:
        return text
    if text in _NULL:
        return None
    first = text[0]
    if first in "yYnNtTfFoO":
        return True if text in _TRUE else False if text in _FALSE else text
    if first not in "+-.0123456789" or len(text) > 300:
        return text
    if _INTEGER.fullmatch(text):
        return int(text.replace("_", ""))
    if _ODD_INTEGER.fullmatch(text):
        return _odd(text.replace("_", "").lower())
    return float(text.replace("_", "")) if _FLOAT.fullmatch(text) and text[-1] != "." else text


def _odd(text: str) -> int | str:
    try:
        return int(text, 0) if text[1:2] in "xbo" else int(text, 8)
    except ValueError:
        return text
