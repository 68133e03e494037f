"""The project's functions: defined, given their arguments, executed once for each kind of these."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lambdalint.python.construction import Construction
from lambdalint.python.flow import Activation
from lambdalint.python.machine import MAX_DEPTH
from lambdalint.python.objects import Collection, Frame, Function
from lambdalint.python.values import UNKNOWN, Const, External, Value, argument_key, join, unknown

MAX_CONTEXTS = 24
"""A function called with more kinds of arguments than this is not executed anew for further ones."""

_NONE = Const(None)
_DEPENDS = frozenset({"fastapi.Depends()", "fastapi.Security()", "fastapi.params.Depends()"})


class Functions(Construction):
    """Binding arguments and executing bodies."""

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, frame: Frame) -> Function:
        defaults = [self.evaluate(part, frame) for part in node.args.defaults]
        kw_defaults = {
            arg.arg: self.evaluate(part, frame)
            for arg, part in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
            if part is not None
        }
        scope = f"{frame.scope}.{name}" if frame.scope else name
        function = Function(node, frame.module, frame, scope, defaults, kw_defaults, frame.cls)
        if frame.module.injects and not isinstance(node, ast.Lambda):
            function.injected = dict(self.injections(function, frame))
        return function

    def injections(self, function: Function, frame: Frame) -> Iterator[tuple[str, Value]]:
        """The parameters that FastAPI has something called for: `x=Depends(f)`, `x: Annotated[X, Depends(f)]`."""
        spec = function.node.args
        plain = [*spec.posonlyargs, *spec.args]
        defaults = dict(zip((arg.arg for arg in plain[::-1]), function.defaults[::-1], strict=False))
        for arg in (*plain, *spec.kwonlyargs):
            kind = self.evaluate(arg.annotation, frame) if arg.annotation is not None else UNKNOWN
            candidates = [defaults.get(arg.arg) or function.kw_defaults.get(arg.arg) or UNKNOWN]
            for atom in kind.atoms:
                if isinstance(atom, Collection) and atom.keys:
                    kind, *more = atom.keys.values()
                    candidates += more
            for value in candidates:
                for atom in value.atoms:
                    if isinstance(atom, External) and atom.name in _DEPENDS and atom.record is not None:
                        given = atom.record.args[:1] or [atom.record.kwargs.get("dependency", kind)]
                        yield arg.arg, given[0]

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
        if isinstance(function.node, ast.AsyncFunctionDef):
            activation.coroutine = not function.node.decorator_list and inner.yields is None
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
