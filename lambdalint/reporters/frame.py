"""Code frames: the lines around a finding, with the place marked under them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from unicodedata import combining, east_asian_width

from lambdalint.model import Location

Paint = Callable[[str, str], str]
"""From a text and an ANSI code to the text as shown."""

_TAB = 4
_CUT = "..."
_SPAN = 6
"""Lines shown of a place that spans many: its beginning and its end."""


def frame(lines: Sequence[str], place: Location, width: int, mark: str, paint: Callable[[str], str]) -> Iterator[str]:
    """The line before, the place, and the line after. `mark` underlines where it begins, in the tone of `paint`."""
    first, last = place.line, min(max(place.end_line, place.line), len(lines))
    if not 0 < first <= len(lines):
        return
    span = list(range(first, last + 1))
    shown: list[int | None] = [*span[: _SPAN - 2], None, *span[-2:]] if len(span) > _SPAN else [*span]
    gutter = len(str(last + 1)) + 2
    room = max(width - gutter - 3, 20)
    line = lines[first - 1].rstrip()
    until = place.end_column - 1 if place.end_line == first else len(line)
    start = _columns(line[: place.column - 1])
    end = max(_columns(line[:until]), start + 1)
    left = 0 if end <= room or start <= room // 2 else start - room // 3
    end = min(end, left + room)
    if not left and first > 1 and lines[first - 2].strip():
        shown.insert(0, first - 1)
    if not left and last < len(lines) and lines[last].strip():
        shown.append(last + 1)
    arrow = paint(">")
    for number in shown:
        if number is None:
            yield " " * gutter + " :"
            continue
        source = _window(lines[number - 1].rstrip(), left, room)
        yield f"{arrow if first <= number <= last else ' '}{number:>{gutter - 1}} | {source}".rstrip()
        if number == first:
            yield f"{' ' * gutter} | {' ' * (start - left)}{paint(mark * (end - start))}"


def clean(text: str) -> str:
    """Without what would move the cursor or turn the direction of writing."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)


def width_of(text: str) -> int:
    """The columns it takes at a terminal."""
    return len(text) if text.isascii() else len(_cells(text))


def _columns(text: str) -> int:
    """Likewise, tabs and what cannot be printed too."""
    return len(text) if text.isascii() and text.isprintable() else len(_cells(text))


def _window(line: str, left: int, room: int) -> str:
    """What of a line stands in `room` columns from `left` on; where it goes on, dots say so."""
    if not left and len(line) <= room and line.isascii() and line.isprintable():
        return line
    cells = _cells(line)
    seen = cells[left : left + room]
    if left and seen:
        seen[: len(_CUT)] = _CUT
    if len(cells) > left + room:
        seen[-len(_CUT) :] = _CUT
    if seen and not seen[-1] and len(cells) <= left + room:
        return "".join(seen)
    for index, cell in enumerate(seen):  # a wide character cut in half leaves a gap
        halved = not cell and (index == 0 or width_of(seen[index - 1]) < 2)
        lonely = width_of(cell) == 2 and (index + 1 == len(seen) or seen[index + 1] != "")
        if halved or lonely:
            seen[index] = " "
    return "".join(seen)


def _cells(text: str) -> list[str]:
    """One string for each column; the second column of a wide character is empty."""
    if text.isascii() and text.isprintable():
        return list(text)
    cells: list[str] = []
    for char in text:
        if char == "\t":
            cells += " " * _TAB
        elif not char.isprintable():
            cells.append("?")
        elif combining(char) and cells:
            cells[-1 if cells[-1] else -2] += char
        else:
            cells.append(char)
            if east_asian_width(char) in "WF":
                cells.append("")
    return cells
