"""Environment variables: which a function has, and which names stand for something else than its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lambdalint.checks._libraries import text
from lambdalint.model import Call, Function, Handler, Setting

_OF_THE_RUNTIME = frozenset("HOME LANG LD_LIBRARY_PATH NODE_PATH PATH PWD PYTHONPATH SHLVL TMPDIR TZ USER".split())
_OF_ZAPPA = frozenset({"FRAMEWORK", "PROJECT", "SERVERTYPE", "STAGE"})
_READERS = frozenset("decouple dotenv dynaconf environ environs greengrasssdk pydantic_settings starlette".split())
"""Packages that read variables, or files in their place, by rules of their own, or run where others set them."""
WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
"""Names a script that runs before the runtime, and may set what it likes."""


def is_of_the_runtime(name: str) -> bool:
    """Whether Lambda itself, the system, or what stands in for Lambda sets a variable of this name."""
    return name in _OF_THE_RUNTIME or name.startswith(("_", "AWS_", "LAMBDA_", "LOCALSTACK_"))


def is_set_by_its_tool(name: str, function: Function) -> bool:
    """Whether the framework that a function is deployed with sets a variable of this name."""
    return function.format == "zappa" and name in _OF_ZAPPA


def variables_of(function: Function) -> Mapping[str, Setting[str]] | None:
    """What a template gives a function; None where that is not wholly known."""
    if function.environment is None and not function.environment_open:
        return {}
    if not isinstance(function.environment, Mapping) or function.environment_open:
        return None
    return None if WRAPPER in function.environment else function.environment


def has_reader(handler: Handler) -> bool:
    """Whether a library may read the variables by rules of its own."""
    return any(one.module.partition(".")[0] in _READERS for one in handler.imports)


def names_set(handler: Handler) -> frozenset[str] | None:
    """The variables that the code sets itself; None where not all of them are known."""
    names: set[str] = set()
    for call in _setting(handler):
        whole = call.argument(0)
        if call.name == "os.environ.update":
            keys = {*call.keywords, *(whole.keys if whole is not None else ())}
            if not keys or "**" in keys:
                return None
            names |= keys
        else:
            name = text(whole)
            if name is None:
                return None
            names.add(name)
    return frozenset(names)


def _setting(handler: Handler) -> Iterator[Call]:
    for calls in (handler.init_calls, handler.warm_calls):
        yield from calls.named(("os.environ.__setitem__", "os.environ.setdefault", "os.environ.update", "os.putenv"))
