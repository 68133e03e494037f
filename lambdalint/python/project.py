"""The door of the Python room: from files to handlers with all that happens behind them."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from lambdalint.model import (
    UNKNOWN,
    Argument,
    Call,
    DefeatedCache,
    Handler,
    Import,
    Location,
    Step,
    UnusedGlobal,
)
from lambdalint.python.flow import (
    IN_LOOP,
    IN_LOOP_OF_RUN,
    KEPT,
    ON_ERROR,
    Activation,
    Edge,
    Record,
    chosen_by_caller,
    walk,
)
from lambdalint.python.handlers import Candidate, find, is_no_handler_code, may_hold_handler
from lambdalint.python.interpreter import Interpreter
from lambdalint.python.modules import Module, Modules
from lambdalint.python.source import Unreadable
from lambdalint.python.values import CREDENTIALS, EVENT, RESULT, Const, External, Value, unknown

__all__ = ["Project", "may_hold_handler"]

FACTORY_MADE = frozenset({"boto3.client", "boto3.resource", "boto3.Session().client", "boto3.Session().resource"})
"""Built by name: a function that passes its own parameter on as the name is a factory of them."""

DEEP = 20_000
"""Python frames the interpreter may use. From 3.11 on they take no C stack, so this is safe."""


class Project:
    """All that is known of one tree of Python files; modules are read and executed once."""

    def __init__(
        self,
        root: str = ".",
        *,
        import_roots: Sequence[str] = (),
        declared: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.modules = Modules(root, import_roots)
        self.declared = declared or {}
        self.interpreter = Interpreter(self.modules)
        self._asked: list[Module] = []
        if sys.getrecursionlimit() < DEEP:
            sys.setrecursionlimit(DEEP)

    @property
    def unreadable(self) -> Mapping[str, Unreadable]:
        """Files that could not be read, by path: those asked for and those reached by import."""
        return self.modules.unreadable

    def handlers(self, path: str, data: bytes | None = None) -> list[Handler]:
        """The handlers in one file, executed; raises `Unreadable`."""
        declared = self.declared.get(path, ())
        if is_no_handler_code(self.modules.relative(path)) and not declared:
            return []
        module = self.modules.read(path, data)
        self._asked.append(module)
        self.interpreter.begin(warm=False)
        self.interpreter.run_module(module)
        found = []
        for candidate in find(module, declared):
            found.append(self._handler(module, candidate))
        return found

    def dependencies(self) -> tuple[set[str], set[str]]:
        """Files read and folders listed for all that `handlers` was asked since the last call of this."""
        files: set[str] = set()
        dirs: set[str] = set()
        for module in self._asked:
            more_files, more_dirs = self.modules.closure(module)
            files |= more_files
            dirs |= more_dirs
        self._asked.clear()
        return files, dirs

    def _handler(self, module: Module, candidate: Candidate) -> Handler:
        event = Value((External("lambda.event"),), EVENT)
        context = Value((External("lambda.context"),))
        values = candidate.value
        if "Chalice" in candidate.evidence:
            event = context = unknown(EVENT)
        root = self.interpreter.invoke(values, (event, context), module, candidate.node)
        # The first edge only leads from Lambda into the handler itself.
        warm = _calls(root, skip=1)
        init = _calls(module.activation, skip=0)
        ways = _ways(root)
        defeats = tuple(
            DefeatedCache(
                defeat.module.source.location(defeat.node),
                defeat.name,
                defeat.kind,
                defeat.culprit,
                ways.get(id(defeat.activation), ()),
            )
            for defeat in self.interpreter.defeats
        )
        return Handler(
            path=module.path,
            name=candidate.name,
            location=module.source.location(candidate.node),
            evidence=(candidate.evidence,),
            warm_calls=warm,
            init_calls=init,
            imports=_imports(module),
            defeated_caches=defeats,
            unused_globals=_unused_globals(module, init, self.modules),
        )


def _step(edge: Edge) -> Step:
    return Step(edge.module.path, getattr(edge.node, "lineno", 1), edge.name)


def _ways(root: Activation) -> dict[int, tuple[Step, ...]]:
    """The shortest way to each activation, as steps."""
    ways: dict[int, tuple[Step, ...]] = {id(root): ()}
    todo = [(root, 0)]
    for activation, depth in todo:
        for edge in activation.edges:
            if id(edge.target) not in ways:
                ways[id(edge.target)] = (*ways[id(activation)], _step(edge)) if depth else ()
                todo.append((edge.target, depth + 1))
    return ways


def _calls(root: Activation, skip: int) -> tuple[Call, ...]:
    """Every outside call below an activation, in the order of the way there."""
    made: dict[int, Call] = {}
    found: list[tuple[Record, tuple[Edge, ...], int]] = list(walk(root))
    calls = []
    for record, way, flags in found:
        call = made[id(record)] = _call(record, way[skip:], flags, made)
        calls.append(call)
    return tuple(calls)


def _call(record: Record, way: Sequence[Edge], flags: int, made: Mapping[int, Call]) -> Call:
    receiver = record.receiver
    site: Record | Edge = record
    if record.name in FACTORY_MADE:
        while way and chosen_by_caller(site):
            site, way = way[-1], way[:-1]
    return Call(
        name=record.name,
        location=site.module.source.location(site.node),
        trace=tuple(_step(edge) for edge in way),
        positional=tuple(_argument(value, made) for value in record.args),
        keywords={name: _argument(value, made) for name, value in record.kwargs.items()},
        receiver=None if receiver is None else made.get(id(receiver)) or _call(receiver, (), receiver.flags, made),
        receiver_persists=record.lasting_receiver,
        kept=bool(flags & KEPT),
        on_error_path=bool(flags & ON_ERROR),
        in_loop=bool(flags & IN_LOOP),
        in_asyncio_run=bool(flags & IN_LOOP_OF_RUN),
        scope=site.scope,
    )


def _argument(value: Value, made: Mapping[int, Call]) -> Argument:
    constant: object = UNKNOWN
    calls: list[Call] = []
    if len(value.atoms) == 1 and not value.more and isinstance(value.atoms[0], Const):
        constant = value.atoms[0].value
    for atom in value.atoms:
        if isinstance(atom, External) and atom.record is not None:
            calls.append(made.get(id(atom.record)) or _call(atom.record, (), atom.record.flags, made))
    return Argument(
        constant,  # type: ignore[arg-type]
        bool(value.taint & EVENT),
        bool(value.taint & CREDENTIALS),
        bool(value.taint & RESULT),
        tuple(calls),
    )


# -- what a module binds and never reads -----------------------------------------------------------------


def _imports(module: Module) -> tuple[Import, ...]:
    """Module-level imports of a module and of the project's modules loaded with it."""
    found: list[Import] = []
    seen: set[Module] = set()
    todo = [module]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        found += _imports_of(one)
        todo += [other for other in one.imports if other.state == "loaded" and _at_top(one, other)]
    return tuple(found)


