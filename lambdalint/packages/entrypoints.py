"""Plug-ins that distributions announce in `entry_points.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lambdalint.packages.places import Place

_LINE = re.compile(r"^\s*[^#;\[\s=][^=]*=\s*([\w.]+)", re.MULTILINE)


def modules(places: Sequence[Place], group: str) -> Iterator[str]:
    """The modules of all plug-ins of one group."""
    for tree, folder in places:
        for path in tree.announced:
            if path.startswith(folder):
                yield from _of_group(tree.read(path).decode("utf-8", "replace"), group)


def _of_group(text: str, group: str) -> Iterator[str]:
    _, there, rest = text.partition(f"[{group}]")
    if there:
        yield from _LINE.findall(rest.partition("\n[")[0])
