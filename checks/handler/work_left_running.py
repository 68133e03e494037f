"""LL313: work that was started is not waited for."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import waiting
from lambdalint.checks._libraries import through
from lambdalint.model import Call, Handler, Location

_THREADS = (
    "multiprocessing.Process",
    "multiprocessing.get_context().Process",
    "threading.Thread",
    "threading.Timer",
)
STARTS = frozenset(f"{name}().start" for name in _THREADS)
ENDS = frozenset({"__exit__", "cancel", "close", "is_alive", "join", "kill", "terminate"})
"""Methods by which somebody waits for a thread or process, or stops it."""

_EXECUTORS = ("ProcessPoolExecutor", "ThreadPoolExecutor")
SUBMITS = frozenset(
    f"concurrent.futures.{part}{name}().{method}"
    for part in ("", "process.", "thread.")
    for name in _EXECUTORS
    for method in ("map", "submit")
)
_LOOPS = ("", "get_event_loop().", "get_running_loop().", "new_event_loop().")
TASKS = frozenset(f"asyncio.{loop}{method}" for loop in _LOOPS for method in ("create_task", "ensure_future"))
FUTURES = {
    **dict.fromkeys(TASKS, "a task is started"),
    **{f"asyncio.{loop}run_in_executor": "an executor is given work" for loop in _LOOPS},
    "asyncio.gather": "tasks are started",
}
"""What runs while its event loop does. A TaskGroup waits for its tasks by itself."""
COROUTINES = frozenset({"asyncio.sleep", "asyncio.to_thread", "asyncio.wait", "asyncio.wait_for"})
"""What does nothing before it is awaited."""
KEEPS_APART = frozenset({"add_done_callback", "get_name", "set_name"})
"""Methods of a task that do not wait for it."""
TASK_WAITS = frozenset(
    {
        "asyncio.Barrier().wait",
        "asyncio.Condition().wait",
        "asyncio.Condition().wait_for",
        "asyncio.Event().wait",
        "asyncio.LifoQueue().get",
        "asyncio.LifoQueue().join",
        "asyncio.PriorityQueue().get",
        "asyncio.PriorityQueue().join",
        "asyncio.Queue().get",
        "asyncio.Queue().join",
        "asyncio.all_tasks",
        *(f"asyncio.{loop}run_forever" for loop in _LOOPS if loop),
    }
)
"""Other ways to wait for tasks."""

PROCESSES = frozenset({"subprocess.Popen"})
PROCESS_ENDS = ENDS | {"communicate", "poll", "send_signal", "wait"}

WAITS = frozenset(
    {
        "concurrent.futures.as_completed",
        "concurrent.futures.wait",
        "queue.LifoQueue().get",
        "queue.LifoQueue().join",
        "queue.PriorityQueue().get",
        "queue.PriorityQueue().join",
        "queue.Queue().get",
        "queue.Queue().join",
        "queue.SimpleQueue().get",
        "threading.Barrier().wait",
        "threading.BoundedSemaphore().acquire",
        "threading.Condition().wait",
        "threading.Condition().wait_for",
        "threading.Event().is_set",
        "threading.Event().wait",
        "threading.Semaphore().acquire",
        "threading.active_count",
        "threading.enumerate",
    }
)
"""Other ways to wait for threads; whose work they wait for is not told."""

Touched = dict[Location | None, list[Call]]
"""By where an object was made: the methods called on it. Threads of the project's own classes share one entry."""


