"""LL104: HTTP requests are made without a session."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._libraries import HTTP_CALLS, HTTP_SESSION_BUILDERS, through
from lambdalint.checks.init._hosts import is_another_host, is_local, url_of
from lambdalint.model import Handler


@check(Handler, code="LL104", severity=Severity.ADVICE, since="0.1")
def http_call_without_session(handler: Handler) -> Iterator[Problem]:
    """An HTTP request opens a connection of its own on every invocation.

    **Why it matters.** `requests.get` and its kin open a connection, use it once and close it. A session at module
    level keeps it open for the next invocation, which saves one to three round trips each time.

    **Bad**

    ```python
    import requests

    def handler(event, context):
        return requests.get("https://api.example.com/rates", timeout=3).json()  # LL104
    ```

    **Good**

    ```python
    import requests

    session = requests.Session()

    def handler(event, context):
        return session.get("https://api.example.com/rates", timeout=3).json()
    ```

    Not reported where the handler has a session already, and on error paths.

    **Ignore it when** the host is another one each time.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    calls = (*handler.init_calls, *handler.warm_calls)
    if any(call.name in HTTP_SESSION_BUILDERS for call in calls):
        return
    for call in handler.warm_calls:
        if call.name in HTTP_CALLS and not call.kept and not call.on_error_path:
            url = url_of(call)
            if url is not None and (is_another_host(url) or is_local(url)):
                continue  # nothing to keep open
            yield Problem(
                call.location,
                f"{call.name}() opens a connection for this one request{through(call)}; keep a session at module level",
                None,
                call.trace,
            )
