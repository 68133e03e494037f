"""The reader of Terraform: from files in a folder to the functions that are read from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lambdalint.inventory import Inventory, described, take
from lambdalint.model import UNKNOWN, Function, Setting

FUNCTION = """
resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = aws_iam_role.orders.arn
  runtime       = "python3.13"
  handler       = "app.handler"
  filename      = data.archive_file.orders.output_path
%s
}

data "archive_file" "orders" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/orders.zip"
}
"""


def inventory(folder: Path, files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Inventory:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(folder)
    return take(["."])


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def reading(files: Mapping[str, str] | str) -> dict[str, Function]:
        named = {"main.tf": files} if isinstance(files, str) else files
        found = inventory(tmp_path, named, monkeypatch)
        assert not found.remarks
        return {function.logical_id: function for function in found.functions}

    return reading


def value(setting: Setting[Any] | None) -> Any:
    """In a word: None if not stated, `?text` if not known."""
    if setting is None:
        return None
    return f"?{setting.text}" if setting.value is UNKNOWN else setting.value


# -- settings ------------------------------------------------------------------------------------------

SETTINGS = [
    # what stands in the block, the field, its value
    ("memory_size = 512", "memory_mb", 512),
    ('memory_size = "512"', "memory_mb", 512),
    ("memory_size = 2 * 256", "memory_mb", 512),
    ("memory_size = null", "memory_mb", None),
    ("memory_size = var.nowhere", "memory_mb", "?${var.nowhere}"),
    ('memory_size = try(tonumber(split("-", local.by_stage.none)[1]), 512)', "memory_mb", 512),
    ("memory_size = can(local.by_stage.none) ? 1 : 2", "memory_mb", 2),
    ("memory_size = try(var.nowhere.size, 512)", "memory_mb", "?${var.nowhere.size}"),
    ("timeout = local.seconds", "timeout_s", 30),
    ("timeout = var.timeout", "timeout_s", 7),
    ('timeout = lookup(local.by_stage, "prod", 3)', "timeout_s", 60),
    ('timeout = lookup(local.by_stage, "test", 3)', "timeout_s", 3),
    ('timeout = local.by_stage["prod"]', "timeout_s", 60),
    ('timeout = true ? 5 : "x"', "timeout_s", 5),
    ('tracing_config {\n mode = "Active"\n }', "tracing", "Active"),
    ('dynamic "tracing_config" {\n for_each = [1]\n content {\n mode = "Active"\n }\n }', "tracing", "Active"),
    ('dynamic "tracing_config" {\n for_each = []\n content {\n mode = "Active"\n }\n }', "tracing", None),
    ("dead_letter_config {\n target_arn = aws_sqs_queue.dead.arn\n }", "dead_letter", "?${aws_sqs_queue.dead.arn}"),
    ("ephemeral_storage {\n size = 1024\n }", "ephemeral_storage_mb", 1024),
    ('snap_start {\n apply_on = "PublishedVersions"\n }', "snap_start", "PublishedVersions"),
    ('architectures = ["arm64"]', "architectures", ("arm64",)),
    ("layers = [aws_lambda_layer_version.a.arn, var.b]", "layers", ("${aws_lambda_layer_version.a.arn}", "${var.b}")),
    ("reserved_concurrent_executions = 5", "reserved_concurrency", 5),
    ("reserved_concurrent_executions = -1", "reserved_concurrency", None),
    ('logging_config {\n log_format = "JSON"\n }', "log_format", "JSON"),
    ("publish = true", "alias", "aws_lambda_function.orders.version"),
    ('package_type = upper("zip")', "package_type", "ZIP"),
    ('description = <<-EOT\n resource "aws_lambda_function" "fake" { timeout = 900 }\n EOT', "timeout_s", None),
]
AROUND = """
variable "timeout" {
  default = 7
}
locals {
  seconds  = 30
  by_stage = { prod = 60, (var.nowhere) = 1 }
}
"""


@pytest.mark.parametrize(("stated", "field", "expected"), SETTINGS, ids=[f"{one[0]}" for one in SETTINGS])
def test_a_setting(stated: str, field: str, expected: Any, read: Any) -> None:
    around = AROUND.replace(", (var.nowhere) = 1", "")
    functions = read(FUNCTION % stated + around)
    assert list(functions) == ["aws_lambda_function.orders"]
    assert value(getattr(functions["aws_lambda_function.orders"], field)) == expected


def test_each_value_knows_its_place(read: Any) -> None:
    function = read(FUNCTION % "  memory_size   = 512\n  environment {\n    variables = { A = 1 }\n  }")[
        "aws_lambda_function.orders"
    ]
    assert function.location[:3] == ("main.tf", 2, 1)
    assert function.memory_mb.location == ("main.tf", 8, 3, 8, 22)
    assert function.environment["A"].location[1:3] == (10, 19)
    assert function.memory_mb.location.end_column - function.memory_mb.location.column == len("memory_size   = 512")


def test_columns_count_characters(read: Any) -> None:
    function = read('resource "aws_lambda_function" "é" { function_name = "ééé"\n/* é */ timeout = 9\n }')[
        "aws_lambda_function.é"
    ]
    assert function.location.end_column == len('resource "aws_lambda_function" "é"') + 1
    assert function.timeout_s.location[1:3] == (2, 9)


def test_a_condition_gives_choices(read: Any) -> None:
    text = "memory_size = var.big ? 1024 : 256\n timeout = var.big ? 60 : null"
    function = read(FUNCTION % text)["aws_lambda_function.orders"]
    assert function.memory_mb.value is UNKNOWN
    assert function.memory_mb.choices == (1024, 256)
    assert (function.timeout_s.value, function.timeout_s.optional) == (60, True)


def test_a_condition_on_a_default_may_turn_out_otherwise(read: Any) -> None:
    text = (
        "memory_size = var.size > 1 ? 1024 : 256\n timeout = !(var.size == 3 && true) ? 60 : null\n"
        ' layers = length(var.name) > 2 ? ["a"] : ["b"]\n runtime = 1 == 1 || var.size == 1 ? "x" : var.name'
    )
    variables = 'variable "size" {\n default = 3\n}\nvariable "name" {\n default = "orders"\n}\n'
    function = read(FUNCTION.replace("  runtime", "  # runtime") % text + variables)["aws_lambda_function.orders"]
    assert (function.memory_mb.value, function.memory_mb.assumed) == (1024, True)
    assert (function.timeout_s.value, function.timeout_s.optional) == (60, True)
    assert function.layers.choices == (("a",), ("b",))
    assert (function.runtime.value, function.runtime.assumed) == ("x", False)


ENVIRONMENTS = [
    (
        '{ A = "1", "B" = var.b, C = aws_sqs_queue.q.url }',
        {"A": "1", "B": "?${var.b}", "C": "?${aws_sqs_queue.q.url}"},
        False,
    ),
    ('merge({ A = "1" }, { A = "2", B = true })', {"A": "2", "B": "true"}, False),
    ('merge({ A = "1" }, var.more)', {"A": "1"}, True),
    ('{ for name in ["a", "b"] : upper(name) => "x-${name}" }', {"A": "x-a", "B": "x-b"}, False),
    ("{ A = jsonencode({ b = [1, true] }) }", {"A": '{"b":[1,true]}'}, False),
    ('{ A = join(",", ["x", "y"]), B = format("%s-%d", "x", 3) }', {"A": "x,y", "B": "x-3"}, False),
    ('{ A = coalesce("", null, "z"), B = "${local.seconds}s" }', {"A": "z", "B": "30s"}, False),
    ('{ A = "a ${ local.seconds } b", B = "\\"\\u00e9$${x}" }', {"A": "a 30 b", "B": '"é${x}'}, False),
    (
        '{ A = basename("a/b.py"), B = length(keys({ x = 1 })), C = element(["p", "q"], 3) }',
        {"A": "b.py", "B": "1", "C": "q"},
        False,
    ),
    ("{ A = aws_lambda_function.orders.runtime }", {"A": "python3.13"}, False),
    ("{ A = resource.aws_lambda_function.orders.runtime }", {"A": "python3.13"}, False),
    (
        '{ A = random_id.x.hex, B = "p-${random_id.x.hex}" }',
        {"A": "?${random_id.x.hex}", "B": "?p-${random_id.x.hex}"},
        False,
    ),
]


@pytest.mark.parametrize(("stated", "expected", "opened"), ENVIRONMENTS, ids=[one[0] for one in ENVIRONMENTS])
def test_environment(stated: str, expected: dict[str, Any], opened: bool, read: Any) -> None:
    text = FUNCTION % f"environment {{\n variables = {stated}\n }}" + AROUND.replace(", (var.nowhere) = 1", "")
    function = read(text)["aws_lambda_function.orders"]
    assert {name: value(one) for name, one in function.environment.items()} == expected
    assert function.environment_open is opened


def test_an_environment_that_is_not_known_is_said_to_be(read: Any) -> None:
    function = read(FUNCTION % "environment {\n variables = var.environment\n }")["aws_lambda_function.orders"]
    assert function.environment is UNKNOWN


# -- copies and modules --------------------------------------------------------------------------------


def test_copies_are_functions_of_their_own(read: Any) -> None:
    functions = read(
        """
