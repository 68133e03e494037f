"""Calling things: the project's functions and classes are entered, all else is recorded."""

from __future__ import annotations

import ast

from lambdalint.python.flow import IN_LOOP_OF_RUN, KEPT, RUNNERS
from lambdalint.python.functions import Functions
from lambdalint.python.notes import Defeat
from lambdalint.python.objects import (
    Bound,
    Cached,
    Class,
    Collection,
    Descriptor,
    Frame,
    Function,
    Instance,
    Partial,
    Super,
)
from lambdalint.python.values import (
    EVENT,
    UNKNOWN,
    Atom,
    External,
    Piece,
    Text,
    Value,
    join,
    unknown,
)

MAX_SPREAD = 6
"""So many arguments stand for `*values` whose number is not known."""


class Calls(Functions):
    """What a call is of, what it is given, and caches."""

    def at_call(self, node: ast.Call, frame: Frame) -> Value:
        target = self.evaluate(node.func, frame)
        name = target.atoms[0].name if len(target.atoms) == 1 and isinstance(target.atoms[0], External) else ""
        if name == "builtins.super":
            return self.find_super(node, frame)
        flags = self.flags
        if name in RUNNERS:
            self.flags |= IN_LOOP_OF_RUN
        args: list[Value] = []
        for part in node.args:
            if isinstance(part, ast.Starred):
                args += self.spread(self.evaluate(part.value, frame))
            else:
                args.append(self.evaluate(part, frame))
        kwargs: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, frame)
            if keyword.arg is not None:
                kwargs[keyword.arg] = value
                continue
            for atom in value.atoms:
                if isinstance(atom, Collection) and not value.more:
                    kwargs.update({key: item for key, item in atom.keys.items() if isinstance(key, str)})
            kwargs["**"] = value
        result = self.call(target, args, kwargs, node, frame)
        self.flags = flags
        return result

    def spread(self, value: Value) -> list[Value]:
        """`*value` among arguments: each in its place where they are known, else anything at any place."""
        atom = value.atoms[0] if len(value.atoms) == 1 else None
        if isinstance(atom, Collection) and not value.more and atom.items is None and atom.keys and atom.kind != "dict":
            return [Value(one.atoms, one.taint | value.taint, one.place, one.more) for one in atom.keys.values()]
        return [self.element(value)] * MAX_SPREAD

    def find_super(self, node: ast.Call, frame: Frame) -> Value:
        scope: Frame | None = frame
        while scope is not None and scope.function is None:
            scope = scope.parent
        function = scope.function if scope is not None else None
        if scope is None or function is None or function.cls is None:
            return UNKNOWN
        arguments = function.node.args
        first = (arguments.posonlyargs + arguments.args)[:1]
        owner = scope.values.get(first[0].arg) if first else None
        if owner is None or not owner.atoms:
            return UNKNOWN
        return Value((Super(function.cls, owner.atoms[0]),))

    def call(self, target: Value, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        found: Value | None = None
        for atom in target.atoms:
            one = self.call_atom(atom, args, kwargs, node, frame)
            found = one if found is None else join(found, one)
        if found is None:
            return self.call_unknown(target, args, kwargs)
        if isinstance(target.atoms[0], External) and target.taint & ~found.taint:
            return Value(found.atoms, found.taint | target.taint, found.place, found.more)
        return found

    def call_unknown(self, target: Value, args: list[Value], kwargs: dict[str, Value]) -> Value:
        """What a call of something not known gives: it may depend on all that it is handed."""
        taint = target.taint
        for value in (*args, *kwargs.values()):
            taint |= value.taint
            self.escape(value)
        return unknown(taint)

    def call_atom(self, atom: Atom, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value:
        if isinstance(atom, Function):
            return self.enter_function(atom, args, kwargs, node, frame)
        if isinstance(atom, External):
            return self.call_outside(atom, args, kwargs, node, frame)
        if isinstance(atom, Bound):
            if isinstance(atom.owner, Collection):
                return self.call_collection(atom, args, kwargs)
            if isinstance(atom.function, External) and isinstance(atom.owner, Instance):  # `super().__init__()`
                self.adopt(atom.owner, self.call_outside(atom.function, args, kwargs, node, frame), node)
                return UNKNOWN
            return self.call_atom(atom.function, [Value((atom.owner,)), *args], kwargs, node, frame)
        if isinstance(atom, Class):
            return self.construct(atom, args, kwargs, node, frame)
        if isinstance(atom, Cached):
            return self.call_cached(atom, args, kwargs, node, frame)
        if isinstance(atom, Partial):
            return self.call(atom.target, [*atom.args, *args], {**atom.kwargs, **kwargs}, node, frame)
        if isinstance(atom, Instance):
            method = self.inherited(atom.cls.lineage(), atom, "__call__", node)
            return self.call(method, args, kwargs, node, frame) if method is not None else UNKNOWN
        if isinstance(atom, Descriptor):
            return self.call_atom(atom.function, args, kwargs, node, frame)
        if isinstance(atom, Piece):
            return self.call_piece(atom, args, kwargs, node, frame)
        return UNKNOWN

    def call_piece(
        self, piece: Piece, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
    ) -> Value:
        """A method of the event or a part of it, which stands last in the path."""
        method = str(piece.path[-1]) if piece.path else ""
        whole = Value((Piece(piece.path[:-1]),), EVENT)
        if method in (".get", ".pop", ".setdefault") and args:
            found = self.item(whole, args[0])
            self.taken += [
                (atom.path, node, frame.module, self.activation) for atom in found.atoms if isinstance(atom, Piece)
            ]
            return Value(join(found, args[1]).atoms, EVENT, None, True) if len(args) > 1 else found
        if method == ".values":
            return whole
        if method == ".copy":  # what is done to it, is not done to the event
            return Value((Piece(("*",)),) if len(piece.path) == 1 else whole.atoms, EVENT)
        if method in _OF_TEXTS:
            return Value((Text(node, (whole,)),), EVENT)
        return self.call_unknown(whole, args, kwargs)

    # -- caches --------------------------------------------------------------------------------------

    def call_cached(
        self, atom: Cached, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
    ) -> Value:
        """A function behind a cache: executed once, unless its key is new each time."""
        function = atom.function
        if isinstance(function, Bound) and isinstance(function.function, Function):
            args, function = [Value((function.owner,)), *args], function.function
        if not isinstance(function, Function):
            flags, self.flags = self.flags, self.flags | (KEPT if self.warm else 0)
            result = self.call_atom(function, args, kwargs, node, frame)
            self.flags = flags
            return result
        if not self.warm or (function.frame is not None and function.frame.warm):
            return self.enter_function(function, args, kwargs, node, frame)  # the cache is as new as the function
        names = [arg.arg for arg in (*function.node.args.posonlyargs, *function.node.args.args)]
        given = [*zip(names, args, strict=False), *kwargs.items()]
        for culprit, value in given[: {"own": 0, "object": 1}.get(atom.key)]:
            if self.is_new(value):
                if atom.key == "arguments":
                    self.defeats.append(
                        Defeat("key", function.name, culprit, function.node, function.module, self.activation)
                    )
                return self.enter_function(function, args, kwargs, node, frame)
        result = self.enter_function(function, args, kwargs, node, frame, KEPT)
        self.keep(result)
        return Value(result.atoms, result.taint, ("cached", function), result.more)

    def is_new(self, value: Value) -> bool:
        """Whether this is an object made in this invocation, which no cache has seen before."""
        if value.place is not None or value.more:
            return False
        for atom in value.atoms:
            if isinstance(atom, Instance) and atom.warm and not atom.lasting and not atom.cls.is_dataclass:
                if not any(isinstance(cls, Class) and "__eq__" in cls.attributes for cls in atom.cls.lineage()):
                    return True
            if isinstance(atom, External) and atom.record is not None and atom.record.warm and not atom.lasting:
                if atom.name in _NEW_EACH_TIME:
                    return not any(guard.filled for guard in atom.record.guards)
            if isinstance(atom, Piece) and not atom.path:
                return True
        return False


_OF_TEXTS = frozenset(".capitalize .casefold .encode .lower .lstrip .rstrip .strip .title .upper".split())
"""Methods of the event's texts that give the same text in another form."""
_NEW_EACH_TIME = frozenset(
    {"boto3.Session()", "boto3.client()", "boto3.resource()", "boto3.Session().client()", "boto3.Session().resource()",
     "requests.Session()", "aiohttp.ClientSession()", "builtins.object()"}
)  # fmt: skip
