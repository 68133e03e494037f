"""LL108: a heavy module is imported and not used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks._fixes import removing_import
from lambdalint.checks.init._heavy import KNOWN, brought_by, cost_ms, price
from lambdalint.model import Handler

SIDE_EFFECTS = frozenset({"datadog_lambda", "ddtrace", "ddtrace.auto", "seaborn"})
"""Imported for what importing them does."""


class Modules(NamedTuple):
    """What this check is told of modules."""

    side_effects: Annotated[tuple[str, ...], Option("modules imported for what importing them does")] = ()


@check(Handler, code="LL108", severity=Severity.WARNING, since="0.1", options=Modules())
def unused_heavy_import(handler: Handler, modules: Modules) -> Iterator[Problem]:
    """A module that takes long to import is imported and never used.

    **Why it matters.** Every cold start imports it, which is billed since August 2025, and the first caller waits.

    **Bad**

    ```python
    import pandas as pd  # LL108

    def handler(event, context):
        return {"ok": True}
    ```

    **Good**

    ```python
    def handler(event, context):
        return {"ok": True}
    ```

    Names that stand in `__all__`, in strings or in a package's `__init__.py` count as used, and so do imports in
    `try` or under a condition.

    What it costs is estimated by the files that are deployed, where they are here, else by what is known of the module.

    **Fix.** Removes the import.

    **Ignore it when** the import is wanted for its side effects, in this file only. A module that always is can be
    named in the options.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    unused = [one for one in handler.imports if cost_ms(one.module) and not one.used]
    if not unused:
        return
    # What costs nothing itself stays, used or not, with all that it loads.
    loaded = [other for other in handler.imports if other not in unused]
    needed = {other.module.partition(".")[0] for other in loaded}
    brought = {name for other in loaded for name in brought_by(other)}
    wanted = SIDE_EFFECTS.union(modules.side_effects)
    for one in unused:
        if one.guarded or one.module in wanted or one.bound == "_":
            continue
        if one.module.partition(".")[0] not in needed | brought:
            yield Problem(
                one.location,
                f"{one.module} is imported and never used; it costs each cold start {price(handler, one.module)}; "
                "remove it",
                removing_import(one),
                sure=needed <= KNOWN,  # what else is imported may load it too
            )
