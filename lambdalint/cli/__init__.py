"""The command line: one file a command; alone prints and exits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from lambdalint import __version__


def command() -> NoReturn:
    """What the command `lambdalint` is: `main`, and the end of the process."""
    import os

    code = _with_room(main)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # whoever read it has left
            code = code or 141
    os._exit(code)  # to take apart all that was read takes a tenth of a long run, for nothing


def _with_room(work: Callable[[], int]) -> int:
    return work()


# Python keeps the frames of calls in blocks of 16 KB, and gives a block back when the first call in it returns. Where
# calls come and go at the end of a block, which is a matter of luck, each takes three hundred times as long. A call
# that states it needs this much gets a block of 1 MB, and there is room behind it for all that it leads to. (Memory
# is not taken before it is used.)
_with_room.__code__ = _with_room.__code__.replace(co_stacksize=70_000)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 clean, 1 findings, 2 wrong use, 3 nothing to check."""
    import gc

    gc.disable()  # a short life: what is collected at its end is collected for nothing
    words = list(sys.argv[1:] if argv is None else argv)
    _open_streams()
    try:
        return _run(words)
    except BrokenPipeError:
        return _hang_up()
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from lambdalint.errors import HungUp, WrongUse

        if isinstance(error, HungUp):
            return _hang_up()
        if isinstance(error, WrongUse):
            print(f"lambdalint: {error}", file=sys.stderr)
            return 2
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"lambdalint: internal error: {reason}{_where(error)}; please report it", file=sys.stderr)
        return 2


def _run(words: list[str]) -> int:
    if words in (["--version"], ["-V"]):
        print(f"lambdalint {__version__}")
        code = 0
    elif words[:1] == ["check"] and not any(word.startswith("-") for word in words):
        # What hooks call. Without an option there is nothing to parse, and typer takes longer to
        # load than one file takes to check.
        from lambdalint.cli.check import Options, check

        code = check(Options(paths=tuple(words[1:])))
    else:
        from lambdalint.cli.app import run

        code = run(words)
    sys.stdout.flush()
    return code


def _where(error: BaseException) -> str:
    """The innermost place in our own files, which a report of the error needs."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    file = trace.tb_frame.f_code.co_filename.replace("\\", "/")
    return f" ({'/'.join(file.split('/')[-2:])}:{trace.tb_lineno})"


def _open_streams() -> None:
    """Python has no stream where the caller closed one: what is said there goes nowhere."""
    import os

    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _hang_up() -> int:
    """Whoever read our output has left; at exit, Python must not stumble over it again."""
    import os
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141
