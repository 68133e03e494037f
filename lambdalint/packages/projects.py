"""What project files state: `pyproject.toml` of whichever tool, `setup.cfg`, `Pipfile`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lambdalint.model.package import Requirement
from lambdalint.packages.metadata import normalized
from lambdalint.packages.reading import Files, Table
from lambdalint.packages.stating import Stating, Texts, is_pinned_url
from lambdalint.text import lines_of

_NAME = "pyproject.toml"
_BARE = re.compile(r"\d[\w.!+-]*$")
"""Poetry and Pipenv take a bare version for an exact one."""
_EXACT = re.compile(r"={2,3}\s*\d[^\s,*]*$")
_COMPARED = re.compile(r"\s*(?:[<>]=?|[!=]=)\s*\d[\d.]*\s*$")
_MARKERS = ("sys_platform", "platform_machine", "platform_system", "os_name", "python_version", "python_full_version")


class Project:
    """`pyproject.toml`, or the `setup.cfg` that came before it."""

    def __init__(self, files: Files, stating: Stating, texts: Texts) -> None:
        self._files = files
        self._stating = stating
        self._texts = texts

    def read(self, extras: Collection[str]) -> Iterator[Requirement]:
        """What the project needs, with some of its extras; then what its developers need. Each name once of both."""
        seen: set[tuple[str, bool]] = set()
        for one in self._all(extras):
            if (one.name, one.dev) not in seen or one.marker:
                seen.add((one.name, one.dev))
                yield one

    def _all(self, extras: Collection[str]) -> Iterator[Requirement]:
        table = self._files.table(_NAME)
        yield from self._listed(table, "project", "dependencies")
        for extra in table.mapping("project", "optional-dependencies"):
            if normalized(extra) in extras:
                yield from self._listed(table, "project", "optional-dependencies", extra)
        yield from self._dynamic(table)
        yield from self._poetry(table)
        yield from self._setup(extras)
        for keys in (("dependency-groups",), ("tool", "pdm", "dev-dependencies")):
            for group in table.mapping(*keys):
                yield from self._listed(table, *keys, group, dev=True)
        yield from self._listed(table, "tool", "uv", "dev-dependencies", dev=True)

    def _listed(self, table: Table, *keys: str, dev: bool = False) -> Iterator[Requirement]:
        sources = table.mapping("tool", "uv", "sources")
        fixed = {normalized(name) for name, said in sources.items() if _is_fixed(said)}
        for text, line in table.texts(*keys):
            found = self._stating.one(text, self._files.place(_NAME, line), dev=dev)
            if found is not None:
                yield found._replace(pinned=found.pinned or found.name in fixed)
            else:
                self._files.remark(_NAME, f"whose line {line} is no requirement: {text[:60]}")

    def _dynamic(self, table: Table) -> Iterator[Requirement]:
        """Of setuptools: the dependencies stand in files of their own."""
        stated = table.get("tool", "setuptools", "dynamic", "dependencies")
        files = stated.get("file") if isinstance(stated, Mapping) else None
        for name in [files] if isinstance(files, str) else files if isinstance(files, list) else ():
            if isinstance(name, str) and self._files.is_inside(name):
                yield from self._texts.read(name, dev=False)

    def _poetry(self, table: Table) -> Iterator[Requirement]:
        above = ("tool", "poetry")
        yield from mapped(self._files, self._stating, _NAME, table, *above, "dependencies")
        yield from mapped(self._files, self._stating, _NAME, table, *above, "dev-dependencies", dev=True)
        for group in table.mapping(*above, "group"):
            dev = group != "main"
            yield from mapped(self._files, self._stating, _NAME, table, *above, "group", group, "dependencies", dev=dev)

    def _setup(self, extras: Collection[str]) -> Iterator[Requirement]:
        """Of `setup.cfg`: what is indented below a key, or stands behind it."""
        name = "setup.cfg"
        section = key = ""
        for line, text in enumerate(lines_of(self._files.text(name)), 1):
            said = text.strip()
            if not said or said.startswith(("#", ";")):
                continue
            if text.startswith("["):
                section, key = said.strip("[]"), ""
                continue
            if not text[0].isspace():
                key, _, said = (part.strip() for part in text.partition("="))
            wanted = (section, key) == ("options", "install_requires") or (
                section == "options.extras_require" and normalized(key) in extras
            )
            for one in re.split(r"\s+#", said)[0].split(",") if wanted and said and "," not in key else ():
                found = self._stating.one(one.strip(), self._files.place(name, line), dev=False)
                if found is not None:
                    yield found


def pipfile(files: Files, stating: Stating) -> Iterator[Requirement]:
    """Of `Pipfile`: its packages; those of every other group are for development."""
    name = "Pipfile"
    table = files.table(name)
    for group, said in table.content.items():
        if isinstance(said, Mapping) and group not in ("requires", "scripts", "pipenv", "source"):
            yield from mapped(files, stating, name, table, group, dev=group != "packages")


def mapped(
    files: Files, stating: Stating, name: str, table: Table, *keys: str, dev: bool = False
) -> Iterator[Requirement]:
    """The requirements in a table of names: each with a version, with more about it, or with several of that."""
    for one, said in table.mapping(*keys).items():
        if one.lower() == "python" or re.match(r"[A-Za-z0-9][\w.-]*$", one) is None:
            continue
        for part in said if isinstance(said, list) else [said]:
            more: Mapping[str, Any] = part if isinstance(part, Mapping) else {"version": part}
            if more.get("optional") is True:
                continue  # of an extra
            version = more.get("version")
            specifier = version.strip() if isinstance(version, str) and version.strip() != "*" else ""
            extras = more.get("extras")
            yield stating.made(
                one,
                files.place(name, table.line_of(*keys, one)),
                specifier,
                pinned=bool(_BARE.match(specifier) or _EXACT.match(specifier)) or _is_fixed(more),
                dev=dev,
                marker=_marker(more),
                extras=tuple(normalized(extra) for extra in extras if isinstance(extra, str))
                if isinstance(extras, list)
                else (),
            )


def _is_fixed(said: object) -> bool:
    """Whether a source other than an index is always the same: a path, a commit, an archive."""
    if not isinstance(said, Mapping):
        return False
    commit = said.get("rev") or said.get("ref") or ""
    if (
        said.get("path")
        or said.get("workspace")
        or (isinstance(commit, str) and re.fullmatch(r"[0-9a-f]{7,40}", commit))
    ):
        return True
    return any(is_pinned_url(url) for key in ("url", "file") if isinstance(url := said.get(key), str))


def _marker(said: Mapping[str, Any]) -> str:
    """What a table says of when it is needed, as one marker, without ranges that markers have no words for: `^3.9`."""
    parts = [f"({said['markers']})"] if isinstance(said.get("markers"), str) else []
    python = said.get("python")
    for one in python.split(",") if isinstance(python, str) else ():
        if _COMPARED.match(one):
            operator, version = re.findall(r"[<>=!]+|[\d.]+", one)
            name = "python_version" if version.count(".") < 2 else "python_full_version"
            parts.append(f'{name} {operator} "{version}"')
    platform = said.get("platform")
    parts += [f'sys_platform == "{platform}"'] if isinstance(platform, str) and platform.isalnum() else []
    parts += [f"{name} {said[name]}" for name in _MARKERS if isinstance(said.get(name), str)]
    return " and ".join(parts)
