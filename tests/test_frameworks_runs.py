"""Runs over services of the Serverless Framework: their code, their other files, comments in these."""

from __future__ import annotations

from pathlib import Path

import pytest
from declaring import lay
from running import check

FILES = {
    "pyproject.toml": "[tool.lambdalint]\nselect = ['LL101', 'LL803']\n",
    "serverless.yml": """\
        service: shop
        provider: {name: aws, runtime: python3.13}
        functions:
          - ${file(fns/orders.yml)}
        """,
    "fns/orders.yml": """\
        orders:
          timeout: 900
          handler: src/app.run
        reports:
          # lambdalint: ignore[LL803] measured
          timeout: 900
          handler: src/app.run
        """,
    "src/app.py": """\
        import boto3


        def run(order, _):
            return boto3.client("s3").head_bucket(Bucket=order["bucket"])["BucketRegion"]
        """,
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay(FILES, tmp_path)


def test_code_and_files_of_a_service_are_looked_at_together() -> None:
    assert check().found == ["fns/orders.yml:2 LL803", "src/app.py:5 LL101"]


def test_code_alone_is_looked_at_as_the_service_means_it() -> None:
    assert check("src/app.py").found == ["src/app.py:5 LL101"]


def test_a_warm_run_notices_changes_in_other_files() -> None:
    assert len(check().found) == 2
    Path("fns/orders.yml").write_text("orders:\n  handler: src/app.run\n  timeout: 9\n")
    assert check().found == ["src/app.py:5 LL101"]


def test_settings_are_named_as_the_framework_names_them() -> None:
    events = "  events: [{stream: {arn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/clicks', batchSize: 1}}]\n"
    Path("fns/orders.yml").write_text("orders:\n  handler: src/app.run\n" + events)
    (told,) = check("--output-format", "json", "--select", "LL505").json["findings"]
    assert told["message"].endswith("state maximumRetryAttempts and a destination on failure")
