"""LL907: much of the bill is for starting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, Worth, check
from lambdalint.checks.fleet._figures import AT_LEAST_USD, money
from lambdalint.model import Usage


class Bounds(NamedTuple):
    """From where on it is worth a look."""

    start_percent: Annotated[float, Option("of the bill", least=0)] = 15.0
    at_least_usd: Annotated[float, AT_LEAST_USD] = 1.0


@check(Usage, code="LL907", severity=Severity.WARNING, since="0.1", options=Bounds())
def paying_for_cold_starts(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """A good part of the bill is for starting execution environments.

    **Why it matters.** Since August 2025 the time that a function takes to start is billed like any other, and whoever
    meets a cold start waits for it. It is mostly imports and clients that are built.

    **Bad**

    ```toml
    [api]  # LL907
    invocations = 200000
    cold_starts = 24000
    mean_init_ms = 3100
    usd_per_month = 30.0
    parts = {compute = 15.0, init = 14.0, requests = 1.0}
    ```

    **Good**

    ```toml
    [api]
    invocations = 200000
    cold_starts = 2000
    mean_init_ms = 400
    usd_per_month = 16.2
    parts = {compute = 15.0, init = 0.2, requests = 1.0}
    ```

    **Fix.** `lambdalint check` finds what need not be done at the start (LL1), `lambdalint package` what imports cost.
    SnapStart restores in place of starting, where restores cost less.

    **Ignore it when** the function runs so seldom that each invocation starts one.

    **Source.** https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/
    """
    init = usage.parts.get("init")
    if init is None or not usage.usd_per_month or not usage.invocations or usage.cold_starts is None:
        return
    share = init / usage.usd_per_month
    if share >= bounds.start_percent / 100 and init >= bounds.at_least_usd:
        starts = f"{usage.cold_starts / usage.invocations:.0%} of invocations, {usage.mean_init_ms or 0:,.0f} ms each"
        message = f"{usage.name} pays {money(init, usage)} a month to start, {share:.0%} of its bill ({starts})"
        yield Problem(usage.location, message, cost=Worth(init, usage.mean_init_ms, "billed init"))
