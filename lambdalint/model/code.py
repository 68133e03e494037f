"""What is known of code: calls, values and handlers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from lambdalint.model.places import UNKNOWN, Constant, Location, Loop, Step, Unknown
from lambdalint.model.template import Function


class Argument(NamedTuple):
    """What is known of one argument of a call, or of a part of one."""

    value: Constant | Unknown = UNKNOWN
    literal: Location | None = None
    """Where the value is written, for a text that is a constant."""
    event_path: tuple[str | int, ...] | None = None
    """The part of the event that it is: `("Records", 0, "body")`; `"*"` is any element, `()` the whole event."""
    text: tuple[Argument, ...] = ()
    """The parts of a text that is put together here, in their order: `f"{a}/b"`, `a + "/b"`, `"%s/b" % a`."""
    items: Mapping[str, Argument] = {}  # never changed
    """What stands under the keys of a dict given, as far as they are known."""
    reference: str = ""
    """The dotted name of a class or function of a library that is handed over itself."""
    from_event: bool = False
    """Depends on what this invocation was handed."""
    from_credentials: bool = False
    """Depends on credentials fetched in this invocation (`assume_role` and its kin)."""
    from_result: bool = False
    """Depends on what another call returned in this invocation."""
    calls: tuple[Call, ...] = ()
    """The calls whose results this argument may be."""

    @property
    def keys(self) -> frozenset[str]:
        """The keys of a dict given, as far as they are known."""
        return frozenset(self.items)

    @property
    def variable(self) -> str:
        """The name of the environment variable that it is; empty if it is none, or may be another value too."""
        if self.reference.startswith("os.environ[") and not self.calls:
            return self.reference[len("os.environ[") : -1]
        if len(self.calls) == 1 and self.calls[0].name in ("os.environ.get", "os.getenv") and not self.reference:
            named = self.calls[0].argument(0, "key")
            return named.value if named is not None and isinstance(named.value, str) else ""
        return ""


class Call(NamedTuple):
    """A call of something outside the project, as the analysis understood it."""

    name: str
    """Its dotted name by the library's own words: `boto3.client`, `boto3.client().get_object`."""
    location: Location
    trace: tuple[Step, ...]
    """The calls that lead from the handler here; empty where it stands in the handler itself."""
    positional: tuple[Argument, ...] = ()
    keywords: Mapping[str, Argument] = {}  # never changed
    """By name; what arrives by `**` stands under `"**"`."""
    receiver: Call | None = None
    """The call that built the object whose method this is."""
    receiver_persists: bool = False
    """The object whose method this is outlives the invocation."""
    kept: bool = False
    """Not executed again while the execution environment lives: guarded by what it fills, or cached."""
    on_error_path: bool = False
    """Stands in an `except` block."""
    in_loop: bool = False
    in_asyncio_run: bool = False
    """Runs under an event loop that is made for this invocation."""
    under_switch: bool = False
    """Stands under a condition on a setting that turns things on and off: an environment variable such as DEBUG or
    STAGE, the level of a logger."""
    scope: str = ""
    """The qualified name of the function around it; empty at module scope."""
    service: str = ""
    """For an operation of an AWS client: the client's name, `"s3"`. Empty otherwise, or if it is not known."""
    operation: str = ""
    """For an operation of an AWS client: its method, `"put_object"`. Empty otherwise."""
    loops: tuple[Loop, ...] = ()
    """The loops it stands in, the outermost first."""
    reads: frozenset[str] = frozenset()
    """The keys under which its result is looked into."""
    takes_first: bool = False
    """Of the lists in its result nothing but the first element is taken: `result["Items"][0]`."""
    escapes: bool = False
    """Its result, as a whole, goes where it is not followed: to the caller of Lambda, into a library, a global."""
    awaited: bool = False
    """Its result stands behind an `await`, here or elsewhere."""

    def argument(self, position: int | None, *names: str) -> Argument | None:
        """The argument at `position` (None: by name only) or under one of `names`; None if not given."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None


class Read(NamedTuple):
    """A part of the event is taken by key or position."""

    location: Location
    path: tuple[str | int, ...]
    """As in `Argument.event_path`: `("Records", 0)`."""
    trace: tuple[Step, ...]


class Skip(NamedTuple):
    """At the head of a loop, a condition on the record in hand decides whether anything is done with it."""

    location: Location
    """The condition."""
    paths: tuple[tuple[str | int, ...], ...]
    """What of the event it looks at, as in `Argument.event_path`: `("Records", "*", "eventName")`."""
    trace: tuple[Step, ...]


class Data(NamedTuple):
    """What a returned value may be."""

    kind: str
    """`constant`, `dict`, `list`, `tuple`, `set`, `generator`, `deque`, `call` (what a library gave), `event`,
    `object` (of a class of the project), `code` (a function or class), `text` (put together from parts)."""
    location: Location
    """Where it is made; the `return` statement, where that is not known."""
    value: Constant | Unknown = UNKNOWN
    name: str = ""
    """Of a call: its name, with what is taken of its result: `boto3.client().list_buckets()["Buckets"]`. Of an object:
    its class, with the bases: `Order(pydantic.BaseModel)`."""
    call: Call | None = None
    items: Mapping[str | int, tuple[Data, ...]] = {}  # never changed
    """What stands under the keys known; each may be one of several."""
    elements: tuple[Data, ...] = ()
    """What else it may hold."""


class Store(NamedTuple):
    """Something of this invocation is put where the next one finds it."""

    location: Location
    name: str
    """The global, attribute or container by name; empty where it has none."""
    kind: str
    """`"global"`, `"attribute"` (of a class, function or object that lasts) or `"element"` (of a container)."""
    of_event: bool
    """It depends on the event. Of the rest, only what is appended to lists is told."""
    key_from_event: bool
    """An element is put under a key that the event gives."""
    grows: bool
    """An element more each time, or one under a key that the event gives."""
    emptied: bool
    """The container loses elements somewhere on the way, or is replaced."""
    guarded: bool
    """Under a condition that looked at the same place."""
    trace: tuple[Step, ...]


class Rescue(NamedTuple):
    """An `except` clause on the way of an invocation."""

    location: Location
    """Its first line."""
    catches: tuple[str, ...]
    """The names of what it catches; empty for a bare `except`."""
    raises: bool
    """Some way through it raises, or ends the process."""
    raises_later: bool
    """The function around it raises further down: what was caught may be collected first."""
    returns: bool
    """Some way through it returns."""
    goes_on: bool
    """Some way through it leads on behind the `try` statement."""
    guards: int
    """How many statements its `try` block holds, those in inner blocks included."""
    calls: tuple[str, ...]
    """The names of the library functions that are called in the `try` block."""
    handles: tuple[str, ...]
    """The names of the library functions that are called in the clause itself."""
    in_loop: bool
    scope: str
    trace: tuple[Step, ...]
    continues: bool = False
    """Some way through it leads to the next turn of the loop around the `try` statement."""


class Cleanup(NamedTuple):
    """A `finally` clause on the way of an invocation."""

    location: Location
    """The `return` it ends with, by which any error that is on its way is thrown away; else its first statement."""
    returns: bool
    """Whether it ends with one."""
    idle: bool
    """An `except` clause of the same `try` catches all errors and raises none: none comes this far."""
    calls: tuple[str, ...]
    """The names of the functions that are called in the blocks before it."""
    handles: tuple[str, ...]
    """The names of the functions that are called in the clause itself."""
    scope: str
    trace: tuple[Step, ...]


class Dropped(NamedTuple):
    """A coroutine function of the project is called, and the coroutine thrown away: nothing of it runs."""

    location: Location
    name: str
    """The function."""
    trace: tuple[Step, ...]


class Size(NamedTuple):
    """Of the handler function itself, without what it calls."""

    statements: int = 0
    branches: int = 0
    """Conditions, loops and `except` clauses."""


class Calls(tuple[Call, ...]):
    """Calls in the order of the way to them. To find some by name does not take looking at all."""

    def named(self, names: Iterable[str]) -> list[Call]:
        """The calls of these functions."""
        table = self._by_name
        if table.keys().isdisjoint(names):
            return []  # as mostly: to find that out takes half as long as to make a set
        return [call for name in table.keys() & names for call in table[name]]

    def of(self, service: str, *operations: str) -> list[Call]:
        """The calls of these operations of an AWS service."""
        return [call for call in self.operations if call.service == service and call.operation in operations]

    @cached_property
    def operations(self) -> list[Call]:
        """The calls of operations of AWS services."""
        return [call for call in self if call.operation]

    @cached_property
    def _by_name(self) -> dict[str, list[Call]]:
        table: dict[str, list[Call]] = {}
        for call in self:
            table.setdefault(call.name, []).append(call)
        return table


def no_rarity() -> str:
    """Not known to be rare."""
    return ""


class Import(NamedTuple):
    """One name that a module-level import binds."""

    module: str
    """The dotted name of the module that is loaded: `pandas` for `import pandas as pd`."""
    bound: str
    """The name it gets here: `pd`."""
    location: Location
    guarded: bool
    """Stands in a `try` or under a condition."""
    find_use: Callable[[], bool]
    """The same as `used`, which it is there for: few are asked, and looking takes long."""
    find_rarity: Callable[[], str] = no_rarity
    """As `find_use`, for `rarity`."""

    @property
    def used(self) -> bool:
        """False only where the name is read nowhere: not here, not by others, not in `__all__`."""
        return self.find_use()

    @property
    def rarity(self) -> str:
        """Where alone the name is read: `error` (in `except` blocks), `switch` (under one that is off in production),
        `branch` (under a condition that asks for one value of several); empty: elsewhere too, or nowhere."""
        return self.find_rarity()


class DefeatedCache(NamedTuple):
    """A cache of the project's own that never gives anything back."""

    location: Location
    name: str
    """The function or variable that was meant to be the cache."""
    kind: str
    """`"key"`: keyed on an object made anew; `"shadowed"`: a parameter hides the global that is tested."""
    culprit: str
    """What defeats it: the parameter or variable by name."""
    trace: tuple[Step, ...]


