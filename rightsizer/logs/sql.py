"""One expression for every engine that speaks SQL: lines in the common forms into sums, the others given back.

It takes for common what `common` does, and says the same of it. `{...}` is where dialects differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from lambdalint.rightsizer.cells import GROWTH, Key
from lambdalint.rightsizer.logs import common
from lambdalint.rightsizer.logs.line import DURATION_AT_MOST_MS, MEMORY_MB
from lambdalint.rightsizer.logs.sources import Piece, Source
from lambdalint.rightsizer.logs.tally import Tally

COLUMNS = (
    "path form rest memory bin line day n bytes ran squared billed used starts init init_billed first last".split()
)
START = common.START.decode()
NO_HOUR = common.UNDATED[:13].decode()
_REST = "[0-9]*(Z|[+]00:?00) ([^ ]*/[^ ]* )*REPORT RequestId: "


class Dialect(NamedTuple):
    """How an engine calls what not all call the same."""

    split: str
    bytes: str
    size: str
    get: str
    matches: str


DUCKDB = Dialect("string_split", "strlen", "len", "{0}[{1} + 1]", "regexp_full_match({0}, '{1}')")
SPARK = Dialect("split", "octet_length", "size", "get({0}, {1})", "{0} rlike '^{1}$'")
_IN_JSON = common.IN_JSON.decode()
_MARKS = ("REPORT", '"platform.', "Billed Duration:", "cpu_total_time")


def query(lines: str, dialect: Dialect, by_day: bool) -> str:
    """Sums by file, what lines have in common, and the month or day they are of.

    `lines` is what is selected from: a path and a line. `form` is 0 for lines without a report, 1 for those in a
    common form, 2 for those that are given back as they are.
    """
    split, size = dialect.split, dialect.bytes

    def get(parts: str, index: int) -> str:
        return dialect.get.format(parts, index)

    def inside(text: str, before: str, after: str) -> str:
        """The number that stands between two texts, or NULL."""
        start = len(before)
        number = f"try_cast(substring({text}, {start + 1}, length({text}) - {start + len(after)}) AS DOUBLE)"
        return f"CASE WHEN {text} LIKE '{before}%{after}' THEN {number} END"

    text_numbers = {
        "ran": inside(get("p", 1), "Duration: ", " ms"),
        "billed": inside(get("p", 2), "Billed Duration: ", " ms"),
        "memory": inside(get("p", 3), "Memory Size: ", " MB"),
        "used": inside(get("p", 4), "Max Memory Used: ", " MB"),
    }
    last = f"regexp_replace({get('q', 3)}, '[ ]+$', '')"
    json_numbers = {
        "ran": f"try_cast({get('q', 0)} AS DOUBLE)",
        "billed": f"try_cast(substring({get('q', 1)}, 20) AS DOUBLE)",
        "memory": f"try_cast(substring({get('q', 2)}, 16) AS DOUBLE)",
        "used": f"try_cast({get(f'{split}(substring({last}, 19), chr(125))', 0)} AS DOUBLE)",
    }
    numbers = ",\n".join(
        f"CASE form WHEN 1 THEN {text_numbers[name]} WHEN 2 THEN {json_numbers[name]} END AS {name}"
        for name in text_numbers
    )
    ends = ", ".join(f"'{end.decode()}'" for end in common.ENDS)
    closings = ", ".join(f"'{closing}'" for closing in ("}}}", '},"status":"success"}}'))
    hours = ", ".join(f"'{hour:02d}'" for hour in range(24))
    latest = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT23")
    growth = f"{GROWTH!r}e0"
    return f"""
