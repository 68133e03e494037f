"""Statements that bind names: functions, classes, imports, declarations."""

from __future__ import annotations

import ast

from lambdalint.python.conditions import Conditions
from lambdalint.python.objects import Class, Frame, Instance, Package
from lambdalint.python.values import UNKNOWN, Const, External, Value


class Definitions(Conditions):
    """Each says, like all statements, whether execution goes on behind it."""

    def run_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> bool:
        function = self.define(node, node.name, frame)
        value = self.decorate(node, function, frame) if node.decorator_list else Value((function,))
        self.bind(node.name, value, frame)
        return True

    def run_class(self, node: ast.ClassDef, frame: Frame) -> bool:
        bases = [atom for base in node.bases for atom in self.evaluate(base, frame).atoms[:1]]
        cls = Class(node, frame.module, node.name, bases, self.warm)
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, frame)
            if keyword.arg == "metaclass" and value.atoms:
                cls.metaclass = value.atoms[0]
        body = Frame(frame.module, frame, f"{frame.scope}.{node.name}" if frame.scope else node.name, self.warm)
        body.cls = cls
        self.execute(node.body, body)
        cls.attributes = body.values
        for name, held in list(body.values.items()):
            for atom in held.atoms:
                if isinstance(atom, Instance):
                    self.implicit(atom, "__set_name__", [Value((cls,)), Value((Const(name),))], node)
        value = self.decorate(node, cls, frame) if node.decorator_list else Value((cls,))
        self.bind(node.name, value, frame)
        return True

    def run_import(self, node: ast.Import, frame: Frame) -> bool:
        for alias in node.names:
            loaded = self.import_module(alias.name, 0, node, frame)
            if alias.asname:
                self.bind(alias.asname, loaded, frame)
                continue
            top = alias.name.partition(".")[0]
            if top != alias.name:
                loaded = self.import_module(top, 0, node, frame)
            self.bind(top, loaded, frame)
        return True

    def import_module(self, name: str, level: int, node: ast.AST, frame: Frame) -> Value:
        """The module of that name: the project's own, or something outside."""
        path = self.modules.resolve(name, level, frame.module)
        if path is not None:
            loaded = self.load_module(path, frame.module, node)
            if loaded is not None:
                return loaded
        return UNKNOWN if level else Value((External(name),))

    def run_import_from(self, node: ast.ImportFrom, frame: Frame) -> bool:
        if node.module == "__future__":
            return True
        source = self.import_module(node.module or "", node.level, node, frame)
        for alias in node.names:
            if alias.name == "*":
                for atom in source.atoms:
                    if isinstance(atom, Package):
                        for name, value in list(atom.module.frame.values.items()):
                            if not name.startswith("_"):
                                frame.values.setdefault(name, value)
                continue
            value = self.attribute(source, alias.name, node)
            if value is UNKNOWN and (node.level or isinstance(source.atoms[:1] and source.atoms[0], Package)):
                name = f"{node.module}.{alias.name}" if node.module else alias.name
                value = self.import_module(name, node.level, node, frame)
            self.bind(alias.asname or alias.name, value, frame)
        return True

    def run_global(self, node: ast.Global, frame: Frame) -> bool:
        frame.globals.update(node.names)
        return True

    def run_nonlocal(self, node: ast.Nonlocal, frame: Frame) -> bool:
        frame.nonlocals.update(node.names)
        return True
