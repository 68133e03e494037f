"""LL110: a client is built at import and never used."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import removing_global
from lambdalint.checks._libraries import AWS_BUILDERS
from lambdalint.model import Handler


@check(Handler, code="LL110", severity=Severity.WARNING, since="0.1")
def client_never_used(handler: Handler) -> Iterator[Problem]:
    """An AWS client is built while the module is imported, and nothing reads it.

    **Why it matters.** Each client costs a cold start tens of milliseconds and a few megabytes; one that is left
    over from earlier code costs them for nothing.

    **Bad**

    ```python
    import boto3

    s3 = boto3.client("s3")
    sqs = boto3.client("sqs")  # LL110

    def handler(event, context):
        return s3.head_bucket(Bucket=event["bucket"])["BucketRegion"]
    ```

    **Good**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return s3.head_bucket(Bucket=event["bucket"])["BucketRegion"]
    ```

    **Fix.** Removes the statement, with a comment that tells of it alone, and the imports that nothing else reads.

    **Ignore it when** another module reads it from here.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    for one in handler.unused_globals:
        if one.call.name in AWS_BUILDERS:
            fix = removing_global(one)
            yield Problem(one.call.location, f"`{one.name}` is built at each cold start and never used; remove it", fix)
