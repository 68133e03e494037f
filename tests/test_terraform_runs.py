"""Terraform in a run of `check`: a folder is one stack, whichever of its files are named."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import check

from lambdalint.sources import read

FUNCTION = 'resource "aws_lambda_function" "{name}" {{\n  runtime = "python3.13"\n  handler = "app.handler"\n{more}}}\n'
ORDERS = FUNCTION.format(name="orders", more="")
SOUND = FUNCTION.format(name="sound", more="  memory_size = 512\n")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)

    def writing(files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = Path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (1_700_000_000, 1_700_000_000))

    return writing


def found(*words: str) -> list[str]:
    return check("--output-format", "json", "--select", "LL801,LL002,LL003", *words).found


@pytest.mark.parametrize("paths", [["."], ["lambda.tf"], ["api.tf"], ["api.tf", "lambda.tf"]])
def test_each_finding_is_told_once(paths: list[str], folder: Any) -> None:
    folder({"api.tf": "locals {\n}\n", "lambda.tf": ORDERS, "z.tf": SOUND})
    assert found(*paths) == ["lambda.tf:1 LL801"]


@pytest.mark.parametrize("sign", ["#", "//"])
def test_findings_are_silenced_where_they_stand(sign: str, folder: Any) -> None:
    ignored = ORDERS.replace("{\n", f"{{ {sign} lambdalint: ignore[LL801]\n", 1)
    unused = SOUND.replace("{\n", f"{{ {sign} lambdalint: ignore[LL801]\n", 1)
    folder({"api.tf": "locals {\n}\n", "lambda.tf": ignored, "z.tf": unused})
    assert found(".") == ["z.tf:1 LL003"]


def test_findings_in_a_text_are_silenced_above_it(folder: Any) -> None:
    text = (
        ORDERS.replace("{\n", "{\n  role = aws_iam_role.r.arn\n", 1)
        + 'resource "aws_iam_role" "r" {\n  assume_role_policy = "{}"\n  inline_policy {\n'
        + "    # lambdalint: ignore[LL706] it looks after all\n    policy = <<-EOF\n"
        + '      {"Statement": [\n        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},\n'
        + '        {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}\n      ]}\n    EOF\n  }\n}\n'
    )
    select = ("--output-format", "json", "--select", "LL706,LL003")
    folder({"main.tf": text})
    assert check(*select, ".").found == []
    folder({"main.tf": text.replace("    # lambdalint: ignore[LL706] it looks after all\n", "")})
    assert check(*select, ".").found == ["main.tf:11 LL706", "main.tf:12 LL706"]


def test_what_is_typed_stands_for_the_file(folder: Any) -> None:
    folder({"lambda.tf": SOUND})
    told = check(
        "--output-format", "json", "--select", "LL801", "-", "--stdin-filename", "new.tf", stdin=ORDERS.encode()
    )
    assert told.found == ["new.tf:1 LL801"]


def test_a_cache_knows_of_all_files(folder: Any) -> None:
    folder({"main.tf": 'module "m" {\n  source = "./m"\n  size   = null\n}\n', "m/main.tf": ORDERS})
    assert found(".") == found(".") == ["m/main.tf:1 LL801"]
    folder({"m/more.tf": FUNCTION.format(name="more", more="")})
    assert found(".") == ["m/main.tf:1 LL801", "m/more.tf:1 LL801"]
    sized = FUNCTION.format(name="orders", more="  memory_size = var.size\n") + 'variable "size" {\n}\n'
    folder({"m/main.tf": sized, "m/more.tf": SOUND})
    assert found(".") == ["m/main.tf:1 LL801"]
    folder({"main.tf": 'module "m" {\n  source = "./m"\n  size   = 256\n}\n'})
    assert found(".") == []


def test_a_cache_knows_which_folders_call_which(folder: Any) -> None:
    sized = FUNCTION.format(name="orders", more="  memory_size = var.size\n") + 'variable "size" {\n}\n'
    call = 'module "m" {{\n  source = "../lib"\n  size   = {size}\n}}\n'
    folder({"app/main.tf": "locals {\n}\n", "lib/main.tf": sized})
    assert found(".") == found(".") == []
    folder({"app/main.tf": call.format(size="null")})
    assert found(".") == found(".") == ["lib/main.tf:1 LL801"]
    folder({"app/main.tf": call.format(size="256")})
    assert found(".") == found(".") == []
    folder({"other/main.tf": call.format(size="null")})
    assert found(".") == found(".") == ["lib/main.tf:1 LL801"]


def test_a_python_file_that_is_named_is_looked_at_as_terraform_means_it(folder: Any) -> None:
    code = "import time\n\n\ndef run(order, context):\n    time.sleep(9)\n"
    zipped = '  filename = "app.zip"\n'
    folder({"main.tf": FUNCTION.format(name="f", more=zipped).replace("app.handler", "app.run"), "app.py": code})
    told = check("--output-format", "json", "--select", "LL315", "app.py")
    assert told.found == ["app.py:5 LL315"]


# -- plans ---------------------------------------------------------------------------------------------

RESOURCE = {
    "address": "aws_lambda_function.f",
    "mode": "managed",
    "type": "aws_lambda_function",
    "name": "f",
    "values": {"function_name": "f", "timeout": 3, "environment": [{"variables": {"A": "b"}}], "vpc_config": []},
    "expressions": {"timeout": {"constant_value": 3}, "environment": [{"variables": {"references": ["var.e"]}}]},
}
PLAN = {
    "planned_values": {"root_module": {"resources": [RESOURCE], "child_modules": [{"resources": [RESOURCE]}]}},
    "configuration": {"root_module": {"resources": [RESOURCE], "module_calls": {"m": {"module": {}}}}},
    "resource_changes": [{**RESOURCE, "change": {"after": {"timeout": 4}}}],
}
JSON = st.recursive(
    st.sampled_from([None, True, -1, 3.5, "", "${x", "aws_lambda_function.f", "é"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["values", "references", "x"]), inner),
    max_leaves=4,
)


def changed(data: Any, way: list[int], put: Any) -> Any:
    """The data with something else at the end of a way into it."""
    if not way or not isinstance(data, (dict, list)) or not data:
        return put
    keys = list(data) if isinstance(data, dict) else list(range(len(data)))
    key = keys[way[0] % len(keys)]
    inner = changed(data[key], way[1:], put)
    return {**data, key: inner} if isinstance(data, dict) else [*data[:key], inner, *data[key + 1 :]]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=7), JSON), max_size=3))
def test_reading_a_plan_never_raises(changes: list[tuple[list[int], Any]]) -> None:
    plan: Any = PLAN
    for way, put in changes:
        plan = changed(plan, way, put)
    for path in ("plan.json", "main.tf.json"):
        declared = read(path, json.dumps(plan).encode())
        if not changes and path == "plan.json":
            assert [one.logical_id for one in declared.stacks[0].functions] == ["aws_lambda_function.f"]


STREAM = """\
resource "aws_kinesis_stream" "clicks" {
  name = "clicks"
}
resource "aws_lambda_event_source_mapping" "clicks" {
  event_source_arn  = aws_kinesis_stream.clicks.arn
  function_name     = aws_lambda_function.orders.arn
  starting_position = "LATEST"
}
"""


def test_settings_are_named_as_terraform_names_them(folder: Any) -> None:
    folder({"main.tf": ORDERS + STREAM})
    (told,) = check("--output-format", "json", "--select", "LL505").json["findings"]
    assert told["message"].endswith(
        "state maximum_retry_attempts, a destination on failure, and bisect_batch_on_function_error"
    )
