"""LL904: nothing ran it, and nothing will."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Usage


class Window(NamedTuple):
    """How long one must have looked."""

    days: Annotated[float, Option("a shorter window is not certain to tell", least=1)] = 30.0


@check(Usage, code="LL904", severity=Severity.WARNING, since="0.1", options=Window())
def unused_function(usage: Usage, window: Window) -> Iterator[Problem]:
    """A function did not run in the whole window, and nothing is there that would invoke it.

    **Why it matters.** It costs little, but somebody keeps its runtime, its permissions and its libraries up to date,
    or nobody does, and an attacker finds them. Its code counts against the 75 GB of a region.

    It is said only where the account's configuration is known: no invocation, no event source mapping, no URL, no
    provisioned concurrency. A window of fewer than 30 days is not certain to tell.

    **Bad**

    ```toml
    [old-import]  # LL904
    in_inventory = true
    invocations = 0
    days = 90
    code_bytes = 48000000
    ```

    **Good**

    ```toml
    [old-import]
    in_inventory = true
    invocations = 0
    days = 90
    event_sources = 1
    ```

    **Fix.** Delete it, after looking whether a schedule, a bucket or a state machine still names it.

    **Ignore it when** it is there for a day that has not come: recovery, a yearly run, a copy for Lambda@Edge.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    if not usage.is_unused or usage.days is None:
        return
    size = "" if usage.code_bytes is None else f" ({usage.code_bytes / 1e6:,.0f} MB of code)"
    message = f"{usage.name} did not run in {usage.days:,.0f} days, and nothing invokes it{size}; delete it, or say why"
    yield Problem(usage.location, message, sure=usage.days >= window.days)
