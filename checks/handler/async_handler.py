"""LL301: the handler is a coroutine function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import running
from lambdalint.model import UNKNOWN, Handler

OF_AWS = frozenset(
    "aioboto3 aiobotocore aws_cdk aws_lambda_powertools aws_xray_sdk boto3 botocore datadog_lambda mangum".split()
)
"""Packages whose use says that the code runs on AWS."""
OF_OTHERS = frozenset({"azure", "functions_framework", "vercel", "ydb", "yandex_cloud_ml_sdk", "yandexcloud"})
"""Packages of clouds that call coroutine functions, with the same two parameters."""
OTHER_CLOUD = re.compile(r"\byandexcloud\b|\bVERCEL\b")


@check(Handler, code="LL301", severity=Severity.WARNING, since="0.1")
def async_handler(handler: Handler) -> Iterator[Problem]:
    """The handler is an `async def` function.

    **Why it matters.** The Python runtimes of Lambda call the handler and do not await it. What they get is a
    coroutine: nothing of its body is executed, and the invocation ends with `Runtime.MarshalError`, since a coroutine
    has no form in JSON.

    **Bad**

    ```python
    async def lambda_handler(event, context):  # LL301
        return {"order": event["id"]}
    ```

    **Good**

    ```python
    import asyncio

    def lambda_handler(event, context):
        return asyncio.run(work(event))

    async def work(event):
        return {"order": event["id"]}
    ```

    Reported are functions that a template names together with a Python runtime. Where none does, those called
    `lambda_handler`, and with `--pedantic` those called `handler`, where something of AWS is imported; others, such as
    `async_handler` or `main`, are mostly run by a plain function. One that has a decorator is not reported: the
    decorator may run the coroutine.

    **Fix (unsafe).** The coroutine function gets an underscore before its name, also where its own module calls it, and
    a plain function with the former name runs it. To be reviewed: other modules and tests that await the handler; and
    objects that belong to an event loop, such as an HTTP session kept at module level, since every invocation runs a
    new loop.

    **Ignore it when** something else than a Python runtime of Lambda calls it: another cloud, a custom runtime, a
    function of your own in another module.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html
    """
    if not handler.is_async:
        return
    runtimes = {one.runtime.value for one in handler.functions if one.runtime is not None}
    named = any(isinstance(one, str) and one.startswith("python") for one in runtimes)
    if runtimes and not named and UNKNOWN not in runtimes:
        return  # a runtime of the project's own may await it
    plain = named or (handler.name.endswith("lambda_handler") and "async" not in handler.name)
    if not named:
        if not (plain or handler.name == "handler"):
            return
        packages = {one.module.partition(".")[0] for one in handler.imports}
        if packages & OF_OTHERS or handler.find_text(OTHER_CLOUD) or not (plain or packages & OF_AWS):
            return
    yield Problem(
        handler.location,
        f"{handler.name} is async, but Lambda does not await it: nothing of it is executed; "
        "make it a plain function that calls asyncio.run",
        running(handler.name, handler.location),
        sure=plain,
    )
