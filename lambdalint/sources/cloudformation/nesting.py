"""Stacks in stacks: what the templates above a template give to its parameters."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lambdalint.model.places import Location
from lambdalint.sources.cloudformation.given import Given
from lambdalint.sources.cloudformation.template import Template
from lambdalint.sources.documents import Malformed, parse
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value

_MARK = re.compile(rb"AWS::(?:CloudFormation::Stack|Serverless::Application)\b")
_KINDS = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_NAMES = (".yaml", ".yml", ".json", ".template")
MAX_BYTES = 1_000_000
MAX_FOLDER = 300
"""In a folder with more templates than this, nobody's parents are looked for."""


class Use(NamedTuple):
    """One template names another one."""

    child: str
    location: Location
    parameters: Mapping[str, Value]


class Nesting:
    """Which templates nest which: files are read once, whoever asks."""

    def __init__(self) -> None:
        self._uses: dict[str, tuple[Use, ...]] = {}
        self._parents: dict[str, tuple[tuple[str, bytes], ...]] = {}

    def given(self, path: str, files: Files) -> Given:
        """What the parents of a template say of its parameters, each once; of a parameter they leave out, nothing."""
        uses = [use for parent in self._above(path, files) for use in self.uses(parent) if use.child == path]
        files.asked.update(use.location.path for use in uses)
        names = dict.fromkeys(name for use in uses for name in use.parameters)
        return {name: [use.parameters.get(name) for use in uses] for name in names}

    def circle(self, path: str, files: Files) -> Iterator[Location]:
        """The places in a template through which it comes to hold itself."""
        for use in self.uses(path):
            waiting, seen = [use.child], set[str]()
            while waiting:
                child = waiting.pop()
                if child == path:
                    yield use.location
                    break
                if child not in seen:
                    seen.add(child)
                    files.asked.add(child)
                    waiting += (inner.child for inner in self.uses(child))

    def learn(self, template: Template) -> tuple[Use, ...]:
        """The templates that a template names, which is read already."""
        self._uses[template.path] = tuple(_uses_of(template))
        return self._uses[template.path]

    def uses(self, path: str) -> tuple[Use, ...]:
        """The templates that a template names by local paths."""
        if path not in self._uses:
            self._uses[path] = ()  # also while it is found out
            self._uses[path] = tuple(_uses(path))
        return self._uses[path]

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


def _uses(path: str) -> Iterator[Use]:
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as stream:
            text = stream.read(MAX_BYTES)
        for document in parse(path, text):
            yield from _uses_of(Template(document))
    except (OSError, ValueError, Malformed, RecursionError):
        return


def _uses_of(template: Template) -> Iterator[Use]:
    for resource in template.resources(*_KINDS):
        where = resource.properties.get(_KINDS[resource.type])
        if where is None or not isinstance(where.data, str) or "://" in where.data:
            continue
        parameters = resource.properties.get("Parameters")
        table = dict(parameters.entries()) if parameters is not None else {}
        yield Use(join(join(template.path, ".."), where.data), where.location, table)
