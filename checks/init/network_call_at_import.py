"""LL109: a network call is made while the module is imported."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import (
    HTTP_CALLS,
    HTTP_SESSION_BUILDERS,
    HTTP_VERBS,
    POWERTOOLS_READS,
    through,
)
from lambdalint.later import pattern
from lambdalint.model import Handler

LOCAL_METHODS = frozenset(
    """
    all batch_writer can_paginate close filter generate_db_auth_token generate_db_connect_admin_auth_token
    generate_db_connect_auth_token generate_presigned_post generate_presigned_url get_available_regions
    get_available_resources get_available_services get_available_subresources get_credentials
    get_partition_for_region get_paginator get_waiter limit page_size
    """.split()
)
"""Methods of a client, resource or collection that stay in the process, or wait until one iterates."""
FETCHERS = (
    HTTP_CALLS
    | {f"{session}().{verb}" for session in HTTP_SESSION_BUILDERS for verb in HTTP_VERBS}
    | {f"aws_lambda_powertools.utilities.parameters.{name}" for name in POWERTOOLS_READS}
    | {"urllib.request.urlopen"}
)
API_CALL = pattern(
    r"(?:aio)?boto(?:3|core)\.(?:Session\(\)\.|session\.get_session\(\)\.)?"
    r"(?:(?:create_)?client\(\)(?:\.get_(?:paginator|waiter)\(\))?"
    r"|resource\(\)(?:\.[A-Z]\w*\(\))*(?:\.meta\.client)?)"
    r"\.(?P<method>[a-z]\w*)"
)
"""A method of a client, of its paginators and waiters, or of what a resource gives: `Table("x").get_item`."""


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
        api_call = API_CALL.fullmatch(call.name)
        if call.name in FETCHERS or (api_call and api_call["method"] not in LOCAL_METHODS):
            method = call.name.rpartition(".")[2]
            yield Problem(
                call.location,
                f"{method}() runs while the code is imported{through(call)}: an error, or 10 s, and the environment"
                " does not start; SnapStart keeps what it returns; call it when first needed",
                None,
                call.trace,
            )
