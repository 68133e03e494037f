"""What is said of templates that cannot be read, or not wholly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.sources.documents import Document, Malformed
from lambdalint.sources.values import Settings

_ENGINE = re.compile(r"\{%|\{\{(?!resolve:)|<%")
_OF_A_BUILD = re.compile(r"%[A-Z][A-Z0-9_]+%")

Remark = tuple[Location, str, Severity]
"""What cannot be read, where: the end of a sentence that begins with "this template"."""


def remarks(settings: Settings, *documents: Document) -> Iterator[Remark]:
    """What is malformed in a template that was read, each once."""
    for one in dict.fromkeys(settings.complaints):
        yield one.location, f"cannot be understood here: {one.message}", Severity.WARNING
    for document in documents:
        for name, first, second in document.duplicates:
            message = f'has the key "{name}" twice, here and on line {first.line}: only the last one counts'
            yield second, message, Severity.WARNING


def refusal(path: str, text: str, error: Malformed) -> Remark:
    """Why a file cannot be read at all."""
    reason, severity = error.message, Severity.ERROR
    if _ENGINE.search(text):
        reason = "is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"
        severity = Severity.ADVICE
    elif found := _OF_A_BUILD.search(text):
        reason = f"has places such as {found[0]} that something fills in: it can be read once that is done"
        severity = Severity.ADVICE
    return Location(path, error.line, error.column, error.line, error.column + 1), reason, severity
