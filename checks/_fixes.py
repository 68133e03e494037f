"""Fixes that several checks offer. What they need is loaded when they are applied, not before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from lambdalint.check import Edit, Fix, Refusal
from lambdalint.model import Call, Function, Import, Location, Setting, Trigger, UnusedGlobal

WRITABLE = frozenset(["sam", "cloudformation", "terraform", "serverless"])
"""The formats of templates that fixes can change: what the CDK and plans write is generated."""

_OF_THE_CODE = frozenset({"LoggingConfig.LogFormat"})
"""Settings that are right for one function's code, and may not be for another's."""
_DEPLOYING = {
    "sam": "",
    "serverless": " by serverless-plugin-canary-deployments",
    "terraform": " by terraform-aws-modules/lambda//modules/deploy",
}
"""The formats in which something shifts the traffic, and what must be installed for it."""
_ELSEWHERE = "it is stated in another file, which others may use"
_SHARED = "it stands for several functions at once"


def hoisting(call: Call, noun: str) -> Fix | None:
    """Build something once, at module level, instead of in the function around it: the handler or a helper."""
    if not call.scope or "." in call.scope or "<" in call.scope or call.in_asyncio_run:
        return None
    edits = partial(_hoist, line=call.location.line, column=call.location.column, function=call.scope)
    return Fix(f"Move the {noun} to module level", edits)


def adding(call: Call, name: str, value: str, *, unsafe: bool) -> Fix:
    """Give a call one keyword argument more."""
    return Fix(f"Add {name}={value}", partial(_add, place=call.location, name=name, value=value), unsafe)


def wrapping(place: Location, package: str, function: str, *, unsafe: bool) -> Fix:
    """Put `package.function(...)` around an expression."""
    return Fix(f"Put {function}() around it", partial(_wrap, place=place, package=package, function=function), unsafe)


def paginating(call: Call) -> Fix:
    """Ask for all pages of a list, and give them as one."""
    edits = partial(_paginate, place=call.location, operation=call.operation)
    return Fix("Read all pages with a paginator", edits)


def dumping_body(place: Location, *, unsafe: bool) -> Fix:
    """Make a text of the dict or list that is the body of an answer."""
    return Fix("Put json.dumps() around the body", partial(_dump_body, place=place), unsafe)


def expressing(place: Location, form: str, name: str, handler: str) -> Fix:
    """Give what a handler returns a form in JSON: by a function, or by a method that begins with a dot."""
    edits = partial(_express, place=place, form=form, name=name, handler=handler)
    return Fix(f"Return {form[1:]} of it" if form.startswith(".") else f"Return {form}() of it", edits)


def batching(call: Call) -> Fix:
    """Write the items of a loop with a batch writer."""
    return Fix("Put a batch writer around the loop", partial(_batch, place=call.location))


def removing_file(call: Call, position: int, keyword: str, *, whole: bool) -> Fix:
    """Remove the file that a call writes, once it is not needed any more. `whole`: if the call fails there is none."""
    edits = partial(_remove_file, place=call.location, position=position, keyword=keyword, whole=whole)
    return Fix("Remove the file at the end", edits)


def removing_import(one: Import) -> Fix:
    """Take an import away that nothing needs."""
    return Fix("Remove the import", partial(_remove_import, module=one.module, bound=one.bound), unsafe=False)


def removing_global(one: UnusedGlobal) -> Fix:
    """Take a module-level statement away whose name nothing reads."""
    edits = partial(_remove_statement, place=one.statement, frees=one.frees)
    return Fix(f"Remove {one.name}", edits, unsafe=False)


def logging_prints(places: Iterable[Location], *, shown: bool) -> Fix:
    """Give what is printed at these places of one file to a logger. `shown`: the program shows messages at INFO."""
    return Fix("Log it instead", partial(_log, places=tuple(places), shown=shown))


def running(name: str, place: Location) -> Fix:
    """Put a plain function in front of a coroutine function that is called as if it were one."""
    return Fix(f"Run it from a plain {name}", partial(_run, name=name, line=place.line))


def waiting(call: Call) -> Fix:
    """Wait for what a call starts."""
    return Fix("Wait for it before the function returns", partial(_wait, place=call.location))


def threading(call: Call) -> Fix:
    """Make a pool of threads of a pool of processes."""
    return Fix("Use a pool of threads", partial(_use_threads, place=call.location))


def setting(of: Function | list[Function], name: str, value: str | int | list[str]) -> Fix | None:
    """State what a template leaves open, for a function or several.

    `name` is SAM's: `MemorySize`, `LoggingConfig.LogFormat`. What all functions of a template lack is stated once, in
    Globals or by a provider. None where the template's format is not one that fixes can write.
    """
    functions = of if isinstance(of, list) else [of]
    places = [one.location for one in functions]
    if name in _OF_THE_CODE and any(map(_is_shared, functions)):
        return _refusing(functions[0], f"Set {_shown(name, functions[0])} to {value}", _SHARED)
    return _stating(functions[0], places, name, value)


def replacing(function: Function, stated: Setting[Any], old: str, new: str) -> Fix | None:
    """Write another value for a stated one, or for the default of the parameter that states it."""
    message = f"Replace {old} by {new}"
    if stated.location.path != function.location.path:
        return _refusing(function, message, _ELSEWHERE)
    return _fixing(function, message, _replace, place=stated.location, old=old, new=new, owner=function.location)


def removing(function: Function, name: str, stated: Setting[Any]) -> Fix | None:
    """Take a setting or a variable out, and the map around it where that is then empty."""
    message = f"Remove {name}"
    if stated.location.path != function.location.path:
        return _refusing(function, message, _ELSEWHERE)
    if _is_shared(function):
        return _refusing(function, message, _SHARED)
    return _fixing(function, message, _remove_entry, place=stated.location, owner=function.location)


def listening(function: Function, trigger: Trigger) -> Fix | None:
    """Let an event source mapping heed the records that a function names as failed."""
    name, value = "FunctionResponseTypes", ["ReportBatchItemFailures"]
    if _is_shared(function):
        return _refusing(function, f"Set {_shown(name, function)} to {value[0]}", _SHARED)
    return _stating(function, [trigger.location], name, value)


def uninvoking(function: Function, trigger: Trigger) -> Fix | None:
    """Take what invokes a function away: an event that stands in it, in Terraform the target of a rule or a schedule.

    None where others may refer to it, as to the rules of CloudFormation.
    """
    if function.format not in ("sam", "serverless", "terraform"):
        return None
    message = "Remove the event"
    if function.format == "terraform":
        if os.path.dirname(trigger.location.path) != os.path.dirname(function.location.path):
            return _refusing(function, message, "it stands in another module, which others may use")
        if _is_shared(function):
            return _refusing(function, message, _SHARED)
    return _fixing(function, message, _remove_event, place=trigger.location)


def forgetting(of: Function | list[Function], days: int) -> Fix | None:
    """Give each function a log group of its own, whose messages are kept for some days."""
    functions = of if isinstance(of, list) else [of]
    first = functions[0]
    places = [one.location for one in functions if one.location.path == first.location.path]
    message = f"Declare a log group that keeps {days} days"
    return _fixing(first, message, _keep_logs, places=tuple(dict.fromkeys(places)), days=days)


def deploying_gradually(function: Function) -> Fix | None:
    """Give new code a part of the traffic first, with an alarm that takes it back.

    None for functions of CloudFormation: it takes a new resource for each version of the code.
    """
    tool = _DEPLOYING.get(function.format)
    if tool is None:
        return None
    message = f"Deploy it gradually{tool}, with an alarm on its errors"
    if _is_shared(function):
        return _refusing(function, message, _SHARED)
    deploy = partial(_deploy, format=function.format, alias="live", preference="Canary10Percent5Minutes")
    places = (function.location,)
    return Fix(message, partial(deploy, places=places), places=places, together=deploy)


def unrequiring(places: Sequence[tuple[str, Location]]) -> Fix | None:
    """Take requirements, by name and place, out of the one `requirements.txt` that states them."""
    if not places[0][1].path.endswith(".txt"):
        return None
    names = [name for name, _ in places]
    shown = ", ".join(names) if len(names) < 4 else f"{len(names)} requirements"
    lines = tuple((name, place.line) for name, place in places)
    return Fix(f"Remove {shown}", partial(_unrequire, lines=lines))


def _is_shared(function: Function) -> bool:
    """Whether its block makes others too: by `for_each`, or in a module that may be called again."""
    if function.format != "terraform":
        return False
    return re.fullmatch(r"(?:module|aws_lambda_function)\.[^.\[\]]+(?:\[0\])?", function.logical_id) is None


def _shown(name: str, function: Function) -> str:
    """A setting in the words of what is fixed, as far as letters go."""
    if function.format == "terraform":
        return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).replace("._", ".").lstrip("_")
    return ".".join(one[0].lower() + one[1:] for one in name.split(".")) if function.format == "serverless" else name


def _stating(function: Function, places: Sequence[Location], name: str, value: Any) -> Fix | None:
    """At those of the places that are in the same file as the first: the others have their turn."""
    if function.format not in WRITABLE:
        return None
    here = tuple(dict.fromkeys(one for one in places if one.path == places[0].path))
    state = partial(_state, format=function.format, name=name, value=value)
    shown = value[0] if isinstance(value, list) else value
    message = f"Set {_shown(name, function)} to {shown}"
    return Fix(message, partial(state, places=here), places=here, together=state)


def _fixing(function: Function, message: str, edits: Callable[..., Sequence[Edit]], **words: Any) -> Fix | None:
    """By the words of the function's format, if that is one that fixes can write."""
    if function.format not in WRITABLE:
        return None
    return Fix(message, partial(edits, format=function.format, **words))


