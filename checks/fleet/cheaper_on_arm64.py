"""LL911: the same work would cost less on Graviton."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, Worth, check
from lambdalint.checks.fleet._figures import Saving, money
from lambdalint.model import Usage


@check(Usage, code="LL911", severity=Severity.ADVICE, since="0.1", options=Saving())
def cheaper_on_arm64(usage: Usage, saving: Saving) -> Iterator[Problem]:
    """The same work would cost less on arm64.

    **Why it matters.** A GB-second costs a fifth less there, and most functions take about as long: of 582 measured
    pairs the median took 4 % less time, and all but 0.3 % were cheaper.

    **Bad**

    ```toml
    [resize]  # LL911
    architecture = "x86_64"
    usd_per_month = 120.0
    arm64_usd_per_month = 92.6
    ```

    **Good**

    ```toml
    [resize]
    architecture = "arm64"
    usd_per_month = 92.6
    ```

    It does not know whether all that is shipped runs there: `lambdalint check` (LL808) and `lambdalint package` do.

    **Fix.** Build for arm64, and set the architecture of the function and of its layers.

    **Ignore it when** something it ships has no build for arm64.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
    """
    if usage.architecture != "x86_64" or usage.usd_per_month is None or usage.arm64_usd_per_month is None:
        return
    less = usage.usd_per_month - usage.arm64_usd_per_month
    if less >= saving.at_least_usd:
        message = f"{usage.name} would cost about {money(less, usage)} a month less on arm64, if it runs there"
        yield Problem(usage.location, message, cost=Worth(less, basis="typical ratio of durations"))
