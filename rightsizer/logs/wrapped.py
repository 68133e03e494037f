"""Documents that hold logs, as lines: Firehose, `aws logs filter-log-events`, results of Logs Insights."""

from __future__ import annotations

import csv
import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping
from enum import Enum
from math import ceil, isfinite
from typing import Any

from lambdalint.rightsizer.logs.line import MARKERS, Found, Unparsed, context_of, hour_of, megabytes

HEAD_BYTES = 1 << 16
DOCUMENT_AT_MOST = 16 << 20
"""Characters that a JSON value may have to be read as one; of what is longer, the values in it are read."""
WANTED = tuple(marker.decode() for marker in MARKERS)
_DOCUMENT = re.compile(
    rb'"(?:logEvents|events|results|@message|@duration|(?:record\.)?metrics\.durationMs)"\s*:|"field"\s*:'
)
_COLUMNS = re.compile(
    rb"(?:^|,)\s*\"?(?:@message|@duration|@timestamp|(?:record\.)?metrics\.durationMs)\"?\s*(?=,|\r?$)", re.M
)
_METRICS = {
    "@duration": "durationMs",
    "@billedDuration": "billedDurationMs",
    "@memorySize": "memorySizeMB",
    "@maxMemoryUsed": "maxMemoryUsedMB",
    "@initDuration": "initDurationMs",
}
_NOWHERE = Found(Unparsed(""))


class Form(Enum):
    """How a source holds its lines."""

    LINES = "lines"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


