"""A standard module that a fix needs is imported, where a sorted list of imports has it."""

from __future__ import annotations

import ast
import re
import sys

from lambdalint.check import Edit
from lambdalint.rewriting.layout import at_line
from lambdalint.rewriting.names import Module, Refused, single_target

Import = ast.Import | ast.ImportFrom
_HEADER = re.compile(r"\A#!|coding[:=]|copyright|licen[cs]e|SPDX", re.IGNORECASE)


def module_name(module: Module, package: str) -> tuple[str, list[Edit]]:
    """How a module of the standard library is called in a module, and the edits that import it. Raises Refused."""
    for statement in module.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name == package:
                    name = alias.asname or package
                    if len(module.sites[name]) > 1 or _is_bound_elsewhere(module, name):
                        raise Refused
                    return name, []
    if package in module.sites or _is_bound_elsewhere(module, package):
        raise Refused
    return package, [insert(module, f"import {package}", package)]


def _is_bound_elsewhere(module: Module, name: str) -> bool:
    """Whether a scope within the module has the name for something else."""
    return any(name in table.get_identifiers() and not table.lookup(name).is_global() for table in module.tables[1:])


def first_imports(module: Module) -> list[Import]:
    """The imports with which a module begins."""
    found: list[Import] = []
    for index, node in enumerate(module.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.append(node)
        elif not (index == 0 and _is_docstring(node)) and (found or not _is_dunder(node)):
            break
    return found


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_dunder(node: ast.stmt) -> bool:
    """`__author__ = "..."`, which stands above the imports."""
    name, value = single_target(node)
    return name.startswith("__") and name.endswith("__") and isinstance(value, ast.Constant)


def below_imports(module: Module) -> int:
    """The line below the first imports; where there are none, below the docstring or the head of the file."""
    imports = first_imports(module)
    if imports:
        return _below(module, imports[-1])
    if module.body and _is_docstring(first := module.body[0]):
        return _below(module, first)
    line = 1
    while module.is_comment(line, ""):
        line += 1
    header = _HEADER.search(module.text[: module.start(line)])
    return line if header or module.is_blank(line) else 1  # else the comment is about what stands below it


def insert(module: Module, statement: str, package: str) -> Edit:
    """The edit that imports something of the standard library. Raises Refused."""
    imports = [one for one in first_imports(module) if not _is_future(one)]
    if not imports:
        return at_line(module, line := below_imports(module), statement, above=line > 1)
    standard = [one for one in imports if _is_standard(one)]
    plain = statement.startswith("import ")
    before = [one for one in standard if _comes_before(one, package, plain=plain)]
    if before:
        return at_line(module, _below(module, before[-1]), statement, above=True, close=True)
    place = standard[0] if standard else imports[0]
    start = module.start(place.lineno)
    if module.span(place)[0] != start:
        raise Refused
    if standard:
        return Edit(start, start, statement + module.newline)
    above = place.lineno
    while module.is_comment(above - 1, ""):
        above -= 1
    start = start if _HEADER.search(module.text[module.start(above) : start]) else module.start(above)
    return Edit(start, start, statement + module.newline * 2)


def _comes_before(one: Import, package: str, *, plain: bool) -> bool:
    """In a sorted list: `import` first, then `from`."""
    if isinstance(one, ast.Import):
        return not plain or one.names[0].name < package
    return not plain and (one.module or "") < package


def _below(module: Module, statement: ast.stmt) -> int:
    """The line below a statement. Refused where it shares its last line with another."""
    end = statement.end_lineno or statement.lineno
    rest = module.text[module.span(statement)[1] : module.start(end + 1)].strip()
    if rest and not rest.startswith("#"):
        raise Refused
    return end + 1


def _is_standard(statement: Import) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return not statement.level and (statement.module or "").partition(".")[0] in sys.stdlib_module_names
    return any(one.name.partition(".")[0] in sys.stdlib_module_names for one in statement.names)


def _is_future(statement: Import) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
