"""LL314: processes share memory or locks, which Lambda does not have."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import threading
from lambdalint.checks._libraries import through
from lambdalint.model import Call, Handler

_LOCKS = ("Barrier", "BoundedSemaphore", "Condition", "Event", "Lock", "RLock", "Semaphore")
_LOCKING = (*_LOCKS, "JoinableQueue", "Pool", "Queue", "SimpleQueue")
"""What multiprocessing builds on named semaphores."""
_SHARED = ("Array", "Value")
"""So are these, unless they are told to have no lock."""
_MODULES = ("multiprocessing", "multiprocessing.get_context()")

THREAD_POOLS = frozenset({"multiprocessing.dummy.Pool", "multiprocessing.pool.ThreadPool"})
POOLS = THREAD_POOLS | {
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
    "multiprocessing.Pool",
    "multiprocessing.pool.Pool",
}
SHARED = frozenset(f"{module}.{name}" for module in _MODULES for name in _SHARED)
NEED_SHARED_MEMORY = (
    frozenset(f"{module}.{name}" for module in _MODULES for name in _LOCKING)
    | SHARED
    | POOLS
    | {
        "multiprocessing.queues.Queue",
        "multiprocessing.queues.SimpleQueue",
        "multiprocessing.shared_memory.ShareableList",
        "multiprocessing.shared_memory.SharedMemory",
        "tqdm.contrib.concurrent.process_map",
    }
)

FAILURES = frozenset({"IOError", "ImportError", "NotImplementedError", "OSError", "PermissionError"})
"""What they raise where there is no shared memory."""


@check(Handler, code="LL314", severity=Severity.WARNING, since="0.1")
def multiprocessing_shared_memory(handler: Handler) -> Iterator[Problem]:
    """A pool, queue or lock of multiprocessing is made, which cannot work in Lambda.

    **Why it matters.** These objects need /dev/shm, which an execution environment does not have. Making one raises
    `OSError: [Errno 38] Function not implemented`. It works on a developer's machine. Since Python 3.8 it concerns
    `multiprocessing.pool.ThreadPool` too, though that has no processes.

    **Bad**

    ```python
    from multiprocessing import Pool

    def work(record):
        return record["body"].upper()

    def handler(event, context):
        with Pool(4) as pool:  # LL314
            return pool.map(work, event["Records"])
    ```

    **Good**

    ```python
    from concurrent.futures import ThreadPoolExecutor

    def work(record):
        return record["body"].upper()

    def handler(event, context):
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(work, event["Records"]))
    ```

    Threads serve where the work waits for others. Where it computes, use `multiprocessing.Process` with
    `multiprocessing.Pipe`, and memory enough for more than one CPU: there is a second one above 1,769 MB.

    **Fix (unsafe).** Makes a `ThreadPoolExecutor` of a `ProcessPoolExecutor`; and of a `Pool` where nothing is asked of
    it but `map`, `starmap`, `imap`, `close` and `join`. To be reviewed: whether the work may run in threads (they see
    each other's changes, and do not compute at the same time), and the number of them, where none is given. Queues,
    locks and what is shared are left alone, and pools with arguments that threads do not have.

    **Ignore it when** the line runs outside Lambda only.

    **Source.** https://aws.amazon.com/blogs/compute/parallel-processing-in-python-with-aws-lambda/
    """
    for calls in (handler.warm_calls, handler.init_calls):
        for call in calls.named(NEED_SHARED_MEMORY):
            if not _is_without_lock(call) and not _has_substitute(handler, call):
                yield Problem(
                    call.location,
                    f"{call.name} needs /dev/shm, which Lambda does not have, and raises OSError{through(call)}; "
                    f"{_instead(call)}",
                    threading(call) if call.name in POOLS else None,
                    call.trace,
                )


def _instead(call: Call) -> str:
    method = call.name.rpartition(".")[2]
    if call.name in THREAD_POOLS:
        return "use ThreadPoolExecutor"
    if method.endswith("Queue"):
        return "use threads with queue.Queue, or Process with Pipe"
    if method in _LOCKS:
        return f"use threads with threading.{method}"
    if method in (*_SHARED, "ShareableList", "SharedMemory"):
        return "use threads, which share what they have, or Process with Pipe"
    return "use ThreadPoolExecutor, or Process with Pipe"


def _is_without_lock(call: Call) -> bool:
    lock = call.argument(None, "lock")
    return call.name in SHARED and lock is not None and lock.value is not True


def _has_substitute(handler: Handler, call: Call) -> bool:
    """Whether the code is prepared for what is raised here."""
    return any(
        call.name in rescue.calls
        and rescue.scope == call.scope
        and not rescue.raises
        and not FAILURES.isdisjoint(rescue.catches)
        for rescue in handler.rescues
    )
