"""`lambdalint cost`, by its command line."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from running import Ran, run

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Size: {Type: Number}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.main, Runtime: python3.13, MemorySize: 1536}
  Small:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.main, Runtime: python3.13, Architectures: [arm64]}
  Sized:
    Type: AWS::Serverless::Function
    Properties: {Handler: app.main, Runtime: python3.13, MemorySize: !Ref Size}
"""
TRAFFIC = """\
region = "us-east-1"

[functions."*"]
invocations_per_month = 1_000_000
mean_ms = 100

[functions.Orders]
invocations_per_month = 3_000_000
mean_ms = 120
"""
USAGE = """\
function,region,architecture,memory_mb,invocations,mean_ms,mean_billed_ms,cold_starts,mean_init_ms,days
orders,us-east-1,x86_64,1024,1000000,100,,,,15.2
orders,us-east-1,x86_64,512,1000000,150,160,10000,1000,15.2
pay,cn-north-1,x86_64,128,1000000,200,,,,30.4
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(TEMPLATE, encoding="utf-8")
    Path("traffic.toml").write_text(TRAFFIC, encoding="utf-8")
    Path("usage.csv").write_text(USAGE, encoding="utf-8")


def cost(*words: str) -> Ran:
    return run("cost", *words, "--output-format", "json")


def in_cents(ran: Ran) -> dict[str, dict[str, float]]:
    """What each function costs, by its parts that cost anything."""
    return {
        one["name"]: {part: round(value, 2) for part, value in one["per_month"].items() if value}
        for one in ran.json["functions"]
    }


def test_templates_with_assumed_traffic() -> None:
    ran = cost("--traffic", "traffic.toml")
    assert ran.code == 0
    # Orders: 3,000,000 x 0.12 s x 1.5 GB x 0.0000166667 = 9.00. Small: 12,500 GB-s x 0.0000133334, on arm64.
    assert in_cents(ran) == {
        "Orders": {"compute": 9.00, "requests": 0.60, "total": 9.60},
        "Small": {"compute": 0.17, "requests": 0.20, "total": 0.37},
        "Sized": {},
    }
    sized = ran.json["functions"][-1]
    assert (sized["memory_mb"], sized["per_month"]["total"], sized["place"]) == (None, None, "template.yaml:12")
    assert ran.err == "lambdalint: Sized: no figure: its memory is not known: say memory_mb in traffic.toml\n"
    assert ran.json["basis"] == "templates"
    assert [one["currency"] for one in ran.json["totals"]] == ["USD"]


def test_the_default_memory_is_that_of_the_tool(tmp_path: Path) -> None:
    text = "service: s\nprovider: {name: aws, runtime: python3.13}\nfunctions:\n  a: {handler: app.main}\n"
    (tmp_path / "sls").mkdir()
    (tmp_path / "sls" / "serverless.yml").write_text(text, encoding="utf-8")
    (found,) = cost("sls", "--traffic", "traffic.toml").json["functions"]
    assert found["memory_mb"] == 1024


def test_all_that_is_billed_besides_running() -> None:
    Path("template.yaml").write_text(
        TEMPLATE.split("  Small:")[0].replace(
            "MemorySize: 1536",
            "MemorySize: 1024, SnapStart: {ApplyOn: PublishedVersions}, EphemeralStorage: {Size: 1536}",
        )
        + "  Ready:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: app.main, Runtime: python3.13, "
        "MemorySize: 1024, AutoPublishAlias: live, "
        "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}}\n",
        encoding="utf-8",
    )
    Path("traffic.toml").write_text(
        TRAFFIC + "cold_start_share = 0.01\ninit_ms = 900\nsnapshots = 2\nlog_kb = 1\n", encoding="utf-8"
    )
    assert in_cents(cost("--traffic", "traffic.toml")) == {
        # Two snapshots of 1 GB: 2 x 730 x 3,600 s x 0.0000015046 = 7.91; 30,000 restores x 0.0001397998 = 4.19.
        # 1 GB of /tmp: 360,000 s x 0.0000000309 = 0.01. Logs: 3,000,000 KB = 2.86 GB x 0.50.
        "Orders": {
            "compute": 6.00,
            "requests": 0.60,
            "restore": 12.10,
            "storage": 0.01,
            "logs": 1.43,
            "total": 20.14,
        },
        # 2 x 730 x 3,600 GB-s x 0.0000041667 = 21.90; 100,000 GB-s x 0.0000097222 = 0.97.
        "Ready": {"compute": 0.97, "requests": 0.20, "provisioned": 21.90, "total": 23.07},
    }


def test_usage_is_reckoned_for_a_month() -> None:
    ran = cost("--usage", "usage.csv")
    assert ran.code == 0
    # Twice 15.2 days. 2,000,000 x 0.1 s x 1 GB = 200,000 GB-s, and 2,000,000 x 0.16 s x 0.5 GB = 160,000, of which
    # 20,000 x 1 s x 0.5 GB = 10,000 are init: 350,000 x 0.0000166667 = 5.83, and 0.17; 4,000,000 requests 0.80.
    assert in_cents(ran) == {
        "orders": {"compute": 5.83, "requests": 0.80, "init": 0.17, "total": 6.80},
        "pay": {"compute": 2.84, "requests": 1.36, "total": 4.20},
    }
    assert {one["currency"]: round(one["per_month"]["total"], 2) for one in ran.json["totals"]} == {
        "USD": 6.80,
        "CNY": 4.20,
    }


def test_what_stands_all_month_is_counted_once() -> None:
    head = "function,region,architecture,memory_mb,current_memory_mb,invocations,mean_ms,provisioned_concurrency,days\n"
    rows = "a,us-east-1,x86_64,1024,2048,1000,1,1,30.4\na,us-east-1,x86_64,2048,2048,10,1,1,30.4\n"
    Path("usage.csv").write_text(head + rows, encoding="utf-8")
    # 2 GB x 730 x 3,600 s x 0.0000041667
    assert in_cents(cost("--usage", "usage.csv"))["a"]["provisioned"] == 21.90


def test_usage_in_parquet_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas

    def read_parquet(path: str) -> Any:
        return pandas.read_csv("usage.csv")

    Path("usage.parquet").write_bytes(b"PAR1")
    monkeypatch.setattr(pandas, "read_parquet", read_parquet)  # what reads it is no dependency of ours
    assert cost("--usage", "usage.parquet").json == cost("--usage", "usage.csv").json


def test_the_free_tier_is_taken_off_where_asked_for() -> None:
    without = in_cents(cost("--traffic", "traffic.toml", "--free-tier"))
    # 552,500 GB-s less 400,000 are 27.6 % of what they were, 4,000,000 requests less 1,000,000 three quarters.
    assert without == {
        "Orders": {"compute": 2.48, "requests": 0.45, "total": 2.93},
        "Small": {"compute": 0.05, "requests": 0.15, "total": 0.20},
        "Sized": {},
    }


def test_what_is_not_stated_is_said() -> None:
    Path("usage.csv").write_text("function,memory_mb,invocations,mean_ms\na,128,1000,10\n", encoding="utf-8")
    ran = cost("--usage", "usage.csv")
    assert ran.code == 4
    assert ran.json["functions"][0]["per_month"]["total"] is None
    assert "a: no figure: its region is not stated: name it with --region" in ran.err
    ran = cost("--usage", "usage.csv", "--region", "eu-west-1", "--days", "7")
    assert ran.code == 0
    assert ran.json["functions"][0]["invocations_per_month"] == pytest.approx(1000 * 30.4 / 7)
    assert ran.err == "lambdalint: a: its architecture is not stated: taken for x86_64\n"


def test_a_region_without_prices_has_no_figure() -> None:
    Path("traffic.toml").write_text(TRAFFIC.replace("us-east-1", "mars-1"), encoding="utf-8")
    ran = cost("--traffic", "traffic.toml")
    assert ran.code == 4
    assert all(one["per_month"]["total"] is None for one in ran.json["functions"])
    assert "no price is known for mars-1" in ran.err


@pytest.fixture
def changed() -> None:
    for folder, text in (("a", TEMPLATE), ("b", TEMPLATE.replace("1536", "3072").replace("Small:", "Other:"))):
        Path(folder).mkdir()
        Path(folder, "template.yaml").write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("changed")
def test_what_a_change_costs() -> None:
    ran = run(
        "cost", "--diff", "a", "b", "--traffic", "traffic.toml", "--output-format", "json", "--region", "eu-west-1"
    )
    assert ran.code == 0
    assert [(one["name"], one["status"], round(one["change"], 2)) for one in ran.json["functions"]] == [
        ("Orders", "changed", 9.00),
        ("Other", "added", 0.37),
        ("Small", "removed", -0.37),
    ]
    (total,) = ran.json["totals"]
    assert {name: round(total[name], 2) for name in ("before", "after", "change")} == {
        "before": 9.97,
        "after": 18.97,
        "change": 9.00,
    }


@pytest.mark.usefixtures("changed")
def test_a_comment_for_a_pull_request() -> None:
    ran = run("cost", "--diff", "a", "b", "--traffic", "traffic.toml", "--output-format", "markdown", "-q")
    assert ran.err == ""
    assert (
        ran.out
        == """\
