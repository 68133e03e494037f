"""Code within a template: what is found in it stands where it is written, however that is quoted."""

# ruff: noqa: E501 (templates and tables with long lines)

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lambdalint.looking import Looker
from lambdalint.registry import load


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


HEAD = "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: python3.13\n      Handler: index.handler\n"
CODE = 'import boto3\n\ndef handler(event, context):\n    s3 = boto3.client("s3")\n    return s3.head_bucket(Bucket="x")["A"]\n'


def indented(code: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" if line else "\n" for line in code.splitlines())


LINES = ", ".join(json.dumps(line) for line in CODE.splitlines())
INLINE = {
    "block": ("template.yaml", HEAD + "      Code:\n        ZipFile: |\n" + indented(CODE, 10), (12, 20)),
    "block, kept": ("template.yaml", HEAD + "      Code:\n        ZipFile: |2+\n" + indented(CODE, 10), (12, 20)),
    "Sub": (
        "template.yaml",
        HEAD + "      Code:\n        ZipFile: !Sub |\n\n" + indented(CODE.replace('"x"', '"${F}"'), 10),
        (13, 20),
    ),
    "Sub with a known value": (
        "template.yaml",
        "Parameters: {P: {Type: String, Default: something}}\n"
        + HEAD
        + "      Code:\n        ZipFile:\n          Fn::Sub: |\n"
        + indented(CODE.replace("import boto3", "import boto3 # ${P}"), 12),
        (14, 22),
    ),
    "Join of lines": (
        "template.yaml",
        HEAD
        + '      Code:\n        ZipFile: !Join\n          - "\\n"\n'
        + "".join(
            f"          {'- -' if not number else '  -'} {json.dumps(line)}\n"
            for number, line in enumerate(CODE[:-1].splitlines())
        ),
        (13, 25),
    ),
    "Join on one line": ("template.yaml", HEAD + f'      Code: {{ZipFile: !Join ["\\n", [{LINES}]]}}\n', (7, 104)),
    "quoted": ("template.yaml", HEAD + f"      Code: {{ZipFile: {json.dumps(CODE)}}}\n", (7, 82)),
    "JSON": (
        "template.json",
        json.dumps(
            {
                "Resources": {
                    "F": {
                        "Type": "AWS::Lambda::Function",
                        "Properties": {"Runtime": "python3.13", "Handler": "index.handler", "Code": {"ZipFile": CODE}},
                    }
                }
            },
            indent=1,
        ),
        (9, 85),
    ),
    "SAM": (
        "template.yaml",
        HEAD.replace("Lambda::", "Serverless::") + "      InlineCode: |\n" + indented(CODE, 8),
        (11, 18),
    ),
}


@pytest.mark.parametrize("form", INLINE)
def test_findings_in_inline_code_stand_where_it_is_written(form: str) -> None:
    path, text, place = INLINE[form]
    Path(path).write_text(text, encoding="utf-8")
    found = [one for one, _ in Looker(".", [load()["LL101"]]).look(path).findings]
    assert [one.code for one in found] == ["LL101"]
    where = found[0].location
    line = text.splitlines()[where.line - 1]
    assert line[where.column - 1 : where.end_column - 1] in ('boto3.client("s3")', 'boto3.client(\\"s3\\")')
    assert (where.line, line.index("boto3.client") + 1) == (place[0], where.column)


def test_inline_code_that_is_no_python_is_said_in_its_place() -> None:
    Path("template.yaml").write_text(
        HEAD + "      Code:\n        ZipFile: |\n          def handler(:\n", encoding="utf-8"
    )
    found = [one for one, _ in Looker(".", []).look("template.yaml").findings]
    assert [(one.code, one.location.line) for one in found] == [("LL001", 9)]


def test_the_way_to_a_finding_leads_through_the_template() -> None:
    code = "import boto3\n\ndef make():\n    return boto3.client('s3')\n\ndef handler(event, context):\n    return str(make())\n"
    Path("template.yaml").write_text(HEAD + "      Code:\n        ZipFile: |\n" + indented(code, 10), encoding="utf-8")
    (found,) = (one for one, _ in Looker(".", [load()["LL101"]]).look("template.yaml").findings)
    assert (found.location.line, found.handler) == (12, "template.yaml:handler")
    assert [(step.path, step.line) for step in found.trace] == [("template.yaml", 15)]
    assert (found.function, found.fix_message) == ("F", None)


def test_places_in_the_template_itself_stay_where_they_are() -> None:
    code = "# a comment\n\n\n\n\n\ndef other(event, context):\n    return {}\n"
    Path("template.yaml").write_text(HEAD + "      Code:\n        ZipFile: |\n" + indented(code, 10), encoding="utf-8")
    (found,) = (one for one, _ in Looker(".", [load()["LL209"]]).look("template.yaml").findings)
    assert (found.location.path, found.location.line) == ("template.yaml", 6)


def test_inline_code_that_holds_itself_ends() -> None:
    code = '&x !Join ["", [*x, "import boto3\\ndef handler(event, context):\\n    boto3.client(\'s3\')\\n", *x]]'
    Path("template.yaml").write_text(f"{HEAD}      Code: {{ZipFile: {code}}}\n", encoding="utf-8")
    found = [one for one, _ in Looker(".", [load()["LL101"]]).look("template.yaml").findings]
    assert [one.code for one in found if one.code == "LL000"] == []
