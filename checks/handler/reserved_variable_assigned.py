"""LL306: an environment variable that Lambda reserves is assigned."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import text, through
from lambdalint.model import Argument, Call, Handler

REGIONS = frozenset({"AWS_DEFAULT_REGION", "AWS_REGION"})
CREDENTIALS = frozenset({"AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
RESERVED = frozenset(
    {
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        *CREDENTIALS,
        *REGIONS,
    }
)
"""The defined runtime environment variables that a function's configuration cannot set."""
LOCAL = RESERVED | {"AWS_SAM_LOCAL", "IS_LOCAL", "IS_OFFLINE", "LOCALSTACK_HOSTNAME"}
"""What code looks at to learn whether it runs in Lambda at all."""
NEAR = 10
"""So many lines before an assignment, a look at the environment may be the condition it stands under."""

SETTERS = frozenset({"os.environ.__setitem__", "os.environ.setdefault", "os.environ.update", "os.putenv"})
READERS = frozenset({"os.environ.get", "os.getenv"})


@check(Handler, code="LL306", severity=Severity.WARNING, since="0.1")
def reserved_variable_assigned(handler: Handler) -> Iterator[Problem]:
    """An environment variable that Lambda itself sets is assigned.

    **Why it matters.** Lambda reserves 18 names and refuses a configuration that sets one. Assigned in code they
    change every client that is built later in the same execution environment, in this invocation and the next ones,
    in your code and in libraries. Credentials of a role that the function's own role assumed end after an hour at most;
    those of Lambda are good as long as the environment lives.

    **Bad**

    ```python
    import os
    import boto3

    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"  # LL306
    ses = boto3.client("ses")

    def handler(event, context):
        return ses.get_send_quota()["SentLast24Hours"]
    ```

    **Good**

    ```python
    import boto3

    ses = boto3.client("ses", region_name="us-east-1")

    def handler(event, context):
        return ses.get_send_quota()["SentLast24Hours"]
    ```

    Silent where a variable gets the value of another reserved one, and where the code just before asks whether such a
    variable is there, since it may run elsewhere too. `setdefault` does nothing in Lambda; only `--pedantic` tells it.

    **Ignore it when** a library can be configured in no other way, and all code in the function wants the same.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    for calls in (handler.init_calls, handler.warm_calls):
        said: dict[tuple[str, str, str], int] = {}
        for call in sorted(calls.named(SETTERS), key=lambda one: one.location):
            names = sorted(_names(call) & RESERVED)
            if not names or call.on_error_path or _is_reserved(call.argument(1, "value")):
                continue
            name, method = names[0], call.name.rpartition(".")[2]
            # Key, secret and token are set side by side: that is one problem.
            place = (call.location.path, call.scope, _instead(name))
            is_said = place in said and call.location.line - said[place] <= NEAR
            said[place] = call.location.line
            if is_said:
                continue
            if method == "setdefault":
                message = f"{name} is always set in Lambda: this default has no effect{through(call)}; drop it"
                yield Problem(call.location, message, trace=call.trace, sure=False)
                continue
            if _asked_before(call, name, calls.named(READERS)):
                continue
            yield Problem(
                call.location,
                f"{name} is reserved: Lambda sets it, and all that is built later sees the change{through(call)}; "
                f"{_instead(name)}",
                trace=call.trace,
                sure=not _is_from_environment(call.argument(1, "value")),
            )


def _names(call: Call) -> set[str]:
    """The variables that a call sets, as far as they are known."""
    if call.name == "os.environ.update":
        return {*call.keywords, *(name for argument in call.positional[:1] for name in argument.keys)}
    name = text(call.argument(0, "key", "name"))
    return set() if name is None else {name}


def _is_reserved(value: Argument | None) -> bool:
    """Whether a value is that of a reserved variable: `os.environ.get("AWS_REGION", "eu-west-1")`."""
    return value is not None and any(
        call.name in READERS and text(call.argument(0, "key")) in RESERVED for call in value.calls
    )


def _is_from_environment(value: Argument | None) -> bool:
    """Whether a value is `os.environ[...]`, of a variable that may well be a reserved one."""
    return value is not None and value.reference.startswith("os.environ")


def _tells_of(name: str) -> frozenset[str]:
    """What code looks at to learn whether it runs in Lambda, or whether a variable is set already."""
    if name in CREDENTIALS:
        return LOCAL - REGIONS
    return LOCAL - CREDENTIALS if name in REGIONS else LOCAL - CREDENTIALS - REGIONS


def _asked_before(call: Call, name: str, reads: list[Call]) -> bool:
    """Whether the function around, or the module, looks first whether this is Lambda, or what is set already."""
    telling = (LOCAL - CREDENTIALS - REGIONS) | next(
        (group for group in (CREDENTIALS, REGIONS) if name in group), set()
    )
    return any(
        read.location.path == call.location.path
        and read.scope == call.scope
        and call.location.line - NEAR <= read.location.line <= call.location.line
        and text(read.argument(0, "key")) in telling
        for read in reads
    )


def _instead(name: str) -> str:
    if name in REGIONS:
        return "pass region_name to the client that needs another"
    if name in CREDENTIALS:
        return "pass the credentials to the client or Session that needs them"
    return "take a name of your own"
