"""Entries of HCL that come and go, with the signs of those around them in one column as `terraform fmt` has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdalint.check import Edit, Refusal
from lambdalint.rewriting.templates.hcl import Entry, Path, Source
from lambdalint.sources.terraform.syntax import HclNode as Node

Made = tuple[list[Edit], dict[Path, str | None]]
"""Edits, and what they are meant to change."""
_LAST = frozenset("depends_on lifecycle timeouts provisioner connection".split())
"""What stands at the end of a block by convention."""


class Row(NamedTuple):
    """An entry as `terraform fmt` sees it."""

    entry: Entry
    width: int
    """Of its name."""
    gap: tuple[int, int]
    """From the end of the name to the sign."""
    joins: bool
    """It is aligned with its neighbours: it has lines of its own, and ends on the one it begins on."""


def put(source: Source, holder: Node, beside: Entry, values: Sequence[tuple[str, str]]) -> Made:
    """State attributes of a block, or keys of an object, behind another one."""
    if not source.has_own_lines(beside):
        return _put_on_line(source, holder, beside, values)
    rows = [_row(source, one) for one in source.entries(holder)]
    at = next(number for number, row in enumerate(rows) if row.entry.start == beside.start)
    run = [*_joined(source, rows[: at + 1])]
    run += _joined_after(source, rows[at], rows[at + 1 :])
    widest = max(len(name) for name, _ in values)
    edits: list[Edit] = []
    if _is_formatted(run):
        width = max([widest, *(row.width for row in run)])
        edits += _padded(run, width)
    else:
        columns = [row.width + row.gap[1] - row.gap[0] for row in run]
        own = columns[[row.entry.start for row in run].index(beside.start)] if rows[at].joins else 0
        width = own - 1 if own > widest and columns.count(own) > 1 else 0  # as its neighbours have it
    margin = source.margin(beside.start)
    comma, more = _commas(source, holder, beside)
    sign = ":" if beside.sign is not None and beside.sign.type == ":" else "="
    lines = [f"{name.ljust(width)} {sign} {value}" if sign == "=" else f"{name}: {value}" for name, value in values]
    quote = '"' if holder.type == "object" and source.text[beside.start] == '"' else ""
    if quote:
        lines = [line.replace(name, f'"{name}"', 1) for line, (name, _) in zip(lines, values, strict=True)]
    edits += [Edit(beside.end, beside.end, ",")] if more else []
    edits.append(whole_lines(source, source.line_end(beside.end), [f"{margin}{line}{comma}" for line in lines]))
    path = source.path(holder if holder.type == "block" else _owner(holder))
    return edits, {(*path, name): value for name, value in values}


def _put_on_line(source: Source, holder: Node, beside: Entry, values: Sequence[tuple[str, str]]) -> Made:
    """An object may stand on one line with all that is in it."""
    if holder.type != "object" or holder.start_point[0] != holder.end_point[0] or beside.sign is None:
        raise Refusal("it is written on one line")
    space = " " if beside.sign.type == "=" else ""
    text = "".join(f", {name}{space}{beside.sign.type} {value}" for name, value in values)
    return [Edit(beside.end, beside.end, text)], {(*source.path(_owner(holder)), name): one for name, one in values}


def put_block(source: Source, holder: Node, name: str, values: Sequence[tuple[str, str]], beside: Entry | None) -> Made:
    """Put a block into another one: behind `beside`, or as the last of those that belong there."""
    there = source.entries(holder)
    while beside is None and len(there) > 1 and there[-1].name in _LAST and source.blank_before(there[-1]):
        there = there[:-1]
    beside = beside or there[-1]
    if not source.has_own_lines(beside):
        raise Refusal("it is written on one line")
    margin = source.margin(beside.start)
    around = source.margin(source.index(holder.start_byte))
    step = margin.removeprefix(around) if margin.startswith(around) and margin != around else "  "
    width = max(len(one) for one, _ in values)
    lines = [f"{margin}{name} {{"]
    lines += [f"{margin}{step}{one.ljust(width)} = {value}" for one, value in values]
    lines.append(f"{margin}}}")
    blocks = [one for one in source.entries(holder)[1:] if one.is_block]
    at = source.line_end(beside.end)
    if not blocks or any(source.blank_before(one) for one in blocks):
        lines.insert(0, "")
        if at < len(source.text) and not source.is_blank(at) and at < source.line_start(source.index(holder.end_byte)):
            lines.append("")
    path = (*source.path(holder), f"{name} 1")
    return [whole_lines(source, at, lines)], {path: "{", **{(*path, one): value for one, value in values}}


def whole_lines(source: Source, at: int, lines: Sequence[str]) -> Edit:
    text = "".join(f"{line}{source.newline}" for line in lines)
    if at and source.text[at - 1] != "\n":  # the last line has no end
        text = source.newline + text.removesuffix(source.newline)
    return Edit(at, at, text)


def taken_out(source: Source, node: Node) -> Made:
    """Take an entry out, with its comma and with its lines."""
    entry = source.entry(node)
    path = source.path(node)
    changes: dict[Path, str | None] = {one: None for one in source.outline() if one[: len(path)] == path}
    if _has_comment(source, node):
        raise Refusal("a comment stands in what would go")
    holder = node.parent
    assert holder is not None
    if not source.has_own_lines(entry):
        return [_off_line(source, holder, entry)], changes
    start, end = source.line_start(entry.start), source.line_end(entry.end)
    rows = [_row(source, one) for one in source.entries(holder)]
    at = next(number for number, row in enumerate(rows) if row.entry.start == entry.start)
    before, after = rows[:at], rows[at + 1 :]
    left = list(_joined(source, before)) if _follow(source, before, rows[at]) else []
    right = list(_joined_after(source, rows[at], after))
    edits: list[Edit] = []
    whole = [*left, *([rows[at]] if rows[at].joins else []), *right]
    if _is_formatted(whole) if rows[at].joins else _is_formatted(left) and _is_formatted(right):
        rest = [*left, *right]
        width = max((row.width for row in rest), default=0)
        # One that is not the widest goes without a trace, so that several may go at once.
        if rows[at].width >= width if rows[at].joins else left and right:
            edits += _padded(rest, width)
    closes = end >= source.line_start(source.index(holder.parent.end_byte if holder.parent else holder.end_byte))
    if start and source.is_blank(source.line_start(start - 1)) and (source.is_blank(end) or closes):
        start = source.line_start(start - 1)
    elif source.is_blank(end) and not before:
        end = source.line_end(end)
    return [*edits, Edit(start, end, "")], changes


def _off_line(source: Source, holder: Node, entry: Entry) -> Edit:
    """Out of an object whose keys stand on one line."""
    there = source.entries(holder)
    at = next(number for number, one in enumerate(there) if one.start == entry.start)
    if holder.type != "object" or holder.start_point[0] != holder.end_point[0] or len(there) < 2:
        raise Refusal("it shares its line with something else")
    return Edit(entry.start, there[at + 1].start, "") if at + 1 < len(there) else Edit(there[at - 1].end, entry.end, "")


def _has_comment(source: Source, node: Node) -> bool:
    """Whether one stands on lines of its own: one behind a value goes with that."""
    if node.type == "comment":
        return not source.margin(source.index(node.start_byte)).strip()
    return any(_has_comment(source, one) for one in node.children)


def _owner(holder: Node) -> Node:
    """The attribute or key whose value an object is."""
    node = holder.parent
    while node is not None and node.type in ("collection_value", "expression"):
        if node.parent is None or node.parent.type == "function_arguments":
            return node
        node = node.parent
    if node is None or node.type not in ("attribute", "object_elem"):
        raise Refusal("it stands in an expression")
    return node


def _commas(source: Source, holder: Node, beside: Entry) -> tuple[str, bool]:
    """What a new key ends with, and whether the one before it needs a comma."""
    if holder.type != "object":
        return "", False
    ended = source.text[beside.end : source.line_end(beside.end)].lstrip().startswith(",")
    others = any(one.type == "," for one in holder.children)
    return ("," if ended else ""), others and not ended


# -- columns -------------------------------------------------------------------------------------------


def _row(source: Source, entry: Entry) -> Row:
    sign, node = entry.sign, entry.node
    if sign is None or sign.type != "=":
        return Row(entry, 0, (0, 0), False)
    gap = (source.index(entry.key.end_byte), source.index(sign.start_byte))
    short = node.start_point[0] == node.end_point[0] or source.text_of(entry.value).startswith("<<")
    return Row(entry, gap[0] - entry.start, gap, short and source.has_own_lines(entry))


def _follow(source: Source, before: Sequence[Row], row: Row) -> bool:
    """Whether nothing stands between a row and the last one before it."""
    if not before:
        return False
    return source.line_end(before[-1].entry.end) == source.line_start(row.entry.start)


def _joined(source: Source, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows at the end that are aligned with each other."""
    found: list[Row] = []
    for number in range(len(rows) - 1, -1, -1):
        if not rows[number].joins:
            break
        found.insert(0, rows[number])
        if not _follow(source, rows[:number], rows[number]):
            break
    return found


