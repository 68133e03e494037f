"""LL304: what the handler returns, or hands to json.dumps, has no form in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import adding, expressing
from lambdalint.checks._libraries import through
from lambdalint.checks.handler._json_forms import (
    KNOWN,
    has_own_serializer,
    held_by,
    is_one_of_several,
    kind_of,
    kind_of_call,
)
from lambdalint.model import Argument, Call, Data, Handler

INSTEAD = {
    "set": "return a sorted list",
    "generator": "return a list",
    "deque": "return a list",
    "function or class": "call it",
    "range": "return a list",
    "zip object": "return a list",
    "enumerate object": "return a list",
    "datetime": "return its isoformat()",
    "time": "return its isoformat()",
    "timedelta": "return its total_seconds()",
    "UUID": "return str() of it",
    "Path": "return str() of it",
    "HTTP response object": "return its json() or text",
    "stream": "read it first",
}
FORMS = {
    "set": "sorted",
    "generator": "list",
    "deque": "list",
    "range": "list",
    "zip object": "list",
    "enumerate object": "list",
    "datetime": ".isoformat()",
    "time": ".isoformat()",
    "timedelta": ".total_seconds()",
    "UUID": "str",
    "Path": "str",
}
"""The fix by kind: a function around the value, or a method of it."""
OF_CLASSES = {
    "dataclass": "dataclasses.asdict",
    "pydantic.BaseModel": '.model_dump(mode="json")',
    "aws_lambda_powertools.utilities.parser.BaseModel": '.model_dump(mode="json")',
}
"""The same by the base of an object's class."""
TAKES = frozenset({"items", "keys", "pop", "update", "values"})
"""Methods of a dict by which its parts are looked at or changed."""
SHOWS = frozenset({"isoformat", "strftime", "timestamp", "total_seconds"})

DUMP_INSTEAD = {
    "stream": "read it first",
    "HTTP response object": "give it its json() or text",
    "range": "give it a list",
    "zip object": "give it a list",
    "enumerate object": "give it a list",
}
PLAIN_TYPES = frozenset(f"builtins.{name}" for name in ("bool", "bytes", "dict", "float", "int", "list", "str"))
DUMPS = frozenset({"json.dump", "json.dumps"})


@check(Handler, code="LL304", severity=Severity.WARNING, since="0.1")
def unserializable_return(handler: Handler) -> Iterator[Problem]:
    """What is returned has no form in JSON.

    **Why it matters.** The runtime writes what the handler returns as JSON. It cannot do so with a set, a datetime, a
    UUID, a generator, a function, an object of a class: the work is done, and then the invocation ends with
    `Runtime.MarshalError`. Whoever called gets an error, and a queue or an asynchronous caller has it all done again.
    Results of AWS operations often hold datetimes or streams.

    **Bad**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return s3.list_buckets()  # LL304
    ```

    **Good**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    ```

    The same holds of `json.dumps` without `default` or `cls`. The runtimes do write Decimal, and bytes that are UTF-8;
    `json.dumps` does not.

    **Fix (unsafe).** Puts `sorted()`, `list()` or `str()` around the value, or calls its `isoformat()`,
    `total_seconds()`, `model_dump(mode="json")` (pydantic 2) or `dataclasses.asdict`; `json.dumps` is given
    `default=str`. To be reviewed: the form that the caller wants; members of a set that cannot be sorted; what a
    dataclass holds. Only where the value stands in what the handler itself returns. Left alone are bytes, streams
    and the results of AWS operations, of which somebody has to choose what is needed.

    **Ignore it when** a decorator turns the value into text before the runtime gets it.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    """
    seen = set()
    for problem in (*_returned(handler), *_dumped(handler)):
        if problem.location not in seen:
            seen.add(problem.location)
            yield problem


# -- what is returned ------------------------------------------------------------------------------------


def _returned(handler: Handler) -> Iterator[Problem]:
    if not handler.returns or has_own_serializer(handler):
        return
    sure = not _asks_for_types(handler)
    for data in handler.returns:
        if not is_one_of_several(data, handler.returns):
            yield from _problems(handler, data, sure, depth=6)


def _asks_for_types(handler: Handler) -> bool:
    """Whether something looks at what values are, and so may turn those that JSON does not know into others."""
    return bool(handler.warm_calls.named(("builtins.hasattr",))) or any(
        (of := call.argument(1)) is None or of.reference not in PLAIN_TYPES
        for call in handler.warm_calls.named(("builtins.isinstance",))
    )


