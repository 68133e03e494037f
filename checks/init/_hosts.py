"""Which host an HTTP request goes to, as far as its URL tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.later import pattern
from lambdalint.model import Argument, Call

_SETTINGS = pattern(
    r"(?:get_parameters?|get_secret|get_secret_value|get_app_config|get_configuration|Session)$"
    r"|aws_lambda_powertools\.utilities\.parameters\."
)
"""Calls that give the same each time."""


def url_of(call: Call) -> Argument | None:
    """The URL of a request that a function or a method of a session makes."""
    return call.argument(1 if call.name.endswith((".request", ".stream", ".urlopen")) else 0, "url")


def is_another_host(url: Argument) -> bool:
    """Whether this invocation says where a request goes, and not only what it asks for there."""
    host = _unknown_host(url)
    if host is None or host.from_event:
        return host is not None
    return host.from_result and not any(_SETTINGS.search(call.name) for call in host.calls)


def is_host_of_event(url: Argument) -> bool:
    """Whether the event itself says where a request goes."""
    host = _unknown_host(url)
    return host is not None and host.from_event


def _unknown_host(url: Argument) -> Argument | None:
    """The part of a URL that gives the host, where that is not known; None where it is."""
    known = ""
    for part in _parts(url):
        if not isinstance(part.value, str):
            return part
        known += part.value
        if re.match(r"(?:https?:)?//[^/?]+[/?]", known):
            break
    return None


def is_local(url: Argument) -> bool:
    """The Lambda extensions listen here."""
    first = next(_parts(url)).value
    return isinstance(first, str) and re.match(r"https?://(?:localhost|127\.0\.0\.1)\b", first) is not None


def _parts(text: Argument) -> Iterator[Argument]:
    """The pieces of a text that is put together of texts, in their order; of anything else, the thing itself."""
    if not text.text or isinstance(text.value, str):
        yield text
    for part in text.text if not isinstance(text.value, str) else ():
        yield from _parts(part)
