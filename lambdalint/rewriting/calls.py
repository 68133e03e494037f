"""Fixes inside one expression: an argument more, a function around it, another method."""

from __future__ import annotations

import ast
import io
import tokenize

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting.layout import ABOUT_CLIENTS
from lambdalint.rewriting.names import Module, Refused


def find(module: Module, place: Location, kind: type[ast.expr]) -> ast.expr:
    """The expression of that kind that stands just there. Raises Refused."""
    start = module.start(place.line) + place.column - 1
    end = module.start(place.end_line) + place.end_column - 1
    for node in ast.walk(ast.Module(module.body, [])):
        if isinstance(node, kind) and module.span(node) == (start, end):
            return node
    raise Refused


def add_argument(module: Module, place: Location, name: str, value: str) -> list[Edit]:
    """Give a call one keyword argument more: `f(x)` becomes `f(x, name=value)`. Raises Refused."""
    call = find(module, place, ast.Call)
    assert isinstance(call, ast.Call)
    if any(keyword.arg in (name, None) for keyword in call.keywords):
        raise Refused  # it may be in `**options` already
    if any(isinstance(argument, ast.GeneratorExp) for argument in call.args):
        raise Refused  # without brackets of its own it must stay alone
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    closing = module.span(call)[1] - 1
    if not given:
        return [Edit(closing, closing, f"{name}={value}")]
    last = max(given, key=lambda node: module.span(node)[1])
    end = module.span(last)[1]
    behind = without_comments(module.text[end:closing])
    comma = behind.find(",")
    if comma < 0:
        end += len(behind.rstrip())  # brackets around the last argument
    line = module.line(last.lineno)
    indent = line[: len(line) - len(line.lstrip())]
    if len(indent) != module.span(last)[0] - module.start(last.lineno) or module.newline not in behind:
        at = end + comma + 1 if comma >= 0 else end
        return [Edit(at, at, f" {name}={value}," if comma >= 0 else f", {name}={value}")]
    # Each argument has a line of its own, so this one gets one too, below a comment behind the last.
    at = module.text.index(module.newline, end + comma + 1)
    added = f"{module.newline}{indent}{name}={value},"
    if comma < 0:
        return [Edit(at, at, f",{added}")] if at == end else [Edit(end, end, ","), Edit(at, at, added)]
    return [Edit(at, at, added)]


def without_comments(text: str) -> str:
    """The text with its comments blanked out, so that a comma in one is none. Raises Refused."""
    result = list(text)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                lines = text.splitlines(keepends=True)
                start = sum(map(len, lines[: token.start[0] - 1])) + token.start[1]
                result[start : start + len(token.string)] = " " * len(token.string)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        if "#" in text:
            raise Refused from None
    return "".join(result)


def remove_statement(module: Module, place: Location) -> list[Edit]:
    """Take a statement of the module's top level away, with its lines and a comment that tells of no other. Raises
    Refused."""
    for statement in module.body:
        if statement.lineno == place.line and statement.end_lineno == place.end_line:
            start, end = module.start(place.line), module.start(place.end_line + 1)
            first, last = module.span(statement)
            rest = module.text[last:end].strip()
            if first != start or (rest and not rest.startswith("#")):
                raise Refused  # it shares a line with others
            above, below = place.line, place.end_line + 1
            if module.is_blank(below) or end == len(module.text):
                while module.is_comment(above - 1, "") and ABOUT_CLIENTS.search(module.line(above - 1)):
                    above -= 1
                above, below = _without_gap(module, above, below)
            return [Edit(module.start(above), module.start(below), "")]
    raise Refused


def _without_gap(module: Module, first: int, end: int) -> tuple[int, int]:
    """Lines that go, together with the fewer of the blank lines above and below them."""
    gap, behind = first, end
    while module.is_blank(gap - 1):
        gap -= 1
    while module.is_blank(behind):
        behind += 1
    return (gap, end) if first - gap < behind - end else (first, behind if gap < first else end)


def wrap(module: Module, place: Location, function: str) -> list[Edit]:
    """Put a call of `function` around an expression."""
    start, end = module.span(find(module, place, ast.expr))
    return [Edit(start, start, f"{function}("), Edit(end, end, ")")]


def paginate(module: Module, place: Location, operation: str) -> list[Edit]:
    """`client.list(x)` becomes `client.get_paginator("list").paginate(x).build_full_result()`. Raises Refused."""
    call = find(module, place, ast.Call)
    assert isinstance(call, ast.Call)
    if not isinstance(call.func, ast.Attribute) or call.func.attr != operation:
        raise Refused
    end = module.span(call)[1]
    name_end = module.span(call.func)[1]
    start = name_end - len(operation)
    return [
        Edit(start, name_end, f'get_paginator("{operation}").paginate'),
        Edit(end, end, ".build_full_result()"),
    ]
