"""What is no good template: one clear line for each fault, and everything else is read all the same."""

# ruff: noqa: E501 (tables are easier to read in one line a row)
from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from declaring import declared, functions, remarks, shown

from lambdalint.check import Severity
from lambdalint.looking import Looker
from lambdalint.registry import load
from lambdalint.sources import may_be_template, read

FUNCTION = """\
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
"""
ENGINE = "is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"

WRONG = {
    "MemorySize: [1]": "7:7 cannot be understood here: this must be a whole number",
    "MemorySize: much": "7:7 cannot be understood here: this must be a whole number, and 'much' is none",
    "Timeout: true": "7:7 cannot be understood here: this must be a whole number",
    "Timeout: 1.5": "7:7 cannot be understood here: this must be a whole number",
    "FunctionName: {a: 1}": "7:7 cannot be understood here: this must be a text",
    "Layers: {a: 1}": "7:7 cannot be understood here: this must be a list of texts",
    "Environment: none": "7:7 cannot be understood here: Environment must be a map",
    "Environment: {Variables: [1]}": "7:21 cannot be understood here: Variables must be a map",
    "Environment: {Variables: {A: [1]}}": "7:33 cannot be understood here: this must be a text",
    "VpcConfig: 3": "7:7 cannot be understood here: VpcConfig must be a map",
    "DeadLetterConfig: [arn]": "7:7 cannot be understood here: DeadLetterConfig must be a map",
    "TracingConfig: Active": "7:7 cannot be understood here: TracingConfig must be a map",
    "MemorySize: 1\n      MemorySize: 2": '8:7 has the key "MemorySize" twice, here and on line 7: only the last one counts',
}


@pytest.mark.parametrize("written", WRONG)
def test_what_is_of_the_wrong_kind_is_said_once(written: str) -> None:
    assert remarks(f"{FUNCTION}      {written}\n") == [WRONG[written]]


def test_what_a_build_fills_in_is_no_fault() -> None:
    text = FUNCTION.replace("app.handler", "%HANDLER%") + "      Role: %ROLE_ARN%\n"
    found = read("template.yaml", text.encode())
    (place, said, severity), *others = found.unreadable
    assert not others
    assert (place.line, severity) == (5, Severity.ADVICE)
    assert said == "has places such as %HANDLER% that something fills in: it can be read once that is done"


RIGHT_ENOUGH = [
    "Code: [1]",
    "Tags: 5",
    "FileSystemConfigs: x",
    "1: 2",
    "null: 3",
    "? [a, b]\n      : c",
    "Description: !Unknown {a: 1}",
    "Nobody: 2024-01-01",
    "X: &x [*x]",
    "MemorySize: {{ cookiecutter.memory }}",
    "MemorySize: {{ cookiecutter.memory }}\n      Timeout: 5",
]


@pytest.mark.parametrize("written", RIGHT_ENOUGH)
def test_what_is_odd_elsewhere_is_nobodys_business(written: str) -> None:
    found = functions(f"{FUNCTION}      {written}\n")["F"]
    assert shown(found.handler) == "app.handler"


BROKEN = {
    FUNCTION + "      X: [a,\n": "8:1 is not valid YAML: while parsing a flow node did not find expected node content",
    FUNCTION + "      Han\n": "8:1 is not valid YAML: while scanning a simple key could not find expected ':'",
    FUNCTION
    + "\tX: 1\n": "7:1 is not valid YAML: while scanning a plain scalar found a tab character that violates indentation",
    FUNCTION + "      X: \0\n": "7:1 is not valid YAML: it holds a control character",
    FUNCTION + "      X: *gone\n": "7:10 is not valid YAML: found undefined alias",
    FUNCTION + "      X: " + "[" * 500 + "]" * 500: "7:1 is nested too deeply",
    FUNCTION + "      X:\n        " + "- " * 100 + "a": "8:1 is nested too deeply",
    "{% if x %}\n" + FUNCTION: f"1:2 {ENGINE}",
    FUNCTION + "<% if x %>\n": f"8:1 {ENGINE}",
    FUNCTION + "{{#if x}}\n  G: 1\n": f"8:3 {ENGINE}",
    '{"Resources": {"F": {"Type": "AWS::Lambda::Function"},,}}': "1:55 is not valid YAML: while parsing a flow node did not find expected node content",
}


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_cannot_be_read_is_said_with_its_place(text: str) -> None:
    found = declared(text)
    assert remarks(text) == [BROKEN[text]]
    assert not found.stacks


