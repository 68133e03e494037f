"""What is left of an equals sign."""

from __future__ import annotations

import ast

from lambdalint.python.statements import Statements
from lambdalint.python.values import (
    CREDENTIALS,
    EVENT,
    Atom,
    Class,
    Collection,
    Const,
    External,
    Frame,
    Instance,
    Package,
    Value,
    join,
    unknown,
)


class Targets(Statements):
    """Assigning to names, attributes, items and patterns of them."""

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value, frame)
        elif isinstance(target, ast.Attribute):
            owner = self.evaluate(target.value, frame)
            for atom in owner.atoms:
                self.set_attribute(atom, target.attr, value)
        elif isinstance(target, ast.Subscript):
            owner = self.evaluate(target.value, frame)
            key = self.evaluate(target.slice, frame)
            for atom in owner.atoms:
                if isinstance(atom, External) and atom.name == "os.environ":
                    self.call(Value((External("os.environ.__setitem__"),)), [key, value], {}, target, frame)
                self.set_item(atom, key, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for position, part in enumerate(target.elts):
                self.assign(part, self.item(value, Value((Const(position),))), frame)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, unknown(value.taint), frame)

    def set_attribute(self, atom: Atom, name: str, value: Value) -> None:
        """`atom.name = value`."""
        if isinstance(atom, Package):
            frame = atom.module.frame
            if self.warm:
                self.store(("variable", frame, name), value, frame.values.get(name))
            else:
                frame.values[name] = value
            return
        if isinstance(atom, External) and atom.record is not None and atom.record.warm:
            atom.record.taint |= value.taint & (CREDENTIALS | EVENT)
        place = self.attribute_place(atom, name)
        held = atom.attributes if isinstance(atom, (Instance, Class)) else {}
        if place is not None:
            self.store(place, value, held.get(name))
        if isinstance(atom, Instance) and (atom.warm or not self.warm):
            old = atom.attributes.get(name)
            sure = not self.guards and not self.unsure
            atom.attributes[name] = value if old is None or sure else join(value, old)
        elif isinstance(atom, Class) and (atom.warm or not self.warm):
            atom.attributes[name] = value

    def set_item(self, atom: Atom, key: Value, value: Value) -> None:
        """`atom[key] = value`."""
        place = self.element_place(atom, key)
        if place is not None:
            self.store(place, value, atom.element() if isinstance(atom, Collection) else None, key)
        if isinstance(atom, Collection) and (atom.warm or not self.warm):
            only = key.atoms[0] if len(key.atoms) == 1 else None
            if isinstance(only, Const) and isinstance(only.value, (str, int)):
                atom.keys[only.value] = value
            else:
                atom.items = value if atom.items is None else join(atom.items, value)
