"""LL605: the log holds what nobody should read there."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import through
from lambdalint.checks._triggers import triggers
from lambdalint.checks.observability._logging import logging_calls
from lambdalint.model import Argument, Call, Handler

SAME = frozenset(
    {
        "builtins.dict",
        "builtins.repr",
        "builtins.str",
        "json.dumps",
        "jsonpickle.encode",
        "orjson.dumps",
        "pprint.pformat",
        "simplejson.dumps",
        "ujson.dumps",
    }
)
"""Functions that give the text, or a copy, of what they are given."""

SECRETS = {
    "assume_role": ("Credentials",),
    "assume_role_with_saml": ("Credentials",),
    "assume_role_with_web_identity": ("Credentials",),
    "get_credentials_for_identity": ("Credentials",),
    "get_secret_value": ("SecretString", "SecretBinary"),
    "get_session_token": ("Credentials",),
}
"""Operations that give credentials, and where in their results these stand."""

OF_SESSION = (".get_credentials", ".get_frozen_credentials")
"""Methods of sessions that give the keys of the role. What is taken of these may be something harmless."""

COPIES = frozenset({"copy.copy", "copy.deepcopy"})

KEYS_OF = frozenset({"builtins.list", "builtins.set", "builtins.sorted", "builtins.tuple"})
"""Functions that give the keys of a dict."""

RARE = (".critical", ".debug", ".error", ".exception", ".fatal", ".warn", ".warning")
"""Methods that write if something went wrong, or if somebody looks for it."""

WHOLE_EVENT = "the whole event"

CARRIES = {
    "alb": "cookies and tokens",
    "alexa": "the user's tokens",
    "api": "cookies and tokens",
    "appsync": "cookies and tokens",
    "authorizer": "the caller's token",
    "cloudfront": "cookies and tokens",
    "cognito": "personal data of the user",
    "custom-resource": "a signed address that answers for the stack",
    "lex": "what the user said",
    "s3-object-lambda": "signed addresses",
}
"""What the events of some sources hold that nobody should read."""

ANSWERS = frozenset({"cfnresponse.send", "crhelper.CfnResource"})
"""Libraries that answer for a custom resource."""


@check(Handler, code="LL605", severity=Severity.WARNING, since="0.1")
def whole_event_logged(handler: Handler) -> Iterator[Problem]:
    """The whole event, the environment or credentials are logged.

    **Why it matters.** An event from API Gateway carries cookies, tokens in `Authorization` and what the user
    typed; `os.environ` of a function carries the temporary keys of its role. Whoever may read the log may read
    them, for as long as it is kept. And the log is billed by size: an event may be 6 MB.

    **Bad**

    ```python
    import json

    def handler(event, context):
        print(json.dumps(event))  # LL605
        return {"statusCode": 200, "body": event["pathParameters"]["id"]}
    ```

    **Good**

    ```python
    import logging

    logger = logging.getLogger()

    def handler(event, context):
        logger.info("order %s received", event["pathParameters"]["id"])
        return {"statusCode": 200, "body": event["pathParameters"]["id"]}
    ```

    `log_event=True` of the Logger of Powertools does the same and is reported too. Where the code does not show that
    the events come from users (API Gateway and other HTTP sources, AppSync, Cognito, Alexa, Lex) or carry a signed
    address (custom resources), the finding is advice. At level DEBUG, at levels from WARNING on, under a switch such as
    an environment variable DEBUG or the level of the logger, in an `except` block, and beside a copy that may be made
    to take something out, the event is reported with `--pedantic` only; so is what is taken of the credentials of a
    session.

    **Ignore it when** the events hold nothing private and are few.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    for call in handler.init_calls:
        if call.name.endswith(".inject_lambda_context"):
            switch = call.argument(None, "log_event")
            if switch is not None and switch.value is True:
                yield _of_event(handler, call, "log_event=True logs the whole event", "leave it out")
    copied = {call.scope for call in handler.warm_calls.named(COPIES)}
    for call in logging_calls(handler):
        shown = next(filter(None, map(_exposed, _parts(call))), None)
        if shown is None:
            continue
        what, alternatives = shown
        if any(_stands_in(other, call) for other in handler.warm_calls.named(KEYS_OF)):
            continue
        says = f"{what} goes to the log{through(call)}"
        if what != WHOLE_EVENT:
            says = f"{says}, for all who may read it; log only the fields you need"
            yield Problem(call.location, says, trace=call.trace, sure=not alternatives)
            continue
        # What has been copied is mostly about to be changed: the private parts are taken out.
        doubtful = alternatives or call.on_error_path or call.scope in copied or call.name.endswith(RARE)
        doubtful = doubtful or call.under_switch
        yield _of_event(handler, call, says, "log only the fields you need")._replace(sure=not doubtful)


def _of_event(handler: Handler, call: Call, says: str, mend: str) -> Problem:
    """What is said of an event that is logged, by what events of its source carry."""
    carried = sorted({CARRIES.get(source, "") for source in triggers(handler)})
    if carried == [CARRIES["custom-resource"]] and not _answers_itself(handler):
        carried = []  # CDK's provider framework answers for it, and keeps the address
    if carried and all(carried):  # where a helper looks for events of many sources, it may be any
        return Problem(call.location, f"{says}, with {carried[0]}; {mend}", trace=call.trace)
    says += ", which many may read and which is billed by size"
    return Problem(call.location, f"{says}; {mend}", trace=call.trace, severity=Severity.ADVICE)


def _answers_itself(handler: Handler) -> bool:
    """Whether a custom resource sends its answer to the address in the event."""
    if any(read.path[0] == "ResponseURL" for read in handler.reads if read.path):
        return True
    return bool(handler.warm_calls.named(ANSWERS) or handler.init_calls.named(ANSWERS))


def _stands_in(inner: Call, outer: Call) -> bool:
    """Whether a call is written in the brackets of another."""
    one, other = inner.location, outer.location
    starts_after = (other.line, other.column) <= (one.line, one.column)
    return (
        one.path == other.path and starts_after and (one.end_line, one.end_column) <= (other.end_line, other.end_column)
    )


def _parts(call: Call) -> Iterator[Argument]:
    for argument in (*call.positional, *call.keywords.values()):
        yield argument
        yield from argument.text
        yield from argument.items.values()


def _exposed(argument: Argument, depth: int = 3) -> tuple[str, bool] | None:
    """What an argument shows that it should not, and whether it may be something else."""
    if argument.event_path == ():
        return WHOLE_EVENT, bool(argument.calls)
    if argument.reference == "os.environ":
        return "the environment of the function, with its keys,", False
    for made in argument.calls:
        if made.name in SAME and made.positional and depth and len(argument.calls) == 1:
            given = made.positional[0]
            for part in (given, *given.text):
                found = _exposed(part, depth - 1)
                if found is not None:
                    return found
        if made.operation in SECRETS and made.reads <= frozenset(SECRETS[made.operation]):
            return f"the result of {made.operation}()", False
        if made.name.endswith(OF_SESSION) and made.name.startswith(("boto3.", "botocore.", "aioboto3.")):
            return f"something of {made.name.rpartition('.')[2]}()", True
    return None
