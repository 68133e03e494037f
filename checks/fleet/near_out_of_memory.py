"""LL903: memory hardly suffices, or did not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.model import Usage


class Bounds(NamedTuple):
    """What is near."""

    used_percent: Annotated[float, Option("of its memory, used at most", least=1)] = 95.0


@check(Usage, code="LL903", severity=Severity.WARNING, since="0.1", options=Bounds())
def near_out_of_memory(usage: Usage, bounds: Bounds) -> Iterator[Problem]:
    """A function runs out of memory, or uses nearly all that it has.

    **Why it matters.** An invocation that needs more than there is ends with `Runtime.OutOfMemory`: its work is lost
    or done again, and the environment starts anew. The largest use seen in a window is not the largest there will be.

    **Bad**

    ```toml
    [reports]  # LL903
    memory_mb = 512
    max_memory_used_mb = 509
    invocations = 40000

    [imports]  # LL903 error
    memory_mb = 1024
    max_memory_used_mb = 1024
    invocations = 9000
    out_of_memory = 12
    ```

    **Good**

    ```toml
    [reports]
    memory_mb = 768
    max_memory_used_mb = 509
    invocations = 40000
    ```

    **Fix.** Give it more memory, or load less at once: read streams in pieces, keep no results of former invocations.

    **Ignore it when** the runtime takes all memory by itself, as a JVM with a fixed heap does.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
    """
    if usage.memory_mb is None or usage.max_memory_used_mb is None:
        return
    if usage.out_of_memory:
        times = "once" if usage.out_of_memory == 1 else f"{usage.out_of_memory:,.0f} times"
        message = f"{usage.name} ran out of its {usage.memory_mb} MB {times}; give it more, or load less at once"
        yield Problem(usage.location, message, severity=Severity.ERROR)
    elif usage.max_memory_used_mb >= usage.memory_mb * bounds.used_percent / 100:
        used = f"{usage.max_memory_used_mb:,.0f} of its {usage.memory_mb:,} MB"
        yield Problem(usage.location, f"{usage.name} used {used}; give it more memory before it runs out")
