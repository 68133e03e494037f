"""LL811: a deployment reaches all callers at once."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import deploying_gradually
from lambdalint.model import Function

_ROLLING_OUT = frozenset({"sam", "serverless"})
"""Formats that say how a new version gets its traffic. With the others CodeDeploy may do that for a version that is
published, and be told so anywhere."""


@check(Function, code="LL811", severity=Severity.ADVICE, since="0.1", default=False)
def all_at_once_deployment(function: Function) -> Iterator[Problem]:
    """New code gets all traffic at once, and nothing takes it back.

    **Why it matters.** A fault that tests did not see then meets every caller, until somebody notices and deploys
    again. A gradual deployment gives the new version a part of the traffic first, and an alarm on its errors rolls it
    back.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL811
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
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
          DeploymentPreference:
            Type: Canary10Percent5Minutes
            Alarms: [!Ref OrdersErrors]
      OrdersErrors:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: AWS/Lambda
          MetricName: Errors
          Dimensions: [{Name: FunctionName, Value: !Ref Orders}]
          ComparisonOperator: GreaterThanThreshold
          EvaluationPeriods: 1
          Period: 60
          Statistic: Sum
          Threshold: 0
    ```

    Of Terraform, CloudFormation and CDK it is said only where no version is published: what shifts the traffic between
    versions may be anywhere.

    **Fix.** Offers a fix for functions that state nothing of it: an alias, a canary of 10 % for five minutes, and an
    alarm on the errors of that alias. It is unsafe: who calls the function itself must call the alias from then on, and
    CodeDeploy has a part in each deployment.

    - SAM and the Serverless Framework let the events of the function invoke the alias. With the latter a plugin does
      all this. It is named under `plugins`, and must be installed: `npm install --save-dev
      serverless-plugin-canary-deployments`.
    - Terraform's provider can declare what CodeDeploy needs, but cannot start a deployment. The module
      terraform-aws-modules/lambda//modules/deploy does, by the AWS CLI: it wants `terraform init`, and the CLI where
      Terraform runs. What Terraform declares as triggers invokes the function itself until you give it
      `aws_lambda_alias.<name>_live`, and permissions the name of the alias as `qualifier`.
    - CloudFormation by itself wants another AWS::Lambda::Version for each change of the code, so there is no fix.

    **Ignore it when** the function runs once in a while, so that a part of its traffic says nothing.

    **Source.** https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
    """
    preference = function.deployment_preference
    if preference is None and function.alias is not None and function.format not in _ROLLING_OUT:
        return
    if preference is None or preference.known == "AllAtOnce":
        where = function.location if preference is None else preference.location
        message = f"new code of {function.logical_id} gets all traffic at once; deploy it gradually, with an alarm"
        fix = deploying_gradually(function) if preference is None else None
        yield Problem(where, f"{message} that takes it back", fix)
    elif not function.deployment_alarms:
        message = f"{function.logical_id} is deployed gradually, but no alarm takes a faulty version back; add Alarms"
        yield Problem(preference.location, message)
