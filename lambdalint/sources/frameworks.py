"""Frameworks that deploy functions from a file of their own: which files these are, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lambdalint.model.template import Stack
    from lambdalint.sources.cloudformation import Context
    from lambdalint.sources.documents import Document
    from lambdalint.sources.remarks import Remark
    from lambdalint.sources.values import Settings

CHALICE = ".chalice/config.json"
ZAPPA = ("zappa_settings.json", "zappa_settings.yaml", "zappa_settings.yml", "zappa_settings.toml")


class Found(NamedTuple):
    """What one file declares."""

    stacks: list[Stack]
    unreadable: list[Remark]
    together: Mapping[str, bytes]
    """The files that it takes parts from, and what they hold."""


def framework_of(path: str, data: bytes) -> str:
    """`serverless`, `chalice`, `zappa`, or nothing: by a file's name, and what none of them can do without."""
    name = os.path.basename(path)
    if name.startswith("serverless"):
        return "serverless" if b"provider" in data and (b"functions" in data or b"constructs" in data) else ""
    if name in ZAPPA:
        return "zappa"
    return "chalice" if name == "config.json" and path.replace(os.sep, "/").endswith(CHALICE) else ""


def read_framework(framework: str, path: str, text: str, context: Context) -> Found | None:
    """What a file of a framework declares; None where it is none of these."""
    if not framework:
        return None
    from lambdalint.sources.documents import Malformed
    from lambdalint.sources.remarks import refusal, remarks
    from lambdalint.sources.values import Settings

    stacks: list[Stack] = []
    unreadable: list[Remark] = []
    together: dict[str, bytes] = {}
    settings = Settings()
    try:
        for stack, documents in _read(framework, path, text, context, settings):
            stacks.append(stack)
            unreadable += remarks(settings, *documents)
            settings.complaints.clear()
            together.update({one.path: one.text.encode() for one in documents if one.path != path})
    except Malformed as error:
        unreadable.append(refusal(path, text, error))
    except RecursionError:
        unreadable.append(refusal(path, "", Malformed("is nested too deeply")))
    return Found(stacks, unreadable, together) if stacks or unreadable or framework != "serverless" else None


def _read(
    framework: str, path: str, text: str, context: Context, settings: Settings
) -> Iterator[tuple[Stack, Sequence[Document]]]:
    from lambdalint.sources.documents import parse

    if framework == "zappa":
        from lambdalint.sources.zappa import read as read_zappa

        yield read_zappa(path, text, context.files, settings), ()
        return
    for document in parse(path, text):
        if framework == "chalice":
            from lambdalint.sources.chalice import read as read_chalice

            yield read_chalice(document, context.files, settings), (document,)
        else:
            from lambdalint.sources.serverless import is_service
            from lambdalint.sources.serverless import read as read_service

            stack, documents = read_service(document, context, settings) if is_service(document) else (None, ())
            if stack is not None:
                yield stack, documents
            settings.complaints.clear()
