"""`lambdalint rightsize`, by its command line."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from running import Ran, run
from using import usages

from lambdalint.model import Usage
from lambdalint.model.usage import Point, Range
from lambdalint.report import Report
from lambdalint.reporters import explained, sizes
from lambdalint.rightsizer import report
from lambdalint.snapshot import FunctionRow, MetricRow, Scope, TraceRow, UsageRow, create

LOGS = str(Path(__file__).parent.parent / "examples" / "logs")
USAGE = """\
function,region,architecture,memory_mb,current_memory_mb,invocations,mean_ms,p95_ms,max_memory_used_mb
fetch,eu-west-1,x86_64,512,2048,1000000,2004,2300,118
fetch,eu-west-1,x86_64,2048,2048,1000000,1931,2200,118
small,eu-west-1,x86_64,128,128,90,20,25,60
"""
SHOP = """\
[fetch]
region = "eu-west-1"
memory_mb = 2048
usd_per_month = 9.0
invocations = 900
days = 0.125
mean_ms = 1931
floor_mb = 154
evidence = "two-sizes"

[fetch.recommendations.balanced]
memory_mb = 512
saving_usd_per_month = 6.6
duration_change = [0.03, -0.02, 0.08]
confidence = 0.95

[checkout]
region = "eu-west-1"
memory_mb = 1024
usd_per_month = 1.04
evidence = "one-size"
next_step = "enable Lambda Insights for 24 hours (about $0.30)"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("usage.csv").write_text(USAGE, encoding="utf-8")


def rightsize(*words: str) -> Ran:
    return run("rightsize", *words, "--output-format", "json")


def sample(*words: str) -> Ran:
    return run("rightsize", "--logs", LOGS, "--region", "eu-west-1", "--architecture", "x86_64", *words)


def by_name(ran: Ran) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in ran.json["functions"]}


def codes(ran: Ran) -> set[tuple[str, str]]:
    return {(one["function"], one["code"]) for one in ran.json["findings"]}


def test_the_sample_logs_tell_a_newcomer_what_to_do() -> None:
    ran = sample()
    assert ran.code == 1, ran.err
    assert "What to do:" in ran.out
    assert "LL903 nightly-report ran out of its 1024 MB" in ran.out
    assert "of the invocations of sync-crm fail" in ran.out
    assert ran.err == ""


def test_the_samples_are_found_as_they_were_made() -> None:
    ran = sample("--output-format", "json")
    found = by_name(ran)
    assert {name: one["memory_mb"] for name, one in found.items()} == {
        "resize-images": 512,
        "fetch-prices": 2048,
        "nightly-report": 1024,
        "checkout": 1024,
        "sync-crm": 512,
        "public-api": 1024,
        "match-orders": 3008,
    }
    assert {("nightly-report", "LL903"), ("sync-crm", "LL906"), ("public-api", "LL907")} <= codes(ran)
    assert {name: one["evidence"] for name, one in found.items() if one["evidence"] != "one-size"} == {
        "resize-images": "two-sizes",
        "fetch-prices": "two-sizes",
        "match-orders": "cpu",
    }
    assert ran.json["fleet"]["functions"] == 7
    assert ran.json["fleet"]["usd_per_month"] == pytest.approx(
        sum(one["usd_per_month"] for one in found.values()), abs=0.01
    )


def test_one_size_is_no_evidence_for_another_but_says_how_to_get_some() -> None:
    ran = sample("--output-format", "json")
    checkout = by_name(ran)["checkout"]
    assert checkout["recommendations"] == {"cost": None, "balanced": None, "speed": None}
    assert "Lambda Insights" in checkout["next_step"]
    assert "To know more:" in sample().out


def test_findings_have_the_form_of_check_and_answer_to_the_same_options() -> None:
    found = sample("--output-format", "json", "--select", "LL906").json["findings"]
    assert [(one["code"], one["path"], one["function"]) for one in found] == [
        ("LL906", "eu-west-1/sync-crm", "sync-crm")
    ]
    assert found[0]["cost"]["usd_per_month"] > 1
    assert sample("--select", "LL911").code == 0  # advice
    assert sample("--select", "LL911", "--fail-on", "advice").code == 1
    assert sample("--exit-zero").code == 0
    assert sample("--output-format", "concise", "--select", "LL906").out.startswith("eu-west-1/sync-crm:1:1: LL906 ")
    Path("lambdalint.toml").write_text('[per-file-ignores]\n"sync-crm" = ["LL906"]\n', encoding="utf-8")
    assert sample("--select", "LL906").code == 0


