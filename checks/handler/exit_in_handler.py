"""LL321: the process is ended in the middle of an invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.model import Call, Handler

RAISES = frozenset({"builtins.exit", "builtins.quit", "sys.exit"})
"""What raises SystemExit, which may be caught."""
ENDS = frozenset({"os._exit", "os.abort"})
PROCESSES = frozenset(
    {
        "concurrent.futures.ProcessPoolExecutor",
        "multiprocessing.Process",
        "multiprocessing.context.Process",
        "multiprocessing.get_context().Process",
        "os.fork",
        "os.forkpty",
        "threading.Thread",
        "threading.Timer",
    }
)
"""What starts something of its own, that may end without the function."""


@check(Handler, code="LL321", severity=Severity.WARNING, since="0.1")
def exit_in_handler(handler: Handler) -> Iterator[Problem]:
    """The process is ended in the middle of an invocation.

    **Why it matters.** `sys.exit()` ends the Python process that Lambda wants to use again. The invocation fails with
    `Runtime.ExitError`, also with exit code 0, and that says nothing of the cause. Lambda resets the environment, and
    the next invocation pays for loading the code again. Logs and traces that were not sent yet are lost.

    **Bad**

    ```python
    import sys

    def handler(event, context):
        if "id" not in event:
            print("no id")
            sys.exit(1)  # LL321
        return event["id"]
    ```

    **Good**

    ```python
    def handler(event, context):
        if "id" not in event:
            raise ValueError("no id")
        return event["id"]
    ```

    To end early without an error, `return`. To have the event delivered again, raise. An exit that is caught on the
    way (`except SystemExit`) is not reported, nor one behind `if __name__ == "__main__"`.

    **Ignore it when** the environment is broken beyond repair, and the next invocation must not get it.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    ends = handler.warm_calls.named(RAISES | ENDS)
    if not ends:
        return
    elsewhere = bool(handler.warm_calls.named(PROCESSES))
    for call in ends:
        if call.name in RAISES and _is_caught(call, handler):
            continue
        # Two calls and a file away stands what a command line uses too, and what the handler may never bring to exit.
        distant = len(call.trace) > 1 and call.location.path != handler.path
        name = call.name.removeprefix("builtins.")
        message = (
            f"{name}() ends the process{through(call)}: the invocation fails and the next one loads all code anew; "
        )
        yield Problem(
            call.location, message + "return, or raise an error", None, call.trace, sure=not (elsewhere or distant)
        )


def _is_caught(call: Call, handler: Handler) -> bool:
    """Whether an `except` clause on the way keeps SystemExit from the runtime."""
    for rescue in handler.rescues:
        catches = {name.rpartition(".")[2] for name in rescue.catches}
        if catches and not catches & {"BaseException", "SystemExit"}:
            continue
        # A clause that only notes the exit and raises again lets it through.
        if not rescue.goes_on and not rescue.returns:
            continue
        depth = len(rescue.trace)
        if call.trace[:depth] == rescue.trace:
            below = call.trace[depth].name if len(call.trace) > depth else call.name
            if below in rescue.calls:
                return True
    return False
