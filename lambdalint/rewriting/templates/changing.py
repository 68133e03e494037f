"""A value of a template that becomes another one, or goes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lambdalint.check import Edit, Refusal
from lambdalint.rewriting.templates.source import GONE, Change, Entry, Path, Template, child, entries, meaning, word
from lambdalint.sources.documents import Map, Node, Scalar
from lambdalint.sources.documents import Sequence as List

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def replaced(template: Template, way: Sequence[Entry], old: str, new: str) -> tuple[Edit, Change]:
    """Write `new` for `old`, quoted as it was: at the entry itself, or at the default of the parameter it names."""
    entry = way[-1]
    node, path = entry.value, entry.path
    if entry.is_shared:
        raise Refusal("it stands in an alias, which others may share")
    parameter = _parameter(node)
    if parameter:
        node, path = _default(template, path, parameter, new)
    elif isinstance(node, List) and len(node.value) == 1 and node.tag[:1] != "!":
        node, path = node.value[0], (*path, 0)
    if not isinstance(node, Scalar) or node.tag[:1] == "!" or str(node.value) != old or not _SAFE.fullmatch(new):
        raise Refusal("the value does not stand there as such")
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    quote = node.style if node.style in ("'", '"') else ""
    if template.text[start:end] != f"{quote}{old}{quote}":
        raise Refusal("the value does not stand there as such")
    return Edit(start, end, f"{quote}{new}{quote}"), Change(path, int(new) if new.isdigit() and not quote else new)


def _parameter(node: Node) -> str:
    found = meaning(node) if isinstance(node, Map) or node.tag == "!Ref" else None
    return str(found["Ref"]) if isinstance(found, dict) and found.keys() == {"Ref"} else ""


def _default(template: Template, path: Path, name: str, new: str) -> tuple[Node, Path]:
    """Where the default of a parameter stands."""
    document = path[0]
    parameters = template.section(document, "Parameters") if isinstance(document, int) else None
    found = child(parameters.value, name, parameters.path) if parameters is not None else None
    default = child(found.value, "Default", found.path) if found is not None else None
    if found is None or default is None or default.is_shared:
        raise Refusal("the value does not stand there as such")
    if word(found.value, "Type") != "String":
        raise Refusal("it is a parameter whose value stands somewhere else")
    allowed = child(found.value, "AllowedValues", found.path)
    if allowed is not None and new not in meaning(allowed.value):
        raise Refusal(f"its parameter does not allow {new}")
    return default.value, default.path


def removed(template: Template, way: Sequence[Entry], names: frozenset[str]) -> tuple[Edit, Change]:
    """Take an entry out, and with it the maps that nothing is left in, as long as they have one of these names."""
    entry = way[-1]
    for above in reversed(way[:-1]):
        if above.is_shared:
            raise Refusal("it stands in an alias, which others may share")
        if above.value is not entry.holder or len(entry.holder.value) > 1 or above.key.value not in names:
            break
        entry = above
    there = list(entries(entry.holder))
    if len(there) < 2:
        raise Refusal("nothing would be left of the map it stands in")
    change = Change(entry.path, GONE)
    if entry.holder.flow_style:
        return _out_of_flow(template, entry, there), change
    start, end = template.line_start(int(entry.key.start_mark.index)), template.after(entry)
    if template.margin(entry.key).strip():
        raise Refusal("it shares its line with something else")
    if any(line.lstrip().startswith("#") for line in template.text[start:end].splitlines()):
        raise Refusal("a comment stands in what would go")
    return Edit(start, end, ""), change


def _out_of_flow(template: Template, entry: Entry, there: Sequence[Entry]) -> Edit:
    """With its comma, and with its lines where it has lines of its own."""
    if entry.is_shared:
        raise Refusal("it stands in an alias, which others may share")
    index = next(number for number, one in enumerate(there) if one.key is entry.key)
    start, end = int(entry.key.start_mark.index), int(entry.value.end_mark.index)
    if index + 1 < len(there):
        cut = Edit(start, int(there[index + 1].key.start_mark.index), "")
    else:
        cut = Edit(int(there[index - 1].value.end_mark.index), end, "")
    if "#" in template.text[cut.start : start] + template.text[end : cut.end]:
        raise Refusal("a comment stands beside it")
    return cut
