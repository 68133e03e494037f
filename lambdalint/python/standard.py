"""What some functions of the standard library give, where it is more than "an object of theirs"."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lambdalint.python.objects import Bound, Cached, Class, Collection, Descriptor, Frame, Function, Instance, Partial
from lambdalint.python.settings import is_set
from lambdalint.python.values import FALSE, NONE, SETTING, TRUE, UNKNOWN, Const, External, Text, Value, join, unknown

if TYPE_CHECKING:
    from lambdalint.python.outside import Outside


def _getattr(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    if len(args) >= 2 and args[1].atoms and isinstance(args[1].atoms[0], Const):
        name = args[1].atoms[0].value
        if isinstance(name, str):
            value = machine.attribute(args[0], name, node)
            return join(value, args[2]) if len(args) > 2 else value
        return unknown(args[0].taint)
    found: Value | None = None
    for atom in args[0].atoms if args else ():  # a name that is not known: `getattr(CACHE, region)`
        place = machine.element_place(atom)
        one = machine.load(place, UNKNOWN) if place is not None else None
        if one is not None:
            found = one if found is None else join(found, one)
    return found or (unknown(args[0].taint) if args else None)


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
            machine.set_attribute(atom, str(args[1].atoms[0].value), args[2], node)
    elif len(args) == 3:
        for atom in args[0].atoms:
            machine.set_item(atom, args[1], args[2])
    return NONE


def _partial(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    return Value((Partial(args[0], args[1:], kwargs),)) if args else None


def _middleware(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    """Powertools' `@middleware` and `@middleware(name="x")` over a handler."""
    if len(args) > 1:
        return Value((Partial(args[0], args[1:], kwargs),))
    return Value((Partial(Value((External("lambda.middleware"),)), args, kwargs),))


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


def _filter(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    if len(args) < 2:
        return None
    items = machine.element(args[1])
    machine.call(args[0], [items], {}, node, frame)
    return Value((Collection("generator", items, None, machine.warm),), args[1].taint)


def _dict(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    keys: dict[object, Value] = {name: value for name, value in kwargs.items() if name != "**"}
    items = machine.element(args[0]) if args else None
    return Value((Collection("dict", items, keys, machine.warm),))


def _empty_list(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    return Value((Collection("list", None, None, machine.warm, (frame.module, node)),)) if not args else None


def _set(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    taint = args[0].taint if args else 0
    items = machine.element(args[0]) if args else None
    return Value((Collection("set", items, None, machine.warm, (frame.module, node)),), taint)


def _deque(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    items = machine.element(args[0]) if args else None
    made = Collection("deque", items, None, machine.warm, (frame.module, node))
    made.bounded = len(args) > 1 or "maxlen" in kwargs
    return Value((made,))


def _text(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    """`"{}/b".format(a)` and `"/".join(parts)`."""
    parts = [machine.element(value) if _is_collection(value) else value for value in (*args, *kwargs.values())]
    taint = 0
    for part in parts:
        taint |= part.taint
    return Value((Text(node, tuple(parts)),), taint)


def _is_collection(value: Value) -> bool:
    return any(isinstance(atom, Collection) for atom in value.atoms)


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


def _environment(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    """`os.environ.get("X")` and its kin: a call like others, of which the name is remembered."""
    key = args[0] if args else kwargs.get("key")
    if key is not None:
        machine.ask(key, node, frame, needed=False)
    if len(args) < 2 or is_set(args[0]) is not False:
        return None
    return Value(args[1].atoms, args[1].taint | SETTING, None, args[1].more)


def _bool(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    holds = machine.truth(args[0]) if len(args) == 1 else None
    return None if holds is None else TRUE if holds else FALSE


def _property(
    machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value | None:
    """`size = property(_get, _set)`."""
    getter, setter = ((value.atoms[0] if value.atoms else None) for value in (*args, UNKNOWN, UNKNOWN)[:2])
    return Value((Descriptor("property", getter, setter),)) if getter is not None else None


def _vars(machine: Outside, args: list[Value], kwargs: dict[str, Value], node: ast.AST, frame: Frame) -> Value | None:
    return machine.attribute(args[0], "__dict__", node) if args else None


SPECIAL = {
    "os.environ.get": _environment,
    "os.environ.pop": _environment,
    "os.environ.setdefault": _environment,
    "os.getenv": _environment,
    "builtins.bool": _bool,
    "builtins.getattr": _getattr,
    "builtins.hasattr": _hasattr,
    "builtins.setattr": _setattr,
    "builtins.globals": _globals,
    "builtins.map": _map,
    "builtins.filter": _filter,
    "builtins.dict": _dict,
    "builtins.list": _empty_list,
    "builtins.property": _property,
    "builtins.set": _set,
    "builtins.frozenset": _set,
    "builtins.type": _type,
    "builtins.vars": _vars,
    "builtins.object.__new__": _new_object,
    "builtins.__import__": _import,
    "importlib.import_module": _import,
    "functools.partial": _partial,
    "lambda.middleware": _middleware,
    "functools.partialmethod": _partial,
    "functools.lru_cache": _called_cache,
    "functools.cache": _called_cache,
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": _dict,
    "collections.deque": _deque,
    "str.format": _text,
    "str.join": _text,
    "contextlib.ExitStack().enter_context": _enter_context,
    "contextlib.AsyncExitStack().enter_async_context": _enter_context,
}
