"""The door of the sources: from files that declare functions to the stacks they declare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.paths import Files

ENDINGS = (".yaml", ".yml", ".json", ".template")
_MARKS = re.compile(rb"AWS::(?:Lambda|Serverless)::")
_ENGINE = re.compile(r"\{%|\{\{(?!resolve:)|<%")


@dataclass(slots=True)
class Declared:
    """What one file declares."""

    path: str
    stacks: Sequence[Stack] = ()
    unreadable: list[tuple[Location, str]] = field(default_factory=list)
    """What cannot be read in it, as the end of a sentence that begins with "this template"."""
    files: frozenset[str] = frozenset()
    """Other files that were looked for or read."""


def is_template_name(path: str) -> bool:
    """Whether a file may be a template, by its name."""
    return path.endswith(ENDINGS)


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
        declared.unreadable.append((Location(path, line, 1, line, 2), "is not UTF-8"))
        return declared
    stacks = []
    try:
        for document in parse(path, text):
            if not is_template(document):
                continue
            settings = Settings()
            stacks.append(read_cloudformation(document, files, settings))
            declared.unreadable += [
                (one.location, f"cannot be understood here: {one.message}") for one in settings.complaints
            ]
            for name, first, second in document.duplicates:
                message = f'has the key "{name}" twice, here and on line {first.line}: only the last one counts'
                declared.unreadable.append((second, message))
    except Malformed as error:
        reason = error.message
        if _ENGINE.search(text):
            reason = "is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"
        declared.unreadable.append((Location(path, error.line, error.column, error.line, error.column + 1), reason))
    declared.stacks = stacks
    declared.files = frozenset(files.asked)
    return declared
