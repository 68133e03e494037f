"""LL107: a heavy module is imported at each cold start, and used in few invocations."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.init._heavy import KNOWN, brought_by, cost_ms, price
from lambdalint.model import Function, Handler, Import

_WHERE = {
    "error": "where something failed",
    "switch": "under a switch that is off",
    "branch": "for some of the events",
}


@check(Handler, code="LL107", severity=Severity.ADVICE, since="0.3")
def heavy_import_on_rare_path(handler: Handler) -> Iterator[Problem]:
    """A module that takes long to import is used only where most invocations do not come.

    **Why it matters.** Every cold start imports it, which is billed, and the first caller waits. An import statement
    where the module is used costs the first invocation that comes there, and no other.

    **Bad**

    ```python
    import requests  # LL107

    def handler(event, context):
        try:
            return {"total": sum(event["prices"])}
        except KeyError as error:
            requests.post("https://hooks.example.com", json={"text": str(error)}, timeout=3)
            raise
    ```

    **Good**

    ```python
    def handler(event, context):
        try:
            return {"total": sum(event["prices"])}
        except KeyError as error:
            import requests

            requests.post("https://hooks.example.com", json={"text": str(error)}, timeout=3)
            raise
    ```

    Rare are `except` blocks and what stands under a switch such as `DEBUG` or `DRY_RUN`, and functions that are called
    from there only. What is used under a condition on one of several values, `if event["kind"] == "report":`, may be
    rare: it is said under `--pedantic`. Functions with SnapStart or provisioned concurrency import before anybody
    waits.

    **Ignore it when** the error or the branch is what mostly happens.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    if any(map(_starts_before, handler.functions)):
        return
    rare: dict[str, list[tuple[Import, str]]] = {}
    for one in handler.imports:
        if cost_ms(one.module) and not one.guarded:
            rare.setdefault(one.module.partition(".")[0], []).append((one, one.rarity))
    rare = {top: several for top, several in rare.items() if all(where for _, where in several)}
    others = [one for one in handler.imports if one.module.partition(".")[0] not in rare]
    brought = {name.partition(".")[0] for one in others for name in brought_by(one)}
    known = {one.module.partition(".")[0] for one in others} <= KNOWN
    for top, several in rare.items():
        if top not in brought:
            one, where = several[0]
            message = (
                f"{one.module} is used only {_WHERE[where]}, and costs each cold start {price(handler, one.module)}"
            )
            yield Problem(one.location, f"{message}; import it there", sure=known and where != "branch")


def _starts_before(function: Function) -> bool:
    """Whether environments are started before there are invocations."""
    snap = function.snap_start is not None and function.snap_start.value != "None"
    return snap or function.provisioned_concurrency is not None
