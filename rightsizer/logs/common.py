"""The common form of a report, read many at a time: 20 times as fast as `line`, which says the same of each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil, log
from operator import ge, le, mul, sub
from typing import NamedTuple

from lambdalint.rightsizer.cells import GROWTH, Cell, Cells, Key, count
from lambdalint.rightsizer.logs.line import DURATION_AT_MOST_MS, MEMORY_MB, hour_of, is_rounded, of_head
from lambdalint.rightsizer.logs.seen import Seen
from lambdalint.rightsizer.logs.sources import Source

REQUEST_BYTES = 36
START = b"REPORT RequestId: "
NO_DAY = b"0000-00-00"
_DURATION = re.compile(rb"^Duration: (\d+\.?\d*) ms$", re.M)
_INIT = re.compile(rb"^Init Duration: (\d+\.?\d*) ms$", re.M)
_BILLED = re.compile(rb"Billed Duration: (\d{1,7}) ms")
_MEMORY = re.compile(rb"Memory Size: (\d{1,5}) MB")
_USED = re.compile(rb"Max Memory Used: (\d{1,5}) MB")
_ROW = re.compile(
    rb"Duration: (\d+\.?\d*) ms\tBilled Duration: (\d{1,7}) ms\tMemory Size: \d{1,5} MB\t"
    rb"Max Memory Used: (\d{1,5}) MB\t(?:Init Duration: (\d+\.?\d*) ms)?"
)
_AFTER_TIME = re.compile(r"\d*(?:Z|\+00:?00) (.*)REPORT RequestId: ")
_OF_JSON = (
    rb'"type":"platform\.report","record":\{"requestId":"([^"\\\t]*)",(?:"status":"success",)?'
    rb'"metrics":\{"durationMs":(\d+(?:\.\d+)?),"billedDurationMs":(\d{1,7}),"memorySizeMB":(\d{1,5}),'
    rb'"maxMemoryUsedMB":(\d{1,5})\}(?:,"status":"success")?\}\}[ \t]*(?=\n|\Z)'
)
# With text at the beginning, a search is quick.
_JSON_LINE = re.compile(rb'\n\{"time":"([^"\\\t]*)",' + _OF_JSON)
_JSON_AFTER_HEAD = re.compile(rb'\{"time":"([^"\\\t]*)",' + _OF_JSON)
_AS_TEXT = (
    rb"REPORT RequestId: \2\tDuration: \3 ms\tBilled Duration: \4 ms\tMemory Size: \5 MB\tMax Memory Used: \6 MB\t"
)
SMALL = 32
Row = list[bytes]
Rows = defaultdict[tuple[bytes, bytes], list[Row]]
"""Lines by what they have in common: what follows the time, and the memory size."""


class Alike(NamedTuple):
    """Lines of one day, function and memory size."""

    key: Key
    cell: Cell
    rows: list[Row]
    hours: tuple[str, str] | None


class _Memo(dict[bytes, int]):
    """The few texts that a field has, and their numbers; -1 for what is not in the common form."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._pattern = pattern

    def __missing__(self, said: bytes) -> int:
        match = self._pattern.fullmatch(said)
        number = int(match[1]) if match else -1
        if len(self) < 100_000:
            self[said] = number
        return number


_billed, _memory, _used = _Memo(_BILLED), _Memo(_MEMORY), _Memo(_USED)


