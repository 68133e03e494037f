"""`lambdalint rightsize`: which memory size suits each function, and what else an account shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from lambdalint import config, judging, registry
from lambdalint.cli import check
from lambdalint.cli.cost import WIDE, prices_of
from lambdalint.errors import WrongUse, nearest
from lambdalint.reporters import render as render_findings
from lambdalint.reporters.progress import progress
from lambdalint.reporters.sizes import FORMATS, render

if TYPE_CHECKING:
    from lambdalint.report import Sizing
    from lambdalint.rightsizer.pricing import Prices
    from lambdalint.rightsizer.unused import Account
    from lambdalint.rightsizer.usage import Usage

GOALS = ("cost", "balanced", "speed")
OF_FINDINGS = ("concise", "github")
ALL_FORMATS = (*FORMATS, "parquet", *OF_FINDINGS)
LEAST_MB, MOST_MB = 128, 10_240


class Options(NamedTuple):
    """What was typed."""

    paths: tuple[str, ...] = ()
    """A snapshot, or more logs."""
    logs: tuple[str, ...] = ()
    usage: str | None = None
    engine: str = "auto"
    function: str = ""
    goal: str = "balanced"
    guard_percent: float = 20.0
    sizes: tuple[str, ...] = ()
    days: float | None = None
    region: str | None = None
    architecture: str | None = None
    explain: str | None = None
    output_format: str = "table"
    output_file: str | None = None
    findings: check.Options = check.Options()
    """What of `check` holds here too: which checks, baseline, what fails."""
    quiet: bool = False


class Read(NamedTuple):
    """What the inputs gave."""

    basis: str
    found: Usage
    account: Account
    notices: tuple[str, ...]
    incomplete: bool = False


def rightsize(options: Options) -> int:
    """Run it; returns the exit code."""
    _confirm(options)
    settings = config.load(options.findings.config) if options.findings.config else config.find(".")
    request = _request(options, settings)
    prices = prices_of(options.region, "rightsize")
    read = _read(options)
    if not len(read.found.table) and not read.account.functions:
        _tell(read.notices, options)
        print("lambdalint: there is no invocation to go by", file=sys.stderr)
        return 4 if read.incomplete else 3
    sizing = _sizing(read, prices, request, options)
    _publish(sizing, options)
    if sizing.incomplete and not sizing.findings.crashed:
        return 4
    return check.exit_code(sizing.findings, options.findings, settings.fail_on)


def _confirm(options: Options) -> None:
    for said, given, known in (
        ("output format", options.output_format, ALL_FORMATS),
        ("goal", options.goal, GOALS),
        ("architecture", options.architecture or "x86_64", ("x86_64", "arm64")),
    ):
        if given not in known:
            others = nearest(given, list(known)) or f"; there are {', '.join(known)}"
            raise WrongUse(f'there is no {said} "{given}"{others}')
    if options.output_format == "parquet" and options.output_file is None:
        raise WrongUse("--output-format parquet writes a file: say which, with --output-file FILE")
    inputs = [bool(options.paths and not options.logs), bool(options.logs), options.usage is not None]
    if sum(inputs) != 1 or (len(options.paths) > 1 and not options.logs):
        raise WrongUse("say what there is to go by: a snapshot, or --logs PATH..., or --usage FILE; one of them")


def _request(options: Options, settings: config.Config) -> judging.Request:
    typed = options.findings
    baseline = typed.baseline
    if typed.update_baseline and baseline is None:
        raise WrongUse("--update-baseline: say which file, with --baseline FILE")
    checks = registry.load(settings.extend_checks, settings.root, lazily=not settings.checks)
    if settings.checks:
        from lambdalint.options import configured

        checks = configured(checks, settings.checks)
    selected = check.select(typed, settings, checks)
    return judging.Request(
        settings, checks, selected, typed.pedantic or settings.pedantic, baseline, typed.update_baseline
    )


def _sizes(options: Options) -> list[int] | None:
    for size in options.sizes:
        if not size.isdecimal() or not LEAST_MB <= int(size) <= MOST_MB:
            raise WrongUse(f"--sizes: {size} is no memory size: MB from {LEAST_MB} to {MOST_MB}, such as 256,512,1024")
    return sorted({int(size) for size in options.sizes}) or None


def _read(options: Options) -> Read:
    try:
        return _taken(options)
    except ModuleNotFoundError as missing:
        if missing.name not in ("numpy", "pandas", "scipy"):
            raise
        raise WrongUse(f"lambdalint rightsize needs {missing.name}: pip install 'lambdalint[aws]'") from None


def _taken(options: Options) -> Read:
    from lambdalint.rightsizer import unused, usage

    if options.usage is not None:
        found = usage.from_numbers(options.usage)
        if options.days is not None:
            found.table.loc[found.table["days"] == usage.DAYS_OF_A_MONTH, "days"] = options.days
        return Read("usage", found, unused.Account(), tuple(found.notices))
    if options.logs:
        with _meter(options.quiet) as advance:
            found = usage.from_logs(
                (*options.logs, *options.paths),
                options.engine,
                function=options.function,
                region=options.region or "",
                days=options.days,
                progress=advance,
            )
        return Read("logs", found, unused.Account(), (*found.notices, *found.seen.examples))
    from lambdalint.snapshot import open_snapshot

    (path,) = options.paths
    with open_snapshot(path) as snapshot:
        account = unused.read(snapshot)
    found = usage.from_snapshot(path)
    notices = (*found.notices, *account.lacking)
    return Read("snapshot", found, account, notices, bool(account.lacking))


@contextmanager
def _meter(quiet: bool) -> Iterator[Callable[[int, int], object]]:
    """A bar for bytes: how many there are is told with the first."""
    bars: list[progress] = []
    before = 0

    def advance(done: int, total: int) -> None:
        nonlocal before
        if quiet:
            return
        if not bars:
            bars.append(progress(total, "Reading"))
        bars[0].advance(done - before)
        before = done

    try:
        yield advance
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


def _sizing(read: Read, prices: Prices, request: judging.Request, options: Options) -> Sizing:
    from lambdalint.rightsizer import report
    from lambdalint.rightsizer.sizing import sized

    sizes = _sizes(options)
    region = options.region or ""
    report.complete(read.found.table, region=region, architecture=options.architecture or "")
    found = sized(read.found.table, prices, options.goal, options.guard_percent / 100, sizes)
    source = report.Source(read.found.table.to_dict("records"), read.account, region)
    usages, notices = report.usages(source, found, prices, options.goal)
    findings = judging.judge(usages, request)
    ran = [one for one in usages if one.invocations]
    return report.sizing(
        usages,
        findings,
        goal=options.goal,
        basis=read.basis,
        prices=prices.sources,
        notices=[*read.notices, *notices, *findings.notices],
        incomplete=read.incomplete or (bool(ran) and all(one.usd_per_month is None for one in ran)),
    )


def _publish(sizing: Sizing, options: Options) -> None:
    if options.output_format == "parquet":
        from lambdalint.reporters.sizes import COLUMNS, rows
        from lambdalint.rightsizer.report import write_parquet

        write_parquet(COLUMNS, rows(sizing), options.output_file or "")
    else:
        text = _text(sizing, options)
        if options.output_file is None:
            check.write(text)
        else:
            try:
                with open(options.output_file, "w", encoding="utf-8", errors="backslashreplace") as stream:
                    stream.write(text)
            except OSError as error:
                raise WrongUse(f"{options.output_file}: cannot be written: {error.strerror}") from None
    _tell(tuple(sizing.notices), options)


def _text(sizing: Sizing, options: Options) -> str:
    to_file = options.output_file is not None
    # What reads a pipe wants a row in one line, however wide.
    columns = check.width() if sys.stdout.isatty() and not to_file else WIDE
    if options.explain is not None:
        return _explained(sizing, options.explain, options.output_format)
    if options.output_format in OF_FINDINGS:
        return render_findings(options.output_format, sizing.findings)
    return render(options.output_format, sizing, color=not to_file and check.wants_color(), width=columns)


def _explained(sizing: Sizing, name: str, output_format: str) -> str:
    names = list(dict.fromkeys(one.name for one in sizing.functions))
    if name not in names:
        raise WrongUse(f'--explain: there is no function "{name}"{nearest(name, names)}')
    if output_format != "table":
        chosen = [one for one in sizing.functions if one.name == name]
        places = {one.location for one in chosen}
        findings = [one for one in sizing.findings.findings if one.location in places]
        alone = sizing._replace(functions=chosen, findings=sizing.findings._replace(findings=findings))
        return (
            render(output_format, alone) if output_format in FORMATS else render_findings(output_format, alone.findings)
        )
    from lambdalint.reporters.explained import explain

    return explain(sizing, name, width=check.width())


def _tell(notices: tuple[str, ...], options: Options) -> None:
    if not options.quiet:
        for notice in dict.fromkeys(notices):
            print(f"lambdalint: {notice}", file=sys.stderr)
