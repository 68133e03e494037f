"""What calls of the standard library and of other libraries do, as far as it matters here."""

from __future__ import annotations

import ast

from lambdalint.python.expressions import Expressions
from lambdalint.python.flow import Record
from lambdalint.python.values import (
    CREDENTIALS,
    EVENT,
    NONE,
    RESULT,
    UNKNOWN,
    Atom,
    Bound,
    Cached,
    Class,
    Collection,
    Const,
    Descriptor,
    External,
    Frame,
    Function,
    Instance,
    Partial,
    Value,
    join,
    unknown,
)

CACHES = frozenset(
    """
    cache lru_cache cached ttl_cache lfu_cache fifo_cache rr_cache alru_cache memoize memoized memoize_with_ttl
    timed_cache cachedmethod singleton async_cache
    """.split()
)
"""Last names of decorators that keep what a function returned."""

CREDENTIAL_CALLS = (
    "assume_role", "assume_role_with_web_identity", "assume_role_with_saml", "get_session_token",
    "get_federation_token", "get_credentials_for_identity", "get_role_credentials",
)  # fmt: skip

_SAME_DATA = (
    "builtins.", "json.", "re.", "base64.", "urllib.parse.", "os.path.", "pathlib.", "collection.", "copy.", "string.",
    "os.environ", "os.getenv", "os.fspath", "collections.", "itertools.", "operator.", "decimal.", "datetime.",
    "typing.", "dataclasses.", "logging.", "ast.literal_eval", "simplejson.", "lambda.",
)  # fmt: skip
"""Calls whose result depends on nothing but what they are given."""

_NEVER_CALLS_BACK = (
    "logging.", "builtins.isinstance", "builtins.issubclass", "builtins.print", "builtins.hasattr", "builtins.str",
    "builtins.repr", "builtins.id", "builtins.type", "builtins.len", "builtins.callable", "builtins.vars", "signal.",
    "atexit.", "inspect.", "functools.wraps", "functools.update_wrapper", "unittest.", "typing.", "builtins.dir",
    "snapshot_restore_py.", "json.loads", "pytest.", "weakref.", "copy.", "pickle.", "warnings.", "types.",
)  # fmt: skip
"""Calls that take a callable and do not call it, or not in an invocation."""

_WATCHERS = ("capture", "inject", "log", "trace", "tracing", "instrument", "metric", "time", "retry", "idempotent",
             "validat", "deprecat", "wrap", "patch", "mock", "span", "monitor", "profile", "middleware")  # fmt: skip
"""Beginnings of decorator names that watch a function rather than register it."""

_TRANSPARENT = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.reversed",
                          "builtins.iter", "builtins.enumerate", "builtins.frozenset", "builtins.next",
                          "copy.copy", "copy.deepcopy", "typing.cast", "asyncio.run", "builtins.max", "builtins.min",
                          "asyncio.get_event_loop().run_until_complete", "asyncio.new_event_loop().run_until_complete",
                          "asyncio.create_task", "asyncio.wait_for", "asyncio.shield", "builtins.await"})  # fmt: skip


