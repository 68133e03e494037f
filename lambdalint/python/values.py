"""What the interpreter computes with: abstract values, and the atoms they may be.

A `Value` is a small set of atoms ("it may be this function, or None") with what is known of where it
came from. Atoms compare by identity, except constants and external names.
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
TAINTED = tuple(Value((), taint) for taint in range(8))


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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, External) and self.name == other.name and self.record is other.record

    def __hash__(self) -> int:
        return hash(self.name)


class Function(Atom):
    """A function, method or lambda of the project, with the scope it was defined in."""

    __slots__ = ("cls", "defaults", "frame", "kw_defaults", "module", "name", "node")

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        module: Module,
        frame: Frame | None,
        name: str,
        defaults: list[Value],
        kw_defaults: dict[str, Value],
        cls: Class | None = None,
    ) -> None:
        self.node = node
        self.module = module
        self.frame = frame
        """The enclosing function's, whose variables it may read."""
        self.name = name
        self.defaults = defaults
        self.kw_defaults = kw_defaults
        self.cls = cls


class Cached(Atom):
    """A function whose results are kept for as long as the environment lives."""

    __slots__ = ("function", "key")

    def __init__(self, function: Atom, key: str = "arguments") -> None:
        self.function = function
        self.key = key
        """What it keeps results by: `arguments`, `own` (what a function of the project makes of them), or `object`
        (each object has a cache of its own)."""


class Descriptor(Atom):
    """What a decorator made of a method: `property`, `cached_property`, `classmethod`, `staticmethod`."""

    __slots__ = ("function", "kind")

    def __init__(self, kind: str, function: Atom) -> None:
        self.kind = kind
        self.function = function


class Bound(Atom):
    """A function with its first argument."""

    __slots__ = ("function", "owner")

    def __init__(self, function: Atom, owner: Atom) -> None:
        self.function = function
        self.owner = owner

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bound) and self.function is other.function and self.owner is other.owner

    def __hash__(self) -> int:
        return id(self.function) ^ id(self.owner)


class Partial(Atom):
    """A callable with some arguments already given."""

    __slots__ = ("args", "kwargs", "target")

    def __init__(self, target: Value, args: list[Value], kwargs: dict[str, Value]) -> None:
        self.target = target
        self.args = args
        self.kwargs = kwargs


class Class(Atom):
    """A class of the project."""

    __slots__ = (
        "attributes",
        "bases",
        "fields",
        "is_dataclass",
        "metaclass",
        "module",
        "name",
        "node",
        "order",
        "warm",
    )

    def __init__(self, node: ast.ClassDef, module: Module, name: str, bases: list[Atom], warm: bool) -> None:
        self.node = node
        self.module = module
        self.name = name
        self.bases = bases
        self.order: list[Atom] | None = None
        """The lineage, once it was asked for."""
        self.attributes: dict[str, Value] = {}
        self.fields: list[str] = []
        """Annotated names of the body, in order: what a dataclass takes."""
        self.is_dataclass = False
        self.metaclass: Atom | None = None
        self.warm = warm

    def lineage(self) -> list[Atom]:
        """The class and its bases in the order in which Python looks; external bases among them."""
        if self.order is None:
            self.order = [self]  # a class among its own bases ends here
            rest = [base.lineage() if isinstance(base, Class) else [base] for base in self.bases]
            self.order = [self, *_merge([*map(list, rest), list(self.bases)])]
        return self.order


def _merge(lines: list[list[Atom]]) -> list[Atom]:
    """C3: each before its bases, and in the order in which they are named; what has no such order comes as it comes."""
    found: list[Atom] = []
    while lines := [line for line in lines if line]:
        heads = (line[0] for line in lines if not any(line[0] in other[1:] for other in lines))
        head = next(heads, lines[0][0])
        found.append(head)
        lines = [[atom for atom in line if atom != head] for line in lines]
    return found


class Instance(Atom):
    """An object of a project class."""

    __slots__ = ("attributes", "cls", "lasting", "warm")

    def __init__(self, cls: Class, warm: bool) -> None:
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.warm = warm
        self.lasting = not warm
        """Outlives the invocation: made at import, or made once and kept."""


class Collection(Atom):
    """A list, tuple, set, dict or generator: what it holds, by constant key where known."""

    __slots__ = ("items", "keys", "kind", "lasting", "place", "warm")

    def __init__(
        self,
        kind: str,
        items: Value | None,
        keys: dict[Any, Value] | None,
        warm: bool,
        place: tuple[Module, ast.AST] | None = None,
    ) -> None:
        self.kind = kind
        """`list`, `tuple`, `set`, `dict` or `generator`; `sequence` where it is not known which."""
        self.place = place
        """Where it is made."""
        self.items = items
        """What any of its elements may be; None while it is empty."""
        self.keys = keys or {}
        self.warm = warm
        self.lasting = not warm

    def element(self) -> Value:
        """What an element may be."""
        value = self.items
        for item in self.keys.values():
            value = item if value is None else join(value, item)
        return value if value is not None else UNKNOWN


class Package(Atom):
    """A module of the project."""

    __slots__ = ("module",)

    def __init__(self, module: Module) -> None:
        self.module = module

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Package) and self.module is other.module

    def __hash__(self) -> int:
        return id(self.module)


class Super(Atom):
    """What `super()` gives: lookups begin after `cls` in the lineage of `owner`."""

    __slots__ = ("cls", "owner")

    def __init__(self, cls: Class, owner: Atom) -> None:
        self.cls = cls
        self.owner = owner


class Frame:
    """The variables of one execution of a function, class body or module."""

    __slots__ = (
        "cls",
        "derived",
        "function",
        "globals",
        "module",
        "nonlocals",
        "parent",
        "returns",
        "scope",
        "stops",
        "values",
        "warm",
        "yields",
    )

    def __init__(self, module: Module, parent: Frame | None, scope: str, warm: bool) -> None:
        self.module = module
        self.parent = parent
        self.scope = scope
        self.warm = warm
        self.values: dict[str, Value] = {}
        self.stops: list[dict[str, Value]] = []
        """The variables at each `break` and `continue` of the loop being executed."""
        self.derived: dict[str, tuple[Place, ...]] = {}
        """Variables computed from lasting places: who tests them, tests those (`stale = now > expires`)."""
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.returns: Value | None = None
        self.yields: Value | None = None
        self.function: Function | None = None
        self.cls: Class | None = None
        """Set in a class body only."""


Key = tuple[tuple[Atom, ...], int, "Place | None", bool]


def argument_key(value: Value) -> Key:
    """Two arguments with one key make a function do the same."""
    return value.atoms, value.taint, value.place, value.more
