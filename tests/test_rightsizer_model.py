"""The sizing model, on functions whose waiting and computing are known."""

from __future__ import annotations

from math import nan
from typing import Any

import pytest

np = pytest.importorskip("numpy")
pandas = pytest.importorskip("pandas")
pytest.importorskip("scipy")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from lambdalint.rightsizer.curve import BURST_MS, FULL_MB, Observed, curves  # noqa: E402
from lambdalint.rightsizer.pricing import Prices  # noqa: E402
from lambdalint.rightsizer.sizing import Sized, sized  # noqa: E402
from lambdalint.rightsizer.usage import COLUMNS  # noqa: E402

TEXTS = ("account", "region", "function", "architecture", "runtime", "package_type", "first_day", "last_day")


def duration_ms(memory_mb: float, wait_ms: float, compute_ms: float) -> float:
    share = min(memory_mb, FULL_MB) / FULL_MB
    return wait_ms + max(compute_ms, compute_ms / share - BURST_MS * (1 - share))


def row(memory_mb: float, wait_ms: float, compute_ms: float, **more: Any) -> dict[str, Any]:
    mean_ms = duration_ms(memory_mb, wait_ms, compute_ms)
    known = {
        "region": "us-east-1",
        "function": "orders",
        "architecture": "x86_64",
        "memory_mb": memory_mb,
        "current_memory_mb": memory_mb,
        "invocations": 100_000.0,
        "mean_ms": mean_ms,
        "p95_ms": mean_ms * 1.3,
        "p99_ms": mean_ms * 1.5,
        "max_memory_used_mb": 90.0,
        "days": 14.0,
    }
    return {name: "" if name in TEXTS else nan for name in COLUMNS} | known | more


def size(*rows: dict[str, Any], goal: str = "cost", guard: float = 0.2) -> Sized:
    found = sized(pandas.DataFrame(rows), Prices.load(), goal, guard, None)
    return found["", "us-east-1", "orders"]


def predicted(wait_ms: float, compute_ms: float, first: float, second: float, wanted: float) -> tuple[float, ...]:
    """The lower bound, the estimate and the upper bound for a size, from two others."""
    observed = Observed(
        np.array([first]),
        np.array([duration_ms(first, wait_ms, compute_ms)]),
        np.array([second]),
        np.array([duration_ms(second, wait_ms, compute_ms)]),
        np.array([nan]),
    )
    made = curves(observed, np.array([[wanted]]))
    return float(made.low[0, 0]), float(made.estimate[0, 0]), float(made.high[0, 0])


@settings(max_examples=60, deadline=None)
@given(
    wait_ms=st.floats(1, 5_000),
    compute_ms=st.floats(1, 5_000),
    first=st.sampled_from([256.0, 512.0, 1024.0]),
    wanted=st.sampled_from([128.0, 384.0, 768.0, 1536.0, 3008.0]),
)
def test_the_estimate_lies_between_its_bounds(wait_ms: float, compute_ms: float, first: float, wanted: float) -> None:
    low, estimate, high = predicted(wait_ms, compute_ms, first, first * 4, wanted)
    assert 0 < low <= estimate <= high


def test_with_a_second_size_the_bounds_hold_the_truth_as_often_as_they_say() -> None:
    inside = []
    for wait_ms in (1.0, 30.0, 300.0, 3_000.0):
        for compute_ms in (5.0, 50.0, 500.0, 5_000.0):
            for first in (256.0, 512.0, 1024.0):
                for wanted in (128.0, 384.0, 768.0, 1536.0, 3008.0):
                    low, _, high = predicted(wait_ms, compute_ms, first, first * 4, wanted)
                    inside.append(low <= duration_ms(wanted, wait_ms, compute_ms) <= high)
    assert sum(inside) >= 0.9 * len(inside)


@pytest.mark.parametrize("memory_mb", [512, 1024, 3008])
@pytest.mark.parametrize("goal", ["cost", "balanced"])
def test_one_duration_alone_never_makes_a_function_smaller(memory_mb: int, goal: str) -> None:
    found = size(row(memory_mb, 2_000, 20), goal=goal)
    assert found.evidence == "one-size"
    assert found.recommendations[goal] is None
    assert "Insights" in found.next_step


def test_what_waits_is_made_smaller_once_a_second_size_shows_it() -> None:
    second = row(512, 2_000, 20, current_memory_mb=2048, invocations=20_000.0)
    found = size(row(2048, 2_000, 20), second)
    wanted = found.recommendations["cost"]
    assert found.evidence == "two-sizes"
    assert wanted is not None
    assert 128 <= wanted.memory_mb < 1024
    assert wanted.saving_usd_per_month > 0
    assert wanted.duration_change.high <= 0.5


def test_what_computes_keeps_its_size_or_gets_more() -> None:
    found = size(row(1024, 5, 1_500, mean_cpu_ms=1_500.0), goal="balanced")
    assert found.evidence == "cpu"
    assert found.recommendations["cost"] is None
    wanted = found.recommendations["speed"]
    assert wanted is not None
    assert wanted.memory_mb > 1024


def test_memory_that_is_used_is_the_floor() -> None:
    used = {"max_memory_used_mb": 900.0}
    found = size(row(2048, 2_000, 20, **used), row(1024, 2_000, 20, current_memory_mb=2048, **used))
    assert found.floor_mb == pytest.approx(900 * 1.15)
    wanted = found.recommendations["cost"]
    assert wanted is None or wanted.memory_mb >= 1035
    full = size(row(512, 2_000, 20, max_memory_used_mb=512.0), row(2048, 2_000, 20, current_memory_mb=512))
    assert full.recommendations["cost"] is None
    assert "all of its 512 MB" in full.reason


def test_too_few_invocations_are_no_evidence() -> None:
    found = size(row(512, 100, 100, invocations=3.0))
    assert (found.evidence, found.curve) == ("insufficient", ())
    assert found.next_step
