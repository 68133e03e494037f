"""LL401: a request over the network may wait for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import adding
from lambdalint.checks._libraries import HTTP_VERBS, through
from lambdalint.model import Argument, Call, Handler

_REQUESTS = ("botocore.vendored.requests", "requests", "requests.api")
_REQUESTS_SESSIONS = (
    "botocore.vendored.requests.Session()",
    "requests.Session()",
    "requests_cache.CachedSession()",
    "requests_html.HTMLSession()",
    "requests_oauthlib.OAuth1Session()",
    "requests_oauthlib.OAuth2Session()",
    "requests_toolbelt.sessions.BaseUrlSession()",
)
_OF_REQUESTS = frozenset(f"{library}.{verb}" for library in _REQUESTS for verb in HTTP_VERBS)
_OF_SESSION = frozenset(f"{session}.{verb}" for session in _REQUESTS_SESSIONS for verb in HTTP_VERBS)

_POOLS = {
    "urllib3.HTTPConnectionPool": 2,
    "urllib3.HTTPSConnectionPool": 2,
    "urllib3.PoolManager": None,
    "urllib3.ProxyManager": None,
    "urllib3.connection_from_url": None,
}
"""Pools of connections, and at which position they take the timeout of all their requests."""
_POOL_METHODS = ("request", "request_encode_body", "request_encode_url", "urlopen")
_OF_POOL = frozenset(f"{pool}().{method}" for pool in _POOLS for method in _POOL_METHODS)

_OF_SOCKETS = {
    "http.client.HTTPConnection": 2,
    "http.client.HTTPSConnection": None,
    "httplib.HTTPSConnection": None,
    "httplib2.Http": 1,
    "six.moves.urllib.request.urlopen": 2,
    "urllib.request.build_opener().open": 2,
    "urllib.request.urlopen": 2,
    "urllib2.urlopen": 2,
    "urllib3.request": None,
}
"""Functions that have the default timeout of sockets, which is none, and the position of their own."""

_MAIL_AND_FILES = {
    "ftplib.FTP": 4,
    "ftplib.FTP_TLS": None,
    "imaplib.IMAP4": 2,
    "imaplib.IMAP4_SSL": None,
    "smtplib.SMTP": 3,
    "smtplib.SMTP_SSL": None,
}
"""The same for protocols other than HTTP."""

_BARE = {"socket.create_connection": "socket.create_connection", "socket.socket().connect": "socket.socket"}
"""Connections of sockets themselves, and what makes the socket."""

_UNTIMED = frozenset({"six.moves.urllib.request.urlretrieve", "urllib.request.urlretrieve", "urllib.urlretrieve"})
"""They take no timeout."""
_INSTEAD = {
    **dict.fromkeys(_UNTIMED, "use urlopen with a timeout"),
    "socket.socket().connect": "call settimeout before",
}

_OF_AIOHTTP = frozenset(f"aiohttp.ClientSession().{verb}" for verb in HTTP_VERBS) | {"aiohttp.request"}
_OF_HTTPX = frozenset(f"httpx.{verb}" for verb in (*HTTP_VERBS, "AsyncClient", "Client", "stream"))

_BOUNDS = frozenset({"signal.alarm", "signal.setitimer"})
_SOCKET_BOUNDS = frozenset({"socket.setdefaulttimeout"})
_TASK_BOUNDS = frozenset({"async_timeout.timeout", "asyncio.timeout", "asyncio.wait", "asyncio.wait_for"})
"""What bounds the wait from outside."""

_LOCAL = ("http://localhost", "http://127.", "http://169.254.", "http://[::1]", "file:", "data:")


@check(Handler, code="LL401", severity=Severity.WARNING, since="0.1")
def http_without_timeout(handler: Handler) -> Iterator[Problem]:
    """A request over HTTP has no timeout.

    **Why it matters.** requests, urllib and urllib3 wait for ever unless told otherwise. When the other side stops
    answering, the function waits until its own timeout, up to 15 minutes, and all of it is billed. Then it is ended
    from outside: no `except` runs, nothing says which request it was. Meanwhile every further invocation does the
    same, until the concurrency of the account is used up.

    **Bad**

    ```python
    import requests

    def handler(event, context):
        return requests.get("https://api.example.com/rates").json()  # LL401
    ```

    **Good**

    ```python
    import requests

    def handler(event, context):
        return requests.get("https://api.example.com/rates", timeout=3).json()
    ```

    Choose a timeout well below that of the function. httpx has a default of 5 seconds and is reported only where
    `timeout=None` takes it away. aiohttp has one of 5 minutes; smtplib, imaplib, ftplib and sockets themselves speak
    no HTTP: these are shown under `--pedantic` only.

    **Fix (unsafe).** Adds a timeout of 10 seconds. To be reviewed: a service that is slower fails now, where it was
    waited for.

    **Ignore it when** something around the request ends it in time.

    **Source.** https://requests.readthedocs.io/en/latest/user/advanced/#timeouts
    """
    warm, init = handler.warm_calls, handler.init_calls
    if warm.named(_BOUNDS):
        return
    for names, waits in (
        (_OF_REQUESTS, _is_unbounded),
        (_OF_SESSION, lambda call: _is_unbounded(call) and not _has_own_adapter(call, handler)),
        (_OF_HTTPX, _is_told_to_wait),
    ):
        yield from _problems(handler, names, waits)
    if not warm.named(_SOCKET_BOUNDS) and not init.named(_SOCKET_BOUNDS):
        yield from _problems(handler, _OF_POOL, _waits_in_pool)
        yield from _problems(handler, _OF_SOCKETS, lambda call: _is_unbounded(call, _OF_SOCKETS[call.name]))
        yield from _problems(handler, _UNTIMED, lambda call: True)
        yield from _problems(
            handler, _MAIL_AND_FILES, lambda call: _is_unbounded(call, _MAIL_AND_FILES[call.name]), sure=False
        )
        yield from _problems(handler, _BARE, lambda call: _is_bare(call, handler), sure=False)
    if not warm.named(_TASK_BOUNDS):
        for call in warm.named(_OF_AIOHTTP):
            session = call.receiver
            if call.argument(None, "timeout", "**") is None:
                if session is None or session.argument(None, "timeout", "**") is None:
                    message = f"{call.name}() waits up to 5 minutes for an answer{through(call)}; give it a timeout"
                    yield Problem(call.location, message, None, call.trace, Severity.ADVICE, sure=False)


def _problems(
    handler: Handler, names: Iterable[str], waits: Callable[[Call], bool], sure: bool = True
) -> Iterator[Problem]:
    for calls in (handler.warm_calls, handler.init_calls):
        for call in calls.named(names):
            if not waits(call) or _is_local(call):
                continue
            instead = _INSTEAD.get(call.name, "give it a timeout")
            name = call.name.replace("().", ".")
            message = f"{name}() waits for ever if no answer comes{through(call)}; {instead}"
            fix = None if call.name in _INSTEAD else adding(call, "timeout", "10", unsafe=True)
            yield Problem(call.location, message, fix, call.trace, sure=sure)


def _is_unbounded(call: Call, position: int | None = None) -> bool:
    """Whether a call is given no timeout, or None for one."""
    timeout = call.argument(position, "timeout")
    if timeout is None:
        return "**" not in call.keywords
    return timeout.value is None


def _is_bare(call: Call, handler: Handler) -> bool:
    """Whether nothing sets the timeout of a stream socket, or of any that is made in the same way."""
    kind = call.receiver.argument(1, "type") if call.receiver is not None else None
    if kind is not None and kind.reference != "socket.SOCK_STREAM":
        return False
    set_later = tuple(f"{_BARE[call.name]}().{method}" for method in ("setblocking", "settimeout"))
    if handler.warm_calls.named(set_later) or handler.init_calls.named(set_later):
        return False
    return call.receiver is not None or _is_unbounded(call, 1)


def _is_told_to_wait(call: Call) -> bool:
    timeout = call.argument(None, "timeout")
    return timeout is not None and timeout.value is None


def _waits_in_pool(call: Call) -> bool:
    """Whether neither a request nor the pool it is made in has a timeout."""
    pool = call.receiver
    return pool is not None and pool.name in _POOLS and _is_unbounded(call) and _is_unbounded(pool, _POOLS[pool.name])


def _has_own_adapter(call: Call, handler: Handler) -> bool:
    """Whether the session may have an adapter of the project's own, which may give each request a timeout."""
    session = call.receiver
    if session is None:  # a class of the project made of a session
        return True
    mounts = frozenset({session.name + "().mount"})
    for mount in (*handler.init_calls.named(mounts), *handler.warm_calls.named(mounts)):
        if mount.receiver is None or mount.receiver.location != session.location:
            continue
        adapter = mount.argument(1, "adapter")
        made = adapter.calls if adapter is not None else ()
        if not made or any(not one.name.endswith(".HTTPAdapter") for one in made):
            return True
    return False


def _is_local(call: Call) -> bool:
    """Whether the request goes to an extension or a socket on the same machine."""
    named = call.argument(1 if call.name.endswith(".request") else 0, "url", "fullurl", "host")
    if named is None:
        return False
    built = [named, *(argument for made in named.calls for argument in (made.argument(0, "url"),) if argument)]
    return any(_begins_local(argument) for argument in built)


def _begins_local(argument: Argument) -> bool:
    if argument.text:
        return _begins_local(argument.text[0])
    return isinstance(argument.value, str) and argument.value.lower().startswith((*_LOCAL, "localhost", "127."))
