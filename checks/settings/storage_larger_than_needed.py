"""LL812: a function pays for storage that it never writes to."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import removing
from lambdalint.checks._reach import is_open
from lambdalint.model import Handler

INCLUDED_MB = 512
WRITERS = frozenset(
    """
    open mkdir makedirs write_text write_bytes touch tempfile TemporaryDirectory NamedTemporaryFile mkstemp mkdtemp
    shutil zipfile tarfile download_file download_fileobj sqlite3 dbm shelve chdir copyfile copyfileobj extractall
    tmp FileHandler RotatingFileHandler savefig to_csv to_parquet
    """.split()
)
"""Words without which nothing is written to a file."""


@check(Handler, code="LL812", severity=Severity.ADVICE, since="0.1")
def storage_larger_than_needed(handler: Handler) -> Iterator[Problem]:
    """More than 512 MB of `/tmp` are asked for, and the code writes no files.

    **Why it matters.** 512 MB are included; each further gigabyte is billed for as long as the function runs.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          EphemeralStorage:
            Size: 4096  # LL812
    ```

    ```python
    # file: src/app.py
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        found = s3.get_object(Bucket=event["bucket"], Key=event["key"])
        return len(found["Body"].read())
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          EphemeralStorage:
            Size: 512
    ```

    ```python
    # file: src/app.py
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        found = s3.get_object(Bucket=event["bucket"], Key=event["key"])
        return len(found["Body"].read())
    ```

    It is not said where the code imports libraries that are not known to write none.

    **Fix.** Offers a fix that takes the size out, so that it is 512 MB. It is unsafe: something besides the code may
    write there.

    **Ignore it when** an extension of the function writes there.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
    """
    large = [
        one
        for one in handler.functions
        if one.ephemeral_storage_mb is not None and (one.ephemeral_storage_mb.known or 0) > INCLUDED_MB
    ]
    if not large or not handler.found:
        return
    wording = handler.wording()
    if is_open(handler, wording) or wording.words & WRITERS:
        return
    for function in large:
        size = function.ephemeral_storage_mb
        assert size is not None
        message = f"{function.logical_id} asks for {size.known} MB of /tmp, and writes no files; 512 MB are included"
        # What Globals state holds for other functions too, of which this code says nothing.
        fix = None if size.inherited else removing(function, "EphemeralStorage", size)
        yield Problem(size.location, message, fix)
