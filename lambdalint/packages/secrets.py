"""What gives access and is shipped all the same. Only what kind it is and where is kept, never what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lambdalint.model.package import Entry, Secret
from lambdalint.packages.contents import Contents, Unreadable

_MOST_BYTES = 1_000_000
_KEY_FILES = (".pem", ".key", ".p12", ".pfx", ".jks", ".ppk")
_KEY_NAMES = frozenset({"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", ".netrc", ".pypirc", ".npmrc"})
_TEXTS = (".py", ".json", ".yaml", ".yml", ".ini", ".cfg", ".toml", ".txt", ".env", ".sh", ".conf", ".properties")
_PRIVATE = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}")
_ACCESS = re.compile(rb"(?<![A-Za-z0-9/+])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9/+])")
_SECRET = re.compile(rb"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_STATED = re.compile(rb"^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_TOKEN = re.compile(rb"(?:_authToken|password)\s*[=:]\s*\S+", re.IGNORECASE)


def secrets(contents: Contents, own: Sequence[Entry]) -> Iterator[Secret]:
    """The secrets in those files that are the project's own: what comes with distributions is public."""
    for entry in own:
        name = entry.path.rpartition("/")[2]
        is_environment = name == ".env" or (name.startswith(".env.") and not name.endswith(_HARMLESS))
        is_key = name.endswith(_KEY_FILES) or name in _KEY_NAMES
        if entry.bytes_unzipped > _MOST_BYTES or not (is_environment or is_key or name.endswith(_TEXTS)):
            continue
        try:
            data = contents.read(entry.path)
        except Unreadable:
            continue
        if is_environment and _states_something(data):
            yield Secret(entry.path, "environment file")
        found = _PRIVATE.search(data)
        if found:
            yield Secret(entry.path, "private key", _line(data, found.start()))
        if name == "credentials" and b"aws_secret_access_key" in data:
            yield Secret(entry.path, "AWS credentials file")
        elif name in (".netrc", ".pypirc", ".npmrc") and _TOKEN.search(data):
            yield Secret(entry.path, "file of credentials")
        else:
            found = _ACCESS.search(data)
            if found and b"EXAMPLE" not in found.group() and _has_secret_near(data, found.end()):
                yield Secret(entry.path, "AWS access key", _line(data, found.start()))


_HARMLESS = (".example", ".sample", ".template", ".dist", ".defaults")


def _states_something(data: bytes) -> bool:
    """Whether a variable has a value: a file of empty ones is a form to fill in."""
    return any(len(value) > 1 for value in _STATED.findall(data))


def _has_secret_near(data: bytes, end: int) -> bool:
    """An access key id alone opens nothing, and one of documentation has no secret beside it."""
    found = _SECRET.search(data, end, end + 400)
    return found is not None and b"EXAMPLE" not in found.group()


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
