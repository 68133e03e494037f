"""Imports that a fix needs, and imports that nobody needs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence

import libcst as cst

from lambdalint.check import Edit
from lambdalint.rewriting.layout import at_line
from lambdalint.rewriting.names import Module, Refused
from lambdalint.rewriting.requiring import below_imports, first_imports, insert


def name_of(module: Module, package: str, name: str, *, whole: bool = False) -> tuple[str, list[Edit]]:
    """How `package.name` is called in a module, and the edits that make it known there. Raises Refused.

    Where it is not known yet, `whole` imports the package, not the name alone.
    """
    for statement in module.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == package and not statement.level:
            for alias in statement.names:
                if alias.name == name and _is_free(module, alias.asname or name, bound=1):
                    return alias.asname or name, []
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.name == package and _is_free(module, (alias.asname or package).partition(".")[0], bound=9):
                    return f"{alias.asname or package}.{name}", []
    if whole:
        if not _is_free(module, package, bound=0):
            raise Refused
        return f"{package}.{name}", [_insert(module, package, f"import {package}")]
    if not _is_free(module, name, bound=0):
        raise Refused
    return name, [_extend(module, package, name) or _insert(module, package, f"from {package} import {name}")]


def _extend(module: Module, package: str, name: str) -> Edit | None:
    """One name more in an import of the same package that ends with its line."""
    for statement in module.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == package and not statement.level:
            end = module.span(statement)[1]
            if statement.lineno == statement.end_lineno and module.text[end - 1] not in ")*":
                return Edit(end, end, f", {name}")
    return None


def _is_free(module: Module, name: str, bound: int) -> bool:
    """Whether a name means the same everywhere in the module: bound at its top level only, at most so often."""
    if len(module.sites.get(name, ())) > bound:
        return False
    return all(name not in table.get_identifiers() or table.lookup(name).is_global() for table in module.tables[1:])


def _insert(module: Module, package: str, statement: str) -> Edit:
    """Where a sorted list has it; what is installed stands behind the first imports."""
    imports = first_imports(module)
    if not imports or package.partition(".")[0] in sys.stdlib_module_names:
        return insert(module, statement, package)
    return at_line(module, below_imports(module), statement, close=True)


class _Remover(cst.CSTTransformer):
    """Takes the name that an import binds out of the module-level statement that binds it."""

    def __init__(self, module: str, bound: str) -> None:
        super().__init__()
        self.module = module
        self.bound = bound
        self.removed = 0

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import | cst.RemovalSentinel:
        kept = [alias for alias in updated_node.names if not self._is_meant(alias, None)]
        if len(kept) == len(updated_node.names):
            return updated_node
        self.removed += 1
        return updated_node.with_changes(names=_closed(kept, updated_node.names)) if kept else cst.RemoveFromParent()

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar) or updated_node.relative or updated_node.module is None:
            return updated_node
        source = _dotted(updated_node.module)
        kept = [alias for alias in updated_node.names if not self._is_meant(alias, source)]
        if len(kept) == len(updated_node.names):
            return updated_node
        self.removed += 1
        return updated_node.with_changes(names=_closed(kept, updated_node.names)) if kept else cst.RemoveFromParent()

    def _is_meant(self, alias: cst.ImportAlias, source: str | None) -> bool:
        name = _dotted(alias.name)
        bound = alias.evaluated_alias or (name if source is not None else name.partition(".")[0])
        return bound == self.bound and (source if source is not None else name) == self.module


def _closed(kept: list[cst.ImportAlias], before: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias]:
    """The list ends as it did before, and keeps its comments."""
    last, ended = kept[-1], before[-1].comma
    if last is before[-1]:
        return kept
    comma = last.comma
    if isinstance(ended, cst.Comma) and isinstance(comma, cst.Comma):
        space, end = comma.whitespace_after, ended.whitespace_after
        if isinstance(space, cst.ParenthesizedWhitespace) and isinstance(end, cst.ParenthesizedWhitespace):
            space = space.with_changes(last_line=end.last_line, indent=end.indent)
            return [*kept[:-1], last.with_changes(comma=comma.with_changes(whitespace_after=space))]
        return [*kept[:-1], last.with_changes(comma=ended)]
    return [*kept[:-1], last.with_changes(comma=cst.MaybeSentinel.DEFAULT)]


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""


def remove(text: str, module: str, bound: str) -> list[Edit]:
    """Remove the module-level import of `module` that binds the name `bound`. Raises Refused."""
    code = text.rstrip()  # libcst drops blanks behind the last line end
    tree = cst.parse_module(code)
    remover = _Remover(module, bound)
    after = tree.visit(remover).code
    if remover.removed != 1 or tree.code != code:
        raise Refused
    edit = _difference(code, after)
    if not edit.start and not edit.text:  # nothing stands above the blank lines behind it any more
        edit = edit._replace(end=len(code) - len(code[edit.end :].lstrip("\r\n")))
    return [edit]


def _difference(before: str, after: str) -> Edit:
    """The one edit that makes `after` of `before`."""
    start = 0
    most = min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return Edit(start, len(before) - end, after[start : len(after) - end])
