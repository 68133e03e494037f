"""Where a client stays in its handler, and what holds whatever stands around it."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_rewriting import apply, edits, place

from lambdalint.rewriting import hoist_client


def stays(before: str, what: str = "") -> None:
    assert edits(dedent(before).lstrip("\n"), what) == []


AROUND = """\
import boto3, os, uuid
if os:
    PERHAPS = 1
TWICE = 1
TWICE = 2
CHANGED = 1
taken = 1
print(shown)

def region(): return read, open("x")
def change():
    global CHANGED
    CHANGED = 2

def main(event, context):
    BODY

LATER = 1
class Later: pass
"""


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('s3 = boto3.client("s3", region_name=event["r"])', id="event"),
        pytest.param('r = "x"\n    s3 = boto3.client("s3", region_name=r)', id="local"),
        pytest.param('s3 = boto3.client("s3", config=LATER)', id="defined later"),
        pytest.param('s3 = boto3.client("s3", config=TWICE)', id="defined twice"),
        pytest.param('s3 = boto3.client("s3", config=PERHAPS)', id="defined under a condition"),
        pytest.param('s3 = boto3.client("s3", config=CHANGED)', id="changed by a function"),
        pytest.param('s3 = boto3.client("s3", config=unknown)', id="unknown name"),
        pytest.param('s3 = boto3.client("s3", region_name=region())', id="own function"),
        pytest.param('s3 = boto3.client("s3", region_name=uuid.uuid4())', id="differs each time"),
        pytest.param('s3 = boto3.client("s3"); s3.list_buckets()', id="shares a line"),
        pytest.param('s3 = None\n    s3 = boto3.client("s3")', id="assigned twice"),
        pytest.param('s3 = boto3.client("s3")\n    del s3', id="deleted"),
        pytest.param('s3 = boto3.client("s3")\n    for s3 in event: pass', id="loop variable"),
        pytest.param('event = boto3.client("s3")', id="parameter"),
        pytest.param('global s3\n    s3 = boto3.client("s3")', id="global already"),
        pytest.param('taken = boto3.client("s3")', id="another global"),
        pytest.param('read = boto3.client("s3")', id="read by another function"),
        pytest.param('shown = boto3.client("s3")', id="read at module level"),
        pytest.param('open = boto3.client("s3")', id="hides a builtin that others use"),
        pytest.param('s3 = boto3.client("s3")\n    def f():\n        nonlocal s3\n        s3 = 1', id="nonlocal"),
        pytest.param('s3 = boto3.client("s3")\n    return locals()', id="locals"),
        pytest.param('try:\n        s3 = boto3.client("s3")\n    except E: pass', id="try"),
        pytest.param('with suppress(E):\n        s3 = boto3.client("s3")', id="suppress"),
        pytest.param('with boto3.client("s3") as s3: pass', id="with"),
        pytest.param('s3 = boto3.client("s3")\n    with s3: pass', id="with by name"),
        pytest.param('s3 = boto3.client("s3")\n    with closing(s3): pass', id="closing"),
        pytest.param('stack.enter_context(boto3.client("s3"))', id="enter_context"),
        pytest.param('s3 = boto3.client("s3")\n    s3.close()', id="closed"),
        pytest.param('boto3.client("s3").close()', id="closed in place"),
        pytest.param('s3 = boto3.client("s3")\n    s3.meta.events.register("x", f)', id="altered"),
        pytest.param('s3 = boto3.client("s3")\n    s3.a = 1', id="attribute set"),
        pytest.param('if event:\n        s3 = boto3.client("s3", region_name=os.environ["X"])', id="condition"),
        pytest.param('return [boto3.client("s3", region_name=x) for x in event]', id="comprehension"),
        pytest.param('return lambda: boto3.client("s3")', id="lambda"),
        pytest.param('import boto3\n    s3 = boto3.client("s3")', id="imported here"),
        pytest.param('def inner(): return boto3.client("s3")', id="nested function"),
        pytest.param('s3 = boto3.client("""a\nb""")', id="text over lines"),
        pytest.param('s3: Later = boto3.client("s3")', id="annotation not there yet"),
    ],
)
def test_refused(body: str) -> None:
    assert edits(AROUND.replace("BODY", body)) == []


@pytest.mark.parametrize("body", ['s3 = boto3.client("s3")', 's3 = boto3.client("s3", region_name=os.getenv("R"))'])
def test_not_refused_in_the_same_place(body: str) -> None:
    assert len(edits(AROUND.replace("BODY", body))) == 2


def test_refused_where_names_come_by_star() -> None:
    stays("import boto3\nfrom settings import *\ndef main(e, c):\n    s3 = boto3.client('s3')\n")


def test_only_in_functions_of_the_module() -> None:
    stays("import boto3\nclass A:\n    def main(e, c):\n        s3 = boto3.client('s3')\n")
    stays("import boto3\n@f(boto3.client('s3'))\ndef main(e, c): boto3.client\n", "boto3.client('s3')")


def test_what_is_not_there() -> None:
    text = "import boto3\ndef main(e, c):\n    return 1\n"
    for line, column in [(0, 0), (2, 1), (3, 5), (99, 1), (3, 999)]:
        assert hoist_client(text, line=line, column=column, handler="main") == ()
    assert hoist_client("def main(:", line=1, column=1, handler="main") == ()
    assert hoist_client("", line=1, column=1, handler="main") == ()


def test_a_call_of_what_was_built_is_no_builder() -> None:
    stays("import boto3\ns3 = boto3.client('s3')\ndef main(e, c):\n    x = s3.list_buckets()\n", "s3.list_buckets")
    stays("import boto3\ndef make(): ...\ndef main(e, c):\n    s3 = make().client('s3')\n", "make().client")


def test_again_changes_nothing() -> None:
    text = "import boto3\ndef main(e, c):\n    s3 = boto3.client('s3')\n    return s3\n"
    line, column = place(text, "boto3.client")
    changed = apply(text, edits(text))
    assert hoist_client(changed, line=line, column=column, handler="main") == ()


CLIENTS = st.sampled_from(
    [
        's3 = boto3.client("s3")',
        's3 = boto3.client("s3")  # é',
        's3: object = boto3.client(\n        "s3",\n    )',
        'x = boto3.client("s3").list_buckets()["Buckets"]',
        'if event:\n        s3 = boto3.client("s3")',
        'for x in event:\n        # each\n        s3 = boto3.client("s3")\n\n        s3.x()',
        'return (boto3.resource("dynamodb")\n        .Table("x"))',
        's3, db = boto3.client("s3"), boto3.client("dynamodb")',
    ]
)
LINES = st.lists(
    st.sampled_from(["", "# comment", "a = 1", "b = s3", "'''text\n# no comment'''", "print(s3)", "del a"]),
    max_size=4,
)
OUTSIDE = st.lists(
    st.sampled_from(["", "# comment", "s3 = 1", "X = 1", "def f():\n    return s3", "@f\nclass C:\n    s3 = 1"]),
    max_size=4,
)


@given(OUTSIDE, LINES, CLIENTS, LINES, OUTSIDE, st.sampled_from(["\n", "\r\n", "\r"]))
def test_whatever_stands_around_it(
    above: list[str], before: list[str], client: str, after: list[str], below: list[str], end: str
) -> None:
    body = ["    " + line.replace("\n", "\n    ") for line in [*before, client, *after]]
    text = "\n".join(["import boto3", *above, "def main(event, context):", *body, *below, ""])
    what = "boto3.resource(" if "resource" in client else "boto3.client("
    line, column = place(text, what)
    text = text.replace("\n", end)
    ast.parse(text)
    changes = hoist_client(text, line=line, column=column, handler="main")
    changed = apply(text, list(changes))
    tree = ast.parse(changed)
    assert (changed == text) == (not changes)
    assert changed.count("# comment") == text.count("# comment")
    assert {*"\r\n"} & set(changed) == {*"\r\n"} & set(text)
    if changes:
        assert len([node for node in tree.body if isinstance(getattr(node, "value", None), ast.Call)]) == 1
    assert hoist_client(changed, line=line, column=column, handler="main") == () or client.startswith("s3, db")
