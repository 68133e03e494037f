"""`lambdalint cost`: what functions cost in a month, and what a change to them costs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from lambdalint import config
from lambdalint.cli.check import wants_color, width, write
from lambdalint.errors import WrongUse, nearest
from lambdalint.reporters.costs import FORMATS, render

if TYPE_CHECKING:
    from lambdalint.report import CostDiff, Costs
    from lambdalint.rightsizer.pricing import Prices

USAGE = (".csv", ".parquet", ".pq")
WIDE = 2_000


class Options(NamedTuple):
    """What was typed."""

    paths: tuple[str, ...] = ()
    usage: str | None = None
    traffic: str | None = None
    diff: tuple[str, str] | None = None
    region: str | None = None
    days: float | None = None
    free_tier: bool = False
    output_format: str = "table"
    output_file: str | None = None
    config: str | None = None
    quiet: bool = False


def cost(options: Options) -> int:
    """Run it; 3 where there is no function, 4 where none of them has a figure."""
    if options.output_format not in FORMATS:
        others = nearest(options.output_format, list(FORMATS)) or f"; there are {', '.join(FORMATS)}"
        raise WrongUse(f'there is no output format "{options.output_format}"{others}')
    prices = prices_of(options.region)
    if options.diff is not None and (options.paths or options.usage):
        raise WrongUse("--diff names the two that are compared: leave out the other paths and --usage")
    sides = list(_sides([(path,) for path in options.diff] if options.diff else [_named(options)], prices, options))
    notices = list(dict.fromkeys(notice for side in sides for notice in side.notices))
    if options.diff is None:
        _publish(sides[0], notices, options)
    else:
        from lambdalint.rightsizer.costing import compared

        before, after = sides
        _publish(compared(before, after, notices), notices, options)
    return _exit_code(sides)


def prices_of(region: str | None, command: str = "cost") -> Prices:
    """The public prices; raises `WrongUse` where none is known of a region that was named."""
    try:
        from lambdalint.rightsizer.pricing import Prices
    except ModuleNotFoundError as missing:
        if missing.name not in ("numpy", "pandas"):
            raise
        raise WrongUse(f"lambdalint {command} needs {missing.name}: pip install 'lambdalint[aws]'") from None
    prices = Prices.load()
    if region and region not in prices.regions:
        others = nearest(region, list(prices.regions)) or f"; they are known of {', '.join(prices.regions)}"
        raise WrongUse(f'--region: no price is known of "{region}"{others}')
    return prices


def _named(options: Options) -> tuple[str, ...]:
    if options.usage is None:
        return options.paths or (".",)
    if options.paths or options.traffic:
        raise WrongUse("--usage says what ran: leave out the paths of templates and --traffic")
    return (options.usage,)


def _sides(compared: Sequence[tuple[str, ...]], prices: Prices, options: Options) -> Iterator[Costs]:
    """The costs of each of those that are compared, or of the only one."""
    from lambdalint.inventory import place, take
    from lambdalint.rightsizer import costing, figures, traffic

    region = options.region or ""
    assumed, spoken_of = None, []
    for paths in compared:
        if options.usage is not None or all(path.lower().endswith(USAGE) for path in paths):
            rows = [row for path in paths for row in figures.read(path)]
            days = nan if options.days is None else options.days
            yield costing.from_rows(rows, prices, region=region, days=days, free_tier=options.free_tier)
            continue
        if options.traffic is None:
            raise WrongUse("how much the functions run must be said: --usage FILE, or --traffic FILE for templates")
        assumed = assumed or traffic.load(options.traffic)
        found = take(paths, config.load(options.config) if options.config else config.find(*paths))
        spoken_of += [(one.logical_id, one.name) for one in found.functions]
        costs = costing.from_templates(found.functions, assumed, prices, region=region, free_tier=options.free_tier)
        unread = [f"{place(location)}: this template {message}" for location, message, _ in found.remarks]
        last = [*assumed.unmatched(spoken_of)] if paths is compared[-1] else []
        yield costs._replace(notices=[*unread, *found.notices, *last, *costs.notices])


def _publish(costs: Costs | CostDiff, notices: Sequence[str], options: Options) -> None:
    to_file = options.output_file is not None
    # What reads a pipe wants a row in one line, however wide.
    columns = width() if sys.stdout.isatty() and not to_file else WIDE
    text = render(options.output_format, costs, color=not to_file and wants_color(), width=columns)
    if options.output_file is None:
        write(text)
    else:
        try:
            with open(options.output_file, "w", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(text)
        except OSError as error:
            raise WrongUse(f"{options.output_file}: cannot be written: {error.strerror}") from None
    if not options.quiet:
        for notice in notices:
            print(f"lambdalint: {notice}", file=sys.stderr)


def _exit_code(sides: list[Costs]) -> int:
    functions = [one for side in sides for one in side.functions]
    if not functions:
        print("lambdalint: there is no function to price", file=sys.stderr)
        return 3
    return 0 if any(one.total is not None for one in functions) else 4
