"""The engine that is always there: the standard library, in several processes."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from lambdalint.errors import WrongUse
from lambdalint.rightsizer.logs.sources import STDIN, Piece, Source, pieces
from lambdalint.rightsizer.logs.tally import Tally

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

ALONE_AT_MOST_BYTES = 4 << 20
SHARED_AT_LEAST_BYTES = 2 << 20
Progress = Callable[[int], object]


def run(sources: Sequence[Source], by_day: bool, jobs: int, progress: Progress) -> Tally:
    """Read everything, in as many processes as are worth it."""
    is_little = all(source.path != STDIN for source in sources) and sum(_sizes(sources)) <= ALONE_AT_MOST_BYTES
    with _without_collector():
        if jobs < 2 or is_little or not hasattr(os, "fork"):
            tally = Tally(by_day)
            for source in sources:
                read(tally, source, progress)
            return tally.finish()
        with _helpers(jobs, by_day) as helpers:
            return _run(sources, helpers, by_day, progress)


def read(tally: Tally, source: Source, progress: Progress) -> None:
    """Read a source from its beginning to its end."""
    for piece in pieces(source, tally.seen.notices, progress):
        tally.add(piece)


def _run(sources: Sequence[Source], helpers: Sequence[Connection], by_day: bool, progress: Progress) -> Tally:
    tally = Tally(by_day)
    idle = list(helpers)
    try:
        for task in _tasks(sources, len(helpers), tally.seen.notices, progress):
            while not idle:
                for helper in wait(helpers):
                    assert isinstance(helper, Connection)
                    progress(_answer(helper))
                    idle.append(helper)
            idle.pop().send(task)
        for helper in helpers:
            if helper not in idle:
                progress(_answer(helper))
            helper.send(None)
            tally.merge(*_answer(helper))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        raise WrongUse(
            "a helping process was ended while it read logs, for want of memory perhaps: use --jobs 1"
        ) from None
    return tally


def _tasks(sources: Sequence[Source], helpers: int, notices: list[str], progress: Progress) -> Iterator[Source | Piece]:
    """Files, each for one process; of one that is large among them, pieces, unpacked here."""
    large = max(SHARED_AT_LEAST_BYTES, sum(_sizes(sources)) // (4 * helpers))
    for source in sorted(sources, key=lambda source: -source.size):
        if source.size > large or source.path == STDIN:
            yield from pieces(source, notices, progress)
        else:
            yield source


def _sizes(sources: Sequence[Source]) -> Iterator[int]:
    return (source.size for source in sources)


def _answer(helper: Connection) -> Any:
    answer = helper.recv()
    if isinstance(answer, Exception):
        raise answer
    return answer


@contextmanager
def _helpers(number: int, by_day: bool) -> Iterator[list[Connection]]:
    """Processes that read what they are sent, and at the end say what it came to."""
    context = get_context("fork")
    started: list[tuple[ForkProcess, Connection]] = []
    try:
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(
                target=_help, args=(theirs, by_day, [*(one for _, one in started), ours]), daemon=True
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of threads: helpers do not use them
                process.start()
            theirs.close()
            started.append((process, ours))
        yield [helper for _, helper in started]
    finally:
        for process, helper in started:
            helper.close()
            process.join(1)
            if process.is_alive():
                process.terminate()
                process.join()


def _help(parent: Connection, by_day: bool, others: Sequence[Connection]) -> None:
    for other in others:  # or it would not be noticed that the parent has gone
        other.close()
    tally = Tally(by_day)
    try:
        while (task := parent.recv()) is not None:
            size = 0
            if isinstance(task, Piece):
                tally.add(task)
            else:
                size = task.size
                read(tally, task, lambda _: None)
            parent.send(size)
        parent.send((tally.finish().cells, tally.seen))
    except (EOFError, OSError, KeyboardInterrupt):
        pass  # the parent has gone, or says it itself
    except Exception as error:
        parent.send(error)


@contextmanager
def _without_collector() -> Iterator[None]:
    """There are no cycles in lines, but many objects to look through for some."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
