"""Clients move above their handler, or stay where they are: before and after."""

from __future__ import annotations

import ast
from textwrap import dedent

from running import apply

from lambdalint.check import Edit
from lambdalint.rewriting import hoist_client

BUILDERS = ("boto3.client(", "boto3.resource(", "boto3.Session(", "session.client(", "requests.Session(", "client(")


def place(text: str, what: str) -> tuple[int, int]:
    at = text.index(what)
    before = text[:at].replace("\r\n", "\n").split("\n")
    return len(before), len(before[-1]) + 1


def edits(text: str, what: str = "", handler: str = "main") -> list[Edit]:
    if not what:
        body = text.index(f"def {handler}(")
        what = next(builder for builder in BUILDERS if builder in text[body:])
        line, column = place(text[:body] + text[body:].replace(what, "\0", 1), "\0")
    else:
        line, column = place(text, what)
    return list(hoist_client(text, line=line, column=column, handler=handler))


def moves(before: str, after: str, what: str = "") -> None:
    before, after = dedent(before).lstrip("\n"), dedent(after).lstrip("\n")
    changed = apply(before, edits(before, what))
    assert changed == after
    ast.parse(changed)


def test_a_statement() -> None:
    moves(
        """
        import boto3


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


def test_comments_move_along_and_decorators_stay() -> None:
    moves(
        """
        import boto3
        from botocore.config import Config

        TABLE = "t"
        RETRIES = Config(retries={"mode": "adaptive"})


        # Called by the queue.
        @logged
        @traced(name="é")
        def main(event, context):
            '''Does it.'''
            # Slow to build,
            # so we wait for it here.
            s3: object = boto3.client(
                "s3",
                # adaptive
                config=RETRIES,
            )  # noqa: E501

            # What it is for
            return s3.list_buckets()
        """,
        """
        import boto3
        from botocore.config import Config

        TABLE = "t"
        RETRIES = Config(retries={"mode": "adaptive"})
        # Slow to build,
        # so we wait for it here.
        s3: object = boto3.client(
            "s3",
            # adaptive
            config=RETRIES,
        )  # noqa: E501


        # Called by the queue.
        @logged
        @traced(name="é")
        def main(event, context):
            '''Does it.'''

            # What it is for
            return s3.list_buckets()
        """,
    )


def test_used_in_place() -> None:
    moves(
        """
        import boto3, os
        def helper(): pass
        def main(event, context):
            table = boto3.resource("dynamodb", region_name=os.environ["R"]).Table("x")
        """,
        """
        import boto3, os

        dynamodb_resource = boto3.resource("dynamodb", region_name=os.environ["R"])


        def helper(): pass
        def main(event, context):
            table = dynamodb_resource.Table("x")
        """,
    )


def test_a_session_made_for_one_client_moves_with_it() -> None:
    moves(
        """
        import boto3

        def main(event, context):
            return boto3.Session(profile_name="x").client("cognito-idp")if event else None
        """,
        """
        import boto3

        cognito_idp_client = boto3.Session(profile_name="x").client("cognito-idp")


        def main(event, context):
            return cognito_idp_client if event else None
        """,
    )


def test_lines_that_brackets_held_together() -> None:
    moves(
        """
        import boto3

        def main(event, context):
            return (
                boto3
                .client("s3")
                .list_buckets()
            )
        """,
        """
        import boto3

        s3_client = (
            boto3
                .client("s3")
        )


        def main(event, context):
            return (
                s3_client
                .list_buckets()
            )
        """,
        "boto3\n        .client",
    )


def test_a_body_is_never_left_empty() -> None:
    moves(
        "import boto3\ndef main(event, context):\n    s3 = boto3.client('s3')",
        "import boto3\n\ns3 = boto3.client('s3')\n\n\ndef main(event, context):\n    pass",
    )
    moves(
        "import boto3\ndef main(e, c):\n\tif e:\n\t\ts3 = boto3.client('s3') # x\n\treturn s3\n",
        "import boto3\n\ns3 = boto3.client('s3') # x\n\n\ndef main(e, c):\n\tif e:\n\t\tpass\n\treturn s3\n",
    )


def test_blank_lines_around_it_go() -> None:
    moves(
        "import boto3\ndef main(e, c):\n    a = 1\n\n    s3 = boto3.client('s3')\n\n    return s3\n",
        "import boto3\n\ns3 = boto3.client('s3')\n\n\ndef main(e, c):\n    a = 1\n\n    return s3\n",
    )
    moves(
        "import boto3\ndef main(e, c):\n    a = 1\n\n    s3 = boto3.client('s3')\n\n\ndef b(): ...\n",
        "import boto3\n\ns3 = boto3.client('s3')\n\n\ndef main(e, c):\n    a = 1\n\n\ndef b(): ...\n",
    )


def test_windows_line_ends_and_tabs_are_kept() -> None:
    moves(
        "import boto3\r\ndef main(e, c):\r\n\ts3 = boto3.client(\r\n\t\t's3')\r\n\treturn s3\r\n",
        "import boto3\r\n\r\ns3 = boto3.client(\r\n\t's3')\r\n\r\n\r\ndef main(e, c):\r\n\treturn s3\r\n",
    )


def test_columns_count_characters() -> None:
    moves(
        "import boto3\ndef main(e, c):\n    return 'é漢😀', boto3.client('s3').x()\n",
        "import boto3\n\ns3_client = boto3.client('s3')\n\n\ndef main(e, c):\n    return 'é漢😀', s3_client.x()\n",
    )


def test_closures_and_other_functions_own_names_are_no_hindrance() -> None:
    moves(
        """
        import boto3
        def other(s3): return s3
        def main(event, context):
            s3 = boto3.client("s3")
            return [s3.get(x) for x in event], lambda: s3
        """,
        """
        import boto3

        s3 = boto3.client("s3")


        def other(s3): return s3
        def main(event, context):
            return [s3.get(x) for x in event], lambda: s3
        """,
    )


def test_a_session_of_the_module_builds() -> None:
    moves(
        """
        import boto3

        session = boto3.Session()


        def main(event, context):
            s3 = session.client("s3")
            return s3
        """,
        """
        import boto3

        session = boto3.Session()
        s3 = session.client("s3")


        def main(event, context):
            return s3
        """,
    )
