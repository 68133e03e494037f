"""Which environment variables hold secrets, by what they are called."""

from __future__ import annotations

import re

NAMED = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|DB_?PASS|SECRET|CLIENT_?SECRET|API_?SECRET|SECRET_?KEY|API_?KEY|"
    r"ACCESS_?KEY|PRIVATE_?KEY|SIGNING_?KEY|ENCRYPTION_?KEY|AUTH_?TOKEN|ACCESS_?TOKEN|REFRESH_?TOKEN|BOT_?TOKEN|TOKEN)$"
)
PASSWORD = re.compile(r"(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|DB_?PASS)$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

HARMLESS = re.compile(
    r"arn:|https?://|[/.]|.*[/:]$|\{\{|\$\{|<.*>$|\[.*\]$|\*+$|x+$|-+$|(?:true|false|none|null|todo|tbd|n/a|changeme|"
    r"change[-_ ]me|replace.*|your[-_ ].*|my[-_ ].*|.*placeholder.*|.*example.*|.*dummy.*|enter.*|insert.*|fake.*|"
    r"test)$",
    re.IGNORECASE,
)
"""What is no secret though its variable is called like one: references, and what stands for a value to come."""


def in_capitals(name: str) -> str:
    """`clientSecret` as `CLIENT_SECRET`."""
    return _CAMEL.sub("_", name).upper().replace("-", "_").replace(".", "_")


def looks_random(value: str) -> bool:
    """Whether a value is no word, name or path: letters and digits in a row that nobody would think of."""
    if len(value) < 12 or re.search(r"\s", value):
        return False
    digits = sum(one.isdigit() for one in value)
    letters = sum(one.isalpha() for one in value)
    words = re.findall(r"[A-Za-z]{4,}", value)
    return digits >= 3 and letters >= 3 and sum(map(len, words)) < len(value) * 0.7 and len(set(value)) >= 8
