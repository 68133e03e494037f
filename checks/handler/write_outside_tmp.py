"""LL312: a file is written where Lambda allows no writing."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.checks.handler._paths import WRITABLE, Write, handles_failure, start, top, writes
from lambdalint.model import Call, Calls, Handler


@check(Handler, code="LL312", severity=Severity.WARNING, since="0.1")
def write_outside_tmp(handler: Handler) -> Iterator[Problem]:
    """A file is written outside /tmp, where the file system is read-only.

    **Why it matters.** In Lambda only /tmp can be written, and what is mounted below /mnt. Everywhere else the call
    raises `OSError: [Errno 30] Read-only file system`. A relative path is no way out: it starts at /var/task, where
    the code lies. On a developer's machine the same line works.

    **Bad**

    ```python
    import json

    def handler(event, context):
        with open("order.json", "w") as file:  # LL312
            json.dump(event, file)
    ```

    **Good**

    ```python
    import json

    def handler(event, context):
        with open("/tmp/order.json", "w") as file:
            json.dump(event, file)
    ```

    Only paths that stand in the code are judged. Relative ones are not, where the code changes the working directory.
    What runs outside Lambda only (`if os.environ.get("AWS_SAM_LOCAL")`) is not reported, what another switch
    turns on (an environment variable such as DEBUG) only with `--pedantic`.

    **Ignore it when** the line runs outside Lambda only.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    for calls in (handler.warm_calls, handler.init_calls):
        for write in writes(calls):
            call, folder = write.call, top(write.path)
            if not folder or folder in WRITABLE or (folder == "." and _moves(handler)):
                continue
            yield Problem(
                call.location,
                f"{_what(call)} {start(write.path)[:60]!r}, but only /tmp can be written{through(call)}; "
                "write below /tmp",
                None,
                call.trace,
                sure=not _may_pass(write) and not handles_failure(handler, call) and not call.under_switch,
            )


def _moves(handler: Handler) -> bool:
    """Whether relative paths start elsewhere than where the code lies."""
    return any(_changes_directory(calls) for calls in (handler.warm_calls, handler.init_calls))


def _changes_directory(calls: Calls) -> bool:
    return bool(calls.named(frozenset({"contextlib.chdir", "os.chdir", "os.fchdir"})))


def _may_pass(write: Write) -> bool:
    """A directory that is there already is no failure, if the call says so; an image may bring it."""
    exist_ok = write.call.argument(None, "exist_ok")
    return write.makes_directory and exist_ok is not None


def _what(call: Call) -> str:
    method = call.name.rpartition(".")[2]
    return f"{method}() makes" if method in ("makedirs", "mkdir") else f"{method}() writes to"
