"""LL806: SnapStart where it cannot be, or without effect."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Unknown

_RUNTIMES = re.compile(r"java(?:11|1[7-9]|[2-9]\d)|python3\.(?:1[2-9]|[2-9]\d)|dotnet(?:[89]|[1-9]\d)")


@check(Function, code="LL806", severity=Severity.ERROR, since="0.1")
def snapstart_incompatible(function: Function) -> Iterator[Problem]:
    """SnapStart is asked for together with something that excludes it, or no version is ever published.

    **Why it matters.** SnapStart does not go with provisioned concurrency, with file systems, or with more than 512
    MB of ephemeral storage, and only some runtimes have it: the deployment fails. And it works for published versions
    only; without a version and an alias, each invocation is a cold start as before.

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
          AutoPublishAlias: live
          SnapStart:
            ApplyOn: PublishedVersions  # LL806
          EphemeralStorage:
            Size: 2048
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
          AutoPublishAlias: live
          SnapStart:
            ApplyOn: PublishedVersions
    ```

    **Ignore it when** versions are published by another tool.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html
    """
    snap_start = function.snap_start
    if snap_start is None or snap_start.known != "PublishedVersions":
        return
    place = snap_start.location
    runtime = function.runtime.known if function.runtime is not None else None
    if runtime is not None and not _RUNTIMES.fullmatch(runtime):
        yield Problem(place, f"{runtime} has no SnapStart; the deployment of {function.logical_id} fails")
    reason = ""
    if function.provisioned_concurrency is not None:
        reason = "provisioned concurrency"
    elif isinstance(function.mounts, Unknown) or function.mounts:
        reason = "a file system"
    elif function.ephemeral_storage_mb is not None and (function.ephemeral_storage_mb.known or 0) > 512:
        reason = "more than 512 MB of ephemeral storage"
    if reason:
        yield Problem(place, f"SnapStart does not go with {reason}; the deployment of {function.logical_id} fails")
    if function.alias is None and function.provisioned_on is None and function.format != "cdk":
        message = (
            f"SnapStart of {function.logical_id} has no effect: it is for published versions, and there is none; "
            "add a version and an alias"
        )
        yield Problem(place, message, severity=Severity.WARNING)
