"""LL909: the time goes into calls to others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, Worth, check
from lambdalint.model import Usage


class Bounds(NamedTuple):
    """What is most."""

    waiting_percent: Annotated[float, Option("of the time of an invocation", least=0)] = 80.0


@check(Usage, code="LL909", severity=Severity.ADVICE, since="0.1", options=Bounds())
def waiting_not_computing(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """Most of the time of an invocation goes into waiting for other services.

    **Why it matters.** What waits is billed like what computes, and more memory does not make it wait less. Fewer
    calls, calls side by side, or a design in which nobody waits do.

    **Bad**

    ```toml
    [enrich]  # LL909
    mean_ms = 2400
    waiting = 0.91
    usd_per_month = 70.0
    ```

    **Good**

    ```toml
    [enrich]
    mean_ms = 500
    waiting = 0.55
    usd_per_month = 15.0
    ```

    It is what traces saw, of the invocations that were traced.

    **Fix.** `lambdalint check` finds calls in loops, pages read one by one and pauses (LL4). Make calls that do not
    need each other at once; leave long waits to a state machine or a queue.

    **Ignore it when** the one call that it waits for is its purpose.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    """
    if usage.waiting is not None and usage.waiting >= bounds.waiting_percent / 100:
        waited = f" ({usage.mean_ms * usage.waiting:,.0f} of {usage.mean_ms:,.0f} ms)" if usage.mean_ms else ""
        yield Problem(
            usage.location,
            f"{usage.name} waits for other services {usage.waiting:.0%} of its time{waited}: more memory will not help",
            cost=Worth(None, usage.mean_ms and usage.mean_ms * usage.waiting, "traces"),
        )
