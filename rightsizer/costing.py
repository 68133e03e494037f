"""What functions cost in a month: from what they did, or from templates and the traffic that is assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import nan
from typing import Any, NamedTuple

import numpy as np

from lambdalint.model import Function
from lambdalint.model.template import Setting
from lambdalint.report import Cost, CostChange, CostDiff, Costs
from lambdalint.rightsizer.figures import Row
from lambdalint.rightsizer.metering import Use, init_billed
from lambdalint.rightsizer.pricing import PARTS, Prices
from lambdalint.rightsizer.traffic import Traffic

DAYS_PER_MONTH = 30.4
NAMED = 5
"""So many functions are named in a notice; the others are counted."""
DEFAULT_ARCHITECTURE = "x86_64"


class Told:
    """Notices about functions, one line for all those of which the same is to be said."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def say(self, what: str, name: str) -> None:
        self._names.setdefault(what, []).append(name)

    def lines(self) -> Iterator[str]:
        for what, names in self._names.items():
            each = list(dict.fromkeys(names))
            more = f" and {len(each) - NAMED} more" if len(each) > NAMED else ""
            yield f"{', '.join(each[:NAMED])}{more}: {what}"


class _Line(NamedTuple):
    """One function, at one memory size: what is said of it, and what is priced of it."""

    cost: Cost
    use: Mapping[str, Any]
    """Fields of `Use`; empty where there is nothing to price."""


def from_templates(
    functions: Sequence[Function], traffic: Traffic, prices: Prices, *, region: str = "", free_tier: bool = False
) -> Costs:
    """What the functions of templates will cost with the traffic assumed."""
    told = Told()
    wanted = [one for one in functions if not one.generated or traffic.names(one.logical_id, one.name)]
    lines = [_of_template(one, traffic, prices, region, told) for one in wanted]
    return _costs(lines, prices, "templates", free_tier, list(told.lines()))


def _of_template(function: Function, traffic: Traffic, prices: Prices, region: str, told: Told) -> _Line:
    said = traffic.of(function.logical_id, function.name)
    name = function.name
    memory = said.get("memory_mb", _known(function.memory_mb, function.default_memory_mb))
    architecture = said.get("architecture", _architecture(function))
    cost = Cost(
        name,
        said.get("region", region),
        said.get("account", ""),
        architecture or "",
        memory,
        said.get("invocations_per_month"),
        place=f"{function.location.path}:{function.location.line}",
    )
    without = (
        (function.managed_instances, "runs on Managed Instances, which are not billed by duration"),
        ("invocations_per_month" not in said, f"no traffic is assumed: name it in {traffic.path}"),
        ("mean_ms" not in said, f"how long it runs is not assumed: say mean_ms in {traffic.path}"),
        (memory is None, f"its memory is not known: say memory_mb in {traffic.path}"),
        (architecture is None, f"its architecture is not known: say architecture in {traffic.path}"),
        (not cost.region and not said.get("edge"), "its region is not known: name it with --region"),
    )
    for is_so, why in without:
        if is_so:
            told.say(f"no figure: {why}", name)
            return _Line(cost, {})
    return _Line(cost, _stated(function, said, prices, told) | {"memory_mb": memory, "architecture": architecture})


