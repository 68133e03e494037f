"""LL411: metrics are sent by a call to CloudWatch while the invocation waits."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text, through
from lambdalint.checks._triggers import SYNCHRONOUS, triggers
from lambdalint.model import Call, Handler

_ELSEWHERE = ("aws_access_key_id", "aws_session_token", "endpoint_url", "region_name")
_READS = ("batch_get_", "describe_", "filter_", "get_", "head_", "list_", "lookup_", "query", "scan", "search_")
_NO_OPERATIONS = frozenset({"can_paginate", "close", "get_paginator", "get_waiter"})


@check(Handler, code="LL411", severity=Severity.WARNING, since="0.1")
def synchronous_metrics(handler: Handler) -> Iterator[Problem]:
    """Metrics are sent by put_metric_data, and the invocation waits for it.

    **Why it matters.** Each call is a request over the network, billed as duration of the function: some 10 to 50 ms.
    Each is charged too ($0.01 per 1,000), and limited to 500 a second for the account and region. The embedded
    metric format needs no request: the function writes a line of JSON, and CloudWatch Logs makes metrics of it.

    **Bad**

    ```python
    import boto3

    cloudwatch = boto3.client("cloudwatch")
    orders = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        orders.put_item(Item={"id": event["pathParameters"]["id"]})
        cloudwatch.put_metric_data(  # LL411
            Namespace="shop",
            MetricData=[{"MetricName": "Orders", "Value": 1, "Unit": "Count"}],
        )
    ```

    **Good**

    ```python
    import boto3
    from aws_lambda_powertools import Metrics
    from aws_lambda_powertools.metrics import MetricUnit

    metrics = Metrics(namespace="shop", service="orders")
    orders = boto3.resource("dynamodb").Table("orders")

    @metrics.log_metrics
    def handler(event, context):
        orders.put_item(Item={"id": event["pathParameters"]["id"]})
        metrics.add_metric(name="Orders", unit=MetricUnit.Count, value=1)
    ```

    It is advice where the code shows neither that somebody waits for an answer nor that several calls are made. Where
    publishing metrics is all that a function does (it only reads, then publishes), the finding is shown under
    `--pedantic` only: nobody else waits for it. A namespace that begins with `AWS/` is said in any case: such
    metrics may be refused, or be taken for those of the service.

    **Ignore it when** the metric must be there at once, or is sent to another region or account.

    **Source.** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format.html
    """
    sent = [call for call in handler.warm_calls.of("cloudwatch", "put_metric_data") if not call.on_error_path]
    if not sent:
        return
    is_aside = any(_acts(call) for call in handler.warm_calls.operations)
    is_costly = len(sent) > 1 or any(call.loops for call in sent) or triggers(handler) & SYNCHRONOUS
    for call in sent:
        if call.receiver is not None and any(name in call.receiver.keywords for name in _ELSEWHERE):
            continue
        namespace = text(call.argument(None, "Namespace")) or ""
        reserved = namespace.startswith("AWS/")
        elsewhere = f", and to a namespace of your own: {namespace} is that of a service" if reserved else ""
        yield Problem(
            call.location,
            f"the invocation waits for put_metric_data{through(call)}; write the metric to the log in the embedded "
            f"metric format, which costs no request{elsewhere}",
            trace=call.trace,
            severity=None if is_costly else Severity.ADVICE,
            sure=is_aside or reserved,
        )


def _acts(call: Call) -> bool:
    """Whether a call does something else for the function than to read and to publish metrics."""
    if call.operation in _NO_OPERATIONS or call.on_error_path:
        return False
    return call.operation != "put_metric_data" and not call.operation.startswith(_READS)
