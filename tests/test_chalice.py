"""What is read of a Chalice application: its configuration, and the decorators in its code."""

# ruff: noqa: E501 (templates and tables with long lines)
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from declaring import functions, lay, remarks, shown, triggers
from running import check, run

from lambdalint.model import Function
from lambdalint.sources import read

CONFIG = ".chalice/config.json"
APP = """\
from chalice import Chalice, Rate

app = Chalice(app_name="shop")


"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(code: str, config: dict[str, Any] | None = None, **files: str) -> dict[str, Function]:
    lay({"app.py": APP + code, CONFIG: json.dumps(config or {}), **files}, Path())
    return functions(Path(CONFIG).read_bytes(), CONFIG)


@pytest.mark.parametrize(
    ("decorator", "name", "expected"),
    [
        ("@app.route('/orders')", "api_handler", ["api GET /orders"]),
        ("@app.route('/orders', methods=['GET', 'POST'])", "api_handler", ["api GET /orders", "api POST /orders"]),
        ("@app.lambda_function()", "work", []),
        ("@app.lambda_function(name='other')", "other", []),
        ("@app.schedule('rate(1 hour)')", "work", ["schedule schedule=rate(1 hour)"]),
        ("@app.schedule(Rate(5, unit=Rate.MINUTES))", "work", ["schedule schedule=rate(5 minutes)"]),
        ("@app.schedule(Rate(1, unit=Rate.HOURS))", "work", ["schedule schedule=rate(1 hour)"]),
        ("@app.schedule(when)", "work", ["schedule schedule=?${when}"]),
        ("@app.authorizer()", "work", ["authorizer"]),
        (
            "@app.on_s3_event(bucket='photos', prefix='in/', suffix='.jpg')",
            "work",
            ["s3 photos prefix=in/ suffix=.jpg"],
        ),
        ("@app.on_s3_event(bucket=os.environ['B'])", "work", ["s3 ?${os.environ['B']}"]),
        ("@app.on_sns_message(topic='t')", "work", ["sns t"]),
        ("@app.on_sqs_message(queue='q')", "work", ["sqs q batch_size=1"]),
        (
            "@app.on_sqs_message('q', 10, maximum_batching_window_in_seconds=30, maximum_concurrency=5)",
            "work",
            ["sqs q batch_size=10 window_s=30 maximum_concurrency=5"],
        ),
        ("@app.on_kinesis_record(stream='s')", "work", ["kinesis s batch_size=100 starting_position=LATEST"]),
        (
            "@app.on_dynamodb_record(stream_arn='s', starting_position='TRIM_HORIZON')",
            "work",
            ["dynamodb s batch_size=100 starting_position=TRIM_HORIZON"],
        ),
        ("@app.on_cw_event({'source': ['a']})", "work", ["eventbridge"]),
        ("@app.on_ws_message()", "work", ["websocket $default"]),
    ],
)
def test_decorators(decorator: str, name: str, expected: list[str]) -> None:
    functions = found(f"{decorator}\ndef work(*args):\n    pass\n")
    assert list(functions) == [name]
    assert triggers(functions[name]) == expected
    assert functions[name].location.path == "app.py"


@pytest.mark.parametrize(
    "code",
    [
        "@app.middleware('all')\ndef work(e, n): ...",
        "@other.route('/')\ndef work(): ...",
        "@app.route\ndef work(): ...",
        "def work(): ...",
    ],
)
def test_what_declares_nothing(code: str) -> None:
    assert found(code) == {}


ROUTE_AND_QUEUE = """\
@app.route("/")
def index(): ...


