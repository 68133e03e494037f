"""LL902: a larger size is faster and costs no more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks.fleet._figures import SURE, money, slower, worth
from lambdalint.model import Usage

AS_CHEAP = 0.01
"""So much more is the same money."""


class Bounds(NamedTuple):
    """From where on it is worth a change."""

    faster_percent: Annotated[float, Option("how much faster it must become", least=0)] = 10.0


@check(Usage, code="LL902", severity=Severity.WARNING, since="0.1", options=Bounds())
def undersized_memory(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """A larger memory size is faster and costs no more.

    **Why it matters.** CPU comes with memory: a function that computes takes half the time at twice the size, up to
    1769 MB, and costs the same. Whoever waits for it gains, and timeouts come less often.

    **Bad**

    ```toml
    [thumbnails]  # LL902
    memory_mb = 256
    usd_per_month = 40.0
    evidence = "cpu"

    [thumbnails.recommendations.balanced]
    memory_mb = 1024
    saving_usd_per_month = 1.2
    duration_change = [-0.71, -0.76, -0.64]
    confidence = 0.9
    ```

    **Good**

    ```toml
    [thumbnails]
    memory_mb = 1024
    usd_per_month = 38.8
    evidence = "cpu"
    ```

    What one observed size suggests is not certain, and shown under `--pedantic`.

    **Fix.** Set the size that is named.

    **Ignore it when** nobody waits for the function, and its downstream services could not bear it faster.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """
    wanted = usage.wanted
    if wanted is None or usage.memory_mb is None or wanted.memory_mb <= usage.memory_mb:
        return
    saves = wanted.saving_usd_per_month
    as_cheap = saves >= -AS_CHEAP * (usage.usd_per_month or 0)
    if as_cheap and wanted.duration_change.estimate <= -bounds.faster_percent / 100:
        price = f"for {money(saves, usage)} a month less" if saves >= 0.01 else "for the same money"
        yield Problem(
            usage.location,
            f"{usage.name} has {usage.memory_mb} MB; at {wanted.memory_mb} MB it is {slower(wanted)}, {price}",
            sure=wanted.confidence >= SURE,
            cost=worth(wanted, usage),
        )
