"""LL310: what one invocation was handed stays in memory for the next."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler, Store

RESETTING = frozenset({"crhelper"})
"""Libraries that empty their own objects, which an invocation fills, before the next."""

ENVIRONMENT = "os.environ"
"""Assigning variables is meant to last."""


@check(Handler, code="LL310", severity=Severity.WARNING, since="0.1")
def request_state_in_global(handler: Handler) -> Iterator[Problem]:
    """Data of one event is kept where later invocations find it.

    **Why it matters.** An execution environment serves many invocations, of many users. A list or dict at module
    level that each of them adds to grows until memory is full, hours later. And what one user sent can be answered
    to another.

    **Bad**

    ```python
    orders = []

    def handler(event, context):
        orders.append(event["order"])  # LL310
        return {"count": len(orders)}
    ```

    **Good**

    ```python
    def handler(event, context):
        orders = [event["order"]]
        return {"count": len(orders)}
    ```

    A list that each invocation appends to grows whatever it holds: the next one finds it all, and reports it twice. A
    cache that is asked before it is filled is not reported, nor what an object puts into its own attributes.

    **Ignore it when** the container is emptied in each invocation, or its keys are few and belong to no user.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    if not handler.stores:
        return
    packages = {one.module.partition(".")[0] for one in handler.imports}
    if packages & RESETTING:
        return
    for store in handler.stores:
        # What an object keeps inside itself, its other methods may well empty.
        if not store.guarded and store.name != ENVIRONMENT and not store.emptied and not store.name.startswith("self."):
            grows = store.grows and not store.key_from_event
            if store.of_event or grows:
                yield Problem(store.location, _message(store), trace=store.trace, sure=grows)


def _message(store: Store) -> str:
    where = store.name or "a container that outlives the invocation"
    if not store.of_event:
        return f"each invocation appends to {where}, and the next one finds it all there; make it a local variable"
    if store.kind == "element":
        return f"data of this event is put into {where}, which outlives the invocation; keep it in a local variable"
    return f"{where} keeps data of this event for later invocations; pass it as an argument instead"
