"""Plug-ins that distributions announce in `entry_points.txt`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lambdalint.packages.dynamic import ANY_GROUP
from lambdalint.packages.places import Place

_SCRIPTS = ("console_scripts", "gui_scripts")
_LINE = re.compile(r"^\s*[^#;\[\s=][^=]*=\s*([\w.]+)", re.MULTILINE)


def modules(places: Sequence[Place], group: str) -> Iterator[str]:
    """The modules of all plug-ins of one group."""
    for tree, folder in places:
        for path in tree.announced:
            if path.startswith(folder):
                yield from _of_group(tree.read(path).decode("utf-8", "replace"), group)


def _of_group(text: str, group: str) -> Iterator[str]:
    for section in text.split("\n["):
        name, _, rest = section.lstrip("[").partition("]")
        if name == group or (group == ANY_GROUP and name not in _SCRIPTS):
            yield from _LINE.findall(rest)
