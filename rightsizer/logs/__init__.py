"""From the REPORT lines of Lambda to cells, wherever the lines are and whoever reads them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple

from lambdalint.errors import WrongUse
from lambdalint.rightsizer.cells import Cells
from lambdalint.rightsizer.logs import sources
from lambdalint.rightsizer.logs.seen import Seen

ENGINES = ("auto", "python", "duckdb", "spark")


class Logs(NamedTuple):
    """What was read of logs, and what was met on the way."""

    cells: Cells
    seen: Seen


def read_logs(
    paths: Sequence[str],
    engine: str = "auto",
    *,
    function: str = "",
    account: str = "",
    region: str = "",
    by_day: bool = False,
    jobs: int = 0,
    spark_master: str = "",
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Logs:
    """The cells of all reports in these files, folders, globs, or standard input (`-`).

    `function`, `account` and `region` are of those lines that do not tell. `progress` is told bytes, read and in all.
    """
    if engine not in ENGINES:
        raise WrongUse(f'there is no engine "{engine}"; engines are {", ".join(ENGINES)}')
    if engine == "auto":
        engine = "duckdb" if find_spec("duckdb") else "python"
    if engine == "duckdb" and not find_spec("duckdb"):
        raise WrongUse("the engine duckdb is not installed: pip install 'lambdalint[fast]'")
    if engine == "spark" and not find_spec("pyspark"):
        raise WrongUse("the engine spark is not installed: pip install 'lambdalint[spark]'")
    jobs = jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = sources.find(paths, function, account, region)
    total = sum(source.size for source in found)
    done = 0

    def add(size: int) -> None:
        nonlocal done
        done += size
        progress(done, total)

    if engine == "duckdb":
        from lambdalint.rightsizer.logs import duckdb_engine

        tally = duckdb_engine.run(found, by_day, jobs, add)
    else:
        from lambdalint.rightsizer.logs import python_engine

        tally = python_engine.run(found, by_day, jobs, add)
    tally.seen.files = len(found)
    tally.seen.bytes = total
    return Logs(tally.cells, tally.seen)
