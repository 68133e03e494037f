"""From what executing left behind to the nouns of the model."""

from __future__ import annotations

import ast
from collections.abc import Collection as Collection_
from collections.abc import Mapping, Sequence

from lambdalint.model import UNKNOWN, Argument, Call, Calls, Data, Location, Loop, Read, Rescue, Size, Step, Store
from lambdalint.python.calls import RUNNERS
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
from lambdalint.python.machine import Caught, Left, Taken
from lambdalint.python.modules import Module
from lambdalint.python.values import (
    CREDENTIALS,
    EVENT,
    RESULT,
    Atom,
    Bound,
    Cached,
    Class,
    Collection,
    Const,
    External,
    Function,
    Instance,
    Partial,
    Piece,
    Place,
    Text,
    Value,
)
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
    if any(record.name in RUNNERS for record, _, _ in found):
        # A coroutine may be made before it is handed to `asyncio.run`.
        found = [(record, way, flags | _loop_of_run(record)) for record, way, flags in found]
    calls = []
    for record, way, flags in found:
        made.setdefault(id(record), _name_only(record))
        call = made[id(record)] = _call(record, way[skip:], flags, made)
        calls.append(call)
    return Calls(calls)


def _loop_of_run(record: Record) -> int:
    function = record.function
    return IN_LOOP_OF_RUN if function is not None and isinstance(function.node, ast.AsyncFunctionDef) else 0


def _name_only(record: Record) -> Call:
    """What stands for a call among its own arguments: `page = list(token=page["next"])`."""
    return Call(record.name, record.module.source.location(record.node), ())


def _made(record: Record, made: dict[int, Call]) -> Call:
    """The call that a record is, without the way there."""
    if id(record) not in made:
        made[id(record)] = _name_only(record)
        made[id(record)] = _call(record, (), record.flags, made)
    return made[id(record)]


def _call(record: Record, way: Sequence[Edge], flags: int, made: dict[int, Call]) -> Call:
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
        receiver=_made(receiver, made) if receiver is not None else None,
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


def _argument(value: Value, made: dict[int, Call], depth: int = 4) -> Argument:
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
                text = tuple(_argument(part, made, depth - 1) for part in atom.parts)
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


# -- what is returned, kept and caught -------------------------------------------------------------------

MAX_ALTERNATIVES = 8
DEEP = 6
"""Data in data is told so far down."""


def returned_by(root: Activation) -> tuple[Data, ...]:
    """What an invocation may return."""
    found: list[Data] = []
    for edge in root.edges[:1]:
        module = edge.target.module
        for value, node in edge.target.returned:
            if module is not None:
                found += data_of(value, module.source.location(node), DEEP)
    return tuple(found)


def data_of(value: Value, place: Location, depth: int) -> tuple[Data, ...]:
    """The things a value may be; none of what is not known."""
    if not depth:
        return ()
    found = (_data(atom, place, depth) for atom in value.atoms[:MAX_ALTERNATIVES])
    return tuple(one for one in found if one is not None)


def _data(atom: Atom, place: Location, depth: int) -> Data | None:
    if isinstance(atom, Const):
        return Data("constant", _place(atom.place, place), atom.value)
    if isinstance(atom, Piece):
        return Data("event", place)
    if isinstance(atom, Text):
        return Data("text", place)
    if isinstance(atom, Collection):
        place = _place(atom.place, place)
        items = {key: data_of(value, place, depth - 1) for key, value in atom.keys.items()}
        elements = data_of(atom.items, place, depth - 1) if atom.items is not None else ()
        return Data(atom.kind, place, items=items, elements=elements)
    if isinstance(atom, Instance):
        return Data("object", place, name=_class_name(atom.cls))
    if isinstance(atom, External):
        if atom.record is None:
            return Data("code", place, name=atom.name)
        call = _call(atom.record, (), atom.record.flags, {})
        return Data("call", call.location, name=atom.name, call=call)
    if isinstance(atom, (Function, Class, Bound, Partial, Cached)):
        return Data("code", place)
    return None


