"""LL810: one subnet, one availability zone."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Unknown


@check(Function, code="LL810", severity=Severity.WARNING, since="0.1")
def single_az_vpc(function: Function) -> Iterator[Problem]:
    """The function is put into one subnet only.

    **Why it matters.** A subnet lies in one availability zone. When that zone fails, or its addresses run out, the
    function cannot be invoked at all, though Lambda itself works on in the others.

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
            SubnetIds: [subnet-0a1b2c3d]  # LL810
            SecurityGroupIds: [sg-0a1b2c3d]
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
          VpcConfig:
            SubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]
            SecurityGroupIds: [sg-0a1b2c3d]
    ```

    **Ignore it when** what the function talks to lives in that one zone too.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    vpc = function.vpc
    if vpc is None or isinstance(vpc.subnets, Unknown) or len(vpc.subnets) != 1 or _is_many(vpc.subnets[0]):
        return
    yield Problem(
        vpc.location,
        f"{function.logical_id} is in one subnet, and so in one availability zone: if that fails, so does "
        "the function; name subnets of two zones at least",
    )


def _is_many(subnet: str) -> bool:
    """Whether what is not known may be a list: `${PrivateSubnets}`, `{{resolve:ssm:subnets}}`."""
    if subnet.startswith("${"):
        return subnet.rstrip("}").lower().endswith(("s", "ids", "list"))
    return subnet == "?" or subnet.startswith("{{")
