"""What stands in modules, executed or not: imports, globals that nothing reads, literals."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from lambdalint.files import contents_of
from lambdalint.model import Binding, Call, Import, Location, Novelty, UnusedGlobal
from lambdalint.model.code import Wording
from lambdalint.python.blocks import statements
from lambdalint.python.modules import Module, Modules

_WORD = re.compile(r"[A-Za-z_]\w*")
_TOKEN = re.compile(r"\w+")


def imports_of(module: Module, modules: Modules) -> tuple[Import, ...]:
    """Module-level imports of a module and of the project's modules loaded with it."""
    return tuple(found for one in loaded_with(module) for found in _imports_of(one, modules))


def loaded_with(module: Module) -> list[Module]:
    """A module, and the project's modules that are loaded when it is."""
    found: list[Module] = []
    todo = [module]
    while todo:
        one = todo.pop()
        if one not in found:
            found.append(one)
            todo += [other for other in one.imports if other.state == "loaded" and _at_top(one, other)]
    return found


def find_text(module: Module, pattern: re.Pattern[str]) -> list[tuple[Location, str]]:
    """The string literals of a module, and of those loaded with it, in which a pattern is found."""
    return [
        (one.source.location(node), node.value)
        for one in loaded_with(module)
        if pattern.search(one.source.text)
        for node in ast.walk(one.source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and pattern.search(node.value)
    ]


def wording(module: Module, modules: Modules) -> Wording:
    """The words of a module and of all it leads to, and what is imported there from elsewhere."""
    found = [module]
    for one in found:
        found += [other for other in one.imports if other not in found]
    read = {one.path for one in found}
    folders = {os.path.dirname(path) for path in read if os.path.basename(path) == "__init__.py"}
    words: set[str] = set()
    libraries: set[str] = set()
    for one in found:
        words.update(_WORD.findall(one.source.text))
        for node in statements(one.source.tree.body):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "."] if not node.level else []
            for name in names:
                path = modules.resolve(name, 0, one)
                if path is None or (path not in read and path not in folders):
                    libraries.add(name)
    return Wording(frozenset(words), frozenset(libraries))


def _at_top(module: Module, other: Module) -> bool:
    return any(edge.target is other.activation for edge in module.activation.edges)


def _imports_of(module: Module, modules: Modules) -> Iterable[Import]:
    for node, guarded in _import_nodes(module.source.tree.body, False):
        for alias in node.names:
            if alias.name == "*":
                continue
            if isinstance(node, ast.ImportFrom):
                if node.level or node.module is None or node.module == "__future__":
                    continue
                loaded, bound = node.module, alias.asname or alias.name
            else:
                loaded, bound = alias.name, alias.asname or alias.name.partition(".")[0]
            if modules.resolve(loaded, 0, module) is not None:
                continue  # the project's own
            find_use = partial(_is_used, module, bound, node, modules)
            find_rarity = partial(_rarity, module, bound, modules)
            yield Import(loaded, bound, module.source.location(node), guarded, find_use, find_rarity)


def _is_used(module: Module, name: str, binding: ast.stmt, modules: Modules) -> bool:
    return (
        module.path.endswith("__init__.py")
        or is_read(module, name, binding)
        or _is_read_elsewhere(module, name, modules)
    )


def _rarity(module: Module, name: str, modules: Modules) -> str:
    from lambdalint.python.rarity import Rarity, is_plainly_read

    if module.path.endswith("__init__.py") or is_plainly_read(name, module.source.lines):
        return ""
    return Rarity(module.source.tree, lambda one: _is_read_elsewhere(module, one, modules)).of(name)


