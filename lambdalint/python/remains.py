"""What an invocation returns, leaves behind and catches, as nouns of the model."""

from __future__ import annotations

import ast
from collections.abc import Collection as Collection_
from collections.abc import Mapping, Sequence

from lambdalint.model import (
    Cleanup,
    Data,
    DefeatedCache,
    Dropped,
    Location,
    Parameters,
    Read,
    Rescue,
    Size,
    Skip,
    Step,
    Store,
    Variable,
)
from lambdalint.python.blocks import contains, statements
from lambdalint.python.flow import Activation
from lambdalint.python.modules import Module
from lambdalint.python.notes import Asked, Caught, Cleaned, Defeat, Drop, Left, Skipped, Taken
from lambdalint.python.objects import Bound, Cached, Class, Collection, Function, Instance, Partial
from lambdalint.python.translation import call_of
from lambdalint.python.values import Atom, Const, External, Piece, Place, Text, Value

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
        if atom.owner is not None:
            return None  # a `__dict__`, of which a copy may hold other things
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


def stores_of(
    left: Sequence[Left], cleared: Collection_[Place], ways: Ways, reached: Collection_[int]
) -> tuple[Store, ...]:
    """What is left behind, each statement once. `reached` are the activations that no invocation leaves out."""
    found: dict[object, Store] = {}
    for one in left:
        module = one.activation.module
        if module is None or not (one.of_event or id(one.activation) in reached):
            continue
        kind = {"variable": "global", "attribute": "attribute"}.get(one.place[0], "element")
        name = str(one.place[2]) if kind != "element" else _container(one.statement)
        store = Store(
            module.source.location(one.statement),
            name,
            kind,
            one.of_event,
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
            contains(one.node.body, ast.Return),
            one.goes_on,
            size_of(one.attempt.body).statements,
            one.calls,
            one.handles,
            one.in_loop,
            one.frame.scope,
            ways.get(id(one.activation), ()),
            _continues(one.node.body),
        )
    return tuple(found.values())


def cleanups_of(cleaned: Sequence[Cleaned], ways: Ways) -> tuple[Cleanup, ...]:
    """The `finally` clauses, each once."""
    found: dict[object, Cleanup] = {}
    for one in cleaned:
        if one.attempt in found:
            continue
        body = one.attempt.finalbody
        returns = isinstance(body[-1], ast.Return)
        found[one.attempt] = Cleanup(
            one.frame.module.source.location(body[-1] if returns else body[0]),
            returns,
            any(_keeps_all(clause) for clause in one.attempt.handlers),
            one.calls,
            one.handles,
            one.frame.scope,
            ways.get(id(one.activation), ()),
        )
    return tuple(found.values())


def _keeps_all(clause: ast.ExceptHandler) -> bool:
    caught = clause.type
    is_broad = caught is None or (isinstance(caught, ast.Name) and caught.id in ("BaseException", "Exception"))
    return is_broad and not contains(clause.body, ast.Raise)


def _continues(body: Sequence[ast.stmt]) -> bool:
    """Whether a `continue` in a block is that of a loop around it."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Continue):
            return True
        if isinstance(node, (ast.If, ast.Try, ast.TryStar, ast.ExceptHandler, ast.With, ast.Match, ast.match_case)):
            todo += ast.iter_child_nodes(node)
    return False


def _raises_below(one: Caught) -> bool:
    function, last = one.frame.function, one.attempt.end_lineno or 0
    if function is None:
        return False
    below = one.frame.module.source.lines[last : function.node.end_lineno]
    return any(line.lstrip().startswith("raise") for line in below)  # to walk the tree takes far longer


def dropped_of(dropped: Sequence[Drop], ways: Ways) -> tuple[Dropped, ...]:
    """The coroutines that nothing awaits, each place once."""
    found: dict[Location, Dropped] = {}
    for edge, activation in dropped:
        place = edge.module.source.location(edge.node)
        found.setdefault(place, Dropped(place, edge.name, ways.get(id(activation), ())))
    return tuple(found.values())


def size_of(body: Sequence[ast.stmt]) -> Size:
    """How much stands in a block, inner blocks included."""
    count = branches = 0
    for node in statements(body):
        count += 1
        if isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match)):
            branches += 1
        branches += len(getattr(node, "handlers", ())) + len(getattr(node, "cases", ()))
    return Size(count, branches)


def variables_of(asked: Sequence[Asked], at_import: Ways, warm: Ways) -> tuple[Variable, ...]:
    """The environment variables looked up on the way of one handler."""
    found = []
    for one in asked:
        way = (warm if one.warm else at_import).get(id(one.activation))
        if way is not None:
            place = one.module.source.location(one.node)
            found.append(Variable(one.name, place, way, one.needed, one.certain, not one.warm))
    return tuple(found)


def parameters_of(value: Value) -> Parameters | None:
    """How what a name is bound to may be called, where that is a function of the project and nothing is around it."""
    atom = value.atoms[0] if len(value.atoms) == 1 and not value.more else None
    bound = 0
    if isinstance(atom, Bound):
        atom, bound = atom.function, 1
    if not isinstance(atom, Function):
        return None
    if not isinstance(atom.node, ast.Lambda) and atom.node.decorator_list:
        return None
    spec = atom.node.args
    count = len(spec.posonlyargs) + len(spec.args)
    names = (arg.arg for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if default is None)
    most = None if spec.vararg is not None else max(count - bound, 0)
    return Parameters(max(count - len(spec.defaults) - bound, 0), most, tuple(names))
