"""What is printed goes to a logger."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting.calls import without_comments
from lambdalint.rewriting.loggers import Logger, logger_of
from lambdalint.rewriting.messages import message
from lambdalint.rewriting.names import FUNCTIONS, Module, Refused
from lambdalint.rewriting.scopes import Surroundings

_LEVEL = re.compile(r"f?(?:'|\")\W*(error|warning)\b", re.IGNORECASE)
_OF_ERRORS = re.compile(r"error|exception|\bfail|traceback|exc_info", re.IGNORECASE)


def log(module: Module, places: Iterable[Location], *, shown: bool) -> list[Edit]:
    """Calls of `print` become calls of the module's logger, as far as that can be. Raises Refused."""
    logger = logger_of(module, shown=shown)
    around = Surroundings(module)
    if "print" in module.sites:
        raise Refused
    spans = {
        (module.start(place.line) + place.column - 1, module.start(place.end_line) + place.end_column - 1)
        for place in places
    }
    edits: list[Edit] = []
    for node in ast.walk(ast.Module(module.body, [])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            if module.span(node) in spans and _can_log(around, node, logger):
                try:
                    edits += _Line(module, around, node, logger).edits()
                except Refused:
                    continue  # it stays, and its finding with it
    if not edits:
        raise Refused
    return [*logger.edits, *edits]


def _can_log(around: Surroundings, call: ast.Call, logger: Logger) -> bool:
    """Whether the logger is there when the call is executed, and `print` and its name mean there what they should."""
    if around.is_hidden("print", call) or around.is_hidden(logger.name, call):
        return False
    return logger.place < around.index(call) and _is_trusted(around.module, call)


def _is_trusted(module: Module, call: ast.Call) -> bool:
    """Places inside f-strings are not right before Python 3.12."""
    start, end = module.span(call)
    try:
        return ast.dump(ast.parse(f"({module.text[start:end]}\n)", mode="eval").body) == ast.dump(call)
    except SyntaxError:
        return False


class _Line:
    """One call of print."""

    def __init__(self, module: Module, around: Surroundings, call: ast.Call, logger: Logger) -> None:
        self.module = module
        self.around = around
        self.call = call
        self.logger = logger
        self.separator = " "
        self.dropped: list[ast.keyword] = []
        for keyword in call.keywords:
            given = keyword.value.value if isinstance(keyword.value, ast.Constant) else ...
            if keyword.arg == "flush" or (keyword.arg == "end" and given == "\n"):
                self.dropped.append(keyword)
            elif (
                keyword.arg == "sep"
                and isinstance(given, str)
                and given.isprintable()
                and not set(given) & set("\\'\"{}")
            ):
                self.separator = given
                self.dropped.append(keyword)
            else:
                raise Refused
        if any(isinstance(one, ast.Starred | ast.Yield | ast.YieldFrom) for one in call.args):
            raise Refused
        self.opening = module.text.index("(", module.span(call.func)[1])

    def edits(self) -> list[Edit]:
        """What to change. Raises Refused."""
        name = Edit(self.module.span(self.call.func)[0], self.opening, f"{self.logger.name}.{self._level()}")
        if _is_empty(self.call):
            if (removal := self._removal()) is not None:
                return [removal]
            return [name, Edit(self.opening + 1, self.module.span(self.call)[1] - 1, '""')]
        if len(self.call.args) == 1:
            return [name, *self._rest(name)]
        return [name, self._arguments()]

    def _level(self) -> str:
        """By the word that a text begins with; `error` for what tells of a caught exception."""
        if named := _LEVEL.match(self._text(self.call.args[0]) if self.call.args else ""):
            return named[1].lower()
        for one in self.around.above(self.call):
            if isinstance(one, ast.ExceptHandler):
                names = {node.id for node in ast.walk(self.call) if isinstance(node, ast.Name)}
                return "error" if one.name in names or _OF_ERRORS.search(self._text(self.call)) else "info"
            if isinstance(one, FUNCTIONS):
                break
        return "info"

    def _removal(self) -> Edit | None:
        """An empty line is of no use in a log, so its statement goes where it can."""
        module, statement = self.module, self.around.statement(self.call)
        start, stop = module.start(statement.lineno), module.start((statement.end_lineno or 0) + 1)
        if module.text[start:stop].strip() != self._text(self.call) or stop == len(module.text):
            return None  # it shares its lines
        block = self.around.block(statement)
        if block[0] is statement and all(isinstance(one, ast.Expr) and _is_empty(one.value) for one in block):
            return None  # something has to stand there
        if module.is_blank(statement.lineno - 1) and module.is_blank((statement.end_lineno or 0) + 1):
            stop = module.start((statement.end_lineno or 0) + 2)
        return Edit(start, stop, "")

    def _rest(self, name: Edit) -> Iterator[Edit]:
        """What else changes about a call with one argument: options of print go, lines below its bracket move."""
        text = self.module.text
        start, end = self.module.span(self.call)
        last = self.module.span(self.call.args[0])[1]
        if self.dropped:
            first = self.module.span(self.dropped[0])[0]
            between = text[last:first]
            if between.strip(" )") != "," or "\n" in text[last:end] or "#" in text[last:end]:
                raise Refused
            comma = last + between.index(",")
            yield Edit(comma, end - 1, "")
        elif self.module.newline in text[start:end]:
            yield from self._shifted(len(name.text) - (name.end - name.start))

    def _shifted(self, by: int) -> Iterator[Edit]:
        """Lines that are aligned with the opening bracket stay so."""
        module = self.module
        first, last = self.call.lineno, self.call.end_lineno or self.call.lineno
        column = self.opening + 1 - module.start(first)
        if module.text[self.opening + 1] in "\r\n" or any(
            mark in self._text(self.call) for mark in ('"""', "'''", "\\\n")
        ):
            return
        for number in range(first + 1, last + 1):
            line = module.line(number)
            if len(line) - len(line.lstrip(" ")) < column:
                return
        for number in range(first + 1, last + 1):
            yield Edit(module.start(number), module.start(number), " " * by)

    # Several arguments become one message

    def _arguments(self) -> Edit:
        module = self.module
        start, end = module.span(self.call.args[0])[0], module.span(self.call)[1] - 1
        source = self._text(self.call)
        if source != without_comments(source):
            raise Refused
        parts = message(module, self.call.args, self.separator, formats=self.logger.formats)
        between = module.text[self.opening + 1 : start]
        if len(parts) > 1 and module.newline in between and not between.strip():
            indent = between.rpartition(module.newline)[2]
            given: list[ast.expr | ast.keyword] = [*self.call.args, *self.call.keywords]
            tail = module.text[max(module.span(one)[1] for one in given) : end]
            closing = tail.rpartition(module.newline)[2] if module.newline in tail else indent
            lines = [f"{module.newline}{indent}{one}," for one in parts]
            return Edit(self.opening + 1, end, "".join([*lines, module.newline, closing]))
        return Edit(self.opening + 1, end, ", ".join(parts))

    def _text(self, node: ast.expr) -> str:
        start, end = self.module.span(node)
        return self.module.text[start:end]


def _is_empty(node: ast.expr) -> bool:
    """`print()`, or one of white space."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "print":
        return False
    if any(keyword.arg == "sep" for keyword in node.keywords):
        return False
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return len(texts) == len(node.args) and not "".join(texts).strip()
