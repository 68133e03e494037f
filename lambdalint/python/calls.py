"""Calling things: the project's functions and classes are entered, all else is recorded."""

from __future__ import annotations

import ast

from lambdalint.python.construction import Construction
from lambdalint.python.flow import IN_LOOP_OF_RUN, KEPT, Activation
from lambdalint.python.machine import MAX_DEPTH, Defeat
from lambdalint.python.values import (
    EVENT,
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
    Piece,
    Super,
    Text,
    Value,
    argument_key,
    join,
    unknown,
)

MAX_CONTEXTS = 24
"""A function called with more kinds of arguments than this is not executed anew for further ones."""

MAX_SPREAD = 6
"""So many arguments stand for `*values` whose number is not known."""
RUNNERS = frozenset({"asyncio.run", "asyncio.get_event_loop().run_until_complete",
                     "asyncio.new_event_loop().run_until_complete", "anyio.run", "trio.run"})  # fmt: skip


class Calls(Construction):
    """Binding arguments, executing bodies, constructing objects."""

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

    # -- functions -----------------------------------------------------------------------------------

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, frame: Frame) -> Function:
        defaults = [self.evaluate(part, frame) for part in node.args.defaults]
        kw_defaults = {
            arg.arg: self.evaluate(part, frame)
            for arg, part in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            if part is not None
        }
        scope = f"{frame.scope}.{name}" if frame.scope else name
        return Function(node, frame.module, frame, scope, defaults, kw_defaults, frame.cls)

    def parameters(self, function: Function, args: list[Value], kwargs: dict[str, Value]) -> dict[str, Value]:
        """The variables a call begins with."""
        spec = function.node.args
        names = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
        values: dict[str, Value] = {}
        offset = len(names) - len(function.defaults)
        for position, value in enumerate(function.defaults):
            values[names[offset + position]] = value
        values.update(function.kw_defaults)
        for name, value in zip(names, args, strict=False):
            values[name] = value
        rest: Value | None = None
        open_keywords = kwargs.get("**")
        known = set(names) | {arg.arg for arg in spec.kwonlyargs}
        extra: dict[object, Value] = {}
        for name, value in kwargs.items():
            if name in known:
                values[name] = value
            elif name != "**":
                extra[name] = value
        if spec.vararg is not None:
            for value in args[len(names) :]:
                rest = value if rest is None else join(rest, value)
            keys: dict[object, Value] = dict(enumerate(args[len(names) :]))
            values[spec.vararg.arg] = Value(
                (Collection("tuple", None, keys, True),), rest.taint if rest is not None else 0
            )
        if spec.kwarg is not None:
            items = self.element(open_keywords) if open_keywords is not None else None
            taint = 0
            for value in extra.values():
                taint |= value.taint
            values[spec.kwarg.arg] = Value((Collection("dict", items, extra, True),), taint)
        for name in known:
            if name not in values:
                values[name] = unknown(open_keywords.taint) if open_keywords is not None else UNKNOWN
        return values

    def enter_function(
        self,
        function: Function,
        args: list[Value],
        kwargs: dict[str, Value],
        node: ast.AST,
        frame: Frame,
        flags: int = 0,
    ) -> Value:
        """Execute a function with these arguments, or reuse what that did before."""
        values = self.parameters(function, args, kwargs)
        key = (function, tuple((name, argument_key(value)) for name, value in values.items()))
        known = self.memo.get(key)
        name = function.name.rpartition(".")[2]
        # What a decorator made at import of one function, has nothing to do with what it made of the next.
        around = None if function.frame is None or function.frame.warm else function.frame
        contexts = self.contexts.setdefault((function.node, around), [])
        if known is None and (len(contexts) >= MAX_CONTEXTS or self.depth >= MAX_DEPTH):
            self.cut_short = self.cut_short or self.depth >= MAX_DEPTH
            if not contexts:
                return UNKNOWN
            known = contexts[-1]
            for value in values.values():
                self.escape(value)
        if known is not None:
            self.link(node, frame, name, known, flags)
            for place in known.stores:
                self.fill(place)
            self.pending += [guard for guard in known.tested if not guard.filled]
            return known.result if known.result is not None else UNKNOWN
        activation = Activation(len(self.guards))
        activation.module = function.module
        self.link(node, frame, name, activation, flags)
        self.memo[key] = activation
        contexts.append(activation)
        inner = Frame(function.module, function.frame, function.name, self.warm)
        inner.function = function
        inner.values = values
        result = self.run_body(function, inner, activation)
        activation.result = result
        return result

    def run_body(self, function: Function, inner: Frame, activation: Activation) -> Value:
        outer, flags, loops, statement = self.activation, self.flags, self.loops, self.statement
        self.activation, self.flags, self.loops = activation, 0, ()
        self.depth += 1
        height = len(self.guards)
        try:
            if isinstance(function.node, ast.Lambda):
                inner.returns = self.evaluate(function.node.body, inner)
                activation.returned.append((inner.returns, function.node.body))
            elif self.execute(function.node.body, inner):
                none = Value((_NONE,))
                inner.returns = none if inner.returns is None else join(inner.returns, none)
        finally:
            self.depth -= 1
            del self.guards[height:]
            self.activation, self.flags, self.loops, self.statement = outer, flags, loops, statement
        outer.stores |= activation.stores
        self.pending += [guard for guard in activation.tested if not guard.filled]
        if inner.yields is not None:
            return Value((Collection("generator", inner.yields, None, self.warm),), inner.yields.taint)
        return inner.returns if inner.returns is not None else UNKNOWN

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
        for one in result.atoms:
            if isinstance(one, (Instance, Collection)):
                one.lasting = True
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
_NONE = Const(None)
_NEW_EACH_TIME = frozenset(
    {"boto3.Session()", "boto3.client()", "boto3.resource()", "boto3.Session().client()", "boto3.Session().resource()",
     "requests.Session()", "aiohttp.ClientSession()", "builtins.object()"}
)  # fmt: skip
