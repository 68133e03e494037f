"""The engine that is always there: the standard library, in several processes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

from lambdalint.rightsizer.logs.sources import Source, pieces
from lambdalint.rightsizer.logs.tally import Tally

SHARED_AT_MOST_BYTES = 8 << 20
"""A file that is larger is unpacked by one process and read by all."""
Progress = Callable[[int], object]


def read_one(tally: Tally, source: Source) -> None:
    """Read a source from its beginning to its end."""
    for piece in pieces(source, tally.seen.notices):
        tally.add(piece)


def run(sources: Sequence[Source], by_day: bool, jobs: int, progress: Progress) -> Tally:
    """Read everything."""
    tally = Tally(by_day)
    was_enabled = gc.isenabled()
    gc.disable()  # there are no cycles in lines, but many objects to look through
    try:
        _run_alone(tally, sources, progress)
    finally:
        if was_enabled:
            gc.enable()
    return tally


def _run_alone(tally: Tally, sources: Sequence[Source], progress: Progress) -> None:
    for source in sources:
        read_one(tally, source)
        progress(source.size)
