"""What a file of Python imports, read fast: by one regular expression, where `ast` would take ten times as long.

The expression steps over strings, comments and whatever else is of no interest, and stops at imports and at the
lines that open blocks. A package holds tens of megabytes of source, most of which lies behind the last import of
its file and is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.packages import conditions, dynamic


class Import(NamedTuple):
    """One module that is imported."""

    module: str
    """Without the dots of a relative import."""
    line: int
    level: int = 0
    """How many dots there are before it."""
    names: tuple[str, ...] = ()
    """Of `from module import a, b`."""
    lazy: bool = False
    """Within a function: it is imported when that is called."""
    guarded: bool = False
    """In `try`, or under a condition that is not known: nobody counts on it."""
    instead: int = 0
    """The number of the `try` whose failure it makes up for."""
    attempt: int = 0
    """The number of the `try` that it stands in."""
    partial: bool = False
    """Only the beginning of the name is known: anything below `module`."""


class Imports(NamedTuple):
    """All that a file imports."""

    found: tuple[Import, ...] = ()
    opaque: bool = False
    """Something is imported under a name that is only known when the program runs."""
    groups: tuple[str, ...] = ()
    """Groups of entry points that are asked for by name."""


_BLANK = rb"(?:[ \t\f]|\\\n)"
_NAME = rb"[\w\x80-\xff]"
_STRING = (
    rb'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\\?\Z)'
    rb"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)"
    rb'|"(?:[^"\\\n]|\\.)*+"'
    rb"|'(?:[^'\\\n]|\\.)*+'"
)
_OPENS = rb"if|elif|else(?=[ \t]*:)|try|except|finally|while|for|with|match|case|class|def|async"
_CALLS = rb"import_module|__import__|resolve_name|entry_points|iter_entry_points"


def _compiled(plain: bytes) -> re.Pattern[bytes]:
    """An expression that matches what is of no interest, and one statement that is. It matches at every place."""
    word = rb"(?:%b)(?!%b)" % (_OPENS + rb"|import|from", _NAME)
    return re.compile(
        rb"(?:%b|\n(?![ \t\f]*+%b)|[;:](?!%b*+(?:import|from)(?!%b))|#[^\n]*+|%b|\\.|[\"'\\])*+"
        % (plain, word, _BLANK, _NAME, _STRING)
        + rb"(?:(?P<after>[\n;:])(?P<indent>%b*+)(?:"
        rb"import(?!%b)(?P<modules>(?:[^\n;#\\]|\\\n)*+)"
        rb"|from(?!%b)(?P<base>(?:[.\w\x80-\xff]|%b)+?)(?<!%b)import(?!%b)"
        rb"(?P<names>%b*+\((?:[^)#]|#[^\n]*+)*+\)?|(?:[^\n;#\\(]|\\\n)*+)"
        rb"|(?P<opens>(?:%b)(?!%b))"
        rb")|(?P<call>(?:%b)(?!%b))|[\n;:]|\Z)"
        % (_BLANK, _NAME, _NAME, _BLANK, _NAME, _NAME, _BLANK, _OPENS, _NAME, _CALLS, _NAME),
        re.DOTALL,
    )


_STATEMENTS = _compiled(rb"[^\n;:#\"'\\]++")
_WITH_CALLS = _compiled(rb"[^\n;:#\"'\\\w\x80-\xff]++|(?!(?:%b)(?!%b))[\w\x80-\xff]++" % (_CALLS, _NAME))
"""Stops at each word: three times as slow, for the few files that import by calls."""

_INSIDE = rb"[^()\[\]{}#\"'\\]++|#[^\n]*+|\\.|" + _STRING


def _brackets(deep: int) -> bytes:
    """An expression for brackets and all between them, in which others stand so deep."""
    return rb"[(\[{](?:%b|%b)*+[)\]}]" % (_INSIDE, _brackets(deep - 1)) if deep else rb"[(\[{](?:%b)*+[)\]}]" % _INSIDE


_BRACKETS = _brackets(3)
_CONDITION = re.compile(rb"((?:[^\n:#\"'()\[\]{}\\]++|%b|\\.|%b)*+)(:?)" % (_STRING, _BRACKETS), re.DOTALL)
"""From the word that opens a block to the colon, if there is one: a comprehension may put `if` first in a line, too."""
_ARGUMENTS = re.compile(rb"%b*+(%b)" % (_BLANK, _BRACKETS), re.DOTALL)
_UNSURE = frozenset({b"if", b"for", b"match", b"case", b"async"})
"""Words that may also stand first in a line that opens no block."""
_COMMENT = re.compile(rb"#[^\n]*+")
_AS = re.compile(r"\s+as\s")
_CATCHES = re.compile(rb"\s*:|.*\b(?:ImportError|ModuleNotFoundError|Exception|BaseException)\b", re.DOTALL)
_SUPPRESSES = re.compile(r"suppress\(.*(?:ImportError|ModuleNotFoundError|Exception)", re.DOTALL)
_MAY_BRING = re.compile(rb"import|entry_points|resolve_name")


class _Block:
    """An open block: `if`, `try`, `def` and so on."""

    __slots__ = ("at", "catches", "earlier", "first", "indent", "judged", "kind", "last", "number", "verdict")

    def __init__(self, kind: bytes, indent: int, at: int) -> None:
        self.kind = kind
        self.indent = indent
        self.at = at
        """Where its condition begins."""
        self.earlier: list[int] = []
        """Where the conditions before it begin, of `elif` and `else`."""
        self.number = 0
        """Of a `try` and what belongs to it."""
        self.first = self.last = 0
        """Which imports stand in the body of the `try`."""
        self.catches = False
        """An `except` of the `try` so far catches that a module is missing."""
        self.judged = False
        self.verdict: bool | None = None
        """Whether it is executed; None where nobody can tell."""


class _Scan:
    """One pass over a file."""

    def __init__(self, data: bytes, python: conditions.Python) -> None:
        self.data = data
        self.python = python
        self.blocks: list[_Block] = []
        self.found: list[Import] = []
        self.depths: list[int] = []
        """In how many functions each import stands."""
        self.opaque = False
        self.groups: list[str] = []
        self.tries = 0
        self._counted = (1, 1)

    def run(self) -> Imports:
        data = self.data
        last = max(data.rfind(b"import"), data.rfind(b"entry_points"), data.rfind(b"resolve_name"))
        if last < 0:
            return Imports()
        for match in (_WITH_CALLS if _by_calls(data) else _STATEMENTS).finditer(data):
            kind = match.lastgroup
            if kind == "opens":
                self.open(match)
            elif kind == "call":
                self.call(match)
            elif kind is not None:
                self.record(match)
            if match.end() > last and not any(block.kind in (b"try", b"except") for block in self.blocks):
                break  # behind the last import, and behind all that may catch its failure
        return Imports(tuple(self.found), self.opaque, tuple(self.groups))

    def open(self, match: re.Match[bytes]) -> None:
        kind, at = match["opens"], match.end()
        if kind in _UNSURE:
            condition = _CONDITION.match(self.data, at)
            if condition and not condition[2] and self.data[condition.end() : condition.end() + 1] not in b"([{":
                return
            if kind == b"async":
                kind = condition[1].split(None, 1)[0] if condition and condition[1].strip() else kind
        indent = _width(match["indent"])
        before = self.leave(indent)
        block = _Block(kind, indent, at)
        if kind == b"try":
            self.tries += 1
            block.number, block.first = self.tries, len(self.found)
        elif before is not None and kind in (b"elif", b"else", b"except", b"finally"):
            self.follow(block, before)
        self.blocks.append(block)

    def leave(self, indent: int) -> _Block | None:
        """Close the blocks that a line so far to the right does not belong to; the one it may go on with."""
        before = None
        while self.blocks and self.blocks[-1].indent >= indent:
            block = self.blocks.pop()
            before = block if block.indent == indent else None
        return before

    def follow(self, block: _Block, before: _Block) -> None:
        block.number, block.first, block.last = before.number, before.first, before.last
        if before.kind in (b"if", b"elif"):
            block.earlier = [*before.earlier, before.at]
        elif before.kind == b"try":
            block.last = len(self.found)
        if block.kind == b"except" and before.number:
            clause = _CONDITION.match(self.data, block.at)
            block.catches = before.catches
            if clause and _CATCHES.match(clause[1] + clause[2]):
                block.catches = True
                self.guard(block.first, block.last)
        elif block.kind == b"else" and before.catches:
            block.verdict, block.judged = None, True

    def guard(self, first: int, last: int) -> None:
        """Imports in the body of a `try` may fail, other than those of functions that are defined there."""
        depth = sum(block.kind == b"def" for block in self.blocks)
        for index in range(first, last):
            if self.depths[index] == depth:
                self.found[index] = self.found[index]._replace(guarded=True)

    def call(self, match: re.Match[bytes]) -> None:
        start = match.start("call")
        line = self.data.rfind(b"\n", 0, start) + 1
        before = self.data[line:start]
        arguments = _ARGUMENTS.match(self.data, match.end())
        if before.rstrip().endswith(b"def") or not self.data[match.end() :].lstrip(b" \t").startswith(b"("):
            return
        name = match["call"].decode()
        given = arguments[1].decode("utf-8", "replace") if arguments else ""
        whats = dynamic.called(name, given, self.data)
        self.opaque = self.opaque or not whats
        self.leave_to(line)
        first = len(self.found)
        for what in whats:
            if what.group:
                self.groups.append(what.group)
            else:
                self.add([(what.module, what.names)], line, what.level, what.partial, b"lambda" in before)
        if name == "import_module" and b"importlib" not in self.data:  # one of the project's own, which may try
            self.guard(first, len(self.found))

    def record(self, match: re.Match[bytes]) -> None:
        start = match.start("after")
        if match["after"] == b"\n":
            self.leave(_width(match["indent"]))
        elif match["after"] == b";":
            self.leave_to(self.data.rfind(b"\n", 0, start) + 1)
        if match["modules"] is not None:
            self.add([(name, ()) for name in _names(match["modules"])], match.start("modules"))
            return
        module = "".join(match["base"].replace(b"\\\n", b"").decode("utf-8", "replace").split())
        bare = module.lstrip(".")
        names = tuple(_names(match["names"]))
        self.add([(_normal(bare), names)], match.start("base"), len(module) - len(bare))

    def leave_to(self, line: int) -> None:
        """The blocks that what stands in this line is in, of which one may have been opened in the same line."""
        if not self.blocks or self.blocks[-1].at < line:
            text = self.data[line : line + 200]
            self.leave(_width(text[: len(text) - len(text.lstrip(b" \t\f"))]))

    def add(
        self,
        modules: list[tuple[str, tuple[str, ...]]],
        at: int,
        level: int = 0,
        partial: bool = False,
        lazy: bool = False,
    ) -> None:
        depth = attempt = instead = 0
        guarded = False
        for block in self.blocks:
            verdict = self.verdict(block)
            if verdict is False:
                return
            guarded = guarded or verdict is None
            if block.kind == b"def":
                depth += 1
            elif block.kind == b"try":
                attempt = block.number
            elif block.kind == b"except":
                instead = block.number
        line = self.line(at)
        for module, names in modules:
            where = (line, level, names, lazy or depth > 0, guarded, instead, attempt, partial)
            self.found.append(Import(module, *where))
            self.depths.append(depth)

    def verdict(self, block: _Block) -> bool | None:
        if not block.judged:
            block.verdict, block.judged = self.judge(block), True
        return block.verdict

    def judge(self, block: _Block) -> bool | None:
        if block.kind in (b"case", b"except"):
            return None
        if block.kind in (b"if", b"elif", b"else"):
            return self.branch(block)
        if block.kind == b"while":
            return conditions.holds(self.condition(block.at), self.python) is not False
        if block.kind == b"with":
            return None if _SUPPRESSES.search(self.condition(block.at)) else True
        return True

    def branch(self, block: _Block) -> bool | None:
        """Of `if` and what belongs to it: the conditions before it do not hold, and its own does."""
        known: bool | None = True
        for at in block.earlier:
            held = conditions.holds(self.condition(at), self.python)
            if held:
                return False
            known = None if held is None else known
        own = True if block.kind == b"else" else conditions.holds(self.condition(block.at), self.python)
        return own if known or own is False else None

    def condition(self, at: int) -> str:
        found = _CONDITION.match(self.data, at)
        return found[1].replace(b"\\\n", b" ").decode("utf-8", "replace") if found else ""

    def line(self, at: int) -> int:
        """The number of a line, counted on from the last that was asked for."""
        before, number = self._counted
        number += self.data.count(b"\n", before, at) if at >= before else -self.data.count(b"\n", at, before)
        self._counted = (at, number)
        return number


def scan(data: bytes, python: conditions.Python = None) -> Imports:
    """What a module imports. Bytes that are no Python give what looks like imports in them."""
    if _MAY_BRING.search(data) is None:
        return Imports()
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return _Scan(b"\n" + data.removeprefix(b"\xef\xbb\xbf"), python).run()


def _by_calls(data: bytes) -> bool:
    """To look for each word is ten times as fast as a regular expression for all."""
    return any(word in data for word in (b"import_module", b"__import__", b"resolve_name", b"entry_points"))


def _width(indent: bytes) -> int:
    """How far to the right a line begins."""
    return len(indent.rpartition(b"\f")[2].expandtabs(8)) if indent else 0


def _names(text: bytes) -> Iterator[str]:
    """From `a, b as c`, in parentheses or not."""
    if b"#" in text or b"\\" in text:
        text = _COMMENT.sub(b"", text.replace(b"\\\n", b" "))
    for part in text.strip(b" \t\f\n()").decode("utf-8", "replace").split(","):
        name = "".join(_AS.split(part.strip(), maxsplit=1)[0].split())
        if name:
            yield _normal(name)


def _normal(name: str) -> str:
    """As Python compares names."""
    if name.isascii():
        return name
    from unicodedata import normalize

    return normalize("NFKC", name)
