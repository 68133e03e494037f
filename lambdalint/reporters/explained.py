"""One function in depth, at a terminal: what it did, its curve, and why this size and no smaller one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from lambdalint.check import Finding
from lambdalint.model import Usage
from lambdalint.model.usage import Point, Recommendation
from lambdalint.report import Sizing
from lambdalint.reporters.tables import money

LINES = 16
"""So many sizes are drawn at most."""
FULL_CPU_MB = 1769
EVIDENCE = {
    "one-size": "durations at one memory size: they do not tell waiting from computing",
    "two-sizes": "durations at two memory sizes or more",
    "cpu": "durations and CPU time",
    "two-sizes+cpu": "durations at two memory sizes or more, and CPU time",
    "insufficient": "too little to go by",
}


def explain(sizing: Sizing, name: str, *, width: int = 100) -> str:
    """All functions of that name."""
    parts = [
        "\n".join(_lines(one, sizing.findings.findings, min(width, 120)))
        for one in sizing.functions
        if one.name == name
    ]
    return "\n\n".join(parts) + "\n"


def _lines(one: Usage, findings: Sequence[Finding], width: int) -> Iterator[str]:
    where = ", ".join(filter(None, (one.region, one.account, one.runtime, one.architecture)))
    yield f"{one.name}{f' ({where})' if where else ''}"
    yield ""
    for title, text in (
        ("does", _did(one)),
        ("memory", _memory(one)),
        ("costs", _costs(one)),
        ("evidence", f"{one.evidence}: {EVIDENCE.get(one.evidence, '')}"),
        *((goal, _recommended(one, goal)) for goal in ("cost", "balanced", "speed")),
        ("because", one.reason),
        ("smaller", _not_smaller(one)),
        ("if wrong", _if_wrong(one)),
        ("next", one.next_step),
    ):
        if text:
            yield from _wrapped(title, text, width)
    if one.curve:
        yield ""
        yield from drawn(one, width)
    own = [found for found in findings if found.location == one.location]
    if own:
        yield ""
        yield from (f"{found.code} {found.message}" for found in own)


def _wrapped(title: str, text: str, width: int) -> Iterator[str]:
    lead = f"  {title:<9} "
    yield from textwrap.wrap(
        " ".join(text.split()), width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False
    )


def _did(one: Usage) -> str:
    if one.invocations is None:
        return ""
    said = [f"{one.invocations:,.0f} invocations{_window(one.days)}"]
    said += [
        f"{what} {value:,.0f} ms"
        for what, value in (("mean", one.mean_ms), ("p95", one.p95_ms), ("p99", one.p99_ms))
        if value is not None
    ]
    if one.cold_starts:
        each = f" of {one.mean_init_ms:,.0f} ms" if one.mean_init_ms else ""
        said.append(f"{one.cold_starts:,.0f} cold starts{each}")
    counts = (("errors", one.errors), ("timeouts", one.timeouts), ("times out of memory", one.out_of_memory))
    said += [f"{count:,.0f} {what}" for what, count in counts if count]
    return ", ".join(said)


def _window(days: float | None) -> str:
    if days is None:
        return ""
    return f" in {days:,.0f} days" if days >= 2 else f" in {days * 24:,.0f} hours"


def _memory(one: Usage) -> str:
    said = [f"{one.memory_mb} MB" if one.memory_mb is not None else "not known"]
    if one.max_memory_used_mb is not None:
        said.append(f"{one.max_memory_used_mb:,.0f} MB used at most")
    if one.floor_mb is not None:
        said.append(f"not below {one.floor_mb:,.0f} MB, so that it does not run out")
    return ", ".join(said)


def _costs(one: Usage) -> str:
    if one.usd_per_month is None:
        return "not known: its region or its price is not"
    parts = [f"{name} {money(part, one.currency)}" for name, part in one.parts.items() if part and part >= 0.005]
    said = f"{money(one.usd_per_month, one.currency)} a month" + (f" ({', '.join(parts)})" if parts else "")
    if one.arm64_usd_per_month is not None:
        said += f"; on arm64 about {money(one.arm64_usd_per_month, one.currency)}"
    return said


def _recommended(one: Usage, goal: str) -> str:
    wanted = one.recommendations.get(goal)
    if wanted is None:
        return f"no other size is recommended{' (the goal of this run)' if goal == one.goal else ''}"
    change = wanted.duration_change
    return (
        f"{wanted.memory_mb} MB: {_saves(wanted, one)}, time {change.estimate:+.0%} ({change.low:+.0%} to "
        f"{change.high:+.0%}), probability {wanted.confidence:.0%}"
    )


def _saves(wanted: Recommendation, one: Usage) -> str:
    saved = wanted.saving_usd_per_month
    return f"saves {money(saved, one.currency)} a month" if saved >= 0 else f"costs {money(-saved, one.currency)} more"


def _not_smaller(one: Usage) -> str:
    """What the next smaller size would come to."""
    size = one.wanted.memory_mb if one.wanted else one.memory_mb
    below = [point for point in one.curve if size is not None and point.memory_mb < size]
    if not below:
        return ""
    next_one = max(below)
    if one.floor_mb is not None and next_one.memory_mb < one.floor_mb:
        return f"{next_one.memory_mb} MB are fewer than the {one.floor_mb:,.0f} MB that it may come to use"
    duration = next_one.duration_ms
    price = "" if next_one.usd_per_month is None else f", for {money(next_one.usd_per_month, one.currency)} a month"
    takes = f"{duration.estimate:,.0f} ms ({duration.low:,.0f} to {duration.high:,.0f})"
    return f"at {next_one.memory_mb} MB an invocation takes {takes}{price}"


def _if_wrong(one: Usage) -> str:
    if one.price_of_being_wrong_usd is None or one.wanted is None:
        return ""
    return f"it costs {money(one.price_of_being_wrong_usd, one.currency)} a month until the size is set back"


def drawn(one: Usage, width: int) -> Iterator[str]:
    """A line a size: the estimate, between the bounds within which nine of ten lie."""
    points = list(_chosen(one))
    bounds = [(max(point.duration_ms.low, 1e-3), max(point.duration_ms.high, 1e-3)) for point in points]
    most = max(high for _, high in bounds)
    marks = [_marks(point, one) for point in points]
    room = max(width - 46 - max(map(len, marks)), 16)
    yield f"  {'memory':>8}  {'time':>9}  {'0':<{room - 8}}{most:>5,.0f} ms  {'a month':>10}"
    for point, mark in zip(points, marks, strict=True):
        low, middle, high = (
            min(int(value / most * (room - 1)), room - 1)
            for value in (point.duration_ms.low, point.duration_ms.estimate, point.duration_ms.high)
        )
        line = "".join("●" if at == middle else "─" if low <= at <= high else " " for at in range(room))
        price = money(point.usd_per_month, one.currency)
        yield f"  {point.memory_mb:>5} MB  {point.duration_ms.estimate:>6,.0f} ms  {line}  {price:>10}  {mark}".rstrip()


def _marks(point: Point, one: Usage) -> str:
    said = ["now"] if point.memory_mb == one.memory_mb else []
    said += [goal for goal, wanted in one.recommendations.items() if wanted and wanted.memory_mb == point.memory_mb]
    if one.floor_mb is not None and point.memory_mb < one.floor_mb:
        said.append("too small for what it uses")
    if point.memory_mb == FULL_CPU_MB:
        said.append("a whole CPU")
    return ", ".join(said)


def _chosen(one: Usage) -> Iterator[Point]:
    """All sizes, or some of them: those that are spoken of among these."""
    spoken = {one.memory_mb, FULL_CPU_MB, *(wanted.memory_mb for wanted in one.recommendations.values() if wanted)}
    others = [point for point in one.curve if point.memory_mb not in spoken]
    room = LINES - (len(one.curve) - len(others))
    step = max(len(others) / max(room, 1), 1)
    kept = {id(others[int(number * step)]) for number in range(room) if int(number * step) < len(others)}
    yield from (point for point in one.curve if point.memory_mb in spoken or id(point) in kept)
