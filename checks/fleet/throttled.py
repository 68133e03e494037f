"""LL910: work waits, or is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Usage


class Bounds(NamedTuple):
    """What may be."""

    refused_percent: Annotated[float, Option("of the invocations", least=0)] = 1.0
    age_minutes: Annotated[float, Option("that events or records may wait", least=0)] = 30.0


@check(Usage, code="LL910", severity=Severity.WARNING, since="0.1", options=Bounds())
def throttled(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """Invocations are refused or wait, because the function may not run often enough at once.

    **Why it matters.** A caller that waits for an answer gets an error (429). Events wait and are dropped after six
    hours; records of a stream wait until they expire.

    **Bad**

    ```toml
    [ingest]  # LL910
    invocations = 100000
    throttles = 2100

    [stream]  # LL910
    invocations = 5000
    iterator_age_ms = 5400000
    ```

    **Good**

    ```toml
    [ingest]
    invocations = 100000
    throttles = 3
    iterator_age_ms = 1200
    ```

    **Fix.** Raise or remove its reserved concurrency, ask for a higher quota, make it faster, or give a stream more
    shards or a higher `ParallelizationFactor`.

    **Ignore it when** the limit protects a service behind it, and what waits may wait.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    tried = (usage.invocations or 0) + (usage.throttles or 0)
    if tried and (usage.throttles or 0) / tried >= bounds.refused_percent / 100:
        share = (usage.throttles or 0) / tried
        message = f"{share:.1%} of the invocations of {usage.name} are refused: its limit is too low"
        yield Problem(usage.location, message)
        return
    for age_ms, what in ((usage.iterator_age_ms, "records of its stream"), (usage.async_age_ms, "events")):
        if age_ms is not None and age_ms >= bounds.age_minutes * 60_000:
            message = f"{what} waited up to {age_ms / 60_000:,.0f} minutes for {usage.name}; let more run at once"
            yield Problem(usage.location, message[0].upper() + message[1:])
            return
