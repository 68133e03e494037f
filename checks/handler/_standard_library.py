"""Modules and names of the standard library that came or went with a version of Python."""

from __future__ import annotations

from collections.abc import Mapping

Version = tuple[int, int]

GONE: Mapping[str, Version] = {
    **dict.fromkeys(("_dummy_threading", "dummy_threading"), (3, 9)),
    **dict.fromkeys(("formatter", "parser", "symbol"), (3, 10)),
    **dict.fromkeys(("binhex",), (3, 11)),
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), (3, 12)),
    **dict.fromkeys(
        "aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd "
        "sunau telnetlib uu xdrlib".split(),
        (3, 13),
    ),
}
"""The first version without the module."""

COME: Mapping[str, Version] = {
    **dict.fromkeys(("graphlib", "zoneinfo"), (3, 9)),
    **dict.fromkeys(("tomllib", "wsgiref.types"), (3, 11)),
    **dict.fromkeys(("annotationlib", "compression", "string.templatelib"), (3, 14)),
}
"""The first version with the module."""

_ABSTRACT = (
    "AsyncGenerator AsyncIterable AsyncIterator Awaitable ByteString Callable Collection Container Coroutine Generator "
    "Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet "
    "Reversible Sequence Set Sized ValuesView"
).split()

NAMES_GONE: Mapping[tuple[str, str], Version] = {
    **{("collections", name): (3, 10) for name in _ABSTRACT},
    ("asyncio", "coroutine"): (3, 11),
    ("inspect", "formatargspec"): (3, 11),
    ("inspect", "getargspec"): (3, 11),
    ("configparser", "SafeConfigParser"): (3, 12),
    ("ssl", "match_hostname"): (3, 12),
    ("ssl", "wrap_socket"): (3, 12),
    ("unittest", "makeSuite"): (3, 13),
}
"""The first version in which the module has no such name."""

NAMES_COME: Mapping[tuple[str, str], Version] = {
    **{("typing", name): (3, 10) for name in "Concatenate ParamSpec ParamSpecArgs TypeAlias TypeGuard".split()},
    **{
        ("typing", name): (3, 11)
        for name in "LiteralString Never NotRequired Required Self TypeVarTuple Unpack assert_never reveal_type".split()
    },
    **{("typing", name): (3, 12) for name in "TypeAliasType override".split()},
    **{("typing", name): (3, 13) for name in "NoDefault ReadOnly TypeIs".split()},
    ("typing", "Annotated"): (3, 9),
    ("functools", "cache"): (3, 9),
    ("dataclasses", "KW_ONLY"): (3, 10),
    ("itertools", "pairwise"): (3, 10),
    ("types", "NoneType"): (3, 10),
    ("types", "UnionType"): (3, 10),
    ("asyncio", "Runner"): (3, 11),
    ("asyncio", "TaskGroup"): (3, 11),
    ("asyncio", "timeout"): (3, 11),
    ("datetime", "UTC"): (3, 11),
    ("enum", "StrEnum"): (3, 11),
    ("itertools", "batched"): (3, 12),
    ("copy", "replace"): (3, 13),
    ("uuid", "uuid7"): (3, 14),
}
"""The first version in which the module has the name."""

INSTEAD: Mapping[str, str] = {
    "asyncore": "asyncio",
    "asynchat": "asyncio",
    "cgi": "email.message, urllib.parse, or the package legacy-cgi",
    "crypt": "hashlib, or the package bcrypt",
    "distutils": "packaging.version, shutil, sysconfig",
    "imghdr": "the package filetype",
    "imp": "importlib",
    "pipes": "shlex and subprocess",
    "telnetlib": "the package telnetlib3",
    "tomllib": "the package tomli",
    "zoneinfo": "the package backports.zoneinfo",
    "collections": "collections.abc",
}
"""What takes the place of what is not there."""