resource "aws_lambda_function" "each" {
  for_each      = { eu = 1, us = 2 }
  function_name = "orders-${each.key}"
  timeout       = each.value
}
resource "aws_lambda_function" "many" {
  count         = 2
  function_name = "many-${count.index}"
}
resource "aws_lambda_function" "some" {
  for_each      = var.some
  function_name = each.key
}
resource "aws_lambda_function" "none" {
  count = 0
}
resource "aws_lambda_event_source_mapping" "each" {
  for_each         = { eu = 1, us = 2 }
  function_name    = aws_lambda_function.each[each.key].arn
  event_source_arn = aws_sqs_queue.q.arn
  batch_size       = each.value
}
"""
    )
    assert {name: (function.name, function.optional) for name, function in functions.items()} == {
        'aws_lambda_function.each["eu"]': ("orders-eu", False),
        'aws_lambda_function.each["us"]': ("orders-us", False),
        "aws_lambda_function.many[0]": ("many-0", False),
        "aws_lambda_function.many[1]": ("many-1", False),
        "aws_lambda_function.some": ("aws_lambda_function.some", True),
        "aws_lambda_function.none[0]": ("aws_lambda_function.none[0]", True),
    }
    batches = {name: [value(one.batch_size) for one in function.triggers] for name, function in functions.items()}
    assert batches['aws_lambda_function.each["eu"]'] == [1]
    assert batches['aws_lambda_function.each["us"]'] == [2]


MODULE = {
    "main.tf": 'module "a" {\n  source = "./modules/f"\n  name = "a"\n  timeout = 9\n}\n'
    'module "b" {\n  source = "./modules/f"\n  name = "b"\n  options = { memory = 512 }\n}\n'
    'resource "aws_lambda_permission" "b" {\n  function_name = module.b.name\n  principal = "s3.amazonaws.com"\n}\n',
    "modules/f/main.tf": 'resource "aws_lambda_function" "this" {\n  function_name = var.name\n'
    "  timeout = var.timeout\n"
    '  memory_size = var.options.memory\n  runtime = "python3.13"\n  handler = "app.handler"\n'
    '  filename = "${path.module}/code/app.zip"\n}\n',
    "modules/f/variables.tf": 'variable "name" {}\nvariable "timeout" {\n  default = 3\n}\n'
    'variable "options" {\n  type = object({ memory = optional(number, 256) })\n  default = {}\n}\n',
    "modules/f/outputs.tf": 'output "name" {\n  value = aws_lambda_function.this.function_name\n}\n',
    "modules/f/code/app.py": "def handler(event, context):\n    return event\n",
}


def test_a_module_is_read_as_often_as_it_is_called(read: Any) -> None:
    functions = read(MODULE)
    assert {
        function.place: (function.name, value(function.timeout_s), value(function.memory_mb), function.handler_path)
        for function in functions.values()
    } == {
        "module.a.aws_lambda_function.this": ("a", 9, 256, "modules/f/code/app.py"),
        "module.b.aws_lambda_function.this": ("b", 3, 512, "modules/f/code/app.py"),
    }
    first = functions["module.a.aws_lambda_function.this"]
    assert first.path == "modules/f/main.tf"
    assert first.timeout_s.location[:2] == ("main.tf", 4)  # the call states it
    assert [value(one.principal) for one in functions["module.b.aws_lambda_function.this"].permissions] == [
        "s3.amazonaws.com"
    ]


def test_a_module_that_nobody_calls_is_read_by_itself(read: Any) -> None:
    functions = read({name: text for name, text in MODULE.items() if name != "main.tf"})
    (function,) = functions.values()
    assert function.place == "aws_lambda_function.this"
    assert value(function.function_name) == "?${var.name}"
    assert function.handler_path == "modules/f/code/app.py"


def test_modules_that_call_themselves_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = 'resource "aws_lambda_function" "f" {\n  function_name = "f"\n}\n'
    found = inventory(
        tmp_path,
        {
            "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
            "b/main.tf": 'module "a" {\n  source = "../a"\n}\n' + body,
            "c/main.tf": 'module "c" {\n  source = "./"\n}\n' + body,
        },
        monkeypatch,
    )
    assert [one.place for one in found.functions] == ["module.b.aws_lambda_function.f", "aws_lambda_function.f"]
    assert [(place.path, place.line, message) for place, message, _ in found.remarks] == [
        ("b/main.tf", 1, "calls a module from within itself"),
        ("c/main.tf", 1, "calls a module from within itself"),
    ]


def test_files_of_values(read: Any) -> None:
    main = "\n".join(f'variable "{name}" {{\n  default = 1\n}}' for name in "abcd")
    functions = read(
        {
            "main.tf": main
            + FUNCTION
            % "memory_size = var.a\n timeout = var.b\n ephemeral_storage {\n size = var.c\n }\n"
            " reserved_concurrent_executions = var.d",
            "terraform.tfvars": "a = 256\nb = 20",
            "z.auto.tfvars": "b = 30",
            "dev.tfvars": "c = 600",
            "prod.tfvars": "c = 700",
            "more.auto.tfvars.json": '{"d": 4}',
        }
    )
    function = functions["aws_lambda_function.orders"]
    assert [value(one) for one in (function.memory_mb, function.timeout_s, function.reserved_concurrency)] == [
        256,
        30,
        4,
    ]
    assert function.ephemeral_storage_mb.choices == (600, 700)


def test_a_file_that_is_named_stands_for_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"api.tf": "# nothing\n", "lambda.tf": FUNCTION % "timeout = 5", "modules/x/main.tf": "# nothing\n"}
    inventory(tmp_path, files, monkeypatch)
    for paths in (["lambda.tf"], ["api.tf"], ["api.tf", "lambda.tf"], ["modules/x/main.tf", "lambda.tf"]):
        assert [one.logical_id for one in take(paths).functions] == ["aws_lambda_function.orders"], paths
    assert take(["modules/x/main.tf"]).functions == []


# -- code ----------------------------------------------------------------------------------------------

APP = "def handler(event, context):\n    return event\n"
CODE = [
    # what the function states, what else there is, the file of Python, what is found
    ("filename = data.archive_file.z.output_path", 'source_dir = "${path.module}/src"', "src/app.py", True),
    ("filename = data.archive_file.z.output_path", 'source_file = "src/app.py"', "src/app.py", True),
    ('filename = "out/z.zip"', 'source_dir = "./src"', "src/app.py", True),
    ('filename = "lambda.zip"', 'source_dir = "elsewhere"', "app.py", True),
    ('s3_bucket = "b"\n s3_key = aws_s3_object.o.key', 'source_dir = "src"', "src/app.py", True),
    (
        "filename = var.file\n source_code_hash = data.archive_file.z.output_base64sha256",
        'source_dir = "src"',
        "src/app.py",
        True,
    ),
    ('s3_bucket = "b"\n s3_key = "k.zip"', 'source_dir = "src"', "src/app.py", False),
    ("filename = data.archive_file.z.output_path", 'source_dir = "../outside"', "src/app.py", False),
    (
        "filename = data.archive_file.z.output_path",
        'source {\n filename = "app.py"\n content = file("${path.module}/src/app.py")\n }',
        "src/app.py",
        True,
    ),
]


@pytest.mark.parametrize(("stated", "archive", "file", "found"), CODE, ids=[f"{one[0]} {one[1]}" for one in CODE])
def test_code(stated: str, archive: str, file: str, found: bool, read: Any) -> None:
    text = f"""
