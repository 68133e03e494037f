"""The interpreter whole: language, calls, and the loading of modules."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lambdalint.python.calls import Calls
from lambdalint.python.flow import KEPT, Activation
from lambdalint.python.machine import Exhausted
from lambdalint.python.modules import Module, declared_globals
from lambdalint.python.objects import Class, Package
from lambdalint.python.source import Unreadable
from lambdalint.python.values import Value

_OF_ONE_EXECUTION = (
    "activation", "contexts", "depth", "executed", "expecting", "flags", "guards", "loops", "memo", "pending", "reads",
    "unsure", "warm",
)  # fmt: skip
"""What is set aside while an import executes another module."""


class Interpreter(Calls):
    """Executes modules at import and handlers on a warm invocation."""

    def begin(self, *, warm: bool) -> None:
        super().begin(warm=warm)
        self.under: list[Class] = []

    def load_module(self, path: str, importer: Module, node: ast.AST) -> Value | None:
        """The project's module at `path`, executed if it has not been; None where it cannot be read."""
        try:
            module = self.modules.open(path)
        except Unreadable:
            return None  # said of that file, once
        if module not in importer.imports and module is not importer:
            importer.imports.append(module)
        self.run_module(module)
        if module is not importer:
            flags = KEPT if self.warm else 0
            self.link(node, importer.frame, module.name, module.activation, flags)
        return Value((Package(module),))

    def run_module(self, module: Module) -> None:
        """Execute a module's top level as an import does, once."""
        if module.state != "new":
            return
        module.state = "loading"
        module.globals_declared = declared_globals(module.source.text)
        saved = {name: getattr(self, name) for name in _OF_ONE_EXECUTION}
        self.warm, self.activation = False, module.activation
        self.guards, self.pending, self.reads, self.loops = [], [], None, ()
        self.flags = self.depth = self.executed = 0
        self.memo, self.contexts = {}, {}
        try:
            for statement in module.source.tree.body:
                self.execute((statement,), module.frame)  # singly: a stray `return` ends no module
        except (Exhausted, RecursionError):
            pass  # what was executed so far stands
        finally:
            for name, value in saved.items():
                setattr(self, name, value)
            module.state = "loaded"

    def invoke(self, target: Value, args: Sequence[Value], module: Module, node: ast.AST) -> Activation:
        """Execute one warm invocation of `target`; gives the activation that holds all of it."""
        self.begin(warm=True)
        try:
            self.escape(self.call(target, list(args), {}, node, module.frame))
        except (Exhausted, RecursionError):
            self.cut_short = True  # what was reached so far stands
        return self.activation
