"""What is left of an equals sign."""

from __future__ import annotations

import ast

from lambdalint.python.objects import Class, Collection, Descriptor, Frame, Instance, Package
from lambdalint.python.statements import Statements
from lambdalint.python.values import CREDENTIALS, EVENT, Atom, Const, External, Value, join, unknown

LOGGER_HANDLERS = ("logging.getLogger().handlers", "logging.root.handlers")


class Targets(Statements):
    """Assigning to names, attributes, items and patterns of them."""

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, value, frame)
        elif isinstance(target, ast.Attribute):
            owner = self.evaluate(target.value, frame)
            for atom in owner.atoms:
                self.set_attribute(atom, target.attr, value, target)
            if target.attr == "handlers":
                self.empty_logger(self.attribute(owner, "handlers", target), target, frame)
        elif isinstance(target, ast.Subscript):
            owner = self.evaluate(target.value, frame)
            key = self.evaluate(target.slice, frame)
            for atom in owner.atoms:
                if isinstance(atom, External) and atom.name == "os.environ":
                    self.call(Value((External("os.environ.__setitem__"),)), [key, value], {}, target, frame)
                self.set_item(atom, key, value)
            self.empty_logger(owner, target, frame)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for position, part in enumerate(target.elts):
                self.assign(part, self.item(value, Value((Const(position),))), frame)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, unknown(value.taint), frame)

    def empty_logger(self, handlers: Value, node: ast.AST, frame: Frame) -> None:
        """The handlers of a logger are replaced or deleted, which does what `clear()` does."""
        for atom in handlers.atoms:
            if isinstance(atom, External) and atom.name in LOGGER_HANDLERS:
                self.call_atom(External(f"{atom.name}.clear", atom.record), [], {}, node, frame)

    def set_attribute(self, atom: Atom, name: str, value: Value, node: ast.AST) -> None:
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
        if isinstance(atom, Instance) and self.set_by_class(atom, name, value, node):
            return
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

    def set_by_class(self, owner: Instance, name: str, value: Value, node: ast.AST) -> bool:
        """Give a value to the setter of a property, or to `__set__`, if the class has one for this attribute."""
        for cls in owner.cls.lineage():
            if isinstance(cls, Class) and name in cls.attributes:
                held = cls.attributes[name].atoms[:1]
                if held and isinstance(held[0], Descriptor) and held[0].setter is not None:
                    frame = Frame(cls.module, None, "", self.warm)
                    self.call_atom(held[0].setter, [Value((owner,)), value], {}, node, frame)
                    return True
                if held and isinstance(held[0], Instance):
                    return self.implicit(held[0], "__set__", [Value((owner,)), value], node) is not None
                return False
        return False

    def set_item(self, atom: Atom, key: Value, value: Value, appended: bool = False) -> None:
        """`atom[key] = value`; `appended` behind all that a list holds."""
        place = self.element_place(atom, key)
        if place is not None:
            base = atom.element() if isinstance(atom, Collection) else None
            if isinstance(atom, External) and atom.name == "os.environ":
                base = Value((External("os.environ[]"),))  # what is read later may be another variable
            self.store(place, value, base, key, appended)
            if isinstance(atom, Collection) and atom.owner is not None and key.atoms:
                self.store(("attribute", atom.owner, getattr(key.atoms[0], "value", "")), value, None)
        if isinstance(atom, Collection) and (atom.warm or not self.warm):
            only = key.atoms[0] if len(key.atoms) == 1 else None
            if isinstance(only, Const) and isinstance(only.value, (str, int)):
                atom.keys[only.value] = value
            else:
                atom.items = value if atom.items is None else join(atom.items, value)
