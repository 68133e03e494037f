"""Lock files: the one version of each distribution that is to be installed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lambdalint.model.package import Requirement
from lambdalint.packages.reading import Files
from lambdalint.packages.stating import Stating

_TABLES = ("poetry.lock", "uv.lock", "pdm.lock")
_OF_PEP_751 = re.compile(r"pylock(?:\.[^.]+)?\.toml$")
_BLOCK = re.compile(r"^\[\[packages?\]\]\s*$", re.MULTILINE)
_KEY = re.compile(r"^(name|version|category|groups|marker|markers|source) ?= ?(.+)$", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")
_NAMED = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$")
_OTHER = frozenset({"default", "main"})
"""Groups that are not for development."""


def locked(files: Files, stating: Stating) -> Iterator[Requirement]:
    """All distributions that the locks of a folder name."""
    for name in (*_TABLES, *sorted(one for one in files.names() if _OF_PEP_751.match(one))):
        if files.is_there(name):
            yield from _table(files, stating, name)
    if files.is_there("Pipfile.lock"):
        yield from _pipfile(files, stating)


def _table(files: Files, stating: Stating, name: str) -> Iterator[Requirement]:
    """Of a lock in TOML. Tools write these, always in one way: to parse them takes seconds where they are large."""
    text = files.text(name)
    if files.is_undecided(name, text):
        return
    starts = [match.start() for match in _BLOCK.finditer(text)]
    if not starts:
        files.table(name)  # to say what is wrong with it
        return
    line, counted = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", counted, start)
        counted = start
        said = {match[1]: match[2] for match in _KEY.finditer(text[start:end].partition("\n[")[0])}
        named, version = (_QUOTED.match(said.get(key, "")) for key in ("name", "version"))
        own = "editable" in said.get("source", "") or "virtual" in said.get("source", "")
        if named is not None and _NAMED.match(named[1]) and not own:
            groups = [*_QUOTED.findall(said.get("groups", "")), *_QUOTED.findall(said.get("category", ""))]
            yield stating.made(
                named[1],
                files.place(name, line + 1),
                f"=={version[1]}" if version else "",
                pinned=True,
                dev=bool(groups) and _OTHER.isdisjoint(groups),
            )


def _pipfile(files: Files, stating: Stating) -> Iterator[Requirement]:
    name = "Pipfile.lock"
    text = files.text(name)
    if files.is_undecided(name, text):
        return
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        files.remark(name, f"that is not valid JSON: {str(error) or 'it is nested too deeply'}")
        return
    lines = {
        match[1]: text.count("\n", 0, match.start(1)) + 1 for match in re.finditer(r'^ +"([^"]+)": \{', text, re.M)
    }
    for group, packages in content.items() if isinstance(content, dict) else ():
        if group == "_meta" or not isinstance(packages, dict):
            continue
        for one, said in packages.items():
            if not _NAMED.match(one):
                continue
            version = said.get("version", "") if isinstance(said, dict) else ""
            place = files.place(name, lines.get(one, 1))
            yield stating.made(one, place, str(version), pinned=True, dev=group != "default")
