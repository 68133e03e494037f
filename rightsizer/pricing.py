"""What invocations cost: every form in which Lambda bills, at the public prices of prices.json, for whole fleets.

Where a price is not known there is no figure (NaN) and a notice, never the price of somewhere else. Two prices are
derived, in the proportions of us-east-1, and said to be: tiers where the first one costs more or less than there, and
provisioned concurrency on arm64 elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lambdalint.rightsizer.metering import Floats, Month, Use

HOME = "us-east-1"
UNPRICED = {
    "storage": "storage in /tmp",
    "restore": "SnapStart",
    "streaming": "streamed responses",
    "logs": "log ingestion",
}
"""What the price of may be missing where that of a GB-second on demand is known."""
Tier = tuple[float | None, float]
"""Up to so many GB-seconds a month, None for the last tier; and the price of one."""
_Price = Callable[[str, str], float]
"""From a region and an architecture to a price, NaN where it is not known."""


class Bill(NamedTuple):
    """What functions cost in a month, in `currency`: one number a function in each part."""

    compute: Floats
    """Duration without init; also what provisioned concurrency serves, at the price that it has then."""
    requests: Floats
    init: Floats
    provisioned: Floats
    """That concurrency stands ready, used or not."""
    storage: Floats
    """/tmp above 512 MB."""
    restore: Floats
    """SnapStart: snapshots kept, and restored."""
    streaming: Floats
    logs: Floats
    """An estimate: the ingestion of what `log_kb` states."""
    total: Floats
    """NaN where compute, requests or provisioned are; another part without a price is left out, which a notice says."""
    currency: NDArray[np.str_]
    notices: tuple[str, ...] = ()


PARTS = Bill._fields[: Bill._fields.index("total")]


class Prices:
    """The public prices, by region."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._regions: Mapping[str, Mapping[str, Any]] = content["regions"]
        self._tiers: Mapping[str, Sequence[Tier]] = content["tiers"]
        self._edge: Mapping[str, float] = content["edge"]
        self._free: Mapping[str, float] = content["free_tier"]
        self._free_storage_mb: float = content["ephemeral_free_mb"]
        self._charged = tuple(content["snapstart_charged_runtimes"])
        self.sources: Sequence[str] = content["sources"]
        self.written: str = content["written"]

    @classmethod
    def load(cls) -> Prices:
        """Those that are shipped."""
        return cls(json.loads((files(__package__) / "prices.json").read_text(encoding="utf-8")))

    @property
    def regions(self) -> Sequence[str]:
        return tuple(self._regions)

    def charges_snapshots(self, runtime: str) -> bool:
        """SnapStart costs nothing on Java."""
        return runtime.startswith(self._charged)

    def usd_per_month(self, memory_mb: ArrayLike, duration_ms: ArrayLike, use: Use) -> Floats:
        """What `use` would cost at other sizes and durations, its init taking as long as it did; in its currency.

        At the price of the first tier: candidates are no fleet.
        """
        use = use._replace(memory_mb=memory_mb, mean_ms=duration_ms, mean_billed_ms=np.nan)
        return self._bill(use, tiers=False, free_tier=False, told=False).total

    def monthly(self, use: Use, *, tiers: bool = True, free_tier: bool = False) -> Bill:
        """The bill. Tiers go by all functions of an account, a region and an architecture, and each pays the same there
        for a GB-second; an account has its free tier once, and every function its share of that."""
        return self._bill(use, tiers, free_tier, told=True)

    def _bill(self, use: Use, tiers: bool, free_tier: bool, told: bool) -> Bill:
        month = Month(use, self._free_storage_mb)
        at = _Places(use)
        metered = np.where(month.edge, 0, np.nan_to_num(month.run_gb_s + month.init_gb_s))
        paid, paid_requests = self._paid(month, metered, use) if free_tier else (1.0, 1.0)
        notices: list[str] = []
        on_demand = at.each(self.first_price) * paid
        if tiers:
            on_demand = on_demand * self._relative(at, use, metered * paid, notices)
        on_demand = np.where(month.edge, self._edge["gb_s"], on_demand)
        request = np.where(month.edge, self._edge["request"], at.each(self._flat("request")) * paid_requests)
        served = _times(month.served_gb_s, at.each(self._provisioned("pc_duration_gb_s")))
        parts = {
            "compute": month.run_gb_s * on_demand + served,
            "requests": month.invocations * request,
            "init": month.init_gb_s * on_demand,
            "provisioned": _times(month.ready_gb_s, at.each(self._provisioned("pc_gb_s"))),
            "storage": _times(month.storage_gb_s, at.each(self._flat("ephemeral_gb_s"))),
            "restore": _times(month.kept_gb_s, at.each(self._flat("snapstart_cache_gb_s")))
            + _times(month.restored_gb, at.each(self._flat("snapstart_restore_gb"))),
            "streaming": _times(month.streamed_gb, at.each(self._flat("streaming_gb"))),
            "logs": _times(month.logged_gb, at.each(self._flat("log_gb"))),
        }
        known = ~np.isnan(parts["compute"] + parts["requests"] + parts["provisioned"])
        total = np.where(known, sum(np.nan_to_num(part) for part in parts.values()), np.nan)
        if told:
            notices += self._missing(at, parts, month)
        currency = np.array([self.currency(region) for region, _ in at.places])[at.codes]
        return Bill(
            **parts, total=total, currency=np.broadcast_to(currency, month.shape), notices=tuple(dict.fromkeys(notices))
        )

    def currency(self, region: str) -> str:
        """`USD`, or `CNY` in China."""
        return str(self._regions.get(region, {}).get("currency", "USD"))

    def first_price(self, region: str, architecture: str) -> float:
        """Of a GB-second on demand in the first tier; NaN where it is not known."""
        return float(self._regions.get(region, {}).get("gb_s", {}).get(architecture, np.nan))

    def tiers(self, region: str, architecture: str) -> Sequence[Tier]:
        """All prices of a GB-second on demand. Where the first is not that of us-east-1, the others are as far off."""
        known = self._tiers.get(architecture, ((None, np.nan),))
        first = self.first_price(region, architecture)
        return [
            (upto, price if first == known[0][1] else round(price * first / known[0][1], 10)) for upto, price in known
        ]

    def _flat(self, name: str) -> _Price:
        return lambda region, _: float(self._regions.get(region, {}).get(name, np.nan))

    def _provisioned(self, name: str) -> _Price:
        def price(region: str, architecture: str) -> float:
            stated = self._regions.get(region, {}).get(name, {})
            if architecture in stated or architecture != "arm64" or "x86_64" not in stated:
                return float(stated.get(architecture, np.nan))
            home = self._regions[HOME][name]
            return float(round(stated["x86_64"] * home["arm64"] / home["x86_64"], 10))

        return price

    def _paid(self, month: Month, metered: Floats, use: Use) -> tuple[Floats, Floats]:
        """What is left to pay of a GB-second and of a request after the free tier."""
        accounts = np.broadcast_to(_codes(use.account)[0], month.shape)
        invocations = np.nan_to_num(month.invocations)
        return (
            _rest(np.where(month.has_free_tier, metered, 0), accounts, self._free["gb_s"]),
            _rest(np.where(month.has_free_tier, invocations, 0), accounts, self._free["requests"]),
        )

    def _relative(self, at: _Places, use: Use, gb_s: Floats, notices: list[str]) -> Floats:
        """What a GB-second costs on average in all tiers that are reached, for one of the first."""
        groups = np.broadcast_to(_codes(use.account)[0] * len(at.places) + at.codes, gb_s.shape)
        sums = np.bincount(groups.ravel(), weights=gb_s.ravel())
        relative = np.ones(len(sums))
        for group in np.flatnonzero(sums):
            region, architecture = at.places[group % len(at.places)]
            tiers = self.tiers(region, architecture)
            upto, first = tiers[0]
            if upto is not None and sums[group] > upto and not np.isnan(first):
                relative[group] = cost(float(sums[group]), tiers) / (sums[group] * first)
                if first != self._tiers[architecture][0][1]:
                    notices.append(f"the higher tiers of {region} are derived from those of {HOME}")
        spread: Floats = relative[groups]
        return spread

    def _missing(self, at: _Places, parts: Mapping[str, Floats], month: Month) -> Iterator[str]:
        """What has no figure, or one that is derived."""
        codes = np.broadcast_to(at.codes, month.shape)
        priced = ~np.isnan(at.each(self.first_price)) | month.edge
        for code in np.unique(codes[~priced]):
            region, architecture = at.places[code]
            known = region in self._regions
            where = (
                f"{architecture or 'an unknown architecture'} in {region}" if known else region or "an unknown region"
            )
            count = int(np.count_nonzero((codes == code) & ~month.edge))
            yield f"no price is known for {where}: {functions(count)} no figure"
        metered = priced & ~np.isnan(month.run_gb_s)
        for part, said in UNPRICED.items():
            for region in at.regions(codes[metered & np.isnan(parts[part])]):
                yield f"the price of {said} in {region} is not known: it is left out"
        for region in at.regions(
            codes[metered & month.provisioned & np.isnan(parts["provisioned"] + parts["compute"])]
        ):
            yield f"the price of provisioned concurrency in {region} is not known: functions with it have no figure"
        for region in at.regions(codes[metered & month.provisioned], "arm64"):
            if "arm64" not in self._regions[region].get("pc_gb_s", {"arm64": 0}):
                yield f"the price of provisioned concurrency on arm64 in {region} is derived from that of {HOME}"


