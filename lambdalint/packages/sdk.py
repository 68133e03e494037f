"""Which services of AWS a program makes clients for: botocore keeps the data of each in a folder of its own."""

from __future__ import annotations

import re

DATA = re.compile(r"(?:^|/)boto(?:3|core)/data/([^/]+)/")
"""In the path of a file: data of one service."""
_CLIENT = re.compile(
    rb"\b(?:client|resource|create_client|client_type)\(\s*(?:service_name\s*=\s*)?(?:[rbu]?[\"']([\w-]+)[\"'])?"
)
_ITS_OWN = ("boto3", "botocore", "s3transfer")


def services(data: bytes, distribution: str) -> frozenset[str] | None:
    """The services that a module names in calls that make clients; None where a name is not written down."""
    if b"client(" not in data and b"resource(" not in data:
        return frozenset()
    named: set[str] = set()
    for found in _CLIENT.finditer(data):
        if found[1]:
            named.add(found[1].decode())
        elif _is_call(data, found.start()) and distribution not in _ITS_OWN and b"boto" in data:
            return None
    return frozenset(named)


def _is_call(data: bytes, at: int) -> bool:
    """Not `def client(`, and a method: of a session, or of boto3."""
    return data[at - 1 : at] == b"." and data[data.rfind(b"\n", 0, at) + 1 : at].lstrip()[:1] != b"#"