resource "aws_lambda_function" "f" {{
  runtime = "python3.13"
  handler = "app.handler"
  {stated}
}}
data "archive_file" "z" {{
  output_path = "${{path.module}}/out/z.zip"
  {archive}
}}
resource "aws_s3_object" "o" {{
  key    = "code.zip"
  source = data.archive_file.z.output_path
}}
"""
    function = read({"main.tf": text, file: APP})["aws_lambda_function.f"]
    assert function.is_python
    assert function.handler_path == (file if found else None)


def test_code_within_the_template(read: Any) -> None:
    text = (
        'resource "aws_lambda_function" "f" {\n  runtime = "python3.13"\n  handler = "x.handler"\n'
        "  filename = data.archive_file.z.output_path\n}\n"
        'data "archive_file" "z" {\n  output_path = "z.zip"\n  source {\n    filename = "x.py"\n    content = <<-PY\n'
        "      def handler(event, context):\n          return event\n    PY\n  }\n}\n"
    )
    code = read(text)["aws_lambda_function.f"].code
    assert (code.kind, code.complete, code.inline[:12]) == ("inline", True, "def handler(")
    assert (code.place(1, 1), code.place(2, 5)) == ((11, 7), (12, 11))


def test_layers_whose_source_is_here(read: Any) -> None:
    text = (
        FUNCTION
        % "layers = [aws_lambda_layer_version.l.arn]"
        + 'resource "aws_lambda_layer_version" "l" {\n  filename = data.archive_file.l.output_path\n}\n'
        'data "archive_file" "l" {\n  source_dir = "layer"\n  output_path = "l.zip"\n}\n'
    )
    function = read({"main.tf": text, "layer/python/shared.py": ""})["aws_lambda_function.orders"]
    assert function.layer_folders == ("layer/python", "layer")


def test_what_leads_out_of_the_tree_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "main.tf").write_text(FUNCTION % "", encoding="utf-8")
    (tmp_path / "in").mkdir()
    text = FUNCTION % "" + 'module "m" {\n  source = "../outside"\n}\n'
    found = inventory(tmp_path / "in", {"main.tf": text}, monkeypatch)
    assert [one.logical_id for one in found.functions] == ["aws_lambda_function.orders"]
    assert [(place.line, message) for place, message, _ in found.remarks] == [
        (16, "leads out of the tree that is looked at: ../outside is not read")
    ]


def test_images(read: Any) -> None:
    text = 'package_type = "Image"\n image_uri = var.uri\n image_config {\n command = ["app.handler"]\n }'
    code = read(f'resource "aws_lambda_function" "f" {{\n{text}\n}}')["aws_lambda_function.f"].code
    assert (code.kind, code.command) == ("image", "app.handler")


# -- what must not go wrong ----------------------------------------------------------------------------

BAD = [
    ('resource "aws_lambda_function" "a" {\n  handler = "a.h\n', "main.tf", 2, 'is not valid HCL: " is missing'),
    ('resource "aws_lambda_function" "a" {\n  timeout = = 3\n}\n', "main.tf", 2, "is not valid HCL"),
    (FUNCTION % "" + FUNCTION % "", "main.tf", 26, "declares data.archive_file.orders again"),
    (FUNCTION % "timeout = [1]", "main.tf", 8, "cannot be understood here: this must be a whole number"),
    (
        FUNCTION % "environment {\n variables = 3\n }",
        "main.tf",
        9,
        "cannot be understood here: Variables must be a map",
    ),
    (FUNCTION % f"timeout = {'(' * 500}1{')' * 500}", "main.tf", 8, "is nested too deeply"),
]


@pytest.mark.parametrize(("text", "path", "line", "message"), BAD, ids=[one[3] for one in BAD])
def test_bad_input_is_told(
    text: str, path: str, line: int, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = 'resource "aws_lambda_function" "other" {\n  timeout = 4\n}\n'
    found = inventory(tmp_path, {"main.tf": text, "other.tf": good}, monkeypatch)
    assert ("aws_lambda_function.other", 4) in [(one.logical_id, value(one.timeout_s)) for one in found.functions]
    told = [(place.path, place.line, said) for place, said, _ in found.remarks]
    assert [one[:2] for one in told if message in one[2]] == [(path, line)], told


@pytest.mark.parametrize(
    "stated",
    [
        "timeout = local.itself",
        "timeout = local.left",
        "timeout = local.huge",
        "timeout = local.wide",
        "timeout = unknown_function(1)",
        "timeout = 1 / 0",
        'timeout = {}["x"]',
        "timeout = [][0]",
        "timeout = aws_lambda_function.orders.timeout",
        'timeout = regex("(", "x")',
    ],
)
def test_what_cannot_be_worked_out_is_not_known(stated: str, read: Any) -> None:
    doubling = "\n".join(f'  t{n + 1} = "${{local.t{n}}}${{local.t{n}}}"' for n in range(40))
    wide = "\n".join(f"  w{n + 1} = [local.w{n}, local.w{n}, local.w{n}]" for n in range(40))
    around = (
        "locals {\n  itself = local.itself\n  left = local.right\n  right = local.left\n"
        f'  t0 = "x"\n{doubling}\n  huge = local.t40\n  w0 = [1]\n{wide}\n'
        f"  wide = length(local.w40) > 5 ? 1 : var.x\n}}\n"
    )
    function = read(FUNCTION % stated + around)["aws_lambda_function.orders"]
    assert function.timeout_s.value is UNKNOWN


# -- the JSON form, and plans --------------------------------------------------------------------------


def test_the_json_form(read: Any) -> None:
    content = {
        "locals": {"seconds": 30},
        "resource": {
            "aws_lambda_function": {
                "f": {
                    "function_name": "f-${local.seconds}",
                    "timeout": "${local.seconds}",
                    "tracing_config": [{"mode": "Active"}],
                    "environment": {"variables": {"A": "b"}},
                    "role": "${aws_iam_role.r.arn}",
                }
            },
            "aws_iam_role": {
                "r": [{"inline_policy": {"policy": '{"Statement": {"Action": "s3:*", "Resource": "*"}}'}}]
            },
        },
    }
    (function,) = read({"main.tf.json": json.dumps(content, indent=1)}).values()
    assert (function.name, value(function.timeout_s), value(function.tracing)) == ("f-30", 30, "Active")
    assert {name: value(one) for name, one in function.environment.items()} == {"A": "b"}
    assert [one.actions for one in function.statements] == [("s3:*",)]
    assert function.timeout_s.location.path == "main.tf.json"


def test_a_plan(read: Any) -> None:
    values = {
        "function_name": "orders",
        "memory_size": 128,
        "timeout": 30,
        "runtime": "python3.13",
        "handler": "app.handler",
        "filename": "src/x.zip",
        "tracing_config": [],
        "environment": [{"variables": {"A": "b"}}],
    }
    plan = {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "child_modules": [
                    {
                        "address": 'module.m["eu"]',
                        "resources": [
                            {
                                "address": 'module.m["eu"].aws_lambda_function.f',
                                "mode": "managed",
                                "type": "aws_lambda_function",
                                "name": "f",
                                "values": values,
                            },
                            {
                                "address": 'module.m["eu"].aws_lambda_event_source_mapping.q',
                                "mode": "managed",
                                "type": "aws_lambda_event_source_mapping",
                                "name": "q",
                                "values": {"batch_size": 5},
                            },
                            {
                                "address": 'module.m["eu"].aws_sqs_queue.q',
                                "mode": "managed",
                                "type": "aws_sqs_queue",
                                "name": "q",
                                "values": {"visibility_timeout_seconds": 60},
                            },
                        ],
                    }
                ]
            }
        },
        "configuration": {
            "root_module": {
                "module_calls": {
                    "m": {
                        "module": {
                            "resources": [
                                {
                                    "address": "aws_lambda_function.f",
                                    "expressions": {
                                        "function_name": {"constant_value": "orders"},
                                        "timeout": {"references": ["var.timeout"]},
                                        "runtime": {"constant_value": "python3.13"},
                                        "handler": {"constant_value": "app.handler"},
                                        "filename": {"constant_value": "src/x.zip"},
                                        "environment": [{"variables": {"references": ["var.e"]}}],
                                        "role": {"references": ["aws_iam_role.r.arn", "aws_iam_role.r"]},
                                    },
                                },
                                {
                                    "address": "aws_lambda_event_source_mapping.q",
                                    "expressions": {
                                        "batch_size": {"constant_value": 5},
                                        "function_name": {
                                            "references": ["aws_lambda_function.f.arn", "aws_lambda_function.f"]
                                        },
                                        "event_source_arn": {"references": ["aws_sqs_queue.q.arn", "aws_sqs_queue.q"]},
                                    },
                                },
                                {
                                    "address": "aws_sqs_queue.q",
                                    "expressions": {"visibility_timeout_seconds": {"constant_value": 60}},
                                },
                            ]
                        }
                    }
                }
            }
        },
    }
    (function,) = read({"plan.json": json.dumps(plan), "src/app.py": APP}).values()
    assert function.place == 'module.m["eu"].aws_lambda_function.f'
    assert function.format == "terraform-plan"
    assert value(function.memory_mb) is None  # the provider's default, which nobody stated
    assert value(function.timeout_s) == 30
    assert value(function.role) == "?${aws_iam_role.r.arn}"
    assert function.handler_path == "src/app.py"
    (trigger,) = function.triggers
    assert (trigger.type, value(trigger.batch_size), value(trigger.queue.visibility_timeout_s)) == ("sqs", 5, 60)
    assert described(function)["environment_names"] == ["A"]
