"""LL101: an AWS client is built on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import hoisting
from lambdalint.checks._libraries import (
    AWS_BUILDERS,
    is_for_this_invocation,
    once,
    outermost,
    places,
    service,
    through,
)
from lambdalint.checks.init._hosts import is_local
from lambdalint.model import UNKNOWN, Argument, Call, Handler


@check(Handler, code="LL101", severity=Severity.WARNING, since="0.1")
def client_in_handler(handler: Handler) -> Iterator[Problem]:
    """An AWS client, resource or session is built on every invocation.

    **Why it matters.** Building a client loads the service's model, looks up credentials and later opens
    a new TLS connection: tens to hundreds of milliseconds at small memory sizes, billed each time. What is
    built at module level is built once, when Lambda starts an execution environment, and every later
    invocation there uses it again.

    **Bad**

    ```python
    import boto3

    def handler(event, context):
        s3 = boto3.client("s3")  # LL101
        return s3.head_bucket(Bucket=event["bucket"])["BucketRegion"]
    ```

    **Good**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return s3.head_bucket(Bucket=event["bucket"])["BucketRegion"]
    ```

    Kept in a global behind a `None` test, by `functools.cache`, in a dict or on an object that lives at
    module level is as good. A client whose region, endpoint or credentials come from the event, or from a
    role assumed in this invocation, is not reported. Nor is its caller: for a factory such as
    `def make(service): return boto3.client(service)` the finding stands where the factory is called.

    **Fix (unsafe).** Moves the client above the functions of its module, whether the handler or a helper builds it.
    To be reviewed: an error while it is built then fails the start of the environment rather than one invocation, and
    tests that put something in the place of `boto3`, or of AWS, have to do so before they import the module.

    **Ignore it when** each invocation needs a client of its own for a reason the code does not show.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    built = [call for call in handler.warm_calls if call.name in AWS_BUILDERS and not call.kept]
    # One place may build for this account and for another: where it must build anew, it may.
    spared = places([call for call in built if is_for_this_invocation(call)])
    for call in outermost([call for call in built if call.location not in spared and not _is_local(call)]):
        when = "whenever this error occurs" if call.on_error_path else "on every invocation"
        region = _region_of_loop(call)
        mild = call.on_error_path or call.in_asyncio_run or call.name.startswith("aio")
        mild = mild or (region is not None and region.from_result)
        yield Problem(
            call.location,
            f"{_what(call)} is built {when}{through(call)}; {_instead(call)}",
            _fix(call),
            call.trace,
            Severity.ADVICE if mild else None,
        )


def _is_local(call: Call) -> bool:
    """Whether the client is for what plays AWS on a developer's machine: no invocation in Lambda builds it."""
    endpoint = call.argument(None, "endpoint_url")
    return endpoint is not None and is_local(endpoint)


def _what(call: Call) -> str:
    kind = call.name.rpartition(".")[2]
    if kind.lower().endswith("session"):
        return "an AWS session"
    name = service(call)
    noun = "resource" if kind == "resource" else "client"
    return f'the AWS {noun} for "{name}"' if name else f"an AWS {noun}"


def _instead(call: Call) -> str:
    named = call.argument(0, "service_name")
    if named is not None and named.from_event:
        return "keep one for each service in a dict at module level"
    if _region_of_loop(call) is not None:
        return "keep one for each region in a dict at module level"
    otherwise = "build it once, at module level"
    return otherwise if call.name.lower().endswith("session") else once(call, otherwise)


def _region_of_loop(call: Call) -> Argument | None:
    """The region of a client that is built in a loop over regions which are not known here."""
    region = call.argument(None if call.name.endswith("Session") else 1, "region_name")
    return region if call.loops and region is not None and region.value is UNKNOWN and not region.calls else None


def _fix(call: Call) -> Fix | None:
    if call.name not in ("boto3.client", "boto3.resource", "boto3.Session"):
        return None
    return hoisting(call, "session" if call.name.endswith("Session") else call.name.rpartition(".")[2])
