"""LL409: requests that do not need each other wait for each other."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import HTTP_CALLS, HTTP_SESSION_BUILDERS, HTTP_VERBS, through
from lambdalint.checks._operations import operation
from lambdalint.checks.calls._surroundings import is_made_in, loop_around, sleeps_in
from lambdalint.model import Call, Handler, Location, Loop

SENDS = frozenset(
    {
        "copy_object",
        "download_file",
        "download_fileobj",
        "invoke",
        "post_to_connection",
        "put_object",
        "send_email",
        "send_raw_email",
        "start_execution",
        "update_item",
        "upload_file",
        "upload_fileobj",
    }
)
"""Operations that are called for their effect, so that no turn looks for what the last one did not find."""
ACTS = SENDS - {"download_file", "download_fileobj", "put_object", "upload_file", "upload_fileobj"}
"""Those among them that move no more than a message: data may be too much to hold several times at once."""

SEARCHES = frozenset(
    {
        "analyze_document",
        "converse",
        "detect_labels",
        "detect_text",
        "get_object",
        "head_object",
        "invoke_model",
        "query",
        "translate_text",
    }
)
"""Operations that are called for their result; a loop may end with the first that serves."""

SESSION_CALLS = frozenset(f"{made}().{verb}" for made in HTTP_SESSION_BUILDERS for verb in HTTP_VERBS)
HTTP = HTTP_CALLS | SESSION_CALLS
WRITING = (".delete", ".patch", ".post", ".put")

PARALLEL = ("asyncio.gather", "asyncio.create_task", "concurrent.futures.", "multiprocessing.", "threading.")
"""How the names of functions begin that do several things at once."""


@check(Handler, code="LL409", severity=Severity.ADVICE, since="0.1")
def sequential_io(handler: Handler) -> Iterator[Problem]:
    """A loop waits for one request after the other.

    **Why it matters.** Each turn waits for the network, and the waiting is billed: 50 requests of 40 ms take 2 s
    one by one, and 0.2 s with ten at a time. Clients of boto3 and sessions of httpx may be used by several threads.

    **Bad**

    ```python
    import boto3

    table = boto3.resource("dynamodb").Table("rooms")
    api = boto3.client("apigatewaymanagementapi", endpoint_url="https://abc.execute-api.eu-west-1.amazonaws.com/prod")

    def handler(event, context):
        for item in table.get_item(Key={"room": event["room"]})["Item"]["members"]:
            api.post_to_connection(ConnectionId=item["id"], Data=event["text"])  # LL409
    ```

    **Good**

    ```python
    from concurrent.futures import ThreadPoolExecutor

    import boto3

    table = boto3.resource("dynamodb").Table("rooms")
    api = boto3.client("apigatewaymanagementapi", endpoint_url="https://abc.execute-api.eu-west-1.amazonaws.com/prod")

    def handler(event, context):
        def send(item):
            api.post_to_connection(ConnectionId=item["id"], Data=event["text"])

        with ThreadPoolExecutor(10) as pool:
            list(pool.map(send, table.get_item(Key={"room": event["room"]})["Item"]["members"]))
    ```

    Not reported: `while` loops, loops that wait or only count, calls that a batch operation could replace
    (call-per-item), handlers that do things at once elsewhere, loops over what came with the event, which mostly is
    one record. Reported with `--pedantic`: loops that make several requests in a turn, move files, or may end with the
    first result that serves.

    **Ignore it when** the order matters, the other side limits how many requests it takes, or there are only a few.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    seen: set[Location] = set()
    for call in _requests(handler):
        loop = loop_around(call)
        if loop is None or loop.kind not in ("for", "comprehension") or call.kept or call.on_error_path:
            continue
        if call.in_asyncio_run or loop.location in seen or sleeps_in(handler, loop):
            continue
        if any(one.kind in ("while", "range") for one in call.loops):
            continue
        if any(other.name.startswith(PARALLEL) for other in handler.warm_calls):
            return
        if not _is_over_a_result(call) and loop.kind == "for":
            continue  # over what came with the event, which mostly is one record
        seen.add(loop.location)
        is_for_effect = call.operation in ACTS or (not call.operation and call.name.endswith(WRITING))
        yield Problem(
            call.location,
            f"a loop waits for one {_what(call)} after the other{through(call)}; make several at a time, with threads",
            trace=call.trace,
            sure=_is_alone(handler, call, loop) and (is_for_effect or loop.kind == "comprehension"),
        )


def _requests(handler: Handler) -> Iterator[Call]:
    """The calls that wait for the network and do one thing each."""
    yield from handler.warm_calls.named(HTTP)
    for call in handler.warm_calls.operations:
        if call.operation in SENDS or call.operation in SEARCHES:
            if not operation(call.service, call.operation).batch:
                yield call


def _is_alone(handler: Handler, call: Call, loop: Loop) -> bool:
    """Whether a turn makes no other request."""
    others = (*handler.warm_calls.operations, *handler.warm_calls.named(HTTP))
    return all(other.location == call.location or not is_made_in(other, loop) for other in others)


def _is_over_a_result(call: Call) -> bool:
    return any(argument.from_result for argument in (*call.positional, *call.keywords.values()))


def _what(call: Call) -> str:
    return f"{call.operation or call.name}()"
