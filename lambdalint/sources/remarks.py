"""What is said of templates that cannot be read, or not wholly."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.sources.documents import Document, Malformed
from lambdalint.sources.values import Settings

_ENGINE = re.compile(r"\{%|\{\{(?!resolve:)|<%")

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
    reason = error.message
    if _ENGINE.search(text):
        reason = "is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"
    return Location(path, error.line, error.column, error.line, error.column + 1), reason, Severity.ERROR
