"""Memory sizes of a fleet: for people, spreadsheets, comments and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from lambdalint.check import Finding
from lambdalint.model import Usage
from lambdalint.model.usage import Point, Range, Recommendation
from lambdalint.report import Sizing
from lambdalint.reporters.json_ import finding_to_json
from lambdalint.reporters.tables import (
    NONE,
    markdown_notices,
    markdown_table,
    money,
    rounded,
    to_csv,
    to_json,
    to_table,
)

SCHEMA = 1
FORMATS = ("table", "csv", "markdown", "json")
ROWS = 40
"""So many functions are shown to people; the rest is counted."""
STEPS = 5
NARROW = 100
"""Fewer columns have no room for the curve."""
NAMED = 3
BARS = "▁▂▃▄▅▆▇█"
SPARKS = 8
"""So many sizes make a sparkline."""


def render(output_format: str, sizing: Sizing, *, color: bool = False, width: int = 100) -> str:
    """In one of `FORMATS`, each line ended."""
    if output_format == "json":
        return to_json(described(sizing))
    if output_format == "csv":
        return to_csv(COLUMNS, rows(sizing))
    if output_format == "markdown":
        return "\n".join(_in_markdown(sizing)) + "\n"
    titles, cells = _titles(sizing), _cells(sizing)
    if width < NARROW:
        left_out = titles.index("curve")
        titles, cells = _without_column(titles, left_out), (_without_column(row, left_out) for row in cells)
    table = to_table(titles, cells, color, width)
    return table + "\n".join([*_summary(sizing), *_to_do(sizing)]) + "\n"


# For programs.


def described(sizing: Sizing) -> dict[str, Any]:
    """By the public names."""
    fleet = sizing.fleet
    return {
        "schema": SCHEMA,
        "goal": sizing.goal,
        "basis": sizing.basis,
        "complete": not sizing.incomplete,
        "prices": list(sizing.prices),
        "functions": [function_described(one) for one in sizing.functions],
        "fleet": fleet._asdict()
        | {
            "usd_per_month": rounded(fleet.usd_per_month),
            "saving_usd_per_month": rounded(fleet.saving_usd_per_month),
            "savings": {name: rounded(saved) for name, saved in fleet.savings.items()},
            "evidence": dict(fleet.evidence),
        },
        "findings": [finding_to_json(one) for one in sizing.findings.findings],
        "notices": list(sizing.notices),
    }


def function_described(one: Usage) -> dict[str, Any]:
    """One function, by the public names."""
    return {
        "name": one.name,
        "account": one.account or None,
        "region": one.region or None,
        "architecture": one.architecture or None,
        "runtime": one.runtime or None,
        "memory_mb": one.memory_mb,
        "timeout_s": one.timeout_s,
        "days": one.days,
        "invocations_per_month": rounded(one.invocations_per_month),
        "mean_ms": rounded(one.mean_ms),
        "p95_ms": rounded(one.p95_ms),
        "p99_ms": rounded(one.p99_ms),
        "max_memory_used_mb": one.max_memory_used_mb,
        "cold_starts": one.cold_starts,
        "errors": one.errors,
        "timeouts": one.timeouts,
        "out_of_memory": one.out_of_memory,
        "currency": one.currency,
        "usd_per_month": rounded(one.usd_per_month),
        "arm64_usd_per_month": rounded(one.arm64_usd_per_month),
        "evidence": one.evidence,
        "floor_mb": rounded(one.floor_mb),
        "curve": [_point(point) for point in one.curve],
        "recommendations": {goal: _recommendation(one.recommendations.get(goal)) for goal in _GOALS},
        "price_of_being_wrong_usd": rounded(one.price_of_being_wrong_usd),
        "reason": one.reason,
        "next_step": one.next_step or None,
    }


_GOALS = ("cost", "balanced", "speed")


def _point(point: Point) -> dict[str, Any]:
    return {
        "memory_mb": point.memory_mb,
        "duration_ms": _range(point.duration_ms),
        "p95_ms": rounded(point.p95_ms),
        "usd_per_month": rounded(point.usd_per_month),
    }


def _recommendation(one: Recommendation | None) -> dict[str, Any] | None:
    return one and {
        "memory_mb": one.memory_mb,
        "saving_usd_per_month": rounded(one.saving_usd_per_month),
        "duration_change": _range(one.duration_change),
        "confidence": rounded(one.confidence),
    }


def _range(given: Range) -> dict[str, float | None]:
    return {name: rounded(value) for name, value in given._asdict().items()}


COLUMNS = (
    *("name", "account", "region", "architecture", "memory_mb", "invocations_per_month", "mean_ms", "p95_ms"),
    *("max_memory_used_mb", "currency", "usd_per_month", "arm64_usd_per_month", "evidence", "floor_mb", "goal"),
    *("recommended_mb", "saving_usd_per_month", "duration_change", "duration_change_low", "duration_change_high"),
    *("confidence", "reason", "next_step"),
)


def rows(sizing: Sizing) -> Iterator[list[Any]]:
    """One a function: what is in each of `COLUMNS`."""
    return map(_row, sizing.functions)


def _row(one: Usage) -> list[Any]:
    wanted = one.wanted
    told = function_described(one) | {"goal": one.goal}
    if wanted is not None:
        told |= {
            "recommended_mb": wanted.memory_mb,
            "saving_usd_per_month": rounded(wanted.saving_usd_per_month),
            "duration_change": rounded(wanted.duration_change.estimate),
            "duration_change_low": rounded(wanted.duration_change.low),
            "duration_change_high": rounded(wanted.duration_change.high),
            "confidence": rounded(wanted.confidence),
        }
    return [told.get(name) for name in COLUMNS]


# For people.


def _titles(sizing: Sizing) -> list[str]:
    regions = ["region"] if _has_regions(sizing) else []
    return ["function", *regions, "memory", "a month", "saves", "time", "curve", "evidence"]


def _has_regions(sizing: Sizing) -> bool:
    return len({(one.account, one.region) for one in sizing.functions}) > 1


def _cells(sizing: Sizing) -> Iterator[list[str]]:
    has_regions = _has_regions(sizing)
    for one in sizing.functions[:ROWS]:
        wanted = one.wanted
        yield [
            one.name,
            *([one.region or NONE] if has_regions else []),
            _memory(one),
            money(one.usd_per_month, one.currency),
            money(wanted.saving_usd_per_month, one.currency) if wanted else "",
            f"{wanted.duration_change.estimate:+.0%}" if wanted else "",
            sparkline(one.curve),
            "unused" if one.is_unused else one.evidence,
        ]
    rest = len(sizing.functions) - ROWS
    if rest > 0:
        yield [f"{rest} more", *[""] * (len(_titles(sizing)) - 1)]


def _memory(one: Usage) -> str:
    """As it is, and as it should be."""
    if one.memory_mb is None:
        return NONE
    return f"{one.memory_mb} -> {one.wanted.memory_mb} MB" if one.wanted else f"{one.memory_mb} MB"


def _without_column(row: Sequence[str], left_out: int) -> list[str]:
    return [cell for number, cell in enumerate(row) if number != left_out]


def sparkline(curve: Sequence[Point]) -> str:
    """How long it takes, from the smallest size to the largest."""
    if len(curve) < 2:
        return ""
    last = len(curve) - 1
    picked = [curve[round(number * last / (SPARKS - 1))] for number in range(SPARKS)] if last >= SPARKS else curve
    durations = [point.duration_ms.estimate for point in picked]
    most = max(durations)
    return "".join(BARS[min(int(one / most * len(BARS)), len(BARS) - 1)] if most > 0 else BARS[0] for one in durations)


def _summary(sizing: Sizing) -> Iterator[str]:
    fleet = sizing.fleet
    functions = f"{fleet.functions} function{'s' * (fleet.functions != 1)}"
    yield f"{money(fleet.usd_per_month, 'USD')} a month for {functions}{_without(sizing)}; {_saved(sizing)}"
    if 0 < len(fleet.few) < fleet.functions:
        most = "1 function makes" if len(fleet.few) == 1 else f"{len(fleet.few)} functions make"
        yield f"{most} up four fifths of the bill: {_names(fleet.few)}"
    if fleet.unused:
        yield f"{len(fleet.unused)} unused: {_names(fleet.unused)}"
    if fleet.savings:
        yield "What findings cost a month (they overlap): " + ", ".join(
            f"{name} {money(saved, 'USD')}" for name, saved in fleet.savings.items()
        )


def _saved(sizing: Sizing) -> str:
    count = sum(one.wanted is not None for one in sizing.functions)
    if not count:
        return f"no size is recommended for the goal {sizing.goal}"
    saved = sizing.fleet.saving_usd_per_month
    of = f" of {count} function{'s' * (count != 1)}"
    told = f"save {money(saved, 'USD')}" if saved >= 0 else f"cost {money(-saved, 'USD')} more"
    return f"better sizes{of} {told} (goal: {sizing.goal})"


def _without(sizing: Sizing) -> str:
    unknown = sizing.fleet.without_figure
    return f" ({unknown} without a figure in dollars)" if unknown else ""


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _to_do(sizing: Sizing) -> Iterator[str]:
    shown = sorted((one for one in sizing.findings.findings if one.status == "new"), key=_weight)
    if shown:
        yield ""
        yield "What to do:"
        yield from (f"  {one.code} {one.message}" for one in shown[:ROWS])
        if len(shown) > ROWS:
            yield f"  and {len(shown) - ROWS} more: --output-format json lists all"
    steps = list(_steps(sizing))
    if steps:
        yield ""
        yield "To know more:"
        yield from (f"  {step}" for step in steps)


def _weight(found: Finding) -> tuple[object, ...]:
    worth = found.cost.usd_per_month if found.cost is not None else None
    return -found.severity, -(worth or 0), found.message


def _steps(sizing: Sizing) -> Iterator[str]:
    """What is to be done where the evidence does not suffice, each step once."""
    names: dict[str, list[str]] = {}
    for one in sizing.functions:
        if one.next_step:
            names.setdefault(one.next_step, []).append(one.name)
    for step, count in Counter({step: len(some) for step, some in names.items()}).most_common(STEPS):
        yield f"{_names(names[step])}: {step}" if count else step
    if len(names) > STEPS:
        yield f"and {len(names) - STEPS} more: --explain NAME says it of a function"


def _in_markdown(sizing: Sizing) -> Iterator[str]:
    first, *more = _summary(sizing)
    yield f"**{first}**"
    if sizing.functions:
        yield ""
        yield from markdown_table(_titles(sizing), _cells(sizing))
    yield from (line for one in more for line in ("", one))
    shown = sorted((one for one in sizing.findings.findings if one.status == "new"), key=_weight)
    if shown:
        yield ""
        yield from (f"- [{one.code}]({one.url}) {one.message}" for one in shown[:ROWS])
    yield from markdown_notices([*_steps(sizing), *sizing.notices])
