"""Syntax that older versions of Python do not have, with the first version that does."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lambdalint.model import Location, Novelty
from lambdalint.python.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node

Version = tuple[int, int]

_MATCH = re.compile(r"^[ \t]*match\b[^\n=]*:", re.MULTILINE)
_GROUPS = re.compile(r"\bexcept[ \t]*\*")
_UNIONS = re.compile(r"(?:->|:)[^\n#]*\|")
_GENERICS = re.compile(r"(?:->|:)[^\n#]*\b(?:dict|frozenset|list|set|tuple|type)\[")
_TYPES = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+\w+\[|^[ \t]*type[ \t]+\w+[^\n=]*=", re.MULTILINE)
_STRINGS = re.compile(r"""\b[fF][rR]?(["'])(?!\1\1)(?:(?!\1)[^\n{])*\{(?!\{)(?:(?!\1)[^\n}])*(?:\1|\\|\#)""")
_TEMPLATES = re.compile(r"""\b(?:[tT][rR]?|[rR][tT])["']""")
_CLAUSES = re.compile(r"^[ \t]*except[ \t]+[\w.]+[ \t]*,", re.MULTILINE)
_BUILT_IN = frozenset("bool bytes dict float frozenset int list object set str tuple type".split())
_GENERIC = frozenset({"dict", "frozenset", "list", "set", "tuple", "type"})
_LATER = "from __future__ import annotations"


def novelties(source: Source, version: Version) -> Iterator[Novelty]:
    """What in a module is newer than a version of Python. Cheap where the text shows no trace of any."""
    text = source.text
    if version < (3, 10) and _MATCH.search(text):
        yield from _matches(source)
    if version < (3, 11) and _GROUPS.search(text):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.TryStar):
                yield Novelty(source.location(node.handlers[0]), "except*", (3, 11))
    if version < (3, 10) and _LATER not in text and (_UNIONS.search(text) or _GENERICS.search(text)):
        yield from (one for one in _annotations(source) if one.since > version)
    if version < (3, 12) and (_TYPES.search(text) or _STRINGS.search(text)):
        yield from _parsed(source, _of_3_12, (3, 12))
    if version < (3, 14) and (_TEMPLATES.search(text) or _CLAUSES.search(text)):
        yield from _parsed(source, _of_3_14, (3, 14))


def _matches(source: Source) -> Iterator[Novelty]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Match):
            place = source.location(node)
            first = Location(place.path, place.line, place.column, place.line, place.column + len("match"))
            yield Novelty(first, "a match statement", (3, 10))


def _annotations(source: Source) -> Iterator[Novelty]:
    """`int | None` and `list[int]`, where they are worked out: at the head of a function, in a module or class."""
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            spec = node.args
            for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg):
                if arg is not None and arg.annotation is not None:
                    yield from _types(source, arg.annotation)
            if node.returns is not None:
                yield from _types(source, node.returns)
        elif isinstance(node, (ast.Module, ast.ClassDef, ast.If, ast.Try, ast.With)):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.AnnAssign):
                    yield from _types(source, part.annotation)
                else:
                    todo.append(part)


def _types(source: Source, annotation: ast.expr) -> Iterator[Novelty]:
    for node in ast.walk(annotation):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            if any(_is_type(side) for side in (node.left, node.right)) and _is_plain(node):
                yield Novelty(source.location(node), "X | Y for types", (3, 10))
                return
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in _GENERIC:
            yield Novelty(source.location(node), f"{node.value.id}[...] for types", (3, 9))
            return


def _is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None
    if isinstance(node, ast.Subscript):
        return _is_type(node.value)
    return isinstance(node, ast.Name) and node.id in _BUILT_IN


def _is_plain(node: ast.expr) -> bool:
    """Whether it is made of names that have no `|` of their own: `numpy.int8 | None` may have one."""
    return not any(isinstance(part, (ast.Call, ast.Attribute)) for part in ast.walk(node))


def _parsed(source: Source, find: Callable[[Node], str | None], since: Version) -> Iterator[Novelty]:
    """By the grammar of the newest Python, which `ast` need not know."""
    import tree_sitter_python
    from tree_sitter import Language, Parser

    data = source.text.encode("utf-8", "surrogatepass")
    todo = [Parser(Language(tree_sitter_python.language())).parse(data).root_node]
    while todo:
        node = todo.pop()
        what = find(node)
        if what is not None:
            (row, start), (end_row, end) = node.start_point, node.end_point
            line, end_line = row + 1, end_row + 1
            place = Location(source.path, line, source.column(line, start), end_line, source.column(end_line, end))
            yield Novelty(place, what, since)
        else:
            todo += node.children


def _of_3_12(node: Node) -> str | None:
    if node.type == "type_alias_statement":
        return "a type statement"
    if node.type == "type_parameter" and node.parent is not None:
        if node.parent.type in ("function_definition", "class_definition"):
            return "parameters for types"
    if node.type == "string" and _prefix(node).lower() in ("f", "fr", "rf") and _is_free(node):
        return "an f-string with its own quotes, a backslash or a comment inside"
    return None


def _of_3_14(node: Node) -> str | None:
    if node.type == "string" and _prefix(node).lower() in ("t", "tr", "rt"):
        return "a t-string"
    if node.type == "except_clause" and any(child.type == "," for child in node.children):
        return "except with several exceptions and no parentheses"
    return None


def _prefix(node: Node) -> str:
    start = node.children[0].text if node.children else None
    return (start or b"").decode("utf-8", "replace").rstrip("\"'")


def _is_free(node: Node) -> bool:
    """Whether an f-string holds what only the grammar of 3.12 allows between its braces."""
    quotes = (node.children[0].text or b"").lstrip(b"fFrR")
    for part in node.children:
        if part.type == "interpolation":
            inside = part.child_by_field_name("expression")
            text = (inside.text if inside is not None else None) or b""
            if quotes in text or b"\\" in text or b"#" in text:
                return True
    return False