class _Places:
    """The regions and architectures of `use`: each pair once, and which of them each function has."""

    def __init__(self, use: Use) -> None:
        regions, region_of = _codes(use.region)[::-1]
        architectures, architecture_of = _codes(use.architecture)[::-1]
        self.places = [(region, one) for region in regions for one in architectures]
        self.codes = region_of * len(architectures) + architecture_of

    def each(self, price: _Price) -> Floats:
        prices: Floats = np.array([price(*place) for place in self.places], dtype=np.float64)[self.codes]
        return prices

    def regions(self, codes: NDArray[np.int64], architecture: str = "") -> Iterator[str]:
        """The regions of some of these places."""
        found = [self.places[code] for code in np.unique(codes)]
        yield from dict.fromkeys(region for region, one in found if architecture in ("", one))


def cost(gb_s: float, tiers: Sequence[Tier]) -> float:
    """Of so many GB-seconds a month, each at the price of the tier that it falls into."""
    below, total = 0.0, 0.0
    for upto, price in tiers:
        most = gb_s if upto is None else min(gb_s, upto)
        total += max(most - below, 0) * price
        below = most
    return total


def functions(count: int) -> str:
    return f"{count:,} functions have" if count > 1 else "1 function has"


def _codes(labels: ArrayLike) -> tuple[NDArray[np.int64], list[str]]:
    """Each label as the number of one in a list that holds each once."""
    array = np.asarray(labels, dtype=np.str_)
    unique, inverse = np.unique(array, return_inverse=True)
    return inverse.reshape(array.shape), [str(one) for one in unique]


def _rest(amounts: Floats, groups: NDArray[np.int64], free: float) -> Floats:
    """The share of each amount that is left to pay once its group has had so much free."""
    sums = np.bincount(groups.ravel(), weights=amounts.ravel())
    left = np.divide(np.maximum(sums - free, 0), sums, out=np.ones_like(sums), where=sums > 0)
    return np.where(amounts > 0, left[groups], 1.0)


def _times(amount: Floats, price: Floats) -> Floats:
    """Nothing costs nothing, whatever its price."""
    if not amount.any():
        return np.zeros(amount.shape)
    return np.where(amount == 0, 0.0, amount * price)