def test_what_stands_before_the_broken_document_is_read() -> None:
    found = declared(f"{FUNCTION}---\n{FUNCTION}---\nfoo: bar\n---\n[\n")
    assert [function.logical_id for stack in found.stacks for function in stack.functions] == ["F", "F"]
    assert [place.line for place, _, _ in found.unreadable] == [18]


def test_bytes_that_are_no_text() -> None:
    assert remarks(FUNCTION.encode() + b"# caf\xe9\n") == ["7:1 is not UTF-8"]
    assert remarks(b"\xff\xfe" + FUNCTION.encode("utf-16-le") + b"x") == ["7:1 is not UTF-8"]


def test_broken_files_that_are_no_templates_are_nobodys_business() -> None:
    for text in (
        "kinds: ['AWS::Lambda::Function'\n",
        "# AWS::Lambda::Function\n{{ x }}: [",
        "AWS::Lambda::Function\n\tx",
    ):
        assert may_be_template("a.yaml", text.encode())
        assert remarks(text) == []


FORMS = {
    "UTF-8 with a mark": b"\xef\xbb\xbf" + FUNCTION.encode(),
    "UTF-16": FUNCTION.encode("utf-16"),
    "UTF-16 the other way": b"\xfe\xff" + FUNCTION.encode("utf-16-be"),
    "Windows": FUNCTION.replace("\n", "\r\n").encode(),
    "old Mac": FUNCTION.replace("\n", "\r").encode(),
    "no end": FUNCTION.rstrip().encode(),
    "explicit document": b"%YAML 1.1\n---\n" + FUNCTION.encode() + b"...\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_same_text(form: str) -> None:
    found = functions(FORMS[form])["F"]
    line = 7 if form == "explicit document" else 5
    assert found.handler is not None
    assert found.handler.location == ("template.yaml", line, 7, line, 27)


@pytest.mark.parametrize("indent", [None, 1, "\t"])
def test_json_with_what_yaml_does_not_like(indent: int | str | None) -> None:
    properties = {"Handler": "a.b", "Description": "\U0001f600 \ud83d \u2028 / é", "Runtime": "python3.13"}
    content = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    text = json.dumps(content, indent=indent).replace(" / ", " \\/ ")
    found = functions(text, "template.json")["F"]
    assert (shown(found.handler), shown(found.runtime)) == ("a.b", "python3.13")
    assert found.runtime is not None
    assert text.splitlines()[found.runtime.location.line - 1][found.runtime.location.column - 1 :].startswith(
        '"Runtime"'
    )


def test_no_wrong_type_anywhere_above_the_properties_raises() -> None:
    for text in (
        "Resources: [AWS::Lambda::Function]\n",
        "Resources: AWS::Lambda::Function\n",
        "Resources:\n  F: [AWS::Lambda::Function]\n  G: {Type: [AWS::Lambda::Function]}\n  H: AWS::Lambda::Function\n",
        "[Resources, AWS::Lambda::Function]\n",
        f"Globals: x\nParameters: 3\nMappings: [2]\nOutputs: 1\nTransform: {{a: 2}}\nConditions: ~\n{FUNCTION}",
        f"Globals: {{Function: [1]}}\nParameters: {{P: 3}}\nMappings: {{M: {{N: 3}}}}\n{FUNCTION}",
    ):
        assert remarks(text) == []
    assert remarks("Resources:\n  F: {Type: AWS::Lambda::Function, Properties: [1]}\n") == [
        "2:3 cannot be understood here: Properties must be a map"
    ]


def test_aliases_that_multiply_are_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 8)}]\n" for n in range(1, 9)
    )
    started = time.perf_counter()
    assert remarks(bomb + FUNCTION) == ["7:1 grows beyond all bounds by its aliases"]
    assert time.perf_counter() - started < 5


