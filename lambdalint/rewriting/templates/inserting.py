"""A new entry in a map of a template, written like those around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from lambdalint.check import Edit, Refusal
from lambdalint.rewriting.templates.source import Change, Entry, Template, child, entries, meaning
from lambdalint.sources.documents import Map, Node, Scalar
from lambdalint.sources.documents import Sequence as List

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./]*(?:(?:-|::?)[A-Za-z0-9_./]+)*")
_WORDS = frozenset("true false yes no on off null y n".split())

_ORDER = (
    "FunctionName Name Description PackageType ImageUri CodeUri Handler Runtime Architectures MemorySize Timeout "
    "EphemeralStorage Tracing TracingConfig SnapStart LoggingConfig AutoPublishAlias DeploymentPreference"
).split()
_MAPPING = (
    "FunctionName EventSourceArn Queue Stream Enabled StartingPosition BatchSize MaximumBatchingWindowInSeconds "
    "FunctionResponseTypes"
).split()
_SERVERLESS = (
    "name stage region profile stackName deploymentMethod description handler image runtime architecture memorySize "
    "timeout ephemeralStorageSize tracing snapStart logs logRetentionInDays deploymentSettings"
).split()
"""Of a function of the Serverless Framework, and of its provider."""
_PAIRS = {"MemorySize": "Timeout", "Timeout": "MemorySize", "memorySize": "timeout", "timeout": "memorySize"}
_ALARM = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
_LIMIT = {"Threshold": 0, "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}
HEADERS = ("AWSTemplateFormatVersion", "Transform", "Description")


def put(template: Template, holder: Entry, names: Sequence[str], value: Any) -> tuple[Edit, Change]:
    """State a value below a map, under names each of which leads a step further."""
    node, path = holder.value, holder.path
    entry: Entry | None = holder
    for number, name in enumerate(names):
        if entry is not None and entry.is_shared:
            raise Refusal("it stands in an alias, which others may share")
        if not isinstance(node, Map) or node.tag[:1] == "!":
            raise Refusal("there is no plain map to put it into")
        entry = child(node, name, path)
        if entry is None:
            for rest in reversed(names[number + 1 :]):
                value = {rest: value}
            path = (*path, name)
            return insert(template, node, name, value), Change(path, value)
        node, path = entry.value, entry.path
    raise Refusal("it is stated already")


def insert(template: Template, holder: Map, name: str, value: Any, beside: Entry | None = None) -> Edit:
    """Add an entry to a map, behind the one it belongs to."""
    there = list(entries(holder))
    if not there:
        raise Refusal("the map it belongs into is empty")
    if beside is None:
        beside = _neighbour(there, name)
    write = Writer(template, holder, there)
    if holder.flow_style:
        return _in_flow(template, holder, beside, write, name, value)
    margin = " " * beside.key.start_mark.column
    before = template.margin(beside.key)
    if "\t" in before or before.strip(" -?") or any(one.key.start_mark.column != len(margin) for one in there):
        raise Refusal("its indentation is not plain")
    at = template.after(beside)
    lines = [f"{margin}{line}" for line in write.block(name, value)]
    return _whole_lines(template, at, lines)


def section(template: Template, document: int, name: str, value: Any) -> tuple[Edit, Change]:
    """Add a section to a document, below its head, with blank lines around it where the others have them."""
    root = template.documents[document].root
    resources = template.section(document, "Resources")
    there = list(entries(root))
    if resources is None or not isinstance(root, Map):
        raise Refusal("it has no Resources section")
    heads = [one for one in there if one.key.value in HEADERS and _start(one.key) < _start(resources.key)]
    if not heads:
        raise Refusal("it has no head to put a section under")
    change = Change((document, name), value)
    edit = insert(template, root, name, value, beside=heads[-1])
    behind = template.text[edit.start :]
    if not root.flow_style and re.match(r"[ ]*\r?\n", behind):
        edit = edit._replace(text=template.newline + edit.text)
    return edit, change


def below(template: Template, document: int, name: str, value: Any, beside: str = "") -> tuple[Edit, Change]:
    """Add a section to a document, behind another one or the last, with a blank line where the others have them."""
    root = template.documents[document].root
    there = list(entries(root))
    if not isinstance(root, Map) or not there:
        raise Refusal("there is no plain map to put it into")
    before = next((one for one in there if one.key.value == beside), there[-1])
    edit = insert(template, root, name, value, beside=before)
    if not root.flow_style and any(_is_apart(template, one) for one in there):
        edit = edit._replace(text=template.newline + edit.text)
    return edit, Change((document, name), value)


def _is_apart(template: Template, entry: Entry) -> bool:
    """Whether a blank line stands before it."""
    return re.search(r"\n[ ]*\r?\n[ ]*$", template.text[: _start(entry.key)]) is not None


def resource(template: Template, beside: Entry, name: str, value: Any) -> tuple[Edit, Change]:
    """Add a resource behind another one, with a blank line between them where the others have one."""
    edit = insert(template, beside.holder, name, value, beside=beside)
    blank = re.match(r"[ ]*(?:\r?\n|$)", template.text[edit.start :]) is not None
    if not beside.holder.flow_style and (_is_apart(template, beside) or (blank and edit.start < len(template.text))):
        edit = edit._replace(text=template.newline + edit.text)
    return edit, Change((*beside.path[:-1], name), value)


def alarm(function: str, alias: str) -> dict[str, Any]:
    """An alarm on the errors of a function's alias."""
    dimensions = [
        {"Name": "FunctionName", "Value": {"Ref": function}},
        {"Name": "Resource", "Value": {"Fn::Sub": f"${{{function}}}:{alias}"}},
    ]
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**_ALARM, "Dimensions": dimensions, **_LIMIT}}


