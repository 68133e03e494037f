"""LL109: a network call is made while the module is imported."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.init._libraries import HTTP_CALLS
from lambdalint.model import Handler

LOCAL_METHODS = frozenset(
    """
    can_paginate close generate_presigned_post generate_presigned_url get_paginator get_waiter get_available_services
    get_available_regions get_available_resources get_credentials get_partition_for_region
    """.split()
)
"""Methods of a client or session that stay in the process."""
FETCHERS = HTTP_CALLS | {"urllib.request.urlopen"}
CLIENTS = ("boto3.client().", "boto3.Session().client().")


@check(Handler, code="LL109", severity=Severity.ADVICE, since="0.1")
def network_call_at_import(handler: Handler) -> Iterator[Problem]:
    """An AWS or HTTP call is made while the function's code is imported.

    **Why it matters.** Reading configuration once at import is common, and good if it is meant. But initialisation
    has 10 seconds: if the call is slow or fails, the environment fails to start and is started again, and
    callers see errors without a line of the handler having run. With SnapStart, what it returns is frozen
    into the snapshot and served for weeks.

    **Bad**

    ```python
    import boto3

    ssm = boto3.client("ssm")
    TABLE = ssm.get_parameter(Name="/shop/table")["Parameter"]["Value"]  # LL109

    def handler(event, context):
        return TABLE
    ```

    **Good**

    ```python
    import functools
    import boto3

    ssm = boto3.client("ssm")

    @functools.cache
    def table():
        return ssm.get_parameter(Name="/shop/table")["Parameter"]["Value"]

    def handler(event, context):
        return table()
    ```

    **Ignore it when** the function cannot work without the value and SnapStart is off.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
    """
    for call in handler.init_calls:
        method = call.name.rpartition(".")[2]
        is_api_call = any(call.name == prefix + method for prefix in CLIENTS) and method not in LOCAL_METHODS
        if is_api_call or call.name in FETCHERS:
            yield Problem(
                call.location,
                f"{method}() is called while the code is imported; if it is slow or fails, the environment cannot"
                " start (10 s limit)",
                None,
                call.trace,
            )
