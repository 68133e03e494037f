"""LL905: versions are kept that no alias points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Usage

NAMED = 3


class Kept(NamedTuple):
    """What is no harm."""

    versions: Annotated[int, Option("so many are said to be too many, where they cost nothing", least=1)] = 10


@check(Usage, code="LL905", severity=Severity.ADVICE, since="0.1", options=Kept())
def unused_versions(usage: Usage, kept: Kept) -> Iterator[Problem]:
    """Versions of a function are kept that no alias points at.

    **Why it matters.** Each keeps its code for ever, and a region has room for 75 GB. With SnapStart each also keeps a
    snapshot, which is paid for by the hour, for every runtime but Java: users report $180 a month for versions that
    nobody called. Then it is a warning.

    **Bad**

    ```toml
    [orders]  # LL905 warning
    snap_start = true
    runtime = "python3.13"
    idle_versions = ["3", "4", "5"]
    ```

    **Good**

    ```toml
    [orders]
    snap_start = true
    runtime = "python3.13"
    idle_versions = []
    ```

    **Fix.** Delete the versions that are named; let deployments delete those before the last few.

    **Ignore it when** something invokes versions by their number.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    """
    idle = usage.idle_versions
    paid = usage.snap_start and not usage.runtime.startswith("java")
    if not idle or not (paid or len(idle) >= kept.versions):
        return
    named = ", ".join(idle[:NAMED]) + (", ..." if len(idle) > NAMED else "")
    each = "each keeps a snapshot that is paid for by the hour" if paid else "each keeps its code"
    versions = "1 version" if len(idle) == 1 else f"{len(idle)} versions"
    message = f"{usage.name} has {versions} that no alias points at ({named}): {each}; delete what nobody calls"
    severity = Severity.WARNING if paid else None
    yield Problem(usage.location, message, severity=severity)
