"""The door of the sources: from files that declare functions to the stacks they declare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.paths import Files

if TYPE_CHECKING:
    from lambdalint.sources.cloudformation import Context
    from lambdalint.sources.cloudformation.nesting import Nesting

_MARKS = (b"AWS::Lambda::", b"AWS::Serverless::", b"aws:cloudformation:stack", b"cdk:cloud-assembly")
_RESOURCES = re.compile(r"""^[\s{]*["']?Resources["']?[ ]*:""", re.MULTILINE)
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


def may_be_template(path: str, data: bytes) -> bool:
    """Whether a file's bytes hold what no template of a Lambda function can do without."""
    return any(mark in data for mark in _MARKS)


def read(path: str, data: bytes, root: str = ".", nesting: Nesting | None = None) -> Declared:
    """The stacks declared in a file. Whatever is in there, this does not raise.

    What lies outside of `root` is not read. `nesting` is what earlier reads below the same root have learnt.
    """
    from lambdalint.sources.cloudformation import Context
    from lambdalint.sources.cloudformation.assembly import is_manifest, templates_of
    from lambdalint.sources.cloudformation.nesting import Nesting

    declared = Declared(path)
    files = Files(path, root)
    context = Context(files, nesting or Nesting())
    stacks: list[Stack] = []
    if is_manifest(path, data):
        for template in templates_of(path, data, files):
            text = files.read(template)
            if text is not None:
                stacks += _stacks(template, text, context, declared)
    else:
        try:
            text = decoded(data)
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            declared.unreadable.append((Location(path, line, 1, line, 2), "is not UTF-8", Severity.ERROR))
        else:
            stacks += _stacks(path, text, context, declared)
    declared.unreadable += [(place, message, Severity.ADVICE) for place, message in files.refused]
    declared.stacks = stacks
    declared.files, declared.folders = frozenset(files.asked), frozenset(folder or "." for folder in files.folders)
    return declared


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 if it says so."""
    return data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")


def _stacks(path: str, text: str, context: Context, declared: Declared) -> Iterator[Stack]:
    from lambdalint.sources.cloudformation import is_template
    from lambdalint.sources.cloudformation import read as read_cloudformation
    from lambdalint.sources.documents import Malformed, parse
    from lambdalint.sources.values import Settings

    try:
        for document in parse(path, text):
            if not is_template(document):
                continue
            settings = Settings()
            try:
                yield read_cloudformation(document, context, settings)
            except RecursionError:
                raise Malformed("is nested too deeply") from None
            declared.unreadable += [
                (one.location, f"cannot be understood here: {one.message}", Severity.WARNING)
                for one in settings.complaints
            ]
            for name, first, second in document.duplicates:
                message = f'has the key "{name}" twice, here and on line {first.line}: only the last one counts'
                declared.unreadable.append((second, message, Severity.WARNING))
    except Malformed as error:
        if not _RESOURCES.search(text):
            return  # whatever this is, it is no template
        reason = error.message
        if _ENGINE.search(text):
            reason = "is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"
        place = Location(path, error.line, error.column, error.line, error.column + 1)
        declared.unreadable.append((place, reason, Severity.ERROR))
