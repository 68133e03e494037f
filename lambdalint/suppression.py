"""Findings silenced where they stand: `# lambdalint: ignore[LL101] why`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from lambdalint.check import AnyCheck, Edit, Finding, Fix
from lambdalint.house import finding, unused_ignore
from lambdalint.later import pattern
from lambdalint.model import Location
from lambdalint.text import lines_of

MARK = b"lambdalint:"
"""A file without these bytes holds no ignore comment."""
COMMENT = pattern(
    r"(?P<sign>#|//)\s*lambdalint:\s*(?P<what>ignore-file|ignore)\b[ \t]*(?:\[(?P<words>[^\]\r\n]*)\])?[^#\r\n]*"
)


class Ignore(NamedTuple):
    """One comment, and what it asks for."""

    line: int
    start: int
    """Index in the line at which the comment begins; `end` is one past it."""
    end: int
    words: tuple[str, ...]
    """Codes and names as written; empty where the brackets are missing."""
    whole_file: bool
    alone: bool
    """Nothing else stands on the line."""


def ignores(text: str, *, python: bool = True, signs: Sequence[str] = ("#",)) -> list[Ignore]:
    """The ignore comments of a file; `signs` are those with which a comment begins."""
    lines = lines_of(text)
    found = [
        Ignore(
            number,
            match.start(),
            match.end(),
            tuple(word.strip() for word in (match["words"] or "").split(",") if word.strip()),
            match["what"] == "ignore-file",
            line.lstrip().startswith(tuple(signs)),
        )
        for number, line in enumerate(lines, 1)
        if "lambdalint:" in line
        for match in COMMENT.finditer(line)
        if match["sign"] in signs
    ]
    if not found or not python:
        return found
    comments, read_to = comment_columns(lines)
    return [
        ignore
        for ignore in found
        if ignore.line > read_to or (ignore.line in comments and comments[ignore.line] <= ignore.start)
    ]


def comment_columns(lines: Sequence[str]) -> tuple[dict[int, int], int]:
    """The index at which each line's comment begins, and the last line of which that is known.

    After a place that tokenize cannot read, a comment is what looks like one.
    """
    import tokenize  # only for files that seem to hold an ignore comment

    comments: dict[int, int] = {}
    try:
        for token in tokenize.generate_tokens(iter([line + "\n" for line in lines]).__next__):
            if token.type == tokenize.COMMENT:
                comments[token.start[0]] = token.start[1]
    except (tokenize.TokenError, SyntaxError):
        return comments, max(comments, default=0)
    return comments, len(lines)


def _within_heredocs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Of Terraform: lines of a text in which no comment can stand, and where its attribute is."""
    start, mark = 0, ""
    for number, line in enumerate(lines, 1):
        if not mark:
            found = re.search(r"<<-?\s*(\w+)\s*$", line)
            start, mark = (number, found[1]) if found is not None else (0, "")
        elif line.strip() == mark:
            mark = ""
        else:
            yield number, start


