"""From what executing left behind to the nouns of the model."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from lambdalint.model import UNKNOWN, Argument, Call, Calls, Location, Loop, Step
from lambdalint.python.flow import (
    IN_LOOP,
    IN_LOOP_OF_RUN,
    KEPT,
    ON_ERROR,
    Activation,
    Edge,
    Record,
    chosen_by_caller,
    walk,
)
from lambdalint.python.modules import Module
from lambdalint.python.values import CREDENTIALS, EVENT, RESULT, Const, External, Piece, Value
from lambdalint.python.values import UNKNOWN as UNKNOWN_VALUE

FACTORY_MADE = frozenset({"boto3.client", "boto3.resource", "boto3.Session().client", "boto3.Session().resource"})
"""Built by name: a function that passes its own parameter on as the name is a factory of them."""

CLIENTS = ("boto3.client()", "boto3.Session().client()", ".create_client()", "aioboto3.Session().client()")
"""How what a client's method belongs to ends."""
TABLES = ("boto3.resource().Table()", "boto3.Session().resource().Table()", "aioboto3.Session().resource().Table()")
"""Resources whose methods are called like the operations."""


def _step(edge: Edge) -> Step:
    return Step(edge.module.path, getattr(edge.node, "lineno", 1), edge.name)


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


def calls_below(root: Activation, skip: int) -> Calls:
    """Every outside call below an activation, in the order of the way there."""
    made: dict[int, Call] = {}
    found: list[tuple[Record, tuple[Edge, ...], int]] = list(walk(root))
    calls = []
    for record, way, flags in found:
        call = made[id(record)] = _call(record, way[skip:], flags, made)
        calls.append(call)
    return Calls(calls)


def _call(record: Record, way: Sequence[Edge], flags: int, made: Mapping[int, Call]) -> Call:
    receiver = record.receiver
    service, operation = _operation(record)
    site: Record | Edge = record
    if record.name in FACTORY_MADE:
        while way and chosen_by_caller(site):
            site, way = way[-1], way[:-1]
    return Call(
        name=record.name,
        location=site.module.source.location(site.node),
        trace=tuple(_step(edge) for edge in way),
        positional=tuple(_argument(value, made) for value in record.args),
        keywords={name: _argument(value, made) for name, value in record.kwargs.items()},
        receiver=None if receiver is None else made.get(id(receiver)) or _call(receiver, (), receiver.flags, made),
        receiver_persists=record.lasting_receiver,
        kept=bool(flags & KEPT),
        on_error_path=bool(flags & ON_ERROR),
        in_loop=bool(flags & IN_LOOP),
        in_asyncio_run=bool(flags & IN_LOOP_OF_RUN),
        scope=site.scope,
        service=service,
        operation=operation,
        loops=tuple(_loop(one.module, node) for one in (*way, site) for node in one.loops),
        reads=frozenset(record.reads),
        escapes=record.escapes,
    )


def _operation(record: Record) -> tuple[str, str]:
    """The AWS service and the operation that a call is; empty for others."""
    owner, _, method = record.name.rpartition(".")
    maker: Record | None = record.receiver
    if owner.endswith(TABLES):
        maker = record.root()
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
    return Loop(module.source.location(node), kind or "comprehension")


def _argument(value: Value, made: Mapping[int, Call]) -> Argument:
    constant: object = UNKNOWN
    calls: list[Call] = []
    literal: Location | None = None
    if len(value.atoms) == 1 and not value.more and isinstance(value.atoms[0], Const):
        constant = value.atoms[0].value
        if value.atoms[0].place is not None:
            module, node = value.atoms[0].place
            literal = module.source.location(node)
    event_path = next((atom.path for atom in value.atoms if isinstance(atom, Piece)), None)
    for atom in value.atoms:
        if isinstance(atom, External) and atom.record is not None:
            calls.append(made.get(id(atom.record)) or _call(atom.record, (), atom.record.flags, made))
    return Argument(
        constant,  # type: ignore[arg-type]
        literal,
        event_path,
        bool(value.taint & EVENT),
        bool(value.taint & CREDENTIALS),
        bool(value.taint & RESULT),
        tuple(calls),
    )
