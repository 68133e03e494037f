"""LL609: nobody is told when a function fails."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.observability._logging import WORDLESS
from lambdalint.model import Function, Unknown


@check(Function, code="LL609", severity=Severity.ADVICE, since="0.1", default=False)
def no_alarm(function: Function) -> Iterator[Problem]:
    """No alarm watches the errors of a function, or the delay of the stream it reads.

    **Why it matters.** An asynchronous function that fails, and a stream that is stuck behind one bad record, look from
    outside as if nothing had happened. Somebody finds out by what is missing.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL609
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

    An alarm on all functions together, or on one whose name is not known, may be about any of them.

    **Ignore it when** alarms are declared in another template, or watch all functions of the account together.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    metrics = {alarm.metric for alarm in function.alarms}
    if function.format in WORDLESS or any(isinstance(metric, Unknown) for metric in metrics):
        return
    if not metrics:
        message = f"no alarm watches {function.logical_id}; add one on its metric Errors, and one on Throttles"
        yield Problem(function.location, message)
    elif "IteratorAge" not in metrics:
        stream = next((one for one in function.triggers if one.type in ("kinesis", "dynamodb")), None)
        if stream is not None:
            message = f"no alarm tells when {function.logical_id} falls behind its stream; add one on IteratorAge"
            yield Problem(stream.location, message)