def append(template: Template, holder: Entry, value: str) -> tuple[Edit, Change]:
    """Add a text to a list, behind the last one."""
    listed = holder.value
    if not isinstance(listed, List) or holder.is_shared or not listed.value:
        raise Refusal("there is no plain list to put it into")
    last = listed.value[-1]
    if not isinstance(last, Scalar) or last.style in ("|", ">"):
        raise Refusal("there is no plain list to put it into")
    change = Change(holder.path, [*map(meaning, listed.value), value])
    end = int(last.end_mark.index)
    quote = last.style if last.style in ("'", '"') else ""
    if listed.flow_style:
        if last.start_mark.line != listed.start_mark.line:
            raise Refusal("its list is written in a way of its own")
        return Edit(end, end, f", {quote}{value}{quote}"), change
    margin = template.margin(last)
    if margin.strip() != "-":
        raise Refusal("its list is written in a way of its own")
    line = template.text.find("\n", end)
    at = len(template.text) if line < 0 else line + 1
    return _whole_lines(template, at, [f"{margin}{quote}{value}{quote}"]), change


def _neighbour(there: Sequence[Entry], name: str) -> Entry:
    by_name = {str(entry.key.value): entry for entry in there}
    if _PAIRS.get(name) in by_name:
        return by_name[_PAIRS[name]]
    order = _SERVERLESS if name in _SERVERLESS else _MAPPING if name in _MAPPING[1:] else _ORDER
    before = order[: order.index(name)] if name in order else []
    nearest = next((by_name[other] for other in reversed(before) if other in by_name), None)
    if nearest is None:
        return there[-1]
    behind = there[there.index(nearest) + 1 :]
    return [nearest, *takewhile(lambda one: one.key.value in before, behind)][-1]


def _start(node: Node) -> int:
    return int(node.start_mark.index)


def _whole_lines(template: Template, at: int, lines: Sequence[str]) -> Edit:
    text = "".join(f"{line}{template.newline}" for line in lines)
    if at and template.text[at - 1] != "\n":  # the last line has no end
        text = template.newline + text.removesuffix(template.newline)
    return Edit(at, at, text)


def _in_flow(template: Template, holder: Map, beside: Entry, write: Writer, name: str, value: Any) -> Edit:
    """JSON, or a map in braces whose entries each stand on a line of their own."""
    margin = template.margin(beside.key)
    if margin.strip() or beside.key.start_mark.line == holder.start_mark.line:
        raise Refusal("it is written on one line")
    if beside.is_shared or not holder.start_mark.index < beside.value.end_mark.index < holder.end_mark.index:
        raise Refusal("it stands in an alias, which others may share")
    end = int(beside.value.end_mark.index)
    rendered = template.newline.join(write.flow(name, value, margin, template.indentation(holder)))
    comma = re.compile(r"\s*,").match(template.text, end)
    if comma is None:
        return Edit(end, end, f",{template.newline}{rendered}")
    if not re.compile(r"[ \t]*\r?\n").match(template.text, comma.end()):
        raise Refusal("several entries stand on one line, or a comment behind them")
    return Edit(comma.end(), comma.end(), f"{template.newline}{rendered},")


