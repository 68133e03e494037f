"""What JSON has no form for, as far as the analysis knows what something is."""

from __future__ import annotations

from collections.abc import Sequence

from lambdalint.checks._libraries import HTTP_CALLS
from lambdalint.checks._operations import operation
from lambdalint.model import Call, Data, Handler

OWN_SERIALIZERS = frozenset({"chalice", "aws_durable_execution_sdk_python"})
"""Packages that turn what a handler returns into text themselves."""
OWN_CODE = ("is assigned the function ", "is assigned the method ", "is assigned an instance of ")
"""How the evidence begins where the handler is bound to code of the project."""

DATETIMES = frozenset(
    {
        "datetime.date()",
        "datetime.date.fromisoformat()",
        "datetime.date.today()",
        "datetime.datetime()",
        "datetime.datetime.combine()",
        "datetime.datetime.fromisoformat()",
        "datetime.datetime.fromtimestamp()",
        "datetime.datetime.now()",
        "datetime.datetime.strptime()",
        "datetime.datetime.today()",
        "datetime.datetime.utcfromtimestamp()",
        "datetime.datetime.utcnow()",
    }
)
STAY_DATETIMES = frozenset({"astimezone()", "date()", "replace()", "time()"})
"""Methods of a datetime that give one."""
KINDS = {
    "datetime.time()": "time",
    "datetime.timedelta()": "timedelta",
    "uuid.UUID()": "UUID",
    "uuid.uuid1()": "UUID",
    "uuid.uuid3()": "UUID",
    "uuid.uuid4()": "UUID",
    "uuid.uuid5()": "UUID",
    "pathlib.Path()": "Path",
    "pathlib.Path.cwd()": "Path",
    "builtins.bytearray()": "bytearray",
    "builtins.complex()": "complex number",
    "builtins.enumerate()": "enumerate object",
    "builtins.range()": "range",
    "builtins.zip()": "zip object",
    "io.BytesIO()": "stream",
    "io.StringIO()": "stream",
    "re.compile()": "pattern",
    "re.fullmatch()": "match object",
    "re.match()": "match object",
    "re.search()": "match object",
    "numpy.array()": "numpy array",
    "pandas.DataFrame()": "DataFrame",
    "pandas.read_csv()": "DataFrame",
    "urllib.request.urlopen()": "HTTP response object",
    **{f"{name}()": "HTTP response object" for name in HTTP_CALLS if name != "httpx.stream"},
}
"""What calls give that JSON has no form for, in the words of a message."""
COLLECTIONS = {"set": "set", "generator": "generator", "deque": "deque", "object": "object"}
OPAQUE_BASES = frozenset({"ABC", "Generic", "Protocol", "BaseModel", "dataclass", "object", "Exception"})
"""Last names of bases that do not give an object a form in JSON."""
KNOWN = ("BaseModel)", "dataclass)")
"""How the names of classes end of which it is sure what they are."""


def has_own_serializer(handler: Handler) -> bool:
    """Whether something stands between what the project's functions return and the runtime."""
    if any(one.startswith("is assigned ") and not one.startswith(OWN_CODE) for one in handler.evidence):
        return True  # an adapter such as Mangum
    if any(" is registered with " in one for one in handler.evidence):
        return True  # a router, which may turn what it gets into text
    return any(one.module.partition(".")[0] in OWN_SERIALIZERS for one in handler.imports)


def is_one_of_several(value: Data, values: Sequence[Data]) -> bool:
    """Whether the same call gives things of other kinds too: `kind(text)` where `kind` is a class given."""
    return value.kind == "call" and any(one.location == value.location and one.name != value.name for one in values)


def kind_of(data: Data) -> str | None:
    """What a value is, in the words of a message; None if it has a form in JSON, or may have."""
    if data.kind == "call":
        return kind_of_call(data.name)
    if data.kind == "object":
        return _kind_of_object(data.name)
    if data.kind == "code" and not data.name:  # with a name it is something of a library, and may be a constant
        return "function or class"
    return COLLECTIONS.get(data.kind)


def kind_of_call(name: str) -> str | None:
    """What a call gives, named as in `Data.name`: `uuid.uuid4()`."""
    while name.startswith("datetime.") and name.rpartition(".")[2] in STAY_DATETIMES and name not in DATETIMES:
        name = name.rpartition(".")[0]
    return "datetime" if name in DATETIMES else KINDS.get(name)


def _kind_of_object(name: str) -> str | None:
    cls, _, bases = name.removesuffix(")").partition("(")
    last = {base.rpartition(".")[2] for base in bases.split(", ") if base}
    return f"{cls} object" if last <= OPAQUE_BASES else None


def held_by(call: Call) -> dict[str, str]:
    """What of the result of an AWS operation has no form in JSON, by its key. Bytes have one if they are UTF-8."""
    if "boto3.resource" in call.name:
        return {}
    found = operation(call.service, call.operation).unserializable
    return {key: kind for key, kind in found.items() if kind != "bytes"}
