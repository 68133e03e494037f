"""Where calls stand to loops and to each other, as several checks of this family ask it."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.model import Argument, Call, Handler, Location, Loop

SLEEPS = frozenset({"asyncio.sleep", "gevent.sleep", "time.sleep"})
"""Functions that wait."""

SHOWS = frozenset({"builtins.print", "pprint.pprint"})
LEVELS = ("critical", "debug", "error", "exception", "info", "warn", "warning")


def inside(place: Location, outer: Location) -> bool:
    """Whether a place lies in another of the same file."""
    return (
        place.path == outer.path
        and (outer.line, outer.column) <= (place.line, place.column)
        and (place.end_line, place.end_column) <= (outer.end_line, outer.end_column)
    )


def loop_around(call: Call) -> Loop | None:
    """The innermost loop around a call, if it stands in the function of the call."""
    if not call.loops:
        return None
    loop = call.loops[-1]
    return loop if inside(call.location, loop.location) else None


def is_made_in(call: Call, loop: Loop) -> bool:
    """Whether a turn of the loop makes a call, itself or through what it calls."""
    return any(one.location == loop.location for one in call.loops)


def sleeps_in(handler: Handler, loop: Loop) -> bool:
    """Whether a turn of the loop waits."""
    return any(is_made_in(call, loop) for call in handler.warm_calls.named(SLEEPS))


def arguments(call: Call) -> Iterator[Argument]:
    """All arguments of a call, the parts of the texts and what stands in the dicts among them."""
    for argument in (*call.positional, *call.keywords.values()):
        yield argument
        yield from argument.text
        yield from argument.items.values()


def shown_whole(handler: Handler, call: Call) -> bool:
    """Whether the result of a call is printed or logged, so that somebody may see it."""
    for other in handler.warm_calls:
        if other.name in SHOWS or other.name.endswith(LEVELS):
            if any(call.location == one.location for argument in arguments(other) for one in argument.calls):
                return True
    return False
