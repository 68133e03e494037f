"""What calls of the standard library and of other libraries do, as far as it matters here."""

from __future__ import annotations

import ast

from lambdalint.python.callbacks import Callbacks
from lambdalint.python.flow import GIVE_FIRST, RUNNERS, Record
from lambdalint.python.objects import Bound, Class, Collection, Frame, Instance
from lambdalint.python.settings import GIVE_SETTINGS, PASS_ON
from lambdalint.python.standard import SPECIAL
from lambdalint.python.values import (
    CREDENTIALS,
    NONE,
    RESULT,
    SETTING,
    UNKNOWN,
    Const,
    External,
    Piece,
    Value,
    join,
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

_ONLY_SHOWS = ("builtins.print", "builtins.len", "builtins.bool", "builtins.isinstance", "builtins.type", "logging.")
_LOG_METHODS = (".debug", ".info", ".warning", ".warn", ".error", ".critical", ".exception", ".log")
"""Calls that do nothing with what they are given but show it."""

_ITERATE = ("builtins.iter", "builtins.next")
_FIRST = Value((Const(0),))

_KEEP_APART = ("add_done_callback", "get_name", "set_name")
"""Methods of tasks and futures that do nothing with the result."""

COPIES = {
    "builtins.list": "list", "builtins.tuple": "tuple", "builtins.sorted": "list",
}  # fmt: skip
"""What makes a collection of another, and of which kind."""
_TRANSPARENT = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.reversed",
                          "builtins.iter", "builtins.enumerate", "builtins.frozenset", "builtins.next",
                          "copy.copy", "copy.deepcopy", "typing.cast", "builtins.max", "builtins.min"})  # fmt: skip


class Outside(Callbacks):
    """Calls that leave the project."""

    under: list[Class]
    """Classes whose metaclass is at work, so that it is not entered again."""

    def call_outside(
        self, atom: External, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
    ) -> Value:
        name = atom.name
        if name[-1] == "_" and name.endswith(".__init__") and args and args[0].atoms:
            if isinstance(args[0].atoms[0], Instance):  # `Thread.__init__(self)`
                base = Bound(External(name.removesuffix(".__init__")), args[0].atoms[0])
                return self.call_atom(base, args[1:], kwargs, node, frame)
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
        if name not in _ITERATE and not name.startswith(_ONLY_SHOWS) and not name.endswith(_LOG_METHODS):
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
            if name == "builtins.next" and any(isinstance(atom, External) for atom in args[0].atoms):
                return self.item(args[0], _FIRST)
            if name in ("builtins.next", "builtins.max", "builtins.min"):
                return self.element(args[0])
            if name == "typing.cast" and len(args) > 1:
                return args[1]
            return args[0]
        if name in RUNNERS and args:
            return self.awaited(args[0])
        if atom.record is not None and atom.record.name in GIVE_FIRST and name.endswith(").result"):
            return self.awaited(Value((External(atom.record.name + "()", atom.record),), taint))
        if self.warm and not name.startswith(_SAME_DATA):
            taint |= RESULT
            if name.rpartition(".")[2] in CREDENTIAL_CALLS or "RefreshableCredentials" in name:
                taint |= CREDENTIALS
        if name in GIVE_SETTINGS:
            taint |= SETTING
        elif taint & SETTING and name not in PASS_ON:
            taint &= ~SETTING
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
        elif method not in _KEEP_APART:
            record.escapes = True

    # -- collections ---------------------------------------------------------------------------------

    def call_collection(self, bound: Bound, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """A method of a list, dict or set."""
        owner, function = bound.owner, bound.function
        if not isinstance(owner, Collection) or not isinstance(function, External):
            return UNKNOWN
        name = function.name.rpartition(".")[2]
        held = Value((owner,))
        if owner.bounded or name in ("pop", "popitem", "popleft", "clear", "remove", "discard"):
            place = self.element_place(owner)
            if place is not None:
                self.cleared.add(place)
        if name in ("get", "pop", "setdefault", "popitem", "__getitem__"):
            if name == "setdefault" and len(args) > 1:
                self.set_item(owner, args[0], args[1])
                if self.element_place(owner) is not None:
                    self.keep(args[1])
            found = self.item(held, args[0]) if args else owner.element()
            if len(args) > 1:
                return Value(join(found, args[1]).atoms, found.taint | args[1].taint, found.place, True)
            if owner.items is None and not owner.keys and found.place is None:
                return NONE if name == "get" and not self.warm else UNKNOWN
            return Value((*found.atoms, *NONE.atoms), found.taint, found.place, found.more)
        if name in ("append", "add", "appendleft", "insert", "extend", "update"):
            for value in args[-1:]:
                item = self.element(value) if name in ("extend", "update") else value
                marks = bool(item.atoms) and all(isinstance(atom, Const) for atom in item.atoms)
                self.set_item(owner, UNKNOWN, item, appended=owner.kind in ("deque", "list") and not marks)
            return NONE
        if name in ("values", "copy"):
            return Value((Collection("sequence", owner.element(), None, self.warm),)) if name == "values" else held
        if name == "items":
            pair = Collection("sequence", None, {0: UNKNOWN, 1: owner.element()}, self.warm)
            return Value((Collection("sequence", Value((pair,)), None, self.warm),))
        return UNKNOWN
