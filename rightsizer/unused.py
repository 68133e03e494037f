"""What a snapshot tells beside usage: settings, what invokes a function, and what was not to be had."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from lambdalint.snapshot import FunctionRow, MetricRow, Scope, Snapshot, TraceRow

Key = tuple[str, str, str]
"""Account, region, name."""
LACKING = ("partial", "denied", "failed")
USED = ("usage", "metrics")
"""The parts that tell whether a function ran."""
EDGE_REPLICA = "us-east-1."
TRACES_AT_LEAST = 20
"""Fewer invocations say little of where the time goes."""
_METRICS = {
    ("Invocations", "Sum"): "invocations",
    ("Throttles", "Sum"): "throttles",
    ("IteratorAge", "Maximum"): "iterator_age_ms",
    ("AsyncEventAge", "Maximum"): "async_age_ms",
    ("ProvisionedConcurrencyUtilization", "Maximum"): "provisioned_use",
    ("IncomingBytes", "Sum"): "log_bytes",
}
_SUMS = ("invocations", "throttles", "log_bytes")


class Account(NamedTuple):
    """All that a snapshot knows of functions, by what tells these apart."""

    functions: Mapping[Key, FunctionRow] = MappingProxyType({})
    metrics: Mapping[Key, Mapping[str, float]] = MappingProxyType({})
    waiting: Mapping[Key, float] = MappingProxyType({})
    complete: frozenset[tuple[str, str]] = frozenset()
    """Accounts and regions of which all was to be had, also whether functions ran."""
    lacking: tuple[str, ...] = ()
    """What was not, a line each."""
    days: float | None = None


def read(snapshot: Snapshot) -> Account:
    """Of an open snapshot."""
    scopes = list(snapshot.read(Scope))
    return Account(
        {(one.account, one.region, one.name): one for one in snapshot.read(FunctionRow)},
        _metrics(snapshot.read(MetricRow)),
        _waiting(snapshot.read(TraceRow)),
        frozenset(_complete(scopes)),
        tuple(_lacking(scopes)),
        _days(snapshot.get("first_day"), snapshot.get("last_day")),
    )


def _complete(scopes: list[Scope]) -> Iterator[tuple[str, str]]:
    bad = {(one.account, one.region) for one in scopes if one.status in LACKING}
    for one in scopes:
        if one.status == "complete" and one.part in USED and (one.account, one.region) not in bad:
            yield one.account, one.region


def _lacking(scopes: Iterable[Scope]) -> Iterator[str]:
    for one in scopes:
        if one.status in LACKING:
            where = "/".join(filter(None, (one.account, one.region))) or "the account"
            what = " ".join(filter(None, (one.api, one.part)))
            yield f"{where}: {what} is {one.status}{f' ({one.detail})' if one.detail else ''}: figures lack it"


def _metrics(rows: Iterable[MetricRow]) -> dict[Key, dict[str, float]]:
    found: dict[Key, dict[str, float]] = {}
    for row in rows:
        name = _METRICS.get((row.metric, row.statistic))
        if name is not None:
            own = found.setdefault((row.account, row.region, row.function), {})
            before = own.get(name, 0.0)
            own[name] = before + row.value if name in _SUMS else max(before, row.value)
    return found


def _waiting(rows: Iterable[TraceRow]) -> dict[Key, float]:
    sums: dict[Key, list[float]] = {}
    for row in rows:
        own = sums.setdefault((row.account, row.region, row.function), [0.0, 0.0, 0.0])
        for number, value in enumerate((row.invocations, row.invocation_ms, row.remote_ms)):
            own[number] += value
    return {
        key: min(remote / whole, 1.0)
        for key, (count, whole, remote) in sums.items()
        if count >= TRACES_AT_LEAST and whole > 0
    }


def _days(first: str, last: str) -> float | None:
    from datetime import date

    try:
        return float((date.fromisoformat(last) - date.fromisoformat(first)).days + 1)
    except ValueError:
        return None


def known(account: Account, key: Key) -> dict[str, Any]:
    """Fields of `Usage` that tell of a function beside what it did."""
    metrics = account.metrics.get(key, {})
    said: dict[str, Any] = {
        name: metrics.get(name) for name in ("throttles", "iterator_age_ms", "async_age_ms", "provisioned_use")
    }
    said["waiting"] = account.waiting.get(key)
    function = account.functions.get(key)
    if function is not None:
        said |= {
            "in_inventory": key[:2] in account.complete and not function.name.startswith(EDGE_REPLICA),
            "event_sources": len(_list(function.event_sources)),
            "has_url": bool(function.url),
            "code_bytes": function.code_bytes,
            "idle_versions": idle_versions(function),
            "snap_start": function.snap_start == "PublishedVersions",
            "provisioned_concurrency": function.provisioned_concurrency,
        }
    return said


def never_ran(account: Account, seen: Iterable[Key]) -> Iterator[FunctionRow]:
    """Functions without usage."""
    ran = set(seen)
    return (row for key, row in account.functions.items() if key not in ran and not row.managed_instances)


def is_billed_otherwise(account: Account, key: Key) -> bool:
    """Whether it runs on Managed Instances, which are not billed by duration."""
    function = account.functions.get(key)
    return function is not None and bool(function.managed_instances)


def runs_of(account: Account, key: Key) -> float | None:
    """How often one without usage ran, by its metrics; None where that is not known."""
    counted = account.metrics.get(key, {}).get("invocations")
    return 0.0 if counted is None and key[:2] in account.complete else counted


def idle_versions(function: FunctionRow) -> list[str]:
    """Published versions that no alias points at, and that are not all there is: the oldest first."""
    aliases = _list(function.aliases)
    if not aliases:
        return []  # without an alias, whoever invokes a version names it by its number
    used = {str(number) for one in aliases for number in _versions_of(one)}
    return [name for name in versions_of(function) if name not in used]


def versions_of(function: FunctionRow) -> list[str]:
    """Those that were published."""
    return [name for name in map(_version, _list(function.versions)) if name not in ("", "$LATEST")]


def _version(said: Any) -> str:
    return str(said.get("version", said.get("Version", ""))) if isinstance(said, dict) else str(said)


def _versions_of(alias: Any) -> Iterator[str]:
    """All that an alias points at, with those that get a share of the traffic."""
    if not isinstance(alias, dict):
        return
    for key in ("version", "FunctionVersion"):
        if key in alias:
            yield str(alias[key])
    routing = alias.get("weights") or (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    yield from map(str, routing)


def _list(text: str) -> list[Any]:
    try:
        said = json.loads(text or "[]")
    except ValueError:
        return []
    return said if isinstance(said, list) else []
