"""LL912: what it writes costs more than what it computes."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, Worth, check
from lambdalint.checks.fleet._figures import Saving, money
from lambdalint.model import Usage


@check(Usage, code="LL912", severity=Severity.WARNING, since="0.1", options=Saving())
def log_bill(usage: Usage, saving: Saving) -> Iterator[Problem]:
    """What a function writes to its logs costs more than its computing.

    **Why it matters.** A GB that CloudWatch takes in costs $0.50, as much as 30,000 GB-seconds. A function that logs
    each event in full pays more for that than for running.

    **Bad**

    ```toml
    [webhook]  # LL912
    usd_per_month = 50.0
    parts = {compute = 12.0, init = 1.0, requests = 2.0, logs = 35.0}
    ```

    **Good**

    ```toml
    [webhook]
    usd_per_month = 17.0
    parts = {compute = 12.0, init = 1.0, requests = 2.0, logs = 2.0}
    ```

    **Fix.** Set the log level to INFO or WARN for the application and the system (`LoggingConfig`), and do not log
    whole events.

    **Ignore it when** the logs are the product, as with audits.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    logs, compute = usage.parts.get("logs"), usage.parts.get("compute")
    if logs is None or compute is None:
        return
    runs = compute + (usage.parts.get("init") or 0)
    if logs > runs and logs >= saving.at_least_usd:
        both = f"{money(logs, usage)} a month for logs, {money(runs, usage)} for running"
        message = f"{usage.name} costs about {both}; log less, or at a higher level"
        yield Problem(usage.location, message, cost=Worth(logs, basis="log ingestion"))
