"""LL106: a secret or parameter is fetched on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import service, text, through
from lambdalint.model import Call, Handler

READS = {
    "get_secret_value": "secretsmanager",
    "batch_get_secret_value": "secretsmanager",
    "get_parameter": "ssm",
    "get_parameters": "ssm",
    "get_parameters_by_path": "ssm",
    "get_latest_configuration": "appconfigdata",
    "start_configuration_session": "appconfigdata",
}
"""Client methods that read configuration, and the service they belong to."""


CHANGES = frozenset({"delete_parameter", "delete_parameters", "put_parameter", "put_secret_value", "update_secret"})
"""Operations that change what is read."""


@check(Handler, code="LL106", severity=Severity.WARNING, since="0.1")
def secret_fetched_per_invocation(handler: Handler) -> Iterator[Problem]:
    """A secret or parameter with a fixed name is fetched on every invocation.

    **Why it matters.** The call costs 10 to 50 ms of billed time each, is charged by Secrets Manager ($0.05 per
    10,000 calls) and throttled by Parameter Store (40 a second unless raised), which a busy function reaches soon.

    **Bad**

    ```python
    import boto3

    ssm = boto3.client("ssm")

    def handler(event, context):
        return ssm.get_parameter(Name="/shop/currency")["Parameter"]["Value"]  # LL106
    ```

    **Good**

    ```python
    from aws_lambda_powertools.utilities import parameters

    def handler(event, context):
        return parameters.get_parameter("/shop/currency", max_age=300)
    ```

    Any cache serves: a module-level value, `functools.cache`, a dict, Powertools, the Lambda extension for
    parameters and secrets. A name that comes from the event is not reported, nor is a secret fetched again
    because of an error.

    **Ignore it when** each invocation must see a change at once.

    **Source.** https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    """
    changes = [call for call in handler.warm_calls.operations if call.operation in CHANGES]
    for call in handler.warm_calls:
        method = _method(call)
        if method is None or call.kept or call.on_error_path:
            continue
        if any(_may_change(one, call) for one in changes):
            continue  # it is state of the handler's own, and must be read anew
        given = (*call.positional, *call.keywords.values())
        if any(argument.from_event or argument.from_result for argument in given) or _is_elsewhere(call):
            continue
        yield Problem(
            call.location,
            f"{method}() with a fixed name is called on every invocation{through(call)}; keep what it returns",
            None,
            call.trace,
        )


def _is_elsewhere(call: Call) -> bool:
    """Whether the event says in which account or region the name is looked up."""
    client = call.receiver
    while client is not None:
        if any(argument.from_event for argument in (*client.positional, *client.keywords.values())):
            return True
        client = client.receiver
    return False


def _may_change(change: Call, read: Call) -> bool:
    """Whether an operation writes or deletes what is read, as far as the names tell."""
    written, wanted = (text(one.argument(None, "Name", "SecretId")) for one in (change, read))
    return written == wanted or (written is None and wanted is None)


def _method(call: Call) -> str | None:
    """The read that a call is, also where a paginator makes it; None if it is none."""
    built, _, method = call.name.rpartition(".")
    client = call.receiver
    if built.endswith(".get_paginator()") and method == "paginate" and client is not None:
        built, method = built.removesuffix(".get_paginator()"), text(client.argument(0, "operation_name")) or ""
        client = client.receiver
    if method not in READS or client is None or not built.endswith(("client()", "create_client()")):
        return None
    return method if service(client) in (READS[method], None) else None
