"""LL708: data of the event is run as code, as a command or as a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text, through
from lambdalint.checks.security import _interpreters as known
from lambdalint.model import Argument, Call, Handler, Location, Step

DEEP = 8
"""A value is followed through so many calls."""

SAYS = {
    "code": "is run as code; parse it, or look what to do up in a dict",
    "filter": "is a filter of the database, operators included; build the filter from keys you know",
    "objects": "is unpickled, which runs what it names; use JSON, or a loader that makes plain data",
    "shell": "is run by a shell; start the program without one, its arguments in a list",
    "sql": "becomes a part of SQL; hand it over as a parameter",
    "statement": "is run as SQL, whatever it says; run statements you know, with parameters",
}


class Origin(NamedTuple):
    """What of the event an argument holds."""

    sure: bool
    path: tuple[str | int, ...] | None = None


@check(Handler, code="LL708", severity=Severity.WARNING, since="0.1")
def event_reaches_interpreter(handler: Handler) -> Iterator[Problem]:
    """Data of the event is run as code, as a command or as a query.

    **Why it matters.** Who sends the event then decides what the function does: reads other rows, starts programs,
    runs code. The code has all the rights of the role, and its credentials stand in the environment variables. An
    event does not only come from the API: the key of an S3 object, a queue and a form carry what people wrote.

    **Bad**

    ```python
    import psycopg

    connection = psycopg.connect("service=orders")

    def handler(event, context):
        id = event["pathParameters"]["id"]
        return connection.execute(f"SELECT total FROM orders WHERE id = '{id}'").fetchone()[0]  # LL708
    ```

    **Good**

    ```python
    import psycopg

    connection = psycopg.connect("service=orders")

    def handler(event, context):
        id = event["pathParameters"]["id"]
        return connection.execute("SELECT total FROM orders WHERE id = %s", (id,)).fetchone()[0]
    ```

    Looked for are `eval` and `exec`, shells, `pickle` and its kin, `yaml.load` with an unsafe loader, SQL, PartiQL, and
    filters of MongoDB. What went through `int()`, `uuid.UUID()` or `shlex.quote()` is not reported.

    **Ignore it when** the value was checked against a list of what is allowed, or only your own systems can send the
    event and running what it holds is the purpose of the function.

    **Source.** https://owasp.org/Top10/2021/A03_2021-Injection/
    """
    for call in handler.warm_calls:
        found = _interpreter(call)
        if found is None:
            continue
        interpreter, argument, certain = found
        if argument is None or not argument.from_event:
            continue
        if any(one.name in known.CALLS for one in argument.calls):
            continue  # `execute(text(...))`, `exec(compile(...))`: said of the inner one
        origin = _origin(argument, DEEP)
        if origin is None:
            continue
        if interpreter.kind == "sql":
            certain = _stands_for_value(argument)
            if not certain and not _is_from_outside(origin, argument):
                continue
        kind = "statement" if interpreter.kind == "sql" and argument.event_path is not None else interpreter.kind
        location, trace, where = _place(call, argument)
        yield Problem(location, f"{_shown(origin.path)} {SAYS[kind]}{where}", None, trace, sure=certain and origin.sure)


def _place(call: Call, argument: Argument) -> tuple[Location, tuple[Step, ...], str]:
    """Where the text is put together if that is in another file, else where it is run; the way there; how it is run."""
    written = next((part.literal for part in argument.text if part.literal is not None), None)
    ways = [number for number, step in enumerate(call.trace) if written is not None and step.path == written.path]
    if written is None or written.path == call.location.path or not ways:
        return call.location, call.trace, through(call)
    return written, call.trace[: ways[-1]], f" (run by {call.scope}())"


def _interpreter(call: Call) -> tuple[known.Interpreter, Argument | None, bool] | None:
    """What runs what it is given here, what that is, and whether it certainly does."""
    name = call.name
    if name in known.CALLS:
        found = known.CALLS[name]
        return found, call.argument(found.position, *found.names), name != "yaml.full_load"
    if name in known.PROCESSES:
        return _process(call)
    if name in known.YAML:
        loader = call.argument(1, "Loader")
        if loader is None or loader.reference.endswith(known.UNSAFE_LOADERS):
            return known.OBJECTS, call.argument(0, "stream"), loader is not None
        return None
    if call.operation:
        parameter = known.OPERATIONS.get((call.service, call.operation))
        return (known.SQL, call.argument(None, parameter), True) if parameter else None
    if name.endswith(known.EXECUTES) and name.startswith(known.DATABASES):
        return known.SQL, call.argument(0, *known.SQL.names), True
    if name.endswith(known.FILTERS) and name.startswith(known.DOCUMENTS):
        given = call.argument(0, "filter")
        if given is not None and given.keys:
            # Of a filter put together here it is not known what stands under which key.
            return (known.Interpreter("filter"), given, False) if "$where" in given.keys else None
        return known.Interpreter("filter"), given, given is not None and given.event_path is not None
    return None


def _process(call: Call) -> tuple[known.Interpreter, Argument | None, bool] | None:
    shell = call.argument(None, "shell")
    command = call.argument(0, "args")
    if shell is None or shell.value is False or command is None:
        return None
    return known.SHELL, command, shell.value is True


def _origin(argument: Argument, depth: int) -> Origin | None:
    """What of the event an argument holds; None if nothing that could do harm."""
    if not depth or not argument.from_event:
        return None
    if argument.event_path is not None:
        return _of_path(argument.event_path)
    if argument.text:
        parts = [_origin(part, depth - 1) for part in _filled_in(argument.text)]
        found = [part for part in parts if part is not None]
        return next((part for part in found if part.sure), found[0] if found else None)
    if argument.calls:
        origins = [_of_result(call, depth - 1) for call in argument.calls]
        found = [one for one in origins if one is not None]
        return next((one for one in found if one.sure), found[0] if found else None)
    # Computed from the event in a way that is not known; or from what another call returned, which says little.
    return None if argument.from_result else Origin(False)


def _of_path(path: tuple[str | int, ...]) -> Origin | None:
    steps = [step for step in path if isinstance(step, str) and step not in ("Records", "*")]
    first = steps[0] if steps else ""
    if first in known.TRUSTED or steps[:2] == ["s3", "bucket"]:
        return None
    return Origin(first not in known.HALF_TRUSTED, path)


def _of_result(call: Call, depth: int) -> Origin | None:
    """What of the event a call gives back."""
    if call.name in known.HARMLESS or known.HARMLESS_WORDS.search(call.name) or not depth:
        return None
    method = call.name.rpartition(".")[2]
    if call.receiver is not None and method in known.SAME_METHODS:
        return _of_result(call.receiver, depth - 1)
    given = [*call.positional, *call.keywords.values()]
    origins = [_origin(argument, depth - 1) for argument in given]
    found = [one for one in origins if one is not None]
    if call.name in known.SAME:
        return next((one for one in found if one.sure), found[0] if found else None)
    return None


def _filled_in(parts: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """The parts of a text, without those that its template makes numbers of: `"%d" % n`."""
    template = text(parts[0])
    if template is None or len(parts) < 2:
        return parts
    kinds = [found[1] for found in known.PLACEHOLDER.finditer(template)]
    return () if kinds and all(kind is not None and kind in "difeEgGxXou" for kind in kinds) else parts


def _stands_for_value(argument: Argument) -> bool:
    """Whether data of the event surely stands in SQL where a parameter could stand."""
    parts = argument.text
    if not parts and len(argument.calls) == 1 and argument.calls[0].positional:
        parts = argument.calls[0].positional[0].text  # `text(f"...")`, `dedent(f"...")`
    sql, found = "", False
    for part in _flat(parts):
        if isinstance(part.value, str):
            sql += part.value
        else:
            if known.WHERE_VALUES_STAND.search(sql) and not known.WHERE_COLUMNS_STAND.match(sql):
                found = found or _origin(part, DEEP) is not None
            sql += "?"
    found = found or any(known.WHERE_VALUES_STAND.search(sql[: one.start()]) for one in known.PLACEHOLDER.finditer(sql))
    return found and known.KEYWORD.match(sql) is not None


def _is_from_outside(origin: Origin, argument: Argument) -> bool:
    """Whether anyone may have sent it, though it is the name of a table, or all of the SQL.

    The names of tables cannot be parameters. They are checked against a list, or come from the own stack.
    """
    if argument.text:
        return bool(origin.path) and origin.path is not None and origin.path[0] in known.FROM_OUTSIDE
    return origin.sure


def _flat(parts: tuple[Argument, ...]) -> Iterator[Argument]:
    for part in parts:
        if part.text:
            yield from _flat(part.text)
        else:
            yield part


def _shown(path: tuple[str | int, ...] | None) -> str:
    """A part of the event, as it is written in code."""
    shown = "event"
    for step in path or ():
        if isinstance(step, str) and step.startswith("."):
            shown += step
        else:
            shown += "[...]" if step == "*" else f'["{step}"]' if isinstance(step, str) else f"[{step}]"
    return shown if path and len(shown) <= 60 else "data of the event"
