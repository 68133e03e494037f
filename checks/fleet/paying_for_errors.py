"""LL906: much of the bill is for invocations that fail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, Worth, check
from lambdalint.checks.fleet._figures import AT_LEAST_USD, money
from lambdalint.model import Usage


class Bounds(NamedTuple):
    """From where on it is worth a look."""

    failed_percent: Annotated[float, Option("of the invocations", least=0)] = 5.0
    at_least_usd: Annotated[float, AT_LEAST_USD] = 1.0


@check(Usage, code="LL906", severity=Severity.WARNING, since="0.1", options=Bounds())
def paying_for_errors(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """A good part of the bill is for invocations that fail.

    **Why it matters.** An invocation that ends with an error, a timeout or without memory is billed like any other,
    and what invoked it often tries again: twice for events, until they expire for streams.

    **Bad**

    ```toml
    [sync]  # LL906
    invocations = 100000
    errors = 22000
    timeouts = 3000
    usd_per_month = 80.0
    ```

    **Good**

    ```toml
    [sync]
    invocations = 100000
    errors = 150
    usd_per_month = 80.0
    ```

    An invocation that times out lasts as long as the timeout; one that fails otherwise is taken to last as long as the
    others.

    **Fix.** Look at what fails most. Give events that can never succeed a way out: a destination for failures, a
    bisected batch, a limit of retries.

    **Ignore it when** the error is how the function says no, and its caller expects that.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/invocation-retries.html
    """
    if not usage.invocations or usage.usd_per_month is None:
        return
    timeouts = usage.timeouts or 0
    failed = max(usage.errors or 0, timeouts + (usage.out_of_memory or 0))
    wasted = usage.usd_per_month * _share(usage, failed, timeouts)
    if failed / usage.invocations >= bounds.failed_percent / 100 and wasted >= bounds.at_least_usd:
        share = f"{failed / usage.invocations:.0%}"
        message = f"{share} of the invocations of {usage.name} fail, for about {money(wasted, usage)} a month"
        if timeouts:
            message += f"; {timeouts / usage.invocations:.0%} run into the timeout"
        yield Problem(usage.location, message, cost=Worth(round(wasted, 2), basis="what failed invocations take"))


def _share(usage: Usage, failed: float, timeouts: float) -> float:
    """Of the bill, what goes into invocations that fail."""
    runs = usage.invocations or 1
    longest_ms = usage.timeout_s and usage.timeout_s * 1000
    if longest_ms is None and timeouts / runs >= 0.01:
        longest_ms = usage.p99_ms  # what one in a hundred takes, where as many time out
    times = longest_ms / usage.mean_ms if longest_ms and usage.mean_ms else 1.0
    return min((failed - timeouts + timeouts * times) / runs, 1.0)
