"""LL410: a loop tries again what the SDK has tried again already."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.checks.calls._surroundings import SLEEPS, inside, is_made_in, loop_around
from lambdalint.later import pattern
from lambdalint.model import Call, Handler, Loop, Rescue

BROAD = frozenset({"BaseException", "BotoCoreError", "ClientError", "Exception"})
THROTTLED = pattern(
    r"\b(?:ProvisionedThroughputExceeded(?:Exception)?|RequestLimitExceeded|RequestThrottled(?:Exception)?|SlowDown"
    r"|Throttl\w+|TooManyRequests(?:Exception)?|ServiceUnavailable|InternalServerError)\b"
)
"""Errors after which botocore tries again by itself."""
LOOKS = ("describe_", "get_", "head_", "list_")
"""How operations begin by which a loop that catches all errors mostly waits for a state."""


@check(Handler, code="LL410", severity=Severity.ADVICE, since="0.1")
def hand_written_retry(handler: Handler) -> Iterator[Problem]:
    """A loop tries an AWS call again that the SDK has tried again already.

    **Why it matters.** boto3 tries again by itself after throttling, time-outs and errors of the server, with growing
    pauses: 3 attempts in the standard mode, 5 in the legacy mode. A loop around it multiplies them: 3 turns of 5
    attempts are 15 requests to a service that is overloaded, and the pauses are billed.

    **Bad**

    ```python
    import time
    import boto3
    from botocore.exceptions import ClientError

    table = boto3.resource("dynamodb").Table("orders")

    def handler(event, context):
        for attempt in range(3):
            try:
                return table.get_item(Key={"id": event["id"]}).get("Item")  # LL410
            except ClientError as error:
                if error.response["Error"]["Code"] != "ThrottlingException":
                    raise
                time.sleep(2**attempt)
    ```

    **Good**

    ```python
    import boto3
    from botocore.config import Config

    config = Config(retries={"mode": "standard", "total_max_attempts": 6})
    table = boto3.resource("dynamodb", config=config).Table("orders")

    def handler(event, context):
        return table.get_item(Key={"id": event["id"]}).get("Item")
    ```

    Reported where the loop, or a list above it, names an error that the SDK retries. A loop that catches every error of
    a call is reported with `--pedantic`: it may wait for something the SDK cannot know, such as a new role to take
    effect.

    **Ignore it when** the loop waits for a state of another service.

    **Source.** https://docs.aws.amazon.com/boto3/latest/guide/retries.html
    """
    waits = handler.warm_calls.named(SLEEPS)
    if not waits or not handler.rescues:
        return
    for call in handler.warm_calls.operations:
        loop = loop_around(call)
        if loop is None or loop.kind not in ("range", "while") or call.on_error_path:
            continue
        if not any(is_made_in(other, loop) for other in waits):
            continue
        rescue = next((one for one in handler.rescues if _tries_again(one, call, loop)), None)
        if rescue is None:
            continue
        sure = _names_throttling(handler, rescue, loop)
        if not sure and loop.kind == "while" and call.operation.startswith(LOOKS):
            continue
        yield Problem(
            call.location,
            f"a loop tries {call.operation}() again{through(call)}, and so does boto3; set retries in its Config",
            trace=call.trace,
            sure=sure,
        )


def _tries_again(rescue: Rescue, call: Call, loop: Loop) -> bool:
    """Whether a clause catches what the call raises, waits or not, and leads to the next turn."""
    if not (rescue.goes_on or rescue.continues):
        return False
    if call.name not in rescue.calls or not inside(rescue.location, loop.location):
        return False
    kinds = {name.rpartition(".")[2] for name in rescue.catches}
    return not kinds or bool(kinds & BROAD) or any(THROTTLED.fullmatch(kind) for kind in kinds)


def _names_throttling(handler: Handler, rescue: Rescue, loop: Loop) -> bool:
    """Whether the clause, the loop or a list of codes above it in the module names an error that the SDK retries."""
    if any(THROTTLED.fullmatch(name.rpartition(".")[2]) for name in rescue.catches):
        return True
    listed = 0
    for place, text in handler.find_text(THROTTLED):
        if THROTTLED.fullmatch(text) is None or place.path != loop.location.path:
            continue
        if inside(place, loop.location):
            return True
        listed += place.line < loop.location.line
    return listed > 1
