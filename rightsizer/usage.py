"""The common table: one row is one function at one memory size, over the whole window."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from lambdalint.errors import WrongUse, nearest
from lambdalint.rightsizer.cells import Cell, Cells, Key, Processor, quantile
from lambdalint.rightsizer.logs import Logs, read_logs
from lambdalint.rightsizer.logs.seen import Seen
from lambdalint.snapshot import FunctionRow, HistogramRow, InsightRow, UsageRow, open_snapshot

if TYPE_CHECKING:
    import pandas

TEXTS = ("account", "region", "function", "architecture", "runtime", "package_type", "first_day", "last_day")
COLUMNS = tuple(
    """account region function architecture runtime package_type memory_mb current_memory_mb timeout_s invocations
    mean_ms sd_ms p50_ms p95_ms p99_ms mean_billed_ms billed_mb_ms max_memory_used_mb cold_starts mean_init_ms
    mean_restore_ms init_billed mean_cpu_ms errors timeouts out_of_memory days first_day last_day""".split()
)
REQUIRED = ("function", "memory_mb", "invocations", "mean_ms")
DAYS_OF_A_MONTH = 30.4
STRAY_SHARE = 0.01
"""Months with less than this share of all lines, and a gap to the others, are a clock's that went wrong."""


@dataclass(frozen=True)
class Usage:
    """The table, what there is to say of where it comes from, and of logs what was met in them."""

    table: pandas.DataFrame
    notices: list[str] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)


