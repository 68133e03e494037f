"""What one function did in an account, and what the right-sizer makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from lambdalint.model.places import Location


class Range(NamedTuple):
    """A number that is not known exactly; it lies between `low` and `high` in nine of ten cases."""

    estimate: float
    low: float
    high: float


class Point(NamedTuple):
    """What is expected at one memory size."""

    memory_mb: int
    duration_ms: Range
    p95_ms: float | None = None
    usd_per_month: float | None = None


class Recommendation(NamedTuple):
    """A memory size that suits a goal better than the present one."""

    memory_mb: int
    saving_usd_per_month: float
    """Less than 0 where speed is bought."""
    duration_change: Range
    """As a share: -0.3 is 30 % faster."""
    confidence: float
    """The probability that it saves and stays within the guard."""


class Usage(NamedTuple):
    """One function in a window of time. A number that is not known is None."""

    name: str
    location: Location
    """Stands for the function, which has no file: its path is the region and the name."""
    account: str = ""
    region: str = ""
    architecture: str = ""
    """Empty where it is not stated."""
    runtime: str = ""
    package_type: str = ""
    memory_mb: int | None = None
    """As it is configured now; else as most invocations had it."""
    timeout_s: float | None = None
    days: float | None = None
    """The length of the window."""
    invocations: float | None = None
    """In the window. 0 is known to be none."""
    invocations_per_month: float | None = None
    mean_ms: float | None = None
    p95_ms: float | None = None
    p99_ms: float | None = None
    max_memory_used_mb: float | None = None
    """Of all sizes that it had; `memory_mb` or more is where it stopped being measured."""
    cold_starts: float | None = None
    mean_init_ms: float | None = None
    errors: float | None = None
    timeouts: float | None = None
    out_of_memory: float | None = None
    usd_per_month: float | None = None
    """As it is now, in `currency`."""
    currency: str = "USD"
    parts: Mapping[str, float | None] = MappingProxyType({})
    """`compute requests init provisioned storage restore streaming logs`, of that."""
    arm64_usd_per_month: float | None = None
    """The same work on the other processor, at the typical ratio of durations; None where it is on arm64."""
    evidence: str = "insufficient"
    """`one-size`, `two-sizes`, `cpu`, `two-sizes+cpu` or `insufficient`."""
    curve: Sequence[Point] = ()
    """By memory size."""
    goal: str = "balanced"
    recommendations: Mapping[str, Recommendation | None] = MappingProxyType({})
    """By goal: `cost`, `balanced`, `speed`."""
    reason: str = ""
    next_step: str = ""
    """What to do where the evidence does not suffice."""
    floor_mb: float | None = None
    """What memory must not go below."""
    price_of_being_wrong_usd: float | None = None
    """A month, if the recommendation of the goal turns out badly."""
    in_inventory: bool = False
    """Its configuration is known, so that what is empty below is known to be empty."""
    event_sources: int = 0
    has_url: bool = False
    code_bytes: int | None = None
    idle_versions: Sequence[str] = ()
    """Published versions that no alias points at."""
    snap_start: bool = False
    provisioned_concurrency: float | None = None
    provisioned_use: float | None = None
    """The highest share of it that was used at once."""
    waiting: float | None = None
    """The share of an invocation that traces saw in downstream calls."""
    throttles: float | None = None
    iterator_age_ms: float | None = None
    async_age_ms: float | None = None

    @property
    def label(self) -> str:
        return self.name

    @property
    def wanted(self) -> Recommendation | None:
        """What is recommended for the goal of the run."""
        return self.recommendations.get(self.goal)

    @property
    def is_unused(self) -> bool:
        """Known not to have run, and known to have nothing that makes it run."""
        ready = self.event_sources or self.has_url or self.provisioned_concurrency
        return self.invocations == 0 and self.in_inventory and not ready
