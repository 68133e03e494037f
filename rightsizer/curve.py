"""How the duration of a function depends on its memory: waiting, and computing at the share of a processor it gets.

`D(m) = W + max(C, C/s - k(1-s))` with `s = min(m, 1769) / 1769`: W is waited, C computed at full speed, and a start
takes k = 15 ms of burst. Above 1769 MB a second thread may help. What is not known is the shape, W/C and the threads;
each shape of a grid is weighed by how well it explains what was observed. All is vectorised over functions.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FULL_MB = 1769
"""With so much memory a function has one processor to itself. Source: Lambda Developer Guide, "Memory"."""
BURST_MS = 15.0
RATIOS: Floats = np.geomspace(0.002, 60, 48)
"""W/C."""
THREADS = (1, 2)
NOISE = 0.05
"""Of a mean duration, in logarithms: how far one that was observed is from the model."""
CPU_NOISE = 0.15
"""The same of CPU time, which also holds work of the runtime."""
TAIL = 4
"""Degrees of freedom: observations may be far off, code or traffic having changed."""
REACH = 0.5
"""So many doublings are added to the distance over which is predicted: also near by, one is not certain."""
MOST_SPREAD = 2.5
BOUND = 1.645
"""So many standard deviations hold nine of ten."""


class Calibration(NamedTuple):
    """What was learnt from measured curves."""

    prior: Floats
    """Of each shape of the grid; sums to one."""
    spread: dict[str, float]
    """By class of evidence: what is added to the width for each doubling of memory, in logarithms."""

    @classmethod
    def load(cls) -> Calibration:
        """The one that is shipped."""
        return _load()


@cache
def _load() -> Calibration:
    content: dict[str, Any] = json.loads((files(__package__) / "calibration.json").read_text(encoding="utf-8"))
    return Calibration(np.array(content["prior"]), dict(content["spread"]))


class Observed(NamedTuple):
    """What is known of some functions, a row each; NaN where it is not known."""

    memory_mb: Floats
    """The size from which is predicted."""
    mean_ms: Floats
    other_mb: Floats
    """A second size that it had."""
    other_ms: Floats
    cpu_ms: Floats
    """CPU time of an invocation, at the first size."""

    def kinds(self) -> NDArray[np.str_]:
        """The class of evidence of each."""
        two, cpu = ~np.isnan(self.other_ms), ~np.isnan(self.cpu_ms)
        return np.where(two & cpu, "two-sizes+cpu", np.where(cpu, "cpu", np.where(two, "two-sizes", "one-size")))


class Curves(NamedTuple):
    """What is expected at some sizes: a row a function, a column a size, in ms."""

    estimate: Floats
    low: Floats
    high: Floats
    """90 % bounds."""
    weights: Floats
    """Of each shape."""
    logs: Floats
    """By function, shape and size: the logarithm of what that shape expects."""
    spread: Floats
    """By function and size: how far off each may be, in logarithms."""


def shares(memory_mb: Floats) -> Floats:
    """What a shape takes at some sizes, for C = 1000 ms: by shape, and then as `memory_mb`."""
    sizes = np.asarray(memory_mb, dtype=float)
    share = np.minimum(sizes, FULL_MB) / FULL_MB
    compute = np.maximum(1000.0, 1000.0 / share - BURST_MS * (1 - share))
    found = []
    for threads in THREADS:
        speed = np.clip(sizes / FULL_MB, 1, threads)
        found += [ratio * 1000.0 + compute / speed for ratio in RATIOS]
    return np.stack(found)


def curves(observed: Observed, memory_mb: Floats, calibration: Calibration | None = None) -> Curves:
    """What is expected at the sizes `memory_mb`, which are a row a function."""
    calibration = calibration or Calibration.load()
    first = np.log(shares(observed.memory_mb)).T
    """By function and shape."""
    log_c = np.log(observed.mean_ms)[:, None] - first
    penalty = np.zeros_like(first)
    two = ~np.isnan(observed.other_ms)
    other = np.log(shares(np.where(two, observed.other_mb, FULL_MB))).T
    log_other = np.log(np.where(two, observed.other_ms, 1.0))[:, None] - other
    difference = np.where(two[:, None], log_other - log_c, 0.0)
    penalty += _penalty(difference, np.hypot(NOISE, NOISE))
    log_c = log_c + difference / 2
    cpu = ~np.isnan(observed.cpu_ms)
    log_cpu = np.log(np.where(cpu, observed.cpu_ms, 1000.0))[:, None] - np.log(1000.0)
    penalty += _penalty(np.where(cpu[:, None], log_cpu - log_c, 0.0), np.hypot(NOISE, CPU_NOISE))
    logs_of_prior = np.log(np.maximum(calibration.prior, 1e-12))
    weights = np.exp(logs_of_prior - penalty - np.max(logs_of_prior - penalty, axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    logs = log_c[:, :, None] + np.log(np.moveaxis(shares(memory_mb), 0, 1))
    per_doubling = np.array([calibration.spread[kind] for kind in observed.kinds()])
    far = np.abs(np.log2(memory_mb / observed.memory_mb[:, None]))
    near = np.where(two[:, None], np.abs(np.log2(memory_mb / np.where(two, observed.other_mb, 1.0)[:, None])), far)
    distance = np.minimum(far, near)
    spread = np.minimum(per_doubling[:, None] * (distance + REACH * (distance > 0)), MOST_SPREAD) + 1e-6
    middle = np.einsum("nh,nhm->nm", weights, logs)
    between = np.einsum("nh,nhm->nm", weights, (logs - middle[:, None, :]) ** 2)
    width = BOUND * np.sqrt(between + spread**2)
    return Curves(np.exp(middle), np.exp(middle - width), np.exp(middle + width), weights, logs, spread)


def _penalty(difference: Floats, scale: float) -> Floats:
    """Less for what fits; that of Student's t, so that no observation decides all."""
    return (TAIL + 1) / 2 * np.log1p((difference / scale) ** 2 / TAIL)


def below(found: Curves, log_bound: Floats) -> Floats:
    """By function and size: the probability that the duration is below a bound, given as logarithm."""
    deviation = (log_bound[:, None, :] - found.logs) / found.spread[:, None, :]
    return np.asarray(np.einsum("nh,nhm->nm", found.weights, _normal(deviation)))


def _normal(deviation: Floats) -> Floats:
    from scipy.special import ndtr

    return np.asarray(ndtr(deviation))
