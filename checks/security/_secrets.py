"""Which environment variables hold secrets, by what they are called."""

from __future__ import annotations

import re

from lambdalint.later import pattern

_NAMES = pattern(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|DB_?PASS|SECRET|CLIENT_?SECRET|API_?SECRET|SECRET_?KEY|API_?KEY|"
    r"ACCESS_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|AUTH_?TOKEN|ACCESS_?TOKEN|REFRESH_?TOKEN|"
    r"BOT_?TOKEN|TOKEN)$"
)
_PASSWORDS = pattern(r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|DB_?PASS)$")
_HARMLESS = pattern(
    r"arn:|https?://|[/.]|.*[/:]$|\{\{|\$\{|<.*>$|\[.*\]$|\*+$|x+$|-+$|(?:true|false|none|null|todo|tbd|n/a|"
    r"changeme|change[-_ ]me|replace.*|your[-_ ].*|my[-_ ].*|.*placeholder.*|.*example.*|.*dummy.*|enter.*|"
    r"insert.*|fake.*|test)$",
    re.IGNORECASE,
)
_HUMP = pattern(r"(?<=[a-z0-9])(?=[A-Z])")


def is_named_so(name: str) -> bool:
    """Whether what has this name, in capitals, is some secret."""
    return _NAMES.search(name) is not None


def is_password(name: str) -> bool:
    return _PASSWORDS.search(name) is not None


def is_harmless(value: str) -> bool:
    """Whether a value is no secret though its variable is called like one: a reference, or what stands for one."""
    return _HARMLESS.match(value) is not None


def in_capitals(name: str) -> str:
    """`clientSecret` as `CLIENT_SECRET`."""
    return _HUMP.sub("_", name).upper().replace("-", "_").replace(".", "_")


def looks_random(value: str) -> bool:
    """Whether a value is no word, name or path: letters and digits in a row that nobody would think of."""
    if len(value) < 12 or re.search(r"\s", value):
        return False
    digits = sum(one.isdigit() for one in value)
    letters = sum(one.isalpha() for one in value)
    words = re.findall(r"[A-Za-z]{4,}", value)
    return digits >= 3 and letters >= 3 and sum(map(len, words)) < len(value) * 0.7 and len(set(value)) >= 8
