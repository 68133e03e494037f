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


def test_a_name_that_another_function_has_for_something_else_is_not_taken() -> None:
    moves(
        """
        import boto3


        def main(event, context):
            s3 = boto3.client("s3")
            names = [s3.meta for _ in event]
            return lambda: s3.list_buckets(), f"{names}"


        def other(event, context):
            s3 = boto3.resource("s3")
            return s3.buckets
        """,
        """
        import boto3

        s3_client = boto3.client("s3")


        def main(event, context):
            names = [s3_client.meta for _ in event]
            return lambda: s3_client.list_buckets(), f"{names}"


        def other(event, context):
            s3 = boto3.resource("s3")
            return s3.buckets
        """,
    )


def test_a_name_that_is_a_local_one_elsewhere_is_not_numbered() -> None:
    moves(
        """
        import boto3


        def main(event, context):
            return boto3.client("s3").list_buckets()


        def other(s3_client):
            return s3_client
        """,
        """
        import boto3

        aws_s3_client = boto3.client("s3")


        def main(event, context):
            return aws_s3_client.list_buckets()


        def other(s3_client):
            return s3_client
        """,
    )


def test_an_equal_global_of_another_name_is_used() -> None:
    moves(
        """
        import boto3

        session = boto3.Session()


        def main(event, context):
            own = boto3.session.Session()
            return own.region_name
        """,
        """
        import boto3

        session = boto3.Session()


        def main(event, context):
            return session.region_name
        """,
        "boto3.session.Session(",
    )


def test_a_client_that_nobody_keeps_stays() -> None:
    assert edits('import boto3\n\n\ndef main(event, context):\n    boto3.client("s3")\n') == []


def test_a_comment_that_is_the_title_of_what_follows_stays() -> None:
    moves(
        """
        import boto3


        def main(event, context):
            # Publish the order
            sns = boto3.client("sns")
            return sns.publish(Message=event)
        """,
        """
        import boto3

        sns = boto3.client("sns")


        def main(event, context):
            # Publish the order
            return sns.publish(Message=event)
        """,
    )


def test_clients_stand_with_the_constants_above_titles_and_classes() -> None:
    moves(
        """
        import boto3

        TABLE = "t"
        # TABLE = "old"

        # --- Errors ---


        class Wrong(Exception):
            pass


        def main(event, context):
            s3 = boto3.client("s3")
            return s3
        """,
        """
        import boto3

        TABLE = "t"
        # TABLE = "old"

        s3 = boto3.client("s3")


        # --- Errors ---


        class Wrong(Exception):
            pass


        def main(event, context):
            return s3
        """,
    )


def test_what_is_executed_before_the_function_stays_before_the_client() -> None:
    moves(
        """
        import os
        import boto3


        def helper():
            pass


        os.environ["AWS_REGION"] = "eu-west-1"


        def main(event, context):
            s3 = boto3.client("s3")
            return s3
        """,
        """
        import os
        import boto3


        def helper():
            pass


        os.environ["AWS_REGION"] = "eu-west-1"

        s3 = boto3.client("s3")


        def main(event, context):
            return s3
        """,
    )