def _refusing(function: Function, message: str, reason: str) -> Fix | None:
    """A fix that says why there is none."""
    return _fixing(function, message, _refuse, reason=reason)


def _refuse(text: str, *, format: str, reason: str) -> Sequence[Edit]:
    raise Refusal(reason)


def _state(text: str, places: Sequence[Location], *, format: str, name: str, value: Any) -> Sequence[Edit]:
    from lambdalint.rewriting.templates import words_of

    return words_of(format).state(text, places=places, name=name, value=value)


def _replace(text: str, *, format: str, place: Location, old: str, new: str, owner: Location) -> Sequence[Edit]:
    from lambdalint.rewriting.templates import words_of

    return words_of(format).replace(text, place=place, old=old, new=new, owner=owner)


def _remove_entry(text: str, *, format: str, place: Location, owner: Location) -> Sequence[Edit]:
    from lambdalint.rewriting.templates import words_of

    return words_of(format).remove(text, place=place, owner=owner)


def _keep_logs(text: str, *, format: str, places: Sequence[Location], days: int) -> Sequence[Edit]:
    from lambdalint.rewriting.templates import words_of

    return words_of(format).keep_logs(text, places=places, days=days)


def _remove_event(text: str, *, format: str, place: Location) -> Sequence[Edit]:
    from lambdalint.rewriting.templates import words_of

    return words_of(format).remove_event(text, place=place)


