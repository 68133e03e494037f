"""What libraries are given to call: callables at once, what is registered with an application in each invocation."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lambdalint.python.decorators import Decorators
from lambdalint.python.flow import KEPT, Record
from lambdalint.python.objects import Bound, Cached, Class, Collection, Frame, Function, Instance, Partial
from lambdalint.python.values import EVENT, UNKNOWN, Atom, Const, External, Value, unknown

_NEVER_CALLS_BACK = (
    "logging.", "builtins.isinstance", "builtins.issubclass", "builtins.print", "builtins.hasattr", "builtins.str",
    "builtins.repr", "builtins.id", "builtins.type", "builtins.len", "builtins.callable", "builtins.vars", "signal.",
    "atexit.", "inspect.", "functools.wraps", "functools.update_wrapper", "unittest.", "typing.", "builtins.dir",
    "snapshot_restore_py.", "json.loads", "pytest.", "weakref.", "copy.", "pickle.", "warnings.", "types.",
)  # fmt: skip
"""Calls that take a callable and do not call it, or not in an invocation."""

_APPLICATIONS = ("fastapi.FastAPI", "starlette.applications.Starlette")
_AT_START = ("lifespan", "on_startup", "on_shutdown")
_TAKES_CLASS = (".add_middleware", ".add_resource", ".as_view", "starlette.middleware.Middleware")
"""How the names end of what makes objects of a class it is given, for each request or for all."""
_ENTRIES = ("__call__", "delete", "dispatch", "dispatch_request", "get", "head", "options", "patch", "post", "put")
"""Methods of such classes that are called on requests."""


class Callbacks(Decorators):
    """Who calls what was handed out, and with what."""

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
                if isinstance(atom, (External, Instance)):
                    if atom.record is not None:
                        self.take_part(atom.record, record, node, frame)
                elif isinstance(atom, Collection):
                    if not self.warm:
                        for part in _registered_in(atom):
                            self.take_part(part, record, node, frame)
                    if any(_callable(one) for one in atom.element().atoms):
                        value = atom.element()
                        atom = next(one for one in value.atoms if _callable(one))
                if isinstance(atom, Class) and name.endswith(_TAKES_CLASS) and not self.warm:
                    record.callbacks.append(value)
                    record.root().parts.append(record)
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

    def take_part(self, part: Record, whole: Record, node: ast.AST, frame: Frame) -> None:
        """An object is handed to a call: `app.include_router(router)`, `respond(app, event)`."""
        if not self.warm:
            if whole.receiver is not None or part.callbacks or part.parts:
                whole.root().parts.append(part)
            if whole.name.endswith(".Api"):  # `api = Api(app)`: what is added to it, the application serves
                part.parts.append(whole)
        elif part.callbacks or part.parts:
            self.call_registered(part, node, frame)

    def hand_over(self, atom: Atom, given: list[Value], taint: int, node: ast.AST, frame: Frame) -> Value:
        """Call something that an outside call was given, with arguments that are not known."""
        target = atom
        while isinstance(target, (Cached, Bound, Partial)):
            if isinstance(target, Partial):
                if not target.target.atoms:
                    return UNKNOWN
                target = target.target.atoms[0]
            else:
                target = target.function
        args: list[Value] = []
        kwargs: dict[str, Value] = {}
        if isinstance(target, Function):
            spec = target.node.args
            names = [arg.arg for arg in (*spec.posonlyargs, *spec.args)][1 if isinstance(atom, Bound) else 0 :]
            elements = [self.element(value) if _iterable(value) else value for value in given]
            args = (elements + [unknown(taint)] * len(names))[: len(names)]
            for name, provider in target.injected.items():
                if name in names:
                    args[names.index(name)] = self.provide(provider, node, frame)
                else:
                    kwargs[name] = self.provide(provider, node, frame)
        result = self.call_atom(atom, args, kwargs, node, frame)
        self.escape(result)
        return result

    def provide(self, provider: Value, node: ast.AST, frame: Frame) -> Value:
        """What a dependency gives that a framework calls for each request; of a generator, what it yields."""
        for atom in provider.atoms:
            given = self.hand_over(atom, [], EVENT, node, frame)
            made = given.atoms[0] if given.atoms else None
            return made.element() if isinstance(made, Collection) and made.kind == "generator" else given
        return unknown(EVENT)

    def call_registered(self, record: Record, node: ast.AST, frame: Frame) -> None:
        """Call each function that was registered with an object, or one it was made of, once in an invocation."""
        if id(record) in self.called_back:
            return
        self.called_back.add(id(record))
        atoms = [atom for value in (*record.args, *record.kwargs.values()) for atom in value.atoms]
        parts = [atom.record for atom in atoms if isinstance(atom, (External, Instance))]
        for part in (*record.parts, *parts):
            if part is not None:
                self.call_registered(part, node, frame)
        for value in list(record.callbacks):
            self.call_once(value, [], node, frame, record.name.endswith((".add_middleware", ".Middleware")))
        if record.name == "mangum.Mangum" and not _is_off(record.kwargs.get("lifespan")):
            # It starts and ends the application in each invocation.
            for part in filter(None, parts):
                application = Value((External(part.name + "()", part, True),))
                for value in part.at_start:
                    self.call_once(value, [application], node, frame)

    def call_once(
        self, value: Value, given: list[Value], node: ast.AST, frame: Frame, is_middleware: bool = False
    ) -> None:
        """Call what was registered, if this invocation has not called it yet."""
        if id(value) in self.called_back:
            return
        self.called_back.add(id(value))
        for atom in value.atoms:
            if _callable(atom):
                self.hand_over(atom, given, EVENT, node, frame)
            elif isinstance(atom, Class):
                self.serve(atom, is_middleware, node, frame)

    def serve(self, cls: Class, once: bool, node: ast.AST, frame: Frame) -> None:
        """A framework makes an object of a class, once or for each request, and calls its methods."""
        flags, self.flags = self.flags, self.flags | (KEPT if once else 0)
        made = self.call_atom(cls, [], {}, node, frame)
        self.flags = flags
        for atom in made.atoms:
            if isinstance(atom, Instance):
                atom.lasting = atom.lasting or once
                for name in filter(atom.has, _ENTRIES):
                    for method in self.attribute(Value((atom,)), name, node).atoms:
                        self.hand_over(method, [], EVENT, node, frame)


def _is_off(setting: Value | None) -> bool:
    return setting is not None and any(isinstance(atom, Const) and atom.value == "off" for atom in setting.atoms)


def _registered_in(collection: Collection) -> Iterator[Record]:
    """The calls that made the elements of a list, if something is registered with what they made."""
    for value in (*collection.keys.values(), *filter(None, (collection.items,))):
        for atom in value.atoms:
            if isinstance(atom, (External, Instance)) and atom.record is not None:
                if atom.record.callbacks or atom.record.parts:
                    yield atom.record


def _callable(atom: Atom) -> bool:
    if isinstance(atom, (Function, Bound, Partial, Cached)):
        return not (isinstance(atom, Bound) and isinstance(atom.owner, Collection))
    return isinstance(atom, Instance) and atom.has("__call__")


def _iterable(value: Value) -> bool:
    return any(isinstance(atom, Collection) for atom in value.atoms)
