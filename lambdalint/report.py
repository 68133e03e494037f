"""What one run of `check` found, as every reporter receives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from lambdalint.check import Finding
from lambdalint.model.package import Action, Package
from lambdalint.model.usage import Usage


def no_lines(path: str) -> Sequence[str] | None:
    """Of any file, none."""
    return None


class Report(NamedTuple):
    """All that a reporter may show. Reporters turn it into text and never look further."""

    findings: Sequence[Finding]
    """In reading order. Baselined and ignored ones are among them only with that `status`."""
    files: int = 0
    """Files read."""
    handlers: int = 0
    """Handlers found."""
    functions: int = 0
    """Functions that templates declare."""
    ignored: int = 0
    """Findings silenced by ignore comments or config, whether or not they are shown."""
    baselined: int = 0
    fixed: int = 0
    """Problems that `--fix` mended."""
    notices: Sequence[str] = ()
    """One line each, for standard error: what could not be done, and the remedy."""
    late_notices: Callable[[], Sequence[str]] = tuple
    """More of them, from what goes on while the report is made. Waits for its end."""
    crashed: bool = False
    """A check raised (LL000 is among the findings)."""
    nothing_to_check: Sequence[str] = ()
    """Folders named on the command line that hold nothing lambdalint reads."""
    sources: Callable[[str], Sequence[str] | None] = no_lines
    """The lines of a file by its path, for code frames; None where it cannot be read."""


class Weighed(NamedTuple):
    """One package, and what was asked about it, as every reporter of packages receives it."""

    package: Package
    actions: Sequence[Action] = ()
    """What makes it smaller: all that does, or the shortest list that reaches the size that was wanted."""
    below_bytes: int = 0
    """That size; 0 where none was wanted."""
    enough: bool = True
    """The actions reach it."""
    measured_ms: Mapping[str, float] = MappingProxyType({})
    """How long importing each handler took, where that was measured."""


class Cost(NamedTuple):
    """What one function costs in a month, as every reporter of costs receives it."""

    name: str
    region: str = ""
    account: str = ""
    architecture: str = ""
    memory_mb: float | None = None
    """The size that most invocations have; None where it is not known."""
    invocations_per_month: float | None = None
    currency: str = ""
    parts: Mapping[str, float | None] = MappingProxyType({})
    """`compute requests init provisioned storage restore streaming logs`; None where there is no price."""
    total: float | None = None
    """None where there is no figure: a notice says why."""
    place: str = ""
    """`template.yaml:12`, where a template declares it."""


class Costs(NamedTuple):
    """What all functions cost, and what that rests on."""

    functions: Sequence[Cost]
    """The dearest first, in each currency."""
    basis: str = "usage"
    """`usage`, or `templates`: with the traffic that was assumed."""
    prices: Sequence[str] = ()
    """Where they are from, and of when."""
    free_tier: bool = False
    notices: Sequence[str] = ()


class CostChange(NamedTuple):
    """What one function cost and will cost."""

    name: str
    before: Cost | None
    """None where it is new."""
    after: Cost | None
    """None where it goes."""

    @property
    def change(self) -> float | None:
        """None where one of them has no figure."""
        totals = [0.0 if one is None else one.total for one in (self.before, self.after)]
        return None if totals[0] is None or totals[1] is None else totals[1] - totals[0]


class CostDiff(NamedTuple):
    """What a change costs."""

    functions: Sequence[CostChange]
    """Those whose cost changes, the greatest change first."""
    before: Costs
    after: Costs
    notices: Sequence[str] = ()


class Fleet(NamedTuple):
    """All functions together. Money is in US dollars; functions billed in another currency are counted apart."""

    functions: int = 0
    usd_per_month: float = 0.0
    saving_usd_per_month: float = 0.0
    """By the sizes that are recommended for the goal."""
    savings: Mapping[str, float] = MappingProxyType({})
    """By the name of the check, what its findings cost. They overlap: they are not to be added up."""
    evidence: Mapping[str, int] = MappingProxyType({})
    """How many functions there are of each class."""
    few: Sequence[str] = ()
    """The fewest functions that make up four fifths of the bill."""
    unused: Sequence[str] = ()
    oversized: Sequence[str] = ()
    without_figure: int = 0
    """Functions without a price, or with one in another currency."""


class Sizing(NamedTuple):
    """Every function with the memory size that suits it, as every reporter of sizes receives it."""

    functions: Sequence[Usage]
    """Those first whose sizes save most, then the dearest."""
    fleet: Fleet
    findings: Report
    goal: str = "balanced"
    basis: str = "usage"
    """`snapshot`, `logs` or `usage`."""
    prices: Sequence[str] = ()
    notices: Sequence[str] = ()
    incomplete: bool = False
    """Something was not to be had: denied, or cut off."""
