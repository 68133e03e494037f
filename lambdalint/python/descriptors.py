"""What methods, properties and other descriptors in a class are when read through an object."""

from __future__ import annotations

import ast

from lambdalint.python.expressions import Expressions
from lambdalint.python.flow import KEPT
from lambdalint.python.objects import Bound, Cached, Class, Descriptor, Frame, Function, Instance
from lambdalint.python.values import NONE, UNKNOWN, Atom, Value


class Descriptors(Expressions):
    """Executes what reading an attribute executes, and sees what stays of it."""

    def describe(self, atom: Atom, owner: Atom, name: str, node: ast.AST) -> Value:
        """What a class attribute is when read through an object."""
        if isinstance(atom, Function):
            return Value((Bound(atom, owner),)) if not isinstance(atom.node, ast.Lambda) else Value((atom,))
        if isinstance(atom, Cached):
            return Value((Bound(atom, owner),))
        if isinstance(atom, Instance) and isinstance(owner, Instance):
            return self.get_from(atom, owner, name, node) or Value((atom,))
        if not isinstance(atom, Descriptor):
            return Value((atom,))
        if atom.kind == "staticmethod":
            return Value((atom.function,))
        if atom.kind == "classmethod":
            return Value((Bound(atom.function, owner.cls if isinstance(owner, Instance) else owner),))
        function = _innermost(atom)
        if function is None:
            return UNKNOWN
        frame = Frame(function.module, None, "", self.warm)
        keeps = atom.kind == "cached_property" and isinstance(owner, Instance) and owner.lasting
        flags, self.flags = self.flags, self.flags | (KEPT if keeps and self.warm else 0)
        result = self.call_atom(atom.function, [Value((owner,))], {}, node, frame)
        self.flags = flags
        if keeps:
            return self.keep_in(result, owner, name)
        return result if result is not NONE else UNKNOWN

    def get_from(self, atom: Instance, owner: Instance, name: str, node: ast.AST) -> Value | None:
        """What `__get__` gives of an object in a class; None where it has none.

        Without `__set__` beside it, what `__get__` puts into the owner's `__dict__` is found there the next time.
        """
        keeps = owner.lasting and not atom.has("__set__") and _fills_owner(atom)
        flags, self.flags = self.flags, self.flags | (KEPT if keeps and self.warm else 0)
        result = self.implicit(atom, "__get__", [Value((owner,)), Value((owner.cls,))], node)
        self.flags = flags
        return self.keep_in(result, owner, name) if keeps and result is not None else result

    def keep_in(self, value: Value, owner: Atom, name: str) -> Value:
        """A value that was computed stays in an attribute of an object that lasts."""
        self.keep(value)
        return Value(value.atoms, value.taint, ("attribute", owner, name), value.more) if self.warm else value


def describes(atom: Atom) -> bool:
    """Whether an attribute of a class is something else when read through an object."""
    return isinstance(atom, (Function, Cached, Descriptor)) or (isinstance(atom, Instance) and atom.has("__get__"))


def _fills_owner(atom: Instance) -> bool:
    """Whether the `__get__` of an object's class names `__dict__` or `setattr`."""
    for cls in atom.cls.lineage():
        method = cls.attributes.get("__get__") if isinstance(cls, Class) else None
        if method is not None and method.atoms and isinstance(method.atoms[0], Function):
            parts = list(ast.walk(method.atoms[0].node))
            return any(getattr(part, "attr", getattr(part, "id", "")) in ("__dict__", "setattr") for part in parts)
    return False


def _innermost(atom: Atom) -> Function | None:
    """The function below all that decorators put around it."""
    while isinstance(atom, (Cached, Bound, Descriptor)):
        atom = atom.function
    return atom if isinstance(atom, Function) else None
