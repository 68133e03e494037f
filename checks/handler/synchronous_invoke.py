"""LL317: a function invokes another and waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text, through
from lambdalint.model import Call, Handler

_ANSWER = frozenset({"*", "FunctionError", "LogResult", "Payload"})


@check(Handler, code="LL317", severity=Severity.WARNING, since="0.1")
def synchronous_invoke(handler: Handler) -> Iterator[Problem]:
    """A function invokes another one and waits for its answer.

    **Why it matters.** While one function waits, both are billed and both count against the concurrency of the
    account. Timeouts must be nested, and an error of the inner function fails the outer one, which is then tried again
    from the beginning. `InvocationType` is `RequestResponse` unless it is given.

    **Bad**

    ```python
    import boto3

    functions = boto3.client("lambda")

    def handler(event, context):
        functions.invoke(FunctionName="send-invoice", Payload=event["body"])  # LL317
        return {"statusCode": 202}
    ```

    **Good**

    ```python
    import boto3

    functions = boto3.client("lambda")

    def handler(event, context):
        functions.invoke(FunctionName="send-invoice", InvocationType="Event", Payload=event["body"])
        return {"statusCode": 202}
    ```

    An answer that is needed comes for less from a shared module, or from a state machine that calls one function after
    the other. Where the answer is looked into, the finding is only advice.

    **Ignore it when** the other function belongs to another team or account, and this is its interface.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/concepts-event-driven-architectures.html
    """
    for call in handler.warm_calls.of("lambda", "invoke"):
        if not _waits(call):
            continue
        needs = call.escapes or bool(call.reads & _ANSWER)
        instead = (
            "call shared code, or let a state machine call both"
            if needs
            else 'its answer is not used: give InvocationType="Event"'
        )
        yield Problem(
            call.location,
            f"the function invokes another and waits, both are billed{through(call)}; {instead}",
            trace=call.trace,
            severity=Severity.ADVICE if needs else None,
        )


def _waits(call: Call) -> bool:
    if "**" in call.keywords and "InvocationType" not in call.keywords:
        return False
    kind = call.argument(None, "InvocationType")
    return kind is None or text(kind) == "RequestResponse"
