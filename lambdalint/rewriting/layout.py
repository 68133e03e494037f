"""Where moved code is taken from and put, and the blank lines around it."""

from __future__ import annotations

import ast
import re

from lambdalint.check import Edit
from lambdalint.rewriting.names import FUNCTIONS, Module, Refused, single_target

ABOUT_CLIENTS = re.compile(
    r"\b(?:boto|buil[dt]|cach|client|connect|initiali[sz]|instantiat|pool|resource|reus|session|set(?:ting)? ?up|slow)",
    re.IGNORECASE,
)
"""In a comment: it tells of what is built, not of what is done with it."""


def cut(module: Module, statement: ast.stmt, block: list[ast.stmt]) -> tuple[str, Edit]:
    """A statement as it stands at module level, with its comments, and the edit that takes it out of its block."""
    start, end = module.span(statement)
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    indent = module.text[module.start(first) : start]
    rest = module.text[end : module.start(last + 1)].strip()
    if indent.strip() or (rest and not rest.startswith("#")):
        raise Refused  # it shares a line with others
    place = block.index(statement)
    above = (block[place - 1].end_lineno or 0) if place else 0
    commented = first
    while commented - 1 > above and module.is_comment(commented - 1, indent):
        commented -= 1
    comment = module.text[module.start(commented) : module.start(first)]
    if ABOUT_CLIENTS.search(comment):
        first = commented  # else it is the title of what follows
    moved = dedent(module.text[module.start(first) : module.start(last + 1)], indent)
    if len(block) == 1:
        # The end of the last line stays as it is: it may be the end of the text.
        stop = module.start(last + 1)
        stop -= len(module.text[end:stop]) - len(module.text[end:stop].rstrip("\r\n"))
        return moved, Edit(module.start(first), stop, f"{indent}pass")
    if statement is block[-1]:
        while module.is_blank(first - 1):
            first -= 1
    elif place == 0 or module.is_blank(first - 1):
        while module.is_blank(last + 1):
            last += 1
    return moved, Edit(module.start(first), module.start(last + 1), "")


def paste(module: Module, index: int, code: str) -> Edit:
    """The edit that puts `code` above the definition at `index` of the body, its decorators and its comments."""
    function, before = module.body[index], module.body[index - 1]
    assert isinstance(function, (*FUNCTIONS, ast.ClassDef))
    limit = before.end_lineno or 0
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    while first - 1 > limit and module.is_comment(first - 1, ""):
        first -= 1
    gap = limit + 1
    while gap < first and not module.is_blank(gap):
        gap += 1  # comments that belong to what stands before
    commented = gap > limit + 1
    if gap < first:  # what comes behind the blank lines may be the title of a whole part
        first = gap
        while module.is_blank(first):
            first += 1
    lines = module.newline * _blank_lines_after(before, commented=commented)
    return Edit(module.start(gap), module.start(first), lines + code + module.newline * 3)


def _blank_lines_after(statement: ast.stmt, *, commented: bool) -> int:
    if commented:
        return 1
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        return 2
    return 0 if isinstance(single_target(statement)[1], ast.Call) else 1


def at_line(module: Module, line: int, code: str, *, above: bool = True, close: bool = False) -> Edit:
    """The edit that puts code at a line. `above`: a blank line before it; `close`: and none around it."""
    at = module.start(line)
    newline = module.newline
    if at and module.text[at - 1] not in "\r\n":
        raise Refused  # the line before is the last, and has no end
    if close:
        return Edit(at, at, f"{code}{newline}")
    below = line
    while module.is_blank(below):
        below += 1
    kept = below > line and any((one.end_lineno or 0) < line for one in module.body)  # the file's own way
    behind = "" if kept or at == len(module.text) else newline * (_lines_before(module, below) - (below - line))
    return Edit(at, at, f"{newline if above else ''}{code}{newline}{behind}")


def _lines_before(module: Module, line: int) -> int:
    """How many blank lines what stands at a line wants above it."""
    text = module.text[module.start(line) :]
    while text.startswith("#"):
        text = text.partition(module.newline)[2]
    return 2 if text.startswith(("def ", "class ", "async def ", "@")) else 1


def dedent(code: str, indent: str) -> str:
    """Without the indentation it had in its block, and without its last line end."""
    lines = code.splitlines(keepends=True)
    return "".join(line.removeprefix(indent) for line in lines).rstrip()