@check(Handler, code="LL313", severity=Severity.WARNING, since="0.1")
def work_left_running(handler: Handler) -> Iterator[Problem]:
    """A thread, process, task or future is started, and nothing waits for it.

    **Why it matters.** When the handler returns, Lambda freezes the execution environment with all that runs in it.
    What is not finished goes on in a later invocation, minutes after, with connections that timed out meanwhile, or
    never. The invocation has long been reported as a success. That the thread is a daemon changes nothing.
    A task of asyncio that is not awaited is cancelled where `asyncio.run` ends, and a coroutine that is not awaited
    does not run at all.

    **Bad**

    ```python
    import threading

    import boto3

    sns = boto3.client("sns")

    def notify(order):
        sns.publish(TopicArn=order["topic"], Message=order["id"])

    def handler(event, context):
        threading.Thread(target=notify, args=(event,)).start()  # LL313
        return "accepted"
    ```

    **Good**

    ```python
    import threading

    import boto3

    sns = boto3.client("sns")

    def notify(order):
        sns.publish(TopicArn=order["topic"], Message=order["id"])

    def handler(event, context):
        thread = threading.Thread(target=notify, args=(event,))
        thread.start()
        thread.join()
        return "accepted"
    ```

    **Fix (unsafe).** Joins a thread or process at the end of the function that starts it, several of them in a loop;
    shuts down an executor that the function made; waits for a process, with `subprocess.run` where it has no name. To
    be reviewed: that the work ends, and that there is time for it. Left alone are daemons, timers, what looks as if it
    went on for ever, what is kept or handed on, and functions with several ways out.

    Work that shall go on after the answer belongs in a queue or in another function, invoked as an event.

    **Ignore it when** nothing is lost if the work is cut off, such as warming a cache.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    yield from _dropped(handler)
    calls = handler.warm_calls
    starts, submits = calls.named(STARTS), calls.named(SUBMITS)
    processes = calls.named(PROCESSES)
    futures = calls.named(FUTURES)
    if not starts and not submits and not processes and not futures:
        return
    touched: Touched = {}
    for call in calls:
        if call.receiver is not None:
            touched.setdefault(call.receiver.location, []).append(call)
        elif call.name.startswith(_THREADS):
            touched.setdefault(None, []).append(call)
    if not calls.named(WAITS):
        for call in starts:
            if not _lasts(call) and not _is_ended(call, touched):
                kind = call.name.split("().")[0].rpartition(".")[2].lower()
                yield _problem(call, f"a {kind} is started and not waited for", f"join the {kind}")
        for call in submits:
            if not _is_awaited(call, touched):
                yield _problem(call, "nothing waits for what is submitted here", "ask the futures for their results")
    if not calls.named(TASK_WAITS):
        for call in futures:
            if not call.kept and not _is_used(call, touched):
                yield _unfinished(call, cancelled=call.in_asyncio_run and bool(calls.named({"asyncio.run"})))
    for call in processes:
        if not call.escapes and not {"stdout", "stderr", "stdin", "**"} & call.keywords.keys():
            if not any(_method(other) in PROCESS_ENDS for other in touched.get(call.location, ())):
                yield _problem(call, "a process is started and not waited for", "call wait() or use subprocess.run")


def _problem(call: Call, what: str, instead: str) -> Problem:
    message = f"{what}, and Lambda freezes it when the handler returns{through(call)}; {instead} first"
    return Problem(call.location, message, waiting(call), call.trace, sure=not call.kept)


def _unfinished(call: Call, cancelled: bool) -> Problem:
    what = f"{FUTURES[call.name]} and not awaited"
    then = "asyncio.run cancels what is not done at its end" if cancelled else "Lambda freezes it with the event loop"
    return Problem(call.location, f"{what}, and {then}{through(call)}; await it first", None, call.trace)


def _dropped(handler: Handler) -> Iterator[Problem]:
    """Coroutines that never run."""
    for one in handler.dropped:
        message = f"{one.name}() is called without await, so nothing of it runs; await it"
        yield Problem(one.location, message, None, one.trace)
    for call in handler.warm_calls.named(COROUTINES):
        if not (call.awaited or call.escapes or call.reads):
            yield Problem(
                call.location,
                f"{call.name}() is called without await{through(call)}, so nothing of it runs; await it",
                None,
                call.trace,
            )


def _is_used(call: Call, touched: Touched) -> bool:
    """Whether something waits for a task or future, ends it, or hands it on."""
    if call.awaited or call.reads or call.escapes:
        return True
    return any(_method(other) not in KEEPS_APART for other in touched.get(call.location, ()))


def _lasts(start: Call) -> bool:
    """Whether the thread is meant to live longer: it was made at import, or is made once."""
    return start.kept or start.receiver_persists or (start.receiver is not None and start.receiver.kept)


def _is_ended(start: Call, touched: Touched) -> bool:
    made = None if start.receiver is None else start.receiver.location  # None: of a class of the project
    return any(_method(call) in ENDS for call in touched.get(made, ()))


def _method(call: Call) -> str:
    return call.name.rpartition(".")[2]


def _is_awaited(call: Call, touched: Touched) -> bool:
    """Whether the result of a submission is used, or the executor waits for all."""
    if call.escapes or call.reads or call.location in touched or call.receiver is None:
        return True
    for other in touched.get(call.receiver.location, ()):
        waits = other.argument(0, "wait")
        if _method(other) == "__exit__" or (
            _method(other) == "shutdown" and (waits is None or waits.value is not False)
        ):
            return True
    return False
