"""What executing functions left behind: records of outside calls, and the way to each.

Every execution of a function is an `Activation`. It holds the outside calls it made itself and an edge
to the activation of every project function it called; activations are shared between callers, so the
whole is a graph, and walking it from a handler's activation gives each call with its shortest way.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lambdalint.model import Step
from lambdalint.python.objects import Frame, Function
from lambdalint.python.values import Place, Value

if TYPE_CHECKING:
    from lambdalint.python.modules import Module

KEPT = 1
"""Not executed again in a warm environment."""
ON_ERROR = 2
IN_LOOP = 4
IN_LOOP_OF_RUN = 8
"""Under an event loop that `asyncio.run` made."""
UNDER_SWITCH = 16
"""Under a condition on a setting that turns things on and off."""

_BEST_WHEN_CLEAR = KEPT | ON_ERROR | IN_LOOP_OF_RUN | UNDER_SWITCH


FIRST = 1
"""Nothing but the first element of a list in a result."""
REST = 2

RUNNERS = frozenset({"asyncio.run", "asyncio.get_event_loop().run_until_complete",
                     "asyncio.new_event_loop().run_until_complete", "anyio.run", "trio.run"})  # fmt: skip
"""What runs a coroutine to its end."""
GIVE_FIRST = frozenset({"asyncio.shield", "asyncio.wait_for"}).union(
    f"asyncio.{loop}{method}"
    for loop in ("", "TaskGroup().", "get_event_loop().", "get_running_loop().", "new_event_loop().")
    for method in ("create_task", "ensure_future")
)
"""What gives, once it is awaited, the result of the coroutine it was given."""


class Guard:
    """A condition on lasting state. Once what it guards fills that state, it will not run again."""

    __slots__ = ("filled", "places")

    def __init__(self, places: frozenset[Place]) -> None:
        self.places = places
        self.filled = False


class Record:
    """One outside call as executed."""

    __slots__ = (
        "args", "at_start", "awaited", "callbacks", "escapes", "flags", "function", "guards", "kwargs",
        "lasting_receiver", "loops", "module", "name", "node", "parts", "reads", "receiver", "scope", "taint", "takes",
        "warm",
    )  # fmt: skip

    def __init__(self, name: str, node: ast.AST, frame: Frame, warm: bool) -> None:
        self.name = name
        self.node = node
        self.module = frame.module
        self.scope = frame.scope
        self.function = frame.function
        """The project function around it; None at module scope."""
        self.warm = warm
        self.args: list[Value] = []
        self.kwargs: dict[str, Value] = {}
        self.receiver: Record | None = None
        self.lasting_receiver = False
        self.guards: tuple[Guard, ...] = ()
        self.flags = 0
        self.loops: tuple[ast.AST, ...] = ()
        """The loops around it in its function, the outermost first."""
        self.reads: set[str] = set()
        """The keys under which its result is looked into."""
        self.taint = 0
        """Of what was put into its result later: `session._credentials = ...`."""
        self.escapes = False
        """Its result goes where it is not followed."""
        self.awaited = False
        self.takes = 0
        """What is taken of the lists in its result: `FIRST`, `REST` or both."""
        self.callbacks: list[Value] = []
        """Project functions that were registered with the object this call made."""
        self.at_start: list[Value] = []
        """Those of them that a web application runs when it starts or ends."""
        self.parts: list[Record] = []
        """Calls whose objects were handed to this one's object, and with them what is registered there."""

    def root(self) -> Record:
        """The first call of a chain such as `App().router().get()`."""
        record = self
        while record.receiver is not None:
            record = record.receiver
        return record


class Edge:
    """A call from one activation to another."""

    __slots__ = ("flags", "function", "guards", "loops", "module", "name", "node", "scope", "step", "target")

    def __init__(
        self,
        node: ast.AST,
        frame: Frame,
        name: str,
        guards: tuple[Guard, ...],
        flags: int,
        loops: tuple[ast.AST, ...],
        target: Activation,
    ) -> None:
        self.node = node
        self.module = frame.module
        self.scope = frame.scope
        self.function = frame.function
        self.name = name
        self.guards = guards
        self.flags = flags
        self.loops = loops
        self.target = target
        self.step: Step | None = None
        """As the model tells of it, once it was asked for: many ways lead over one edge."""


class Activation:
    """One execution of a function with one kind of arguments."""

    __slots__ = ("base", "coroutine", "edges", "module", "raises", "records", "result", "returned", "stores", "tested")

    def __init__(self, base: int) -> None:
        self.base = base
        """How many guards of callers lay on the stack when it began."""
        self.records: list[Record] = []
        self.edges: list[Edge] = []
        self.stores: set[Place] = set()
        """The lasting slots that it, or what it calls, fills."""
        self.tested: list[Guard] = []
        self.raises = False
        """Some way through it raises."""
        self.returned: list[tuple[Value, ast.AST]] = []
        """What each `return` gives."""
        self.module: Module | None = None
        """Where the function executed stands."""
        self.result: Value | None = None
        self.coroutine = False
        """It is of an `async def` function with nothing around it: what a call gives has to be awaited."""


def walk(root: Activation, flags: int = 0) -> Iterator[tuple[Record, tuple[Edge, ...], int]]:
    """Each outside call below `root` once: its record, the shortest way there, and its flags.

    Where several ways lead to one call, the flags are those of the worst: not kept if on any way not
    kept, on the error path only if on all.
    """
    best: dict[tuple[int, int], tuple[Record, tuple[Edge, ...], int]] = {}
    seen: set[tuple[int, int]] = set()
    todo: list[tuple[Activation, tuple[Edge, ...], int]] = [(root, (), flags)]
    for activation, way, state in todo:  # breadth first: the list grows while it is read
        if (id(activation), state) in seen:
            continue
        seen.add((id(activation), state))
        for record in activation.records:
            now = state | record.flags | _kept_by(record.guards)
            # A factory's callers choose what it builds: each of them is a place of its own.
            key = (id(record), id(way[-1]) if way and chosen_by_caller(record) else 0)
            known = best.get(key)
            if known is None:
                best[key] = (record, way, now)
            elif known[2] != now:
                worse = (known[2] & KEPT) > (now & KEPT)
                merged = (known[2] & now & _BEST_WHEN_CLEAR) | ((known[2] | now) & IN_LOOP)
                best[key] = (record, way if worse else known[1], merged)
        for edge in activation.edges:
            now = state | edge.flags | _kept_by(edge.guards)
            todo.append((edge.target, (*way, edge), now))
    yield from best.values()


def _kept_by(guards: Sequence[Guard]) -> int:
    return KEPT if guards and any(guard.filled for guard in guards) else 0


def chosen_by_caller(site: Record | Edge) -> bool:
    """Whether the first argument of a call is simply a parameter of the function around it.

    Such a function is a factory (`def make(service): return boto3.client(service, config=CONFIG)`): what
    it builds, and how often, is decided where it is called. So is what a function logs that is given all of it.
    """
    if site.function is None or not isinstance(site.node, ast.Call):
        return False
    first = site.node.args[0] if site.node.args else None
    for keyword in site.node.keywords:
        if keyword.arg == "service_name":
            first = keyword.value
    return isinstance(first, ast.Name) and first.id in parameter_names(site.function)


def parameter_names(function: Function) -> frozenset[str]:
    """All names that a function's signature binds."""
    spec = function.node.args
    return frozenset(arg.arg for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))
