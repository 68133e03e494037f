"""What a function did, as sums and a histogram. Cells are added up in any order, by any engine, on any machine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import NamedTuple

GROWTH = math.log(1.02)
"""Each bin of a histogram is 2 % wider than the one before, so a quantile read from it is at most 1 % off."""


class Key(NamedTuple):
    """One function at one memory size on one day; `""` where something is not known, or not told apart."""

    account: str
    region: str
    function: str
    memory_mb: int
    day: str


@dataclass(slots=True)
class Cell:
    """Durations are without the time an environment takes to start. Hours are like `2026-01-31T09`."""

    invocations: int = 0
    cold_starts: int = 0
    errors: int = 0
    timeouts: int = 0
    out_of_memory: int = 0
    duration_ms: float = 0.0
    duration_ms_squared: float = 0.0
    billed_ms: float = 0.0
    billed_mb_ms: float = 0.0
    init_ms: float = 0.0
    init_billed: int = 0
    restore_ms: float = 0.0
    max_memory_used_mb: float = 0.0
    first_hour: str = ""
    last_hour: str = ""
    bins: dict[int, int] = field(default_factory=dict)

    def add(self, other: Cell) -> None:
        """Two cells as one."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.max_memory_used_mb = max(self.max_memory_used_mb, other.max_memory_used_mb)
        self.saw(other.first_hour, other.last_hour)
        count(self.bins, other.bins)

    def saw(self, first_hour: str, last_hour: str) -> None:
        """Widen the window to these hours; `""` says nothing."""
        if first_hour and (not self.first_hour or first_hour < self.first_hour):
            self.first_hour = first_hour
        if last_hour > self.last_hour:
            self.last_hour = last_hour


SUMS = tuple(
    one.name for one in fields(Cell) if one.name not in {"max_memory_used_mb", "first_hour", "last_hour", "bins"}
)


@dataclass(slots=True)
class Processor:
    """What Lambda Insights measured of a function at one memory size."""

    invocations: int = 0
    cpu_ms: float = 0.0
    duration_ms: float = 0.0
    max_memory_used_mb: float = 0.0

    def add(self, other: Processor) -> None:
        """Two of them as one."""
        self.invocations += other.invocations
        self.cpu_ms += other.cpu_ms
        self.duration_ms += other.duration_ms
        self.max_memory_used_mb = max(self.max_memory_used_mb, other.max_memory_used_mb)


class Cells:
    """All cells of a run. Without `by_day` a function's days are one cell, which is small whatever the window."""

    def __init__(self, by_day: bool = False) -> None:
        self.by_day = by_day
        self.table: dict[Key, Cell] = {}
        self.processors: dict[Key, Processor] = {}

    def at(self, key: Key) -> Cell:
        """The cell of a key, made if need be."""
        key = self._kept(key)
        cell = self.table.get(key)
        if cell is None:
            cell = self.table[key] = Cell()
        return cell

    def processor(self, key: Key) -> Processor:
        """What Lambda Insights says of a key, made if need be."""
        return self.processors.setdefault(self._kept(key), Processor())

    def merge(self, other: Cells) -> None:
        """Add what others counted."""
        for key, cell in other.table.items():
            self.at(key).add(cell)
        for key, measured in other.processors.items():
            self.processor(key).add(measured)

    def __iter__(self) -> Iterator[tuple[Key, Cell]]:
        return iter(sorted(self.table.items()))

    def _kept(self, key: Key) -> Key:
        return key if self.by_day or not key.day else key._replace(day="")


def bin_of(duration_ms: float) -> int:
    """The bin that a duration falls into; what takes a millisecond or less is in bin 0."""
    return math.ceil(math.log(duration_ms) / GROWTH) if duration_ms > 1 else 0


def count(bins: dict[int, int], more: Mapping[int, int]) -> None:
    """Add the counts of one histogram to another."""
    for number, times in more.items():
        bins[number] = bins.get(number, 0) + times


def quantile(bins: Mapping[int, int] | Iterable[tuple[int, int]], share: float) -> float:
    """The duration that `share` of all stay within, or NaN of none; at most 1 % off, above a millisecond."""
    counts = sorted(dict(bins).items())
    rank = max(1, math.ceil(share * sum(times for _, times in counts)))
    reached = 0
    for number, times in counts:
        reached += times
        if reached >= rank:
            return math.exp(GROWTH * (number - 0.5)) if number else 1.0
    return math.nan