def _problems(handler: Handler, data: Data, sure: bool, depth: int) -> Iterator[Problem]:
    """The problems of a value and of what it holds."""
    if data.kind in ("dict", "list", "tuple") and depth:
        # What is put under a key that is not known may have replaced what stood there.
        replaced = data.kind == "dict" and bool(data.elements)
        for values in (*data.items.values(), data.elements):
            for value in values:
                if not is_one_of_several(value, values):
                    yield from _problems(handler, value, sure and not replaced and _alone(value, values), depth - 1)
        return
    if data.call is not None and data.call.kept:
        return
    found = _result_of_aws(handler, data) if data.kind == "call" else None
    if found is not None:
        name, kind, certain = found
        message = (
            f"the result of {name} is returned, but holds a {kind}, which JSON has no form for; take what is needed"
        )
        yield Problem(data.location, message, sure=sure and certain)
        return
    known = kind_of(data)
    if known is not None:
        instead = INSTEAD.get(known, "return a dict of its values")
        message = f"{_article(known)} is returned, which JSON has no form for: the invocation fails; {instead}"
        # Of a class whose bases are not all known an object may be a dict after all.
        certain = sure and (data.kind != "object" or data.name.endswith(KNOWN))
        yield Problem(data.location, message, _fix(handler, data, known), sure=certain)


def _fix(handler: Handler, data: Data, known: str) -> Fix | None:
    """What other functions of the project return is left alone: they may be called elsewhere too."""
    name, _, bases = data.name.removesuffix(")").partition("(") if data.kind == "object" else ("", "", "")
    form = OF_CLASSES.get(bases) if name else FORMS.get(known)
    if form is None or data.location.path != handler.path:
        return None
    return expressing(data.location, form, name, handler.name.rpartition(".")[2])


def _alone(value: Data, values: Sequence[Data]) -> bool:
    """Whether a value has no other in its place, such as what it was turned into, but None."""
    return all(one is value or (one.kind == "constant" and one.value is None) for one in values)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeioAEIO" else f"a {kind}"


# -- results of AWS operations ---------------------------------------------------------------------------


def _result_of_aws(handler: Handler, data: Data) -> tuple[str, str, bool] | None:
    """The operation by name, what of its result has no form in JSON, and whether that is certain."""
    call, name = data.call, data.name
    if call is None:
        return None
    if call.operation:
        held = held_by(call)
        whole = f"{call.name}()"
        if not held or name not in (whole, f"{whole}[]"):
            return None
        if name == whole:
            # Who looked under such a key may have changed what is there.
            certain = not call.reads & {*held, "*"}
            kinds = list(held.values())
        else:
            if not call.reads or not call.reads <= held.keys():
                return None
            kinds = [held[key] for key in call.reads]
            certain = True
    elif call.receiver is not None and call.receiver.operation and name == f"{call.receiver.name}().get()":
        key = call.argument(0, "key")
        held = held_by(call.receiver)
        if key is None or not isinstance(key.value, str) or key.value not in held:
            return None
        kinds, certain, call = [held[key.value]], True, call.receiver
    else:
        return None
    return f"{call.operation}()", min(kinds), certain and not _is_worked_on(handler, call)


def _is_worked_on(handler: Handler, call: Call) -> bool:
    """Whether parts of a result are taken and turned into something else."""
    for other in handler.warm_calls:
        method = other.name.rpartition(".")[2]
        if other.receiver is not None and other.receiver.location == call.location:
            if method in TAKES or method in SHOWS:
                return True
        elif other.name == "builtins.str" and other.loops and other.scope == call.scope:
            return True  # `for volume in result["Volumes"]: volume["CreateTime"] = str(volume["CreateTime"])`
    return False


# -- json.dumps ------------------------------------------------------------------------------------------


def _dumped(handler: Handler) -> Iterator[Problem]:
    for dump in handler.warm_calls.named(DUMPS):
        if dump.keywords.keys() & {"default", "cls", "**"}:
            continue
        given = dump.argument(0, "obj")
        if given is None or len(given.calls) != 1 or given.keys or given.text:
            continue
        kind = _kind_dumped(given)
        if kind is not None:
            method = dump.name.rpartition(".")[2]
            instead = DUMP_INSTEAD.get(kind, "add default=str")
            message = f"json.{method} has no form for the {kind} it is given here{through(dump)}; {instead}"
            fix = None if kind in DUMP_INSTEAD else adding(dump, "default", "str", unsafe=True)
            yield Problem(dump.location, message, fix, dump.trace)


def _kind_dumped(given: Argument) -> str | None:
    """What the value is, if the whole result of a call is given."""
    call = given.calls[0]
    if call.reads or not call.escapes:
        return None
    if not call.operation:
        return kind_of_call(f"{call.name}()")
    held = held_by(call)
    return f"{sorted(held.values())[0]} in what {call.operation}() returns" if held else None