TEXTS_THAT_MULTIPLY = ["{'Fn::Sub': ['${a}${a}', {a: %s}]}", "{'Fn::Join': [%s, [a, b, c, d, e, f, g, h]]}"]


@pytest.mark.parametrize("written", TEXTS_THAT_MULTIPLY)
def test_texts_that_multiply_are_not_known(written: str) -> None:
    text = "x"
    for _ in range(60):
        text = written % text
    name = functions(f"{FUNCTION}      FunctionName: {text}\n")["F"].function_name
    assert name is not None
    assert name.known is None
    assert len(name.text) < 3_000_000


@pytest.mark.parametrize("number", ["9" * 300, "-" + "9" * 30, "1e300", ".inf", '"' + "9" * 5000 + '"'])
def test_numbers_beyond_all_measure_are_none(number: str) -> None:
    (said,) = remarks(f"{FUNCTION}      Timeout: {number}\n")
    assert said.startswith("7:7 cannot be understood here: this must be a whole number")
    assert len(said) < 100


@pytest.mark.parametrize("index", ['"²"', "-1", "9" * 400, "1.5", "[]"])
def test_what_is_no_index_selects_nothing(index: str) -> None:
    assert functions(f"{FUNCTION}      FunctionName: !Select [{index}, [a, b]]\n")["F"].function_name is not None


def test_what_leads_out_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in" / ".git").mkdir(parents=True)
    (tmp_path / "out.yaml").write_text("A: b\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "in")
    include = "{Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../out.yaml}}}"
    assert remarks(f"{FUNCTION}      Tags: {include}\n      Environment: {include}\n") == [
        "7:63 leads out of the tree that is looked at: ../out.yaml is not read"
    ]


def test_maps_that_hold_themselves_end() -> None:
    assert functions("Resources: &r\n  <<: *r\n  F: {Type: AWS::Lambda::Function}\n").keys() == {"F"}
    text = "Resources:\n  F: &f\n    Type: AWS::Lambda::Function\n    Properties: {Handler: a.b, Tags: *f}\n"
    assert functions(text).keys() == {"F"}


def test_loops_that_multiply_end() -> None:
    opening = "".join(f"{{Fn::ForEach::L{n}: [N{n}, [a, b, c, d, e, f, g, h], " for n in range(8))
    text = f"Resources: {opening}{{F: {{Type: AWS::Lambda::Function}}}}{']}' * 8}\n"
    started = time.perf_counter()
    assert functions(text).keys() == {"F"}
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("depth", [20, 100])
def test_depth_is_no_fault(depth: int) -> None:
    nested = "{'Fn::If': [C, 1, " * depth + "2" + "]}" * depth
    assert shown(functions(f"{FUNCTION}      MemorySize: {nested}\n")["F"].memory_mb) == [
        1,
        *([2] if depth < 64 else []),
    ]


def test_more_depth_than_there_is_stack_is_a_fault() -> None:
    nested = "[" * 390 + "]" * 390
    assert remarks(f"{FUNCTION}      Tags: {nested}\n") in ([], ["1:1 is nested too deeply"])


def test_megabytes_take_seconds() -> None:
    one = FUNCTION.split("\n", 1)[1] + f"      Description: {'long ' * 200}\n"
    text = "Resources:\n" + "".join(one.replace("F:", f"F{number}:", 1) for number in range(2_000))
    assert 2_000_000 < len(text) < 5_000_000
    started = time.perf_counter()
    assert len(functions(text)) == 2_000
    assert time.perf_counter() - started < 10
    assert remarks(text + "#" * 5_000_000) == ["1:1 is larger than 5 MB"]


def test_checks_meet_nothing_malformed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    looker = Looker(".", tuple(load().values()))
    for number, written in enumerate([*WRONG, *RIGHT_ENOUGH]):
        Path(f"t{number}.yaml").write_text(f"{FUNCTION}      {written}\n", encoding="utf-8")
        found = looker.look(f"t{number}.yaml").findings
        assert not [one.message for one, _ in found if one.code == "LL000"]
