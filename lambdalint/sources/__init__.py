"""The door of the sources: from files that declare functions to the stacks they declare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.paths import Files

_MARKS = re.compile(rb"AWS::(?:Lambda|Serverless)::")
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
    return _MARKS.search(data) is not None


def read(path: str, data: bytes) -> Declared:
    """The stacks declared in a file. Whatever is in there, this does not raise."""
    from lambdalint.sources.cloudformation import is_template
    from lambdalint.sources.cloudformation import read as read_cloudformation
    from lambdalint.sources.documents import Malformed, parse
    from lambdalint.sources.values import Settings

    declared = Declared(path)
    files = Files()
    try:
        text = data.decode("utf-8-sig") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.decode("utf-16")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        declared.unreadable.append((Location(path, line, 1, line, 2), "is not UTF-8", Severity.ERROR))
        return declared
    stacks = []
    try:
        for document in parse(path, text):
            if not is_template(document):
                continue
            settings = Settings()
            stacks.append(read_cloudformation(document, files, settings))
            declared.unreadable += [
                (one.location, f"cannot be understood here: {one.message}", Severity.WARNING)
                for one in settings.complaints
            ]
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
