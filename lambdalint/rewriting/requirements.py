"""Requirements files."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lambdalint.check import Edit, Refusal


def unrequire(text: str, *, lines: Sequence[tuple[str, int]]) -> list[Edit]:
    """Take out requirements: each by its name and its line, with the lines on which it goes on."""
    parts = text.splitlines(keepends=True)
    edits = []
    for name, number in lines:
        first = last = number - 1
        if first >= len(parts) or _name(parts[first]) != name:
            raise Refusal(f"{name} is not stated in line {number} any more")
        while last + 1 < len(parts) and parts[last].rstrip().endswith("\\"):
            last += 1
        start = sum(map(len, parts[:first]))
        edits.append(Edit(start, start + sum(map(len, parts[first : last + 1])), ""))
    return _joined(edits)


def _name(line: str) -> str:
    """The normalised name that a line begins with."""
    match = re.match(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)", line)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """Lines that follow each other are one edit."""
    found: list[Edit] = []
    for edit in sorted(edits):
        if found and found[-1].end == edit.start:
            edit = Edit(found.pop().start, edit.end, "")
        found.append(edit)
    return found