def _stated(function: Function, said: Mapping[str, Any], prices: Prices, told: Told) -> dict[str, Any]:
    """What the template says of it, unless the traffic says otherwise."""
    runtime = _known(function.runtime, "") or ""
    image = _known(function.package_type, "") == "Image" or (
        function.code is not None and function.code.kind == "image"
    )
    settings = {
        "provisioned_concurrency": (function.provisioned_concurrency, 0),
        "ephemeral_storage_mb": (function.ephemeral_storage_mb, 512),
    }
    use: dict[str, Any] = {}
    for key, (setting, default) in settings.items():
        value = said.get(key, _known(setting, default))
        if value is None:
            told.say(f"{key} is not known, and left out: say it in the file of the traffic", function.name)
        use[key] = default if value is None else value
    snap_start = _known(function.snap_start, "None")
    if snap_start is None:
        told.say("whether it has SnapStart is not known, and taken for no", function.name)
    snapped = snap_start == "PublishedVersions"
    invocations = said["invocations_per_month"]
    share = said.get("provisioned_share", 1) if use["provisioned_concurrency"] else 0
    passed_on = ("mean_ms", "provisioned_hours", "provisioned_share", "streamed_mb", "log_kb", "edge")
    return (
        use
        | {key: said[key] for key in passed_on if key in said}
        | {
            "invocations_per_month": invocations,
            "cold_starts_per_month": invocations * (1 - share) * said.get("cold_start_share", 0),
            "mean_init_ms": said.get("init_ms", 0),
            "init_billed": init_billed(runtime, "Image" if image else "Zip", snap_start=snapped),
            "snapshots": said.get("snapshots", 1) if snapped and prices.charges_snapshots(runtime) else 0,
        }
    )


def _known(setting: Setting[Any] | None, default: Any) -> Any:
    """What is stated, or the default; None where only a deployment knows."""
    if setting is None:
        return default
    return None if setting.optional else setting.known


def _architecture(function: Function) -> str | None:
    stated = _known(function.architectures, (DEFAULT_ARCHITECTURE,))
    return str(stated[0]) if stated is not None and len(stated) == 1 else None


def from_rows(
    rows: Iterable[Row], prices: Prices, *, region: str = "", days: float = nan, free_tier: bool = False
) -> Costs:
    """What functions did, reckoned for a month. `days`: how long a window rows are of that do not say so."""
    told = Told()
    rows = list(rows)
    main: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        key = (row["account"], row["region"], row["function"])
        main[key] = max(main.get(key, row), row, key=_is_current)
    standing = {id(row) for row in main.values()}
    lines = [_of_row(row, prices, region, days, told, id(row) in standing) for row in rows]
    return _costs(lines, prices, "usage", free_tier, list(told.lines()))


def _is_current(row: Row) -> tuple[bool, float]:
    """Of the rows of a function, the greatest is the one of the size that it has, as far as that is known."""
    return row["memory_mb"] == row["current_memory_mb"], row["invocations"]


def _of_row(row: Row, prices: Prices, region: str, days: float, told: Told, stands: bool) -> _Line:
    """`stands`: what is paid for all month is counted at this size."""
    name, runtime = row["function"], row["runtime"]
    edge = name.startswith("us-east-1.")
    window = row["days"] if row["days"] == row["days"] else days
    if window != window:
        told.say("its rows do not say of how many days they are: taken for a month; --days says otherwise", name)
    times = DAYS_PER_MONTH / window if window == window else 1.0
    if not row["architecture"]:
        told.say(f"its architecture is not stated: taken for {DEFAULT_ARCHITECTURE}", name)
    cost = Cost(
        name,
        row["region"] or region,
        row["account"],
        row["architecture"] or DEFAULT_ARCHITECTURE,
        row["memory_mb"],
        row["invocations"] * times,
    )
    if not cost.region and not edge:
        told.say("no figure: its region is not stated: name it with --region", name)
        return _Line(cost, {})
    snapped = row["snapshots"] > 0
    billed = row["init_billed"]
    if billed != billed:
        billed = init_billed(runtime, row["package_type"] or "Zip", snap_start=snapped, day=_day(row["last_day"]))
    if billed < 1 and not snapped and row["cold_starts"] * row["mean_init_ms"] > 0:
        told.say("init was not billed yet when it ran; since 2025-08-01 it is, so it costs more now", name)
    use = {
        "memory_mb": row["memory_mb"],
        "architecture": cost.architecture,
        "invocations_per_month": cost.invocations_per_month,
        "mean_ms": row["mean_ms"],
        "mean_billed_ms": row["mean_billed_ms"],
        "cold_starts_per_month": _or(row["cold_starts"], 0) * times,
        "mean_init_ms": _or(row["mean_init_ms"], 0),
        "init_billed": billed,
        "snapshots": row["snapshots"] if snapped and prices.charges_snapshots(runtime) else 0,
        "provisioned_concurrency": _or(row["provisioned_concurrency"], 0),
        "ephemeral_storage_mb": _or(row["ephemeral_storage_mb"], 512),
        "streamed_mb": _or(row["streamed_mb"], 0),
        "log_kb": _or(row["log_kb"], 0),
        "edge": edge,
    }
    if not stands:
        use |= {"provisioned_hours": 0, "snapshot_hours": 0}
    return _Line(cost, use)


