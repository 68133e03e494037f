"""Which IAM actions the operations of AWS need, and what well-known policies allow. docs/generate_actions.py writes it.

IAM does not tell large letters from small.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

FILE = os.path.join(os.path.dirname(__file__), "_actions.jsonl")


class Client(NamedTuple):
    """What is known of the operations of one client."""

    prefix: str
    regular: frozenset[str]
    """Operations that need the action of their own name."""
    irregular: dict[str, list[str]]
    """What others need."""


@cache
def _table() -> dict[str, Any]:
    with open(FILE, encoding="utf-8") as file:
        next(file)
        return dict(map(json.loads, file))


@cache
def clients() -> dict[str, Client]:
    """Those clients whose operations are known."""
    return {
        key.removeprefix("client "): Client(facts["prefix"], frozenset(facts["regular"]), facts["irregular"])
        for key, facts in _table().items()
        if key.startswith("client ")
    }


def needed(service: str, operation: str) -> tuple[str, ...] | None:
    """The actions that an operation needs, all of them; None where that is not known."""
    client = clients().get(service)
    if client is None:
        return None
    if operation in client.irregular:
        return tuple(client.irregular[operation])
    return (f"{client.prefix}:{operation.replace('_', '')}",) if operation in client.regular else None


@cache
def users(action: str) -> frozenset[str] | None:
    """The names in code that may need an action; None where they are not known."""
    action = action.lower()
    prefix, _, verb = action.partition(":")
    of = {name: client for name, client in clients().items() if client.prefix == prefix}
    if not of or not verb.isalnum():
        return None
    names = set(_table()["also"].get(action, ()))
    for client in of.values():
        names |= {name for name in client.regular if name.replace("_", "") == verb}
        names |= {name for name, actions in client.irregular.items() if action in map(str.lower, actions)}
    return frozenset(names) if names else None


def allowed_by(policy: str, is_template: bool) -> tuple[str, ...] | None:
    """The actions that a policy template of SAM, or a managed policy, allows; None if not known."""
    found = _table()["templates" if is_template else "managed"].get(policy)
    return None if found is None else tuple(found)


def is_scoped(action: str) -> bool:
    """Whether an action is one on single tables, buckets or queues, which a policy can name."""
    prefix, _, verb = action.lower().partition(":")
    unscoped = _table()["unscoped"].get(prefix)
    return unscoped is not None and verb.isalnum() and verb not in unscoped


def matches(pattern: str, action: str) -> bool:
    """Whether the pattern of a policy, `s3:Get*`, covers an action."""
    pattern, action = pattern.lower(), action.lower()
    if "*" not in pattern and "?" not in pattern:
        return pattern == action
    return _compiled(pattern).fullmatch(action) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern))


def any_matches(patterns: Iterable[str], action: str) -> bool:
    return any(matches(pattern, action) for pattern in patterns)
