"""What an account did and what is known of it: one SQLite file. See docs/snapshot.md for what is in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, get_type_hints

from lambdalint.errors import WrongUse

VERSION = 1
STATUSES = ("complete", "partial", "denied", "disabled", "failed")


class Scope(NamedTuple):
    """What was asked of an account, and what came of it. What has no row was never asked: that is not "nothing"."""

    account: str
    region: str
    api: str
    part: str = ""
    status: str = "complete"
    detail: str = ""
    updated: str = ""


class FunctionRow(NamedTuple):
    """A function and its settings; None where a setting is not known. Lists and tags are JSON. No variable's value."""

    account: str
    region: str
    name: str
    arn: str = ""
    runtime: str = ""
    architecture: str = ""
    memory_mb: int | None = None
    timeout_s: float | None = None
    package_type: str = ""
    handler: str = ""
    code_sha256: str = ""
    code_bytes: int | None = None
    last_modified: str = ""
    snap_start: str = ""
    ephemeral_storage_mb: int | None = None
    provisioned_concurrency: int | None = None
    reserved_concurrency: int | None = None
    tracing: str = ""
    log_format: str = ""
    environment_names: str = "[]"
    layers: str = "[]"
    tags: str = "{}"
    event_sources: str = "[]"
    url: str = ""
    versions: str = "[]"
    aliases: str = "[]"
    managed_instances: int = 0


class UsageRow(NamedTuple):
    """Sums of a function at one memory size on one day. Durations are without starts."""

    account: str
    region: str
    function: str
    memory_mb: int
    day: str
    invocations: int = 0
    cold_starts: int = 0
    errors: int = 0
    timeouts: int = 0
    out_of_memory: int = 0
    duration_ms: float = 0.0
    duration_ms_squared: float = 0.0
    billed_ms: float = 0.0
    billed_mb_ms: float = 0.0
    init_ms: float = 0.0
    init_billed: int = 0
    restore_ms: float = 0.0
    max_memory_used_mb: float = 0.0


class HistogramRow(NamedTuple):
    """How many durations fell into a bin: `ceil(ln(ms) / ln(1.02))`."""

    account: str
    region: str
    function: str
    memory_mb: int
    day: str
    bin: int
    count: int  # type: ignore[assignment]  # as the column is called; nobody counts in a row


class MetricRow(NamedTuple):
    """One statistic of one CloudWatch metric on one day."""

    account: str
    region: str
    function: str
    day: str
    metric: str
    statistic: str
    value: float


class TraceRow(NamedTuple):
    """Sums of what X-Ray sampled on one day."""

    account: str
    region: str
    function: str
    day: str
    invocations: int = 0
    invocation_ms: float = 0.0
    remote_ms: float = 0.0
    init_ms: float = 0.0


class InsightRow(NamedTuple):
    """Sums of what Lambda Insights measured on one day at one memory size."""

    account: str
    region: str
    function: str
    memory_mb: int
    day: str
    invocations: int = 0
    cpu_ms: float = 0.0
    duration_ms: float = 0.0
    max_memory_used_mb: float = 0.0


class _Table(NamedTuple):
    row: type[Any]
    name: str
    key: int
    """How many of the columns, from the first, tell rows apart."""


_TABLES = (
    _Table(Scope, "scope", 4),
    _Table(FunctionRow, "functions", 3),
    _Table(UsageRow, "usage", 5),
    _Table(HistogramRow, "histogram", 6),
    _Table(MetricRow, "metrics", 6),
    _Table(TraceRow, "traces", 4),
    _Table(InsightRow, "insights", 5),
)
_NAMES = {table.row: table.name for table in _TABLES}
_SQL_TYPES: dict[Any, str] = {
    str: "TEXT NOT NULL",
    int: "INTEGER NOT NULL",
    float: "REAL NOT NULL",
    int | None: "INTEGER",
    float | None: "REAL",
}
Row = TypeVar("Row", Scope, FunctionRow, UsageRow, HistogramRow, MetricRow, TraceRow, InsightRow)


