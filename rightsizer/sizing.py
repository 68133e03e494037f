"""What the usage of each function is evidence of, and what is recommended, as the fields of `Usage` that hold it.

The seam to the model of durations (evidence, curve, recommend), which is not here yet: until it is, nothing is
recommended, curves are empty, and what is said is which evidence there is and how to get more of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.model.usage import Point, Recommendation
from lambdalint.rightsizer.pricing import Prices

if TYPE_CHECKING:
    from pandas import DataFrame

AT_LEAST = 20
"""Invocations at a size: fewer say little of how long it takes there."""
ANOTHER_SIZE = "run it at another memory size for a day, or enable Lambda Insights for as long: one size does not tell"
MORE = "look again over a longer time: it ran too seldom to tell"
NOT_COMPARED = "its sizes are not compared: this version has no model of durations yet"


class Sized(NamedTuple):
    """Of one function."""

    evidence: str = "insufficient"
    curve: Sequence[Point] = ()
    recommendations: Mapping[str, Recommendation | None] = MappingProxyType({})
    reason: str = ""
    next_step: str = ""
    floor_mb: float | None = None
    price_of_being_wrong_usd: float | None = None


def sized(
    table: DataFrame, prices: Prices, goal: str, guard: float, sizes: Sequence[int] | None
) -> dict[tuple[str, str, str], Sized]:
    """Each function of the table of usage, by account, region and name."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        groups.setdefault((row["account"], row["region"], row["function"]), []).append(row)
    return {key: _of(rows) for key, rows in groups.items()}


def _of(rows: Sequence[Mapping[str, Any]]) -> Sized:
    enough = [row for row in rows if row["invocations"] >= AT_LEAST]
    if not enough:
        return Sized(next_step=MORE)
    has_cpu = any(not isnan(row["mean_cpu_ms"]) for row in enough)
    if len({row["memory_mb"] for row in enough}) > 1:
        return Sized("two-sizes+cpu" if has_cpu else "two-sizes", reason=NOT_COMPARED)
    return Sized("cpu", reason=NOT_COMPARED) if has_cpu else Sized("one-size", next_step=ANOTHER_SIZE)
