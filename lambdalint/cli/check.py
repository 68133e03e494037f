"""`lambdalint check`: look, report, and say with the exit code how it went."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from lambdalint import checking, config, registry, selection
from lambdalint.check import AnyCheck, Severity
from lambdalint.discovery import display
from lambdalint.errors import HungUp, WrongUse, nearest
from lambdalint.report import Report
from lambdalint.reporters import FORMATS, render

STDIN = "-"
PROGRESS_ABOVE = 300
"""Fewer files are done before a bar would be seen."""


class Options(NamedTuple):
    """What was typed."""

    paths: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    pedantic: bool = False
    fix: bool = False
    unsafe_fixes: bool = False
    diff: bool = False
    output_format: str | None = None
    output_file: str | None = None
    baseline: str | None = None
    update_baseline: bool = False
    statistics: bool = False
    exit_zero: bool = False
    fail_on: str | None = None
    no_cache: bool = False
    jobs: int = 0
    config: str | None = None
    stdin_filename: str | None = None
    ignore_suppressions: bool = False
    today: str | None = None
    quiet: bool = False


def check(options: Options) -> int:
    """Run it; returns the exit code."""
    request = prepare(options)
    output_format = options.output_format or request.config.output_format or "terminal"
    if output_format not in FORMATS:
        others = nearest(output_format, list(FORMATS)) or f"; there are {', '.join(FORMATS)}"
        raise WrongUse(f'there is no output format "{output_format}"{others}')
    if options.diff:
        from lambdalint.cli import fix

        return fix.show(request, options)
    if options.fix:
        from lambdalint.cli import fix

        report = fix.mend(request, options)
    else:
        report = checking.run(request)[0]
    publish(report, options, output_format)
    return exit_code(report, options, request.config.fail_on)


def prepare(options: Options) -> checking.Request:
    """From what was typed and what the project configures to a request that can be run."""
    paths = options.paths or (".",)
    contents: dict[str, bytes] = {}
    if STDIN in paths:
        if len(paths) > 1:
            raise WrongUse("- stands for standard input and cannot be mixed with other paths")
        name = display(options.stdin_filename or "stdin.py")
        contents[name] = sys.stdin.buffer.read()
        paths = (name,)
    elif options.stdin_filename:
        raise WrongUse("--stdin-filename names what comes on standard input: give - as the path")
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise WrongUse("--unsafe-fixes says which fixes are applied: add --fix or --diff")
    if options.update_baseline and (options.fix or options.diff):
        raise WrongUse("--update-baseline cannot be combined with --fix or --diff: fix first")
    settings = config.load(options.config) if options.config else config.find(*paths)
    if options.update_baseline and not (options.baseline or settings.baseline):
        raise WrongUse("--update-baseline: say which file, with --baseline FILE or `baseline` in the configuration")
    if options.today is not None:
        settings = settings._replace(checks=(*settings.checks, on_day(options.today)))
    checks = registry.load(settings.extend_checks, settings.root, lazily=not settings.checks)
    if settings.checks:
        from lambdalint.options import configured

        checks = configured(checks, settings.checks)
    return checking.Request(
        paths=paths,
        config=settings,
        checks=checks,
        selected=select(options, settings, checks),
        contents=contents,
        cached=not (options.no_cache or options.fix or options.diff),
        alone=options.fix or options.diff,
        jobs=options.jobs,
        show_ignored=options.ignore_suppressions,
        pedantic=options.pedantic or settings.pedantic,
        baseline=options.baseline,
        update_baseline=options.update_baseline,
        meter=None if options.quiet or not sys.stderr.isatty() else meter,
    )


def on_day(today: str) -> config.Stated:
    """What `--today` states of the checks that ask what day it is."""
    from datetime import date

    try:
        date.fromisoformat(today)
    except ValueError:
        raise WrongUse(f'--today: "{today}" is no day such as 2027-03-31') from None
    return config.Stated("", "deprecated-runtime", {"today": today})


def select(options: Options, settings: config.Config, checks: Mapping[str, AnyCheck]) -> tuple[AnyCheck, ...]:
    """The checks to run. `--select` takes the place of all that the configuration selects or ignores."""
    for said, given in (
        ("--select", options.select),
        ("--ignore", options.ignore),
        ("--extend-select", options.extend_select),
    ):
        selection.confirm(given, checks, said)
    for key in ("select", "ignore", "extend-select"):
        stated: tuple[str, ...] = getattr(settings, key.replace("-", "_"))
        if stated:
            selection.confirm(stated, checks, config.place(settings.file or "", key))
    for stated in settings.per_file_ignores.values():
        selection.confirm(stated, checks, config.place(settings.file or "", "per-file-ignores"))
    if options.select:
        settings = settings._replace(select=(), ignore=(), extend_select=())
    return selection.choose(
        checks,
        select=options.select or settings.select,
        ignore=(*settings.ignore, *options.ignore),
        extend_select=(*settings.extend_select, *options.extend_select),
        pedantic=options.pedantic or settings.pedantic,
    )


def publish(report: Report, options: Options, output_format: str) -> None:
    """The report to standard output or the file named, notices to standard error."""
    to_file = options.output_file is not None
    color = not to_file and wants_color()
    text = render(output_format, report, color=color, width=width(), statistics=options.statistics)
    if text and not text.endswith("\n"):
        text += "\n"
    if options.output_file:
        try:
            with open(options.output_file, "wb") as stream:
                stream.write(text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise WrongUse(f"{options.output_file}: cannot be written: {error.strerror}") from None
    elif options.fix and STDIN in options.paths:
        sys.stderr.write(text)  # standard output carries the mended source
    else:
        write(text)
    late_notices = report.late_notices()
    if not options.quiet:
        for notice in (*report.notices, *late_notices):
            print(f"lambdalint: {notice}", file=sys.stderr)
    for folder in report.nothing_to_check:
        print(f"lambdalint: {folder}: there is nothing to check in it", file=sys.stderr)


def write(text: str) -> None:
    """To standard output, whatever its encoding can show."""
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text)
    except UnicodeEncodeError:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except BrokenPipeError as gone:
        raise HungUp from gone
    except OSError as error:
        raise WrongUse(f"the report cannot be written: {error.strerror}") from None


def exit_code(report: Report, options: Options, configured: str) -> int:
    """0 clean, 1 findings, 2 a check crashed, 3 a folder named holds nothing to check."""
    if report.crashed:
        return 2
    threshold = Severity[(options.fail_on or configured).upper()]
    if options.exit_zero:
        return 0
    if any(found.status == "new" and found.severity >= threshold for found in report.findings):
        return 1
    return 3 if report.nothing_to_check else 0


def wants_color() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """The columns of the terminal; 100 where there is none."""
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and int(stated) > 0:
        return int(stated)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 100
    except (OSError, ValueError):
        return 100


def meter(total: int) -> AbstractContextManager[checking.Progress | None]:
    """A bar for runs that take a while."""
    if total < PROGRESS_ABOVE:
        return nullcontext()
    from lambdalint.reporters.progress import progress

    return progress(total)
