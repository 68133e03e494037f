"""The state of the interpreter: where it stands, what lasts, and what guards what.

There are two phases. At *import* a module's top level is executed once; what it binds outlives every
invocation. An invocation is *warm*: what it stores in such a lasting place is there for the next one.
A `Guard` is a condition that reads lasting places; if what stands under it stores into one of them, it
is executed once per execution environment and not once per invocation.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lambdalint.python.flow import KEPT, ON_ERROR, REST, Activation, Edge, Guard, Record
from lambdalint.python.modules import Module, Modules
from lambdalint.python.notes import Asked, Caught, Cleaned, Defeat, Drop, Left, Skipped, Taken
from lambdalint.python.objects import Cached, Class, Collection, Frame, Function, Instance
from lambdalint.python.values import EVENT, UNKNOWN, Atom, Const, External, Place, Value, join

MAX_DEPTH = 60
"""Calls nested deeper than this are not followed."""
MAX_STATEMENTS = 60_000
"""Statements executed for one handler before the analysis stops where it is."""


class Exhausted(Exception):
    """A handler leads to more code than is worth following."""


OF_ONE_REQUEST = frozenset({"flask.g", "quart.g"})
"""Objects of libraries that are global by name only."""


class Machine:
    """State and elementary steps; `Interpreter` adds the statements and expressions of the language."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.begin(warm=False)

    def begin(self, *, warm: bool) -> None:
        """Forget all that was executed, but not what was imported."""
        self.warm = warm
        self.activation = Activation(0)
        self.guards: list[Guard] = []
        self.pending: list[Guard] = []
        self.reads: list[Place] | None = None
        self.overlay: dict[Place, Value] = {}
        self.flags = 0
        self.loops: tuple[ast.AST, ...] = ()
        """The loops around, in the function being executed."""
        self.memo: dict[object, Activation] = {}
        self.contexts: dict[tuple[ast.AST, Frame | None], list[Activation]] = {}
        self.depth = 0
        self.cut_short = False
        """Something was not executed for want of room."""
        self.executed = 0
        self.defeats: list[Defeat] = []
        self.called_back: set[int] = set()
        self.tables: dict[object, Collection] = {}
        """`globals()` by the path of the module, `__dict__` by object."""
        self.statement: ast.stmt | None = None
        """The one being executed."""
        self.taken: list[Taken] = []
        """Parts taken of the event."""
        self.skipped: list[Skipped] = []
        """Conditions that pass over records of the event."""
        self.heads: set[ast.stmt] = set()
        """Conditions at the heads of loops over records."""
        self.left: list[Left] = []
        """What of the event is left behind."""
        self.cleared: set[Place] = set()
        """Lasting containers that lose elements, or are replaced."""
        self.caught: list[Caught] = []
        """The `except` clauses on the way."""
        self.cleaned: list[Cleaned] = []
        """The `finally` clauses."""
        self.switch: ast.expr | None = None
        """The last `and` of which a part turns things on and off."""
        self.dropped: list[Drop] = []
        """Coroutines that nothing awaits."""
        self.unsure = 0
        """How many conditions that may or may not hold stand around."""
        self.expecting = 0
        """How many `try` statements around catch what is missing."""
        if not warm:
            self.asked: list[Asked] = []
            """Environment variables looked up, at import and since."""
        self.emptied: set[Place] = set()
        """Lasting places that each invocation sets to None."""

    # -- what is implemented by the parts of Interpreter ---------------------------------------------

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        raise NotImplementedError

    def execute(self, statements: Sequence[ast.stmt], frame: Frame, keep: bool = False) -> bool:
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        raise NotImplementedError

    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        raise NotImplementedError

    def implicit(self, atom: Instance, method: str, args: list[Value], node: ast.AST) -> Value | None:
        raise NotImplementedError

    def item(self, value: Value, index: Value) -> Value:
        raise NotImplementedError

    def empty_logger(self, handlers: Value, node: ast.AST, frame: Frame) -> None:
        raise NotImplementedError

    def call(self, target: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        raise NotImplementedError

    def call_atom(self, atom: Atom, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        raise NotImplementedError

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, frame: Frame) -> Function:
        raise NotImplementedError

    def decorate(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, atom: Atom, frame: Frame) -> Value:
        raise NotImplementedError

    def load_module(self, path: str, importer: Module, node: ast.AST) -> Value | None:
        raise NotImplementedError

    # -- lasting places ------------------------------------------------------------------------------

    def load(self, place: Place, base: Value | None) -> Value | None:
        """What a lasting place holds now, known to come from there."""
        value = self.overlay.get(place, base)
        if self.reads is not None:
            self.reads.append(place)
            for atom in value.atoms if value is not None else ():
                if isinstance(atom, Collection) and atom.lasting:
                    self.reads.append(("element", atom))  # `if not pool:` looks at what is in it
        if value is None or value.place is place:
            return value
        return Value(value.atoms, value.taint, place, value.more)

    def store(
        self, place: Place, value: Value, base: Value | None, key: Value | None = None, appended: bool = False
    ) -> None:
        """Put a value into a lasting place, and fill the guards that looked there."""
        self.escape(value)
        from_event = key is not None and bool(key.taint & EVENT)
        of_event = from_event or bool(value.taint & EVENT)
        if (of_event or appended) and self.statement is not None:
            # What is not of the event is told where each invocation comes by: under no condition on what lasts.
            seldom = not of_event and (bool(self.guards) or bool(self.flags & (KEPT | ON_ERROR)))
            guarded = seldom or any(place in guard.places for guard in self.guards)
            grows = key is not None and (from_event or not key.atoms)
            self.left.append(Left(place, self.statement, of_event, from_event, grows, guarded, self.activation))
        if not self.unsure and not self.flags & ON_ERROR and _is_nothing(value):
            self.emptied.add(place)
        old = self.overlay.get(place, base)
        for atom in old.atoms if old is not None and key is None else ():
            if isinstance(atom, Collection):
                self.cleared.add(("element", atom))
        self.overlay[place] = value if old is None else join(Value(value.atoms, value.taint, None, value.more), old)
        if self.fill(place):
            self.keep(value)
        self.activation.stores.add(place)

    def keep(self, value: Value) -> None:
        """What a value may be outlives the invocation."""
        for atom in value.atoms:
            if isinstance(atom, (Instance, Collection)):
                atom.lasting = True

    def fill(self, place: Place) -> bool:
        """Mark each guard on the way here that looked at `place`; true if there was one."""
        found = False
        if place in self.emptied:
            return False  # it is empty each time, whatever fills it later
        for guards in (self.guards, self.pending):
            for guard in guards:
                if place in guard.places:
                    guard.filled = found = True
        return found

    def attribute_place(self, atom: Atom, name: str) -> Place | None:
        """The lasting place that attribute `name` of `atom` is, if it lasts."""
        if not self.warm:
            return None
        if isinstance(atom, Instance):
            return ("attribute", atom, name) if atom.lasting else None
        if isinstance(atom, Class):
            return ("attribute", atom, name) if not atom.warm else None
        if isinstance(atom, Function):
            return ("attribute", atom.node, name)
        if isinstance(atom, Cached):
            return self.attribute_place(atom.function, name)
        if isinstance(atom, External) and atom.name not in OF_ONE_REQUEST:
            if atom.record is None or not atom.record.warm or atom.lasting:
                return ("attribute", atom.record or atom.name, name)
        return None

    def element_place(self, atom: Atom, key: Value = UNKNOWN) -> Place | None:
        """The lasting place that the elements of `atom` are, if they last. Each environment variable is its own."""
        if not self.warm:
            return None
        if isinstance(atom, Collection):
            return ("element", atom) if atom.lasting else None
        if isinstance(atom, External) and atom.name == "os.environ":
            only = key.atoms[0] if len(key.atoms) == 1 else None
            return ("element", atom.name, only.value if isinstance(only, Const) else None)
        if isinstance(atom, External) and atom.record is not None:
            return ("element", atom.record) if not atom.record.warm or atom.lasting else None
        return None

    # -- variables -----------------------------------------------------------------------------------

    def lookup(self, name: str, frame: Frame) -> Value | None:
        """The value of a variable; None where no scope has it."""
        scope: Frame | None = frame
        if name in frame.globals:
            scope = frame.module.frame
        while scope is not None:
            value = scope.values.get(name)
            if scope is not frame and scope.cls is not None:
                value = None  # a class body's names are not seen from the functions in it
            lasting = self.warm and not scope.warm
            if value is not None:
                if lasting:
                    return self.load(("variable", scope, name), value)
                if self.reads is not None and value.place is not None:
                    self.reads.append(value.place)
                return value
            if lasting and scope.cls is None:
                place = ("variable", scope, name)
                if place in self.overlay or (scope is frame.module.frame and name in frame.module.globals_declared):
                    return self.load(place, UNKNOWN)
            scope = scope.parent
        return None

    def bind(self, name: str, value: Value, frame: Frame) -> None:
        """Assign to a variable."""
        target = frame
        if name in frame.globals:
            target = frame.module.frame
        elif name in frame.nonlocals:
            scope = frame.parent
            while scope is not None and name not in scope.values:
                scope = scope.parent
            target = scope or frame
        if target is not frame and self.warm and not target.warm:
            self.store(("variable", target, name), value, target.values.get(name))
        else:
            target.values[name] = value

    # -- the environment -----------------------------------------------------------------------------

    def ask(self, key: Value, node: ast.AST, frame: Frame, needed: bool) -> None:
        """An environment variable is looked up."""
        certain = not self.unsure and not self.flags & ON_ERROR and len(key.atoms) == 1 and not key.more
        names = [atom.value for atom in key.atoms if isinstance(atom, Const) and isinstance(atom.value, str)]
        if key.more or len(names) < len(key.atoms):
            names.append("")
        needed = needed and not self.expecting
        for name in names:
            self.asked.append(Asked(name, needed, certain, self.warm, node, frame.module, self.activation))

    # -- records -------------------------------------------------------------------------------------

    def here(self) -> tuple[Guard, ...]:
        """The guards of the current function under which execution stands."""
        return tuple(self.guards[self.activation.base :])

    def note(self, record: Record) -> None:
        """An outside call is made here."""
        record.guards = self.here()
        record.flags, record.loops = self.flags, self.loops
        self.activation.records.append(record)

    def escape(self, value: Value, depth: int = 3) -> None:
        """A value goes where it is not followed."""
        for atom in value.atoms:
            if isinstance(atom, External):
                if atom.record is not None:
                    if atom.is_result():
                        atom.record.escapes = True
                    holder = atom.holder()
                    if holder is not None:
                        holder.takes |= REST
            elif isinstance(atom, Collection) and depth:
                self.escape(atom.element(), depth - 1)

    def link(self, node: ast.AST, frame: Frame, name: str, target: Activation, flags: int = 0) -> None:
        """A project function is called here."""
        self.activation.edges.append(Edge(node, frame, name, self.here(), self.flags | flags, self.loops, target))


def _is_nothing(value: Value) -> bool:
    return not value.more and all(isinstance(atom, Const) and atom.value is None for atom in value.atoms)
