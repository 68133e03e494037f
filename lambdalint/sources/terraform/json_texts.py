"""Texts of JSON, such as policies: what they say, however they are written."""

from __future__ import annotations

import json
import re

from lambdalint.model.places import UNKNOWN
from lambdalint.sources.terraform.functions import of_python
from lambdalint.sources.values import Value

_INDEX = re.compile(r"\[[^\]]*\]")
_REFERENCE = re.compile(r"\$\{([\w.\-]+)")


def document_of(value: Value | None) -> Value | None:
    """What a text of JSON says, be it written as an expression or as a text with interpolations."""
    if value is None:
        return None
    if value.decoded is not None:
        return value.decoded
    if value.choices:
        found = [document_of(one) or one for one in value.choices]
        return value._replace(data=UNKNOWN, choices=tuple(found))
    if isinstance(value.data, (dict, list)):
        return value
    text = value.data if isinstance(value.data, str) else value.text
    if not text or text.lstrip()[:1] not in "{[":
        return Value(UNKNOWN, value.location, value.text, value.refs)
    try:
        found_data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return Value(UNKNOWN, value.location, "", value.refs)
    return _with_refs(of_python(found_data, value.location), value.refs)


def _with_refs(value: Value, refs: tuple[str, ...]) -> Value:
    """The value, its texts with `${aws_lambda_function.orders.arn}` in them as what they are."""
    data = value.data
    if isinstance(data, dict):
        return value._replace(data={key: _with_refs(one, refs) for key, one in data.items()})
    if isinstance(data, list):
        return value._replace(data=[_with_refs(one, refs) for one in data])
    if not isinstance(data, str) or "${" not in data:
        return value
    named = _REFERENCE.findall(data)
    meant = tuple(ref for ref in refs if any(f"{one}.".startswith(f"{_own(ref)}.") for one in named))
    return Value(UNKNOWN, value.location, data, meant)


def _own(address: str) -> str:
    """An address as expressions of its own module have it."""
    parts = _INDEX.sub("", address).split(".")
    while len(parts) > 2 and parts[0] == "module":
        parts = parts[2:]
    return ".".join(parts)
