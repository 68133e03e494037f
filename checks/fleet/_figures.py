"""Money and speed, in words."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from lambdalint.check import Option, Worth
from lambdalint.model.usage import Recommendation, Usage

SURE = 0.8
"""A recommendation that is less probable to hold is not certain."""
AT_LEAST_USD = Option("a month: less is not worth a word", least=0)


class Saving(NamedTuple):
    """What is worth a word."""

    at_least_usd: Annotated[float, AT_LEAST_USD] = 1.0


def money(amount: float, usage: Usage) -> str:
    """`$1,234.50`"""
    return f"${amount:,.2f}" if usage.currency == "USD" else f"{usage.currency} {amount:,.2f}"


def slower(wanted: Recommendation) -> str:
    """`4 % slower (-3 to 11 %)`"""
    estimate, low, high = (100 * share for share in wanted.duration_change)
    if abs(estimate) < 0.5:
        return f"as fast ({low:.0f} to {high:.0f} %)"
    if estimate < 0:
        return f"{-estimate:.0f} % faster ({-high:.0f} to {-low:.0f} %)"
    return f"{estimate:.0f} % slower ({low:.0f} to {high:.0f} %)"


def worth(wanted: Recommendation, usage: Usage) -> Worth:
    """What stands as the cost of a size that is not the best."""
    gained = usage.mean_ms and -usage.mean_ms * wanted.duration_change.estimate
    return Worth(round(wanted.saving_usd_per_month, 2), gained and round(gained, 2), usage.evidence)
