"""LL106: a secret or parameter is fetched on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.init._libraries import service, through
from lambdalint.model import Call, Handler

READS = {
    "get_secret_value": "secretsmanager",
    "batch_get_secret_value": "secretsmanager",
    "get_parameter": "ssm",
    "get_parameters": "ssm",
    "get_parameters_by_path": "ssm",
    "get_latest_configuration": "appconfigdata",
}
"""Client methods that read configuration, and the service they belong to."""


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
    parameters and secrets. A name that comes from the event is not reported.

    **Ignore it when** each invocation must see a change at once.

    **Source.** https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
    """
    for call in handler.warm_calls:
        method = call.name.rpartition(".")[2]
        if method not in READS or call.kept or not _is_client_of(call, READS[method]):
            continue
        given = (*call.positional, *call.keywords.values())
        if any(argument.from_event or argument.from_result for argument in given):
            continue
        yield Problem(
            call.location,
            f"{method}() with a fixed name is called on every invocation{through(call)}; keep what it returns",
            None,
            call.trace,
        )


def _is_client_of(call: Call, expected: str) -> bool:
    if not call.name.endswith((".client()." + call.name.rpartition(".")[2],)) or call.receiver is None:
        return False
    return service(call.receiver) in (expected, None)