def as_text(data: bytes) -> bytes:
    """Reports in JSON, in the form that Lambda commonly gives them, as the text that says the same."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b'"type":"platform.report"' in data:
        data = _JSON_LINE.sub(rb"\n\1 " + _AS_TEXT, b"\n" + data)[1:]
        data = _JSON_AFTER_HEAD.sub(_AS_TEXT, data)
    return data


def split(lines: Sequence[bytes], markers: Sequence[bytes]) -> tuple[Rows, Rows, list[bytes]]:
    """Lines that may be in the common form, without and with a start, and others that one of the markers is in."""
    warm: Rows = defaultdict(list)
    cold: Rows = defaultdict(list)
    others: list[bytes] = []
    for line in lines:
        parts = line.split(b"\t")
        if len(parts) > 4:
            if len(parts) == 5:
                parts.append(b"")
            alike = cold if parts[5] else warm
            alike[parts[0][23:-REQUEST_BYTES], parts[3]].append(parts)
        else:
            for marker in markers:
                if marker in line:
                    others.append(line)
                    break
    return warm, cold, others


class Common:
    """Adds lines in the common form to cells."""

    def __init__(self, cells: Cells, seen: Seen) -> None:
        self._cells, self._seen = cells, seen
        self._source = Source("", 0, "", "", "")
        self._known: dict[tuple[bytes, bytes, bytes], tuple[Key, Cell] | None] = {}

    def add(self, source: Source, alike: Rows, is_cold: bool) -> list[bytes]:
        """Count the lines that are in the common form; the others are given back."""
        if source is not self._source or len(self._known) > 20_000:
            self._source = source
            self._known.clear()
        others: list[bytes] = []
        groups: list[Alike] = []
        for (head, memory), rows in alike.items():
            if is_cold:  # a tab may end the line
                rows = [row[:6] if len(row) == 7 and not row[6] else row for row in rows]
            groups += self._of_one_day(head, memory, rows, others)
        if groups and not self._add(groups, is_cold):
            kept = []
            for group in groups:
                good = [row for row in group.rows if _is_common(group.key, row)]
                known = set(map(id, good))
                others += (b"\t".join(row) for row in group.rows if id(row) not in known)
                if good:
                    good = self._unique(good)
                    heads = [row[0] for row in good]
                    kept.append(group._replace(rows=good, hours=_hours(group.key, min(heads), max(heads))))
            if kept:
                self._add(kept, is_cold, is_checked=True)
        return others

    def _of_one_day(self, head: bytes, memory: bytes, rows: list[Row], others: list[bytes]) -> Iterator[Alike]:
        heads = [row[0] for row in rows]
        first, last = min(heads), max(heads)
        day = first[:10]
        if day != last[:10]:
            days: defaultdict[bytes, list[Row]] = defaultdict(list)
            for row in rows:
                days[row[0][:10]].append(row)
            for some in days.values():
                yield from self._of_one_day(head, memory, some, others)
            return
        about = (day, head, memory)
        known = self._known[about] if about in self._known else self._about(*about)
        if known:
            yield Alike(*known, rows, _hours(known[0], first, last))
        else:
            others += map(b"\t".join, rows)

    def _about(self, day: bytes, head: bytes, memory: bytes) -> tuple[Key, Cell] | None:
        """The cell of lines; None where they are not in the common form."""
        place, size = _place(day, head), _memory[memory]
        known = None
        if place and size in MEMORY_MB:
            is_dated, function, account = place
            source = self._source
            dated = day.decode() if is_dated else ""
            key = Key(account or source.account, source.region, function or source.function, size, dated)
            known = key, self._cells.at(key)
        self._known[day, head, memory] = known
        return known

    def _add(self, groups: list[Alike], is_cold: bool, is_checked: bool = False) -> bool:
        """Count lines; False, and nothing is counted, where one is not in the common form, or is there twice."""
        rows = [row for group in groups for row in group.rows]
        if set(map(len, rows)) != {6} or not all(group.hours for group in groups):
            return False
        heads, durations, billed_texts, _, used_texts, lasts = zip(*rows, strict=True)
        ran = list(map(float, _DURATION.findall(b"\n".join(durations))))
        billed = list(map(_billed.__getitem__, billed_texts))
        used = list(map(_used.__getitem__, used_texts))
        used_at_most = [most for group in groups for most in [2 * group.key.memory_mb] * len(group.rows)]
        if len(ran) < len(rows) or max(ran) > DURATION_AT_MOST_MS or not all(map(ge, billed, ran)):
            return False
        if min(used) < 0 or not all(map(le, used, used_at_most)) or (not is_checked and len(set(heads)) < len(rows)):
            return False
        inits: list[float] = []
        if is_cold:
            inits = list(map(float, _INIT.findall(b"\n".join(lasts))))
            if len(inits) < len(rows) or max(inits) > DURATION_AT_MOST_MS or any(map(_is_rounded, billed, ran, inits)):
                return False
        elif max(map(sub, billed, ran)) >= 2:
            return False
        bins = [ceil(log(ms) / GROWTH) if ms > 1 else 0 for ms in ran]
        end = 0
        for group in groups:
            start, end = end, end + len(group.rows)
            self._add_group(group, ran[start:end], billed[start:end], used[start:end], bins[start:end])
            if is_cold:
                _add_starts(group.cell, ran[start:end], billed[start:end], inits[start:end])
        self._seen.reports += len(rows)
        self._seen.parsed += len(rows)
        return True

    def _add_group(self, group: Alike, ran: list[float], billed: list[int], used: list[int], bins: list[int]) -> None:
        cell, day, number, total = group.cell, group.key.day, len(ran), sum(billed)
        cell.invocations += number
        cell.duration_ms += sum(ran)
        cell.duration_ms_squared += sum(map(mul, ran, ran))
        cell.billed_ms += total
        cell.billed_mb_ms += total * group.key.memory_mb
        cell.max_memory_used_mb = max(cell.max_memory_used_mb, *used)
        if group.hours:
            cell.saw(*group.hours)
        if number > SMALL:
            count(cell.bins, Counter(bins))
        else:
            known = cell.bins
            for one in bins:
                known[one] = known.get(one, 0) + 1
        if day:
            days = self._seen.days
            days[day] = days.get(day, 0) + number
        else:
            self._seen.undated += number

    def _unique(self, rows: list[Row]) -> list[Row]:
        unique = list({tuple(row): row for row in rows}.values())
        twice = len(rows) - len(unique)
        self._seen.duplicates += twice
        self._seen.reports += twice
        self._seen.parsed += twice
        return unique


def _add_starts(cell: Cell, ran: list[float], billed: list[int], inits: list[float]) -> None:
    cell.cold_starts += len(inits)
    cell.init_ms += sum(inits)
    cell.init_billed += sum(one >= ms + init - 1 for one, ms, init in zip(billed, ran, inits, strict=True))


def _is_rounded(billed: int, ran: float, init: float) -> bool:
    return is_rounded(ran, billed, init, 0.0)


def _is_common(key: Key, row: Row) -> bool:
    """Of one line what is asked of many above."""
    match = _ROW.fullmatch(b"\t".join(row[1:]))
    if not match or len(row) != 6 or _hours(key, row[0], row[0]) is None:
        return False
    ran, billed, used, init = float(match[1]), int(match[2]), int(match[3]), float(match[4] or 0)
    if not (ran <= DURATION_AT_MOST_MS and init <= DURATION_AT_MOST_MS and ran <= billed and used <= 2 * key.memory_mb):
        return False
    return not is_rounded(ran, billed, init, 0.0) if match[4] else billed - ran < 2


class _Hours(dict[bytes, str]):
    def __missing__(self, said: bytes) -> str:
        hour = hour_of(said.decode("ascii", "replace"))
        if len(self) < 100_000:
            self[said] = hour
        return hour


_hour = _Hours()


def _hours(key: Key, first: bytes, last: bytes) -> tuple[str, str] | None:
    """The hours of lines by how the first and the last of them begin; None for what is no time."""
    if key.day:
        hours = _hour[first[:13]], _hour[last[:13]]
        return hours if all(hours) else None
    is_bare = first.startswith(START) and last.startswith(START)
    is_undated = first.startswith(NO_DAY) and last.startswith(NO_DAY)
    return ("", "") if is_bare or is_undated else None


@lru_cache(20_000)
def _place(day: bytes, head: bytes) -> tuple[bool, str, str] | None:
    """Whether lines tell when, and which function and account they name; None where they are not in the common form."""
    if day == START[:10] and not head:
        return False, "", ""
    match = _AFTER_TIME.fullmatch(head.decode("utf-8", "replace"))
    said = of_head(match[1]) if match else None
    if said is None or (day != NO_DAY and not hour_of(f"{day.decode('ascii', 'replace')}T00")):
        return None
    return day != NO_DAY, said[1], said[2]
