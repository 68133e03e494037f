"""From what functions did in a month to what of that is billed: gigabyte-seconds, requests, snapshots; no prices."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

HOURS_PER_MONTH = 730.0
"""Of what stands all month: provisioned concurrency and snapshots. The AWS Pricing Calculator has as many."""
INIT_BILLED_SINCE = date(2025, 8, 1)
"""Since then Lambda bills the init of zips on managed runtimes; that of images and own runtimes it always did."""
STREAMED_FREE_MB = 6
"""Of each response."""


class Use(NamedTuple):
    """A month of functions: each field a number, or an array; numpy broadcasts them against each other."""

    region: ArrayLike
    memory_mb: ArrayLike
    invocations_per_month: ArrayLike
    architecture: ArrayLike = "x86_64"
    mean_ms: ArrayLike = np.nan
    """Of an invocation, without init: taken as billed where `mean_billed_ms` is NaN."""
    mean_billed_ms: ArrayLike = np.nan
    """As REPORT lines state it: with the init where that was billed, and with the restore of a snapshot."""
    cold_starts_per_month: ArrayLike = 0.0
    mean_init_ms: ArrayLike = 0.0
    init_billed: ArrayLike = 1.0
    """The share of inits that are billed: the function `init_billed` knows."""
    snapshots: ArrayLike = 0.0
    """Published versions with SnapStart, where that is charged: `Prices.charges_snapshots` knows."""
    snapshot_hours: ArrayLike = HOURS_PER_MONTH
    """A month."""
    provisioned_concurrency: ArrayLike = 0.0
    provisioned_hours: ArrayLike = HOURS_PER_MONTH
    """A month."""
    provisioned_share: ArrayLike = 1.0
    """Of the invocations, those that provisioned concurrency serves, where there is some."""
    ephemeral_storage_mb: ArrayLike = 512.0
    streamed_mb: ArrayLike = 0.0
    """By an invocation: all are taken to stream as much."""
    log_kb: ArrayLike = 0.0
    """By an invocation."""
    edge: ArrayLike = False
    """Runs as Lambda@Edge."""
    account: ArrayLike = ""


class Month:
    """What of `use` is billed: an array in each attribute, all of one shape."""

    def __init__(self, use: Use, free_storage_mb: float) -> None:
        names = [name for name in Use._fields if name not in ("region", "architecture", "account", "edge")]
        given = [np.asarray(getattr(use, name), dtype=np.float64) for name in names]
        labels = [np.asarray(label) for label in (use.region, use.architecture, use.account, use.edge)]
        shape = np.broadcast_shapes(*(one.shape for one in (*given, *labels)))
        of = dict(zip(names, (np.broadcast_to(one, shape) for one in given), strict=True))
        self.shape = shape
        self.edge = np.broadcast_to(np.asarray(use.edge, dtype=bool), shape)
        self.invocations = of["invocations_per_month"]
        gb = of["memory_mb"] / 1024
        run_s, init_s = _seconds(of)
        concurrency = of["provisioned_concurrency"]
        self.provisioned = concurrency > 0
        served = np.where(self.provisioned, of["provisioned_share"], 0)
        self.run_gb_s = gb * run_s * (1 - served)
        """Served on demand, without init."""
        self.init_gb_s = gb * init_s
        self.served_gb_s = gb * run_s * served
        """Served by provisioned concurrency."""
        self.ready_gb_s = gb * concurrency * of["provisioned_hours"] * 3600
        """That it stands ready, used or not."""
        storage_gb = np.maximum(of["ephemeral_storage_mb"] - free_storage_mb, 0) / 1024
        self.storage_gb_s = storage_gb * (run_s + init_s)
        snapshots = of["snapshots"]
        self.kept_gb_s = gb * snapshots * of["snapshot_hours"] * 3600
        self.restored_gb = np.where(snapshots > 0, gb * np.nan_to_num(of["cold_starts_per_month"]), 0)
        self.streamed_gb = self.invocations * np.maximum(of["streamed_mb"] - STREAMED_FREE_MB, 0) / 1024
        self.logged_gb = self.invocations * of["log_kb"] / 1024**2

    @property
    def has_free_tier(self) -> NDArray[np.bool_]:
        """Neither Lambda@Edge nor functions with provisioned concurrency have part in it."""
        return ~(self.edge | self.provisioned)


def _seconds(of: dict[str, Floats]) -> tuple[Floats, Floats]:
    """What is billed in a month: of running, and of init. What a record bills has the init within it: never twice."""
    invocations, billed_ms = of["invocations_per_month"], of["mean_billed_ms"]
    inits = np.nan_to_num(of["cold_starts_per_month"]) * np.nan_to_num(of["init_billed"])
    init_s = inits * np.nan_to_num(of["mean_init_ms"]) / 1000
    recorded_s = invocations * billed_ms / 1000
    measured = ~np.isnan(billed_ms)
    init_s = np.where(measured, np.minimum(init_s, recorded_s), init_s)
    return np.where(measured, recorded_s - init_s, invocations * of["mean_ms"] / 1000), init_s


def init_billed(runtime: str, package_type: str = "Zip", *, snap_start: bool = False, day: date | None = None) -> float:
    """The share of inits that are billed on a day, which is 1 or 0. With SnapStart, init runs at publication."""
    if snap_start:
        return 0.0
    always = package_type == "Image" or runtime.startswith("provided")
    return float(always or day is None or day >= INIT_BILLED_SINCE)
