"""LL406: one record that fails brings the whole batch back, or is taken for done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._declared import BATCH_SIZES, batch_size
from lambdalint.checks._fixes import listening
from lambdalint.model import Function, Handler, Location, Trigger

_FAILURES = re.compile("batchItemFailures")
_BATCH = "aws_lambda_powertools.utilities.batch"
_STATED = "ReportBatchItemFailures"


@check(Handler, code="LL406", severity=Severity.ADVICE, since="0.1")
def missing_partial_batch_response(handler: Handler) -> Iterator[Problem]:
    """The code and the mapping do not agree on what becomes of a batch of which a part fails.

    **Why it matters.** If a function fails on one message of ten, all ten come back and nine are handled twice. A
    function can name those that failed in `batchItemFailures`, and Lambda listens if the mapping says
    `ReportBatchItemFailures`. If it does not, the answer is read by nobody: the messages named are taken for done and
    deleted. That is an error; the other way round, or neither, is advice.

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
          Events:
            Queue:  # LL406 error
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:eu-west-1:123456789012:orders
    ```

    ```python
    # file: src/app.py
    import json

    def handler(event, context):
        failed = []
        for record in event["Records"]:
            try:
                print(json.loads(record["body"])["id"])
            except ValueError:
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}
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
          Events:
            Queue:
              Type: SQS
              Properties:
                Queue: arn:aws:sqs:eu-west-1:123456789012:orders
                FunctionResponseTypes: [ReportBatchItemFailures]
    ```

    ```python
    # file: src/app.py
    import json

    def handler(event, context):
        failed = []
        for record in event["Records"]:
            try:
                print(json.loads(record["body"])["id"])
            except ValueError:
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}
    ```

    Powertools' batch processing names the records that failed. A batch of one needs none of this, and code that deletes
    what it has handled itself little.

    **Fix.** Offers a fix for a mapping that does not listen: it states `ReportBatchItemFailures` there. It is unsafe:
    messages come back then that were taken for done before.

    **Ignore it when** records are handled all or none, in one write.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    reports: bool | None = None
    places: set[Location] = set()
    for function in handler.functions:
        for trigger in function.triggers:
            if trigger.type not in BATCH_SIZES:
                continue
            if reports is None:
                reports = _reports(handler)
            for problem in _disagreement(handler, function, trigger, reports):
                if problem.location not in places:  # one handler may serve several functions
                    places.add(problem.location)
                    yield problem


def _disagreement(handler: Handler, function: Function, trigger: Trigger, reports: bool) -> Iterator[Problem]:
    stated = trigger.function_response_types
    size = batch_size(trigger)
    if stated is not None and not stated.choices:
        return
    listens = stated is not None and any(_STATED in choice for choice in stated.choices)
    if reports and not listens:
        message = f"{handler.name}() names the records that failed, but this mapping does not listen: they are taken"
        fix = listening(function, trigger) if stated is None else None
        yield Problem(trigger.location, f"{message} for done; add {_STATED}", fix, severity=Severity.ERROR)
    elif listens and not reports and stated is not None and not _is_unclear(handler):
        message = f"the mapping expects {handler.name}() to name the records that failed, which it never does"
        yield Problem(stated.location, f"{message}; return batchItemFailures, or one failure brings all back")
    elif not reports and not listens and size is not None and size > 1 and not _is_bisected(trigger):
        loop = next((read for read in handler.reads if read.path[:2] == ("Records", "*") and len(read.path) > 2), None)
        if loop is not None and _acts(handler):
            yield Problem(
                loop.location,
                f"one record that fails brings back the whole batch of up to {size}; return batchItemFailures, and "
                f"state {_STATED} in the mapping of {function.logical_id}",
                trace=loop.trace,
            )


def _reports(handler: Handler) -> bool:
    """Whether the code names the records that failed."""
    calls = (*handler.warm_calls, *handler.init_calls)
    return any(call.name.startswith(_BATCH) for call in calls) or bool(handler.find_text(_FAILURES))


def _is_unclear(handler: Handler) -> bool:
    """Whether what a library gave is returned, or the event goes into one as a whole."""
    if any(data.kind == "call" for data in handler.returns):
        return True
    return any(
        argument.event_path in ((), ("Records",)) and not call.name.startswith(("json.", "builtins.", "logging."))
        for call in handler.warm_calls
        for argument in (*call.positional, *call.keywords.values())
    )


def _is_bisected(trigger: Trigger) -> bool:
    return trigger.bisect is not None and trigger.bisect.value is not False


def _acts(handler: Handler) -> bool:
    """Whether a record leads to a call that may fail, and comes back then even if it was handled."""
    if any(call.operation in ("delete_message", "delete_message_batch") for call in handler.warm_calls.operations):
        return False
    return any(call.in_loop and (call.operation or _sends(call.name)) for call in handler.warm_calls)


def _sends(name: str) -> bool:
    return name.startswith(("requests.", "httpx.", "urllib3.", "urllib.request.")) or name.endswith(
        (".execute", ".commit")
    )
