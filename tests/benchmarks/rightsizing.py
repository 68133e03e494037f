"""Scores the sizing model on measured memory curves, each group of sources held out in turn, beside simple rules.

    python tests/benchmarks/rightsizing.py CURVES.csv

CURVES.csv has a row a function and memory size, with at least the columns `source func arch kind mem mean`. Every size
of a function that was measured at three or more is the passive observation once; what it takes at the others is
predicted.
The model learns what it learns (docs/generate_calibration.py) from the other groups alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "docs"))
from generate_calibration import Curve, calibrate, cases_of, curves_in, group_of

from lambdalint.rightsizer.curve import below, curves

KINDS = ("one-size", "two-sizes", "cpu", "two-sizes+cpu")
GUARD = 0.2


def main() -> int:
    everything = curves_in(pandas.read_csv(sys.argv[1]))
    groups = sorted({group_of(one) for one in everything})
    print(f"{len(everything)} functions of {len(groups)} groups: {', '.join(groups)}\n")
    scores: dict[str, list[Score]] = {}
    for group in groups:
        calibration = calibrate([one for one in everything if group_of(one) != group])
        held = [one for one in everything if group_of(one) == group]
        for kind in KINDS:
            scores.setdefault(kind, []).extend(_scored(held, kind, calibration))
        for name, rule in RULES.items():
            scores.setdefault(name, []).extend(_ruled(held, rule))
    print("| evidence | error % mean (median) | right choice t=.75/.5/.25 | mean regret % | within 90 % bounds |")
    print("|---|---|---|---|---|")
    for name, found in scores.items():
        print(_line(name, found))
    print("\n| evidence | downsizes issued | inside the guard, and saving |\n|---|---|---|")
    for kind in KINDS:
        issued = [one.held for one in scores[kind] if one.issued]
        share = f"{100 * np.mean(issued):.0f} %" if issued else "-"
        print(f"| {kind} | {len(issued)} of {len(scores[kind])} | {share} |")
    return 0


class Score(NamedTuple):
    errors: tuple[float, ...]
    right: tuple[bool, ...]
    regret: tuple[float, ...]
    covered: tuple[bool, ...]
    issued: bool = False
    held: bool = False


def _scored(held: list[Curve], kind: str, calibration: object) -> list[Score]:
    found = []
    for case in cases_of(held, kind):
        truth, sizes = case.curve.mean_ms, case.curve.memory_mb
        made = curves(case.observed, sizes[None, :], calibration)  # type: ignore[arg-type]
        predicted = made.estimate[0].copy()
        for known in case.known:
            predicted[known] = truth[known]
        others = [index for index in range(len(sizes)) if index not in case.known]
        shapes = np.exp(made.logs[0])
        shapes[:, list(case.known)] = truth[list(case.known)]
        choices = [_choice(shapes, made.weights[0], truth, sizes, t) for t in (0.75, 0.5, 0.25)]
        issued, kept = _downsize(case.at, made, sizes, truth, kind)
        found.append(
            Score(
                tuple(abs(predicted[index] / truth[index] - 1) for index in others),
                tuple(right for right, _ in choices),
                tuple(regret for _, regret in choices),
                tuple(bool(made.low[0, index] <= truth[index] <= made.high[0, index]) for index in others),
                issued,
                kept,
            )
        )
    return found


def _downsize(at: int, made: object, sizes: np.ndarray, truth: np.ndarray, kind: str) -> tuple[bool, bool]:
    """What the goal of cost issues among the measured sizes: whether it does, and whether it holds."""
    if kind == "one-size":
        return False, False
    best = None
    bound = np.log(truth[at]) + np.minimum(np.log(1 + GUARD), np.log(0.95 * sizes[at] / sizes))
    sure = below(made, bound[None, :])[0]  # type: ignore[arg-type]
    cost = made.estimate[0] * sizes  # type: ignore[attr-defined]
    for index in range(len(sizes)):
        if sizes[index] < sizes[at] and sure[index] >= 0.8 and (best is None or cost[index] < cost[best]):
            best = index
    if best is None:
        return False, False
    saves = truth[best] * sizes[best] < truth[at] * sizes[at]
    return True, bool(saves and truth[best] <= truth[at] * (1 + GUARD))


def _choice(
    shapes: np.ndarray, weights: np.ndarray, truth: np.ndarray, sizes: np.ndarray, t: float
) -> tuple[bool, float]:
    """The size of which the least is expected, over all shapes by their weights."""
    real = _total(truth, sizes, t)
    chosen = int(np.argmin(weights @ np.array([_total(shape, sizes, t) for shape in shapes])))
    return bool(chosen == int(np.argmin(real))), float(real[chosen] / real.min() - 1)


def _total(duration: np.ndarray, sizes: np.ndarray, t: float) -> np.ndarray:
    cost = duration * sizes
    return t * cost / cost.min() + (1 - t) * duration / duration.min()


def _keep(at: int, curve: Curve) -> int:
    return at


def _always_1024(at: int, curve: Curve) -> int:
    return int(np.argmin(np.abs(curve.memory_mb - 1024)))


def _peak(at: int, curve: Curve) -> int | None:
    """Max Memory Used and a fifth more."""
    if np.isnan(curve.peak_mb):
        return None
    fitting = np.flatnonzero(curve.memory_mb >= curve.peak_mb * 1.2)
    return int(fitting[0]) if len(fitting) else len(curve.memory_mb) - 1


def _optimizer(at: int, curve: Curve) -> int | None:
    """Down to what memory asks for, as long as no more than half of a step of four is taken at once."""
    wanted = _peak(at, curve)
    if wanted is None or wanted >= at:
        return at if wanted is not None else None
    least = curve.memory_mb[at] / 2
    fitting = [index for index in range(wanted, at + 1) if curve.memory_mb[index] >= least]
    return fitting[0]


RULES = {"keep current": _keep, "always 1024": _always_1024, "peak x 1.2": _peak, "halve to fit the peak": _optimizer}


def _ruled(held: list[Curve], rule: object) -> list[Score]:
    found = []
    for curve in held:
        for at in range(len(curve.memory_mb)):
            chosen = rule(at, curve)  # type: ignore[operator]
            if chosen is None:
                continue
            right, regret = [], []
            for t in (0.75, 0.5, 0.25):
                real = _total(curve.mean_ms, curve.memory_mb, t)
                right.append(bool(chosen == int(np.argmin(real))))
                regret.append(float(real[chosen] / real.min() - 1))
            found.append(Score((), tuple(right), tuple(regret), ()))
    return found


def _line(name: str, found: list[Score]) -> str:
    errors = np.array([error for one in found for error in one.errors])
    covered = [one for score in found for one in score.covered]
    error = f"{100 * errors.mean():.0f} ({100 * np.median(errors):.0f})" if len(errors) else "-"
    right = "/".join(f"{100 * np.mean([one.right[index] for one in found]):.0f}" for index in range(3))
    regret = "/".join(f"{100 * np.mean([one.regret[index] for one in found]):.0f}" for index in range(3))
    inside = f"{100 * np.mean(covered):.0f} %" if covered else "-"
    return f"| {name} | {error} | {right} | {regret} | {inside} |"


if __name__ == "__main__":
    sys.exit(main())