class Writer:
    """Writes entries as the others of a map are written."""

    def __init__(self, template: Template, holder: Map, there: Sequence[Entry]) -> None:
        self.template = template
        text = template.text
        key = text[_start(there[0].key)]
        self.key_quote = key if key in "\"'" else ""
        quotes = {
            one.value.style or ""
            for one in there
            if isinstance(one.value, Scalar) and one.value.tag[:1] != "!" and not _is_number(one.value)
        }
        only = quotes.pop() if len(quotes) == 1 else ""
        self.quote = '"' if self.key_quote == '"' else only if only in ("'", '"') else ""
        colon = re.compile(r"[ \t]*:[ \t]*").match(text, int(there[0].key.end_mark.index))
        self.colon = colon[0] if colon and self.key_quote else ": "
        self.step, self.dash = _habits(template)

    def scalar(self, value: str | int) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return str(value)
        if self.quote:
            return f"{self.quote}{value}{self.quote}"
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain else f'"{value}"'

    def block(self, name: str, value: Any, indent: str = "") -> Sequence[str]:
        """The lines of an entry."""
        key = f"{indent}{self.key_quote}{name}{self.key_quote}:"
        if _is_intrinsic(value):
            return [f"{key} {_short(value)}"]
        if isinstance(value, dict):
            inner = indent + self.step
            return [key, *(line for one, other in value.items() for line in self.block(one, other, inner))]
        if isinstance(value, list):
            return [key, *(line for one in value for line in self._item(one, indent + self.dash))]
        return [f"{key} {self.scalar(value)}"]

    def _item(self, value: Any, indent: str) -> Sequence[str]:
        if not isinstance(value, dict):
            return [f"{indent}- {self.scalar(value)}"]
        if _is_intrinsic(value):
            return [f"{indent}- {_short(value)}"]
        lines = [line for one, other in value.items() for line in self.block(one, other, f"{indent}  ")]
        return [f"{indent}- {lines[0].lstrip()}", *lines[1:]]

    def flow(self, name: str, value: Any, margin: str, around: str) -> Sequence[str]:
        """The lines of an entry in JSON."""
        step = margin.removeprefix(around) if margin.startswith(around) and margin != around else "  "
        return self._flow(f"{margin}{self.key_quote}{name}{self.key_quote}{self.colon}", value, margin, step)

    def _flow(self, head: str, value: Any, margin: str, step: str) -> Sequence[str]:
        if not isinstance(value, (dict, list)):
            return [f"{head}{self.scalar(value)}"]
        inner = margin + step
        parts: list[Sequence[str]] = []
        for one in value.items() if isinstance(value, dict) else ((None, one) for one in value):
            quoted = f"{self.key_quote}{one[0]}{self.key_quote}{self.colon}" if one[0] is not None else ""
            parts.append(self._flow(f"{inner}{quoted}", one[1], inner, step))
        lines = [line for part in parts[:-1] for line in (*part[:-1], f"{part[-1]},")]
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        return [f"{head}{opening}", *lines, *parts[-1], f"{margin}{closing}"]


def _is_number(node: Scalar) -> bool:
    return not node.style and str(node.value).replace(".", "").isdigit()


def _is_intrinsic(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() <= {"Ref", "Fn::Sub"}


def _short(value: dict[str, str]) -> str:
    """An intrinsic with its tag."""
    ((name, argument),) = value.items()
    return f"!{name.removeprefix('Fn::')} {argument}"


def _habits(template: Template) -> tuple[str, str]:
    """By how much maps and lists are indented below their keys in this text."""
    step, dash = "", None
    waiting: list[tuple[Node, Node]] = []
    for document in template.documents:
        waiting += [(one.key, one.value) for one in entries(document.root)]
    for key, value in waiting:  # grows
        if isinstance(value, Map) and not value.flow_style and value.value:
            indent = value.value[0][0].start_mark.column - key.start_mark.column
            step = step or (" " * indent if indent > 0 else "")
            waiting += value.value
        elif isinstance(value, List) and not value.flow_style and dash is None:
            dash = " " * max(value.start_mark.column - key.start_mark.column, 0)
        if step and dash is not None:
            break
    return step or "  ", step or "  " if dash is None else dash
