"""Numbers of functions from a CSV or Parquet file, for those whose data lies in Datadog, Athena or a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, nan
from typing import Any, TextIO

from lambdalint.errors import WrongUse, nearest

NEEDED = ("function", "memory_mb", "invocations", "mean_ms")
TEXTS = ("function", "account", "region", "architecture", "runtime", "package_type", "first_day", "last_day")
MOST = {
    "memory_mb": 10_240,
    "current_memory_mb": 10_240,
    "ephemeral_storage_mb": 10_240,
    "mean_ms": 900_000,
    "mean_billed_ms": 1_800_000,
    "init_billed": 1,
}
"""What is above was measured in another unit, or not at all."""
NUMBERS = (
    *("memory_mb", "current_memory_mb", "invocations", "mean_ms", "mean_billed_ms", "cold_starts", "mean_init_ms"),
    *("init_billed", "days", "provisioned_concurrency", "snapshots", "ephemeral_storage_mb", "streamed_mb", "log_kb"),
)
ABSURD = 1e15
"""More than this there is of nothing."""
Row = dict[str, Any]
"""Each of `TEXTS` and `NUMBERS`: empty or NaN where not known."""


def read(path: str) -> list[Row]:
    """One row a function and memory size. Raises `WrongUse` with the line of what is wrong."""
    try:
        if path.endswith((".parquet", ".pq")):
            return [_row(path, number, raw) for number, raw in enumerate(_parquet(path), 1)]
        with open(path, encoding="utf-8-sig", newline="") as stream:
            return list(_csv(path, stream))
    except OSError as error:
        raise WrongUse(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise WrongUse(f"{path}: this is no CSV: it is not UTF-8") from None


def _csv(path: str, stream: TextIO) -> Iterator[Row]:
    reader = csv.DictReader(stream, strict=True)
    line = 0  # of what was understood last: a quote that is not closed goes on to the end
    try:
        _check_columns(path, reader.fieldnames or ())
        line = reader.line_num
        for raw in reader:
            yield _row(path, line + 1, raw)
            line = reader.line_num
    except csv.Error as error:
        raise WrongUse(f"{path}:{line + 1}: this is no CSV: {error}") from None


def _parquet(path: str) -> Iterator[Mapping[str, Any]]:
    try:
        import pandas as pd
    except ModuleNotFoundError:
        raise WrongUse(f"{path}: Parquet is read by pandas: pip install 'lambdalint[aws]'") from None
    with open(path, "rb"):
        pass  # says what is wrong with the path
    try:
        table = pd.read_parquet(path)
    except ImportError:
        raise WrongUse(f"{path}: pandas reads Parquet with pyarrow: pip install pyarrow") from None
    except Exception as error:  # whatever reads it has errors of its own
        raise WrongUse(f"{path}: this is no Parquet: {' '.join(str(error).split())}") from None
    _check_columns(path, [str(name) for name in table.columns])
    for row in table.to_dict("records"):
        yield {name: "" if value is None or value != value else value for name, value in row.items()}


def _check_columns(path: str, names: Sequence[str]) -> None:
    for needed in NEEDED:
        if needed not in names:
            close = nearest(needed, list(names))
            raise WrongUse(f'{path}:1: there is no column "{needed}"{close}; needed are {", ".join(NEEDED)}')


def _row(path: str, line: int, raw: Mapping[str, Any]) -> Row:
    if None in raw:
        raise WrongUse(f"{path}:{line}: this row has more fields than the first one")
    row: Row = {name: str(raw.get(name) or "").strip() for name in TEXTS}
    row |= {name: _number(f"{path}:{line}", name, raw.get(name)) for name in NUMBERS}
    for needed in NEEDED:
        if row[needed] == "" or row[needed] != row[needed]:
            raise WrongUse(f"{path}:{line}: {needed} must be stated")
    return row


def _number(place: str, name: str, value: object) -> float:
    text = str("" if value is None else value).strip()
    if text == "" or text.lower() == "nan":
        return nan
    try:
        number = float(text)
    except ValueError:
        raise WrongUse(f'{place}: {name} must be a number, and is "{text}"') from None
    if not isfinite(number) or number < 0:
        raise WrongUse(f"{place}: {name} must be 0 or more, and is {text}")
    most = MOST.get(name, ABSURD)
    if number > most:
        raise WrongUse(f"{place}: {name} is {most:,.0f} at most, and is {text}: another unit?")
    if name in ("memory_mb", "days") and number == 0:
        raise WrongUse(f"{place}: {name} must be more than 0")
    return number
