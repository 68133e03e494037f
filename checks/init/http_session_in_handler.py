"""LL103: an HTTP session is opened on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import hoisting
from lambdalint.checks._libraries import (
    HTTP_SESSION_BUILDERS,
    has_event_credentials,
    is_asynchronous,
    once,
    through,
)
from lambdalint.model import Handler


@check(Handler, code="LL103", severity=Severity.WARNING, since="0.1")
def http_session_in_handler(handler: Handler) -> Iterator[Problem]:
    """An HTTP session is opened on every invocation.

    **Why it matters.** A session exists to keep connections open between requests. Made anew on each invocation,
    it pays for name lookup, TCP and TLS each time: one to three round trips before the first byte.

    **Bad**

    ```python
    import requests

    def handler(event, context):
        session = requests.Session()  # LL103
        return session.get("https://api.example.com/rates", timeout=3).json()
    ```

    **Good**

    ```python
    import requests

    session = requests.Session()

    def handler(event, context):
        return session.get("https://api.example.com/rates", timeout=3).json()
    ```

    Under `asyncio.run` each invocation has an event loop of its own, and a session cannot leave its loop; there
    this is only advice.

    **Fix (unsafe).** Moves the session to module level. Cookies and headers set on it then outlive the invocation;
    where the code sets them, it is left alone.

    **Ignore it when** cookies or headers of one caller must not be seen by the next.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    for call in handler.warm_calls:
        if call.name in HTTP_SESSION_BUILDERS and not call.kept and not has_event_credentials(call):
            instead = once(call, "open it once, at module level")
            yield Problem(
                call.location,
                f"{call.name} is opened on every invocation{through(call)}; {instead}",
                None if is_asynchronous(call.name) else hoisting(call, "session"),
                call.trace,
                Severity.ADVICE if call.in_asyncio_run and is_asynchronous(call.name) else None,
            )
