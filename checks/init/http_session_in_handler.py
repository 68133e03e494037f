"""LL103: an HTTP session is opened on every invocation."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import hoisting
from lambdalint.checks._libraries import (
    HTTP_SESSION_BUILDERS,
    HTTP_VERBS,
    has_event_credentials,
    is_asynchronous,
    once,
    through,
)
from lambdalint.checks.init._hosts import is_host_of_event, url_of
from lambdalint.model import Argument, Call, Handler

KEPT_IN_IT = (".headers.update", ".headers.__setitem__", ".cookies.update", ".cookies.set")
"""Ends of the names of calls that put something into a session for all its requests."""


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

    Not reported where this invocation fetched or was handed what `headers.update` or `cookies.set` put into the
    session, or where the event names the host of all its requests.

    Under `asyncio.run` each invocation has an event loop of its own, and a session cannot leave its loop; there
    this is only advice.

    **Fix (unsafe).** Moves the session to module level. Cookies and headers set on it then outlive the invocation;
    where the code sets them, it is left alone.

    **Ignore it when** cookies or headers of one caller must not be seen by the next.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    for call in handler.warm_calls:
        if call.name in HTTP_SESSION_BUILDERS and not call.kept and not has_event_credentials(call):
            if _is_for_this_invocation(call, handler):
                continue
            instead = once(call, "open it once, at module level")
            yield Problem(
                call.location,
                f"{call.name} is opened on every invocation{through(call)}; {instead}",
                None if is_asynchronous(call.name) else hoisting(call, "session"),
                call.trace,
                Severity.ADVICE if call.in_asyncio_run and is_asynchronous(call.name) else None,
            )


def _is_for_this_invocation(session: Call, handler: Handler) -> bool:
    """Whether a session holds what only this invocation knows, or serves only hosts that the event names."""
    used = [one for one in handler.warm_calls if one.receiver and one.receiver.location == session.location]
    for one in used:
        if one.name.endswith(KEPT_IN_IT) and any(map(_is_new, one.positional)):
            return True
    urls = [url_of(one) for one in used if one.name.rpartition(".")[2] in (*HTTP_VERBS, "stream", "urlopen")]
    return bool(urls) and all(url is not None and is_host_of_event(url) for url in urls)


def _is_new(argument: Argument) -> bool:
    """Whether something, or what stands in it, was handed to this invocation or fetched in it."""
    return argument.from_event or argument.from_result or any(map(_is_new, argument.items.values()))
