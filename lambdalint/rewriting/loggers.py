"""The logger of a module: the one that is there, or a new one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.check import Edit
from lambdalint.rewriting.layout import at_line
from lambdalint.rewriting.names import Module, Refused, root, single_target
from lambdalint.rewriting.requiring import below_imports, module_name
from lambdalint.rewriting.scopes import origin

_FORMATTING = {
    "aws_lambda_powertools.Logger",
    "aws_lambda_powertools.logging.Logger",
    "aws_lambda_powertools.logging.logger.Logger",
    "logging.getLogger",
}
"""What makes loggers that put arguments into `%s`."""
_PLAIN = {"structlog.get_logger", "structlog.getLogger", "structlog.stdlib.get_logger"}
_NAMES = ("logger", "log", "LOGGER", "LOG", "_logger", "_log")
"""What loggers are called."""
_METHODS = ("debug", "info", "warning", "error", "exception", "critical")
_SHOWING = {"debug", "info", "notset"}


class Logger(NamedTuple):
    """A global that logs."""

    name: str
    place: int
    """The statement of the module that binds it; -1 for one that is yet to be made, above all functions."""
    formats: bool
    """Puts arguments into `%s`."""
    edits: tuple[Edit, ...] = ()
    """What makes it, or sets its level."""


def logger_of(module: Module, *, shown: bool) -> Logger:
    """The logger a module has or, where it has none, a new one. Raises Refused.

    `shown`: the program shows messages at level INFO; in Lambda the root logger does not by itself.
    """
    for index, statement in enumerate(module.body):
        name, value = single_target(statement)
        made = origin(module, value.func) if name and isinstance(value, ast.Call) else ""
        if made in _FORMATTING | _PLAIN:
            assert isinstance(value, ast.Call)
            module.ready(name)
            return Logger(name, index, made in _FORMATTING, tuple(_level(module, index, name, value, made, shown)))
    if (found := _given(module)) is not None:
        return found
    if any("logger" in table.get_identifiers() for table in module.tables) or any(map(_logs, _nodes(module))):
        raise Refused  # it logs in a way that is not known
    return _new(module, shown)


def _given(module: Module) -> Logger | None:
    """A logger that the project's own code gives, which this module logs with at level INFO already."""
    for node in _nodes(module):
        if _logs(node, ("info",)) and len(sites := module.sites.get(name := root(node), [])) == 1:
            statement = module.body[sites[0]]
            if isinstance(statement, ast.ImportFrom) or isinstance(single_target(statement)[1], ast.Call):
                module.ready(name)
                return Logger(name, sites[0], formats=False)
    return None


def _nodes(module: Module) -> Iterator[ast.AST]:
    return ast.walk(ast.Module(module.body, []))


def _logs(node: ast.AST, methods: tuple[str, ...] = _METHODS) -> bool:
    """`log.info(...)` and the like."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in methods:
        return False
    return isinstance(node.func.value, ast.Name) and node.func.value.id in _NAMES


def _level(module: Module, index: int, name: str, call: ast.Call, made: str, shown: bool) -> list[Edit]:
    """What sets the level of a logger that has none. Refused where it does not show what is said at INFO."""
    levels = _levels(module, name)
    if made != "logging.getLogger":
        levels += [keyword.value for keyword in call.keywords if keyword.arg == "level"]
    if any(_hides(level) for level in levels):
        raise Refused
    if levels or shown or made != "logging.getLogger":
        return []
    package, added = module_name(module, "logging")
    line = (module.body[index].end_lineno or 0) + 1
    _, end = module.span(module.body[index])
    rest = module.text[end : module.start(line)].strip()
    if rest and not rest.startswith("#"):
        raise Refused
    return [*added, at_line(module, line, f"{name}.setLevel({package}.INFO)", close=True)]


def _levels(module: Module, name: str) -> list[ast.expr]:
    """What the level of a logger is set to in its module, wherever that is done."""
    return [
        argument
        for node in _nodes(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setLevel"
        if isinstance(node.func.value, ast.Name) and node.func.value.id == name
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]
    ]


def _hides(level: ast.expr) -> bool:
    """Whether a level is known, and above INFO."""
    if isinstance(level, ast.Attribute):
        return level.attr.isupper() and level.attr.lower() not in _SHOWING
    if isinstance(level, ast.Constant):
        if isinstance(level.value, str):
            return level.value.lower() not in _SHOWING
        return isinstance(level.value, int) and level.value > 20
    return False


def _new(module: Module, shown: bool) -> Logger:
    """`logger`, below the imports."""
    package, added = module_name(module, "logging")
    newline = module.newline
    code = f"logger = {package}.getLogger(__name__)"
    if not shown:
        code += f"{newline}logger.setLevel({package}.INFO)"
    line = below_imports(module)
    above = line > 1
    if added and added[0].start == module.start(line):
        # The import would stand at the same place: both are put there at once.
        above = above and added[0].text.startswith(newline)
        code = f"import {package}{newline * 2}{code}"
        added = []
    return Logger("logger", -1, True, (*added, at_line(module, line, code, above=above)))