def _at_top(module: Module, other: Module) -> bool:
    return any(edge.target is other.activation for edge in module.activation.edges)


def _imports_of(module: Module) -> Iterable[Import]:
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
            used = module.path.endswith("__init__.py") or is_read(module, bound, node)
            yield Import(loaded, bound, module.source.location(node), used, guarded)


def _import_nodes(body: Sequence[ast.stmt], guarded: bool) -> Iterable[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node, guarded
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            yield from _import_nodes(node.body, True)
            yield from _import_nodes(getattr(node, "orelse", []), True)
            for handler in getattr(node, "handlers", []):
                yield from _import_nodes(handler.body, True)


def is_read(module: Module, name: str, binding: ast.stmt) -> bool:
    """Whether a name stands anywhere in the module outside comments and the statement that binds it."""
    own = range(binding.lineno, (binding.end_lineno or binding.lineno) + 1)
    word = re.compile(rf"\b{re.escape(name)}\b")
    for number, line in enumerate(module.source.lines, 1):
        if number not in own and name in line and word.search(line.split("#")[0]):
            return True
    return False


def _is_read_elsewhere(module: Module, name: str, modules: Modules) -> bool:
    """Whether a module that this one leads to, or one beside it, names both this module and the global."""
    folder = os.path.dirname(module.path)
    beside = {os.path.join(folder, one) for one in modules.names_in(folder) if one.endswith(".py")}
    words = [re.compile(rf"\b{re.escape(word)}\b".encode()) for word in (name, module.name)]
    for path in modules.closure(module)[0] | beside:
        if os.path.normpath(path) == os.path.normpath(module.path):
            continue
        with suppress(OSError), open(path, "rb") as file:
            data = file.read()
            if all(word.search(data) for word in words):
                return True
    return False


def _unused_globals(module: Module, init: Sequence[Call], modules: Modules) -> tuple[UnusedGlobal, ...]:
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
        found.append(UnusedGlobal(name, call, Location(*module.source.location(node))))
    return tuple(found)