def _joined_after(source: Source, first: Row, rows: Sequence[Row]) -> Sequence[Row]:
    """The rows that follow one without a gap, and are aligned with each other."""
    found: list[Row] = []
    for row in rows:
        if not row.joins or not _follow(source, [first], row):
            break
        found.append(row)
        first = row
    return found


def _is_formatted(run: Sequence[Row]) -> bool:
    width = max((row.width for row in run), default=0)
    return all(row.gap[1] - row.gap[0] == width - row.width + 1 for row in run)


def _padded(run: Sequence[Row], width: int) -> list[Edit]:
    """The signs of all in one column. Also of those that stand there: what another fix puts between them meets it."""
    return [Edit(*row.gap, " " * (width - row.width + 1)) for row in run]


# -- comments ------------------------------------------------------------------------------------------


def with_comments(source: Source, edits: Sequence[Edit]) -> Sequence[Edit]:
    """The edits, and the comments of neighbouring lines in one column again where all of the file were."""
    if next(_loose(source), None) is not None:
        return edits
    changed = Source(source.changed(edits))
    moved = [Edit(_before(edits, start), _before(edits, end), " " * wide) for start, end, wide in _loose(changed)]
    return [*edits, *moved]


def _loose(source: Source) -> Iterator[tuple[int, int, int]]:
    """The gaps before comments that `terraform fmt` would make wider or narrower, and how wide they would be."""
    runs: list[list[tuple[int, int, int]]] = []
    for one in source.comments():
        if runs and runs[-1][-1][0] == one[0] - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    for run in runs:
        widths = [end - source.line_start(end) for _, end, _ in run]
        for width, (_, end, start) in zip(widths, run, strict=True):
            wide = max(widths) - width + 1
            if start - end != wide:
                yield end, start, wide


def _before(edits: Sequence[Edit], index: int) -> int:
    """Where a character of the changed text was that none of the edits wrote."""
    for edit in sorted(edits):
        if index < edit.start + len(edit.text):
            break
        index += edit.end - edit.start - len(edit.text)
    return index
