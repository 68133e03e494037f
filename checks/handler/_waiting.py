"""Pauses in an invocation."""

from __future__ import annotations

from lambdalint.model import Argument, Call, Handler, Location, Loop

SLEEPS = frozenset({"anyio.sleep", "asyncio.sleep", "gevent.sleep", "time.sleep", "trio.sleep"})
ENDLESS_S = 10**12


def goes_on_until(loop: Loop) -> bool:
    """Whether a loop goes on until something is so, or so many times, and not over items."""
    return loop.kind in ("range", "while") and not loop.drains


def seconds(lasts: Argument | None) -> float | None:
    """How long a pause is; None where that is not known."""
    value = None if lasts is None else lasts.value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < ENDLESS_S else None


def is_retry(handler: Handler, call: Call) -> bool:
    """Whether a pause lies between attempts: it follows a failure, here or in the loop around it."""
    if not call.loops:
        return call.on_error_path
    loop = call.loops[-1]
    if not goes_on_until(loop) or not _lies_in(call.location, loop.location):
        return call.on_error_path  # a loop over items pauses for each of them, whether it fails or not
    caught = [rescue for rescue in handler.rescues if _lies_in(rescue.location, loop.location)]
    return any(call.on_error_path or rescue.goes_on for rescue in caught)  # `continue` does not go on


def _lies_in(inner: Location, outer: Location) -> bool:
    return inner.path == outer.path and outer.line <= inner.line <= outer.end_line
