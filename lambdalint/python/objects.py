"""What the project's own code makes: functions, classes, objects, collections, and the frames they live in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lambdalint.python.values import UNKNOWN, Atom, Place, Value, join

if TYPE_CHECKING:
    from lambdalint.python.flow import Record
    from lambdalint.python.modules import Module


class Function(Atom):
    """A function, method or lambda of the project, with the scope it was defined in."""

    __slots__ = ("cls", "defaults", "frame", "injected", "kw_defaults", "module", "name", "node")

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
        self.injected: dict[str, Value] = {}
        """By parameter: what a framework calls to have something to give for it (FastAPI's `Depends`)."""


class Cached(Atom):
    """A function whose results are kept for as long as the environment lives."""

    __slots__ = ("function", "key")

    def __init__(self, function: Atom, key: str = "arguments") -> None:
        self.function = function
        self.key = key
        """What it keeps results by: `arguments`, `own` (what the project makes of them, or may), or `object` (each
        object has a cache of its own)."""


class Descriptor(Atom):
    """What a decorator made of a method: `property`, `cached_property`, `classmethod`, `staticmethod`."""

    __slots__ = ("function", "kind", "setter")

    def __init__(self, kind: str, function: Atom, setter: Atom | None = None) -> None:
        self.kind = kind
        self.function = function
        self.setter = setter


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

    __slots__ = ("attributes", "cls", "lasting", "record", "warm")

    def __init__(self, cls: Class, warm: bool) -> None:
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.warm = warm
        self.lasting = not warm
        """Outlives the invocation: made at import, or made once and kept."""
        self.record: Record | None = None
        """The call that made what a class of a library is of it."""

    def has(self, name: str) -> bool:
        """Whether a class of the project gives it this attribute."""
        return any(isinstance(cls, Class) and name in cls.attributes for cls in self.cls.lineage())


class Collection(Atom):
    """A list, tuple, set, dict or generator: what it holds, by constant key where known."""

    __slots__ = ("bounded", "items", "keys", "kind", "lasting", "owner", "place", "warm")

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
        self.owner: Instance | None = None
        """The object whose `__dict__` this is."""
        self.warm = warm
        self.lasting = not warm
        self.bounded = False
        """Drops by itself what is too much."""

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
