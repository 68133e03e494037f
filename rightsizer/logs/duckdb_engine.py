"""DuckDB: what is worth it, large files of plain lines, it reads twice as fast. All else is read as ever."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from itertools import islice
from typing import Any

from lambdalint.rightsizer.logs import python_engine, sql, wrapped
from lambdalint.rightsizer.logs.python_engine import Progress
from lambdalint.rightsizer.logs.sources import CHECKED_BYTES, STDIN, Source, has_duplicates
from lambdalint.rightsizer.logs.tally import Tally
from lambdalint.rightsizer.logs.unpacking import GZIP, unpacked

WORTH_IT_BYTES = 1 << 17
MEMORY = "160MB"
FILES_AT_ONCE = 64
LINE_AT_MOST_BYTES = 1_100_000


def run(sources: Sequence[Source], by_day: bool, jobs: int, progress: Progress) -> Tally:
    """Read everything: what DuckDB cannot be trusted with, the standard library reads."""
    plain: dict[str, list[Source]] = {"none": [], "gzip": []}
    others: list[Source] = []
    for source in sources:
        kind = _kind(source)
        (plain[kind] if kind else others).append(source)
    tally = Tally(by_day)
    for kind, some in plain.items():
        for start in range(0, len(some), FILES_AT_ONCE):
            batch = some[start : start + FILES_AT_ONCE]
            others += _read(tally, batch, kind, by_day, jobs)
            progress(sum(source.size for source in batch if source not in others))
    rest = python_engine.run(others, by_day, jobs, progress)
    tally.merge(rest.cells, rest.seen)
    return tally.finish()


def _kind(source: Source) -> str:
    """How a file of lines is packed; `""` for what is better read by the standard library."""
    if source.path == STDIN or source.size < WORTH_IT_BYTES:
        return ""
    try:
        with open(source.path, "rb", buffering=0) as stream:
            first = stream.read(WORTH_IT_BYTES)
            kind = "gzip" if first.startswith(GZIP) else "none"
            notices: list[str] = []
            text = b"".join(islice(unpacked(iter((first,)), source.path, notices), 8))[:CHECKED_BYTES]
    except OSError:
        return ""
    is_lines = wrapped.form_of(text[: wrapped.HEAD_BYTES], source.path) is wrapped.Form.LINES
    is_odd = b"\r" in text or b"\n" not in text or text.startswith(GZIP)
    return "" if not is_lines or is_odd or has_duplicates(text) else kind


def _read(tally: Tally, sources: Sequence[Source], kind: str, by_day: bool, jobs: int) -> list[Source]:
    """Read files of one kind. Given back are those that could not be read, or not to their end."""
    import duckdb

    try:
        rows = _rows([source.path for source in sources], kind, by_day, jobs)
    except duckdb.Error:
        if len(sources) == 1:
            return list(sources)
        return [other for source in sources for other in _read(tally, [source], kind, by_day, jobs)]
    by_path = {source.path: source for source in sources}
    sizes = dict.fromkeys(by_path, 0)
    refused = set()
    for row in rows:
        sizes[row.path] += row.bytes + row.n
        if row.form == 1 and not sql.is_placed(row):
            refused.add(row.path)
    whole = {path for path, size in sizes.items() if _is_whole(path, kind, size)} - refused
    if whole != set(by_path):
        good = [source for source in sources if source.path in whole]
        bad = [source for source in sources if source.path not in whole]
        return bad + (_read(tally, good, kind, by_day, jobs) if good else [])
    sql.add(tally, rows, by_path)
    return []


def _rows(paths: list[str], kind: str, by_day: bool, jobs: int) -> list[sql.Row]:
    import duckdb

    with duckdb.connect(
        config={"threads": jobs, "memory_limit": MEMORY, "preserve_insertion_order": False}
    ) as connection:
        # A separator that no line holds: each line is one value.
        lines = f"""(SELECT filename AS path, coalesce(line, '') AS line FROM read_csv(?,
            columns = {{'line': 'VARCHAR'}}, delim = '\x01\x02\x03', quote = '', escape = '', header = false, auto_detect = false, strict_mode = false,
            new_line = '\\n', filename = true, compression = '{kind}', max_line_size = {LINE_AT_MOST_BYTES}))"""
        result = connection.execute(sql.query(lines, sql.DUCKDB, by_day), [paths])
        return [sql.Row(*row) for row in result.fetchall()]


def _is_whole(path: str, kind: str, size: int) -> bool:
    """Whether a file was read to its end, by the size of its text: DuckDB is silent about some damage."""
    if kind == "gzip":
        with open(path, "rb") as stream:
            stream.seek(-4, os.SEEK_END)
            expected: Any = struct.unpack("<I", stream.read(4))[0]
        return expected in (size % 2**32, (size - 1) % 2**32)
    return os.stat(path).st_size in (size, size - 1)
