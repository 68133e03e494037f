"""What the model recommends, as the fields of `Usage` that hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from lambdalint.model.usage import Point, Recommendation
from lambdalint.rightsizer.pricing import Prices

if TYPE_CHECKING:
    from pandas import DataFrame

GOALS = ("cost", "balanced", "speed")


class Sized(NamedTuple):
    """Of one function."""

    evidence: str = "insufficient"
    curve: Sequence[Point] = ()
    recommendations: Mapping[str, Recommendation | None] = {}
    reason: str = ""
    next_step: str = ""
    floor_mb: float | None = None
    price_of_being_wrong_usd: float | None = None


def sized(
    table: DataFrame, prices: Prices, goal: str, guard: float, sizes: Sequence[int] | None
) -> dict[tuple[str, str, str], Sized]:
    """Each function of the table of usage, by account, region and name."""
    return {}