def _place(known: tuple[Module, ast.AST] | None, otherwise: Location) -> Location:
    return known[0].source.location(known[1]) if known is not None else otherwise


def _class_name(cls: Class) -> str:
    """`Order(pydantic.BaseModel)`, `Order(dataclass)`."""
    bases = [base.name for base in cls.lineage() if isinstance(base, External)]
    if any(isinstance(base, Class) and base.is_dataclass for base in cls.lineage()):
        bases.append("dataclass")
    return f"{cls.name}({', '.join(bases)})" if bases else cls.name


Ways = Mapping[int, tuple[Step, ...]]


def reads_of(taken: Sequence[Taken], ways: Ways) -> tuple[Read, ...]:
    """Where parts of the event are taken, each place once."""
    found: dict[object, Read] = {}
    for path, node, module, activation in taken:
        place = module.source.location(node)
        found.setdefault((place, path), Read(place, path, ways.get(id(activation), ())))
    return tuple(found.values())


def stores_of(left: Sequence[Left], cleared: Collection_[Place], ways: Ways) -> tuple[Store, ...]:
    """What of the event is left behind, each statement once."""
    found: dict[object, Store] = {}
    for one in left:
        module = one.activation.module
        if module is None:
            continue
        kind = {"variable": "global", "attribute": "attribute"}.get(one.place[0], "element")
        name = str(one.place[2]) if kind != "element" else _container(one.statement)
        store = Store(
            module.source.location(one.statement),
            name,
            kind,
            one.key_from_event,
            one.grows,
            one.place in cleared,
            one.guarded,
            ways.get(id(one.activation), ()),
        )
        found.setdefault((store.location, name), store)
    return tuple(found.values())


def _container(statement: ast.stmt) -> str:
    """What a statement puts something into: `SEEN` for `SEEN.append(x)` and for `SEEN[k] = x`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        if isinstance(statement.value.func, ast.Attribute):
            return ast.unparse(statement.value.func.value)
    if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        return ast.unparse(target.value if isinstance(target, ast.Subscript) else target)
    return ""


def rescues_of(caught: Sequence[Caught], ways: Ways) -> tuple[Rescue, ...]:
    """The `except` clauses, each once."""
    found: dict[object, Rescue] = {}
    for one in caught:
        if one.node in found:
            continue
        place = one.frame.module.source.location(one.node)
        first = Location(place.path, place.line, place.column, place.line, place.column + len("except"))
        kinds = one.node.type.elts if isinstance(one.node.type, ast.Tuple) else [one.node.type]
        found[one.node] = Rescue(
            first,
            tuple(ast.unparse(kind) for kind in kinds if kind is not None),
            one.raises,
            _raises_below(one),
            any(isinstance(part, ast.Return) for line in one.node.body for part in ast.walk(line)),
            one.goes_on,
            size_of(one.attempt.body).statements,
            one.calls,
            one.handles,
            one.in_loop,
            one.frame.scope,
            ways.get(id(one.activation), ()),
        )
    return tuple(found.values())


def _raises_below(one: Caught) -> bool:
    function, last = one.frame.function, one.attempt.end_lineno or 0
    if function is None:
        return False
    below = one.frame.module.source.lines[last : function.node.end_lineno]
    return any(line.lstrip().startswith("raise") for line in below)  # to walk the tree takes far longer


def size_of(body: Sequence[ast.stmt]) -> Size:
    """How much stands in a block, inner blocks included."""
    statements = branches = 0
    todo = list(body)
    while todo:
        node = todo.pop()
        statements += 1
        if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)):
            branches += 1
        for name in ("body", "orelse", "finalbody"):
            todo += getattr(node, name, ())
        for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            branches += 1
            todo += part.body
    return Size(statements, branches)
