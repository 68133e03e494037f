"""LL318: a function invokes itself, directly or by what it writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text
from lambdalint.checks.handler._written import Write, is_source, refers_to, writes
from lambdalint.model import Argument, Call, Function, Handler, Trigger

_SOURCES = {"dynamodb": "table", "kinesis": "stream", "s3": "bucket", "sns": "topic", "sqs": "queue"}
_STOPPED = frozenset({"s3", "sns", "sqs"})
"""Loops through these Lambda notices itself, after some 16 rounds."""
_OWN_NAME = frozenset({"lambda.context.function_name", "lambda.context.invoked_function_arn"})


@check(Handler, code="LL318", severity=Severity.WARNING, since="0.1")
def recursive_trigger(handler: Handler) -> Iterator[Problem]:
    """What the function does invokes it again.

    **Why it matters.** A function that writes into the bucket, queue, topic or table that invokes it never comes to an
    end: each round pays for the next, and several at once use up the concurrency of the account. Lambda stops such a
    loop after some 16 rounds if it goes through SQS, SNS, S3 or functions alone and the SDK is recent, and then the
    work is not done either. Through tables and streams it goes on until somebody sees the bill.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Thumbnails:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Picture:
              Type: S3
              Properties:
                Bucket: !Ref Pictures
                Events: s3:ObjectCreated:*
      Pictures:
        Type: AWS::S3::Bucket
    ```

    ```python
    # file: src/app.py
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        for record in event["Records"]:
            bucket = record["s3"]["bucket"]["name"]
            s3.put_object(Bucket=bucket, Key="small.png", Body=b"")  # LL318
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Thumbnails:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Events:
            Picture:
              Type: S3
              Properties:
                Bucket: !Ref Pictures
                Events: s3:ObjectCreated:*
                Filter:
                  S3Key:
                    Rules:
                      - {Name: prefix, Value: originals/}
      Pictures:
        Type: AWS::S3::Bucket
    ```

    ```python
    # file: src/app.py
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        for record in event["Records"]:
            bucket = record["s3"]["bucket"]["name"]
            s3.put_object(Bucket=bucket, Key="thumbnails/small.png", Body=b"")
    ```

    A function that invokes itself by its name does so on purpose: that is advice. Where the code seems to tell its own
    records apart, by their `eventName`, by a prefix that it also tests or by a filter, it is shown under `--pedantic`
    only.

    **Ignore it when** the function invokes itself on purpose, and something in it counts the rounds.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
    """
    allowed = [one.recursive_loop.known == "Allow" for one in handler.functions if one.recursive_loop is not None]
    for call in handler.warm_calls.of("lambda", "invoke", "invoke_async"):
        if _is_itself(call, handler.functions):
            ending = "without end" if any(allowed) else "and Lambda stops that after some 16 rounds"
            message = f"{handler.name}() invokes its own function, {ending}"
            instead = "repeat it in the code, or let a queue or a state machine do it"
            yield Problem(call.location, f"{message}; {instead}", trace=call.trace, severity=Severity.ADVICE)
    if not any(function.triggers for function in handler.functions):
        return
    for write in writes(handler):
        found = next(
            (
                (trigger, certain)
                for function in handler.functions
                for trigger in function.triggers
                if trigger.type == write.service
                and (certain := _comes_back(write, trigger, handler)) is not None
                and is_source(write.target, trigger, function)
            ),
            None,
        )
        if found is None:
            continue
        trigger, certain = found
        noun = _SOURCES[trigger.type]
        is_stopped = trigger.type in _STOPPED and not any(allowed)
        ending = "; Lambda stops it after some 16 rounds" if is_stopped else " without end"
        message = f"this writes to the {noun} that invokes {handler.name}(), which is then invoked again{ending}"
        elsewhere = "prefix or bucket" if trigger.type == "s3" else noun
        yield Problem(
            write.call.location, f"{message}; write to another {elsewhere}", trace=write.call.trace, sure=certain
        )
    for function in handler.functions:
        loop = function.recursive_loop
        if loop is not None and loop.known == "Allow":
            message = f"Lambda will not stop {function.logical_id} if it invokes itself in a loop; remove RecursiveLoop"
            yield Problem(loop.location, message, severity=Severity.ADVICE)


def _is_itself(call: Call, functions: Sequence[Function]) -> bool:
    """Whether the function that is invoked is the one that invokes."""
    name, kind = call.argument(None, "FunctionName"), call.argument(None, "InvocationType")
    if name is None or (kind is not None and kind.value == "DryRun"):
        return False
    if name.reference in _OWN_NAME or name.variable == "AWS_LAMBDA_FUNCTION_NAME":
        return True
    for function in functions:
        variables = function.environment
        setting = variables.get(name.variable) if isinstance(variables, Mapping) and name.variable else None
        if setting is not None and refers_to(setting) == function.logical_id:
            return True
        own = function.function_name.known if function.function_name is not None else None
        if own is not None and own in (text(name), setting.known if setting is not None else None):
            return True
    return False


def _comes_back(write: Write, trigger: Trigger, handler: Handler) -> bool | None:
    """Whether what is written invokes the function again: None if it does not, False if that is not certain."""
    if trigger.enabled is not None and trigger.enabled.value is False:
        return None
    if trigger.type != "s3":
        told_apart = trigger.filters or not trigger.filters_known or _looks_at(handler, "eventName")
        return not (told_apart or write.call.on_error_path)
    events = trigger.events.known if trigger.events is not None else ()
    if events and not any(name.startswith(("s3:ObjectCreated", "s3:*")) for name in events):
        return None
    begins = _fits(write.key, trigger.prefix.known if trigger.prefix is not None else "", at_start=True)
    ends = _fits(write.key, trigger.suffix.known if trigger.suffix is not None else "", at_start=False)
    if begins is False or ends is False:
        return None
    first = _constant(write.key, at_start=True)
    tested = bool(first) and len(handler.find_text(re.compile(re.escape(first or "")))) > 1
    return begins is True and ends is True and not tested


def _fits(key: Argument | None, wanted: str | None, *, at_start: bool) -> bool | None:
    """Whether a key begins or ends as the trigger wants it; None if that cannot be known."""
    if wanted is None:
        return None
    if not wanted:
        return True
    if key is None:
        return None
    whole = text(key)
    if whole is not None:
        return whole.startswith(wanted) if at_start else whole.endswith(wanted)
    part = _constant(key, at_start=at_start)
    if part is not None:
        if len(part) >= len(wanted):
            return part.startswith(wanted) if at_start else part.endswith(wanted)
        return None if (wanted.startswith(part) if at_start else wanted.endswith(part)) else False
    edge = key.text[0 if at_start else -1] if key.text else key
    return True if _is_own_key(edge) else None


def _constant(key: Argument | None, *, at_start: bool) -> str | None:
    """The known part at the start or the end of a key that is put together; None if there is none."""
    if key is None or not key.text:
        return text(key)
    return text(key.text[0 if at_start else -1]) or None


def _is_own_key(key: Argument) -> bool:
    """Whether a key is that of the object that the event tells of."""
    if key.event_path is not None:
        return key.event_path[-2:] == ("object", "key")
    decoded = key.calls[0].argument(0, "string") if len(key.calls) == 1 and "unquote" in key.calls[0].name else None
    return decoded is not None and decoded.event_path is not None and decoded.event_path[-2:] == ("object", "key")


def _looks_at(handler: Handler, key: str) -> bool:
    return any(key in read.path for read in handler.reads)
