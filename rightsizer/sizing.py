"""From the table of usage to recommended memory sizes: what the evidence is, what follows from it, and what does not.

A size is recommended only if it very probably saves (or speeds up) and stays within the guard, and never a smaller one
on one duration alone: that does not tell waiting from computing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lambdalint.model.usage import Point, Range, Recommendation
from lambdalint.rightsizer.curve import FULL_MB, Curves, Floats, Observed, below, curves
from lambdalint.rightsizer.metering import Use
from lambdalint.rightsizer.pricing import Prices

if TYPE_CHECKING:
    from pandas import DataFrame

GOALS = ("cost", "balanced", "speed")
STEP_MB = 64
LEAST_MB, MOST_MB = 128, 10_240
ENOUGH = 50
"""Invocations, below which a mean says little."""
COMPARABLE = 0.02
"""A second size counts from this share of the invocations on."""
CONFIDENCE = 0.8
SAVES = 0.05
PART_OF_TIMEOUT = 0.8
PEAK_MARGIN = 1.15
CENSORED = 0.98
"""From this share of its size on, Max Memory Used says no more than that it was all used."""
HINT_MB, HINT_MS, LOW_CONFIDENCE = 256, 1000.0, 0.5
"""On one duration alone, only what is as small and takes as long is told to try more memory, and that with a doubt."""
INSIGHTS_METRICS, INSIGHTS_METRIC_USD, INSIGHTS_KB, LOG_GB_USD = 8, 0.30, 1.1, 0.50
"""What Lambda Insights adds: metrics a function, by the month; a record an invocation. Source: CloudWatch pricing."""
AT_ONCE = 256
DAYS_PER_MONTH = 30.4
WEIGHTS = {"cost": 0.0, "balanced": 0.5, "speed": 1.0}
"""How much speed counts beside cost."""
Key = tuple[str, str, str]
Row = Mapping[str, Any]


class Sized(NamedTuple):
    """Of one function."""

    evidence: str = "insufficient"
    curve: Sequence[Point] = ()
    recommendations: Mapping[str, Recommendation | None] = {}
    reason: str = ""
    next_step: str = ""
    floor_mb: float | None = None
    price_of_being_wrong_usd: float | None = None


class _Case(NamedTuple):
    """One function, as far as it can be sized."""

    key: Key
    row: Row
    other: Row | None
    floor_mb: float
    censored: bool


def sized(table: DataFrame, prices: Prices, goal: str, guard: float, sizes: Sequence[int] | None) -> dict[Key, Sized]:
    """Each function of the table of usage, by account, region and name."""
    groups: dict[Key, list[Row]] = {}
    for row in table.to_dict("records"):
        groups.setdefault((row["account"], row["region"], row["function"]), []).append(row)
    found: dict[Key, Sized] = {}
    cases: dict[tuple[int, ...], list[_Case]] = {}
    for key, rows in groups.items():
        case = _case(key, rows)
        if case is None:
            runs = int(sum(row["invocations"] for row in rows if not isnan(row["invocations"])))
            found[key] = Sized(
                reason=f"{runs} invocations with a duration are too few to say anything",
                next_step="look again after more traffic, or measure it with AWS Lambda Power Tuning",
            )
        else:
            cases.setdefault(_candidates(case, sizes), []).append(case)
    for candidates, alike in cases.items():
        for start in range(0, len(alike), AT_ONCE):
            found |= _sized(alike[start : start + AT_ONCE], candidates, prices, goal, guard)
    return found


def _case(key: Key, rows: Sequence[Row]) -> _Case | None:
    main = max(rows, key=lambda row: (row["memory_mb"] == row["current_memory_mb"], row["invocations"]))
    if not main["invocations"] >= ENOUGH or not main["mean_ms"] > 0:
        return None
    others = [
        row
        for row in rows
        if row is not main
        and row["invocations"] >= max(ENOUGH, COMPARABLE * main["invocations"])
        and row["mean_ms"] > 0
        and row["memory_mb"] != main["memory_mb"]
    ]
    other = max(others, key=lambda row: abs(np.log(row["memory_mb"] / main["memory_mb"])), default=None)
    peak = max((row["max_memory_used_mb"] for row in rows if not isnan(row["max_memory_used_mb"])), default=nan)
    out_of_memory = sum(row["out_of_memory"] for row in rows if not isnan(row["out_of_memory"]))
    censored = bool(out_of_memory) or peak >= CENSORED * main["memory_mb"]
    floor = main["memory_mb"] if isnan(peak) else peak * PEAK_MARGIN
    # What ran at other sizes is no part of the saving: it is not known whether that will come again.
    return _Case(key, main, other, max(floor, main["memory_mb"] if censored else 0), censored)


def _candidates(case: _Case, sizes: Sequence[int] | None) -> tuple[int, ...]:
    current = int(case.row["memory_mb"])
    if sizes:
        return tuple(sorted({*sizes, current}))
    top = min(4 * current, MOST_MB)
    return tuple(sorted({*range(LEAST_MB, top + 1, STEP_MB), current, *([FULL_MB] if top > FULL_MB else [])}))


def _sized(
    cases: Sequence[_Case], candidates: tuple[int, ...], prices: Prices, goal: str, guard: float
) -> Iterator[tuple[Key, Sized]]:
    memory = np.tile(np.array(candidates, dtype=float), (len(cases), 1))
    rows = [case.row for case in cases]
    observed = Observed(
        _column(rows, "memory_mb"),
        _column(rows, "mean_ms"),
        np.array([case.other["memory_mb"] if case.other else nan for case in cases], dtype=float),
        np.array([case.other["mean_ms"] if case.other else nan for case in cases], dtype=float),
        _column(rows, "mean_cpu_ms"),
    )
    made = curves(observed, memory)
    at = np.argmin(np.abs(memory - observed.memory_mb[:, None]), axis=1)
    use = _use(rows)
    usd = prices.usd_per_month(memory, made.estimate, use)
    worst = prices.usd_per_month(memory, made.high, use)
    fixed = prices.usd_per_month(memory, 0.0, use)
    now = usd[np.arange(len(cases)), at]
    change = made.estimate / observed.mean_ms[:, None]
    tail = np.nan_to_num(_column(rows, "p99_ms") / observed.mean_ms, nan=3.0)
    p95 = _column(rows, "p95_ms")[:, None] * change
    fits = (memory >= np.array([case.floor_mb for case in cases])[:, None]) & _in_time(rows, made, tail)
    kinds = observed.kinds()
    with np.errstate(invalid="ignore", divide="ignore"):
        saving = np.log(((1 - SAVES) * now[:, None] - fixed) * made.estimate / (usd - fixed))
    in_guard = np.log(observed.mean_ms * (1 + guard))[:, None]
    sure = {
        "cost": below(made, np.nan_to_num(np.minimum(saving, in_guard), nan=-1e9, neginf=-1e9)),
        "speed": below(made, np.log(observed.mean_ms * (1 - SAVES))[:, None] + 0 * memory),
    }
    sure["balanced"] = np.maximum(sure["cost"], sure["speed"])
    fleet = _Fleet(memory, made, usd, worst, now, fits, observed, kinds, at)
    picks = {one: fleet.picks(one, sure[one]) for one in GOALS}
    for number, (case, kind) in enumerate(zip(cases, kinds, strict=True)):
        recommendations = {one: fleet.recommendation(number, picks[one][number], sure[one]) for one in GOALS}
        pick = picks[goal][number]
        wrong = worst[number, pick] - now[number] if pick >= 0 else nan
        yield (
            case.key,
            Sized(
                evidence=str(kind),
                curve=[
                    Point(
                        int(memory[number, size]),
                        Range(*(float(one[number, size]) for one in (made.estimate, made.low, made.high))),
                        _known(p95[number, size]),
                        _known(usd[number, size]),
                    )
                    for size in range(len(candidates))
                ],
                recommendations=recommendations,
                reason=_reason(case, str(kind), recommendations[goal], goal),
                next_step=_next_step(case, str(kind), recommendations[goal]),
                floor_mb=float(case.floor_mb),
                price_of_being_wrong_usd=None if isnan(wrong) else float(max(wrong, 0)),
            ),
        )


class _Fleet(NamedTuple):
    """Functions that have the same candidates: a row a function, a column a size."""

    memory: Floats
    made: Curves
    usd: Floats
    worst: Floats
    now: Floats
    fits: np.ndarray
    observed: Observed
    kinds: np.ndarray
    at: np.ndarray

    def picks(self, goal: str, sure: Floats) -> np.ndarray:
        """The column that suits a goal best, -1 where none is sure to suit it better than the present one."""
        weight = WEIGHTS[goal]
        with np.errstate(invalid="ignore"):
            cost = self.usd / np.fmin.reduce(self.usd, axis=1, keepdims=True)
            time = self.made.estimate / self.made.estimate.min(axis=1, keepdims=True)
        score = (1 - weight) * cost + weight * time
        if goal == "speed":  # of sizes that are nearly as fast, the cheapest
            score = np.where(time <= 1 + SAVES, cost, np.inf)
        smaller = self.memory < self.observed.memory_mb[:, None]
        blind = self.kinds == "one-size"
        small_and_slow = (self.observed.memory_mb <= HINT_MB) & (self.observed.mean_ms >= HINT_MS)
        allowed = self.fits & (sure >= CONFIDENCE) & ~(blind[:, None] & (smaller | ~small_and_slow[:, None]))
        if goal == "balanced":  # not for a little speed at twice the price
            allowed &= score < 0.98 * score[np.arange(len(self.at)), self.at][:, None]
        score = np.where(allowed & ~np.isnan(score), score, np.inf)
        best = np.argmin(score, axis=1)
        return np.where(np.isfinite(score[np.arange(len(best)), best]), best, -1)

    def recommendation(self, number: int, pick: int, sure: Floats) -> Recommendation | None:
        if pick < 0:
            return None
        mean = self.observed.mean_ms[number]
        change = (float(one[number, pick] / mean - 1) for one in (self.made.estimate, self.made.low, self.made.high))
        saving = self.now[number] - self.usd[number, pick]
        return Recommendation(
            int(self.memory[number, pick]),
            0.0 if isnan(saving) else float(saving),
            Range(*change),
            min(float(sure[number, pick]), LOW_CONFIDENCE if self.kinds[number] == "one-size" else 1.0),
        )


def _known(value: float) -> float | None:
    return None if isnan(value) else float(value)


def _column(rows: Sequence[Row], name: str) -> Floats:
    return np.array([row[name] for row in rows], dtype=float)


def _use(rows: Sequence[Row]) -> Use:
    """A month of each, a row of its own."""
    days = np.nan_to_num(_column(rows, "days"), nan=DAYS_PER_MONTH)
    month = DAYS_PER_MONTH / np.where(days > 0, days, DAYS_PER_MONTH)
    return Use(
        region=np.array([row["region"] for row in rows])[:, None],
        memory_mb=nan,
        invocations_per_month=(_column(rows, "invocations") * month)[:, None],
        architecture=np.array([row["architecture"] or "x86_64" for row in rows])[:, None],
        cold_starts_per_month=(np.nan_to_num(_column(rows, "cold_starts")) * month)[:, None],
        mean_init_ms=np.nan_to_num(_column(rows, "mean_init_ms"))[:, None],
        init_billed=np.nan_to_num(_column(rows, "init_billed"), nan=1.0)[:, None],
    )


def _in_time(rows: Sequence[Row], made: Curves, tail: Floats) -> np.ndarray:
    """Whether the slowest hundredth stays clear of the timeout."""
    timeout_ms = np.nan_to_num(_column(rows, "timeout_s"), nan=np.inf)[:, None] * 1000
    return np.asarray(made.estimate * tail[:, None] < PART_OF_TIMEOUT * timeout_ms)


def _reason(case: _Case, kind: str, wanted: Recommendation | None, goal: str) -> str:
    """In words, for the goal of the run."""
    row, floor = case.row, round(case.floor_mb)
    peak = row["max_memory_used_mb"]
    used = "" if isnan(peak) else f"; it used up to {peak:.0f} MB"
    if wanted is not None:
        change = wanted.duration_change
        return (
            f"{_EVIDENCE[kind]}: at {wanted.memory_mb} MB it takes {_percent(change.estimate)} "
            f"({_percent(change.low)} to {_percent(change.high)}), with {wanted.confidence:.0%} certainty{used}"
        )
    if case.censored:
        return f"it used all of its {row['memory_mb']:.0f} MB, so how much it needs is not known"
    if kind == "one-size":
        return f"one duration at one size does not tell waiting from computing{used}"
    return f"no other size is sure to suit the goal of {goal} better, from {floor} MB on{used}"


_EVIDENCE = {
    "one-size": "by one duration",
    "two-sizes": "by the durations at two sizes",
    "cpu": "by its CPU time",
    "two-sizes+cpu": "by the durations at two sizes and its CPU time",
}


def _percent(change: float) -> str:
    return f"{abs(change):.0%} {'longer' if change >= 0 else 'less'}"


def _next_step(case: _Case, kind: str, wanted: Recommendation | None) -> str:
    """What would tell more, where something is missing."""
    row = case.row
    if case.censored:
        return f"give it {min(int(row['memory_mb'] * 1.5), MOST_MB)} MB and look again: it ran out of memory, or nearly"
    if wanted is None and kind == "one-size":
        days = row["days"] if row["days"] > 0 else DAYS_PER_MONTH
        records_gb = row["invocations"] / days * INSIGHTS_KB / 1024**2
        other = int(row["memory_mb"] * 2) if row["memory_mb"] <= 2048 else int(row["memory_mb"] / 2)
        cost = INSIGHTS_METRICS * INSIGHTS_METRIC_USD / DAYS_PER_MONTH + records_gb * LOG_GB_USD
        return f"enable Lambda Insights for 24 hours (about ${cost:.2f}), or run it at {other} MB for an hour"
    return ""
