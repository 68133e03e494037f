"""What a source folder says it needs: requirements files, project files and locks. Nothing is resolved or fetched."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from lambdalint.model.package import Requirement
from lambdalint.model.places import Location
from lambdalint.packages.metadata import environments_of, holds, normalized

_MOST_BYTES = 5_000_000
_DEPTH = 10
_DEV = re.compile(r"(?:^|[-_.])(?:dev|test|tests|testing|lint|docs?|ci|local|build)(?:[-_.]|$)", re.IGNORECASE)
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(.*)$", re.DOTALL)
_OPTION = re.compile(r"(?:^|\s)--?[A-Za-z][\w-]*")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_INCLUDE = re.compile(r"(?:-r|--requirement)[\s=]*(\S+)")
_EGG = re.compile(r"#egg=([\w.-]+)")
_COMMIT = re.compile(r"@[0-9a-f]{40}\b")
Marked = Callable[[str], bool]
"""Whether an environment marker holds."""


def requirements(
    folder: str,
    python: tuple[int, int] | None,
    architecture: str | None,
    held: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[list[Requirement], list[str]]:
    """What the files in a folder say, and what is wrong with these, each the end of a sentence.

    A lock counts for more than what it was made from: where there is one, each requirement is pinned. Without one,
    `requirements.txt` counts before project files, as builds have it. `held` is what stands in for files, by path.
    """
    reader = _Reader(folder, python, architecture, held)
    stated = [*reader.texts(), *reader.project(), *reader.pipfile()]
    locked = [*reader.locks()]
    if not locked:
        return stated, reader.remarks
    known = {one.name for one in locked}
    return [one._replace(pinned=one.pinned or one.name in known) for one in stated], reader.remarks


class _Reader:
    def __init__(
        self, folder: str, python: tuple[int, int] | None, architecture: str | None, held: Mapping[str, bytes]
    ) -> None:
        self._folder = folder
        self._held = held
        self._environments = environments_of(python, architecture)
        self.remarks: list[str] = []

    def texts(self) -> Iterator[Requirement]:
        """Of `requirements.txt`, and of files for development beside it."""
        for name in sorted(self._names()):
            if name.startswith("requirements") and name.endswith(".txt"):
                dev = name != "requirements.txt" and bool(_DEV.search(name[len("requirements") : -len(".txt")]))
                if dev or name == "requirements.txt":
                    yield from self._text(name, dev, set())

    def _text(self, name: str, dev: bool, seen: set[str]) -> Iterator[Requirement]:
        if name in seen or len(seen) > _DEPTH:
            return
        seen.add(name)
        data = self._read(name)
        if data is None:
            return
        for line, text in _logical(data.decode("utf-8-sig", "replace")):
            if match := _INCLUDE.match(text):
                inner = os.path.normpath(os.path.join(os.path.dirname(name), match[1]))
                if inner.startswith("..") or os.path.isabs(inner):
                    self.remarks.append(f"includes {match[1]}, which is not in the folder ({name}:{line}): not read")
                else:
                    yield from self._text(inner, dev, seen)
            else:
                found = self._line(text, self._place(name, line), dev)
                if found is not None:
                    yield found

    def _line(self, text: str, place: Location, dev: bool) -> Requirement | None:
        if text.startswith(("-e ", "--editable")):
            text = text.removeprefix("--editable").removeprefix("-e").lstrip(" =")
            egg = _EGG.search(text)
            return Requirement(normalized(egg[1]), place, pinned=True, dev=dev) if egg else None
        if text.startswith("-"):
            return None
        hashed = "--hash" in text
        options = _OPTION.search(text)
        text = text[: options.start()] if options else text
        if "://" in text.partition(";")[0] and " @ " not in text:
            egg = _EGG.search(text)
            return Requirement(normalized(egg[1]), place, pinned=bool(_COMMIT.search(text)), dev=dev) if egg else None
        return self._requirement(text, place, dev, hashed)

    def _requirement(self, text: str, place: Location, dev: bool, hashed: bool = False) -> Requirement | None:
        text, _, marker = text.partition(";")
        match = _NAME.match(text)
        if match is None or text.lstrip().startswith((".", "/", "\\")):
            return None  # a path: it is what it is
        specifier = match[3].strip().strip("()")
        if specifier.startswith("@"):
            pinned = bool(_COMMIT.search(specifier)) or specifier.endswith(".whl") or "file:" in specifier
        else:
            pinned = hashed or (specifier.startswith("==") and "*" not in specifier and "," not in specifier)
        return Requirement(
            normalized(match[1]),
            place,
            specifier=specifier,
            pinned=pinned,
            dev=dev,
            marker=marker.strip(),
            applies=self._holds(marker.strip()),
        )

    def _holds(self, marker: str) -> bool:
        return not marker or holds(marker, self._environments)

    def project(self) -> Iterator[Requirement]:
        """Of `pyproject.toml`: the project's own table, groups for development, and what Poetry has of both."""
        name = "pyproject.toml"
        content, lines = self._toml(name)
        project = _table(content, "project")
        yield from self._listed(project.get("dependencies"), name, lines, dev=False)
        for _, group in _table(content, "dependency-groups").items():
            yield from self._listed(group, name, lines, dev=True)
        poetry = _table(_table(content, "tool"), "poetry")
        yield from self._mapped(poetry.get("dependencies"), name, lines, dev=False)
        yield from self._mapped(poetry.get("dev-dependencies"), name, lines, dev=True)
        for group in _table(poetry, "group").values():
            yield from self._mapped(_table({"group": group}, "group").get("dependencies"), name, lines, dev=True)

    def pipfile(self) -> Iterator[Requirement]:
        name = "Pipfile"
        content, lines = self._toml(name)
        yield from self._mapped(content.get("packages"), name, lines, dev=False)
        yield from self._mapped(content.get("dev-packages"), name, lines, dev=True)

    def locks(self) -> Iterator[Requirement]:
        """The distributions that a lock names, each with its one version."""
        for name in ("poetry.lock", "uv.lock", "pdm.lock", "pylock.toml"):
            content, lines = self._toml(name)
            for one in content.get("package", content.get("packages", ())):
                if isinstance(one, Mapping) and isinstance(one.get("name"), str):
                    place = self._place(name, _line_of(lines, f'name = "{one["name"]}"'))
                    version = one.get("version")
                    yield Requirement(normalized(one["name"]), place, f"=={version}", pinned=True)
        name = "Pipfile.lock"
        data = self._read(name)
        if data is not None:
            try:
                content = json.loads(data)
            except (ValueError, RecursionError) as error:
                self.remarks.append(f"has a {name} that cannot be read: {error}")
                return
            for kind in ("default", "develop"):
                for one, said in _table(content, kind).items():
                    version = said.get("version", "") if isinstance(said, Mapping) else ""
                    yield Requirement(normalized(one), self._place(name, 1), str(version), True, kind == "develop")

    def _listed(self, listed: object, name: str, lines: Sequence[str], dev: bool) -> Iterator[Requirement]:
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, str):
                found = self._requirement(one, self._place(name, _line_of(lines, one)), dev)
                if found is not None:
                    yield found

    def _mapped(self, mapped: object, name: str, lines: Sequence[str], dev: bool) -> Iterator[Requirement]:
        for one, said in mapped.items() if isinstance(mapped, Mapping) else ():
            if one.lower() == "python":
                continue
            version = said.get("version", "") if isinstance(said, Mapping) else said
            specifier = version if isinstance(version, str) else ""
            pinned = bool(re.match(r"==?\s*\d[\w.!+-]*$|\d[\w.]*$", specifier)) and not specifier.startswith("^")
            if isinstance(said, Mapping) and (said.get("rev") or said.get("path")):
                pinned = True
            place = self._place(name, _line_of(lines, one, at_start=True))
            yield Requirement(normalized(one), place, specifier, pinned, dev)

    def _toml(self, name: str) -> tuple[Mapping[str, Any], Sequence[str]]:
        data = self._read(name)
        if data is None:
            return {}, ()
        text = data.decode("utf-8-sig", "replace")
        try:
            return tomllib.loads(text), text.splitlines()
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            self.remarks.append(f"has a {name} that cannot be read: {error}")
            return {}, ()

    def _names(self) -> Sequence[str]:
        try:
            return os.listdir(self._folder or ".")
        except OSError:
            return ()

    def _read(self, name: str) -> bytes | None:
        path = os.path.join(self._folder, name).replace(os.sep, "/")
        if path in self._held:
            return self._held[path]
        if not os.path.isfile(path):
            return None
        try:
            with open(path, "rb") as stream:
                return stream.read(_MOST_BYTES)
        except OSError as error:
            self.remarks.append(f"has a {name} that cannot be read: {error.strerror}")
            return None

    def _place(self, name: str, line: int) -> Location:
        return Location(os.path.join(self._folder, name).replace(os.sep, "/"), line, 1, line, 1)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, put together where they go on; each with the number of its first."""
    begun, so_far = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        begun = begun or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            so_far += line[:-1] + " "
            continue
        whole = _COMMENT.sub("", so_far + line).strip()
        if whole:
            yield begun, whole
        begun, so_far = 0, ""
    if so_far.strip():
        yield begun, so_far.strip()


def _table(content: object, key: str) -> Mapping[str, Any]:
    found = content.get(key) if isinstance(content, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _line_of(lines: Iterable[str], text: str, at_start: bool = False) -> int:
    for number, line in enumerate(lines, 1):
        if line.lstrip().strip('"').startswith(text) if at_start else text in line:
            return number
    return 1
