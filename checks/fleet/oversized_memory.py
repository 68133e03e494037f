"""LL901: a smaller size does the same work as fast, for less."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.fleet._figures import SURE, Saving, money, slower, worth
from lambdalint.model import Usage


@check(Usage, code="LL901", severity=Severity.WARNING, since="0.1", options=Saving())
def oversized_memory(usage: Usage, saving: Saving) -> Iterator[Problem]:
    """A smaller memory size does the same work, hardly slower, for less money.

    **Why it matters.** Memory is paid for by the millisecond, used or not. Where a function waits rather than
    computes, or already has a whole CPU, the larger size does not make it faster.

    It is said only where the evidence tells waiting from computing: the function was seen at two sizes, or its CPU
    time was measured. How much memory it used says how small it may become, not how small it should: with the memory
    goes the CPU.

    **Bad**

    ```toml
    [orders]  # LL901
    memory_mb = 3008
    usd_per_month = 94.0
    evidence = "two-sizes"

    [orders.recommendations.balanced]
    memory_mb = 1024
    saving_usd_per_month = 58.2
    duration_change = [0.04, -0.03, 0.11]
    confidence = 0.93
    ```

    **Good**

    ```toml
    [orders]
    memory_mb = 1024
    usd_per_month = 35.8
    evidence = "two-sizes"
    ```

    **Fix.** Set the size that is named. `lambdalint rightsize --explain NAME` shows the curve, the bounds and what it
    costs to be wrong.

    **Ignore it when** the function is to have room for work that is not in the window, such as a yearly run.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """
    wanted = usage.wanted
    if wanted is None or usage.memory_mb is None or usage.out_of_memory or wanted.memory_mb >= usage.memory_mb:
        return
    if wanted.saving_usd_per_month >= saving.at_least_usd:
        less = money(wanted.saving_usd_per_month, usage)
        yield Problem(
            usage.location,
            f"{usage.name} has {usage.memory_mb} MB, {wanted.memory_mb} MB do: {less} a month less, {slower(wanted)}",
            sure=wanted.confidence >= SURE,
            cost=worth(wanted, usage),
        )