def _import_nodes(body: Sequence[ast.stmt], guarded: bool) -> Iterable[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, guarded
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _import_nodes(node.body, True)
            yield from _import_nodes(getattr(node, "orelse", []), True)
            for handler in getattr(node, "handlers", []):
                yield from _import_nodes(handler.body, True)


def is_read(module: Module, name: str, *besides: ast.AST) -> bool:
    """Whether a module reads a name, or names it in a text: `__all__`, `getattr`, an annotation. What stands in
    `besides`, such as where the name is bound, does not count."""
    own: set[int] = set()
    for node in besides:
        first = getattr(node, "lineno", 1)
        own.update(range(first, (getattr(node, "end_lineno", None) or first) + 1))
    unclear = False
    for number, line in enumerate(module.source.lines, 1):
        if name in line and number not in own:
            if name in _TOKEN.findall(line.partition("#")[0]):
                return True
            unclear = unclear or name in _TOKEN.findall(line)
    if not unclear:
        return False
    # Behind a `#`: a comment, or a text that holds one. To ask the tree takes longer.
    return any(
        name in _names_in(node) and getattr(node, "lineno", 0) not in own for node in ast.walk(module.source.tree)
    )


def run_by_hand(module: Module) -> list[ast.If]:
    """The blocks of a module that Lambda does not execute: `if __name__ == "__main__":`."""
    return [
        node
        for node in module.source.tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and "__name__" in _names_in(node.test.left)
    ]


def _names_in(node: ast.AST) -> Sequence[str]:
    """The names that a node reads, or mentions in a short text."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
        return _WORD.findall(node.value)
    return ()


def _is_read_elsewhere(module: Module, name: str, modules: Modules) -> bool:
    """Whether a module that this one leads to, or one beside it, names both this module and the global."""
    folder = os.path.dirname(module.path)
    beside = {os.path.join(folder, one) for one in modules.names_in(folder) if one.endswith(".py")}
    module.dirs.add(folder)
    words = [word.encode("utf-8", "surrogateescape") for word in (name, module.name)]
    for path in sorted(modules.closure(module)[0] | beside):
        if os.path.normpath(path) == os.path.normpath(module.path):
            continue
        module.files.add(path)
        with suppress(OSError):
            data = contents_of(path)
            if all(word in data and re.search(rb"\b%s\b" % re.escape(word), data) for word in words):
                return True
    return False


def unused_globals(module: Module, init: Sequence[Call], modules: Modules) -> tuple[UnusedGlobal, ...]:
    """Globals bound to what an outside call gave, and read nowhere in the module or by those around it."""
    found = []
    by_place = {call.location: call for call in init}
    for node in module.source.tree.body:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)):
            continue
        name = node.targets[0].id
        if not isinstance(node.value, ast.Call) or module.path.endswith("__init__.py"):
            continue
        call = by_place.get(module.source.location(node.value))
        if call is None or is_read(module, name, node) or _is_read_elsewhere(module, name, modules):
            continue
        frees = tuple(_freed_by(node, module, modules))
        found.append(UnusedGlobal(name, call, Location(*module.source.location(node)), frees))
    return tuple(found)


def bindings_of(module: Module) -> list[Binding]:
    """The globals and class attributes, of a module and of those loaded with it, that its functions read."""
    loaded = loaded_with(module)
    read = {
        node.id if isinstance(node, ast.Name) else node.attr
        for one in loaded
        for function in ast.walk(one.source.tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for node in ast.walk(function)
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load)
    }
    return [
        Binding(name, one.source.location(node))
        for one in loaded
        for node, names in _bound_in(one.source.tree.body)
        for name in names
        if name in read
    ]


def _bound_in(body: Sequence[ast.stmt]) -> Iterable[tuple[ast.stmt, list[str]]]:
    """The statements of a module or class body that bind names to a value."""
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield node, [part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from _bound_in(getattr(node, name, ()))


def newer_than(module: Module, version: tuple[int, int]) -> list[Novelty]:
    """The syntax that a version of Python does not have, in a module and in those loaded with it."""
    from lambdalint.python.novelties import novelties

    return [found for one in loaded_with(module) for found in novelties(one.source, version)]


def _freed_by(statement: ast.Assign, module: Module, modules: Modules) -> Iterator[tuple[str, str]]:
    """The imports that only one statement reads."""
    named = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
    for node, guarded in _import_nodes(module.source.tree.body, False):
        if guarded or (isinstance(node, ast.ImportFrom) and node.level):
            continue
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            loaded = alias.name if isinstance(node, ast.Import) else node.module or ""
            if bound in named and "." not in alias.name and not is_read(module, bound, node, statement):
                if not _is_read_elsewhere(module, bound, modules):
                    yield loaded, bound