class Silencer:
    """What the ignore comments of one file silence, and which of them turn out to be needed."""

    def __init__(self, path: str, text: str, checks: Mapping[str, AnyCheck]) -> None:
        self.path = path
        self.text = text
        signs = ("#", "//") if path.endswith(".tf") else ("#",)
        is_python = not path.endswith((".yaml", ".yml", ".template", ".tf", ".toml", ".txt"))
        self.ignores = ignores(text, python=is_python, signs=signs)
        self.used: set[tuple[Ignore, str]] = set()
        self._checks = checks
        self._codes = {check.name: check.code for check in checks.values()}
        self._firsts: dict[int, int] | None = None
        lines = lines_of(text)
        self._comment_lines = {n for n, line in enumerate(lines, 1) if line.lstrip().startswith(signs)}

    def silences(self, found: Finding) -> bool:
        """Whether a comment asks not to hear of it. Remembers which."""
        if not self.ignores:
            return False
        reach = self._reach(found.location)
        hit = False
        for ignore in self.ignores:
            if ignore.whole_file or ignore.line in reach:
                for word in ignore.words:
                    if found.code == self._codes.get(word, word):
                        self.used.add((ignore, word))
                        hit = True
        return hit

    def _reach(self, location: Location) -> set[int]:
        """The lines on which a comment means what was found at `location`."""
        first = self._statement_starts().get(location.line, location.line)
        reach = {first, *range(location.line, max(location.end_line, location.line) + 1)}
        for line in (first, location.line):
            while line - 1 in self._comment_lines:  # comments may be stacked above a line
                line -= 1
                reach.add(line)
        return reach

    def _statement_starts(self) -> dict[int, int]:
        """The first line of the innermost statement on each line that does not begin one."""
        if self._firsts is None:
            self._firsts = dict(_within_heredocs(lines_of(self.text))) if self.path.endswith(".tf") else {}
            if self._firsts:
                return self._firsts
            import ast

            try:
                tree = ast.parse(self.text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return self._firsts  # the comment then counts on the finding's own lines
            for node in ast.walk(tree):  # breadth first: what is further in comes later
                if isinstance(node, ast.stmt):
                    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
                    start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
                    for line in range(start, (node.end_lineno or node.lineno) + 1):
                        self._firsts[line] = start
        return self._firsts

    def complaints(self, selected: Collection[str], *, judge: bool) -> Iterator[tuple[Finding, Fix | None]]:
        """LL003: comments without a code; with `judge`, also those that silenced nothing of what ran."""
        for ignore in self.ignores:
            if not ignore.words:
                message = "this silences nothing: name the code, as in `# lambdalint: ignore[LL101]`"
                yield self._complain(ignore, message, None)
            idle = [word for word in ignore.words if judge and self._is_idle(ignore, word, selected)]
            for word in ignore.words:
                code = self._codes.get(word, word)
                if code not in self._checks:
                    yield self._complain(ignore, f'no check is called "{word}"', ignore.words, word)
                elif word in idle:
                    message = f"{code} is not found here: the comment silences nothing"
                    yield self._complain(ignore, message, ignore.words, word)

    def _is_idle(self, ignore: Ignore, word: str, selected: Collection[str]) -> bool:
        code = self._codes.get(word, word)
        return code in selected and code != unused_ignore.code and (ignore, word) not in self.used

    def _complain(
        self, ignore: Ignore, message: str, words: Sequence[str] | None, drop: str = ""
    ) -> tuple[Finding, Fix | None]:
        place = Location(self.path, ignore.line, ignore.start + 1, ignore.line, ignore.end + 1)
        found = finding(unused_ignore, place, message)
        if words is None:
            return found, None
        whole = len(words) == 1
        title = "Remove the comment" if whole else f"Remove {drop} from the comment"
        return found, Fix(title, partial(removal, line=ignore.line, word=None if whole else drop), unsafe=False)


def removal(text: str, *, line: int, word: str | None) -> Sequence[Edit]:
    """The edit that removes the comment on `line`, or only `word` from its list."""
    start = 0
    for _ in range(line - 1):
        end_of_line = re.compile(r"\r\n|\n|\r").search(text, start)
        if end_of_line is None:
            return []
        start = end_of_line.end()
    end = re.compile(r"[\r\n]|\Z").search(text, start)
    found = list(COMMENT.finditer(text, start, end.start() if end is not None else len(text)))
    match = next((one for one in found if one["sign"] == "#"), found[0] if found else None)
    if match is None:
        return []
    if word is not None:
        kept = [other.strip() for other in match["words"].split(",") if other.strip() not in ("", word)]
        return [Edit(match.start("words"), match.end("words"), ", ".join(kept))]
    rest = text[match.end() :]
    ending = re.match(r"\r\n|\n|\r|", rest)
    if not text[start : match.start()].strip() and ending is not None and not rest.startswith("#"):
        return [Edit(start, match.end() + ending.end(), "")]  # it had the line for itself
    before = len(text[start : match.start()].rstrip()) + start
    return [Edit(before if not rest.startswith("#") else match.start(), match.end(), "")]
