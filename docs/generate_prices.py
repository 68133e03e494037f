"""Writes rightsizer/prices.json: what Lambda costs, from figures of AWS's public price list.

python docs/generate_prices.py FIGURES.json...    what these files state replaces what is shipped; the rest stays

A file of figures: `{"_source": where from and of when, "default": {...}, "regions": {name: {...}}}`. `default` states
what us-east-1 costs, with its tiers, and what is the same everywhere; a region states `gb_s_x86 gb_s_arm request
pc_gb_s pc_duration_gb_s ephemeral_gb_s snapstart_cache_gb_s snapstart_restore_gb streaming_gb log_gb currency`, as far
as that is known. Nothing is filled in here: what no source states has no price, and lambdalint says so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent.parent / "rightsizer" / "prices.json"
HOME = "us-east-1"
FLAT = ("request", "ephemeral_gb_s", "snapstart_cache_gb_s", "snapstart_restore_gb", "streaming_gb", "log_gb")
BY_ARCHITECTURE = ("pc_gb_s", "pc_duration_gb_s")
"""Where a region states one figure, it is that of x86_64."""
PER_MS_AT_128_MB = "per_ms_at_128MB_CNY_or_local"


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the prices.")
    parser.add_argument("figures", nargs="+", type=Path)
    prices: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {"regions": {}}
    for path in parser.parse_args().figures:
        merge(prices, json.loads(path.read_text(encoding="utf-8")))
    prices = (
        {"schema": 1, "written": date.today().isoformat()}
        | {key: value for key, value in prices.items() if key not in ("schema", "written", "regions")}
        | {"regions": dict(sorted(prices["regions"].items()))}
    )
    TARGET.write_text(json.dumps(prices, indent=1) + "\n", encoding="utf-8")
    return 0


def merge(prices: dict[str, Any], figures: Mapping[str, Any]) -> None:
    source = figures.get("_source")
    if source and source not in prices.setdefault("sources", []):
        prices["sources"].append(source)
    default = figures.get("default")
    if default:
        prices["ephemeral_free_mb"] = default["ephemeral_free_mb"]
        prices["snapstart_charged_runtimes"] = default["snapstart_charged_runtimes"]
        prices["free_tier"] = default["free_tier"]
        prices["edge"] = default["edge"]
        prices["tiers"] = default["gb_s"]
        region(prices, HOME, {**default, "currency": figures["currency"]})
    for name, stated in figures["regions"].items():
        region(prices, name, stated)


def region(prices: dict[str, Any], name: str, stated: Mapping[str, Any]) -> None:
    row = prices["regions"].setdefault(name, {"currency": "USD", "gb_s": {}})
    row["currency"] = stated.get("currency", "CNY" if name.startswith("cn-") else row["currency"])
    for architecture, short in (("x86_64", "gb_s_x86"), ("arm64", "gb_s_arm")):
        if short in stated:
            row["gb_s"][architecture] = stated[short]
        elif "gb_s" in stated:
            row["gb_s"][architecture] = stated["gb_s"][architecture][0][1]
    if PER_MS_AT_128_MB in stated and "x86_64" not in row["gb_s"]:
        row["gb_s"]["x86_64"] = round(stated[PER_MS_AT_128_MB] * 8 * 1_000, 10)
    for key in FLAT:
        if key in stated:
            row[key] = stated[key]
    for key in BY_ARCHITECTURE:
        if key in stated:
            figures = stated[key] if isinstance(stated[key], dict) else {"x86_64": stated[key]}
            row[key] = row.get(key, {}) | figures


if __name__ == "__main__":
    sys.exit(main())
