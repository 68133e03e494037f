"""The door of the sources: from files that declare functions to the stacks they declare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.frameworks import framework_of, read_framework
from lambdalint.sources.paths import Files

if TYPE_CHECKING:
    from lambdalint.sources.cloudformation import Context
    from lambdalint.sources.cloudformation.nesting import Nesting
    from lambdalint.sources.remarks import Remark

_MARKS = re.compile(rb"AWS::(?:Lambda|Serverless)::|aws:cloudformation:stack|cdk:cloud-assembly")
_RESOURCES = re.compile(r"""^[\s{]*["']?Resources["']?[ ]*:""", re.MULTILINE)


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
    """Whether a file's bytes hold what no template of a Lambda function can do without."""
    return _MARKS.search(data) is not None or framework_of(path, data) != ""


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
            found = read_framework(framework_of(path, data), path, text, context)
            if found is None:
                stacks += _stacks(path, text, context, declared)
            else:
                stacks, declared.unreadable, declared.together = found
    declared.unreadable += [(place, message, Severity.ADVICE) for place, message in dict.fromkeys(files.refused)]
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
    from lambdalint.sources.remarks import refusal, remarks
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
            declared.unreadable += remarks(settings, document)
    except Malformed as error:
        if not _RESOURCES.search(text):
            return  # whatever this is, it is no template
        declared.unreadable.append(refusal(path, text, error))
