"""The common forms of a report, read ten times as fast as by `line`, which says the same of them.

All is laid out for speed: a fleet writes billions of these. Texts of fields come back again and again, so that they
are looked up rather than read; what is not in the common form is left to `line`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from math import ceil, log
from typing import Any, cast

from lambdalint.rightsizer.cells import GROWTH, Cells, Key, count
from lambdalint.rightsizer.logs.line import DURATION_AT_MOST_MS, MARKERS, MEMORY_MB, hour_of, is_rounded, of_head
from lambdalint.rightsizer.logs.seen import Seen
from lambdalint.rightsizer.logs.sources import Source

REQUEST_BYTES = 36
START = b"REPORT RequestId: "
UNDATED = b"0000-00-00T00:00:00.000Z "
_AFTER_TIME = re.compile(r"\d*(?:Z|\+00:?00) (.*)REPORT RequestId: ")
IN_JSON = b'Z","type":"platform.report","record":{"requestId":"'
ENDS = (b'","metrics":{', b'","status":"success","metrics":{')
_REMEMBERED_AT_MOST = 150_000
SUMS_AT_MOST = 50_000


class _Memo(dict[bytes, Any]):
    """Texts and what they say."""

    def __init__(self, read: Callable[[bytes], Any]) -> None:
        self.read = read

    def __missing__(self, said: bytes) -> Any:
        value = self.read(said)
        if len(self) < _REMEMBERED_AT_MOST:
            self[said] = value
        return value


def _number(pattern: bytes) -> _Memo:
    """-1 for what is not in the common form."""
    fullmatch = re.compile(pattern).fullmatch

    def read(said: bytes) -> int:
        match = fullmatch(said)
        return int(match[1]) if match else -1

    return _Memo(read)


_billed = _number(rb"Billed Duration: (\d{1,7}) ms")
_memory = _number(rb"Memory Size: (\d{1,5}) MB")
_used = _number(rb"Max Memory Used: (\d{1,5}) MB\n?")
_json_billed = _number(rb'"billedDurationMs":(\d{1,7})')
_json_memory = _number(rb'"memorySizeMB":(\d{1,5})')
_json_used = _number(rb'"maxMemoryUsedMB":(\d{1,5})(?:\}\}\}|\},"status":"success"\}\})[ \t]*\n?')
_INIT = re.compile(rb"Init Duration: (\d+\.?\d*) ms\t?\n")


class _Sums:
    """A cell as it grows; hours as they stand in lines."""

    __slots__ = tuple("key number ran squared billed used used_at_most bins first last starts init init_billed".split())

    def __init__(self, key: Key) -> None:
        self.key = key
        self.number = self.billed = self.used = self.starts = self.init_billed = 0
        self.ran = self.squared = self.init = 0.0
        self.used_at_most = 2 * key.memory_mb
        self.bins: dict[int, int] = {}
        self.first = self.last = b""

    def saw(self, hour: bytes) -> None:
        if not self.first or hour < self.first:
            self.first = hour
        if hour > self.last:
            self.last = hour

    def start(self, ran: float, billed: int, init: float) -> None:
        self.starts += 1
        self.init += init
        self.init_billed += billed >= ran + init - 1


class _Refusing(dict[tuple[bytes, ...], Any]):
    """Of lines whose time is none."""

    def get(self, key: object, default: object = None) -> Any:
        return False


_Day = dict[tuple[bytes, ...], Any]
"""The sums of a day by what lines have in common; False for lines that are not in the common form."""
_REFUSING = _Refusing()


class Common:
    """Adds lines in the common forms to cells."""

    def __init__(self, cells: Cells, seen: Seen) -> None:
        self._cells, self._seen = cells, seen
        self._source = Source("", 0, "", "", "")
        self._days: dict[bytes, _Day] = {}
        self._hours: dict[bytes, tuple[bytes, _Day]] = {}
        self._sums: list[_Sums] = []

    def add(self, source: Source, data: bytes, is_checked: bool) -> list[bytes]:
        """Count the lines that are in a common form. The others that may be reports are given back.

        Where `is_checked`, a line that stands there twice counts once.
        """
        if source is not self._source or len(self._sums) > SUMS_AT_MOST:
            self.flush()
            self._source = source
        others: list[bytes] = []
        other = others.append
        known: set[bytes] | None = set() if is_checked else None
        markers = [marker for marker in MARKERS if marker in data]
        hour, day, init = b"", cast(_Day, _REFUSING), None
        key: tuple[bytes, ...]
        for line in BytesIO(data):
            parts = line.split(b"\t", 5)
            if len(parts) > 4:
                if len(parts) == 5:
                    parts.append(b"\n")
                head, text, billed_text, memory, used_text, last = parts
                try:
                    ran = float(text[10:-3])
                except ValueError:
                    ran = -1.0
                if text[:10] != b"Duration: " or text[-3:] != b" ms":
                    other(line)
                    continue
                billed, used = _billed[billed_text], _used[used_text]
                when, key = head[:13], (head[23:-REQUEST_BYTES], memory)
                if last != b"\n":
                    match = _INIT.fullmatch(last)
                    if not match:
                        other(line)
                        continue
                    init = float(match[1])
            elif (at := line.find(b'"durationMs":')) > 0:
                start = line.find(b'{"time":"')
                parts = line[at + 13 :].split(b",", 4)
                if len(parts) != 4 or start < 0:
                    other(line)
                    continue
                try:
                    ran = float(parts[0])
                except ValueError:
                    ran = -1.0
                billed, used = _json_billed[parts[1]], _json_used[parts[3]]
                # Between the time and the name of the first number there are 36 characters that tell requests apart.
                when = line[:13] if start else line[9:22]
                key = line[23:start], line[start + 32 : start + 83], line[start + 119 : at], parts[2]
            else:
                for marker in markers:
                    if marker in line:
                        other(line)
                        break
                continue
            if used < 0 or not 0 <= ran <= billed < ran + 2 or ran > DURATION_AT_MOST_MS:
                if init is None or used < 0 or not _is_start(ran, billed, init):
                    init = None
                    other(line)
                    continue
            if when != hour:
                hour, day = self._hours.get(when) or self._begin_hour(when)
            sums: Any = day.get(key)
            if sums is None:
                sums = day[key] = self._begin(when[:10], key)
            if sums is False or used > sums.used_at_most:
                init = None
                other(line)
                continue
            if known is not None:
                if line in known:
                    self._seen.duplicates += 1
                    self._seen.reports += 1
                    self._seen.parsed += 1
                    init = None
                    continue
                known.add(line)
            if used > sums.used:
                sums.used = used
            if sums.last is not hour:
                sums.saw(hour)
            sums.number += 1
            sums.ran += ran
            sums.squared += ran * ran
            sums.billed += billed
            number = ceil(log(ran) / GROWTH) if ran > 1 else 0
            bins = sums.bins
            if number in bins:
                bins[number] += 1
            else:
                bins[number] = 1
            if init is not None:
                sums.start(ran, billed, init)
                init = None
        return others

    def flush(self) -> None:
        """Put what was counted into the cells."""
        for sums in self._sums:
            key, number = sums.key, sums.number
            cell = self._cells.at(key)
            cell.invocations += number
            cell.cold_starts += sums.starts
            cell.duration_ms += sums.ran
            cell.duration_ms_squared += sums.squared
            cell.billed_ms += sums.billed
            cell.billed_mb_ms += sums.billed * key.memory_mb
            cell.init_ms += sums.init
            cell.init_billed += sums.init_billed
            cell.max_memory_used_mb = max(cell.max_memory_used_mb, sums.used)
            count(cell.bins, sums.bins)
            if key.day:
                cell.saw(sums.first.decode(), sums.last.decode())
            self._seen.date(sums.first.decode() if key.day else "", sums.last.decode(), number)
            self._seen.reports += number
            self._seen.parsed += number
        self._sums.clear()
        self._days.clear()
        self._hours.clear()

    def _begin_hour(self, when: bytes) -> tuple[bytes, _Day]:
        """An hour, as one object, so that it is quickly told from another, and the sums of its day."""
        is_one = when == UNDATED[:13] or hour_of(when.decode("ascii", "replace")).encode() == when
        known = when, self._days.setdefault(when[:10], {}) if is_one else _REFUSING
        if len(self._hours) < _REMEMBERED_AT_MOST:
            self._hours[when] = known
        return known

    def _begin(self, day: bytes, key: tuple[bytes, ...]) -> _Sums | bool:
        """Sums for lines with this in common; False where they are not in the common form."""
        if len(key) == 2:
            head, size = key[0], _memory[key[1]]
        else:
            before, in_json, end, memory = key
            head, size = before + START, _json_memory[memory]
            if in_json != IN_JSON or end not in ENDS:
                return False
            if not before:
                head = b"Z " + START
        said = place(head)
        if said is None or size not in MEMORY_MB:
            return False
        function, account = said
        source, date = self._source, "" if day == UNDATED[:10] else day.decode()
        sums = _Sums(Key(account or source.account, source.region, function or source.function, size, date))
        self._sums.append(sums)
        return sums


def _is_start(ran: float, billed: int, init: float) -> bool:
    """Whether these numbers of an invocation that began with a start need no closer look."""
    return 0 <= ran <= billed and max(ran, init) <= DURATION_AT_MOST_MS and not is_rounded(ran, billed, init, 0.0)


@lru_cache(20_000)
def place(head: bytes) -> tuple[str, str] | None:
    """The function and the account that lines name; None where what follows the time is not of the common form."""
    match = _AFTER_TIME.fullmatch(head.decode("utf-8", "replace"))
    said = of_head(match[1]) if match else None
    return said[1:] if said else None


def lines_of(data: bytes) -> bytes:
    """Lines that end as lines do, and tell when: or that they do not."""
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if not data.endswith(b"\n"):
        data += b"\n"
    if b"\n" + START in data or data.startswith(START):
        data = (b"\n" + data).replace(b"\n" + START, b"\n" + UNDATED + START)[1:]
    return data
