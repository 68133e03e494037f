"""Values that are given a form in JSON: before and after, and where they are left alone."""

from __future__ import annotations

import ast

import pytest
from running import apply
from test_rewriting_expressions import place

from lambdalint.rewriting import dump_body, express


def dumped(text: str, what: str) -> str:
    changed = apply(text, dump_body(text, place=place(text, what)))
    ast.parse(changed)
    return changed


@pytest.mark.parametrize(
    ("before", "what", "after"),
    [
        pytest.param('return {"body": {"é": 1}}', '{"é": 1}', 'return {"body": json.dumps({"é": 1})}', id="dict"),
        pytest.param(
            'return {\n        "body": {\n            "a": 1,\n        },  # why\n    }',
            '{\n            "a": 1,\n        }',
            'return {\n        "body": json.dumps({\n            "a": 1,\n        }),  # why\n    }',
            id="over several lines",
        ),
        pytest.param(
            'answer = {}\n    answer["body"] = [1]\n    return answer',
            "[1]",
            'answer = {}\n    answer["body"] = json.dumps([1])\n    return answer',
            id="put there later",
        ),
        pytest.param(
            'body = {"a": 1}\n    body["b"] = 2\n    print(body)\n    return {"body": body}',
            '{"a": 1}',
            'body = {"a": 1}\n    body["b"] = 2\n    print(body)\n    return {"body": json.dumps(body)}',
            id="a variable, where it becomes the body",
        ),
        pytest.param(
            "if event:\n        body = [1]\n    else:\n        body: dict = {}\n    return {'body': body}",
            "[1]",
            "if event:\n        body = [1]\n    else:\n        body: dict = {}\n    return {'body': json.dumps(body)}",
            id="set twice, and never a text",
        ),
    ],
)
def test_a_body_becomes_a_text(before: str, what: str, after: str) -> None:
    head = "import json\n\ndef handler(event, context):\n    "
    assert dumped(f"{head}{before}\n", what) == f"{head}{after}\n"


@pytest.mark.parametrize(
    ("head", "expected", "name"),
    [
        ("import os\n", "import json\nimport os\n", "json.dumps"),
        ("from json import dumps\n", "from json import dumps\n", "dumps"),
        ("import json as j\n", "import json as j\n", "j.dumps"),
    ],
)
def test_json_is_imported_where_it_is_not(head: str, expected: str, name: str) -> None:
    rest = '\ndef handler(event, context):\n    return {"body": []}\n'
    assert dumped(head + rest, "[]") == expected + rest.replace("[]", f"{name}([])")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('return answer(200, {"a": 1})', id="an argument"),
        pytest.param('body = {"a": 1}\n    body = str(body)\n    return {"body": body}', id="perhaps a text"),
        pytest.param('body = {"a": 1}\n    body += x\n    return {"body": body}', id="added to"),
        pytest.param('body = {"a": 1}\n    def f(): body\n    return {"body": body}', id="read by another function"),
        pytest.param('global body\n    body = {"a": 1}\n    return {"body": body}', id="global"),
        pytest.param('event = {"a": 1}\n    return {"body": event}', id="parameter"),
        pytest.param('body = {"a": 1}\n    return answer(body)', id="becomes no body here"),
        pytest.param('got = {"body": {"a": 1}}\n    print(got["body"]["a"])\n    return got', id="looked into"),
        pytest.param('json = event\n    return {"body": {"a": 1}}', id="another json"),
        pytest.param('return {"bodies": {"a": 1}}', id="another key"),
    ],
)
def test_a_body_is_left(body: str) -> None:
    text = f"def handler(event, context):\n    {body}\n"
    assert dumped(text, '{"a": 1}') == text


def expressed(text: str, what: str, form: str, name: str = "") -> str:
    changed = apply(text, express(text, place=place(text, what), form=form, name=name, handler="handler"))
    ast.parse(changed)
    return changed


@pytest.mark.parametrize(
    ("before", "what", "form", "after"),
    [
        ("return {1, 2}", "{1, 2}", "sorted", "return sorted({1, 2})"),
        ("return {'a': [set(event)]}", "set(event)", "sorted", "return {'a': [sorted(set(event))]}"),
        ("return (x for x in event)", "(x for x in event)", "list", "return [x for x in event]"),
        ("return zip(event, event)", "zip(event, event)", "list", "return list(zip(event, event))"),
        ("return now(\n  tz\n)", "now(\n  tz\n)", ".isoformat()", "return now(\n  tz\n).isoformat()"),
        ("x = {'id': uuid4()}\n    return x", "uuid4()", "str", "x = {'id': str(uuid4())}\n    return x"),
        ("x = uuid4()\n    if event:\n        return x\n    return x", "uuid4()", "str",
         "x = str(uuid4())\n    if event:\n        return x\n    return x"),
    ],
)  # fmt: skip
def test_what_is_returned_is_given_a_form(before: str, what: str, form: str, after: str) -> None:
    head = "def handler(event, context):\n    "
    assert expressed(f"{head}{before}\n", what, form) == f"{head}{after}\n"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("def handler(event, context):\n    x = uuid4()\n    return {'a': x}\n", id="used otherwise"),
        pytest.param("def handler(event, context):\n    x = [uuid4()]\n    x.sort()\n    return x\n", id="altered"),
        pytest.param("def handler(event, context):\n    return f(uuid4())\n", id="an argument"),
        pytest.param("def handler(event, context):\n    return {uuid4(): 1}\n", id="a key"),
        pytest.param("def handler(event, context):\n    return lambda: uuid4()\n", id="of a lambda"),
        pytest.param("def make(event):\n    return uuid4()\n", id="of another function"),
        pytest.param("def str(x): x\ndef handler(event, context):\n    return uuid4()\n", id="another str"),
        pytest.param("def handler(event, str):\n    return uuid4()\n", id="a parameter of that name"),
        pytest.param("uuid4()\n", id="in no function"),
    ],
)
def test_what_is_not_just_returned_is_left(text: str) -> None:
    assert expressed(text, "uuid4()", "str") == text


def test_an_object_is_made_a_dict() -> None:
    head = "from dataclasses import dataclass  # both\n\ndef handler(event, context):\n    return "
    text = f"{head}[Order(1)]\n"
    expected = text.replace("dataclass  #", "dataclass, asdict  #").replace("[Order(1)]", "[asdict(Order(1))]")
    assert expressed(text, "[Order(1)]", "dataclasses.asdict", "Order") == expected


DUMP = '.model_dump(mode="json")'


@pytest.mark.parametrize(
    ("head", "after"),
    [
        ("from pydantic import BaseModel\n", f"return models.Price(net=1){DUMP}"),
        ("from pydantic import BaseModel, validator\n", "return models.Price(net=1)"),
    ],
)
def test_a_model_of_pydantic_2_is_dumped(head: str, after: str) -> None:
    text = f"{head}\ndef handler(event, context):\n    return models.Price(net=1)\n"
    assert expressed(text, "return models.Price(net=1)", DUMP, "Price") == text.replace(
        "return models.Price(net=1)", after
    )


@pytest.mark.parametrize("result", ["[Order(1), Order(2)]", "order"])
def test_an_object_that_is_not_made_there_once_is_left(result: str) -> None:
    text = f"def handler(event, context):\n    return {result}\n"
    assert expressed(text, f"return {result}", DUMP, "Order") == text
