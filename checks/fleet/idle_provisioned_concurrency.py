"""LL908: more stands ready than is used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, Worth, check
from lambdalint.checks.fleet._figures import money
from lambdalint.model import Usage


class Bounds(NamedTuple):
    """What is enough."""

    used_percent: Annotated[float, Option("of what stands ready, used at the busiest time", least=0)] = 60.0


@check(Usage, code="LL908", severity=Severity.WARNING, since="0.1", options=Bounds())
def idle_provisioned_concurrency(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """More provisioned concurrency stands ready than is ever used.

    **Why it matters.** It is paid for by the second, used or not. Below 60 % use it costs more than to be served on
    demand.

    **Bad**

    ```toml
    [checkout]  # LL908
    provisioned_concurrency = 50
    provisioned_use = 0.22
    usd_per_month = 600.0
    parts = {compute = 40.0, provisioned = 560.0}
    ```

    **Good**

    ```toml
    [checkout]
    provisioned_concurrency = 15
    provisioned_use = 0.73
    usd_per_month = 208.0
    parts = {compute = 40.0, provisioned = 168.0}
    ```

    **Fix.** Keep what the busiest hour uses, or let Application Auto Scaling follow it; for Python, Java and .NET
    SnapStart may do without.

    **Ignore it when** it is kept for a day that is still to come.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    """
    if not usage.provisioned_concurrency or usage.provisioned_use is None:
        return
    if usage.provisioned_use < bounds.used_percent / 100:
        paid = usage.parts.get("provisioned")
        idle = None if paid is None else paid * (1 - usage.provisioned_use)
        said = "" if idle is None else f", {money(idle, usage)} a month stand idle"
        ready = f"{usage.provisioned_concurrency:,.0f}"
        message = f"{usage.name} uses {usage.provisioned_use:.0%} of {ready} environments that stand ready{said}"
        yield Problem(usage.location, message, cost=Worth(idle, basis="provisioned concurrency"))
