"""Writes examples/logs: three hours of seven functions that never were, as an export of CloudWatch lays them out.

python docs/generate_sample_logs.py
"""

from __future__ import annotations

import gzip
import json
import math
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent.parent / "examples" / "logs"
BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOURS = 3
FULL_CPU_MB = 1769


class Function(NamedTuple):
    name: str
    sizes_mb: tuple[int, ...]
    """One after the other: the last is the present one."""
    waits_ms: float
    computes_ms: float
    """At a full CPU."""
    used_mb: int
    count: int = 900
    cold: float = 0.004
    init_ms: float = 420
    fails: str = ""
    insights: bool = False


FUNCTIONS = (
    Function("resize-images", (1024, 512), 60, 640, 210),
    Function("fetch-prices", (512, 2048), 1900, 30, 118),
    Function("nightly-report", (1024,), 700, 900, 1015, fails="memory"),
    Function("checkout", (1024,), 120, 90, 160),
    Function("sync-crm", (512,), 1500, 60, 96, fails="timeout"),
    Function("public-api", (1024,), 35, 25, 240, cold=0.14, init_ms=2600),
    Function("match-orders", (3008,), 1400, 120, 330, insights=True),
)


def main() -> None:
    chance = random.Random(7)
    for number, function in enumerate(FUNCTIONS):
        lines = "".join(f"{line}\n" for line in written(function, chance)).encode()
        folder = FOLDER / "aws" / "lambda" / function.name
        folder.mkdir(parents=True, exist_ok=True)
        if number == 3:  # one that can be read as it is
            (folder / "events.log").write_bytes(lines)
        else:
            (folder / "000000.gz").write_bytes(gzip.compress(lines, mtime=0))


def written(function: Function, chance: random.Random) -> Iterator[str]:
    """The lines of one function."""
    for number in range(function.count):
        when = BEGIN + timedelta(hours=HOURS) * ((number + chance.random()) / function.count)
        memory_mb = function.sizes_mb[number * len(function.sizes_mb) // function.count]
        share = min(memory_mb, FULL_CPU_MB) / FULL_CPU_MB
        computes = function.computes_ms * chance.lognormvariate(0, 0.12)
        duration = function.waits_ms * chance.lognormvariate(0, 0.15) + max(
            computes, computes / share - 15 * (1 - share)
        )
        used = min(round(function.used_mb * (1 - 0.06 * chance.random())), memory_mb)
        init = function.init_ms * chance.lognormvariate(0, 0.1) if chance.random() < function.cold else 0
        status = ""
        if function.fails == "memory" and chance.random() < 0.004:
            used, status = memory_mb, "\tStatus: error\tError Type: Runtime.OutOfMemory"
        if function.fails == "timeout" and chance.random() < 0.12:
            duration, status = 15_000.0, "\tStatus: timeout"
        yield report(when, duration, init, memory_mb, used, status, chance)
        if function.insights:
            yield insights(when, function.name, duration, computes, memory_mb, used, chance)


def report(
    when: datetime, duration: float, init: float, memory_mb: int, used: int, status: str, chance: random.Random
) -> str:
    started = f"Init Duration: {init:.2f} ms\t" if init else ""
    return (
        f"{stamp(when)} REPORT RequestId: {request(chance)}\tDuration: {duration:.2f} ms\t"
        f"Billed Duration: {math.ceil(duration + init)} ms\tMemory Size: {memory_mb} MB\tMax Memory Used: {used} MB\t"
        f"{started}{status.lstrip()}"
    )


def insights(
    when: datetime, name: str, duration: float, computes: float, memory_mb: int, used: int, chance: random.Random
) -> str:
    """What Lambda Insights writes of an invocation, as far as it is looked at."""
    record = {
        "_aws": {"Timestamp": int(when.timestamp() * 1000)},
        "function_name": name,
        "request_id": request(chance),
        "duration": round(duration),
        "cpu_total_time": round(computes),
        "total_memory": memory_mb,
        "used_memory_max": used,
    }
    return json.dumps(record, separators=(",", ":"))


def stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"


def request(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


if __name__ == "__main__":
    main()
