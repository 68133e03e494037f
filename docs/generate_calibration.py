"""Learns from measured memory curves what rightsizer/calibration.json holds: the prior of shapes, and how far off
predictions are with each class of evidence.

    python docs/generate_calibration.py CURVES.csv

CURVES.csv: see tests/benchmarks/rightsizing.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas

from lambdalint.rightsizer.curve import NOISE, RATIOS, THREADS, Calibration, Observed, curves, shares

TARGET = Path(__file__).parent.parent / "rightsizer" / "calibration.json"
COVERED = 0.92
"""What the bounds shall hold, a little more than they state."""
FLAT = 0.5
"""The part of the prior that knows nothing: the next function is of another source."""
SEED = 7


class Curve(NamedTuple):
    """One function, measured at three or more sizes."""

    source: str
    name: str
    memory_mb: np.ndarray
    mean_ms: np.ndarray
    peak_mb: float


class Case(NamedTuple):
    """One observation of a curve: from one size, or two, with or without CPU time."""

    curve: Curve
    at: int
    known: tuple[int, ...]
    observed: Observed


def curves_in(table: pandas.DataFrame) -> list[Curve]:
    """The functions of a table that were measured at three or more sizes: warm, or cold where a source has no other."""
    table = table[table["mean"] > 0]
    warm = set(table[table["kind"] == "warm"]["source"])
    table = table[(table["kind"] == "warm") | ~table["source"].isin(warm)]
    found = []
    for (source, name, arch), rows in table.groupby(["source", "func", "arch"], dropna=False):
        means = rows.groupby("mem")["mean"].mean()
        if len(means) >= 3:
            peak = rows["mem_max"].max() if "mem_max" in rows else float("nan")
            sizes = means.index.to_numpy(dtype=float)
            found.append(Curve(str(source), f"{name}:{arch}", sizes, means.to_numpy(dtype=float), float(peak)))
    return found


def group_of(curve: Curve) -> str:
    """Curves of one author are held out together."""
    return curve.source.partition("-")[0] if not curve.source.startswith("pt-") else curve.source


def cases_of(among: Iterable[Curve], kind: str) -> Iterator[Case]:
    """Every size once; with a second one where there is one four times as large or as small."""
    random = np.random.default_rng(SEED)
    for curve in among:
        fit = fitted(curve)
        for at in range(len(curve.memory_mb)):
            others = _four_apart(curve, at) if kind.startswith("two") else [None]
            for other in others:
                cpu = fit * np.exp(random.normal(0, 0.15)) if kind.endswith("cpu") else np.nan
                known = (at,) if other is None else (at, other)
                observed = Observed(
                    curve.memory_mb[at : at + 1],
                    curve.mean_ms[at : at + 1],
                    np.array([np.nan if other is None else curve.memory_mb[other]]),
                    np.array([np.nan if other is None else curve.mean_ms[other]]),
                    np.array([cpu]),
                )
                yield Case(curve, at, known, observed)


def _four_apart(curve: Curve, at: int) -> list[int]:
    ratios = curve.memory_mb / curve.memory_mb[at]
    return [index for index, ratio in enumerate(ratios) if 3.4 <= max(ratio, 1 / ratio) <= 4.6]


def _residuals(curve: Curve) -> tuple[np.ndarray, np.ndarray]:
    """How far each shape is from the curve, and the C that fits it best."""
    difference = np.log(curve.mean_ms)[None, :] - np.log(shares(curve.memory_mb))
    log_c = np.median(difference, axis=1)
    return np.abs(difference - log_c[:, None]).mean(axis=1), np.exp(log_c) * 1000


def fitted(curve: Curve) -> float:
    """C in ms, by the whole curve: what CPU time would have shown."""
    residual, c_ms = _residuals(curve)
    return float(c_ms[int(np.argmin(residual))])


def calibrate(among: Sequence[Curve]) -> Calibration:
    """Learn from these curves, every source counting the same."""
    flat = np.full(len(RATIOS) * len(THREADS), 1.0)
    flat[len(RATIOS) :] *= 0.3  # a second thread is rarer
    flat /= flat.sum()
    sources = sorted({one.source for one in among})
    learnt = np.zeros_like(flat)
    for source in sources:
        mine = [one for one in among if one.source == source]
        for one in mine:
            likely = np.exp(-_residuals(one)[0] / NOISE) + 1e-9
            learnt += likely / likely.sum() / len(mine) / len(sources)
    prior = FLAT * flat + (1 - FLAT) * learnt
    spread = {kind: _spread(among, kind, prior) for kind in ("one-size", "two-sizes", "cpu", "two-sizes+cpu")}
    return Calibration(prior / prior.sum(), spread)


def _spread(among: Sequence[Curve], kind: str, prior: np.ndarray) -> float:
    """The least width at which the bounds hold as often as they state, each source counting the same."""
    cases = list(cases_of(among, kind))
    least, most = 0.005, 2.0
    for _ in range(9):
        middle = float(np.sqrt(least * most))
        if _coverage(cases, Calibration(prior, {kind: middle})) >= COVERED:
            most = middle
        else:
            least = middle
    return round(most, 4)


def _coverage(cases: Sequence[Case], calibration: Calibration) -> float:
    by_source: dict[str, list[bool]] = {}
    for sizes, group in _alike(cases).items():
        observed = Observed(*(np.concatenate(parts) for parts in zip(*(one.observed for one in group), strict=True)))
        made = curves(observed, np.tile(np.array(sizes), (len(group), 1)), calibration)
        for row, case in enumerate(group):
            for index in range(len(sizes)):
                if index not in case.known:
                    inside = made.low[row, index] <= case.curve.mean_ms[index] <= made.high[row, index]
                    by_source.setdefault(case.curve.source, []).append(bool(inside))
    return float(np.mean([np.mean(found) for found in by_source.values()]))


def _alike(cases: Sequence[Case]) -> dict[tuple[float, ...], list[Case]]:
    found: dict[tuple[float, ...], list[Case]] = {}
    for one in cases:
        found.setdefault(tuple(one.curve.memory_mb), []).append(one)
    return found


def main() -> int:
    among = curves_in(pandas.read_csv(sys.argv[1]))
    calibration = calibrate(among)
    content = {
        "written": date.today().isoformat(),
        "learnt from": f"{len(among)} functions of {len({one.source for one in among})} public sources",
        "spread": calibration.spread,
        "prior": [round(float(weight), 6) for weight in calibration.prior],
    }
    TARGET.write_text(json.dumps(content) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {content['learnt from']}, {calibration.spread}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
