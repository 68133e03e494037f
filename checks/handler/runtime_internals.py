"""LL322: code leans on the inside of the Lambda runtime."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.later import pattern
from lambdalint.model import Handler, Location

MODULES = frozenset(
    {
        "awslambdaric",
        "lambda_runtime_client",
        "lambda_runtime_exception",
        "lambda_runtime_marshaller",
        "runtime_client",
    }
)
"""The runtime's own, that lie beside what AWS documents."""
OF_BOOTSTRAP = frozenset(
    {
        "FaultException",
        "FramedTelemetryLogSink",
        "LambdaLoggerFilter",
        "LambdaLoggerHandler",
        "LambdaRuntimeClient",
        "StandardLogSink",
        "handle_event_request",
        "log_error",
        "make_error",
        "replace_line_indentation",
    }
)
"""What tells the runtime's `bootstrap` from a module of the project with that common name."""

VARIABLE = "AWS_LAMBDA_RUNTIME_API"
FOLDER = "/var/runtime"
API = "/2018-06-01/runtime/"
MODULE = pattern(r"awslambdaric(?:\.\w+)+")
TEXT = pattern(rf"{FOLDER}(?![\w-])|{VARIABLE}|{API}|{MODULE.pattern}")
FILE = pattern(rf"{FOLDER}/[\w./-]+")
DOCUMENTED = "/var/runtime/ca-cert.pem"
EXTENSION = pattern(
    r"/2020-01-01/extension|/2020-08-15/logs|/2022-07-01/telemetry|Lambda-Extension-(?:Name|Identifier)", re.IGNORECASE
)
"""What only a program says that talks to the API of extensions; it has to know where that is."""
_IS_PART = "is a part of the runtime that AWS changes without notice; use what is documented"
SEARCH_PATH = frozenset({"sys.path.append", "sys.path.insert"})


@check(Handler, code="LL322", severity=Severity.ADVICE, since="0.1")
def runtime_internals(handler: Handler) -> Iterator[Problem]:
    """Code leans on the inside of the Lambda runtime.

    **Why it matters.** What lies in `/var/runtime`, the modules of the runtime client, and the HTTP interface by which
    the runtime fetches events, belong to the runtime. AWS changes them with any update, and updates reach functions
    that nobody touched. With Python 3.9 `bootstrap` handed its work to `awslambdaric`, and what leaned on it had to be
    written anew.

    **Bad**

    ```python
    from awslambdaric.bootstrap import handle_event_request  # LL322

    def handler(event, context):
        return handle_event_request
    ```

    **Good**

    ```python
    import os

    def handler(event, context):
        return os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    ```

    For the type of the context there are types of Powertools (`aws_lambda_powertools.utilities.typing`). To see
    whether code runs in Lambda, look for `AWS_LAMBDA_FUNCTION_NAME`. For work after an invocation there is the API of
    extensions; code that talks to it is not reported.

    **Ignore it when** the module is the runtime of a container image of your own, and its version is pinned there.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html
    """
    if "/extensions/" in f"/{handler.path}":
        return
    problems = [*_imports(handler), *_texts(handler)]
    if problems and not handler.find_text(EXTENSION):
        yield from problems


def _imports(handler: Handler) -> Iterator[Problem]:
    for found in handler.imports:
        top = found.module.partition(".")[0]
        if top == "bootstrap":
            if found.bound not in OF_BOOTSTRAP:
                continue
        elif top not in MODULES or found.guarded:
            continue
        message = f"{found.module} {_IS_PART}"
        # Its class of the context is taken for typing, which breaks at worst by its name.
        is_type = found.bound == "LambdaContext" or found.module.endswith(".lambda_context")
        yield Problem(found.location, message, sure=not is_type)


def _texts(handler: Handler) -> Iterator[Problem]:
    searched = None
    for location, value in handler.find_text(TEXT):
        if VARIABLE in value:
            # Most only look whether it is there.
            if value == VARIABLE:
                message = f"{VARIABLE} is meant for runtimes; AWS_LAMBDA_FUNCTION_NAME tells that code runs in Lambda"
                yield Problem(location, message, sure=False)
        elif MODULE.fullmatch(value):  # for `import_module`, or to look among those that are loaded
            yield Problem(location, f"{value} {_IS_PART}")
        elif API in value:
            message = "events are fetched by the runtime, past it nothing is promised; use the handler or an extension"
            yield Problem(location, message)
        elif value == FOLDER or (FILE.fullmatch(value) and value != DOCUMENTED):
            if searched is None:
                searched = _searched(handler)
            sure = location in searched or value != FOLDER
            message = f"{value} belongs to the runtime, and AWS changes it without notice; ship what the code needs"
            yield Problem(location, message, sure=sure)


def _searched(handler: Handler) -> set[Location | None]:
    """Where the folders are written that modules are looked for in."""
    calls = [*handler.warm_calls.named(SEARCH_PATH), *handler.init_calls.named(SEARCH_PATH)]
    return {argument.literal for call in calls for argument in call.positional}
