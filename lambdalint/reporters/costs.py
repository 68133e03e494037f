"""What functions cost, and what a change costs: for people, spreadsheets, comments on pull requests, and programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lambdalint.report import Cost, CostChange, CostDiff, Costs
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
PARTS = ("compute", "requests", "init", "provisioned", "storage", "restore", "streaming", "logs")
ROWS = 50
"""So many functions are shown to people; the rest is summed up."""


def render(output_format: str, costs: Costs | CostDiff, *, color: bool = False, width: int = 100) -> str:
    """In one of `FORMATS`, each line ended."""
    if isinstance(costs, CostDiff):
        if output_format == "json":
            return to_json(changes_described(costs))
        if output_format == "csv":
            return to_csv(_CHANGE_COLUMNS, map(_change_row, costs.functions))
        if output_format == "markdown":
            return "\n".join(_changes_in_markdown(costs)) + "\n"
        return to_table(_CHANGE_TITLES, _change_cells(costs), color, width) + headline(costs) + "\n"
    if output_format == "json":
        return to_json(described(costs))
    if output_format == "csv":
        return to_csv(_COLUMNS, map(_row, costs.functions))
    if output_format == "markdown":
        return "\n".join(_in_markdown(costs)) + "\n"
    return to_table(_titles(costs), _cells(costs), color, width) + _in_all(costs) + "\n"


def totals(costs: Iterable[Cost]) -> dict[str, float]:
    """By currency."""
    sums: dict[str, float] = {}
    for one in costs:
        if one.total is not None:
            sums[one.currency] = sums.get(one.currency, 0) + one.total
    return sums


# What functions cost.

_COLUMNS = (
    *("name", "account", "region", "architecture", "memory_mb", "invocations_per_month", "currency"),
    *PARTS,
    "total",
)


def described(costs: Costs) -> dict[str, Any]:
    """By the public names."""
    return {
        "schema": SCHEMA,
        "basis": costs.basis,
        "free_tier": costs.free_tier,
        "prices": list(costs.prices),
        "functions": [_described(one) for one in costs.functions],
        "totals": [
            {"currency": currency, "per_month": _parts_of(costs, currency) | {"total": round(total, 6)}}
            for currency, total in totals(costs.functions).items()
        ],
        "notices": list(costs.notices),
    }


def _described(one: Cost) -> dict[str, Any]:
    per_month = {part: rounded(one.parts.get(part)) for part in PARTS} | {"total": rounded(one.total)}
    return {
        "name": one.name,
        "account": one.account or None,
        "region": one.region or None,
        "architecture": one.architecture or None,
        "memory_mb": one.memory_mb,
        "invocations_per_month": rounded(one.invocations_per_month),
        "currency": one.currency or None,
        "per_month": per_month,
        "place": one.place or None,
    }


def _parts_of(costs: Costs, currency: str) -> dict[str, float]:
    own = [one.parts for one in costs.functions if one.currency == currency and one.total is not None]
    return {part: round(sum(parts.get(part) or 0 for parts in own), 6) for part in PARTS}


def _row(one: Cost) -> list[Any]:
    told = _described(one)
    per_month = told["per_month"]
    return [per_month[name] if name in per_month else told[name] for name in _COLUMNS]


def _used(costs: Costs) -> list[str]:
    """The parts that cost anything, and those that would if there were a price."""
    return [part for part in PARTS if any(one.parts and one.parts.get(part) != 0 for one in costs.functions)]


def _titles(costs: Costs) -> list[str]:
    return ["function", "region", "memory", "invocations", *_used(costs), "a month"]


def _cells(costs: Costs) -> Iterator[list[str]]:
    used = _used(costs)
    for one in costs.functions[:ROWS]:
        yield [
            one.name,
            one.region or NONE,
            NONE if one.memory_mb is None else f"{one.memory_mb:g} MB",
            NONE if one.invocations_per_month is None else f"{one.invocations_per_month:,.0f}",
            *(money(one.parts.get(part), one.currency) for part in used),
            money(one.total, one.currency),
        ]
    rest = costs.functions[ROWS:]
    for currency, total in totals(rest).items():
        yield [f"{len(rest)} more", *[""] * (3 + len(used)), money(total, currency)]


def _in_all(costs: Costs) -> str:
    sums = totals(costs.functions)
    without = sum(one.total is None for one in costs.functions)
    said = " and ".join(money(total, currency) for currency, total in sums.items()) or "nothing that has a price"
    unknown = f"; {without} function{'s' * (without > 1)} without a figure" if without else ""
    return f"{said} a month in all{unknown} ({_basis(costs)})" if sums else f"{said}{unknown}"


def _basis(costs: Costs) -> str:
    traffic = "traffic as assumed, " if costs.basis == "templates" else ""
    return f"{traffic}list prices {'less' if costs.free_tier else 'without'} the free tier"


def _in_markdown(costs: Costs) -> Iterator[str]:
    yield f"**{_in_all(costs)}**"
    yield ""
    yield from markdown_table(_titles(costs), _cells(costs))
    yield from markdown_notices(costs.notices)


# What a change costs.

_CHANGE_COLUMNS = ("name", "status", "account", "region", "currency", "before", "after", "change")
_CHANGE_TITLES = ("function", "region", "before", "after", "change")


def changes_described(diff: CostDiff) -> dict[str, Any]:
    """By the public names."""
    return {
        "schema": SCHEMA,
        "basis": diff.after.basis,
        "free_tier": diff.after.free_tier,
        "prices": list(diff.after.prices),
        "functions": [dict(zip(_CHANGE_COLUMNS, _change_row(one), strict=True)) for one in diff.functions],
        "totals": [
            {"currency": currency, "before": rounded(old), "after": rounded(new), "change": rounded(new - old)}
            for currency, old, new in _sums(diff)
        ],
        "notices": list(diff.notices),
    }


def headline(diff: CostDiff) -> str:
    """`This change costs +$12.40 a month ($100.00 -> $112.40)`."""
    sums = _sums(diff)
    unknown = sum(one.change is None for one in diff.functions)
    without = f"; {unknown} function{'s' * (unknown > 1)} without a figure" if unknown else ""
    said = [
        f"{money(new - old, currency, sign=True)} a month ({money(old, currency)} -> {money(new, currency)})"
        for currency, old, new in sums
        if abs(new - old) >= 1e-6
    ]
    return f"This change costs {' and '.join(said) or 'nothing more and nothing less'}{without}"


def _sums(diff: CostDiff) -> list[tuple[str, float, float]]:
    """By currency, before and after, of those functions that have a figure on both sides."""
    unknown = {id(one) for change in diff.functions if change.change is None for one in (change.before, change.after)}
    old, new = (totals(one for one in side.functions if id(one) not in unknown) for side in (diff.before, diff.after))
    return [(currency, old.get(currency, 0), new.get(currency, 0)) for currency in dict.fromkeys([*old, *new])]


def _change_row(one: CostChange) -> list[Any]:
    known = one.after or one.before
    assert known is not None
    before, after = (rounded(side.total) if side else 0.0 for side in (one.before, one.after))
    status = "added" if one.before is None else "removed" if one.after is None else "changed"
    place = (known.account or None, known.region or None)
    return [one.name, status, *place, _currency(one) or None, before, after, rounded(one.change)]


def _currency(one: CostChange) -> str:
    return next((side.currency for side in (one.after, one.before) if side and side.currency), "")


def _change_cells(diff: CostDiff) -> Iterator[list[str]]:
    for one in diff.functions[:ROWS]:
        currency = _currency(one)
        yield [
            one.name,
            (one.after or one.before or Cost("")).region or NONE,
            "new" if one.before is None else money(one.before.total, currency),
            "gone" if one.after is None else money(one.after.total, currency),
            money(one.change, currency, sign=True),
        ]
    if len(diff.functions) > ROWS:
        yield [f"{len(diff.functions) - ROWS} more", "", "", "", ""]


def _changes_in_markdown(diff: CostDiff) -> Iterator[str]:
    yield f"**{headline(diff)}**"
    if diff.functions:
        yield ""
        yield from markdown_table(_CHANGE_TITLES, _change_cells(diff))
    yield ""
    yield f"Lambda, {_basis(diff.after)}."
    yield from markdown_notices(diff.notices)
