"""What an invocation returns, leaves behind and catches, as nouns of the model."""

from __future__ import annotations

import ast
from collections.abc import Collection as Collection_
from collections.abc import Mapping, Sequence

from lambdalint.model import Data, DefeatedCache, Location, Read, Rescue, Size, Skip, Step, Store
from lambdalint.python.flow import Activation
from lambdalint.python.machine import Caught, Defeat, Left, Skipped, Taken
from lambdalint.python.modules import Module
from lambdalint.python.translation import call_of
from lambdalint.python.values import (
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
        call = call_of(atom.record)
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


def skips_of(skipped: Sequence[Skipped], ways: Ways) -> tuple[Skip, ...]:
    """The conditions that pass over records, each once."""
    found: dict[object, Skip] = {}
    for paths, node, module, activation in skipped:
        place = module.source.location(node)
        found.setdefault(place, Skip(place, paths, ways.get(id(activation), ())))
    return tuple(found.values())


def defeats_of(defeats: Sequence[Defeat], ways: Ways) -> tuple[DefeatedCache, ...]:
    """The caches that never hit."""
    return tuple(
        DefeatedCache(
            defeat.module.source.location(defeat.node),
            defeat.name,
            defeat.kind,
            defeat.culprit,
            ways.get(id(defeat.activation), ()),
        )
        for defeat in defeats
    )


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
