"""What the interpreter computes with: abstract values, and the plain atoms they may be.

A `Value` is a small set of atoms ("it may be this function, or None") with what is known of where it
came from. Atoms compare by identity, except constants and external names. What the project's own code
makes stands in `objects.py`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lambdalint.python.flow import Record
    from lambdalint.python.modules import Module

EVENT = 1
"""Taint: depends on what this invocation was handed."""
CREDENTIALS = 2
"""Taint: depends on credentials fetched in this invocation."""
RESULT = 4
"""Taint: depends on what an outside call returned in this invocation."""
SETTING = 8
"""Taint: depends on how the function is set up, such as its environment variables."""

MAX_ATOMS = 8
"""More alternatives than this are no longer followed apart: the value is open."""

Place = tuple[Any, ...]
"""Names a slot that outlives the invocation: a global, an attribute of a lasting object, ..."""


class Atom:
    """One thing a value may be."""

    __slots__ = ()


class Value:
    """The things a value may be, and where it came from."""

    __slots__ = ("atoms", "more", "place", "taint")

    def __init__(
        self, atoms: tuple[Atom, ...] = (), taint: int = 0, place: Place | None = None, more: bool = False
    ) -> None:
        self.atoms = atoms
        self.taint = taint
        self.place = place
        """The lasting slot it was loaded from, if any."""
        self.more = more or not atoms
        """May also be something that is not known."""


UNKNOWN = Value()
TAINTED = tuple(Value((), taint) for taint in range(16))


def unknown(taint: int) -> Value:
    """A value of which only the taint is known."""
    return TAINTED[taint]


def join(left: Value, right: Value) -> Value:
    """Either of the two."""
    if left is right:
        return left
    atoms = left.atoms
    for atom in right.atoms:
        if atom not in atoms:
            atoms = (*atoms, atom)
    more = left.more or right.more
    if len(atoms) > MAX_ATOMS:
        atoms, more = atoms[:MAX_ATOMS], True
    return Value(atoms, left.taint | right.taint, left.place or right.place, more)


class Const(Atom):
    """A literal."""

    __slots__ = ("place", "value")

    def __init__(self, value: Any, place: tuple[Module, ast.expr] | None = None) -> None:
        self.value = value
        self.place = place
        """Where it is written; no part of what it is."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


NONE = Value((Const(None),))
TRUE = Value((Const(True),))
FALSE = Value((Const(False),))


class Piece(Atom):
    """The event that an invocation is handed, or a part of it."""

    __slots__ = ("path",)

    def __init__(self, path: tuple[str | int, ...]) -> None:
        self.path = path
        """Keys and positions; `"*"` is any element, `".name"` an attribute."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Piece) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)


class Text(Atom):
    """A text put together in one place: an f-string, a sum, `%`, `.format()`."""

    __slots__ = ("node", "parts")

    def __init__(self, node: ast.AST, parts: tuple[Value, ...]) -> None:
        self.node = node
        self.parts = parts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self.node is other.node

    def __hash__(self) -> int:
        return id(self.node)


def is_text(value: Value) -> bool:
    """Whether a value may be a text that is known in part."""
    return any(isinstance(atom, Text) or (isinstance(atom, Const) and type(atom.value) is str) for atom in value.atoms)


class External(Atom):
    """Something outside the project, by its dotted name, or an object that a call of it gave."""

    __slots__ = ("lasting", "name", "record")

    def __init__(self, name: str, record: Record | None = None, lasting: bool = False) -> None:
        self.name = name
        self.record = record
        """The call that made the object this is, or this is a member of."""
        self.lasting = lasting
        """It is reached through something that outlives the invocation."""

    def is_result(self) -> bool:
        """Whether this is what the call gave, and not a member of it."""
        return self.record is not None and len(self.name) == len(self.record.name) + 2

    def holder(self) -> Record | None:
        """The call whose result this is a member of: `result["Items"]`, `result.get("Items")`."""
        record = self.record
        if record is None:
            return None
        if self.name.endswith("()[]") and len(self.name) == len(record.name) + 4:
            return record
        return record.receiver if self.is_result() and record.name.endswith("().get") else None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, External) and self.name == other.name and self.record is other.record

    def __hash__(self) -> int:
        return hash(self.name)


Key = tuple[tuple[Atom, ...], int, "Place | None", bool]


def argument_key(value: Value) -> Key:
    """Two arguments with one key make a function do the same."""
    return value.atoms, value.taint, value.place, value.more