def from_logs(
    paths: Sequence[str],
    engine: str = "auto",
    *,
    function: str = "",
    account: str = "",
    region: str = "",
    days: float | None = None,
    jobs: int = 0,
    spark_master: str = "",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Usage:
    """Of REPORT lines; `days` is how long a time they are of, where they do not tell."""
    logs = read_logs(
        paths,
        engine,
        function=function,
        account=account,
        region=region,
        jobs=jobs,
        spark_master=spark_master,
        progress=progress,
    )
    return of_logs(logs, days)


def of_logs(logs: Logs, days: float | None = None) -> Usage:
    """The table of what was read of logs."""
    seen = logs.seen
    notices = [*dict.fromkeys(seen.notices)]
    first, last = _window(seen, notices)
    if days is None and first and seen.undated <= sum(number for number, _, _ in seen.months.values()):
        days = (_hours(last) - _hours(first) + 1) / 24
    if seen.undated and days is None:
        notices.append("most lines do not tell when they were written: state how many days they are of")
    elif seen.undated:
        notices.append(f"{seen.undated:,} reports do not tell when they were written; they are counted all the same")
    if seen.invocations and any(not key.function for key in logs.cells.table):
        number = sum(cell.invocations for key, cell in logs.cells.table.items() if not key.function)
        notices.append(f"{number:,} reports do not tell of which function they are: name it")
    if seen.unparsed:
        notices.append(f"{seen.unparsed:,} of {seen.reports:,} lines that look like reports could not be read")
    if seen.duplicates:
        notices.append(f"{seen.duplicates:,} reports stood in a file twice and count once")
    if seen.rounded:
        notices.append(f"{seen.rounded:,} reports were billed in steps of 100 ms, as before December 2020")
    rows = []
    current = _latest(logs.cells)
    for key, cell in logs.cells:
        row = _row(key, cell, logs.cells.processors.get(key))
        row["current_memory_mb"] = current[key[:3]]
        row["days"] = math.nan if days is None else days
        row["first_day"], row["last_day"] = cell.first_hour[:10], cell.last_hour[:10]
        rows.append(row)
    return Usage(table_of(rows), notices, seen)


def from_snapshot(path: str) -> Usage:
    """Of what was collected from accounts."""
    with open_snapshot(path) as snapshot:
        functions = {(row.account, row.region, row.name): row for row in snapshot.read(FunctionRow)}
        cells, first, last = Cells(), snapshot.get("first_day"), snapshot.get("last_day")
        stated = bool(first and last)
        for usage in snapshot.read(UsageRow):
            _add_usage(cells, usage)
            if not stated:
                first, last = min(first or usage.day, usage.day), max(last, usage.day)
        for one in snapshot.read(HistogramRow):
            bins = cells.at(Key(one.account, one.region, one.function, one.memory_mb, "")).bins
            bins[one.bin] = bins.get(one.bin, 0) + one.count
        for insight in snapshot.read(InsightRow):
            key = Key(insight.account, insight.region, insight.function, insight.memory_mb, "")
            cells.processor(key).add(Processor(*insight[5:]))
    days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1 if first and last else math.nan
    rows = []
    for key, cell in cells:
        if not cell.invocations:
            continue
        row = _row(key, cell, cells.processors.get(key))
        settings = functions.get((key.account, key.region, key.function))
        row |= _settings(settings) if settings else {}
        row |= {"days": days, "first_day": cell.first_hour[:10], "last_day": cell.last_hour[:10]}
        rows.append(row)
    return Usage(table_of(rows))


def from_numbers(path: str) -> Usage:
    """Of a table that someone else's data was put into: CSV or Parquet with at least `REQUIRED` as columns.

    Invocations are those of a month, unless a column `days` says of how many days they are.
    """
    import pandas

    try:
        is_parquet = path.lower().endswith((".parquet", ".pq"))
        table = pandas.read_parquet(path) if is_parquet else pandas.read_csv(path, dtype=object, keep_default_na=True)
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read ({error.strerror or error})") from None
    except ImportError:
        raise WrongUse(f"{path}: to read Parquet, install pyarrow: pip install pyarrow") from None
    except Exception as error:  # of pandas and pyarrow, which have many
        raise WrongUse(f"{path}: cannot be read as a table ({str(error).splitlines()[0]})") from None
    table.columns = [str(name).strip().lower() for name in table.columns]
    for name in REQUIRED:
        if name not in table.columns:
            raise WrongUse(f"{path}: there is no column {name}{nearest(name, list(table.columns))}")
    unknown = [name for name in table.columns if name not in COLUMNS]
    notices = [f"{path}: columns that say nothing to lambdalint: {', '.join(unknown)}"] if unknown else []
    table = table[[name for name in table.columns if name in COLUMNS]].reset_index(drop=True)
    for name in table.columns:
        if name in TEXTS:
            table[name] = table[name].fillna("").astype(str).str.strip()
        else:
            _to_numbers(path, table, name)
    kept = _possible(path, table, notices)
    return Usage(_completed(kept), notices)


def table_of(rows: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
    """The table with all its columns: texts that are not known are empty, numbers NaN."""
    import pandas

    rows = list(rows)
    columns = {}
    for name in COLUMNS:
        if name in TEXTS:
            columns[name] = pandas.Series([row.get(name, "") for row in rows], dtype=object)
        else:
            columns[name] = pandas.Series([row.get(name, math.nan) for row in rows], dtype="float64")
    return pandas.DataFrame(columns)


def _row(key: Key, cell: Cell, measured: Processor | None) -> dict[str, Any]:
    number, cold = cell.invocations, cell.cold_starts
    variance = (cell.duration_ms_squared - cell.duration_ms**2 / number) / (number - 1) if number > 1 else math.nan
    return {
        **key._asdict(),
        "invocations": number,
        "mean_ms": cell.duration_ms / number,
        "sd_ms": math.sqrt(max(variance, 0.0)) if number > 1 else math.nan,
        "p50_ms": quantile(cell.bins, 0.5),
        "p95_ms": quantile(cell.bins, 0.95),
        "p99_ms": quantile(cell.bins, 0.99),
        "mean_billed_ms": cell.billed_ms / number,
        "billed_mb_ms": cell.billed_mb_ms,
        "max_memory_used_mb": cell.max_memory_used_mb or math.nan,
        "cold_starts": cold,
        "mean_init_ms": cell.init_ms / cold if cold and cell.init_ms else math.nan,
        "mean_restore_ms": cell.restore_ms / cold if cold and cell.restore_ms else math.nan,
        "init_billed": cell.init_billed / cold if cold and cell.init_ms else math.nan,
        "mean_cpu_ms": measured.cpu_ms / measured.invocations if measured and measured.invocations else math.nan,
        "errors": cell.errors,
        "timeouts": cell.timeouts,
        "out_of_memory": cell.out_of_memory,
    }


def _settings(function: FunctionRow) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "architecture": function.architecture,
        "runtime": function.runtime,
        "package_type": function.package_type,
    }
    if function.memory_mb is not None:
        settings["current_memory_mb"] = function.memory_mb
    if function.timeout_s is not None:
        settings["timeout_s"] = function.timeout_s
    return settings


def _add_usage(cells: Cells, usage: UsageRow) -> None:
    cell = Cell(*usage[5:17], max_memory_used_mb=usage.max_memory_used_mb)
    if usage.day:
        cell.saw(f"{usage.day}T00", f"{usage.day}T23")
    cells.at(Key(usage.account, usage.region, usage.function, usage.memory_mb, "")).add(cell)


def _latest(cells: Cells) -> dict[tuple[str, str, str], int]:
    """The memory size that each function had last; of sizes at once, that of most invocations."""
    sizes: defaultdict[tuple[str, str, str], list[tuple[str, int, int]]] = defaultdict(list)
    for key, cell in cells:
        sizes[key[:3]].append((cell.last_hour, cell.invocations, key.memory_mb))
    return {name: max(some)[2] for name, some in sizes.items()}


def _window(seen: Seen, notices: list[str]) -> tuple[str, str]:
    """The first and the last hour of all lines, without months that a wrong clock brought."""
    kept = _without_strays(seen.months)
    strays = sorted(seen.months.keys() - kept)
    if strays:
        notices.append(f"{', '.join(strays[:3])}: far from all other days, and hardly any lines; no part of the window")
    hours = [seen.months[month][1:] for month in kept]
    return min((first for first, _ in hours), default=""), max((last for _, last in hours), default="")


def _without_strays(months: Mapping[str, tuple[int, str, str]]) -> set[str]:
    """Months in runs without a gap, of which those with hardly any lines are left out."""
    runs: list[list[str]] = []
    for month in sorted(months):
        if runs and _ordinal(month) - _ordinal(runs[-1][-1]) <= 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    total = sum(number for number, _, _ in months.values())
    return {one for run in runs if sum(months[one][0] for one in run) >= STRAY_SHARE * total for one in run}


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def _hours(hour: str) -> int:
    return date.fromisoformat(hour[:10]).toordinal() * 24 + int(hour[11:13])


def _to_numbers(path: str, table: pandas.DataFrame, name: str) -> None:
    import pandas

    numbers = pandas.to_numeric(table[name], errors="coerce").astype("float64")
    for index in table.index[numbers.isna() & table[name].notna()]:
        raise WrongUse(f'{path}:{index + 2}: {name} is no number: "{table[name][index]}"')
    table[name] = numbers


def _possible(path: str, table: pandas.DataFrame, notices: list[str]) -> pandas.DataFrame:
    """The rows that can be: with a function, a memory size that Lambda has, and no negative number."""
    import numpy

    numbers = table[[name for name in table.columns if name not in TEXTS]]
    wrong = ((numbers < 0) | numpy.isinf(numbers)).any(axis=1) | numbers[[*REQUIRED[1:]]].isna().any(axis=1)
    wrong |= (table["function"] == "") | ~table["memory_mb"].between(128, 32_768) | (table["invocations"] == 0)
    for index in table.index[wrong][:3]:
        notices.append(f"{path}:{index + 2}: left out, for its numbers cannot be or are missing")
    if wrong.sum() > 3:
        notices.append(f"{path}: {int(wrong.sum()):,} such rows in all")
    return table[~wrong].reset_index(drop=True)


def _completed(table: pandas.DataFrame) -> pandas.DataFrame:
    """All columns, and what follows from others where it is not stated."""
    import pandas

    whole = pandas.DataFrame(index=table.index)
    for name in COLUMNS:
        missing = pandas.Series([""] * len(table), dtype=object) if name in TEXTS else math.nan
        whole[name] = table[name] if name in table.columns else missing
        if name not in TEXTS:
            whole[name] = whole[name].astype("float64")
    billed = whole["mean_billed_ms"].fillna(whole["mean_ms"])
    whole["billed_mb_ms"] = whole["billed_mb_ms"].fillna(billed * whole["invocations"] * whole["memory_mb"])
    names = ["account", "region", "function"]
    busiest = whole.sort_values("invocations").groupby(names)["memory_mb"].transform("last")
    stated = whole.groupby(names)["current_memory_mb"].transform("first")
    whole["days"] = whole["days"].fillna(DAYS_OF_A_MONTH)
    whole["current_memory_mb"] = whole["current_memory_mb"].fillna(stated).fillna(busiest)
    return whole