def _deploy(text: str, places: Sequence[Location], *, format: str, alias: str, preference: str) -> Sequence[Edit]:
    from lambdalint.rewriting.templates import words_of

    return words_of(format).deploy_gradually(text, places=places, alias=alias, preference=preference)


def _remove_import(text: str, *, module: str, bound: str) -> Sequence[Edit]:
    from lambdalint.rewriting import remove_import

    return remove_import(text, module=module, bound=bound)


def _remove_statement(text: str, *, place: Location, frees: Sequence[tuple[str, str]]) -> Sequence[Edit]:
    from lambdalint.rewriting import remove_statement

    return remove_statement(text, place=place, frees=frees)


def _dump_body(text: str, *, place: Location) -> Sequence[Edit]:
    from lambdalint.rewriting import dump_body

    return dump_body(text, place=place)


def _express(text: str, *, place: Location, form: str, name: str, handler: str) -> Sequence[Edit]:
    from lambdalint.rewriting import express

    return express(text, place=place, form=form, name=name, handler=handler)


def _batch(text: str, *, place: Location) -> Sequence[Edit]:
    from lambdalint.rewriting import batch_writes

    return batch_writes(text, place=place)


def _remove_file(text: str, *, place: Location, position: int, keyword: str, whole: bool) -> Sequence[Edit]:
    from lambdalint.rewriting import remove_file

    return remove_file(text, place=place, position=position, keyword=keyword, whole=whole)


def _paginate(text: str, *, place: Location, operation: str) -> Sequence[Edit]:
    from lambdalint.rewriting import paginate

    return paginate(text, place=place, operation=operation)


def _wrap(text: str, *, place: Location, package: str, function: str) -> Sequence[Edit]:
    from lambdalint.rewriting import wrap

    return wrap(text, place=place, package=package, function=function)


def _hoist(text: str, *, line: int, column: int, function: str) -> Sequence[Edit]:
    from lambdalint.rewriting import hoist_client

    return hoist_client(text, line=line, column=column, handler=function)


def _add(text: str, *, place: Location, name: str, value: str) -> Sequence[Edit]:
    from lambdalint.rewriting import add_argument

    return add_argument(text, place=place, name=name, value=value)


def _log(text: str, *, places: Sequence[Location], shown: bool) -> Sequence[Edit]:
    from lambdalint.rewriting import log_prints

    return log_prints(text, places=places, shown=shown)


def _run(text: str, *, name: str, line: int) -> Sequence[Edit]:
    from lambdalint.rewriting import run_coroutine

    return run_coroutine(text, name=name, line=line)


def _wait(text: str, *, place: Location) -> Sequence[Edit]:
    from lambdalint.rewriting import wait

    return wait(text, place=place)


def _use_threads(text: str, *, place: Location) -> Sequence[Edit]:
    from lambdalint.rewriting import use_threads

    return use_threads(text, place=place)


def _unrequire(text: str, *, lines: Sequence[tuple[str, int]]) -> Sequence[Edit]:
    from lambdalint.rewriting.requirements import unrequire

    return unrequire(text, lines=lines)
