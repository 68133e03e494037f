"""What calls of the standard library and of other libraries do, as far as it matters here."""

from __future__ import annotations

import ast

from lambdalint.python.decorators import Decorators
from lambdalint.python.flow import Record
from lambdalint.python.standard import SPECIAL
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
    External,
    Frame,
    Function,
    Instance,
    Partial,
    Piece,
    Value,
    join,
    unknown,
)

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


_APPLICATIONS = ("fastapi.FastAPI", "starlette.applications.Starlette")
_AT_START = ("lifespan", "on_startup", "on_shutdown")
_ONLY_SHOWS = ("builtins.print", "builtins.len", "builtins.bool", "builtins.isinstance", "builtins.type", "logging.")
_LOG_METHODS = (".debug", ".info", ".warning", ".warn", ".error", ".critical", ".exception", ".log")
"""Calls that do nothing with what they are given but show it."""

COPIES = {
    "builtins.list": "list", "builtins.tuple": "tuple", "builtins.sorted": "list",
}  # fmt: skip
"""What makes a collection of another, and of which kind."""
_TRANSPARENT = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.reversed",
                          "builtins.iter", "builtins.enumerate", "builtins.frozenset", "builtins.next",
                          "copy.copy", "copy.deepcopy", "typing.cast", "asyncio.run", "builtins.max", "builtins.min",
                          "asyncio.get_event_loop().run_until_complete", "asyncio.new_event_loop().run_until_complete",
                          "asyncio.create_task", "asyncio.wait_for", "asyncio.shield", "builtins.await"})  # fmt: skip


class Outside(Decorators):
    """Calls that leave the project."""

    under: list[Class]
    """Classes whose metaclass is at work, so that it is not entered again."""

    def call_outside(
        self, atom: External, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
    ) -> Value:
        name = atom.name
        special = SPECIAL.get(name)
        if special is not None:
            result = special(self, args, kwargs, node, frame)
            if result is not None:
                return result
        taint = 0
        for value in args:
            taint |= value.taint
        for value in kwargs.values():
            taint |= value.taint
        if atom.record is not None:
            self.look_into(atom.record, name, args)
        if not name.startswith(_ONLY_SHOWS) and not name.endswith(_LOG_METHODS):
            for value in (*args, *kwargs.values()):
                self.escape(value)
        if atom.record is not None and self.reads is not None:
            place = self.element_place(atom)
            if place is not None:
                self.reads.append(place)
        record = Record(name, node, frame, self.warm)
        record.args, record.kwargs = args, kwargs
        record.receiver, record.lasting_receiver = atom.record, atom.lasting
        self.note(record)
        self.call_back(record, args, kwargs, taint, node, frame)
        if name in COPIES and args and any(isinstance(atom, (Collection, Piece)) for atom in args[0].atoms):
            copied = Collection(COPIES[name], self.element(args[0]), None, self.warm, (frame.module, node))
            return Value((copied,), args[0].taint)
        if name in _TRANSPARENT and args:
            if name in ("builtins.next", "builtins.max", "builtins.min"):
                return self.element(args[0])
            if name == "typing.cast" and len(args) > 1:
                return args[1]
            return args[0]
        if self.warm and not name.startswith(_SAME_DATA):
            taint |= RESULT
            if name.rpartition(".")[2] in CREDENTIAL_CALLS or "RefreshableCredentials" in name:
                taint |= CREDENTIALS
        lasting = atom.lasting and not self.warm
        return Value((External(name + "()", record, lasting),), taint)

    def look_into(self, record: Record, name: str, args: list[Value]) -> None:
        """A method is called on what `record` gave: `result.get("Items")` looks into it, others may do anything."""
        owner, _, method = name.rpartition(".")
        if len(owner) != len(record.name) + 2:
            return
        key = args[0].atoms[0] if args and args[0].atoms else None
        if method in ("get", "pop", "setdefault") and isinstance(key, Const) and isinstance(key.value, str):
            record.reads.add(key.value)
        else:
            record.escapes = True

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
        for key, value in (*enumerate(args), *kwargs.items()):
            if key in _AT_START and name in _APPLICATIONS:
                record.at_start.append(value)
                continue
            for atom in value.atoms:
                if isinstance(atom, External) and atom.record is not None:
                    if self.warm and (atom.record.callbacks or atom.record.parts):
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
        self.escape(self.call_atom(atom, args, {}, node, frame))

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
            self.call_once(value, [], node, frame)
        if record.name == "mangum.Mangum" and not _is_off(record.kwargs.get("lifespan")):
            # It starts and ends the application in each invocation.
            for part in filter(None, parts):
                application = Value((External(part.name + "()", part, True),))
                for value in part.at_start:
                    self.call_once(value, [application], node, frame)

    def call_once(self, value: Value, given: list[Value], node: ast.AST, frame: Frame) -> None:
        """Call what was registered, if this invocation has not called it yet."""
        if id(value) in self.called_back:
            return
        self.called_back.add(id(value))
        for atom in value.atoms:
            if _callable(atom):
                self.hand_over(atom, given, EVENT, node, frame)

    # -- collections ---------------------------------------------------------------------------------

    def call_collection(self, bound: Bound, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """A method of a list, dict or set."""
        owner, function = bound.owner, bound.function
        if not isinstance(owner, Collection) or not isinstance(function, External):
            return UNKNOWN
        name = function.name.rpartition(".")[2]
        held = Value((owner,))
        if name in ("pop", "popitem", "popleft", "clear", "remove", "discard"):
            place = self.element_place(owner)
            if place is not None:
                self.cleared.add(place)
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


def _is_off(setting: Value | None) -> bool:
    return setting is not None and any(isinstance(atom, Const) and atom.value == "off" for atom in setting.atoms)


def _callable(atom: Atom) -> bool:
    if isinstance(atom, (Function, Bound, Partial, Cached)):
        return not (isinstance(atom, Bound) and isinstance(atom.owner, Collection))
    return isinstance(atom, Instance) and any(
        isinstance(cls, Class) and "__call__" in cls.attributes for cls in atom.cls.lineage()
    )


def _iterable(value: Value) -> bool:
    return any(isinstance(atom, Collection) for atom in value.atoms)