class Snapshot:
    """An open snapshot. Used with `with`, it is closed at the end, and what was written is kept."""

    def __init__(self, path: str, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Keep what was written, and close the file."""
        self._connection.commit()
        self._connection.close()

    def write(
        self, rows: Iterable[Scope | FunctionRow | UsageRow | HistogramRow | MetricRow | TraceRow | InsightRow]
    ) -> None:
        """Write rows, all or none. One that tells of what an earlier one told of takes its place."""
        with self._connection:
            for row in rows:
                marks = ", ".join("?" * len(row))
                self._connection.execute(f"INSERT OR REPLACE INTO {_NAMES[type(row)]} VALUES ({marks})", row)

    def read(self, kind: type[Row]) -> Iterator[Row]:
        """All rows of a kind, in the order of what tells them apart."""
        columns = ", ".join(kind._fields)
        key = ", ".join(kind._fields[: next(table.key for table in _TABLES if table.row is kind)])
        try:
            for row in self._connection.execute(f"SELECT {columns} FROM {_NAMES[kind]} ORDER BY {key}"):
                yield kind(*row)
        except sqlite3.Error as error:
            raise WrongUse(f"{self.path}: this snapshot is damaged ({error}); collect it anew") from None

    def forget(self, kind: type[Row], account: str, region: str) -> None:
        """Remove all rows of a kind of an account in a region."""
        with self._connection:
            self._connection.execute(f"DELETE FROM {_NAMES[kind]} WHERE account = ? AND region = ?", (account, region))

    def put(self, key: str, value: str) -> None:
        """Note something of the snapshot as a whole."""
        with self._connection:
            self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def get(self, key: str) -> str:
        """What was noted; `""` if nothing was."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def status(self, account: str, region: str, api: str, part: str = "") -> str:
        """What came of asking; `""` where it was never asked."""
        row = self._connection.execute(
            "SELECT status FROM scope WHERE account = ? AND region = ? AND api = ? AND part = ?",
            (account, region, api, part),
        ).fetchone()
        return str(row[0]) if row else ""


def create(path: str) -> Snapshot:
    """A new snapshot, or the one that is there, to be written on. Raises `WrongUse` where there can be none."""
    if os.path.exists(path) and os.path.getsize(path):
        return open_snapshot(path, writable=True)
    try:
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
            for table in _TABLES:
                connection.execute(_create(table))
            connection.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.Error as error:
        raise WrongUse(f"{path}: a snapshot cannot be written here ({error})") from None
    return Snapshot(path, connection)


def open_snapshot(path: str, writable: bool = False) -> Snapshot:
    """A snapshot that is there. Raises `WrongUse` where there is none, or one of a newer lambdalint."""
    if not os.path.isfile(path):
        raise WrongUse(f"{path}: there is no such snapshot; `lambdalint collect` makes one")
    mode = "rw" if writable else "ro"
    try:
        connection = _connect(path, mode)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        raise WrongUse(f"{path}: this is no snapshot; `lambdalint collect` makes one") from None
    if version > VERSION:
        connection.close()
        raise WrongUse(f"{path}: this snapshot was made by a newer lambdalint; update lambdalint to read it")
    if version < 1 or not names.issuperset(_NAMES.values()):
        connection.close()
        raise WrongUse(f"{path}: this is no snapshot; `lambdalint collect` makes one")
    return Snapshot(path, connection)


def _connect(path: str, mode: str) -> sqlite3.Connection:
    address = Path(os.path.abspath(path)).as_uri()
    connection = sqlite3.connect(f"{address}?mode={mode}", uri=True)
    try:
        connection.execute("SELECT * FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # In a folder that cannot be written, the companions of WAL cannot be made: nobody else writes there either.
        connection.close()
        connection = sqlite3.connect(f"{address}?immutable=1", uri=True)
    return connection


def _create(table: _Table) -> str:
    columns = [f"{name} {_SQL_TYPES[kind]}" for name, kind in get_type_hints(table.row).items()]
    key = ", ".join(table.row._fields[: table.key])
    return f"CREATE TABLE {table.name} ({', '.join(columns)}, PRIMARY KEY ({key})) WITHOUT ROWID"