def _or(number: float, default: float) -> float:
    return number if number == number else default


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _costs(lines: Sequence[_Line], prices: Prices, basis: str, free_tier: bool, notices: list[str]) -> Costs:
    priced = [line for line in lines if line.use]
    costs = [line.cost for line in lines if not line.use]
    if priced:
        defaults = Use._field_defaults
        columns = {
            key: np.array([line.use.get(key, defaults.get(key)) for line in priced])
            for key in Use._fields
            if key not in ("region", "account")
        }
        bill = prices.monthly(
            Use(
                region=[line.cost.region for line in priced], account=[line.cost.account for line in priced], **columns
            ),
            free_tier=free_tier,
        )
        notices += bill.notices
        for index, line in enumerate(priced):
            parts = {part: _figure(getattr(bill, part)[index]) for part in PARTS}
            total, currency = _figure(bill.total[index]), str(bill.currency[index])
            costs.append(line.cost._replace(parts=parts, total=total, currency=currency if total is not None else ""))
    costs = list(_together(costs))
    costs.sort(key=lambda one: (one.total is None, one.currency != "USD", one.currency, -(one.total or 0), one.name))
    return Costs(costs, basis, [*prices.sources], free_tier, notices)


def _figure(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _together(costs: Iterable[Cost]) -> Iterator[Cost]:
    """Rows of one function at several sizes as one function."""
    groups: dict[tuple[str, ...], list[Cost]] = {}
    for one in costs:
        groups.setdefault((one.account, one.region, one.name, one.place), []).append(one)
    for group in groups.values():
        main = max(group, key=lambda one: one.invocations_per_month or 0)
        if len(group) > 1:
            parts = {part: _sum([one.parts.get(part) for one in group]) for part in PARTS}
            main = main._replace(
                invocations_per_month=_sum([one.invocations_per_month for one in group]),
                parts=parts,
                total=_sum([one.total for one in group]),
            )
        yield main


def _sum(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return sum(known) if len(known) == len(values) else None


def compared(before: Costs, after: Costs, notices: Sequence[str] = ()) -> CostDiff:
    """What changes from one to the other, function by function."""
    old, new = _by_key(before), _by_key(after)
    changes = [CostChange(key[-2], old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new])]
    changes = [one for one in changes if _differs(one)]
    changes.sort(key=lambda one: (one.change is None, -abs(one.change or 0), one.name))
    return CostDiff(changes, before, after, notices)


def _differs(one: CostChange) -> bool:
    """Without figures, what is known of it tells."""
    if one.change is not None:
        return one.before is None or one.after is None or abs(one.change) >= 1e-9
    return one.before is None or one.after is None or one.before._replace(place="") != one.after._replace(place="")


def _by_key(costs: Costs) -> dict[tuple[str, ...], Cost]:
    """Templates of two checkouts lie in other folders: of several functions with one name, the first is the first."""
    found: dict[tuple[str, ...], Cost] = {}
    for one in sorted(costs.functions, key=lambda one: one.place):
        number = 0
        while (key := (one.account, one.region, one.name, str(number))) in found:
            number += 1
        found[key] = one
    return found
