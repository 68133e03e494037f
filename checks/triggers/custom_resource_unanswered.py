"""LL518: CloudFormation waits for an answer that does not come."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler, Rescue

_ANSWERS = ("cfnresponse.", "crhelper.", "cfn_resource.", "accustom.", "cfn_custom_resource.")
_QUIET = ("builtins.", "json.", "logging.", "copy.", "pprint.", "traceback.")
_BROAD = frozenset({"BaseException", "Exception"})


@check(Handler, code="LL518", severity=Severity.WARNING, since="0.1")
def custom_resource_unanswered(handler: Handler) -> Iterator[Problem]:
    """The handler of a custom resource does not answer in every case.

    **Why it matters.** CloudFormation waits for an answer at the `ResponseURL` for up to an hour. If the function fails
    before it has sent one, the stack stands still for that long, then rolls back, calls the same function to delete the
    resource, and waits once more. Whatever happens, the handler must answer, with `FAILED` if need be.

    **Bad**

    ```yaml
    Resources:
      Seed:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/seed
      Seeded:
        Type: Custom::Seed
        Properties:
          ServiceToken: !GetAtt Seed.Arn
    ```

    ```python
    # file: src/app.py
    import boto3
    import cfnresponse

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):  # LL518
        table.put_item(Item={"id": "first"})
        cfnresponse.send(event, context, cfnresponse.SUCCESS, {})
    ```

    **Good**

    ```yaml
    Resources:
      Seed:
        Type: AWS::Lambda::Function
        Properties:
          Code: src/
          Handler: app.handler
          Runtime: python3.13
          Role: arn:aws:iam::123456789012:role/seed
      Seeded:
        Type: Custom::Seed
        Properties:
          ServiceToken: !GetAtt Seed.Arn
    ```

    ```python
    # file: src/app.py
    import boto3
    import cfnresponse

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        try:
            table.put_item(Item={"id": "first"})
            cfnresponse.send(event, context, cfnresponse.SUCCESS, {})
        except Exception as error:
            cfnresponse.send(event, context, cfnresponse.FAILED, {}, reason=str(error))
    ```

    A handler that never answers at all is an error. Functions that answer by what they return, behind the provider
    framework of the CDK, are none of these.

    **Ignore it when** nothing in the handler can fail.

    **Source.** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
    """
    triggers = [trigger for function in handler.functions for trigger in function.triggers]
    if not handler.found or not any(trigger.type == "custom-resource" for trigger in triggers):
        return
    calls = (*handler.warm_calls, *handler.init_calls)
    lines = sorted(_answers(handler))
    if not lines:
        if not any(call.name.startswith(_ANSWERS) for call in calls) and not _is_handed_on(handler):
            message = f"{handler.name}() is a custom resource's and never answers: the stack waits for an hour; answer"
            yield Problem(handler.location, f"{message} with cfnresponse.send", severity=Severity.ERROR)
        return
    if not any(call.operation for call in handler.warm_calls):
        return
    around = [rescue for rescue in handler.rescues if not rescue.trace and _is_broad(rescue)]
    if not around:
        yield Problem(
            handler.location,
            f"if anything in {handler.name}() fails, CloudFormation gets no answer and waits for an hour; "
            "catch all errors, and answer FAILED",
        )
    for rescue in around:
        if not rescue.raises and lines[-1] < rescue.location.line:
            message = "an error that is caught here is answered by nobody, and CloudFormation waits for an hour"
            yield Problem(rescue.location, f"{message}; answer FAILED")


def _answers(handler: Handler) -> Iterator[int]:
    """The lines of the handler's file from which an answer is sent."""
    for call in handler.warm_calls:
        if call.name.startswith(_ANSWERS):
            yield call.trace[0].line if call.trace else call.location.line
    for read in handler.reads:
        if read.path == ("ResponseURL",):
            yield read.trace[0].line if read.trace else read.location.line


def _is_broad(rescue: Rescue) -> bool:
    return not rescue.catches or any(name.rpartition(".")[2] in _BROAD for name in rescue.catches)


def _is_handed_on(handler: Handler) -> bool:
    """Whether the event as a whole goes where it is not followed, or nothing is known of the handler."""
    if not handler.reads:
        return True
    return any(
        argument.event_path == () and not call.name.startswith(_QUIET) and not call.name.endswith((".info", ".debug"))
        for call in handler.warm_calls
        for argument in (*call.positional, *call.keywords.values())
    )
