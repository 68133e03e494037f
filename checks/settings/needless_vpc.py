"""LL809: a function is in a network that it has no use for."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._reach import all_calls, is_open
from lambdalint.model import Handler, Unknown

NETWORK = frozenset(
    """
    socket ssl http http.client urllib urllib.request urllib3 asyncio ftplib smtplib imaplib poplib telnetlib
    xmlrpc xmlrpc.client socketserver selectors
    """.split()
)
"""Modules of the standard library that may lead to a host that only the network knows."""
PRIVATE = frozenset({"elasticache", "memorydb", "neptune", "opensearch", "es", "dax", "mwaa", "apigateway"})
"""Words for what stands in networks of one's own."""


@check(Handler, code="LL809", severity=Severity.ADVICE, since="0.1")
def needless_vpc(handler: Handler) -> Iterator[Problem]:
    """A function is put into a VPC, and its code calls nothing but public endpoints of AWS.

    **Why it matters.** In a VPC, each call to AWS goes through a NAT gateway or an interface endpoint, which are billed
    by the hour and the gigabyte; without one, it waits until it times out. Subnets can run out of addresses, and the
    function must wait for its network interfaces when it is first deployed.

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
          VpcConfig:
            SubnetIds: [subnet-1, subnet-2]  # LL809
            SecurityGroupIds: [sg-1]
    ```

    ```python
    # file: src/app.py
    import boto3

    queue = boto3.client("sqs")

    def handler(event, context):
        return queue.send_message(QueueUrl=event["queue"], MessageBody=event["id"])["MessageId"]
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
    ```

    ```python
    # file: src/app.py
    import boto3

    queue = boto3.client("sqs")

    def handler(event, context):
        return queue.send_message(QueueUrl=event["queue"], MessageBody=event["id"])["MessageId"]
    ```

    It is not said where the code opens connections of its own, has file systems, or imports libraries that are not
    known to open none.

    **Ignore it when** policies demand that calls come from the network, or its endpoints are watched on purpose.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    inside = [one for one in handler.functions if one.vpc is not None and not _has_mounts(one.mounts)]
    if not inside or not any(handler.warm_calls.operations):
        return
    wording = handler.wording()
    if is_open(handler, wording) or wording.libraries & NETWORK or wording.words & PRIVATE:
        return
    if any("endpoint_url" in call.keywords or "**" in call.keywords for call in all_calls(handler)):
        return
    for function in inside:
        if function.vpc is not None and not isinstance(function.vpc.subnets, Unknown) and function.vpc.subnets:
            message = (
                f"{function.logical_id} is in a VPC, and its code calls only AWS; without it there is no NAT to pay"
            )
            yield Problem(function.vpc.location, message)


def _has_mounts(mounts: tuple[str, ...] | Unknown) -> bool:
    return isinstance(mounts, Unknown) or bool(mounts)