WITH marked AS (
    SELECT path, line, CASE WHEN {" OR ".join(f"contains(line, '{mark}')" for mark in _MARKS)} THEN 1 ELSE 0 END AS mark
    FROM {lines}
), cut AS (
    SELECT path, line, mark,
        CASE WHEN mark = 1 THEN {split}(line, chr(9)) END AS p,
        CASE WHEN mark = 1 THEN instr(line, '"durationMs":') ELSE 0 END AS spot,
        CASE WHEN mark = 1 THEN instr(line, '{{"time":"') ELSE 0 END AS brace
    FROM marked
), formed AS (
    SELECT *,
        CASE WHEN mark = 0 THEN 0 WHEN {dialect.size}(p) BETWEEN 5 AND 7 THEN 1
            WHEN spot > 0 AND brace > 0 AND substring(line, brace + 32, {len(_IN_JSON)}) = '{_IN_JSON}'
                AND substring(line, brace + 119, spot - brace - 119) IN ({ends}) THEN 2 ELSE 3 END AS form,
        CASE WHEN spot > 0 THEN {split}(substring(line, spot + 13), ',') END AS q
    FROM cut
), numbered AS (
    SELECT path, line, mark, form, p, q, spot, brace,
        {numbers},
        CASE WHEN form = 1 AND {dialect.size}(p) > 5 AND {get("p", 5)} <> '' THEN {inside(get("p", 5), "Init Duration: ", " ms")} END AS init,
        CASE WHEN form = 1 AND line LIKE '{START}%' THEN '{NO_HOUR}'
            WHEN form = 2 AND brace = 1 THEN substring(line, 10, 13) ELSE left(line, 13) END AS hour,
        CASE WHEN form = 1 AND line LIKE '{START}%'
                THEN CASE WHEN length({get("p", 0)}) = 54 THEN 'Z {START}' END
            WHEN form = 1 THEN substring({get("p", 0)}, 24, length({get("p", 0)}) - 59)
            WHEN brace <= 24 THEN 'Z {START}'
            ELSE concat(substring(line, 24, brace - 24), '{START}') END AS rest
    FROM formed
), judged AS (
    SELECT *, coalesce(
        form IN (1, 2) AND ran >= 0 AND ran <= {DURATION_AT_MOST_MS} AND billed >= ran AND used >= 0 AND used <= 2 * memory
        AND memory >= {MEMORY_MB.start} AND memory < {MEMORY_MB.stop} AND memory = floor(memory)
        AND CASE WHEN form = 2 THEN billed < ran + 2 AND {dialect.size}(q) = 4
                AND left({get("q", 1)}, 19) = '"billedDurationMs":' AND left({get("q", 2)}, 15) = '"memorySizeMB":'
                AND left({last}, 18) = '"maxMemoryUsedMB":'
                AND substring({last}, 18 + length({get(f"{split}(substring({last}, 19), chr(125))", 0)}) + 1) IN ({closings})
            WHEN {dialect.size}(p) = 5 OR ({dialect.size}(p) = 6 AND {get("p", 5)} = '') THEN billed < ran + 2
            ELSE init >= 0 AND init <= {DURATION_AT_MOST_MS} AND ({dialect.size}(p) = 6 OR {get("p", 6)} = '')
                AND NOT (billed % 100 = 0 AND billed - ran >= 2 AND billed - ran < 100
                    AND NOT (init > 0 AND billed - ran - init >= -1 AND billed - ran - init < 2)) END
        AND (hour = '{NO_HOUR}' OR (substring(hour, 11, 1) = 'T' AND substring(hour, 12, 2) IN ({hours})
            AND hour >= '2014-11-13T00' AND hour <= '{latest}'
            AND CAST(try_cast(left(hour, 10) AS DATE) AS STRING) = left(hour, 10)))
        AND (rest = 'Z {START}' OR {dialect.matches.format("rest", _REST)}), false) AS is_common
    FROM numbered
), keyed AS (
    SELECT path, CASE WHEN mark = 0 THEN 0 WHEN is_common THEN 1 ELSE 2 END AS form,
        CASE WHEN is_common THEN rest END AS rest,
        CASE WHEN is_common THEN CAST(memory AS INTEGER) END AS memory,
        CASE WHEN is_common THEN CASE WHEN ran > 1 THEN CAST(ceil(ln(ran) / {growth}) AS INTEGER) ELSE 0 END END AS bin,
        CASE WHEN mark = 1 AND NOT is_common THEN line END AS residue,
        CASE WHEN is_common THEN left(hour, {10 if by_day else 7}) END AS day,
        {size}(line) AS bytes, ran, billed, used, init, hour
    FROM judged
)
SELECT path, form, rest, memory, bin, residue AS line, day, count(*) AS n, sum(coalesce(bytes, 0)) AS bytes,
    sum(ran) AS ran, sum(ran * ran) AS squared, sum(billed) AS billed, max(used) AS used, count(init) AS starts,
    sum(coalesce(init, 0)) AS init, sum(CASE WHEN billed >= ran + init - 1 THEN 1 ELSE 0 END) AS init_billed,
    min(hour) AS first, max(hour) AS last
FROM keyed GROUP BY path, form, rest, memory, bin, residue, day
"""


class Row(NamedTuple):
    """A row of what the query gives."""

    path: str
    form: int
    rest: str
    memory: int
    bin: int
    line: str
    day: str
    n: int
    bytes: int
    ran: float
    squared: float
    billed: float
    used: float
    starts: int
    init: float
    init_billed: int
    first: str
    last: str


def is_placed(row: Row) -> bool:
    """Whether what stands before a report is no other text."""
    return common.place(row.rest.encode()) is not None


def add(tally: Tally, rows: Iterable[Row], sources: Mapping[str, Source]) -> None:
    """Put rows into cells. Lines that were given back are read by `line`."""
    for row in rows:
        source = sources[row.path]
        tally.seen.lines += row.n
        if row.form == 1:
            _add_common(tally, row, source)
        elif row.form == 2:
            data = row.line.encode("utf-8", "replace")
            for _ in range(row.n):
                tally.add_line(Piece(source, 0, 1, data, False), data)


def _add_common(tally: Tally, row: Row, source: Source) -> None:
    function, account = common.place(row.rest.encode()) or ("", "")
    is_dated = row.first != NO_HOUR
    day = row.first[:10] if is_dated and tally.cells.by_day else ""
    key = Key(account or source.account, source.region, function or source.function, row.memory, day)
    tally.seen.date(row.first if is_dated else "", row.last, row.n)
    tally.seen.reports += row.n
    tally.seen.parsed += row.n
    cell = tally.cells.at(key)
    cell.invocations += row.n
    cell.cold_starts += row.starts
    cell.duration_ms += row.ran
    cell.duration_ms_squared += row.squared
    cell.billed_ms += row.billed
    cell.billed_mb_ms += row.billed * row.memory
    cell.init_ms += row.init
    cell.init_billed += row.init_billed
    cell.max_memory_used_mb = max(cell.max_memory_used_mb, row.used)
    if is_dated:
        cell.saw(row.first, row.last)
    cell.bins[row.bin] = cell.bins.get(row.bin, 0) + row.n
