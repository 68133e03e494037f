"""Changes inside an expression and of imports: before and after."""

from __future__ import annotations

import ast

import pytest
from running import apply

from lambdalint.model import Location
from lambdalint.rewriting import add_argument, paginate, remove_import, wrap


def place(text: str, what: str) -> Location:
    """Where `what` stands in `text`."""
    start = text.index(what)

    def point(at: int) -> tuple[int, int]:
        before = text[:at].replace("\r\n", "\n").split("\n")
        return len(before), len(before[-1]) + 1

    return Location("app.py", *point(start), *point(start + len(what)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("get(url)", "get(url, timeout=9)"),
        ("get()", "get(timeout=9)"),
        ("get((url))", "get((url), timeout=9)"),
        ("get(url, )", "get(url, timeout=9, )"),
        ("get(url,\n    data=1)", "get(url,\n    data=1, timeout=9)"),
        ("get(\n    url\n)", "get(\n    url,\n    timeout=9,\n)"),
        ("get(\n    url,\n    data=1,  # a, b\n)", "get(\n    url,\n    data=1,  # a, b\n    timeout=9,\n)"),
        ("get(\n    url,\n    data=1  # a, b\n)", "get(\n    url,\n    data=1,  # a, b\n    timeout=9,\n)"),
        ("get(url, headers={\n    'é': 1,\n})", "get(url, headers={\n    'é': 1,\n}, timeout=9)"),
        ("get(url, *more)", "get(url, *more, timeout=9)"),
    ],
)
def test_an_argument_is_added(before: str, after: str) -> None:
    for text in (f"x = {before}\n", f"x = 'é', {before}  # é\n", f"x = {before}\n".replace("\n", "\r\n")):
        what = before.replace("\n", "\r\n") if "\r\n" in text else before
        changed = apply(text, add_argument(text, place=place(text, what), name="timeout", value="9"))
        assert changed.replace("\r\n", "\n") == text.replace("\r\n", "\n").replace(before, after)
        assert ("\r\n" in text) == ("\r\n" in changed)
        ast.parse(changed)


@pytest.mark.parametrize("call", ["get(**options)", "get(x for x in y)", "get(url, timeout=3)"])
def test_an_argument_that_may_be_there_is_not_added(call: str) -> None:
    assert add_argument(call, place=place(call, call), name="timeout", value="9") == ()


KEY = 'event["key"]'


@pytest.mark.parametrize(
    ("head", "wrapped"),
    [
        ("", f"from urllib.parse import unquote_plus\n\nkey = unquote_plus({KEY})\n"),
        ('"""Doc."""\n', f'"""Doc."""\n\nfrom urllib.parse import unquote_plus\n\nkey = unquote_plus({KEY})\n'),
        ("import os\nx = 1\n", f"import os\nfrom urllib.parse import unquote_plus\nx = 1\nkey = unquote_plus({KEY})\n"),
        (
            "from urllib.parse import unquote_plus as u\n",
            f"from urllib.parse import unquote_plus as u\nkey = u({KEY})\n",
        ),
        ("import urllib.parse\n", f"import urllib.parse\nkey = urllib.parse.unquote_plus({KEY})\n"),
        ("import urllib.parse as p\n", f"import urllib.parse as p\nkey = p.unquote_plus({KEY})\n"),
    ],
)
def test_an_expression_is_wrapped_and_the_function_imported(head: str, wrapped: str) -> None:
    text = f"{head}key = {KEY}\n"
    edits = wrap(text, place=place(text, KEY), package="urllib.parse", function="unquote_plus")
    assert apply(text, edits) == wrapped


@pytest.mark.parametrize(
    ("head", "after"),
    [
        (
            "# -*- coding: utf-8 -*-\n__author__ = 'me'\n\nimport json\nfrom time import time\nimport boto3\n",
            "# -*- coding: utf-8 -*-\n__author__ = 'me'\n\nimport json\nfrom time import time\nNEW\nimport boto3\n",
        ),
        ("# -*- coding: utf-8 -*-\nx = 1\n", "# -*- coding: utf-8 -*-\n\nNEW\n\nx = 1\n"),
        ("import json, boto3\nfrom tools import a\n", "import json, boto3\nNEW\nfrom tools import a\n"),
        ("# Ours\nfrom tools import a\n", "NEW\n\n# Ours\nfrom tools import a\n"),
        ("# Copyright Me\nimport tools\n", "# Copyright Me\nNEW\n\nimport tools\n"),
    ],
)
def test_the_import_stands_where_a_sorted_list_has_it(head: str, after: str) -> None:
    text = f"{head}key = {KEY}\n"
    edits = wrap(text, place=place(text, KEY), package="urllib.parse", function="unquote_plus")
    new = after.replace("NEW", "from urllib.parse import unquote_plus")
    assert apply(text, edits) == f"{new}key = unquote_plus({KEY})\n"


def test_a_name_that_means_something_else_is_not_imported_over() -> None:
    text = f"def unquote_plus(x): return x\nkey = {KEY}\n"
    assert wrap(text, place=place(text, KEY), package="urllib.parse", function="unquote_plus") == ()


def test_all_pages_are_asked_for() -> None:
    text = 'found = s3.list_objects_v2(Bucket="b")["Contents"]\n'
    edits = paginate(text, place=place(text, 's3.list_objects_v2(Bucket="b")'), operation="list_objects_v2")
    expected = 'found = s3.get_paginator("list_objects_v2").paginate(Bucket="b").build_full_result()["Contents"]\n'
    assert apply(text, edits) == expected


@pytest.mark.parametrize(
    ("before", "module", "bound", "after"),
    [
        ("import pandas\nx = 1\n", "pandas", "pandas", "x = 1\n"),
        ("import os, pandas as pd\n", "pandas", "pd", "import os\n"),
        ("import pandas as pd, os\n", "pandas", "pd", "import os\n"),
        ("from numpy import array, zeros\n", "numpy", "zeros", "from numpy import array\n"),
        (
            "from numpy import (\n    array,  # why\n    zeros,\n)\n",
            "numpy",
            "zeros",
            "from numpy import (\n    array,  # why\n)\n",
        ),
        ("# For tables.\nimport pandas  # big\n\nx = 1\n", "pandas", "pandas", "# For tables.\n\nx = 1\n"),
        ("import boto3\nimport boto3.session\n", "boto3.session", "boto3", "import boto3\n"),
    ],
)
def test_an_import_is_removed(before: str, module: str, bound: str, after: str) -> None:
    assert apply(before, remove_import(before, module=module, bound=bound)).lstrip("\n") == after.lstrip("\n")


@pytest.mark.parametrize("text", ["x = 1\n", "import pandas\nimport pandas\n", "def f():\n    import pandas\n"])
def test_an_import_that_is_not_there_once_is_left(text: str) -> None:
    assert remove_import(text, module="pandas", bound="pandas") == ()
