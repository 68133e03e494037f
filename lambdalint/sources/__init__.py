"""The door of the sources: from files that declare functions to the stacks they declare."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.folders import ENDINGS as MODULES
from lambdalint.sources.folders import entries
from lambdalint.sources.paths import Files

if TYPE_CHECKING:
    from lambdalint.sources.values import Settings

__all__ = ["Declared", "Remark", "entries", "may_be_template", "read"]

_MARKS = re.compile(rb"AWS::(?:Lambda|Serverless)::")
_PLAN = re.compile(rb'"(?:planned_values|resource_changes)"')
_ENGINE = re.compile(r"\{%|\{\{(?!resolve:)|<%")


Remark = tuple[Location, str, Severity]
"""What cannot be read, where: the end of a sentence that begins with "this template"."""


@dataclass(slots=True)
class Declared:
    """What one file declares."""

    path: str
    stacks: Sequence[Stack] = ()
    unreadable: list[Remark] = field(default_factory=list)
    files: frozenset[str] = frozenset()
    """Other files that were read, or would have been."""
    folders: frozenset[str] = frozenset()
    """Folders in which something was looked for."""
    together: Mapping[str, bytes] = field(default_factory=dict)
    """The other files that declare this with it, and what they hold."""


def may_be_template(path: str, data: bytes) -> bool:
    """Whether a file's bytes hold what no template of a Lambda function can do without.

    A file of Terraform stands for its folder: `entries` has asked of that.
    """
    return _MARKS.search(data) is not None or path.endswith(MODULES) or _is_plan(data)


def _is_plan(data: bytes) -> bool:
    return b'"aws_lambda_function"' in data and _PLAN.search(data) is not None


def read(path: str, data: bytes, contents: Mapping[str, bytes] | None = None) -> Declared:
    """The stacks declared in a file. Whatever is in there, this does not raise.

    `contents` stand in for what is on the disk.
    """
    if path.endswith(MODULES):
        return _terraform(path, {**(contents or {}), path: data})
    from lambdalint.sources.cloudformation import is_template
    from lambdalint.sources.cloudformation import read as read_cloudformation
    from lambdalint.sources.documents import Malformed, parse
    from lambdalint.sources.values import Settings

    declared = Declared(path)
    files = Files(contents)
    try:
        text = data.decode("utf-8-sig") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.decode("utf-16")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        declared.unreadable.append((Location(path, line, 1, line, 2), "is not UTF-8", Severity.ERROR))
        return declared
    stacks = []
    try:
        for document in parse(path, text):
            if _is_plan(data):
                from lambdalint.sources.terraform import plan

                if plan.is_plan(document):
                    settings = Settings()
                    stacks.append(plan.read(document, files, settings))
                    declared.unreadable += _complaints(settings)
                    continue
            if not is_template(document):
                continue
            settings = Settings()
            stacks.append(read_cloudformation(document, files, settings))
            declared.unreadable += _complaints(settings)
            for name, first, second in document.duplicates:
                message = f'has the key "{name}" twice, here and on line {first.line}: only the last one counts'
                declared.unreadable.append((second, message, Severity.WARNING))
    except Malformed as error:
        reason = error.message
        if _ENGINE.search(text):
            reason = "is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"
        place = Location(path, error.line, error.column, error.line, error.column + 1)
        declared.unreadable.append((place, reason, Severity.ERROR))
    declared.stacks = stacks
    declared.files, declared.folders = frozenset(files.asked), frozenset(files.folders)
    return declared


def _complaints(settings: Settings) -> list[Remark]:
    return [
        (one.location, f"cannot be understood here: {one.message}", Severity.WARNING)
        for one in dict.fromkeys(settings.complaints)
    ]


def _terraform(path: str, contents: Mapping[str, bytes]) -> Declared:
    """The module that a file stands for."""
    from lambdalint.sources.terraform import read as read_module
    from lambdalint.sources.values import Settings

    files = Files(contents)
    settings = Settings()
    try:
        stack, refused = read_module(path, files, settings)
    except RecursionError:
        place = Location(path)
        return Declared(path, unreadable=[(place, "is nested too deeply", Severity.ERROR)])
    unreadable: list[Remark] = [(place, reason, Severity.ERROR) for place, reason in refused]
    unreadable += _complaints(settings)
    together = {one: files.held[one] for one in files.asked if one in files.held and one.endswith(MODULES)}
    return Declared(path, [stack], unreadable, frozenset(files.asked), frozenset(files.folders), together)