def test_a_baseline_leaves_only_what_is_new() -> None:
    assert sample("--baseline", "known.json", "--update-baseline").code == 0
    assert sample("--baseline", "known.json").code == 0
    known = json.loads(Path("known.json").read_text(encoding="utf-8"))
    del known["findings"]["eu-west-1/sync-crm"]
    Path("known.json").write_text(json.dumps(known), encoding="utf-8")
    ran = sample("--baseline", "known.json", "--output-format", "json")
    new = [one["function"] for one in ran.json["findings"] if one["status"] == "new"]
    assert (ran.code, new) == (1, ["sync-crm", "sync-crm"])


def test_the_json_holds_what_is_public() -> None:
    ran = rightsize("--usage", "usage.csv")
    assert ran.json["schema"] == 1
    fetch = by_name(ran)["fetch"]
    assert (fetch["memory_mb"], fetch["invocations_per_month"]) == (2048, 2_000_000)
    assert set(fetch["recommendations"]) == {"cost", "balanced", "speed"}
    for point in fetch["curve"]:
        assert point["duration_ms"]["low"] <= point["duration_ms"]["estimate"] <= point["duration_ms"]["high"]


def test_csv_has_a_row_for_each_function_and_a_file_takes_it() -> None:
    ran = run("rightsize", "--usage", "usage.csv", "--output-format", "csv", "--output-file", "out.csv", "--exit-zero")
    assert (ran.code, ran.out) == (0, "")
    rows = list(csv.DictReader(io.StringIO(Path("out.csv").read_text(encoding="utf-8"))))
    assert [row["name"] for row in rows] == ["fetch", "small"]


def test_parquet_holds_the_same() -> None:
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    ran = run(
        *("rightsize", "--usage", "usage.csv", "--output-format", "parquet", "--output-file", "out.parquet"),
        "--exit-zero",
    )
    assert ran.code == 0, ran.err
    assert list(pandas.read_parquet("out.parquet")["name"]) == ["fetch", "small"]


def shown() -> list[Usage]:
    fetch, checkout = usages(SHOP)
    curve = [Point(size, Range(1900 + 53_000 / size, 1800, 2100 + 53_000 / size), 2300.0, size / 200) for size in SIZES]
    return [fetch._replace(curve=curve), checkout]


SIZES = (128, 512, 1024, 1769, 2048)


def test_a_table_says_what_saves_and_what_is_to_be_done() -> None:
    sizing = report.sizing(shown(), Report([]), goal="balanced", basis="logs", prices=(), notices=(), incomplete=False)
    text = sizes.render("table", sizing)
    assert "2048 -> 512 MB    $9.00  $6.60   +3%  █▇▇▇▇  two-sizes" in text
    assert "better sizes of 1 function save $6.60 (goal: balanced)" in text
    assert "  checkout: enable Lambda Insights for 24 hours (about $0.30)\n" in text
    assert "| fetch | 2048 -> 512 MB |" in sizes.render("markdown", sizing)


def test_explain_draws_the_curve_with_its_bounds() -> None:
    sizing = report.sizing(shown(), Report([]), goal="balanced", basis="logs", prices=(), notices=(), incomplete=False)
    lines = explained.explain(sizing, "fetch").splitlines()
    assert "  balanced  512 MB: saves $6.60 a month, time +3% (-2% to +8%), probability 95%" in lines
    assert "  smaller   128 MB are fewer than the 154 MB that it may come to use" in lines
    drawn = [line for line in lines if "●" in line]
    assert len(drawn) == len(SIZES)
    assert drawn[0].endswith("too small for what it uses")
    assert drawn[1].endswith("balanced")
    assert drawn[-1].endswith("now")


def test_explain_names_the_nearest_function() -> None:
    ran = run("rightsize", "--usage", "usage.csv", "--explain", "fetsh")
    assert (ran.code, ran.err) == (2, 'lambdalint: --explain: there is no function "fetsh"; did you mean "fetch"?\n')
    assert run("rightsize", "--usage", "usage.csv", "--explain", "small", "-q").out.startswith("small (eu-west-1")


