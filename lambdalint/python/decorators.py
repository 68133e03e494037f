"""What decorators make of what they stand over."""

from __future__ import annotations

import ast

from lambdalint.python.expressions import Expressions
from lambdalint.python.objects import Bound, Cached, Class, Descriptor, Frame, Function, Partial
from lambdalint.python.values import Atom, Const, External, Value

CACHES = frozenset(
    """
    cache lru_cache cached ttl_cache lfu_cache fifo_cache rr_cache alru_cache memoize memoized memoize_with_ttl
    timed_cache cachedmethod singleton async_cache
    """.split()
)
"""Last names of decorators that keep what a function returned."""


_KEYS = frozenset({"**", "key", "key_builder", "key_func", "make_name", "noself"})
"""Options of such decorators that say what the key is made of."""

_WATCHERS = ("capture", "inject", "log", "trace", "tracing", "instrument", "metric", "time", "retry", "idempotent",
             "validat", "deprecat", "wrap", "patch", "mock", "span", "monitor", "profile", "middleware")  # fmt: skip
"""Beginnings of decorator names that watch a function rather than register it."""

_REGISTERS = ("fastapi.FastAPI().middleware()", "starlette.applications.Starlette().middleware()")
"""Decorators that register a function though their names begin like those."""

DATA_CLASSES = frozenset("attrs dataclass dataclass_transform define frozen mutable".split())
"""Last names of decorators that make `__init__` of the annotated names."""


class Decorators(Expressions):
    """The project's own decorators are called; those of libraries are known by name."""

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
            known = self.lookup(getattr(node.value, "id", ""), frame) if isinstance(node, ast.Attribute) else None
            before = known.atoms[0] if known is not None and known.atoms else None
            if isinstance(before, Descriptor) and last != "deleter":
                parts = (before.function, atom) if last == "setter" else (atom, before.setter)
                return Value((Descriptor(before.kind, *parts),))
            return known or value
        if last in CACHES or (last == "cache" and bare.startswith("functools")):
            given = decorator.record.kwargs if decorator.record is not None else {}
            key = "object" if last == "cachedmethod" else "arguments" if _KEYS.isdisjoint(given) else "own"
            return Value((Cached(atom, key),)) if isinstance(atom, (Function, Class, Bound)) else value
        if last in DATA_CLASSES and isinstance(atom, Class):
            atom.is_dataclass = True
            return value
        if last == "lambda_handler_decorator":
            # Powertools' middleware: `@middleware` over a handler gives `middleware(handler, event, context)`.
            return Value((Partial(Value((External("lambda.middleware"),)), [value], {}),))
        if bare in (
            "contextlib.contextmanager",
            "contextlib.asynccontextmanager",
            "functools.wraps",
            "abc.abstractmethod",
        ):
            return value
        if name in _REGISTERS and decorator.record is not None:
            decorator.record.root().callbacks.append(value)
        elif name.endswith("()") and decorator.record is not None and not last.lower().startswith(_WATCHERS):
            root = decorator.record.root()
            if bare in ("fastapi.FastAPI().on_event", "starlette.applications.Starlette().on_event"):
                root.at_start.append(value)
            elif root is not decorator.record or isinstance(node, (ast.Attribute, ast.Name)):
                root.callbacks.append(value)
        elif decorator.record is not None and not last.lower().startswith(_WATCHERS):
            decorator.record.root().callbacks.append(value)
        return value
