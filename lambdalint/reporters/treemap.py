"""What a package is made of as one page of HTML: a map in which area is size. It loads nothing from elsewhere."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from lambdalint.model.package import Entry, Package
from lambdalint.report import Weighed
from lambdalint.reporters.packages import described, mb

SMALLEST = 1 / 2000
"""Smaller shares of the whole are summed up: nobody could see them."""
Node = list[Any]
"""`[name, bytes unzipped, bytes zipped, what it is, nodes in it]`."""


def to_html(weighed: Sequence[Weighed]) -> str:
    """The page."""
    page = (files("lambdalint.reporters") / "treemap.html").read_text(encoding="utf-8")
    data = [
        {"tree": tree(one.package), "about": _about(one), "summary": described(one) | {"distributions": []}}
        for one in weighed
    ]
    # Within a script, only what could end it has to be written otherwise.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    title = html.escape(", ".join(one.package.path for one in weighed))
    return page.replace("{{title}}", title).replace('"{{data}}"', text)


def tree(package: Package) -> Node:
    """Folders in folders, largest first; what is too small to be seen is summed up."""
    owners = {path: f"{one.name} {one.version}" for one in package.distributions for path in one.files}
    wasted = {path: one.kind for one in package.waste for path in one.paths if one.kind != "symbols"}
    least = max(1, int(package.bytes_unzipped * SMALLEST))
    rows = [(entry.path.split("/"), entry) for entry in package.entries]
    return _node(package.path, rows, 0, least, owners, wasted, "")


def _node(
    name: str,
    rows: Sequence[tuple[list[str], Entry]],
    depth: int,
    least: int,
    owners: dict[str, str],
    wasted: dict[str, str],
    above: str,
) -> Node:
    groups: dict[str, list[tuple[list[str], Entry]]] = {}
    for row in rows:
        groups.setdefault(row[0][depth], []).append(row)
    nodes: list[Node] = []
    small: list[Entry] = []
    for part, group in groups.items():
        entries = [entry for _, entry in group]
        if _unzipped(entries) < least:
            small += entries
            continue
        path = f"{above}{part}"
        is_file = len(group) == 1 and len(group[0][0]) == depth + 1
        what = wasted.get(path if is_file else f"{path}/", "")
        if is_file:
            owner = owners.get(path, "")
            nodes.append([part, entries[0].bytes_unzipped, entries[0].bytes_zipped, what or owner, []])
        else:
            node = _node(part, group, depth + 1, least, owners, wasted, f"{path}/")
            node[3] = what or _owner(group, owners)
            nodes.append(node)
    if small:
        count = f"{len(small)} small file{'s' * (len(small) > 1)}"
        nodes.append([count, _unzipped(small), sum(one.bytes_zipped for one in small), "", []])
    nodes.sort(key=lambda node: -node[1])
    everything = [entry for _, entry in rows]
    return [name, _unzipped(everything), sum(one.bytes_zipped for one in everything), "", nodes]


def _unzipped(entries: Iterable[Entry]) -> int:
    return sum(entry.bytes_unzipped for entry in entries)


def _owner(group: Sequence[tuple[list[str], Entry]], owners: dict[str, str]) -> str:
    """The distribution that all of these belong to."""
    found = {owners.get(entry.path, "") for _, entry in group}
    return found.pop() if len(found) == 1 else ""


def _about(one: Weighed) -> list[str]:
    package = one.package
    said = [f"{len(package.entries):,} files", f"{mb(package.bytes_unzipped)} unzipped"]
    about = "" if package.kind == "zip" else "about "
    return [*said, f"{about}{mb(package.bytes_zipped)} zipped"]