def snapshot(status: str = "complete") -> None:
    with create("account.sqlite") as account:
        account.put("first_day", "2026-09-01")
        account.put("last_day", "2026-11-29")
        account.write([Scope("1", "eu-west-1", "cloudwatch", "metrics", status)])
        account.write(
            [
                FunctionRow("1", "eu-west-1", "old", memory_mb=128, code_bytes=48_000_000),
                FunctionRow("1", "eu-west-1", "form", memory_mb=128, url="https://form.example"),
                FunctionRow(
                    *("1", "eu-west-1", "orders"),
                    runtime="python3.13",
                    architecture="x86_64",
                    memory_mb=1024,
                    snap_start="PublishedVersions",
                    versions='["1", "2", "3"]',
                    aliases='[{"name": "live", "version": "3"}]',
                ),
            ]
        )
        one = UsageRow("1", "eu-west-1", "orders", 1024, "2026-11-29", 1000, duration_ms=9e5, billed_ms=9e5)
        account.write([one._replace(max_memory_used_mb=300)])
        account.write(
            [
                MetricRow("1", "eu-west-1", "orders", "2026-11-29", "Invocations", "Sum", 1000),
                MetricRow("1", "eu-west-1", "orders", "2026-11-29", "Throttles", "Sum", 90),
                TraceRow("1", "eu-west-1", "orders", "2026-11-29", 100, 90_000, 85_000),
            ]
        )


def test_a_snapshot_shows_also_what_never_ran() -> None:
    snapshot()
    ran = rightsize("account.sqlite")
    assert ran.code == 1, ran.err
    assert ran.json["fleet"]["unused"] == ["old"]
    assert codes(ran) >= {("old", "LL904"), ("orders", "LL905"), ("orders", "LL909"), ("orders", "LL910")}
    assert ("form", "LL904") not in codes(ran)


@pytest.mark.parametrize("status", ["denied", "partial", "failed"])
def test_what_was_not_to_be_had_is_said_and_never_taken_for_nothing(status: str) -> None:
    snapshot(status)
    ran = rightsize("account.sqlite")
    assert ran.code == 4
    assert f"1/eu-west-1: cloudwatch metrics is {status}" in ran.err
    assert ran.json["complete"] is False
    assert ("old", "LL904") not in codes(ran)
    assert ran.json["fleet"]["unused"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "say what there is to go by: a snapshot, or --logs PATH..., or --usage FILE; one of them"),
        (["--usage", "usage.csv", "account.sqlite"], "say what there is to go by"),
        (["--usage", "usage.csv", "--goal", "sped"], 'there is no goal "sped"; did you mean "speed"?'),
        (["--usage", "usage.csv", "--sizes", "64"], "--sizes: 64 is no memory size"),
        (["--usage", "usage.csv", "--region", "eu-west-9"], '--region: no price is known of "eu-west-9"'),
        (["--usage", "none.csv"], "none.csv: cannot be read"),
        (["--usage", "usage.csv", "--update-baseline"], "--update-baseline: say which file"),
        (["none.sqlite"], "none.sqlite: there is no such snapshot"),
        (["usage.csv"], "usage.csv: this is no snapshot"),
        (["--usage", "usage.csv", "--output-format", "parquet"], "--output-format parquet writes a file"),
    ],
)
def test_wrong_use_is_one_line(words: list[str], said: str) -> None:
    ran = run("rightsize", *words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"lambdalint: {said}")
    assert ran.err.count("\n") == 1


def test_without_an_invocation_there_is_nothing_to_go_by() -> None:
    Path("empty.log").write_text("START\nEND\n", encoding="utf-8")
    ran = run("rightsize", "--logs", "empty.log")
    assert (ran.code, ran.out) == (3, "")
    assert "there is no invocation to go by" in ran.err


def test_without_a_region_nothing_has_a_price() -> None:
    Path("usage.csv").write_text("function,memory_mb,invocations,mean_ms\nfetch,512,1000,20\n", encoding="utf-8")
    ran = rightsize("--usage", "usage.csv")
    assert ran.code == 4
    assert "its region is not stated: name it with --region" in ran.err
    assert by_name(ran)["fetch"]["usd_per_month"] is None


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    ran = run("rightsize", "--usage", "usage.csv")
    assert (ran.code, ran.err) == (2, "lambdalint: lambdalint rightsize needs pandas: pip install 'lambdalint[aws]'\n")
