"""LL518: CloudFormation waits for an answer that does not come."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler, Rescue

_FRAMEWORKS = ("crhelper.", "cfn_resource.", "cfn_custom_resource.")
"""Libraries that answer whatever happens."""
_QUIET = ("builtins.", "json.", "logging.", "copy.", "pprint.", "traceback.")
_BROAD = frozenset({"BaseException", "ClientError", "Exception"})


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
    if any(call.name.startswith(_FRAMEWORKS) for call in calls):
        return
    answers = set(_answers(handler))
    if not answers:
        if not _is_handed_on(handler):
            message = f"{handler.name}() is a custom resource's and never answers: the stack waits for an hour; answer"
            yield Problem(handler.location, f"{message} with cfnresponse.send", severity=Severity.ERROR)
        return
    if not any(call.operation for call in handler.warm_calls):
        return
    if any(answers.intersection(cleanup.handles) for cleanup in handler.cleanups):
        return  # whatever happens
    if not any(_is_broad(rescue) and not _sends(rescue, handler) for rescue in handler.rescues):
        yield Problem(
            handler.location,
            f"if anything in {handler.name}() fails, CloudFormation gets no answer and waits for an hour; "
            "catch all errors, and answer FAILED",
        )
    for rescue in handler.rescues:
        if rescue.trace or rescue.raises or not _is_broad(rescue) or answers.intersection(rescue.handles):
            continue
        if answers.intersection(rescue.calls):  # what succeeds is answered in the block itself, and not behind it
            message = "an error that is caught here is answered by nobody, and CloudFormation waits for an hour"
            yield Problem(rescue.location, f"{message}; answer FAILED")


def _answers(handler: Handler) -> Iterator[str]:
    """The names of the functions by which the handler itself answers; empty where it does so without one."""
    for call in handler.warm_calls:
        if call.name.startswith("cfnresponse."):
            yield call.trace[0].name if call.trace else call.name
    for read in handler.reads:
        if read.path == ("ResponseURL",):
            yield read.trace[0].name if read.trace else ""


def _is_broad(rescue: Rescue) -> bool:
    return not rescue.catches or any(name.rpartition(".")[2] in _BROAD for name in rescue.catches)


def _sends(rescue: Rescue, handler: Handler) -> bool:
    """Whether a clause stands in the function that sends the answer: it guards nothing else."""
    sending = {read.trace for read in handler.reads if read.path == ("ResponseURL",)}
    return bool(rescue.trace) and rescue.trace in sending


def _is_handed_on(handler: Handler) -> bool:
    """Whether the event as a whole goes where it is not followed, or nothing is known of the handler."""
    if not handler.reads:
        return True
    return any(
        argument.event_path == () and not call.name.startswith(_QUIET) and not call.name.endswith((".info", ".debug"))
        for call in handler.warm_calls
        for argument in (*call.positional, *call.keywords.values())
    )
