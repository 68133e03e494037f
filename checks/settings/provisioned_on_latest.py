"""LL813: provisioned concurrency that serves nobody, or that never follows the load."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function


@check(Function, code="LL813", severity=Severity.WARNING, since="0.1")
def provisioned_on_latest(function: Function) -> Iterator[Problem]:
    """Provisioned concurrency is not on a version or alias, or nothing scales it.

    **Why it matters.** Only versions and aliases can have it: on the unpublished code the deployment fails. And it is
    paid for by the hour, used or not: a number that never changes is too high at night and too low at noon.

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
          ProvisionedConcurrencyConfig:
            ProvisionedConcurrentExecutions: 5  # LL813
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
          ProvisionedConcurrencyConfig:
            ProvisionedConcurrentExecutions: 5
      Scaling:
        Type: AWS::ApplicationAutoScaling::ScalableTarget
        Properties:
          ServiceNamespace: lambda
          ScalableDimension: lambda:function:ProvisionedConcurrency
          ResourceId: !Sub function:${Orders}:live
          MinCapacity: 1
          MaxCapacity: 20
    ```

    That nothing scales it is advice.

    **Ignore it when** the load is the same at all hours.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
    """
    provisioned = function.provisioned_concurrency
    if provisioned is None or provisioned.known == 0:
        return
    if function.provisioned_on is None or function.provisioned_on.known == "$LATEST":
        message = f"provisioned concurrency of {function.logical_id} needs a version or an alias; the deployment fails"
        yield Problem(provisioned.location, message)
    elif not function.provisioned_scaling and function.format != "cdk":
        yield Problem(
            provisioned.location,
            f"provisioned concurrency of {function.logical_id} is paid for at all hours and nothing scales it; "
            "add a scalable target with a schedule or a target utilization",
            severity=Severity.ADVICE,
        )
