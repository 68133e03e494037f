"""Making objects of the project's classes."""

from __future__ import annotations

import ast

from lambdalint.python.attributes import Attributes
from lambdalint.python.objects import Bound, Class, Collection, Frame, Instance
from lambdalint.python.outside import Outside
from lambdalint.python.values import SETTING, External, Value, unknown

RUNS_ITSELF = ("multiprocessing.", "threading.")
"""How the names begin of classes whose `start` executes `run`."""

COPYING = ("aws_lambda_powertools.utilities.parser.", "pydantic.", "pydantic_settings.", "sqlmodel.")
"""How the names of classes begin whose objects get copies of what stands in the class."""


class Construction(Attributes, Outside):
    """`cls(...)`: metaclass, `__new__`, `__init__`, the fields of dataclasses."""

    def construct(self, cls: Class, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        """`cls(...)`: metaclass, `__new__`, `__init__`."""
        if isinstance(cls.metaclass, Class):
            method = cls.metaclass.attributes.get("__call__")
            if method is not None and method.atoms and not self.constructing(cls):
                self.under.append(cls)
                try:
                    return self.call_atom(method.atoms[0], [Value((cls,)), *args], kwargs, node, frame)
                finally:
                    self.under.pop()
        maker = self.inherited(cls.lineage(), cls, "__new__", node)
        if maker is not None and maker.atoms and isinstance(maker.atoms[0], Bound):
            made = self.call_atom(maker.atoms[0], args, kwargs, node, frame)
            if made.atoms and isinstance(made.atoms[0], Instance):
                for atom in made.atoms:
                    if isinstance(atom, Instance):
                        self.initialise(atom, args, kwargs, node, frame)
                return made
        instance = Instance(cls, self.warm)
        self.initialise(instance, args, kwargs, node, frame)
        return Value((instance,))

    def constructing(self, cls: Class) -> bool:
        return cls in self.under

    def initialise(
        self, instance: Instance, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
    ) -> None:
        cls = instance.cls
        method = self.inherited(cls.lineage(), instance, "__init__", node)
        if method is not None and method.atoms and isinstance(method.atoms[0], Bound):
            self.call_atom(method.atoms[0], [*args], kwargs, node, frame)
            return
        for base in cls.lineage():
            if isinstance(base, External) and "." in base.name and not base.name.startswith(("abc.", "typing.")):
                self.adopt(instance, self.call_outside(External(base.name), args, kwargs, node, frame), node)
                if base.name.endswith("BaseSettings"):
                    kwargs = dict.fromkeys(self.fields_of(cls), unknown(SETTING)) | kwargs
        fields = self.fields_of(cls)
        for name, value in zip(fields, args, strict=False):
            instance.attributes[name] = value
        for name, value in kwargs.items():
            if name in fields:
                instance.attributes[name] = value
        spread = kwargs.get("**")
        for name in fields:
            if name not in instance.attributes and spread is not None:
                instance.attributes[name] = unknown(spread.taint)
            if name not in instance.attributes:
                made = self.default_of(cls, name, node, frame)
                if made is not None:
                    instance.attributes[name] = made
        after = self.inherited(cls.lineage(), instance, "__post_init__", node)
        if after is not None and after.atoms and isinstance(after.atoms[0], Bound):
            self.call_atom(after.atoms[0], [], {}, node, frame)

    def adopt(self, instance: Instance, made: Value, node: ast.AST) -> None:
        """What a library's class made is from now on a part of `instance`. A thread will execute its `run`."""
        atom = made.atoms[0] if made.atoms else None
        if isinstance(atom, External) and atom.record is not None:
            instance.record = atom.record
            if atom.name.startswith(RUNS_ITSELF) and instance.has("run"):
                atom.record.callbacks.append(self.attribute(Value((instance,)), "run", node))

    def fields_of(self, cls: Class) -> list[str]:
        """The annotated names of a class and its bases, in their order."""
        return [name for base in reversed(cls.lineage()) if isinstance(base, Class) for name in base.fields]

    def default_of(self, cls: Class, name: str, node: ast.AST, frame: Frame) -> Value | None:
        """What is put into a field that is not given: a `default_factory` is called, pydantic copies the default."""
        copies = any(isinstance(base, External) and base.name.startswith(COPYING) for base in cls.lineage())
        for base in cls.lineage():
            if not isinstance(base, Class) or name not in base.attributes:
                continue
            for atom in base.attributes[name].atoms:
                if isinstance(atom, External) and atom.record is not None:
                    factory = atom.record.kwargs.get("default_factory")
                    if factory is not None:
                        return self.call(factory, [], {}, node, frame)
            return copied(base.attributes[name], self.warm) if copies else None
        return None


def copied(value: Value, warm: bool, depth: int = 3) -> Value:
    """What `copy.deepcopy` gives."""
    atoms = []
    for atom in value.atoms:
        if depth and isinstance(atom, Collection):
            items = None if atom.items is None else copied(atom.items, warm, depth - 1)
            keys = {key: copied(part, warm, depth - 1) for key, part in atom.keys.items()}
            atom = Collection(atom.kind, items, keys, warm, atom.place)
        elif depth and isinstance(atom, Instance):
            made = Instance(atom.cls, warm)
            made.attributes.update((name, copied(part, warm, depth - 1)) for name, part in atom.attributes.items())
            atom = made
        atoms.append(atom)
    return Value(tuple(atoms), value.taint, None, value.more)
