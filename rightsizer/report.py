"""From the table of usage, what is recommended and what it costs to what reporters and checks receive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import isnan, nan
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.check import Finding
from lambdalint.errors import WrongUse
from lambdalint.model import Location, Usage
from lambdalint.report import Cost, Fleet, Report, Sizing
from lambdalint.rightsizer import costing, figures, unused
from lambdalint.rightsizer.pricing import Prices
from lambdalint.rightsizer.sizing import Sized
from lambdalint.rightsizer.unused import Account, Key

if TYPE_CHECKING:
    from pandas import DataFrame

ARM64_DURATION = 0.956
"""The median of what the same work takes on arm64, as a share of what it takes on x86_64."""
DAYS_PER_MONTH = costing.DAYS_PER_MONTH
MOST_OF_THE_BILL = 0.8
LOG_BYTES_PER_KB = 1024
Row = dict[str, Any]
Bills = Mapping[Key, Cost]


class Source(NamedTuple):
    """What there is to go by."""

    rows: Sequence[Row]
    """Of the table of usage: one for each function and memory size."""
    account: Account = Account()
    region: str = ""
    """Of functions whose region is not stated."""


def complete(table: DataFrame, *, region: str, architecture: str) -> None:
    """Put in what stands in for what the table of usage does not state."""
    for name, value in (("region", region), ("architecture", architecture)):
        table.loc[table[name] == "", name] = value


def usages(source: Source, sized: Mapping[Key, Sized], prices: Prices, goal: str) -> tuple[list[Usage], Sequence[str]]:
    """Each function once, and what there is to say of their bills."""
    groups: dict[Key, list[Row]] = {}
    otherwise = set()
    for row in source.rows:
        key = key_of(row)
        if unused.is_billed_otherwise(source.account, key):
            otherwise.add(key[2])
        else:
            groups.setdefault(key, []).append(row)
    source = source._replace(rows=[row for rows in groups.values() for row in rows])
    bills, notices = _bills(source, prices)
    on_arm64, _ = _bills(source, prices, arm64=True)
    found = [_usage(key, rows, source, bills, on_arm64, sized.get(key), goal) for key, rows in groups.items()]
    found += [_idle(row, source.account, goal) for row in unused.never_ran(source.account, groups)]
    found.sort(key=lambda one: (-_saving(one), -(one.usd_per_month or 0), one.name, one.region))
    if otherwise:
        some = "a function" if len(otherwise) == 1 else f"{len(otherwise)} functions"
        left_out = f"{some} on Managed Instances left out: not billed by duration"
        notices = [*notices, left_out]
    return found, notices


def key_of(row: Mapping[str, Any]) -> Key:
    return row["account"], row["region"], row["function"]


def _bills(source: Source, prices: Prices, *, arm64: bool = False) -> tuple[Bills, Sequence[str]]:
    rows = [_billed(row, source.account, arm64) for row in source.rows]
    if arm64:
        rows = [row for row in rows if row["architecture"] == "arm64"]
    costs = costing.from_rows(rows, prices, region=source.region)
    return {(one.account, one.region, one.name): one for one in costs.functions}, costs.notices


def _billed(row: Row, account: Account, arm64: bool) -> figures.Row:
    """As it is priced: with what the account says of it, and on the other processor if that is asked."""
    billed: figures.Row = {name: row.get(name) or "" for name in figures.TEXTS}
    billed |= {name: row.get(name, nan) for name in figures.NUMBERS}
    billed["snapshots"] = 0.0
    key = key_of(row)
    function = account.functions.get(key)
    if function is not None:
        billed["provisioned_concurrency"] = _number(function.provisioned_concurrency)
        billed["ephemeral_storage_mb"] = _number(function.ephemeral_storage_mb)
        if function.snap_start == "PublishedVersions":
            billed["snapshots"] = float(max(len(unused.versions_of(function)), 1))
    logged = account.metrics.get(key, {}).get("log_bytes")
    runs = account.metrics.get(key, {}).get("invocations")
    if logged is not None and runs:
        billed["log_kb"] = logged / runs / LOG_BYTES_PER_KB
    if arm64 and row["architecture"] == "x86_64":
        billed["architecture"] = "arm64"
        for name in ("mean_ms", "mean_billed_ms"):
            billed[name] *= ARM64_DURATION
    return billed


def _usage(
    key: Key, rows: Sequence[Row], source: Source, bills: Bills, on_arm64: Bills, sized: Sized | None, goal: str
) -> Usage:
    main = max(rows, key=lambda row: (row["memory_mb"] == row["current_memory_mb"], row["invocations"]))
    runs = sum(row["invocations"] for row in rows)
    bill = bills.get(key)
    arm64 = on_arm64.get(key) if main["architecture"] == "x86_64" else None
    return Usage(
        name=key[2],
        location=place(key),
        account=key[0],
        region=key[1],
        architecture=main["architecture"],
        runtime=main["runtime"],
        package_type=main["package_type"],
        memory_mb=_whole(main["current_memory_mb"]) or _whole(main["memory_mb"]),
        timeout_s=_known(main["timeout_s"]),
        days=_known(main["days"]),
        invocations=runs,
        invocations_per_month=bill.invocations_per_month if bill else None,
        mean_ms=sum(row["mean_ms"] * row["invocations"] for row in rows) / runs if runs else None,
        p95_ms=_known(main["p95_ms"]),
        p99_ms=_known(main["p99_ms"]),
        max_memory_used_mb=max(filter(None, (_known(row["max_memory_used_mb"]) for row in rows)), default=None),
        cold_starts=_sum(rows, "cold_starts"),
        mean_init_ms=_known(main["mean_init_ms"]),
        errors=_sum(rows, "errors"),
        timeouts=_sum(rows, "timeouts"),
        out_of_memory=_sum(rows, "out_of_memory"),
        usd_per_month=bill.total if bill else None,
        currency=(bill.currency if bill else "") or "USD",
        parts=bill.parts if bill else {},
        arm64_usd_per_month=arm64.total if arm64 else None,
        goal=goal,
        **(sized._asdict() if sized else {}),
        **unused.known(source.account, key),
    )


def _idle(row: Any, account: Account, goal: str) -> Usage:
    """A function of the inventory that has no usage."""
    key: Key = (row.account, row.region, row.name)
    return Usage(
        name=row.name,
        location=place(key),
        account=row.account,
        region=row.region,
        architecture=row.architecture,
        runtime=row.runtime,
        package_type=row.package_type,
        memory_mb=row.memory_mb,
        timeout_s=row.timeout_s,
        days=account.days,
        invocations=unused.runs_of(account, key),
        goal=goal,
        **unused.known(account, key),
    )


def place(key: Key) -> Location:
    """Where its findings stand: a function has no file, but `per-file-ignores` and baselines need a path."""
    return Location("/".join(filter(None, key)))


def sizing(
    functions: Sequence[Usage],
    findings: Report,
    *,
    goal: str,
    basis: str,
    prices: Sequence[str],
    notices: Sequence[str],
    incomplete: bool,
) -> Sizing:
    """All of it, with the totals."""
    return Sizing(functions, fleet(functions, findings.findings), findings, goal, basis, prices, notices, incomplete)


def fleet(functions: Sequence[Usage], findings: Iterable[Finding]) -> Fleet:
    """All functions together."""
    priced = [one for one in functions if one.usd_per_month is not None and one.currency == "USD"]
    total = sum(one.usd_per_month or 0 for one in priced)
    return Fleet(
        functions=len(functions),
        usd_per_month=total,
        saving_usd_per_month=sum(_saving(one) for one in priced),
        savings=_savings(findings),
        evidence=dict(sorted(Counter(one.evidence for one in functions).items())),
        few=list(_few(priced, total)),
        unused=[one.name for one in functions if one.is_unused],
        oversized=[one.name for one in functions if _is_oversized(one)],
        without_figure=len(functions) - len(priced),
    )


def _savings(findings: Iterable[Finding]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for found in findings:
        if found.status == "new" and found.cost is not None and found.cost.usd_per_month:
            sums[found.name] = sums.get(found.name, 0.0) + found.cost.usd_per_month
    return dict(sorted(sums.items(), key=lambda one: -one[1]))


def _few(priced: Sequence[Usage], total: float) -> Iterator[str]:
    reached = 0.0
    for one in sorted(priced, key=lambda one: -(one.usd_per_month or 0)):
        if reached >= MOST_OF_THE_BILL * total:
            return
        reached += one.usd_per_month or 0
        yield one.name


def _is_oversized(one: Usage) -> bool:
    return one.wanted is not None and one.memory_mb is not None and one.wanted.memory_mb < one.memory_mb


def _saving(one: Usage) -> float:
    return one.wanted.saving_usd_per_month if one.wanted else 0.0


def _known(number: float | None) -> float | None:
    return None if number is None or isnan(number) else float(number)


def _number(number: float | None) -> float:
    return nan if number is None else float(number)


def _whole(number: float) -> int | None:
    return None if isnan(number) else round(number)


def _sum(rows: Iterable[Row], name: str) -> float | None:
    """None where no row knows it."""
    numbers = [number for row in rows if (number := _known(row[name])) is not None]
    return sum(numbers) if numbers else None


def write_parquet(columns: Sequence[str], rows: Iterable[Sequence[Any]], path: str) -> None:
    """A table to a file. Raises `WrongUse` where that cannot be."""
    import pandas as pd

    try:
        pd.DataFrame(list(rows), columns=list(columns)).to_parquet(path, index=False)
    except ImportError:
        raise WrongUse(f"{path}: pandas writes Parquet with pyarrow: pip install pyarrow") from None
    except OSError as error:
        raise WrongUse(f"{path}: cannot be written: {error.strerror or error}") from None
