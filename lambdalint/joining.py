"""A template with its code: what the checks say of its functions, and of the handlers these name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lambdalint.check import Finding, Fix
from lambdalint.house import finding, unreadable_package, unreadable_source, unreadable_template
from lambdalint.model import Function, Handler, Location, Package, Stack, Step
from lambdalint.model.template import Code
from lambdalint.suppression import MARK

if TYPE_CHECKING:
    from lambdalint.looking import Looked, Looker

FOLDERS = 100
Found = tuple[Finding, Fix | None]
Claims = dict[str, dict[str, list[Function]]]
"""The functions by the file and the name of their handlers."""


def look_at_template(looker: Looker, path: str, data: bytes, marked: Sequence[str]) -> Looked:
    """What the checks say of a template and of the code behind it."""
    from lambdalint.looking import Looked
    from lambdalint.sources import may_be_template, read

    if not may_be_template(path, data):
        return Looked(path, marked)
    declared = read(path, data, looker.root, looker.nesting, looker.contents)
    marked = [*marked, *(one for one, text in declared.together.items() if MARK in text)]
    found: list[Found] = []
    for location, message, severity in declared.unreadable:
        complaint = finding(unreadable_template, location, f"this template {message}")
        found.append((complaint._replace(severity=severity), None))
    inline: list[Function] = []
    stacks = [heard(stack) for stack in declared.stacks]
    functions = [function for stack in stacks for function in stack.functions]
    for stack in stacks:
        found += looker.examine(stack)
    for function in functions:
        found += looker.examine(function)
        if function.code is not None and function.code.kind == "inline":
            if function.is_python:
                inline.append(function)
        elif function.handler_path is None and not function.entries and function.is_python:
            for handler in not_found(function):
                found += looker.examine(handler)
    claims = claims_of(one for one in functions if one.code is None or one.code.kind != "inline")
    parts = [_shipped(looker, functions), *_behind(looker, claims), *_inline(looker, inline)]
    for part in parts:
        found += part.findings
    return Looked(
        path,
        tuple(dict.fromkeys([*marked, *(one for part in parts for one in part.marked)])),
        sum(part.handlers for part in parts),
        len(functions),
        sorted(claims),
        found,
        sorted({path, *declared.files, *(file for part in parts for file in part.files)})
        if declared.stacks or declared.unreadable
        else (),
        sorted({*declared.folders, *(folder for part in parts for folder in part.folders)}),
        [one for part in parts for one in part.cut_short],
    )


def consult(looker: Looker, path: str, data: bytes, only: frozenset[str]) -> Looked:
    """What is found in some files, looked at as a template means them that nobody asked about."""
    from lambdalint.looking import Looked
    from lambdalint.sources import may_be_template, read

    stacks = read(path, data, looker.root, looker.nesting).stacks if may_be_template(path, data) else ()
    functions = [function for stack in stacks for function in heard(stack).functions]
    claims = {path: named for path, named in claims_of(functions).items() if path in only}
    parts = list(_behind(looker, claims))
    return Looked(
        path,
        [one for part in parts for one in part.marked],
        sum(part.handlers for part in parts),
        claimed=sorted(claims),
        findings=[one for part in parts for one in part.findings],
        cut_short=[one for part in parts for one in part.cut_short],
    )


def claims_of(functions: Iterable[Function]) -> Claims:
    """The functions whose handlers were found, by where these are."""
    claims: Claims = {}
    for function in functions:
        named = [] if function.handler_path is None else [(function.handler_path, function.handler_name)]
        for path, name in dict.fromkeys([*named, *function.entries]):
            claims.setdefault(path, {}).setdefault(name, []).append(function)
    return claims


def heard(stack: Stack) -> Stack:
    """The stack without the functions that a tool put in for itself."""
    if not any(function.generated for function in stack.functions):
        return stack
    return stack._replace(functions=tuple(function for function in stack.functions if not function.generated))


def not_found(function: Function) -> Iterator[Handler]:
    """For a function whose code is here, but not the file of its handler, one that says so."""
    code = function.code
    if code is None or function.handler is None or not code.complete:
        return
    if function.layers is not None and not function.layer_folders:
        return  # one of them may bring it
    if not holds_python(code.path):
        return  # a template by itself, or code that is written by something
    yield Handler(
        function.path, str(function.handler.value), function.handler.location, (), functions=(function,), found=False
    )


def holds_python(folder: str) -> bool:
    """Whether there is Python in a folder, as far as it is worth looking."""
    from itertools import islice

    return any(name.endswith(".py") for _, _, names in islice(os.walk(folder or "."), FOLDERS) for name in names)


def _shipped(looker: Looker, functions: Sequence[Function]) -> Looked:
    """What the checks say of the packages that functions are deployed from."""
    from lambdalint.looking import Looked, crash

    if not looker.wants(Package):
        return Looked("")
    from lambdalint.shipping import of_functions, rests_on

    found: list[Found] = []
    files: set[str] = set()
    folders: set[str] = set()
    marked: set[str] = set()
    for package in of_functions(functions, held=looker.contents):
        found += (
            (finding(unreadable_package, package.location, f"{package.path} {one}"), None) for one in package.remarks
        )
        try:
            found += looker.examine(package)
            rests_on(package, files, folders)
            marked.update(_marked(looker, {one.location.path for one in package.requirements}))
        except Exception as error:  # the other packages are looked at all the same
            found.append((crash(package.path, error), None))
    return Looked("", sorted(marked), findings=found, files=sorted(files), folders=sorted(folders))


def _marked(looker: Looker, paths: Iterable[str]) -> Iterator[str]:
    """Those of some files that may hold an ignore comment."""
    for path in paths:
        try:
            if MARK in looker.data_of(path):
                yield path
        except OSError:
            continue  # it went away since it was read


def _behind(looker: Looker, claims: Claims) -> Iterator[Looked]:
    from lambdalint.looking import Looked, crash

    for path, by_name in claims.items():
        try:
            data = looker.data_of(path)
        except OSError:
            continue  # it went away since it was found
        try:
            yield looker.analyse(path, data, (path,) if MARK in data else (), by_name)
        except Exception as error:  # the other handlers are looked at all the same
            yield Looked(path, findings=[(crash(path, error), None)])


def _inline(looker: Looker, functions: Sequence[Function]) -> Iterator[Looked]:
    """Code within the template, with lines and columns as they are there."""
    from lambdalint.looking import Looked, crash

    for function in functions:
        assert function.code is not None
        code = function.code
        inner = f"{function.path}#{function.logical_id}"  # other places are the template's own
        named: Mapping[str, Sequence[Function]] = {function.handler_name: [function]} if function.handler_name else {}
        try:
            looked = looker.analyse(inner, code.inline.encode("utf-8", "replace"), (), named)
        except Exception as error:
            yield Looked(function.path, findings=[(crash(function.path, error), None)])
            continue
        findings = looked.findings
        if not code.complete:  # what is filled in later need not be Python before
            findings = [one for one in findings if one[0].code != unreadable_source.code]
        yield looked._replace(
            findings=[(_moved(found, inner, code.path, code), None) for found, _ in findings],
            files=[path for path in looked.files if path != inner],
            cut_short=[one.replace(inner, function.path) for one in looked.cut_short],
        )


def _moved(found: Finding, inner: str, path: str, code: Code) -> Finding:
    """A finding in inline code, where that stands in the template."""
    place = found.location
    if place.path == inner:
        start, end = code.place(place.line, place.column), code.place(place.end_line, place.end_column)
        place = code.location if start is None else Location(path, *start, *(end or start))
    trace = tuple(
        Step(path, (code.place(step.line, 1) or (code.location.line,))[0], step.name) if step.path == inner else step
        for step in found.trace
    )
    return found._replace(
        message=found.message.replace(inner, path),
        location=place,
        handler=found.handler and found.handler.replace(inner, path),
        trace=trace,
        fix_message=None,
        fix_unsafe=False,
    )
