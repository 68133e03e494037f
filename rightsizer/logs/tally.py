"""Lines into cells, by the standard library."""

from __future__ import annotations

from lambdalint.rightsizer.cells import Cell, Cells, Key, bin_of
from lambdalint.rightsizer.logs import common
from lambdalint.rightsizer.logs.line import Found, Insight, Report, Unparsed, find
from lambdalint.rightsizer.logs.seen import EXAMPLES_AT_MOST, Seen
from lambdalint.rightsizer.logs.sources import Piece


class Tally:
    """Adds lines to cells."""

    def __init__(self, by_day: bool = False) -> None:
        self.cells = Cells(by_day)
        self.seen = Seen()
        self._common = common.Common(self.cells, self.seen)

    def add(self, piece: Piece) -> None:
        """Read a piece. Where it is to be checked, a report whose line stands in it twice counts once."""
        data = common.lines_of(piece.data)
        self.seen.lines += piece.lines
        known: set[bytes] = set()
        for line in self._common.add(piece.source, data, piece.is_checked):
            self.add_line(piece, line, line in known)
            if piece.is_checked:
                known.add(line)

    def finish(self) -> Tally:
        """To be called when all is read."""
        self._common.flush()
        return self

    def merge(self, cells: Cells, seen: Seen) -> None:
        """Add what another counted."""
        self.cells.merge(cells)
        self.seen.add(seen)

    def add_line(self, piece: Piece, line: bytes, is_known: bool = False) -> None:
        """Read one line; of one that is known, its reports are duplicates."""
        for found in find(line.decode("utf-8", "replace")):
            if isinstance(found.what, Unparsed):
                self._refuse(piece, line, found.what.reason)
            elif isinstance(found.what, Insight):
                self.seen.insights += 1
                if not is_known:
                    self._measure(_key(piece, found, found.what.memory_mb), found.what)
            elif isinstance(found.what, Report):
                self._count(duplicates=is_known)
                if not is_known:
                    self._add_report(_key(piece, found, found.what.memory_mb), found.hour, found.what)
            else:
                self._count(beside=True)

    def _refuse(self, piece: Piece, line: bytes, reason: str) -> None:
        number = 0
        if len(self.seen.examples) < EXAMPLES_AT_MOST:
            at = piece.data.find(line.removeprefix(common.UNDATED).rstrip())
            number = piece.line + piece.data.count(b"\n", 0, max(at, 0))
        self.seen.refuse(
            reason, piece.source.path, number, line.removeprefix(common.UNDATED)[:4096].decode("utf-8", "replace")
        )

    def _count(self, duplicates: bool = False, beside: bool = False) -> None:
        self.seen.reports += 1
        self.seen.parsed += 1
        self.seen.duplicates += duplicates
        self.seen.beside += beside

    def _measure(self, key: Key, what: Insight) -> None:
        measured = self.cells.processor(key)
        measured.invocations += 1
        measured.cpu_ms += what.cpu_ms
        measured.duration_ms += what.duration_ms
        measured.max_memory_used_mb = max(measured.max_memory_used_mb, what.max_memory_used_mb)

    def _add_report(self, key: Key, hour: str, report: Report) -> None:
        self.seen.date(hour, hour)
        self.seen.rounded += report.is_rounded
        cell = self.cells.at(key)
        cell.saw(hour, hour)
        _add(cell, report)


def _key(piece: Piece, found: Found, memory_mb: int) -> Key:
    source = piece.source
    return Key(
        found.account or source.account, source.region, found.function or source.function, memory_mb, found.hour[:10]
    )


def _add(cell: Cell, report: Report) -> None:
    cell.invocations += 1
    cell.cold_starts += report.is_cold
    cell.errors += report.status == "error"
    cell.timeouts += report.status == "timeout"
    cell.out_of_memory += report.is_out_of_memory
    cell.duration_ms += report.duration_ms
    cell.duration_ms_squared += report.duration_ms * report.duration_ms
    cell.billed_ms += report.billed_ms
    cell.billed_mb_ms += report.billed_ms * report.memory_mb
    cell.init_ms += report.init_ms
    cell.init_billed += report.init_billed
    cell.restore_ms += report.restore_ms
    cell.max_memory_used_mb = max(cell.max_memory_used_mb, report.max_memory_used_mb)
    number = bin_of(report.duration_ms)
    cell.bins[number] = cell.bins.get(number, 0) + 1
