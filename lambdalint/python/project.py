"""The door of the Python room: from files to handlers with all that happens behind them."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial

from lambdalint.model import Function as Deployed
from lambdalint.model import Handler
from lambdalint.python.contents import (
    bindings_of,
    find_text,
    imports_of,
    is_read,
    newer_than,
    run_by_hand,
    unused_globals,
    wording,
)
from lambdalint.python.handlers import (
    Candidate,
    find,
    is_no_handler_code,
    may_have_candidates,
    may_hold_handler,
    missing,
)
from lambdalint.python.interpreter import Interpreter
from lambdalint.python.modules import Module, Modules
from lambdalint.python.objects import Function
from lambdalint.python.remains import (
    cleanups_of,
    defeats_of,
    dropped_of,
    parameters_of,
    reads_of,
    rescues_of,
    returned_by,
    size_of,
    skips_of,
    stores_of,
    variables_of,
)
from lambdalint.python.shipped import mentions
from lambdalint.python.source import Unreadable
from lambdalint.python.translation import calls_below, reached_each_time, ways_to
from lambdalint.python.values import EVENT, External, Piece, Value, unknown

__all__ = ["Project", "may_hold_handler"]

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
        contents: Mapping[str, bytes] | None = None,
    ) -> None:
        """`declared`: the handlers of files, by their absolute paths; `contents`: what stands for files on the disk."""
        self.modules = Modules(root, import_roots, contents)
        self.declared = declared or {}
        self.interpreter = Interpreter(self.modules)
        self.cut_short: list[str] = []
        """The handlers, since `handlers` was last called, behind which there is more than was looked at."""
        self._asked: list[Module] = []
        if sys.getrecursionlimit() < DEEP:
            sys.setrecursionlimit(DEEP)

    @property
    def unreadable(self) -> Mapping[str, Unreadable]:
        """Files that could not be read, by path: those asked for and those reached by import."""
        return self.modules.unreadable

    def handlers(
        self, path: str, data: bytes | None = None, functions: Mapping[str, Sequence[Deployed]] | None = None
    ) -> list[Handler]:
        """The handlers in one file, executed; raises `Unreadable`.

        `functions` are those whose templates say that their handler is in this file, by its name there.
        """
        self.cut_short.clear()
        declared = self.declared.get(os.path.abspath(path), ()) if self.declared else ()
        if is_no_handler_code(self.modules.relative(path)) and not declared and not functions:
            return []
        layers = dict.fromkeys(
            folder for several in (functions or {}).values() for one in several for folder in one.layer_folders
        )
        self.modules.begin(tuple(layers))  # each handler's file is a program of its own, whatever else is looked at
        module = self.modules.read(path, data)
        self._asked.append(module)
        if not declared and not functions and not may_have_candidates(module):
            return []
        self.interpreter.begin(warm=False)
        self.interpreter.run_module(module)
        if module.stray is not None:
            self.modules.unreadable[module.path] = module.stray
        found = []
        for candidate in find(module, declared, functions):
            found.append(self._handler(module, candidate, (functions or {}).get(candidate.name, ())))
        found += missing(module, functions or {})
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

    def _handler(self, module: Module, candidate: Candidate, functions: Sequence[Deployed]) -> Handler:
        event = Value((Piece(()),), EVENT)
        context = Value((External("lambda.context"),))
        values = candidate.value
        if "Chalice" in candidate.evidence:
            event = context = unknown(EVENT)
        root = self.interpreter.invoke(values, (event, context), module, candidate.node)
        # The first edge only leads from Lambda into the handler itself.
        warm = calls_below(root, skip=1)
        init = calls_below(module.activation, skip=0)
        machine = self.interpreter
        if machine.cut_short:
            self.cut_short.append(f"{module.path}:{candidate.name}")
        ways = ways_to(root)
        folders = {one.code.path for one in functions if one.code is not None and one.code.kind in ("folder", "image")}
        folders.update(folder for one in functions for folder in one.layer_folders)
        return Handler(
            path=module.path,
            name=candidate.name,
            location=module.source.location(candidate.node),
            evidence=(candidate.evidence,),
            warm_calls=warm,
            init_calls=init,
            imports=imports_of(module, self.modules),
            defeated_caches=defeats_of(machine.defeats, ways),
            unused_globals=unused_globals(module, init, self.modules),
            reads=reads_of(machine.taken, ways),
            skips=skips_of(machine.skipped, ways),
            returns=returned_by(root),
            stores=stores_of(machine.left, machine.cleared, ways, reached_each_time(root) if machine.left else ()),
            rescues=rescues_of(machine.caught, ways),
            cleanups=cleanups_of(machine.cleaned, ways),
            dropped=dropped_of(machine.dropped, ways),
            is_async=_is_async(values) and not _is_used(module, candidate),
            size=size_of(getattr(candidate.node, "body", ())),
            find_text=partial(find_text, module),
            wording=partial(wording, module, self.modules),
            complete=not machine.cut_short,
            variables=variables_of(machine.asked, ways_to(module.activation), ways) if machine.asked else (),
            parameters=parameters_of(values),
            mentions=partial(mentions, module, self.modules, sorted(folders)),
            bindings=partial(bindings_of, module),
            newer_than=partial(newer_than, module),
            functions=functions,
        )


def _is_used(module: Module, candidate: Candidate) -> bool:
    """Whether the module itself does something with a handler, and not only where it is run by hand."""
    return is_read(module, candidate.name, candidate.node, *run_by_hand(module))


def _is_async(value: Value) -> bool:
    """Whether a call gives a coroutine."""
    return (
        len(value.atoms) == 1
        and isinstance(value.atoms[0], Function)
        and isinstance(value.atoms[0].node, ast.AsyncFunctionDef)
        and not value.atoms[0].node.decorator_list
    )