class UnusedGlobal(NamedTuple):
    """A module global bound to the result of a call at import, read by nothing."""

    name: str
    call: Call
    statement: Location
    frees: tuple[tuple[str, str], ...] = ()
    """The imports that nothing else reads: module and name bound, as in `Import`."""


class Wording(NamedTuple):
    """What is written in the handler's module and in all modules of the project it leads to, executed or not."""

    words: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    """The modules imported from elsewhere: `boto3`, `pandas.io`; and those of the project that were not read."""


class Variable(NamedTuple):
    """An environment variable is looked up, by its name in `os.environ` itself or in what stands for it."""

    name: str
    """Empty where it is not known."""
    location: Location
    trace: tuple[Step, ...]
    needed: bool
    """Without it a `KeyError` is raised that nothing around it expects."""
    certain: bool
    """No condition that may or may not hold stands around it."""
    at_import: bool


class Parameters(NamedTuple):
    """How a function may be called by position."""

    least: int
    most: int | None
    """None: any number."""
    by_name_only: tuple[str, ...] = ()
    """Those without a default that are only taken by name."""


class Binding(NamedTuple):
    """A module global or class attribute that is bound once, at import, and read when functions run."""

    name: str
    location: Location
    """The statement."""


class Novelty(NamedTuple):
    """Something that older versions of Python do not understand."""

    location: Location
    what: str
    """In the words of a message: "a match statement"."""
    since: tuple[int, int]
    """The first version that does."""


