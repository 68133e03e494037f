"""Which names in an archive are safe to use, where its links lead, and how names are told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_DRIVE = re.compile(r"[A-Za-z]:")
MOST_LETTERS = 4096
_MOST_HOPS = 40
"""As Linux allows."""
SHOWN = 3
_TASK = "/var/task/"


def safe(name: str) -> str:
    """The path that an archive's name means, with forward slashes; empty for one that leads elsewhere, or nowhere."""
    if _is_plain(name):
        return name
    path = name.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    if not path or "\0" in path or path.startswith("/") or _DRIVE.match(path) or len(path) > MOST_LETTERS:
        return ""
    parts = path.split("/")
    if ".." in parts or "" in parts[:-1] or "." in parts:
        parts = [part for part in parts if part not in ("", ".")]
        if ".." in parts or not parts:
            return ""
    return "/".join(parts).rstrip("/")


def _is_plain(name: str) -> bool:
    """Most names are: archives with a hundred thousand of them must not take long."""
    return (
        0 < len(name) <= MOST_LETTERS
        and not name.startswith((".", "/"))
        and not name.endswith("/")
        and name[1:2] != ":"
        and "/." not in name
        and "//" not in name
        and "\\" not in name
        and "\0" not in name
    )


def follow(path: str, links: Mapping[str, str], *, rooted: bool = False) -> str:
    """Where a path leads, through `links` and folders that are links; empty where it leads out, or in a circle.

    `rooted`: the archive is a whole file system, so that `/` is its top and nothing leads out.
    """
    waiting = path.split("/")[::-1]
    done: list[str] = []
    hops = 0
    while waiting:
        part = waiting.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not done and not rooted:
                return ""
            del done[-1:]
            continue
        done.append(part)
        target = links.get("/".join(done))
        if target is None:
            continue
        hops += 1
        del done[-1:]
        if target.startswith("/"):
            if not rooted and not target.startswith(_TASK):
                return ""
            done, target = [], target if rooted else target[len(_TASK) :]
        if hops > _MOST_HOPS or len(target) > MOST_LETTERS:
            return ""
        waiting += target.split("/")[::-1]
    return "/".join(done)


class Told:
    """What is wrong with names, so that each fault is told in one line."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, fault: str, name: str) -> None:
        """`fault` is the end of a sentence that begins with the path of the package: `holds links that lead out`."""
        self._names.setdefault(fault, []).append(name)

    def lines(self) -> list[str]:
        return [f"{fault}: {some(names)}" for fault, names in self._names.items()]


def some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    first = ", ".join(map(shown, names[:SHOWN]))
    return f"{first} and {len(names) - SHOWN:,} more" if len(names) > SHOWN else first


def shown(name: str) -> str:
    """A name as a line may hold it, whatever letters it has."""
    return repr(name)[1:-1][:200]
