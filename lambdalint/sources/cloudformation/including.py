"""Files that a template includes or leaves its definitions to: OpenAPI, state machines, snippets."""

from __future__ import annotations

from lambdalint.sources.documents import Document, Malformed, parse
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value


def included(value: Value | None, folder: str, files: Files) -> Document | None:
    """The document in a local file; None where there is none that can be read."""
    if value is None or not isinstance(value.data, str) or "://" in value.data:
        return None
    path = join(folder, value.data)
    if not files.may_read(path, value.location):
        return None
    if path not in files.parsed:
        text = files.read(path)
        try:
            files.parsed[path] = next(parse(path, text), None) if text else None
        except Malformed:
            files.parsed[path] = None
    found: Document | None = files.parsed[path]
    return found