class Outside(Expressions):
    """Calls that leave the project."""

    under: list[Class]
    """Classes whose metaclass is at work, so that it is not entered again."""

    def call_outside(
        self, atom: External, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
    ) -> Value:
        name = atom.name
        special = _SPECIAL.get(name)
        if special is not None:
            result = special(self, args, kwargs, node, frame)
            if result is not None:
                return result
        taint = 0
        for value in args:
            taint |= value.taint
        for value in kwargs.values():
            taint |= value.taint
        if atom.record is not None and self.reads is not None:
            place = self.element_place(atom)
            if place is not None:
                self.reads.append(place)
        record = Record(name, node, frame, self.warm)
        record.args, record.kwargs = args, kwargs
        record.receiver, record.lasting_receiver = atom.record, atom.lasting
        self.note(record)
        self.call_back(record, args, kwargs, taint, node, frame)
        if name in _TRANSPARENT and args:
            if name in ("builtins.next", "builtins.max", "builtins.min"):
                return self.element(args[0])
            if name == "typing.cast" and len(args) > 1:
                return args[1]
            return args[0]
        if self.warm and not name.startswith(_SAME_DATA):
            taint |= RESULT
            if name.rpartition(".")[2] in CREDENTIAL_CALLS or name.endswith("RefreshableCredentials"):
                taint |= CREDENTIALS
        lasting = atom.lasting and not self.warm
        return Value((External(name + "()", record, lasting),), taint)

    # -- callbacks -----------------------------------------------------------------------------------

    def call_back(
        self,
        record: Record,
        args: list[Value],
        kwargs: dict[str, Value],
        taint: int,
        node: ast.AST,
        frame: Frame,
    ) -> None:
        """Callables that are handed out are called; at import they are remembered instead."""
        name = record.name
        if name.startswith(_NEVER_CALLS_BACK):
            return
        for value in (*args, *kwargs.values()):
            for atom in value.atoms:
                if isinstance(atom, External) and atom.record is not None:
                    if self.warm and atom.record.callbacks:
                        self.call_registered(atom.record, node, frame)
                    elif not self.warm and record.receiver is not None:
                        record.root().parts.append(atom.record)  # `app.include_router(router)`
                if isinstance(atom, Collection) and any(_callable(one) for one in atom.element().atoms):
                    value = atom.element()
                    atom = next(one for one in value.atoms if _callable(one))
                if not _callable(atom):
                    continue
                if self.warm:
                    given = [one for one in args if one is not value]
                    self.hand_over(atom, given, taint, node, frame)
                else:
                    record.callbacks.append(value)
                    root = record.root()
                    if root is not record:
                        root.callbacks.append(value)
        if self.warm and taint & EVENT and record.receiver is not None:
            self.call_registered(record.receiver.root(), node, frame)
        if self.warm and name.endswith((".run", ".start", ".resolve", ".handle", ".process")) and record.receiver:
            self.call_registered(record.receiver, node, frame)

    def hand_over(self, atom: Atom, given: list[Value], taint: int, node: ast.AST, frame: Frame) -> None:
        """Call something that an outside call was given, with arguments that are not known."""
        target = atom
        while isinstance(target, (Cached, Bound, Partial)):
            if isinstance(target, Partial):
                if not target.target.atoms:
                    return
                target = target.target.atoms[0]
            else:
                target = target.function
        taken = 0
        if isinstance(target, Function):
            spec = target.node.args
            taken = len(spec.posonlyargs) + len(spec.args) - (1 if isinstance(atom, Bound) else 0)
        elements = [self.element(value) if _iterable(value) else value for value in given]
        args = (elements + [unknown(taint)] * taken)[:taken]
        self.call_atom(atom, args, {}, node, frame)

    def call_registered(self, record: Record, node: ast.AST, frame: Frame) -> None:
        """Call each function that was registered with an object, or one it was made of, once in an invocation."""
        if id(record) in self.called_back:
            return
        self.called_back.add(id(record))
        parts = [atom.record for value in record.args for atom in value.atoms if isinstance(atom, External)]
        for part in (*record.parts, *parts):
            if part is not None:
                self.call_registered(part, node, frame)
        for value in list(record.callbacks):
            if id(value) in self.called_back:
                continue
            self.called_back.add(id(value))
            for atom in value.atoms:
                if _callable(atom):
                    self.hand_over(atom, [], EVENT, node, frame)

    # -- collections ---------------------------------------------------------------------------------

    def call_collection(self, bound: Bound, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """A method of a list, dict or set."""
        owner, function = bound.owner, bound.function
        if not isinstance(owner, Collection) or not isinstance(function, External):
            return UNKNOWN
        name = function.name.rpartition(".")[2]
        held = Value((owner,))
        if name in ("get", "pop", "setdefault", "popitem", "__getitem__"):
            if name == "setdefault" and len(args) > 1:
                self.set_item(owner, args[0], args[1])
            found = self.item(held, args[0]) if args else owner.element()
            if len(args) > 1:
                return Value(join(found, args[1]).atoms, found.taint | args[1].taint, found.place, True)
            if owner.items is None and not owner.keys and found.place is None:
                return NONE if name == "get" and not self.warm else UNKNOWN
            return Value((*found.atoms, *NONE.atoms), found.taint, found.place, found.more)
        if name in ("append", "add", "appendleft", "insert", "extend", "update"):
            for value in args[-1:]:
                item = self.element(value) if name in ("extend", "update") else value
                self.set_item(owner, UNKNOWN, item)
            return NONE
        if name in ("values", "copy"):
            return Value((Collection("sequence", owner.element(), None, self.warm),)) if name == "values" else held
        if name == "items":
            pair = Collection("sequence", None, {0: UNKNOWN, 1: owner.element()}, self.warm)
            return Value((Collection("sequence", Value((pair,)), None, self.warm),))
        return UNKNOWN

    # -- decorators ----------------------------------------------------------------------------------

    def decorate(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, atom: Atom, frame: Frame) -> Value:
        """What a definition's decorators make of it, the lowest first."""
        value = Value((atom,))
        for part in reversed(node.decorator_list):
            decorator = self.evaluate(part, frame)
            first = decorator.atoms[0] if decorator.atoms else None
            if isinstance(first, External):
                value = self.decorate_outside(first, value, part, frame)
            elif first is not None:
                result = self.call(decorator, [value], {}, part, frame)
                if result.atoms and not isinstance(result.atoms[0], Const):
                    value = result
        return value

    def decorate_outside(self, decorator: External, value: Value, node: ast.expr, frame: Frame) -> Value:
        name = decorator.name
        bare = name.removesuffix("()")
        last = bare.rpartition(".")[2].removesuffix("()")
        atom = value.atoms[0] if value.atoms else None
        if atom is None:
            return value
        if last in ("property", "cached_property", "classmethod", "staticmethod", "threaded_cached_property"):
            return Value((Descriptor("cached_property" if "cached" in last else last, atom),))
        if last in ("setter", "deleter", "getter"):
            return (
                self.lookup(getattr(node.value, "id", ""), frame) or value if isinstance(node, ast.Attribute) else value
            )
        if last in CACHES or (last == "cache" and bare.startswith("functools")):
            return Value((Cached(atom),)) if isinstance(atom, (Function, Class, Bound)) else value
        if last in (
            "dataclass",
            "dataclass_transform",
            "define",
            "attrs",
            "frozen",
            "mutable",
        ) and isinstance(atom, Class):
            atom.is_dataclass = True
            return value
        if last == "lambda_handler_decorator":
            # Powertools' middleware: `@middleware` over a handler gives `middleware(handler, event, context)`.
            return Value((Partial(Value((External("functools.partial"),)), [value], {}),))
        if bare in (
            "contextlib.contextmanager",
            "contextlib.asynccontextmanager",
            "functools.wraps",
            "abc.abstractmethod",
        ):
            return value
        if name.endswith("()") and decorator.record is not None and not last.lower().startswith(_WATCHERS):
            root = decorator.record.root()
            if root is not decorator.record or isinstance(node, (ast.Attribute, ast.Name)):
                root.callbacks.append(value)
        elif decorator.record is not None and not last.lower().startswith(_WATCHERS):
            decorator.record.root().callbacks.append(value)
        return value


def _callable(atom: Atom) -> bool:
    if isinstance(atom, (Function, Bound, Partial, Cached)):
        return not (isinstance(atom, Bound) and isinstance(atom.owner, Collection))
    return isinstance(atom, Instance) and any(
        isinstance(cls, Class) and "__call__" in cls.attributes for cls in atom.cls.lineage()
    )


def _iterable(value: Value) -> bool:
    return any(isinstance(atom, Collection) for atom in value.atoms)


# -- single functions ------------------------------------------------------------------------------------


def _getattr(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    if len(args) >= 2 and args[1].atoms and isinstance(args[1].atoms[0], Const):
        name = args[1].atoms[0].value
        if isinstance(name, str):
            value = machine.attribute(args[0], name, node)
            return join(value, args[2]) if len(args) > 2 else value
    return unknown(args[0].taint) if args else None


def _hasattr(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    _getattr(machine, args[:2], kwargs, node, frame)
    return UNKNOWN


def _setattr(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    if len(args) == 3 and args[1].atoms and isinstance(args[1].atoms[0], Const):
        for atom in args[0].atoms:
            machine.set_attribute(atom, str(args[1].atoms[0].value), args[2])
    return NONE


def _partial(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    return Value((Partial(args[0], args[1:], kwargs),)) if args else None


def _import(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    if args and args[0].atoms and isinstance(args[0].atoms[0], Const) and isinstance(args[0].atoms[0].value, str):
        return machine.import_module(args[0].atoms[0].value.lstrip("."), 0, node, frame)
    return UNKNOWN


def _globals(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    scope = frame.module.frame
    table = Collection("dict", UNKNOWN, dict(scope.values), False)
    known = machine.tables.setdefault(frame.module.path, table)
    return Value((known,))


def _map(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    if len(args) < 2:
        return None
    items = [machine.element(value) for value in args[1:]]
    result = machine.call(args[0], items, {}, node, frame)
    return Value((Collection("sequence", result, None, machine.warm),), result.taint)


def _dict(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    keys: dict[object, Value] = {name: value for name, value in kwargs.items() if name != "**"}
    items = machine.element(args[0]) if args else None
    return Value((Collection("dict", items, keys, machine.warm),))


def _empty(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    return Value((Collection("sequence", None, None, machine.warm),)) if not args else None


def _default_dict(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    items = machine.call(args[0], [], {}, node, frame) if args else None
    return Value((Collection("dict", items, None, machine.warm),))


def _new_object(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    for value in args[:1]:
        for atom in value.atoms:
            if isinstance(atom, Class):
                return Value((Instance(atom, machine.warm),))
    return None


def _type(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    if len(args) == 1 and args[0].atoms and isinstance(args[0].atoms[0], Instance):
        return Value((args[0].atoms[0].cls,))
    return UNKNOWN


def _called_cache(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    """`lru_cache(f)` as an expression; `lru_cache(maxsize=1)` is seen to by `decorate`."""
    if args and args[0].atoms and isinstance(args[0].atoms[0], (Function, Class, Bound)):
        return Value((Cached(args[0].atoms[0]),))
    return None


def _enter_context(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    if args and isinstance(node, ast.Call) and node.args:
        return machine.enter(args[0], node.args[0], frame)
    return None


_SPECIAL = {
    "builtins.getattr": _getattr,
    "builtins.hasattr": _hasattr,
    "builtins.setattr": _setattr,
    "builtins.globals": _globals,
    "builtins.map": _map,
    "builtins.filter": _map,
    "builtins.dict": _dict,
    "builtins.list": _empty,
    "builtins.set": _empty,
    "builtins.type": _type,
    "builtins.object.__new__": _new_object,
    "builtins.__import__": _import,
    "importlib.import_module": _import,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "functools.lru_cache": _called_cache,
    "functools.cache": _called_cache,
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": _dict,
    "collections.deque": _empty,
    "contextlib.ExitStack().enter_context": _enter_context,
    "contextlib.AsyncExitStack().enter_async_context": _enter_context,
}
