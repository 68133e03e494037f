"""Stacks in stacks: what the templates above a template give to its parameters, and which templates are below it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from lambdalint.model.places import Location
from lambdalint.sources.cloudformation.given import Given
from lambdalint.sources.cloudformation.including import included
from lambdalint.sources.cloudformation.template import NESTED, Resource, Template
from lambdalint.sources.documents import Document, Malformed, parse
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value

_MARK = re.compile(rb"AWS::(?:CloudFormation::Stack|Serverless::Application)\b")
_NAMES = (".yaml", ".yml", ".json", ".template")
MAX_BYTES = 1_000_000
MAX_FOLDER = 300
"""In a folder with more templates than this, nobody's parents are looked for."""
MAX_DEPTH = 10
MAX_STACKS = 300
"""So many stacks are looked into for one template: they can multiply."""


class Use(NamedTuple):
    """One template names another one."""

    child: str
    location: Location
    parameters: Mapping[str, Value]


class _Uses(NamedTuple):
    """The templates that a template names, and what this rests on."""

    found: tuple[Use, ...] = ()
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()


class Nesting:
    """Which templates nest which: files are read once, whoever asks."""

    def __init__(self) -> None:
        self._uses: dict[str, _Uses] = {}
        self._parents: dict[str, tuple[tuple[str, bytes], ...]] = {}

    def given(self, path: str, files: Files) -> Given:
        """What the parents of a template say of its parameters, each once; of a parameter they leave out, nothing."""
        uses = [use for parent in self._above(path, files) for use in self.uses(parent, files) if use.child == path]
        names = dict.fromkeys(name for use in uses for name in use.parameters)
        return {name: [use.parameters.get(name) for use in uses] for name in names}

    def circle(self, path: str, files: Files) -> Iterator[Location]:
        """The places in a template through which it comes to hold itself."""
        for use in self.uses(path, files):
            waiting, seen = [use.child], set[str]()
            while waiting:
                child = waiting.pop()
                if child == path:
                    yield use.location
                    break
                if child not in seen:
                    seen.add(child)
                    waiting += (inner.child for inner in self.uses(child, files))

    def template(self, document: Document, files: Files) -> Template:
        """A template as those above it mean it, with those below it."""
        path = document.path
        return Template(document, files, partial(self.given, path, files), Stacks(files, (path,), [MAX_STACKS]))

    def learn(self, template: Template, files: Files) -> tuple[Use, ...]:
        """The templates that a template names, which is read already."""
        found = tuple(_uses_of(template))
        self._uses[template.path] = _Uses(found, frozenset(files.asked), frozenset(files.folders))
        return found

    def uses(self, path: str, files: Files) -> tuple[Use, ...]:
        """The templates that a template names by local paths."""
        if path not in self._uses:
            self._uses[path] = _Uses()  # also while it is found out
            noting = files.apart()
            found = tuple(self._read(path, noting))
            self._uses[path] = _Uses(found, frozenset(noting.asked), frozenset(noting.folders))
        found, asked, folders = self._uses[path]
        files.asked |= asked
        files.folders |= folders
        return found

    def _read(self, path: str, files: Files) -> Iterator[Use]:
        text = files.read(path) or ""
        try:
            for document in parse(path, text) if len(text) <= MAX_BYTES else ():
                yield from _uses_of(self.template(document, files))
        except (ValueError, Malformed, RecursionError):
            return

    def _above(self, path: str, files: Files) -> Iterator[str]:
        """Templates that nest others, in the folder of a template and in those above it."""
        folder, name = os.path.dirname(path), os.path.basename(path).encode("utf-8", "surrogateescape")
        while files.holds(folder or "."):
            if folder not in self._parents:
                self._parents[folder] = tuple(_parents_in(folder))
            files.folders.add(folder)
            yield from (parent for parent, text in self._parents[folder] if name in text)
            if os.path.basename(folder) == ".." or folder == os.path.dirname(folder):
                break
            folder = os.path.dirname(folder)


def _parents_in(folder: str) -> Iterator[tuple[str, bytes]]:
    """The templates in a folder that nest others, with their texts."""
    try:
        names = sorted(name for name in os.listdir(folder or ".") if name.endswith(_NAMES))
    except OSError:
        return
    for name in names if len(names) <= MAX_FOLDER else ():
        path = join(folder, name)
        try:
            with open(path, "rb") as stream:
                data = stream.read(MAX_BYTES)
                if _MARK.search(data):
                    yield path, data
        except OSError:
            continue


def _uses_of(template: Template) -> Iterator[Use]:
    for resource in template.resources(*NESTED):
        where = resource.properties.get(NESTED[resource.type])
        if where is None or not isinstance(where.data, str) or "://" in where.data:
            continue
        yield Use(join(join(template.path, ".."), where.data), where.location, _parameters(resource))


def _parameters(resource: Resource) -> Mapping[str, Value]:
    stated = resource.properties.get("Parameters")
    return dict(stated.entries()) if stated is not None else {}


class Stacks:
    """Finds the templates of the stacks in a template, each with what it is given there."""

    def __init__(self, files: Files, above: tuple[str, ...], room: list[int]) -> None:
        """`above` are the template and those that lead to it, `room` is how many more may be looked into."""
        self._files = files
        self._above = above
        self._room = room

    def __call__(self, resource: Resource) -> Template | None:
        where = resource.properties.get(NESTED[resource.type])
        document = included(where, join(self._above[-1], ".."), self._files)
        if document is None or document.path in self._above or len(self._above) > MAX_DEPTH or not self._room[0]:
            return None
        self._room[0] -= 1
        given = {name: [value] for name, value in _parameters(resource).items()}
        below = Stacks(self._files, (*self._above, document.path), self._room)
        return Template(document, self._files, lambda: given, below)