def no_text(pattern: re.Pattern[str]) -> Sequence[tuple[Location, str]]:
    """Finds none."""
    return ()


def no_mention(word: str, pattern: re.Pattern[str] | None = None, *, alone: bool = False) -> bool:
    """Finds none."""
    return False


def no_bindings() -> Sequence[Binding]:
    """Knows of none."""
    return ()


def no_novelties(version: tuple[int, int]) -> Sequence[Novelty]:
    """Knows of none."""
    return ()


def no_cost(module: str) -> float:
    """Not known."""
    return 0


class Handler(NamedTuple):
    """One entry point that Lambda invokes, and what happens behind it."""

    path: str
    name: str
    location: Location
    evidence: tuple[str, ...]
    """Why this is taken for a handler, in words."""
    warm_calls: Calls = Calls()
    """What an invocation executes when the execution environment is already warm."""
    init_calls: Calls = Calls()
    """What is executed while the handler's module and all that it imports are loaded."""
    imports: Sequence[Import] = ()
    """Module-level imports of the handler's module and of the project's modules it loads."""
    defeated_caches: Sequence[DefeatedCache] = ()
    reads: Sequence[Read] = ()
    """What an invocation takes of its event."""
    skips: Sequence[Skip] = ()
    """Where it passes over records of its event."""
    returns: Sequence[Data] = ()
    """What it may return; empty where nothing of that is known."""
    stores: Sequence[Store] = ()
    """What it leaves of its event for later invocations."""
    rescues: Sequence[Rescue] = ()
    """The `except` clauses around what it does."""
    cleanups: Sequence[Cleanup] = ()
    """The `finally` clauses."""
    dropped: Sequence[Dropped] = ()
    """The coroutines it makes and does not await."""
    is_async: bool = False
    """What Lambda calls is an `async def` function, with nothing around it."""
    size: Size = Size()
    find_text: Callable[[re.Pattern[str]], Sequence[tuple[Location, str]]] = no_text
    """The string literals, in the handler's module and the project's modules it loads, in which a pattern is found.
    Cheap where the pattern is found nowhere in the text of a module."""
    wording: Callable[[], Wording] = Wording
    """Takes as long as to read the modules again."""
    unused_globals: Sequence[UnusedGlobal] = ()
    variables: Sequence[Variable] = ()
    """The environment variables that loading it and invoking it look up."""
    parameters: Parameters | None = None
    """What it takes; None where a decorator or something else may have a say."""
    mentions: Callable[..., bool] = no_mention
    """Whether a word stands in the text of the code, or of the files that are deployed with it; with a pattern, whether
    that is found in a line with the word; with `alone=True`, whether it stands there in letters of any size, with no
    other letter or digit beside it. True where the files are too many to be read."""
    bindings: Callable[[], Sequence[Binding]] = no_bindings
    """What lasts of the import. Looked for when called."""
    newer_than: Callable[[tuple[int, int]], Sequence[Novelty]] = no_novelties
    """The syntax in the modules loaded that a version of Python, such as `(3, 9)`, does not have."""
    functions: Sequence[Function] = ()
    """The Lambda functions whose templates name this handler; empty where no template does."""
    import_ms: Callable[[str], float] = no_cost
    """About how long it takes to import a module, estimated by the files that are deployed; 0 where it is not among
    them. Takes long."""
    complete: bool = True
    """False where there is more behind it than was looked at."""
    found: bool = True
    """False where templates name a handler that is not there: then nothing else is known of it."""

    @property
    def label(self) -> str:
        """`path:name`, as findings name their handler."""
        return f"{self.path}:{self.name}"
