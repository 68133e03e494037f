"""The door of the sources: from files that declare functions to the stacks they declare."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lambdalint.check import Severity
from lambdalint.model.places import Location
from lambdalint.model.template import Stack
from lambdalint.sources.folders import ENDINGS as MODULES
from lambdalint.sources.folders import entries
from lambdalint.sources.frameworks import framework_of, read_framework
from lambdalint.sources.paths import Files
from lambdalint.sources.sharing import shared

if TYPE_CHECKING:
    from lambdalint.sources.cloudformation import Context
    from lambdalint.sources.cloudformation.nesting import Nesting
    from lambdalint.sources.remarks import Remark

__all__ = ["Declared", "decoded", "entries", "may_be_template", "read"]

_MARKS = (b"AWS::Lambda::", b"AWS::Serverless::", b"AWS::Include", b"aws:cloudformation:stack", b"cdk:cloud-assembly")
_RESOURCES = re.compile(r"""^[\s{]*["']?Resources["']?[ ]*:""", re.MULTILINE)
_PLAN = re.compile(r'"(?:planned_values|resource_changes)"')


class Declared:
    """What one file declares."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.stacks: Sequence[Stack] = ()
        self.unreadable: list[Remark] = []
        self.files: frozenset[str] = frozenset()
        """Other files that were read, or would have been."""
        self.folders: frozenset[str] = frozenset()
        """Folders in which something was looked for."""
        self.together: Mapping[str, bytes] = {}
        """The other files that declare this with it, and what they hold."""


def may_be_template(path: str, data: bytes) -> bool:
    """Whether a file's bytes hold what no template of a Lambda function can do without.

    A file of Terraform stands for its folder: `entries` has asked of that.
    """
    if any(mark in data for mark in _MARKS) or path.endswith(MODULES) or b'"aws_lambda_function"' in data:
        return True
    return framework_of(path, data) != ""


def read(
    path: str,
    data: bytes,
    root: str = ".",
    nesting: Nesting | None = None,
    contents: Mapping[str, bytes] | None = None,
) -> Declared:
    """The stacks declared in a file. Whatever is in there, this does not raise.

    What lies outside of `root` is not read. `nesting` is what earlier reads below the same root have learnt.
    `contents` stand in for what is on the disk.
    """
    from lambdalint.sources.cloudformation import Context
    from lambdalint.sources.cloudformation.assembly import is_manifest, templates_of
    from lambdalint.sources.cloudformation.nesting import Nesting

    declared = Declared(path)
    files = Files(path, root, contents)
    context = Context(files, nesting or Nesting())
    stacks: list[Stack] = []
    if path.endswith(MODULES):
        files.held[path] = data
        stacks += _module(path, files, declared)
    elif is_manifest(path, data):
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
                declared.together = {one: files.held[one] for one in files.asked & files.held.keys() if one != path}
            else:
                stacks, declared.unreadable, declared.together = found
    declared.unreadable += [(place, message, Severity.ADVICE) for message, place in files.refused.items()]
    declared.stacks = list(map(shared, stacks))
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
            settings = Settings()
            try:
                if is_template(document):
                    yield read_cloudformation(document, context, settings)
                elif _PLAN.search(text) is not None:
                    from lambdalint.sources.terraform import plan

                    yield from plan.read(document, context, settings)
                else:
                    continue
            except RecursionError:
                raise Malformed("is nested too deeply") from None
            declared.unreadable += remarks(settings, document)
    except Malformed as error:
        if not _RESOURCES.search(text):
            return  # whatever this is, it is no template
        declared.unreadable.append(refusal(path, text, error))


def _module(path: str, files: Files, declared: Declared) -> Iterator[Stack]:
    """The module of Terraform that a file stands for."""
    from lambdalint.sources.remarks import remarks
    from lambdalint.sources.terraform import read as read_module
    from lambdalint.sources.values import Settings

    settings = Settings()
    try:
        stack, refused = read_module(path, files, settings)
    except RecursionError:
        declared.unreadable.append((Location(path), "is nested too deeply", Severity.ERROR))
        return
    declared.unreadable += [(place, reason, Severity.ERROR) for place, reason in refused]
    declared.unreadable += remarks(settings)
    declared.together = {one: files.held[one] for one in files.asked if one in files.held and one.endswith(MODULES)}
    yield stack
