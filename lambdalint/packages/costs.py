"""How long imports take: estimated from a table, or measured where that is asked for.

The table was made by docs/generate_import_costs.py, which installs what people use on Lambda, measures it with
`python -X importtime` and says in the table itself on what. Over ten packages estimates rank as measurements do (rank
correlation 0.99; 0.95 if nothing that they load had been measured) and are off by 19 % (30 %) in the median, by a
factor of three at worst. With little memory all takes longer on Lambda, and longer still without bytecode: `compiling`.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lambdalint.packages.edges import Plan

TABLE = Path(__file__).with_name("_import_costs.json")


class Costs(NamedTuple):
    """What it takes to load files, in milliseconds, with their bytecode at hand."""

    module: float
    """Each module, and each byte of its source."""
    module_byte: float
    extension: float
    """Each module of machine code, and each byte of it."""
    extension_byte: float
    compile_byte: float
    """Each byte of source that was not compiled before."""
    factors: Mapping[str, float]
    """Of distributions that were measured, and take longer or less long than others of their size."""
    outside: Mapping[str, tuple[float, Sequence[str]]]
    """Modules of the standard library and of the runtime: their own time, and what they load."""


@cache
def costs() -> Costs:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    return Costs(*(table[name] for name in Costs._fields))


def estimate(plans: Iterable[Plan], known: Costs | None = None) -> float:
    """Milliseconds to load some files, and what they load of the standard library, once each."""
    known = known or costs()
    plans = list(plans)
    outside = _all_of({name for plan in plans for name in plan.outside}, known)
    return sum(of_file(plan, known) for plan in plans) + sum(known.outside[name][0] for name in outside)


def of_file(plan: Plan, known: Costs) -> float:
    if plan.path.endswith(".so"):
        ms = known.extension + plan.bytes * known.extension_byte
    else:
        ms = known.module + plan.bytes * known.module_byte
    return ms * known.factors.get(plan.distribution, 1)


def compiling(plans: Iterable[Plan]) -> float:
    """What each cold start takes longer if a package has no bytecode: Lambda cannot store any."""
    return sum(plan.bytes for plan in plans if plan.path.endswith(".py")) * costs().compile_byte


def _all_of(names: Iterable[str], known: Costs) -> set[str]:
    """Modules from outside of the package, with all that they load."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name and name not in seen:
            seen.add(name)
            waiting.extend(known.outside[name][1] if name in known.outside else ())
            waiting.append(name.rpartition(".")[0])
    return seen & known.outside.keys()


class Unmeasured(Exception):
    """A module could not be imported: why, as the end of a sentence that begins with its name."""


class Line(NamedTuple):
    """One line of `-X importtime`."""

    module: str
    ms: float
    """Its own, without what it imports."""
    depth: int


def measure(
    python: str, folders: Sequence[str], module: str, *, runs: int = 3, timeout_seconds: float = 60
) -> dict[str, float]:
    """Milliseconds of each module that is loaded with one, in the order of loading; the fastest of some runs.

    This runs the module: only where the user asked for it. It sees no folders but those given, none of the
    environment's variables, and writes bytecode elsewhere. The first run makes the bytecode and does not count.
    """
    code = (
        f"import os, sys; sys.path[:0] = {[os.path.abspath(folder) for folder in folders]!r}; "
        f"print('{_MARK}', file=sys.stderr, flush=True); __import__({module!r})"
    )
    with tempfile.TemporaryDirectory() as scratch:
        command = [python, "-I", "-S", "-X", f"pycache_prefix={scratch}", "-X", "importtime", "-c", code]
        found = [_run(command, scratch, timeout_seconds) for _ in range(runs + 1)][1:]
    return min(found, key=lambda times: sum(times.values()))


_MARK = "--- from here on"


def _run(command: Sequence[str], folder: str, timeout_seconds: float) -> dict[str, float]:
    environment = {"PATH": os.defpath, "HOME": folder, "AWS_DEFAULT_REGION": "us-east-1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_seconds
        )
    except subprocess.TimeoutExpired:
        raise Unmeasured(f"took more than {timeout_seconds:g} s to import") from None
    except OSError as error:
        raise Unmeasured(f"cannot be imported with {command[0]}: {error.strerror}") from None
    text = done.stderr.decode("utf-8", "replace")
    if done.returncode:
        raise Unmeasured(f"cannot be imported: {text.strip().rpartition(chr(10))[2]}")
    times: dict[str, float] = {}
    for line in lines(text.partition(_MARK)[2]):
        times[line.module] = times.get(line.module, 0) + line.ms
    return times


def lines(text: str) -> Iterator[Line]:
    """What `-X importtime` says, among whatever else a program writes."""
    for line in text.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and line.startswith("import time:") and parts[0].strip().isdigit():
            name = parts[2].lstrip()
            yield Line(name, int(parts[0]) / 1000, (len(parts[2]) - len(name) - 1) // 2)
