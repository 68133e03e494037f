"""How long imports take: an estimate."""

from __future__ import annotations

from collections.abc import Iterable

from lambdalint.packages.edges import Plan


def estimate(plans: Iterable[Plan]) -> float:
    return sum(0.2 + plan.bytes * 2e-5 for plan in plans)
