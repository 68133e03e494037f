"""Runs the command line as a user does, in this process, and keeps what it prints."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from lambdalint.check import Edit
from lambdalint.cli import main
from lambdalint.fixing import splice

BAD = """\
import boto3


def lambda_handler(event, context):
    s3 = boto3.client("s3")
    return s3.head_bucket(Bucket=event["bucket"])["BucketRegion"]
"""
GOOD = """\
import boto3

s3 = boto3.client("s3")


def lambda_handler(event, context):
    return s3.head_bucket(Bucket=event["bucket"])["BucketRegion"]
"""


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.out)
        return content

    @property
    def found(self) -> list[str]:
        """`path:line code` of each finding of `check --output-format json`."""
        return [f"{one['path']}:{one['line']} {one['code']}" for one in self.json["findings"]]


def run(*words: str, stdin: bytes = b"") -> Ran:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), _stdin(stdin):
        code = main(words)
    out.flush()
    return Ran(code, out.buffer.getvalue().decode(), err.getvalue())


def check(*words: str, stdin: bytes = b"") -> Ran:
    return run("check", "--output-format", "json", *words, stdin=stdin)


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with the edits made."""
    return splice(text, edits)


@contextmanager
def _stdin(data: bytes) -> Iterator[None]:
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    try:
        yield
    finally:
        sys.stdin = before