def form_of(head: bytes, path: str) -> Form:
    """Told by how a source begins."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"PAR1"):
        return Form.PARQUET
    if start.startswith(b"["):
        return Form.JSON if start[1:].lstrip().startswith((b"{", b"[", b"]")) else Form.LINES
    if start.startswith(b"{"):
        # A log in Lambda's JSON format has a record on each line: those are lines as they are.
        first = start.split(b"\n", 1)[0]
        return Form.JSON if first.rstrip() == b"{" or _DOCUMENT.search(start[:4096]) else Form.LINES
    first = start.split(b"\n", 1)[0]
    return Form.CSV if _COLUMNS.search(first) and b"REPORT" not in first else Form.LINES


def lines(blocks: Iterator[bytes], form: Form, path: str, notices: list[str]) -> Iterator[bytes]:
    """Each event on a line: when, of which function, and what it said."""
    texts = _decoded(blocks)
    for line in _of_csv(texts, path, notices) if form is Form.CSV else _of_json(texts, path, notices):
        yield line.encode("utf-8", "replace")


def _decoded(blocks: Iterator[bytes]) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-8-sig")("replace")
    for block in blocks:
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _of_json(texts: Iterator[str], path: str, notices: list[str]) -> Iterator[str]:
    is_damaged = False
    for value in _values(texts):
        if value is None:
            is_damaged = True
        else:
            yield "".join(_of_value(value, _NOWHERE))
    if is_damaged:
        notices.append(f"{path}: damaged JSON; what can be read of it is used")


def _values(texts: Iterator[str]) -> Iterator[Any]:
    """The JSON objects and lists that follow each other in a text; None for each place that is none.

    One that is too long to be held is left, and those in it are read in its place.
    """
    decode = json.JSONDecoder().raw_decode
    start = re.compile(r"[{\[]")
    text, at, wanted, is_over = "", 0, 1 << 20, False
    while not is_over:
        parts = [text[at:]]
        size = len(parts[0])
        while size < wanted and not is_over:
            part = next(texts, None)
            is_over = part is None
            parts.append(part or "")
            size += len(parts[-1])
        text, at, wanted = "".join(parts), 0, 1 << 20
        while True:
            match = start.search(text, at)
            if not match:
                at = len(text)
                break
            at = match.start()
            try:
                value, at = decode(text, at)
            except ValueError as error:
                is_short = getattr(error, "pos", 0) >= len(text) - 64 or "Unterminated" in str(error)
                if is_short and not is_over and len(text) - at < DOCUMENT_AT_MOST:
                    wanted = 2 * (len(text) - at) + (1 << 20)
                    break  # there is more to come
                if len(text) - at < DOCUMENT_AT_MOST:
                    yield None
                at += 1
            except RecursionError:
                yield None
                at = len(text)
            else:
                yield value


def _of_value(value: Any, context: Found) -> Iterator[str]:
    if isinstance(value, list):
        if value and all(isinstance(one, dict) and "field" in one for one in value):
            yield from _of_row({one["field"]: one.get("value") for one in value if isinstance(one["field"], str)})
            return
        for one in value:
            yield from _of_value(one, context)
    elif isinstance(value, dict):
        if isinstance(value.get("message"), str):
            yield _line(value["message"], context_of(value, context), value.get("timestamp"))
            return
        if any(name in value for name in ("@message", "@duration", "metrics.durationMs", "record.metrics.durationMs")):
            yield from _of_row(value)
            return
        inner = context_of(value, context)
        lists = [value[name] for name in ("logEvents", "events", "results") if isinstance(value.get(name), list)]
        if lists:
            for one in lists:
                yield from _of_value(one, inner)
        else:
            yield _line(json.dumps(value), context, None)


def _line(message: str, context: Found, when: Any) -> str:
    """What reports on an invocation, in the form that is read fastest; of other lines, that they were there."""
    if not any(marker in message for marker in WANTED):
        return "\n"
    head = f"{_time(context.hour, when)} {_group(context)}"
    return "".join(f"{head}{part}\n" for part in message.split("\n") if any(marker in part for marker in WANTED))


def _time(hour: str, when: Any) -> str:
    """As long as a time in an export: the hour, and where in it."""
    if not hour:
        return "0000-00-00T00:00:00.000Z"
    milliseconds = int(when) % 3_600_000 if isinstance(when, int | float) else 0
    return f"{hour}:{milliseconds:09d}Z"


def _group(context: Found) -> str:
    if not context.function:
        return ""
    return (
        f"{context.account}:/aws/lambda/{context.function} " if context.account else f"/aws/lambda/{context.function} "
    )


def _of_csv(texts: Iterator[str], path: str, notices: list[str]) -> Iterator[str]:
    csv.field_size_limit(1 << 24)
    rows = csv.DictReader(_split(texts))
    try:
        names = rows.fieldnames or ()
        if not any(name in ("@message", "@duration") or name.endswith("metrics.durationMs") for name in names):
            notices.append(
                f"{path}: a result of Logs Insights without @message and @duration; nothing was read from it"
            )
            return
        for row in rows:
            yield "".join(_of_row({name: value for name, value in row.items() if isinstance(name, str)}))
    except csv.Error as error:
        notices.append(f"{path}: damaged CSV ({error}); what precedes is used")


def _split(texts: Iterator[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        rest += text
        *whole, rest = rest.split("\n")
        for line in whole:
            yield f"{line}\n"
    if rest:
        yield rest


def _of_row(row: Mapping[str, Any]) -> Iterator[str]:
    """One row of Logs Insights: the message if it was asked for, else its fields."""
    context = context_of(row, _NOWHERE)
    message = row.get("@message")
    if isinstance(message, str) and any(marker in message for marker in WANTED):
        yield _line(message, context, None)
        return
    metrics = {name.removeprefix("record.").removeprefix("metrics."): value for name, value in row.items()}
    metrics |= {known: row[name] for name, known in _METRICS.items() if row.get(name) not in (None, "")}
    if metrics.get("durationMs") in (None, ""):
        yield "\n"
        return
    numbers = {name: _number(metrics.get(name)) for name in metrics if name.endswith(("Ms", "MB"))}
    for name in ("memorySizeMB", "maxMemoryUsedMB"):
        value = numbers.get(name)
        if isinstance(value, float) and value >= 100_000:
            numbers[name] = round(megabytes(value))
    known = {name: value for name, value in numbers.items() if value != ""}
    if isinstance(known.get("durationMs"), float):
        # Not everyone asks for all fields: what is billed follows from how long it took.
        known.setdefault("billedDurationMs", ceil(known["durationMs"] + 0.0))
        known.setdefault("maxMemoryUsedMB", 0)
    record = {
        "requestId": row.get("@requestId") or row.get("record.requestId") or row.get("requestId") or "",
        "metrics": known,
    }
    if row.get("record.status"):
        record["status"] = row["record.status"]
    hour = hour_of(row.get("@timestamp"))
    stamp = row.get("@timestamp")
    content: dict[str, Any] = {"type": "platform.report", "time": stamp if hour else "", "record": record}
    yield _line(json.dumps(content), context, None)


def _number(value: Any) -> Any:
    """A number of a table; as it stands where it is none, which is then said of it."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return value if value is not None else ""
    return number if isfinite(number) else str(value)
