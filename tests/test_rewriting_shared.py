"""Clients of one module that know of each other: they share a global and never take each other's name."""

from __future__ import annotations

from textwrap import dedent

from test_rewriting import apply, edits, moves

from lambdalint.check import Edit


def test_an_equal_global_is_used() -> None:
    moves(
        """
        import boto3

        s3 = boto3.client("s3")


        def main(event, context):
            return boto3.client("s3").list_buckets()
        """,
        """
        import boto3

        s3 = boto3.client("s3")


        def main(event, context):
            return s3.list_buckets()
        """,
    )
    moves(
        """
        import boto3

        s3 = boto3.client("s3")


        def main(event, context):
            s3 = boto3.client("s3")
            return s3.list_buckets()
        """,
        """
        import boto3

        s3 = boto3.client("s3")


        def main(event, context):
            return s3.list_buckets()
        """,
    )


TWO = """\
import boto3


def first(event, context):
    {one}
    return client


def second(event, context):
    {two}
    return client
"""


def converge(text: str) -> str:
    """As `--fix` does: all edits of one text at once unless they touch, and again."""
    for _ in range(9):
        taken: list[Edit] = []
        for handler in ("first", "second"):
            body = text[text.index(f"def {handler}(") :]
            body = body[: body.find("\ndef ")] if "\ndef " in body else body
            if "boto3" not in body:
                continue
            changes = edits(text, handler=handler)
            if not any(a.start <= b.end and b.start <= a.end for a in changes for b in taken):
                taken += changes
        if not taken:
            return text
        text = apply(text, taken)
    raise AssertionError(text)


def test_two_handlers_share_a_client() -> None:
    same = 'client = boto3.client("s3")'
    assert converge(TWO.format(one=same, two=same)) == dedent(
        """\
        import boto3

        client = boto3.client("s3")


        def first(event, context):
            return client


        def second(event, context):
            return client
        """
    )


def test_two_handlers_never_take_each_others_client() -> None:
    two = TWO.format(one='client = boto3.client("s3")', two='client = boto3.client("sqs")')
    done = converge(two)
    assert done.count("boto3.client") == 2
    assert 's3_client = boto3.client("s3")\nclient = boto3.client("sqs")\n\n\ndef first' in done
    assert "    return s3_client\n" in done
    assert "    return client\n" in done
    two = TWO.format(one='client = boto3.client("s3").a', two='client = boto3.client("s3", verify=False).a')
    done = converge(two)
    assert 's3_client = boto3.client("s3")\n' in done
    assert 's3_client_2 = boto3.client("s3", verify=False)\n' in done
