"""LL509: the function works on when nobody waits any more."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.triggers._words import names
from lambdalint.model import Function, Location, Stack, Trigger

_PATIENCE = {
    "alexa": ("Alexa", 8),
    "api": ("API Gateway", 29),
    "appsync": ("AppSync", 30),
    "cognito": ("Cognito", 5),
    "firehose": ("Firehose", 300),
    "http-api": ("API Gateway", 30),
    "lex": ("Lex", 30),
    "object-lambda": ("S3 Object Lambda", 60),
}
"""Who waits for an answer, and for how many seconds at most."""


@check(Stack, code="LL509", severity=Severity.WARNING, since="0.1")
def caller_gives_up_first(stack: Stack) -> Iterator[Problem]:
    """A function may take longer than its caller waits.

    **Why it matters.** API Gateway answers 504 after 29 s (HTTP APIs: 30 s), AppSync gives up after 30 s, Cognito after
    5 s. The function works on to its own timeout, and is billed for it; what it does then, nobody hears of. The caller
    tries again, and the same work is done twice.

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
          Timeout: 300  # LL509
          Events:
            Get:
              Type: HttpApi
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
          Timeout: 28
          Events:
            Get:
              Type: HttpApi
    ```

    Work that takes longer goes to a queue or a state machine, and the caller gets a ticket for it. The limit of a
    Regional REST API can be raised: state it as `TimeoutInMillis` of the event or the integration, and that one counts.
    A second over the limit is let pass, and functions that something else invokes too are shown under `--pedantic`
    only: these may need the time. A timeout that stands in Globals is reported once.

    **Ignore it when** the caller does not wait for the function, in a way that no template shows.

    **Source.** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
    """
    late: dict[tuple[Location, str, int, bool], list[Function]] = {}
    for function in stack.functions:
        timeout = function.timeout_s
        if timeout is None or timeout.known is None or not all(trigger.waits for trigger in function.triggers):
            continue
        waits = [_patience(trigger) for trigger in function.triggers]
        limits = [one for one in waits if one is not None and one[1] is not None]
        if not limits:
            continue
        who, longest = max(limits, key=lambda one: one[1] or 0)
        if longest is not None and timeout.known > longest + 1:
            sure = len(limits) == len(waits) and function.triggers_known
            late.setdefault((timeout.location, who, longest, sure), []).append(function)
    for (location, who, longest, sure), functions in late.items():
        assert functions[0].timeout_s is not None
        many = "each of " if len(functions) > 1 else ""
        message = f"{many}{names(functions)} may take {functions[0].timeout_s.known} s, but {who} gives up after"
        instead = "let it hand over less at once" if who == "Firehose" else "hand the work to a queue"
        yield Problem(location, f"{message} {longest} s; lower the timeout, or {instead}", sure=sure)


def _patience(trigger: Trigger) -> tuple[str, int | None] | None:
    """Who waits, and how long; no number where that is not known, None for those who do not wait or without end."""
    who = _PATIENCE.get(trigger.type)
    if who is None or trigger.timeout_ms is None:
        return who
    stated = trigger.timeout_ms.known
    return who[0], None if stated is None else stated // 1000
