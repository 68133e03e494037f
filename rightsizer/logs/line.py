"""What a report says, whichever form it comes in. Engines may read the common form by a shorter way: it is this
module that says what is right."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import ceil, isfinite
from typing import Any, NamedTuple

DURATION_AT_MOST_MS = 1_000_000
"""A quarter of an hour and some: no invocation takes longer."""
MEMORY_MB = range(128, 32_768 + 1)
TO_MS = {"ms": 1.0, "s": 1000.0, "sec": 1000.0, "us": 0.001, "µs": 0.001, "min": 60_000.0}
TO_MB = {"MB": 1.0, "MiB": 1.0, "GB": 1024.0, "GiB": 1024.0, "KB": 1 / 1024, "kB": 1 / 1024, "KiB": 1 / 1024}
REPORT_LIKE = re.compile(
    r'REPORT\s+RequestId|INIT_REPORT |RESTORE_REPORT |Billed Duration:|"platform\.(?:report|initReport|restoreReport)"'
)
MARKERS = (b"REPORT", b"Billed Duration:", b'"platform.', b"cpu_total_time")
"""One of these is in every line that may say something."""

_UNITS = "|".join(sorted([*TO_MS, *TO_MB, "bytes", "B"], key=len, reverse=True))
_FIELD = re.compile(rf"((?:[A-Z][A-Za-z]* )*[A-Z][A-Za-z]*):[ \t]*([^\s:]+)(?:[ ]?({_UNITS})(?![A-Za-z]))?")
_NUMBER = re.compile(r"([-+\d._]+(?:[eE][-+]?\d+)?)([A-Za-zµ]*)", re.A)
_START = re.compile(r"REPORT\s+RequestId")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ]([01]\d|2[0-3])(?![\d])")
_EPOCH_MS = re.compile(r"1\d{12}")
_STREAM = re.compile(r"\d{4}/\d\d/\d\d/([A-Za-z0-9_-]*)\[(?:\$LATEST|\d+)\][0-9a-f]*")
_GROUP = re.compile(r"(?:(\d{12}):)?/aws/lambda/([A-Za-z0-9_.-]+)")
_TOKEN = re.compile(r"""[("']*(?:EVENTS|\d[\d:.,TZ/+-]*|\[\d[^\]\s]*\]|:?/aws/\S+|\d{12}:\S+)[)"',:|]*""")
_STATUS = {"success": "", "timeout": "timeout", "error": "error", "failure": "error"}


class Report(NamedTuple):
    """One invocation. `billed_ms` as the record says, or by the millisecond where it was rounded to 100 ms."""

    request: str
    duration_ms: float
    billed_ms: float
    memory_mb: int
    max_memory_used_mb: float
    init_ms: float
    restore_ms: float
    is_cold: bool
    init_billed: bool
    is_rounded: bool
    status: str
    is_out_of_memory: bool


class Insight(NamedTuple):
    """One invocation as Lambda Insights saw it."""

    memory_mb: int
    cpu_ms: float
    duration_ms: float
    max_memory_used_mb: float


class Beside(NamedTuple):
    """A report of something other than an invocation."""

    what: str


class Unparsed(NamedTuple):
    """Looks like a report, and cannot be read as one."""

    reason: str


class Found(NamedTuple):
    """Something that looks like a report, with what its surroundings say: `""` where they say nothing."""

    what: Report | Insight | Beside | Unparsed
    hour: str = ""
    function: str = ""
    account: str = ""


class _Wrong(Exception):
    """A report that cannot be; says why."""


def find(line: str, hour: str = "", function: str = "", account: str = "") -> Iterator[Found]:
    """Everything in a line that looks like a report."""
    context = Found(Unparsed(""), hour, function, account)
    brace = line.find("{")
    if brace >= 0 and (REPORT_LIKE.search(line, brace) or "cpu_total_time" in line):
        content = _json(line[brace:])
        if content is not None:
            where = _head(line[:brace], context)
            found = list(walk(content, where or context))
            if found:
                inside = Unparsed("inside other text")
                yield from found if where else (one._replace(what=inside) for one in found)
                return
    starts = [match.start() for match in _START.finditer(line)]
    if not starts:
        beside = re.search(r"(?:INIT|RESTORE)_REPORT ", line)
        if beside and "Duration:" in line[beside.end() :]:
            yield context._replace(what=Beside(line[beside.start() : beside.end() - 1]))
        elif REPORT_LIKE.search(line):
            yield context._replace(what=Unparsed("cut off"))
        return
    # One may be written into the other: each is read from its start to that of the next.
    where = _head(line[: starts[0]], context)
    for start, end in zip(starts, [*starts[1:], len(line)], strict=True):
        if where is None:
            yield context._replace(what=Unparsed("inside other text"))
        else:
            yield where._replace(what=of_text(line[start:end]))


def walk(content: Any, context: Found, depth: int = 0) -> Iterator[Found]:
    """Everything in a JSON value that looks like a report: wrappers of CloudWatch, Firehose and shippers are opened."""
    if depth > 12:
        return
    if isinstance(content, str):
        if REPORT_LIKE.search(content) or "cpu_total_time" in content:
            for line in content.splitlines():
                yield from find(line, context.hour, context.function, context.account)
    elif isinstance(content, list):
        for one in content:
            yield from walk(one, context, depth + 1)
    elif isinstance(content, dict):
        kind = content.get("type")
        if isinstance(kind, str) and kind.startswith("platform."):
            yield from _of_platform(kind, content, context)
        elif "cpu_total_time" in content:
            yield _of_insights(content, context)
        else:
            inner = context_of(content, context)
            for one in content.values():
                if isinstance(one, str | list | dict):
                    yield from walk(one, inner, depth + 1)


def context_of(content: Mapping[str, Any], context: Found) -> Found:
    """What the members of an object say of where and when: names as CloudWatch and its exports have them."""
    for name in ("logGroup", "logGroupName", "log_group", "@log", "logStream", "logStreamName", "@logStream"):
        said = content.get(name)
        if isinstance(said, str):
            context = _place(said, context)
    owner = content.get("owner")
    if isinstance(owner, str) and re.fullmatch(r"\d{12}", owner):
        context = context._replace(account=owner)
    for name in ("timestamp", "@timestamp", "time"):
        hour = hour_of(content.get(name))
        if hour:
            context = context._replace(hour=hour)
    return context


def hour_of(said: Any) -> str:
    """The hour in UTC of a text or of milliseconds since 1970; `""` where there is none that can be."""
    if isinstance(said, int | float):
        said = str(int(said)) if isfinite(said) else ""
    if not isinstance(said, str):
        return ""
    if _EPOCH_MS.fullmatch(said):
        return _hour_of_epoch(int(said) // 3_600_000)
    match = _TIME.match(said)
    return _possible(f"{match[1]}T{match[2]}") if match else ""


@lru_cache(4096)
def _hour_of_epoch(hours: int) -> str:
    from datetime import UTC, datetime

    return _possible(datetime.fromtimestamp(hours * 3600, UTC).strftime("%Y-%m-%dT%H"))


@lru_cache(4096)
def _possible(hour: str) -> str:
    """Clocks that went wrong say nothing: Lambda began in November 2014, and what is to come has not happened."""
    from datetime import UTC, date, datetime, timedelta

    try:
        day = date.fromisoformat(hour[:10])
    except ValueError:
        return ""
    return hour if date(2014, 11, 13) <= day <= (datetime.now(UTC) + timedelta(days=1)).date() else ""


def _place(said: str, context: Found) -> Found:
    group, stream = _GROUP.search(said), _STREAM.search(said)
    if group:
        context = context._replace(function=group[2], account=group[1] or context.account)
    if stream and stream[1] and not context.function:
        context = context._replace(function=stream[1])
    return context


@lru_cache(4096)
def of_head(head: str) -> tuple[str, str, str] | None:
    """Hour, function and account of what stands before a report; None where it is other text."""
    context = Found(Unparsed(""))
    for token in head.split():
        if _GROUP.fullmatch(token) or _STREAM.fullmatch(token):
            context = _place(token, context)
        elif not _TOKEN.fullmatch(token):
            return None
        elif not context.hour:
            context = context._replace(hour=hour_of(token.strip("\"'(),[]|")))
    return context.hour, context.function, context.account


def _head(head: str, context: Found) -> Found | None:
    """What stands before a report on its line; None where it is other text than times and names of logs."""
    said = of_head(head) if len(head) < 1000 else None
    if said is None:
        return None
    hour, function, account = said
    return context._replace(
        hour=hour or context.hour, function=function or context.function, account=account or context.account
    )


def of_text(text: str) -> Report | Unparsed:
    """A REPORT, from its first word on."""
    values: dict[str, tuple[str, str]] = {}
    for match in _FIELD.finditer(text):
        name = match[1].removeprefix("REPORT ")
        if name in values:
            if name in _NAMES:
                return Unparsed(f"{name} twice")
            continue
        values[name] = (match[2], match[3] or "")
    try:
        numbers = {_NAMES[name]: _number(name, *said) for name, said in values.items() if name in _NAMES}
        request, status = values.get("RequestId", ("", ""))[0], values.get("Status", ("", ""))[0]
        return _report(request, numbers, status, values.get("Error Type", ("", ""))[0])
    except _Wrong as wrong:
        return Unparsed(str(wrong))


_NAMES = {
    "Duration": "durationMs",
    "Billed Duration": "billedDurationMs",
    "Memory Size": "memorySizeMB",
    "Max Memory Used": "maxMemoryUsedMB",
    "Init Duration": "initDurationMs",
    "Restore Duration": "restoreDurationMs",
    "Billed Restore Duration": "billedRestoreDurationMs",
}
_REQUIRED = tuple(_NAMES.items())[:4]


def _number(name: str, said: str, unit: str) -> float:
    """In ms or MB."""
    match = _NUMBER.fullmatch(said)
    try:
        value = float(match[1]) if match else math.nan
    except ValueError:
        value = math.nan
    if match is None or math.isnan(value):
        raise _Wrong(f"{name} is no number")
    unit = unit or match[2]
    if name.endswith("Duration"):
        if unit not in TO_MS:
            raise _Wrong(f"{name} without its unit")
        return value if unit == "ms" else value * TO_MS[unit]
    if unit in ("B", "bytes"):
        return megabytes(value)
    if unit not in TO_MB:
        raise _Wrong(f"{name} without its unit")
    return value * TO_MB[unit]


def megabytes(count: float) -> float:
    """Of bytes: Logs Insights multiplies by 10^6 what Lambda counts in units of 2^20."""
    return count / 1e6 if count % 1e6 == 0 else count / 2**20


def _report(request: str, numbers: Mapping[str, float], status: str, error: str) -> Report:
    """The numbers by their names in `platform.report`. Raises `_Wrong` where they cannot be."""
    for name, key in _REQUIRED:
        if key not in numbers:
            raise _Wrong(f"cut off: no {name}")
    duration, billed, size, used = (numbers[key] for _, key in _REQUIRED)
    init, restore = numbers.get("initDurationMs", 0.0), numbers.get("restoreDurationMs", 0.0)
    for value in (duration, billed, init, restore):
        if not 0 <= value <= DURATION_AT_MOST_MS * 2:
            raise _Wrong("a time that cannot be")
    if duration > DURATION_AT_MOST_MS or billed < duration * 0.9 - 100:
        raise _Wrong("a time that cannot be")
    memory = round(size) if isfinite(size) else 0
    if memory not in MEMORY_MB or not 0 <= used <= 2 * memory:
        raise _Wrong("a memory that cannot be")
    if status and status not in _STATUS:
        raise _Wrong("an unknown status")
    steps = is_rounded(duration, billed, init, restore)
    is_cold = "initDurationMs" in numbers or "restoreDurationMs" in numbers
    return Report(
        request,
        duration,
        float(ceil(duration)) if steps else billed,
        memory,
        used,
        init,
        restore,
        is_cold,
        "initDurationMs" in numbers and not steps and billed >= duration + init - 1,
        steps,
        _STATUS[status] if status else "",
        "OutOfMemory" in error,
    )


def is_rounded(duration: float, billed: float, init: float, restore: float) -> bool:
    """Whether it was billed in steps of 100 ms: so it was until December 2020, and never the start with it."""
    if billed % 100 or restore:
        return False
    return 2 <= billed - duration < 100 and not (init and -1 <= billed - duration - init < 2)


def _of_platform(kind: str, content: Mapping[str, Any], context: Found) -> Iterator[Found]:
    """A record of Lambda's JSON log format or of its Telemetry API."""
    if kind in ("platform.initReport", "platform.restoreReport"):
        yield context._replace(what=Beside(kind))
    if kind != "platform.report":
        return
    record = content.get("record")
    context = context._replace(hour=context.hour or hour_of(content.get("time")))
    metrics = record.get("metrics") if isinstance(record, dict) else None
    if not isinstance(record, dict) or not isinstance(metrics, dict):
        yield context._replace(what=Unparsed("no metrics"))
        return
    yield context._replace(what=of_metrics(metrics, record))


def of_metrics(metrics: Mapping[str, Any], record: Mapping[str, Any]) -> Report | Beside | Unparsed:
    """Numbers by their names in `platform.report`."""
    numbers = {}
    for name in _NAMES.values():
        value = metrics.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value):
            numbers[name] = float(value)
        elif value is not None:
            return Unparsed(f"{name} is no number")
    if set(numbers) == {"durationMs"}:
        return Beside("of a managed instance")  # billed by the instance, not by the invocation
    status, error = record.get("status"), record.get("errorType")
    try:
        return _report(str(record.get("requestId", "")), numbers, str(status or ""), str(error or ""))
    except _Wrong as wrong:
        return Unparsed(str(wrong))


def _of_insights(content: Mapping[str, Any], context: Found) -> Found:
    """One record of the group /aws/lambda-insights."""
    name = content.get("function_name")
    context = context_of(content, context)._replace(function=name if isinstance(name, str) else context.function)
    values = [content.get(one) for one in ("total_memory", "cpu_total_time", "duration", "used_memory_max")]
    numbers = [float(one) for one in values if isinstance(one, int | float) and isfinite(one) and one >= 0]
    if len(numbers) < len(values) or round(numbers[0]) not in MEMORY_MB:
        return context._replace(what=Unparsed("a record of Lambda Insights that lacks numbers"))
    return context._replace(what=Insight(round(numbers[0]), *numbers[1:]))


def _json(text: str) -> Any:
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
