"""What may be typed. What is done then stands in the other files of this folder, each loaded if asked for."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from lambdalint import __version__
from lambdalint.reporters import FORMATS

app = typer.Typer(
    name="lambdalint",
    help="Finds what is wrong, slow or wasteful in AWS Lambda functions.",
    no_args_is_help=True,
    rich_markup_mode=None,  # rich takes longer to load than a file takes to check
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[list[str] | None, typer.Argument(help="Files and folders, or - for standard input.")]
Selectors = list[str] | None


class FailOn(StrEnum):
    advice = "advice"
    warning = "warning"
    error = "error"


def run(words: Sequence[str]) -> int:
    """Parse `words`, run the command they name, and return its exit code."""
    try:
        code = app(list(words), prog_name="lambdalint", standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        return 130
    except Exception as error:
        show = getattr(error, "show", None)  # a usage error, whichever click typer brings along
        if show is None:
            raise
        show()
        return 2
    return code if isinstance(code, int) else 0


def _version(wanted: bool) -> None:
    if wanted:
        print(f"lambdalint {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None: ...


@app.command()
def check(
    paths: Paths = None,
    select: Annotated[Selectors, typer.Option(help="Run only these: codes, names, LL1, ALL.")] = None,
    ignore: Annotated[Selectors, typer.Option(help="Do not run these.")] = None,
    extend_select: Annotated[Selectors, typer.Option(help="Run these as well.")] = None,
    pedantic: Annotated[
        bool, typer.Option("--pedantic", help="Run also what is off by default, and report also what is not certain.")
    ] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely.")] = False,
    unsafe_fixes: Annotated[
        bool, typer.Option("--unsafe-fixes", help="With --fix or --diff: also mend what needs a review.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what --fix would change; write nothing.")] = False,
    output_format: Annotated[str | None, typer.Option(help=f"{', '.join(FORMATS)}.")] = None,
    output_file: Annotated[str | None, typer.Option(help="Write the report there.")] = None,
    baseline: Annotated[str | None, typer.Option(help="Leave out the findings in this file.")] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write the findings of this run to the baseline.")
    ] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each check.")] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 even if there are findings.")] = False,
    fail_on: Annotated[FailOn | None, typer.Option(help="The least severity that fails the run.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither read nor write the cache.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes; 0: one per processor.")] = 0,
    config: Annotated[str | None, typer.Option(help="Use this configuration file.")] = None,
    stdin_filename: Annotated[str | None, typer.Option(help="The name of what comes on standard input.")] = None,
    ignore_suppressions: Annotated[
        bool, typer.Option("--ignore-suppressions", help="Show also what ignore comments silence.")
    ] = False,
    today: Annotated[
        str | None, typer.Option(metavar="DATE", help="Reckon deprecations from this day, such as 2027-03-31.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notices and no progress.")] = False,
) -> int:
    """Check the handlers in files and folders."""
    from lambdalint.cli import check as command

    return command.check(
        command.Options(
            paths=tuple(paths or ()),
            select=words(select),
            ignore=words(ignore),
            extend_select=words(extend_select),
            pedantic=pedantic,
            fix=fix,
            unsafe_fixes=unsafe_fixes,
            diff=diff,
            output_format=output_format,
            output_file=output_file,
            baseline=baseline,
            update_baseline=update_baseline,
            statistics=statistics,
            exit_zero=exit_zero,
            fail_on=fail_on.value if fail_on else None,
            no_cache=no_cache,
            jobs=jobs,
            config=config,
            stdin_filename=stdin_filename,
            ignore_suppressions=ignore_suppressions,
            today=today,
            quiet=quiet,
        )
    )


@app.command()
def functions(
    paths: Annotated[list[str] | None, typer.Argument(help="Templates and folders; . by default.")] = None,
    output_format: Annotated[str, typer.Option(help="table or json.")] = "table",
    config: Annotated[str | None, typer.Option(help="Use this configuration file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notices.")] = False,
) -> int:
    """List the functions that templates declare, with their settings."""
    from lambdalint.cli import functions as command

    return command.functions(tuple(paths or ()), output_format, quiet, config)


@app.command()
def package(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Zips, folders, layers, images, or a tree with templates.")
    ] = None,
    handler: Annotated[
        list[str] | None,
        typer.Option("--handler", help="app.lambda_handler, where no template says it. Repeatable."),
    ] = None,
    python: Annotated[str | None, typer.Option(help="The Python that runs it, such as 3.13.")] = None,
    architecture: Annotated[str | None, typer.Option(help="x86_64 or arm64.")] = None,
    layer: Annotated[list[str] | None, typer.Option("--layer", help="A layer it runs with. Repeatable.")] = None,
    installed: Annotated[
        str | None, typer.Option(help="For source: the folder where its requirements are installed, or their wheels.")
    ] = None,
    below: Annotated[str | None, typer.Option(metavar="SIZE", help="Say how to get below this size unzipped.")] = None,
    below_zipped: Annotated[
        str | None, typer.Option("--below-zipped", metavar="SIZE", help="Say how to get below this size zipped.")
    ] = None,
    output_format: Annotated[str, typer.Option(help="table, json or html (a map).")] = "table",
    output_file: Annotated[str | None, typer.Option(help="Write it there.")] = None,
    measure: Annotated[
        bool, typer.Option("--measure", help="Run the imports of its handlers, and say how long they take.")
    ] = False,
    slim: Annotated[str | None, typer.Option(metavar="OUT", help="Write a smaller zip of it.")] = None,
    prune_sdk: Annotated[
        bool, typer.Option("--prune-sdk", help="With --slim: without data of AWS services that it does not call.")
    ] = False,
    bytecode: Annotated[str, typer.Option(help="With --slim: keep, drop or compile.")] = "keep",
    verify: Annotated[
        bool, typer.Option("--verify", help="With --slim: run the imports of its handlers before and after.")
    ] = False,
    interpreter: Annotated[
        str | None, typer.Option(metavar="PYTHON", help="Runs what --measure, --verify and --bytecode compile need.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notices.")] = False,
) -> int:
    """Say what packages weigh, why, what may go, and whether they will run."""
    from lambdalint.cli import package as command

    return command.package(
        command.Options(
            paths=tuple(paths or ()),
            handlers=tuple(handler or ()),
            python=python,
            architecture=architecture,
            layers=tuple(layer or ()),
            installed=installed,
            below=below,
            below_zipped=below_zipped,
            output_format=output_format,
            output_file=output_file,
            measure=measure,
            slim=slim,
            prune_sdk=prune_sdk,
            bytecode=bytecode,
            verify=verify,
            interpreter=interpreter,
            quiet=quiet,
        )
    )


@app.command()
def cost(
    paths: Annotated[list[str] | None, typer.Argument(help="Templates and folders; . by default.")] = None,
    usage: Annotated[
        str | None, typer.Option(metavar="FILE", help="What functions did: CSV or Parquet, see docs/cost.md.")
    ] = None,
    traffic: Annotated[
        str | None, typer.Option(metavar="FILE", help="How much functions of templates are assumed to run: TOML.")
    ] = None,
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="BEFORE AFTER", help="What a change costs: two folders, templates or files of --usage."),
    ] = None,
    region: Annotated[str | None, typer.Option(help="Of functions whose region is not stated.")] = None,
    days: Annotated[
        float | None, typer.Option(min=0.04, help="How long --usage looked, where the file does not say.")
    ] = None,
    free_tier: Annotated[bool, typer.Option("--free-tier", help="Less what is free each month.")] = False,
    output_format: Annotated[str, typer.Option(help="table, csv, markdown or json.")] = "table",
    output_file: Annotated[str | None, typer.Option(help="Write it there.")] = None,
    config: Annotated[str | None, typer.Option(help="Use this configuration file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notices.")] = False,
) -> int:
    """Say what functions cost a month, and what a change to them costs."""
    from lambdalint.cli import cost as command

    return command.cost(
        command.Options(
            paths=tuple(paths or ()),
            usage=usage,
            traffic=traffic,
            diff=diff,
            region=region,
            days=days,
            free_tier=free_tier,
            output_format=output_format,
            output_file=output_file,
            config=config,
            quiet=quiet,
        )
    )


@app.command()
def rightsize(
    paths: Annotated[
        list[str] | None, typer.Argument(help="A snapshot of an account; after --logs, more logs.")
    ] = None,
    logs: Annotated[
        list[str] | None,
        typer.Option("--logs", metavar="PATH...", help="Logs with REPORT lines: files, folders, globs, or -."),
    ] = None,
    usage: Annotated[
        str | None, typer.Option(metavar="FILE", help="What functions did: CSV or Parquet, see docs/rightsizing.md.")
    ] = None,
    engine: Annotated[str, typer.Option(help="Reads the logs: auto or python.")] = "auto",
    function: Annotated[str, typer.Option(help="Of logs that do not tell of which function they are.")] = "",
    goal: Annotated[str, typer.Option(help="cost, balanced or speed.")] = "balanced",
    guard: Annotated[float, typer.Option(min=0, help="How many percent slower a smaller size may be.")] = 20.0,
    sizes: Annotated[Selectors, typer.Option(help="Consider only these: 256,512,1024.")] = None,
    days: Annotated[
        float | None, typer.Option(min=0.04, help="How many days the data is of, where it does not tell.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Of functions whose region is not stated.")] = None,
    architecture: Annotated[str | None, typer.Option(help="Likewise: x86_64 or arm64.")] = None,
    explain: Annotated[str | None, typer.Option(metavar="NAME", help="Show one function in depth.")] = None,
    output_format: Annotated[
        str, typer.Option(help="table, csv, parquet, markdown or json; concise or github for findings only.")
    ] = "table",
    output_file: Annotated[str | None, typer.Option(help="Write it there.")] = None,
    select: Annotated[Selectors, typer.Option(help="Run only these checks: codes, names, LL9.")] = None,
    ignore: Annotated[Selectors, typer.Option(help="Do not run these.")] = None,
    pedantic: Annotated[bool, typer.Option("--pedantic", help="Report also what is not certain.")] = False,
    baseline: Annotated[str | None, typer.Option(help="Leave out the findings in this file.")] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write the findings of this run to the baseline.")
    ] = False,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 even if there are findings.")] = False,
    fail_on: Annotated[FailOn | None, typer.Option(help="The least severity that fails the run.")] = None,
    config: Annotated[str | None, typer.Option(help="Use this configuration file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No notices and no progress.")] = False,
) -> int:
    """Say which memory size suits each function, and what else its usage shows."""
    from lambdalint.cli import check as checking
    from lambdalint.cli import rightsize as command

    return command.rightsize(
        command.Options(
            paths=tuple(paths or ()),
            logs=tuple(logs or ()),
            usage=usage,
            engine=engine,
            function=function,
            goal=goal,
            guard_percent=guard,
            sizes=words(sizes),
            days=days,
            region=region,
            architecture=architecture,
            explain=explain,
            output_format=output_format,
            output_file=output_file,
            findings=checking.Options(
                select=words(select),
                ignore=words(ignore),
                pedantic=pedantic,
                baseline=baseline,
                update_baseline=update_baseline,
                exit_zero=exit_zero,
                fail_on=fail_on.value if fail_on else None,
                config=config,
            ),
            quiet=quiet,
        )
    )


@app.command()
def rule(
    name: Annotated[str, typer.Argument(metavar="CODE", help="The code or name of a check.")],
    config: Annotated[str | None, typer.Option(help="Use this configuration file.")] = None,
) -> int:
    """Explain one check: what it finds, why that matters, and what to do."""
    from lambdalint.cli import rule as command

    return command.rule(name, config)


@app.command()
def rules(
    output_format: Annotated[str, typer.Option(help="terminal or json.")] = "terminal",
    config: Annotated[str | None, typer.Option(help="Use this configuration file.")] = None,
) -> int:
    """List all checks."""
    from lambdalint.cli import rules as command

    return command.rules(output_format, config)


def words(given: Sequence[str] | None) -> tuple[str, ...]:
    """Options may be repeated or hold a list: `--select LL101,LL102`, or with spaces."""
    return tuple(word for one in given or () for word in one.replace(",", " ").split())
