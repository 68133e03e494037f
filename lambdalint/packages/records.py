"""Which files a distribution was installed with: RECORD of wheels, installed-files.txt of eggs."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """One file."""

    path: str
    """As in the package."""
    size: int | None
    """As it was when it was installed; None where that is not said."""


def rows(record: str, root: str, there: Collection[str]) -> Iterator[Row]:
    """The lines of a RECORD that can be read. (`csv` gives up at the first that cannot.)"""
    for line in record.split("\n"):
        name, size = _fields(line.rstrip("\r"))
        if name:
            yield Row(_placed(name.replace("\\", "/"), root, there), size)


def listed(text: str, folder: str, there: Collection[str]) -> Iterator[Row]:
    """The lines of an installed-files.txt, which are seen from the folder of the metadata."""
    for line in map(str.strip, text.split("\n")):
        if line:
            yield Row(_placed(line.replace("\\", "/"), f"{folder}/", there), None)


def _fields(line: str) -> tuple[str, int | None]:
    """Path and size of `path,hash,size`; a path with a comma or a quote in it is quoted."""
    name, _, size = _rest(line)
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = name[1:-1].replace('""', '"')
    return name, int(size) if size.isascii() and size.isdigit() and len(size) < 16 else None


def _rest(line: str) -> tuple[str, str, str]:
    parts = line.rsplit(",", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (parts[0], "", "")


def _placed(name: str, root: str, there: Collection[str]) -> str:
    """Where a file is now. Scripts are recorded as `../../bin/x`; `pip --target` puts `bin` beside the modules."""
    path = root + name
    if "../" not in name and not name.startswith("/"):
        return path
    inside = posixpath.normpath(path)
    if inside in there or name.startswith("/"):
        return inside
    while name.startswith("../"):
        name = name[3:]
    return root + name
