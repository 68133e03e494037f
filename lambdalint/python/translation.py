"""From what executing left behind to the nouns of the model."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from lambdalint.model import UNKNOWN, Argument, Call, Calls, Location, Loop, Step
from lambdalint.python.flow import (
    FIRST,
    IN_LOOP,
    IN_LOOP_OF_RUN,
    KEPT,
    ON_ERROR,
    RUNNERS,
    UNDER_SWITCH,
    Activation,
    Edge,
    Record,
    chosen_by_caller,
    walk,
)
from lambdalint.python.modules import Module
from lambdalint.python.objects import Collection
from lambdalint.python.values import CREDENTIALS, EVENT, RESULT, TAINTED, Const, External, Piece, Text, Value
from lambdalint.python.values import UNKNOWN as UNKNOWN_VALUE

LEVELS = frozenset({"critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning"})
FACTORY_MADE = frozenset({"boto3.client", "boto3.resource", "boto3.Session().client", "boto3.Session().resource"})
"""Built by name: a function that passes its own parameter on as the name is a factory of them."""

CLIENTS = ("boto3.client()", "boto3.Session().client()", ".create_client()", "aioboto3.Session().client()")
"""How what a client's method belongs to ends."""
TABLES = ("boto3.resource().Table()", "boto3.Session().resource().Table()", "aioboto3.Session().resource().Table()")
"""Resources whose methods are called like the operations."""


Made = dict[int, Call | None]
"""The calls made of records so far, by the record; None while one is being made."""


def _step(edge: Edge) -> Step:
    if edge.step is None:
        edge.step = Step(edge.module.path, getattr(edge.node, "lineno", 1), edge.name)
    return edge.step


def ways_to(root: Activation) -> dict[int, tuple[Step, ...]]:
    """The shortest way to each activation, as steps."""
    ways: dict[int, tuple[Step, ...]] = {id(root): ()}
    todo = [(root, 0)]
    for activation, depth in todo:
        for edge in activation.edges:
            if id(edge.target) not in ways:
                ways[id(edge.target)] = (*ways[id(activation)], _step(edge)) if depth else ()
                todo.append((edge.target, depth + 1))
    return ways


def reached_each_time(root: Activation) -> set[int]:
    """The activations to which some way leads that is neither a cache's nor an error's."""
    reached = {id(root)}
    todo = [root]
    for activation in todo:
        for edge in activation.edges:
            seldom = edge.flags & (KEPT | ON_ERROR) or any(guard.filled for guard in edge.guards)
            if not seldom and id(edge.target) not in reached:
                reached.add(id(edge.target))
                todo.append(edge.target)
    return reached


def calls_below(root: Activation, skip: int) -> Calls:
    """Every outside call below an activation, in the order of the way there."""
    made: Made = {}
    found: list[tuple[Record, tuple[Edge, ...], int]] = list(walk(root))
    if any(record.name in RUNNERS for record, _, _ in found):
        # A coroutine may be made before it is handed to `asyncio.run`.
        found = [(record, way, flags | _loop_of_run(record)) for record, way, flags in found]
    calls = []
    for record, way, flags in found:
        made.setdefault(id(record), None)
        call = made[id(record)] = _call(record, way[skip:], flags, made)
        calls.append(call)
    return Calls(calls)


def _loop_of_run(record: Record) -> int:
    function = record.function
    return IN_LOOP_OF_RUN if function is not None and isinstance(function.node, ast.AsyncFunctionDef) else 0


def _made(record: Record, made: Made) -> Call:
    """The call that a record is, without the way there."""
    if id(record) not in made:
        made[id(record)] = None
        made[id(record)] = _call(record, (), record.flags, made)
    call = made[id(record)]
    if call is None:  # among its own arguments: `page = list(token=page["next"])`
        call = made[id(record)] = Call(record.name, record.module.source.location(record.node), ())
    return call


def _call(record: Record, way: Sequence[Edge], flags: int, made: Made) -> Call:
    receiver = record.receiver
    service, operation = _operation(record)
    site: Record | Edge = record
    if record.name in FACTORY_MADE or _logs(record.name):
        while way and chosen_by_caller(site):
            site, way = way[-1], way[:-1]
    return Call(
        name=record.name,
        location=site.module.source.location(site.node),
        trace=tuple(_step(edge) for edge in way),
        positional=tuple(_argument(value, made) for value in record.args),
        keywords={name: _argument(value, made) for name, value in record.kwargs.items()},
        receiver=_made(receiver, made) if receiver is not None else None,
        receiver_persists=record.lasting_receiver,
        kept=bool(flags & KEPT),
        on_error_path=bool(flags & ON_ERROR),
        in_loop=bool(flags & IN_LOOP),
        in_asyncio_run=bool(flags & IN_LOOP_OF_RUN),
        under_switch=bool(flags & UNDER_SWITCH),
        scope=site.scope,
        service=service,
        operation=operation,
        loops=tuple(_loop(one.module, node) for one in (*way, site) for node in one.loops),
        reads=frozenset(record.reads),
        takes_first=record.takes == FIRST,
        escapes=record.escapes,
        awaited=record.awaited,
    )


