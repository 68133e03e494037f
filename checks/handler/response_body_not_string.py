"""LL305: the body of an answer over HTTP is no text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import dumping_body
from lambdalint.checks._libraries import text
from lambdalint.checks._operations import operation
from lambdalint.checks._triggers import triggers
from lambdalint.checks.handler._json_forms import has_own_serializer, is_one_of_several
from lambdalint.model import UNKNOWN, Call, Data, Handler, Unknown
from lambdalint.model.template import HTTP

OVER_HTTP = frozenset({"alb", "api"})
IN_REQUESTS = frozenset(
    {"body", "cookies", "headers", "httpMethod", "isBase64Encoded", "multiValueHeaders",
     "multiValueQueryStringParameters", "path", "pathParameters", "queryStringParameters", "rawPath", "rawQueryString",
     "requestContext", "resource", "routeKey", "stageVariables", "version"}
)  # fmt: skip
"""The keys of events that are requests; what else is taken of the event, a proxy would not have put there."""
PLAIN_IN_REQUESTS = frozenset({"body", "headers", "path", "resource", "version"})
"""Those of them that stand in other events too."""
DICTS_OF_OTHERS = frozenset({"body", "path", "resource"})
"""Keys under which a request has a text."""
WRITERS = frozenset({"lambda_decorators", "lambda_handlers", "lambda_proxy", "middy"})
"""Packages with decorators that write the body as JSON."""

KINDS = {"dict": "a dict", "list": "a list", "tuple": "a list"}
PLAIN = frozenset(
    {"builtins.bool()", "builtins.float()", "builtins.int()", "builtins.len()", "builtins.repr()", "builtins.round()",
     "builtins.str()", "time.time()"}
)  # fmt: skip
"""Calls that give what JSON has a form for."""
SHOWN = ("isoformat()", "strftime()", "timestamp()", "total_seconds()")
NO_OPERATIONS = ("batch_writer", "can_", "close", "copy", "download_", "generate_", "get_paginator", "get_waiter",
                 "load", "reload", "upload_", "wait_")  # fmt: skip
"""How methods of clients and tables begin that may give no dict."""
OF_ITEMS = frozenset({"Attributes", "Item", "Items"})
"""Results of DynamoDB that are dicts or lists."""


@check(Handler, code="LL305", severity=Severity.WARNING, since="0.1")
def response_body_not_string(handler: Handler) -> Iterator[Problem]:
    """The body of an answer over HTTP is a dict or a list.

    **Why it matters.** API Gateway, load balancers and function URLs take a text for `body`. Behind a REST API a dict
    ends in `Malformed Lambda proxy response`: the work is done, and the caller gets status 502. A test that calls the
    handler itself does not show it.

    **Bad**

    ```python
    def handler(event, context):
        order = event["pathParameters"]["order"]
        return {"statusCode": 200, "body": {"order": order}}  # LL305
    ```

    **Good**

    ```python
    import json

    def handler(event, context):
        order = event["pathParameters"]["order"]
        return {"statusCode": 200, "body": json.dumps({"order": order})}
    ```

    A `statusCode` that is no number (`"OK"`) is reported too; `"200"`, a number as `body`, and a missing `statusCode`
    are not: they work behind some of the three.

    Where a template names the handler, it says whether the function is called over HTTP. It is silent where nothing but
    other triggers is declared, and where API Gateway translates answers itself (non-proxy integration). Where no
    template says so, the code has to show it: a handler that takes nothing of its event is reported with `--pedantic`.

    **Fix.** Puts `json.dumps()` around the dict or list, or around the variable where it becomes the body. It is unsafe
    where something in it is not known to have a form in JSON: `default=str` is not added, for whether a Decimal
    becomes a text or a number is yours to decide. Tests that look into the body have to read it with `json.loads`.
    Left alone where the dict goes through a helper on its way, and where the body of an answer is looked into again.

    **Ignore it when** the function is called by a state machine, by other functions, or through an integration that
    translates its answers.

    **Source.** https://repost.aws/knowledge-center/malformed-502-api-gateway
    """
    answers = [one for one in handler.returns if one.kind == "dict" and "statusCode" in one.items]
    if not answers or has_own_serializer(handler) or _translates(handler):
        return
    certain = _is_called_over_http(handler)
    certain = _answers_requests(handler) if certain is UNKNOWN else certain
    if not isinstance(certain, bool):
        return
    seen = set()
    for answer in answers:
        # What is put under a key that is not known may have replaced what stood there.
        sure = certain and not answer.elements
        for problem in (*_of_body(answer, sure), *_of_status(answer, sure)):
            if problem.location not in seen:
                seen.add(problem.location)
                yield problem


def _translates(handler: Handler) -> bool:
    """Whether a decorator of a library may turn the body into a text."""
    return any(one.module.partition(".")[0] in WRITERS for one in handler.imports)


def _is_called_over_http(handler: Handler) -> bool | Unknown | None:
    """As `_answers_requests`, by the templates; UNKNOWN where these do not tell."""
    types = {trigger.type for function in handler.functions for trigger in function.triggers}
    if types & HTTP:
        # One that serves others too may answer these otherwise.
        return types <= HTTP or bool(triggers(handler) & OVER_HTTP)
    if not types or "unknown" in types or not all(function.triggers_known for function in handler.functions):
        return UNKNOWN
    return False if "websocket" in types else None  # of WebSockets most answers go nowhere


def _answers_requests(handler: Handler) -> bool | None:
    """Whether the handler is called over HTTP: True, False where it may be, None where it hardly is."""
    sources = triggers(handler)
    paths = {read.path for read in handler.reads if read.path}
    if any(len(path) > 1 and path[0] in DICTS_OF_OTHERS and path[1] != "*" for path in paths):
        return None
    if any(path[:2] == ("requestContext", "connectionId") for path in paths):
        return False  # of WebSockets most answers go nowhere
    keys = {path[0] for path in paths}
    if not keys <= IN_REQUESTS and not keys & (IN_REQUESTS - PLAIN_IN_REQUESTS):
        return None
    if sources:
        return sources <= OVER_HTTP if sources & OVER_HTTP else None
    return False


def _of_body(answer: Data, sure: bool) -> Iterator[Problem]:
    values = answer.items.get("body", ())
    for value in values:
        kind = _kind(value)
        if kind is None or is_one_of_several(value, values):
            continue
        alone = all(_kind(other) or _is_none(other) for other in values)
        message = f"the body of the answer is {kind}, where a text is expected; put json.dumps() around it"
        plain = sure and alone and _is_plain(value)
        fix = dumping_body(value.location, unsafe=not plain) if value.kind != "call" else None
        yield Problem(value.location, message, fix, sure=sure and alone)


def _of_status(answer: Data, sure: bool) -> Iterator[Problem]:
    values = answer.items.get("statusCode", ())
    for value in values:
        if len(values) == 1 and isinstance(value.value, str) and not value.value.strip().isdigit():
            message = f'the statusCode of the answer is "{value.value[:40]}", where a number is expected'
            yield Problem(value.location, message, sure=sure)


def _kind(value: Data) -> str | None:
    """What a body is, in the words of a message; None if it is a text, or may be."""
    if value.kind != "call":
        return KINDS.get(value.kind)
    call = value.call
    if call is None:
        return None
    name = f"{call.name}()"
    if call.operation and value.name == name:
        return None if call.operation.startswith(NO_OPERATIONS) else f"the result of {call.operation}()"
    if call.operation and value.name == f"{name}[]":
        keys = call.reads
    elif call.receiver is not None and value.name == f"{call.receiver.name}().get()":
        keys = frozenset({text(call.argument(0, "key")) or ""})
        call = call.receiver
    else:
        return None
    inside = keys and call.operation and keys <= _containers(call)
    return f"part of the result of {call.operation}()" if inside else None


def _containers(call: Call) -> frozenset[str]:
    """The keys of an operation's result under which dicts and lists stand."""
    page = operation(call.service, call.operation).page
    of_items = OF_ITEMS if call.service == "dynamodb" else frozenset[str]()
    return of_items | {one for one in (page.holds if page is not None else ()) if not one.endswith("Count")}


def _is_none(value: Data) -> bool:
    return value.kind == "constant" and value.value is None


def _is_plain(value: Data) -> bool:
    """Whether json.dumps surely has a form for a value and all it holds."""
    if value.kind == "constant":
        return not isinstance(value.value, (bytes, complex))
    if value.kind in KINDS:
        held: Sequence[Sequence[Data]] = [*value.items.values(), *([value.elements] if value.elements else [])]
        empty = not held and value.kind != "dict"  # of a list nothing may be known
        return not empty and all(one and all(map(_is_plain, one)) for one in held)
    return value.kind in ("event", "text") or value.name in PLAIN or value.name.endswith(SHOWN)
