"""Terraform's functions: those that are cheap and certain. Of all others nothing is known but what went into them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from typing import Any

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.terraform.json_texts import of_file, of_python
from lambdalint.sources.terraform.lists import LISTS, Arguments, items_in, plain_text
from lambdalint.sources.terraform.operations import Failed, chosen, number
from lambdalint.sources.values import Value, shown

Read = Callable[[str, Location], tuple[str, str] | None]
_PLACEHOLDER = re.compile(r"\$\{\s*([A-Za-z_][\w]*)\s*\}")
MAX_TEXT = 1_000_000
"""What would be longer is not put together."""
MAX_VERB = 8
"""`%-08.3f`: one with more digits asks for a text that nobody needs."""
_VERB = re.compile(r"%(?:%|[#+\- 0]*\d*(?:\.\d+)?[a-zA-Z])")


def call(name: str, arguments: Arguments, place: Location, source: str, read: Read) -> Value:
    """What a call gives. Raises `Failed` where Terraform would refuse it."""
    refs = tuple(dict.fromkeys(ref for one in arguments for ref in one.all_refs()))
    name = name.removeprefix("core::")
    if name in ("file", "templatefile"):
        value = _file(arguments, place, read)
    else:
        function = _FUNCTIONS.get(name)
        try:
            value = function(arguments, place) if function is not None else None
        except (TypeError, ValueError, IndexError, AttributeError, OverflowError):
            value = None  # arguments of kinds that do not fit, or too few
    if value is None:
        return Value(UNKNOWN, place, source or f"${{{name}(...)}}", refs)
    if value.data is UNKNOWN and not value.text and not value.choices:
        return value._replace(text=source, refs=value.refs or refs)
    if isinstance(value.data, (str, int, float, list)) and any(one.assumed for one in arguments):
        value = value._replace(assumed=True)
    return value._replace(refs=refs) if refs and not value.refs else value


def joined(parts: Arguments, place: Location, separator: str = "") -> Value:
    """One text of several; what is not known of it is shown as `${...}`."""
    refs = tuple(dict.fromkeys(ref for one in parts for ref in one.refs))
    texts = [_shown(one) for one in parts]
    if sum(map(len, texts)) + len(separator) * len(texts) > MAX_TEXT:
        return Value(UNKNOWN, place, refs=refs)
    text = separator.join(texts)
    if all(isinstance(one.data, (str, int, float)) for one in parts):
        return Value(text, place, refs=refs, assumed=any(one.assumed for one in parts))
    choices: tuple[Value, ...] = ()
    several = [number for number, one in enumerate(parts) if one.choices]
    if len(several) == 1:
        (at,) = several
        choices = tuple(
            joined([*parts[:at], choice, *parts[at + 1 :]], place, separator) for choice in parts[at].choices
        )
        text = " or ".join(dict.fromkeys(map(shown, choices)))
    return Value(UNKNOWN, place, text, refs, choices)


def _shown(value: Value) -> str:
    return "?" if isinstance(value.data, (dict, list)) else shown(value)


def _on_text(function: Callable[..., Any]) -> Callable[[Arguments, Location], Value | None]:
    """A function of texts that are all known; of one that is not, with each of its choices."""

    def method(arguments: Arguments, place: Location) -> Value | None:
        several = [number for number, one in enumerate(arguments) if one.choices]
        if len(several) == 1:
            (at,) = several
            found = [method([*arguments[:at], one, *arguments[at + 1 :]], place) for one in arguments[at].choices]
            return chosen([one or Value(UNKNOWN, place) for one in found], place)
        if any(one.data is None for one in arguments):
            raise Failed
        if any(not isinstance(one.data, (str, int, float)) for one in arguments):
            return None
        return Value(function(*map(plain_text, arguments)), place)

    return method


def _file(arguments: Arguments, place: Location, read: Read) -> Value | None:
    if not arguments or not isinstance(arguments[0].data, str):
        return None
    found = read(arguments[0].data, place)
    if found is None:
        return None
    path, text = found
    if len(arguments) == 1:
        return of_file(Value(text, place), path, text)
    if "%{" in text or not isinstance(arguments[1].data, dict):
        return None
    table = arguments[1].data
    known = True

    def put(found: re.Match[str]) -> str:
        nonlocal known
        value = table.get(found[1])
        known = known and value is not None and isinstance(value.data, (str, int, float))
        return found[0] if value is None else _shown(value)

    filled = _PLACEHOLDER.sub(put, text)
    refs = tuple(dict.fromkeys(arguments[1].all_refs()))
    return of_file(Value(filled if known else UNKNOWN, place, "" if known else filled, refs), path, text)


def _jsonencode(arguments: Arguments, place: Location) -> Value:
    value = arguments[0]
    refs = tuple(dict.fromkeys(value.all_refs()))
    plain = _plain(value)
    if plain is not UNKNOWN:
        return Value(json.dumps(plain, separators=(",", ":")), place, refs=refs, decoded=value)
    return Value(UNKNOWN, place, "${jsonencode(...)}", refs, decoded=value)


def _plain(value: Value) -> Any:
    """As Python has it; UNKNOWN if a part of it is not known."""
    data = value.data
    if value.opened or data is UNKNOWN:
        return UNKNOWN
    if isinstance(data, dict):
        parts = {key: _plain(one) for key, one in data.items()}
        return UNKNOWN if any(one is UNKNOWN for one in parts.values()) else parts
    if isinstance(data, list):
        items = [_plain(one) for one in data]
        return UNKNOWN if any(one is UNKNOWN for one in items) else items
    return data


def _jsondecode(arguments: Arguments, place: Location) -> Value | None:
    value = arguments[0]
    if value.decoded is not None:
        return value.decoded
    return of_python(json.loads(value.data), place) if isinstance(value.data, str) else None


def _format(arguments: Arguments, place: Location) -> Value | None:
    if not isinstance(arguments[0].data, str):
        return None
    waiting = list(arguments[1:])
    parts: list[Value] = []
    end = 0
    for found in _VERB.finditer(arguments[0].data):
        parts.append(Value(arguments[0].data[end : found.start()], place))
        end = found.end()
        if found[0] == "%%":
            parts.append(Value("%", place))
            continue
        one = waiting.pop(0)
        if len(found[0]) > MAX_VERB:
            return None
        if found[0] in ("%s", "%v", "%d") or one.data is UNKNOWN:
            parts.append(one)
        elif found[0][-1] == "d":
            parts.append(Value(found[0] % one.data, place))
        else:
            return None
    return joined([*parts, Value(arguments[0].data[end:], place)], place)


def _join(arguments: Arguments, place: Location) -> Value | None:
    parts = [item for one in arguments[1:] for item in items_in(one)]
    known = not any(one.opened for one in arguments[1:])
    value = joined(parts, place, plain_text(arguments[0]))
    return value if known else Value(UNKNOWN, place, value.text or str(value.data), value.refs)


def _replace(text: str, old: str, new: str) -> Any:
    if len(old) > 1 and old[0] == old[-1] == "/":
        return UNKNOWN  # a regular expression, of another kind than Python's
    if text.count(old) * len(new) > MAX_TEXT:
        return UNKNOWN
    return text.replace(old, new)


def _number(arguments: Arguments, place: Location) -> Value | None:
    value = arguments[0]
    if isinstance(value.data, str):
        return Value(number(float(value.data)), place)
    return value


def _extreme(function: Callable[..., Any]) -> Callable[[Arguments, Location], Value | None]:
    def method(arguments: Arguments, place: Location) -> Value | None:
        numbers = [one.data for one in arguments]
        if any(not isinstance(one, (int, float)) or isinstance(one, bool) for one in numbers):
            return None
        return Value(function(numbers), place)

    return method


def _split(arguments: Arguments, place: Location) -> Value:
    if arguments[1].data is None:
        raise Failed
    separator, text = map(plain_text, arguments)
    return Value([Value(part, place) for part in text.split(separator)], place)


_FUNCTIONS: dict[str, Callable[[Arguments, Location], Value | None]] = {
    **LISTS,
    "jsonencode": _jsonencode,
    "jsondecode": _jsondecode,
    "tostring": _on_text(lambda text: text),
    "tonumber": _number,
    "format": _format,
    "join": _join,
    "split": _split,
    "min": _extreme(min),
    "max": _extreme(max),
    "replace": _on_text(_replace),
    "lower": _on_text(str.lower),
    "upper": _on_text(str.upper),
    "title": _on_text(str.title),
    "chomp": _on_text(lambda text: text.rstrip("\r\n")),
    "trimspace": _on_text(str.strip),
    "trim": _on_text(str.strip),
    "trimprefix": _on_text(str.removeprefix),
    "trimsuffix": _on_text(str.removesuffix),
    "startswith": _on_text(str.startswith),
    "endswith": _on_text(str.endswith),
    "strcontains": _on_text(lambda text, part: part in text),
    "substr": _on_text(lambda text, at, size: text[int(at) : None if int(size) < 0 else int(at) + int(size)]),
    "basename": _on_text(posixpath.basename),
    "dirname": _on_text(lambda path: posixpath.dirname(path) or "."),
}