def _logs(name: str) -> bool:
    """Whether it is a method of a logger. What a project's own `def info(message)` logs is said where it is called."""
    owner, _, method = name.rpartition(".")
    return method in LEVELS and owner.lower().endswith(("logger", "logger()", "logging", "logging.root"))


def _operation(record: Record) -> tuple[str, str]:
    """The AWS service and the operation that a call is; empty for others."""
    owner, _, method = record.name.rpartition(".")
    maker: Record | None = record.receiver
    if owner.endswith(TABLES):
        maker = maker.receiver if maker is not None else None
    elif not owner.endswith(CLIENTS):
        return "", ""
    if maker is None:
        return "", ""
    named = maker.kwargs.get("service_name") or (maker.args[0] if maker.args else UNKNOWN_VALUE)
    atom = named.atoms[0] if len(named.atoms) == 1 else None
    if isinstance(atom, Const) and isinstance(atom.value, str):
        return atom.value, method
    return "", ""


def _loop(module: Module, node: ast.AST) -> Loop:
    kind = "while" if isinstance(node, ast.While) else "for" if isinstance(node, (ast.For, ast.AsyncFor)) else ""
    if isinstance(node, (ast.For, ast.AsyncFor)) and isinstance(node.iter, ast.Call):
        if isinstance(node.iter.func, ast.Name) and node.iter.func.id == "range":
            kind = "range"
    return Loop(module.source.location(node), kind or "comprehension", isinstance(node, ast.While) and _drains(node))


@lru_cache(maxsize=256)
def _drains(loop: ast.While) -> bool:
    """Whether each round takes an item off what the condition looks at: `while keys: keys.pop()`."""
    names = {part.id for part in ast.walk(loop.test) if isinstance(part, ast.Name)}
    return bool(names) and any(_takes_from(part, names) for part in _each_round(loop.body))


def _each_round(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """What each round of a loop executes, whatever its conditions say."""
    for statement in body:
        if isinstance(statement, (ast.Try, ast.With)):
            yield from _each_round(statement.body)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Delete, ast.Expr)):
            yield from ast.walk(statement)


def _takes_from(node: ast.AST, names: set[str]) -> bool:
    taken: list[ast.expr] = []
    if isinstance(node, ast.Delete):
        taken = [target.value for target in node.targets if isinstance(target, ast.Subscript)]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        taken = [node.func.value] if node.func.attr in ("pop", "popitem", "popleft") else []
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
        if isinstance(node.value.slice, ast.Slice) and isinstance(node.targets[0], ast.Name):  # `keys = keys[100:]`
            taken = [node.value.value] if node.targets[0].id == getattr(node.value.value, "id", "") else []
    return any(isinstance(owner, ast.Name) and owner.id in names for owner in taken)


_NOT_KNOWN = tuple(
    Argument(
        UNKNOWN,
        from_event=bool(taint & EVENT),
        from_credentials=bool(taint & CREDENTIALS),
        from_result=bool(taint & RESULT),
    )
    for taint in range(len(TAINTED))
)
"""What is not known at all, by its taint."""


def _argument(value: Value, made: Made, depth: int = 4) -> Argument:
    if not value.atoms:
        return _NOT_KNOWN[value.taint]
    constant: object = UNKNOWN
    literal: Location | None = None
    event_path: tuple[str | int, ...] | None = None
    text: tuple[Argument, ...] = ()
    items: dict[str, Argument] = {}
    reference = ""
    calls: list[Call] = []
    taint = value.taint
    for atom in value.atoms:
        if isinstance(atom, External):
            if atom.record is not None:
                taint |= atom.record.taint
                calls.append(_made(atom.record, made))
            else:
                reference = atom.name
        elif isinstance(atom, Const):
            if len(value.atoms) == 1 and not value.more:
                constant = atom.value
                if atom.place is not None and isinstance(constant, str):
                    literal = atom.place[0].source.location(atom.place[1])
        elif isinstance(atom, Piece):
            event_path = atom.path
        elif isinstance(atom, Text):
            if depth:
                # The left end of `a + b + c + d` stands deepest, and says most.
                text = tuple(_argument(part, made, depth - bool(i)) for i, part in enumerate(atom.parts))
        elif isinstance(atom, Collection) and atom.kind == "dict" and depth:
            for key, part in atom.keys.items():
                if isinstance(key, str):
                    items[key] = _argument(part, made, depth - 1)
    return Argument(
        constant,  # type: ignore[arg-type]
        literal,
        event_path,
        text,
        items,
        reference,
        bool(taint & EVENT),
        bool(taint & CREDENTIALS),
        bool(taint & RESULT),
        tuple(calls),
    )


def call_of(record: Record) -> Call:
    """A call by itself, without the way there."""
    return _call(record, (), record.flags, {})
