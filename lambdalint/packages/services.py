"""Which services of AWS a program asks the SDK for, as far as its source says it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ASKED = re.compile(
    rb"""\.(?:client|resource|create_client)\(\s*(?:service_name\s*=\s*)?(?:["']([a-z][a-z0-9-]*)["']|([^\s"')]))"""
)
_SDK = (b"boto3", b"botocore")
ALWAYS = frozenset({"sts", "sso", "sso-oidc", "signin"})
"""Asked for by the SDK itself, when it looks for credentials."""


def services(sources: Iterable[bytes]) -> frozenset[str] | None:
    """The services that these files name; None where one is asked for by a name that is not written there."""
    found: set[str] = set()
    for data in sources:
        if not any(word in data for word in _SDK):
            continue
        for named, computed in _ASKED.findall(data):
            if computed:
                return None
            found.add(named.decode("ascii"))
    return ALWAYS | found
