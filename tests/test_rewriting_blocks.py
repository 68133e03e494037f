"""Statements that go into a block of their own: before and after, and where they stay."""

from __future__ import annotations

import ast
from textwrap import dedent, indent

import pytest
from running import apply
from test_rewriting_expressions import place

from lambdalint.rewriting import batch_writes, remove_file

PUT = "table.put_item(Item=item)"


def within(body: str) -> str:
    return "def handler(event, context):\n" + indent(dedent(body).lstrip("\n"), "    ")


def batched(text: str, what: str = PUT) -> str:
    changed = apply(text, batch_writes(text, place=place(text, what)))
    ast.parse(changed)
    return changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            # All orders.
            for item in event:
                table.put_item(Item=item)
            return 1
            """,
            """
            # All orders.
            with table.batch_writer() as batch:
                for item in event:
                    batch.put_item(Item=item)
            return 1
            """,
            id="a loop",
        ),
        pytest.param(
            """
            for one in event:
                item = {
                    "id": one,  # é

                    "text": "a",
                }
                print(item)
                if item["id"]:
                    table.put_item(Item=item)
                    n += 1
            """,
            """
            with table.batch_writer() as batch:
                for one in event:
                    item = {
                        "id": one,  # é

                        "text": "a",
                    }
                    print(item)
                    if item["id"]:
                        batch.put_item(Item=item)
                        n += 1
            """,
            id="that makes the item, and shows it",
        ),
        pytest.param(
            """
            for page in event:
                for item in page:
                    table.put_item(Item=item)
            """,
            """
            for page in event:
                with table.batch_writer() as batch:
                    for item in page:
                        batch.put_item(Item=item)
            """,
            id="in a loop",
        ),
        pytest.param(
            "for item in event: table.put_item(Item=item)",
            "with table.batch_writer() as batch:\n    for item in event: batch.put_item(Item=item)",
            id="on one line, the last",
        ),
        pytest.param(
            """
            batch = 1
            for item in event:
                table.put_item(Item=item)
            """,
            """
            batch = 1
            with table.batch_writer() as writer:
                for item in event:
                    writer.put_item(Item=item)
            """,
            id="another name",
        ),
    ],
)
def test_a_batch_writer_stands_around_the_loop(before: str, after: str) -> None:
    assert batched(within(before)) == within(after)
    assert batched(within(before).replace("\n", "\r\n")) == within(after).replace("\n", "\r\n")


def test_items_are_deleted_and_tabs_stay() -> None:
    text = "def handler(event, context):\n\tfor one in event:\n\t\tself.table.delete_item(Key=one)\n"
    assert batched(text, "self.table.delete_item(Key=one)") == (
        "def handler(event, context):\n\twith self.table.batch_writer() as batch:\n"
        "\t\tfor one in event:\n\t\t\tbatch.delete_item(Key=one)\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("for item in event:\n    r = table.put_item(Item=item)", id="the result is kept"),
        pytest.param("while event:\n    table.put_item(Item=item)", id="while"),
        pytest.param("async for item in event:\n    table.put_item(Item=item)", id="async for"),
        pytest.param("for item in event:\n    table.put_item(Item=item)\nelse:\n    pass", id="else"),
        pytest.param("[table.put_item(Item=item) for item in event]", id="comprehension"),
        pytest.param("try:\n    for item in event:\n        table.put_item(Item=item)\nfinally: pass", id="in try"),
        pytest.param("for item in event:\n    try:\n        table.put_item(Item=item)\n    except E: pass", id="try"),
        pytest.param("with suppress(E):\n    for item in event:\n        table.put_item(Item=item)", id="suppress"),
        pytest.param("for item in event:\n    with lock:\n        table.put_item(Item=item)", id="with"),
        pytest.param("for item in event:\n    table = t\n    table.put_item(Item=item)", id="table set in the loop"),
        pytest.param("for table in event:\n    table.put_item(Item=item)", id="many tables"),
        pytest.param("for item in event:\n    x = table.scan()\n    table.put_item(Item=item)", id="read before"),
        pytest.param("for item in event:\n    send(item)\n    table.put_item(Item=item)", id="does more"),
        pytest.param("for item in event:\n    table.put_item(Item=item)\n    print(item)", id="tells of it"),
        pytest.param("for item in event:\n    table.put_item(Item=item)\n    return 1", id="returns"),
        pytest.param("for item in event:\n    x = '''\n'''\n    table.put_item(Item=item)", id="text over lines"),
        pytest.param("x = 1\nfor item in event:\n    table.put_item(Item=item)\n" + "    x = 1\n" * 30, id="long"),
    ],
)
def test_a_loop_stays_as_it_is(body: str) -> None:
    text = within(body).replace("def", "async def") if "async" in body else within(body)
    assert batched(text) == text


@pytest.mark.parametrize(
    "call",
    ["table.put_item(Item=x, ReturnValues='A')", "table.put_item(**x)", "table().put_item(Item=x)", "t.send(Item=x)"],
)
def test_a_call_that_a_batch_cannot_make_stays(call: str) -> None:
    text = within(f"for x in event:\n    {call}")
    assert batched(text, call) == text


def test_a_loop_in_no_function_stays() -> None:
    text = f"for item in x:\n    {PUT}\n"
    assert batched(text) == text


GET = "s3.download_file(b, k, path)"
OPEN = 'open(path, "w")'


def removed(text: str, what: str = GET) -> str:
    where = {"position": 2, "keyword": "Filename"} if what == GET else {"position": 0, "keyword": "file"}
    changed = apply(text, remove_file(text, place=place(text, what), whole=what == GET, **where))
    ast.parse(changed)
    return changed


def test_a_file_is_removed_when_it_was_used() -> None:
    text = dedent("""\
        import os, boto3

        def handler(event, context):
            path = "/tmp/" + event["k"]
            for k in event:
                s3.download_file(b, k, path)

                # Read it.
                with open(path) as f:
                    n = len(f.read())
                return n
        """)
    assert removed(text) == dedent(
        """\
        import os, boto3

        def handler(event, context):
            path = "/tmp/" + event["k"]
            for k in event:
                s3.download_file(b, k, path)

                try:
                    # Read it.
                    with open(path) as f:
                        n = len(f.read())
                    return n
                finally:
                    os.remove(path)
        """
    )


def test_a_file_is_removed_though_writing_it_failed() -> None:
    text = within(
        """
        path = f"/tmp/{event}"
        with open(path, "w") as f:
            f.write("x")
        logger.info(f"wrote {path}")
        subprocess.run(["convert", path])
        return upload(path, key=1)"""
    )
    assert removed(text, OPEN) == "from pathlib import Path\n\n\n" + within(
        """
        path = f"/tmp/{event}"
        try:
            with open(path, "w") as f:
                f.write("x")
            logger.info(f"wrote {path}")
            subprocess.run(["convert", path])
            return upload(path, key=1)
        finally:
            Path(path).unlink(missing_ok=True)"""
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("path = x\ns3.download_file(b, k, path)", id="nothing follows"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nreturn path", id="returned"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nreturn {'p': path}", id="returned in a dict"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nall.append(path)", id="kept"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nother = path\nf(other)", id="another name"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nname = Path(path)", id="another name through a call"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nself.path = path", id="an attribute"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nf(lambda: path)", id="a lambda"),
        pytest.param("path = x\ns3.download_file(b, k, path)\npath = y\nf(path)", id="set twice"),
        pytest.param("path = x\nf(path)\ns3.download_file(b, k, path)\nf(path)", id="used before"),
        pytest.param("path = x\nif k:\n    s3.download_file(b, k, path)\n    f(path)\ng(path)", id="used behind"),
        pytest.param("path = x\ns3.download_file(b, k, path)\nyield f(path)", id="a generator"),
        pytest.param("for path in x:\n    s3.download_file(b, k, path)\n    f(path)", id="of a loop"),
        pytest.param("path = x\ns3.download_file(b, k, path); f(path)\ng(path)", id="shares a line"),
        pytest.param("s3.download_file(b, k, path)\nf(path)", id="no variable of its own"),
        pytest.param("path = x\nr = s3.download_file(b, k, path)\nf(path)", id="assigned"),
    ],
)
def test_a_file_is_left(body: str) -> None:
    text = "import os\n" + within(body)
    assert removed(text) == text


def test_a_file_that_is_for_others_is_left() -> None:
    text = within('path = "/tmp/" + event\nwith open(path, "w") as f:\n    f.write("x")\nprint(f"wrote {path}")')
    assert removed(text, OPEN) == text


@pytest.mark.parametrize("path", ["x.path", '"/tmp/x"', "event"])
def test_a_path_that_is_no_variable_is_left(path: str) -> None:
    text = "import os\n" + within(f'with open({path}, "w") as f:\n    f.write("x")')
    assert removed(text, f'open({path}, "w")') == text
