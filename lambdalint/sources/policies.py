"""IAM policy documents, in whatever format they are written."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Statement
from lambdalint.sources.values import Value, as_strings, shown


def statements(document: Value | None) -> Iterator[Statement]:
    """The statements of a policy document; of one that is not known, one that says so."""
    if document is None:
        return
    if document.choices:
        for choice in document.choices:
            yield from statements(choice)
        return
    if document.data is UNKNOWN:
        yield Statement(document.location, known=False)
        return
    found = document.get("Statement")
    if found is None:
        return
    if found.data is UNKNOWN and not found.choices:
        yield Statement(found.location, known=False)
    for one in found.elements() if not found.choices else found.maps():
        for each in one.maps() if one.choices else (one,):
            yield statement(each)


def statement(value: Value) -> Statement:
    effect = value.get("Effect")
    condition = value.get("Condition")
    parts = {name: value.get(name) for name in ("Action", "NotAction", "Resource", "NotResource")}
    texts = {name: _texts(part) for name, part in parts.items()}
    resources = texts["Resource"]
    if "*" in resources and not _is_everywhere(parts["Resource"]):
        resources = tuple("?" if one == "*" else one for one in resources)
    known = isinstance(value.data, dict) and not value.opened
    known = known and all(part is None or not _is_open(part) for part in parts.values())
    return Statement(
        location=value.location,
        effect=effect.data if effect is not None and isinstance(effect.data, str) else "Allow",
        actions=texts["Action"],
        not_actions=texts["NotAction"],
        resources=resources,
        not_resources=texts["NotResource"],
        principals=tuple(_principals(value.get("Principal"))),
        conditions=frozenset(key for _, test in condition.entries() for key, _ in test.entries())
        if condition is not None
        else frozenset(),
        has_condition=condition is not None,
        known=known,
    )


def _texts(value: Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    if value.choices:
        return tuple(dict.fromkeys(text for choice in value.choices for text in _texts(choice)))
    if value.data is UNKNOWN:
        return (value.text or "?",)
    if isinstance(value.data, list):
        return tuple("?" if _is_open_default(one) else shown(one) for one in value.elements())
    return ("?",) if _is_open_default(value) else as_strings(value) or ()


def _is_everywhere(value: Value | None) -> bool:
    """Whether everything is meant under all conditions."""
    if value is None:
        return False
    if value.choices:
        return all(map(_is_everywhere, value.choices))
    if isinstance(value.data, list):
        return any(map(_is_everywhere, value.data))
    return bool(value.data == "*")


def _is_open_default(value: Value) -> bool:
    """Whether it is everything only as long as nobody says otherwise: the default of a parameter."""
    return value.assumed and value.data == "*"


def _is_open(value: Value) -> bool:
    """Whether there may be more than texts that are known or shown."""
    if value.choices:
        return any(_is_open(choice) for choice in value.choices)
    if isinstance(value.data, list):
        return value.opened or any(one.data is UNKNOWN and not one.text for one in value.data)
    return value.data is UNKNOWN and not value.text


def _principals(value: Value | None) -> Iterator[str]:
    if value is None:
        return
    for _, one in value.entries():
        yield from _texts(one)
    if not isinstance(value.data, dict):
        yield from _texts(value)