**This change costs +$9.00 a month ($9.97 -> $18.97)**

| function | region | before | after | change |
|---|---|---:|---:|---:|
| Orders | us-east-1 | $9.60 | $18.60 | +$9.00 |
| Other | us-east-1 | new | $0.37 | +$0.37 |
| Small | us-east-1 | $0.37 | gone | -$0.37 |

Lambda, traffic as assumed, list prices without the free tier.

- Sized: no figure: its memory is not known: say memory_mb in traffic.toml
"""
    )


def test_no_change_costs_nothing() -> None:
    ran = run("cost", "--diff", "usage.csv", "usage.csv")
    assert (ran.code, ran.out) == (0, "This change costs nothing more and nothing less\n")


def test_tables_for_people_and_for_spreadsheets() -> None:
    ran = run("cost", "--usage", "usage.csv")
    assert ran.out.splitlines()[1].split() == [
        *("orders", "us-east-1", "1024", "MB", "4,000,000", "$5.83", "$0.80", "$0.17", "$6.80")
    ]
    assert ran.out.endswith("$6.80 and CNY 4.20 a month in all (list prices without the free tier)\n")
    assert "\x1b" not in ran.out
    rows = list(csv.DictReader(io.StringIO(run("cost", "--usage", "usage.csv", "--output-format", "csv").out)))
    assert [(row["name"], row["currency"], row["init"]) for row in rows] == [
        ("orders", "USD", "0.166667"),
        ("pay", "CNY", "0.0"),
    ]
    run("cost", "--usage", "usage.csv", "--output-format", "markdown", "--output-file", "cost.md")
    assert Path("cost.md").read_text(encoding="utf-8").startswith("**$6.80 and CNY 4.20 a month in all")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "usage.csv",
            "function,memory_mb,invocation,mean_ms\n",
            'usage.csv:1: there is no column "invocations"; did you',
        ),
        ("usage.csv", USAGE + "a,eu-west-1,,128,many,1\n", 'usage.csv:5: invocations must be a number, and is "many"'),
        ("usage.csv", USAGE + "a,eu-west-1,,128,-1,1\n", "usage.csv:5: invocations must be 0 or more, and is -1"),
        (
            "usage.csv",
            USAGE + "a,eu-west-1,,134217728,1,1\n",
            "usage.csv:5: memory_mb is 10,240 at most, and is 134217728",
        ),
        ("usage.csv", USAGE + ",eu-west-1,,128,1,1\n", "usage.csv:5: function must be stated"),
        ("usage.csv", USAGE + '"a', "usage.csv:5: this is no CSV: "),
        ("usage.csv", b"\xff\xfe", "usage.csv: this is no CSV: it is not UTF-8"),
        ("usage.parquet", b"PAR1", "usage.parquet: "),
        ("traffic.toml", 'region = "x\n', "traffic.toml:1: this is no TOML: "),
        ("traffic.toml", TRAFFIC + "meen_ms = 1\n", 'traffic.toml:10: there is no "meen_ms"; did you mean "mean_ms"?'),
        ("traffic.toml", TRAFFIC + "init_ms = -1\n", "traffic.toml:10: init_ms must be a number from 0 to 900,000"),
        ("traffic.toml", TRAFFIC + "edge = nan\n", "traffic.toml:10: edge must be true or false"),
        ("traffic.toml", "functions = 3\n", "traffic.toml:1: functions must be tables"),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(name: str, text: str | bytes, said: str) -> None:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = cost("--traffic" if name.endswith("toml") else "--usage", name)
    assert ran.code == 2
    assert ran.err.startswith(f"lambdalint: {said}")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "how much the functions run must be said: --usage FILE, or --traffic FILE for templates"),
        (("--usage", "nothing.csv"), "nothing.csv: cannot be read: No such file or directory"),
        (("--traffic", "nothing.toml"), "nothing.toml: cannot be read: No such file or directory"),
        (("nothing", "--traffic", "traffic.toml"), "nothing: no such file or folder"),
        (("--usage", "usage.csv", "--region", "eu-wst-1"), '--region: no price is known of "eu-wst-1"; did you mean'),
        (("--usage", "usage.csv", "."), "--usage says what ran: leave out the paths of templates and --traffic"),
        (("--diff", "a", "b", "c"), "--diff names the two that are compared: leave out the other paths and --usage"),
    ],
)
def test_wrong_use(words: tuple[str, ...], said: str) -> None:
    ran = cost(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"lambdalint: {said}")


def test_a_pattern_that_means_no_function_is_told() -> None:
    Path("traffic.toml").write_text(TRAFFIC + "\n[functions.Ordrs]\nmean_ms = 1\n", encoding="utf-8")
    assert (
        'traffic.toml:11: no function is called "Ordrs"; did you mean "Orders"?'
        in cost("--traffic", "traffic.toml").err
    )


def test_where_there_is_no_function(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert cost("empty", "--traffic", "traffic.toml").code == 3


def test_the_light_core_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("lambdalint.rightsizer.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    ran = cost("--usage", "usage.csv")
    assert (ran.code, ran.err) == (2, "lambdalint: lambdalint cost needs numpy: pip install 'lambdalint[aws]'\n")