@app.on_sqs_message(queue="q")
def work(event): ...
"""


@pytest.mark.parametrize(
    ("config", "field", "api", "work"),
    [
        ({}, "memory_mb", None, None),
        ({"lambda_memory_size": 256}, "memory_mb", 256, 256),
        ({"lambda_memory_size": 256, "stages": {"dev": {"lambda_memory_size": 512}}}, "memory_mb", 512, 512),
        ({"stages": {"dev": {"lambda_timeout": 5, "lambda_functions": {"work": {"lambda_timeout": 9}}}}}, "timeout_s", 5, 9),
        ({"lambda_functions": {"work": {"lambda_timeout": 9}}, "lambda_timeout": 5}, "timeout_s", 5, 9),
        ({"lambda_functions": {"work": {"lambda_timeout": 9}}, "stages": {"dev": {"lambda_timeout": 5}}}, "timeout_s", 5, 5),
        ({"stages": {"dev": {"lambda_timeout": 5}, "prod": {"lambda_timeout": 9}}}, "timeout_s", [5, 9], [5, 9]),
        ({"stages": {"dev": {"lambda_timeout": 5}, "prod": {"lambda_timeout": 5}}}, "timeout_s", 5, 5),
        ({"reserved_concurrency": 3}, "reserved_concurrency", 3, 3),
        ({"xray": True}, "tracing", "Active", "Active"),
        ({"xray": False}, "tracing", None, None),
        ({"layers": ["arn:a"]}, "layers", ("arn:a",), ("arn:a",)),
        ({"log_retention_in_days": 7}, "log_retention_days", 7, 7),
        ({"iam_role_arn": "arn:r"}, "role", "arn:r", "arn:r"),
    ],
)  # fmt: skip
def test_settings(config: dict[str, Any], field: str, api: Any, work: Any) -> None:
    functions = found(ROUTE_AND_QUEUE, config)
    assert [shown(getattr(functions[name], field)) for name in ("api_handler", "work")] == [api, work]


def test_environments_and_networks() -> None:
    config = {
        "environment_variables": {"A": "all", "B": "all"},
        "subnet_ids": ["s"],
        "security_group_ids": ["g"],
        "stages": {"dev": {"environment_variables": {"B": "dev"}, "lambda_functions": {"work": {"environment_variables": {"C": "own"}}}}},
    }  # fmt: skip
    functions = found(ROUTE_AND_QUEUE, config)
    told = {name: {key: shown(one) for key, one in functions[name].environment.items()} for name in functions}
    assert told == {"api_handler": {"A": "all", "B": "dev"}, "work": {"A": "all", "B": "dev", "C": "own"}}
    vpc = functions["work"].vpc
    assert vpc is not None
    assert (vpc.subnets, vpc.security_groups) == (("s",), ("g",))
    assert (functions["work"].default_memory_mb, functions["work"].default_timeout_s) == (128, 60)


def test_blueprints_stand_in_chalicelib() -> None:
    blueprint = "from chalice import Blueprint\nextra = Blueprint(__name__)\n\n@extra.route('/more')\ndef more(): ...\n\n@extra.lambda_function()\ndef later(e, c): ...\n"  # fmt: skip
    functions = found(ROUTE_AND_QUEUE, None, **{"chalicelib/deep/extra.py": blueprint})
    assert functions["api_handler"].entries == (("app.py", "index"), ("chalicelib/deep/extra.py", "more"))
    assert shown(functions["later"].handler) == "chalicelib.deep.extra.later"


CODE = """\
import boto3


@app.route("/orders/{key}")
def order(key):
    return boto3.client("s3").get_object(Bucket="b", Key=key)


@app.on_sqs_message(queue="q")
def work(event):
    boto3.client("sqs").send_message(QueueUrl="q", MessageBody="x")


def handler(event, context):
    boto3.client("sqs").send_message(QueueUrl="q", MessageBody="x")
"""


@pytest.mark.parametrize("paths", [["."], [CONFIG], ["app.py"]])
def test_code_is_looked_at_with_its_function(paths: list[str]) -> None:
    found(CODE)
    Path("pyproject.toml").write_text("[tool.lambdalint]\nselect = ['LL101', 'LL801', 'LL802']\n")
    findings = check(*paths).json["findings"]
    told = [(one["code"], one["line"], one["function"]) for one in findings if one["path"] == "app.py"]
    joined = [("LL101", 11, "api_handler"), ("LL101", 16, "work")]
    assert [one for one in told if one[0] == "LL101"] == joined
    declared = [("LL801", 3, "api_handler"), ("LL801", 14, "work")]
    assert [one for one in told if one[0] != "LL101"] == ([] if paths == ["app.py"] else declared)


def test_functions_are_listed() -> None:
    found(CODE)
    told = json.loads(run("functions", ".", "--output-format", "json").out)["functions"]
    assert [(one["name"], one["handler_path"], one["format"]) for one in told] == [
        ("api_handler", "app.py", "chalice"),
        ("work", "app.py", "chalice"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"stages": 5}', ["1:2 cannot be understood here: stages must be a map"]),
        ('{"stages": {"dev": []}}', ["1:13 cannot be understood here: a stage must be a map"]),
        ("[]", ["1:1 cannot be understood here: the configuration must be a map"]),
        ('{"lambda_timeout": "soon"}', ["1:2 cannot be understood here: this must be a whole number, and 'soon' is none"]),
        ('{"environment_variables": [1]}', ["1:2 cannot be understood here: environment_variables must be a map"]),
        ('{"stages": {', ["2:1 is not valid YAML: while parsing a flow node did not find expected node content"]),
        ("{% if x %}{}", ["1:2 is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(text: str, expected: list[str]) -> None:
    lay({"app.py": APP + ROUTE_AND_QUEUE}, Path())
    assert remarks(text, CONFIG) == expected


@pytest.mark.parametrize("code", ["def (", "x = 1\n", "app = make()\n", "\0"])
def test_code_without_an_application_declares_nothing(code: str) -> None:
    lay({"app.py": code}, Path())
    assert [list(stack.functions) for stack in read(CONFIG, b"{}").stacks] == [[]]
