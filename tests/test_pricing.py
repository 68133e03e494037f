"""What Lambda bills, against sums done by hand from the public price list, most of them AWS's own examples.

https://aws.amazon.com/lambda/pricing/ rounds each line to cents before it adds them up; so do these.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalint.rightsizer.metering import Use, init_billed
from lambdalint.rightsizer.pricing import PARTS, Bill, Prices, cost

PRICES = Prices.load()
EAST = "us-east-1"


def cents(bill: Bill) -> dict[str, float]:
    """The parts that cost something, in cents, and the sum of what was rounded."""
    parts = {name: round(float(np.sum(getattr(bill, name))), 2) for name in PARTS}
    return {name: value for name, value in parts.items() if value} | {"total": round(sum(parts.values()), 2)}


def test_on_demand_with_the_free_tier() -> None:
    # AWS, example 1. 3,000,000 x 0.120 s x 1.5 GB = 540,000 GB-s, less 400,000: 140,000 x 0.0000166667 = 2.33.
    # (3,000,000 - 1,000,000) x 0.20 / 1,000,000 = 0.40.
    bill = PRICES.monthly(Use(EAST, 1536, 3_000_000, mean_ms=120), free_tier=True)
    assert cents(bill) == {"compute": 2.33, "requests": 0.40, "total": 2.73}


def test_on_demand_without_the_free_tier() -> None:
    # AWS, example 2. 7,440,000 x 2 s x 1 GB = 14,880,000 GB-s x 0.0000166667 = 248.00; 7.44 x 0.20 = 1.49.
    assert cents(PRICES.monthly(Use(EAST, 1024, 7_440_000, mean_ms=2_000))) == {
        "compute": 248.00,
        "requests": 1.49,
        "total": 249.49,
    }


def test_arm64() -> None:
    # The same on arm64: 14,880,000 GB-s x 0.0000133334 = 198.40; requests cost as much.
    bill = PRICES.monthly(Use(EAST, 1024, 7_440_000, "arm64", mean_ms=2_000))
    assert cents(bill) == {"compute": 198.40, "requests": 1.49, "total": 199.89}


def test_storage_above_what_is_free() -> None:
    # AWS, example 3. 6,000,000 x 0.280 s = 1,680,000 s; x 4 GB = 6,720,000 GB-s, less 400,000: 6,320,000 x 0.0000166667
    # = 105.33. 5,000,000 requests: 1.00. (2048 - 512) MB = 1.5 GB x 1,680,000 s = 2,520,000 x 0.0000000309 = 0.08.
    use = Use(EAST, 4096, 6_000_000, mean_ms=280, ephemeral_storage_mb=2048)
    assert cents(PRICES.monthly(use, free_tier=True)) == {
        "compute": 105.33,
        "requests": 1.00,
        "storage": 0.08,
        "total": 106.41,
    }


def test_provisioned_concurrency_for_a_part_of_the_month() -> None:
    # AWS, provisioned concurrency, example 1. 8 h x 3,600 s x 100 x 1.5 GB = 4,320,000 GB-s x 0.0000041667 = 18.00.
    # While it is on: 500,000 x 0.1 s x 1.5 GB = 75,000 GB-s x 0.0000097222 = 0.73.
    # While it is off: 2,500,000 x 0.12 s x 1.5 GB = 450,000 GB-s, less 400,000: 50,000 x 0.0000166667 = 0.83.
    # 3,000,000 requests, of which 1,000,000 of those without it are free: 0.40.
    use = Use(
        EAST,
        1536,
        [500_000, 2_500_000],
        mean_ms=[100, 120],
        provisioned_concurrency=[100, 0],
        provisioned_hours=8,
    )
    bill = PRICES.monthly(use, free_tier=True)
    assert cents(bill) == {"compute": 1.56, "requests": 0.40, "provisioned": 18.00, "total": 19.96}
    assert [round(float(one), 2) for one in bill.compute] == [0.73, 0.83]


def test_provisioned_concurrency_has_no_free_tier() -> None:
    # AWS, provisioned concurrency, example 2. 24 h x 3,600 s x 7 x 4 GB = 2,419,200 GB-s x 0.0000041667 = 10.08.
    # 2,000,000 x 0.28 s x 4 GB = 2,240,000 GB-s x 0.0000097222 = 21.78. 2,000,000 requests: 0.40.
    use = Use(EAST, 4096, 2_000_000, mean_ms=280, provisioned_concurrency=7, provisioned_hours=24)
    assert cents(PRICES.monthly(use, free_tier=True)) == {
        "compute": 21.78,
        "requests": 0.40,
        "provisioned": 10.08,
        "total": 32.26,
    }


def test_provisioned_concurrency_that_serves_a_part() -> None:
    # All month on arm64: 730 h x 3,600 s x 2 x 1 GB = 5,256,000 GB-s x 0.0000033334 = 17.52.
    # Of 1,000,000 x 0.1 s x 1 GB = 100,000 GB-s, 80 % x 0.0000077778 = 0.62 and 20 % x 0.0000133334 = 0.27: 0.89.
    use = Use(EAST, 1024, 1e6, "arm64", mean_ms=100, provisioned_concurrency=2, provisioned_share=0.8)
    assert cents(PRICES.monthly(use)) == {"compute": 0.89, "requests": 0.20, "provisioned": 17.52, "total": 18.61}


def test_snap_start_on_python() -> None:
    # AWS, SnapStart. 24 h x 31 x 3,600 s x 1 GB = 2,678,400 GB-s x 0.0000015046 = 4.03.
    # 1 % of 7,440,000 = 74,400 restores x 1 GB x 0.0001397998 = 10.40. Init is not billed when it is invoked.
    use = Use(
        EAST,
        1024,
        7_440_000,
        mean_ms=2_000,
        cold_starts_per_month=74_400,
        mean_init_ms=3_000,
        init_billed=init_billed("python3.13", snap_start=True),
        snapshots=float(PRICES.charges_snapshots("python3.13")),
        snapshot_hours=24 * 31,
    )
    bill = PRICES.monthly(use)
    assert cents(bill) == {"compute": 248.00, "requests": 1.49, "restore": 14.43, "total": 263.92}


def test_snap_start_costs_nothing_on_java() -> None:
    assert [PRICES.charges_snapshots(one) for one in ("java21", "dotnet8", "python3.12", "")] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("billed_before", "runtime", "package_type"),
    [(False, "python3.12", "Zip"), (True, "provided.al2023", "Zip"), (True, "", "Image")],
)
def test_init_of_managed_zips_is_billed_since_august_2025(billed_before: bool, runtime: str, package_type: str) -> None:
    assert init_billed(runtime, package_type, day=date(2025, 7, 31)) == billed_before
    assert init_billed(runtime, package_type, day=date(2025, 8, 1)) == 1


def test_init_before_and_after() -> None:
    # 10,000,000 x 0.1 s x 0.5 GB = 500,000 GB-s x 0.0000166667 = 8.33; requests 2.00.
    # Since: 2 % cold = 200,000 x 1.5 s x 0.5 GB = 150,000 GB-s x 0.0000166667 = 2.50 more.
    use = Use(EAST, 512, 10_000_000, mean_ms=100, cold_starts_per_month=200_000, mean_init_ms=1_500)
    before = use._replace(init_billed=init_billed("python3.12", day=date(2025, 7, 1)))
    assert cents(PRICES.monthly(before)) == {"compute": 8.33, "requests": 2.00, "total": 10.33}
    assert cents(PRICES.monthly(use)) == {"compute": 8.33, "requests": 2.00, "init": 2.50, "total": 12.83}


def test_what_a_record_bills_has_the_init_within_it() -> None:
    # As above, from REPORT lines: (10,000,000 x 0.1 s + 200,000 x 1.5 s) / 10,000,000 = 130 ms billed on average.
    use = Use(EAST, 512, 10_000_000, mean_billed_ms=130, cold_starts_per_month=200_000, mean_init_ms=1_500)
    assert cents(PRICES.monthly(use)) == {"compute": 8.33, "requests": 2.00, "init": 2.50, "total": 12.83}


def test_tiers_of_the_whole_fleet() -> None:
    # Two functions of 10 GB: 500,000,000 and 1,500,000,000 x 1 s = 5e9 and 15e9 GB-s, together 20e9 GB-s.
    # 6e9 x 0.0000166667 = 100,000.20; 9e9 x 0.000015 = 135,000.00; 5e9 x 0.0000133334 = 66,667.00: 301,667.20.
    # A quarter of it is that of the first: 75,416.80.
    bill = PRICES.monthly(Use(EAST, 10_240, [500_000_000, 1_500_000_000], mean_ms=1_000))
    assert [round(float(one), 2) for one in bill.compute] == [75_416.80, 226_250.40]


def test_tiers_go_by_account_region_and_architecture() -> None:
    # 8e9 GB-s each. x86_64: 6e9 x 0.0000166667 + 2e9 x 0.000015 = 130,000.20; arm64 has its second tier from 7.5e9:
    # 7.5e9 x 0.0000133334 + 0.5e9 x 0.0000120001 = 106,000.55.
    use = Use(
        region=[EAST, EAST, "us-west-2", EAST],
        architecture=["x86_64", "arm64", "x86_64", "x86_64"],
        account=["1", "1", "1", "2"],
        memory_mb=1024,
        invocations_per_month=8e9,
        mean_ms=1_000,
    )
    assert [round(float(one), 2) for one in PRICES.monthly(use).compute] == [
        130_000.20,
        106_000.55,
        130_000.20,
        130_000.20,
    ]
    assert round(float(PRICES.monthly(use, tiers=False).compute[0]), 2) == 133_333.60


def test_derived_tiers_are_said_to_be() -> None:
    # af-south-1 costs 0.0000221 in the first tier: the second is 0.000015 / 0.0000166667 of that, 0.0000198899602.
    assert [price for _, price in PRICES.tiers("af-south-1", "x86_64")] == pytest.approx(
        [2.21e-05, 1.989e-05, 1.768e-05], abs=2e-10
    )
    below, above = (PRICES.monthly(Use("af-south-1", 1024, n, mean_ms=1_000)).notices for n in (5e9, 7e9))
    assert below == ()
    assert above == ("the higher tiers of af-south-1 are derived from those of us-east-1",)


def test_china_has_its_own_currency() -> None:
    # 10,000,000 x 0.2 s x 0.25 GB = 500,000 GB-s x 0.000113477 = 56.74 yuan; 10 x 1.36 = 13.60.
    bill = PRICES.monthly(Use(["cn-north-1", EAST], 256, 10_000_000, mean_ms=200))
    assert list(bill.currency) == ["CNY", "USD"]
    assert [round(float(one), 2) for one in bill.compute] == [56.74, 8.33]
    assert [round(float(one), 2) for one in bill.requests] == [13.60, 2.00]


def test_lambda_at_edge() -> None:
    # AWS. 10,000,000 x 0.01 s = 100,000 s x 0.125 GB x 0.00005001 = 0.63; 10 x 0.60 = 6.00. There is no free tier.
    bill = PRICES.monthly(Use("eu-west-1", 128, 10_000_000, mean_ms=10, edge=True), free_tier=True)
    assert cents(bill) == {"compute": 0.63, "requests": 6.00, "total": 6.63}


def test_streamed_responses() -> None:
    # AWS. 1,000,000 responses of 7 MB, of which 6 MB are free: 1,000,000 MB = 976.56 GB x 0.008 = 7.81.
    # 3,000,000 x 0.5 s x 1.5 GB = 2,250,000 GB-s, less 400,000: 1,850,000 x 0.0000166667 = 30.83. Requests 0.40.
    use = Use(EAST, 1536, [2_000_000, 1_000_000], mean_ms=500, streamed_mb=[0.1, 7])
    bill = PRICES.monthly(use, free_tier=True)
    assert cents(bill) == {"compute": 30.83, "requests": 0.40, "streaming": 7.81, "total": 39.04}


def test_logs_where_their_volume_is_given() -> None:
    # 10,000,000 x 2 KB = 20,000,000 KB / 1024 / 1024 = 19.07 GB x 0.50 = 9.54.
    assert cents(PRICES.monthly(Use(EAST, 128, 10_000_000, mean_ms=0, log_kb=2)))["logs"] == 9.54


def test_without_a_price_there_is_no_figure() -> None:
    bill = PRICES.monthly(Use(["mars-1", "cn-north-1", EAST], 128, 1e6, ["x86_64", "arm64", "x86_64"], mean_ms=100))
    assert np.isnan(bill.total).tolist() == [True, True, False]
    assert set(bill.notices) == {
        "no price is known for mars-1: 1 function has no figure",
        "no price is known for arm64 in cn-north-1: 1 function has no figure",
    }


def test_a_part_without_a_price_is_left_out_and_said() -> None:
    bill = PRICES.monthly(Use("eu-west-1", 1024, 1e6, mean_ms=100, snapshots=1, cold_starts_per_month=1e4))
    assert np.isnan(bill.restore)
    assert round(float(bill.total), 2) == 1.87  # 100,000 GB-s x 0.0000166667 = 1.67, and 0.20
    assert bill.notices == ("the price of SnapStart in eu-west-1 is not known: it is left out",)


def test_provisioned_concurrency_without_a_price_leaves_no_figure() -> None:
    bill = PRICES.monthly(Use("cn-north-1", 1024, 1e6, mean_ms=100, provisioned_concurrency=[0, 1]))
    assert np.isnan(bill.total).tolist() == [False, True]
    assert bill.notices == (
        "the price of provisioned concurrency in cn-north-1 is not known: functions with it have no figure",
    )
    on_arm = PRICES.monthly(Use("eu-west-1", 1024, 1e6, "arm64", mean_ms=100, provisioned_concurrency=1))
    # 730 x 3,600 GB-s x 0.000004646 x 0.0000033334 / 0.0000041667 = 9.77
    assert round(float(on_arm.provisioned), 2) == 9.77
    assert on_arm.notices == (
        "the price of provisioned concurrency on arm64 in eu-west-1 is derived from that of us-east-1",
    )


def test_other_sizes_of_many_functions_at_once() -> None:
    # 512 MB in 100 ms costs what 1024 MB in 50 ms costs: 0.05 GB-s.
    use = Use(np.full((3, 1), EAST), 0, np.full((3, 1), 1e6))
    found = PRICES.usd_per_month([[512, 1024]], [[100, 50]], use)
    assert found.shape == (3, 2)
    assert found == pytest.approx(np.full((3, 2), 0.2 + 50_000 * 0.0000166667))


@st.composite
def fleets(draw: st.DrawFn) -> Use:
    size = draw(st.integers(1, 6))

    def column(of: st.SearchStrategy[float]) -> list[float]:
        return draw(st.lists(of, min_size=size, max_size=size))

    return Use(
        region=draw(st.lists(st.sampled_from(PRICES.regions), min_size=size, max_size=size)),
        memory_mb=np.array(column(st.integers(128, 10_240))),
        invocations_per_month=np.array(column(st.floats(0, 1e9))),
        mean_ms=np.array(column(st.floats(0, 900_000))),
        cold_starts_per_month=np.array(column(st.floats(0, 1e6))),
        mean_init_ms=np.array(column(st.floats(0, 10_000))),
        account=draw(st.lists(st.sampled_from("ab"), min_size=size, max_size=size)),
    )


@given(fleets(), st.floats(1, 5), st.booleans())
def test_more_memory_and_longer_runs_never_cost_less(use: Use, times: float, free_tier: bool) -> None:
    before = float(PRICES.monthly(use, free_tier=free_tier).total.sum())
    for field in ("memory_mb", "mean_ms", "invocations_per_month", "mean_init_ms"):
        more = use._replace(**{field: np.asarray(getattr(use, field)) * times})
        assert float(PRICES.monthly(more, free_tier=free_tier).total.sum()) >= before * (1 - 1e-9)


@given(fleets())
def test_without_tiers_a_fleet_costs_what_its_functions_cost(use: Use) -> None:
    whole = PRICES.monthly(use, tiers=False).total
    for index in range(len(whole)):
        one = Use(*(field[index] if isinstance(field, list | np.ndarray) else field for field in use))
        assert float(PRICES.monthly(one, tiers=False).total) == pytest.approx(float(whole[index]))


@given(fleets())
def test_tiers_and_the_free_tier_never_make_it_dearer(use: Use) -> None:
    flat, tiered = PRICES.monthly(use, tiers=False).total, PRICES.monthly(use).total
    assert np.all(tiered <= flat * (1 + 1e-9))
    assert np.all(PRICES.monthly(use, free_tier=True).total <= tiered * (1 + 1e-9) + 1e-9)
    assert np.all(PRICES.monthly(use, free_tier=True).total >= 0)


@given(st.sampled_from(PRICES.regions), st.floats(-1e3, 1e3), st.integers(0, 1))
def test_tiers_are_continuous(region: str, off: float, tier: int) -> None:
    tiers = PRICES.tiers(region, "x86_64")
    upto = tiers[tier][0]
    assert upto is not None
    assert abs(cost(upto + off, tiers) - cost(upto, tiers)) <= abs(off) * tiers[0][1] * 1.001 + 1e-6


def test_the_script_that_writes_the_prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("generate_prices", Path(__file__).parent.parent / "docs" / "generate_prices.py")
    assert spec is not None
    assert spec.loader is not None
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    shipped = json.loads(script.TARGET.read_text(encoding="utf-8"))
    target, figures = tmp_path / "prices.json", tmp_path / "figures.json"
    target.write_text(json.dumps(shipped), encoding="utf-8")
    new = {"_source": "a later list", "regions": {"eu-west-1": {"request": 3e-7}, "mars-1": {"gb_s_x86": 1e-5}}}
    figures.write_text(json.dumps(new), encoding="utf-8")
    monkeypatch.setattr(script, "TARGET", target)
    monkeypatch.setattr("sys.argv", ["generate_prices", str(figures)])
    assert script.main() == 0
    written = json.loads(target.read_text(encoding="utf-8"))
    assert written["sources"] == [*shipped["sources"], "a later list"]
    assert written["regions"]["eu-west-1"] == shipped["regions"]["eu-west-1"] | {"request": 3e-7}
    assert written["regions"]["mars-1"] == {"currency": "USD", "gb_s": {"x86_64": 1e-5}}
    assert written["tiers"] == shipped["tiers"]
