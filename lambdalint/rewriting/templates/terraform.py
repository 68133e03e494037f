"""Fixes of Terraform: what stands in the function's own block, be it a resource or a call of the community's module."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from lambdalint.check import Edit, Refusal
from lambdalint.model import Location
from lambdalint.rewriting.templates.aligning import Made, put, put_block, taken_out, with_comments
from lambdalint.rewriting.templates.hcl import Entry, Path, Source
from lambdalint.rewriting.templates.resources import deployment, kind, log_group, unscheduled
from lambdalint.rewriting.templates.versions import is_older, provider_is_older
from lambdalint.sources.terraform.syntax import HclNode as Node

_WORDS = {
    "Architectures": "architectures",
    "MemorySize": "memory_size",
    "Timeout": "timeout",
    "Tracing": "tracing_config.mode",
    "LoggingConfig.LogFormat": "logging_config.log_format",
    "FunctionResponseTypes": "function_response_types",
}
_ARGUMENTS = {
    "Architectures": "architectures",
    "MemorySize": "memory_size",
    "Timeout": "timeout",
    "Tracing": "tracing_mode",
    "LoggingConfig.LogFormat": "logging_log_format",
    "RetentionInDays": "cloudwatch_logs_retention_in_days",
}
"""Of the module terraform-aws-modules/lambda."""
_ORDER = (
    "source version providers count for_each event_source_arn function_name enabled name description filename "
    "s3_bucket s3_key s3_object_version package_type image_uri source_path create_package local_existing_package role "
    "handler source_code_hash runtime architectures memory_size timeout batch_size maximum_batching_window_in_seconds "
    "starting_position ephemeral_storage_size tracing_mode attach_tracing_policy publish"
).split()
"""What a new attribute stands behind, the last of those that are there."""
_BLOCKS = "image_config environment vpc_config file_system_config dead_letter_config tracing_config".split()
_PAIRS = {"memory_size": "timeout", "timeout": "memory_size"}
_VARIABLES = frozenset({"variables", "environment_variables"})
_EMPTY = frozenset({*_VARIABLES, "environment", "ephemeral_storage"})
"""What nothing is lost with, once it is empty."""
_LOGGING_PROVIDER = (5, 32)
_LOGGING_MODULE = 7
"""The versions that have words for the form of a log."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_WITHIN = frozenset("expression collection_value object object_elem function_call function_arguments".split())


def state(text: str, *, places: Sequence[Location], name: str, value: Any) -> Sequence[Edit]:
    """Give the functions or mappings at these places an attribute, by its name in SAM."""
    source = Source(text)
    if name == "LoggingConfig.LogFormat":
        _check_version(source, places)
    return _verified(source, [_stated(source, source.at(place), name, value) for place in places])


def replace(text: str, *, place: Location, old: str, new: str, owner: Location | None = None) -> Sequence[Edit]:
    """Write `new` for `old`, which an attribute or a variable of a function says."""
    source = Source(text)
    entry = source.entry(_owned(source, place, owner))
    node = entry.value
    inner = _only(node)
    if inner.type == "tuple" and inner.named_child_count == 3:  # with its brackets
        node = inner.named_children[1]
    if source.text_of(node) != f'"{old}"' or not _PLAIN.fullmatch(new):
        raise Refusal(f"its value comes from {_shown(source, node)}")
    made = ([Edit(source.index(node.start_byte), source.index(node.end_byte), f'"{new}"')], _says(source, entry, new))
    return _verified(source, [made])


def remove(text: str, *, place: Location, owner: Location | None = None) -> Sequence[Edit]:
    """Take out an attribute or variable of a function."""
    source = Source(text)
    node = _owned(source, place, owner)
    if node.type != "object_elem" and not source.text_of(node.children[-1]).isdigit():
        raise Refusal(f"its value comes from {_shown(source, node.children[-1])}")
    return _verified(source, [taken_out(source, _emptied(source, node))])


def keep_logs(text: str, *, places: Sequence[Location], days: int) -> Sequence[Edit]:
    """Give each function at these places a log group of its own, which forgets."""
    source = Source(text)
    made: list[Made] = []
    for place in places:
        block = source.at(place)
        if kind(source, block) == "module":
            if source.named(block, "use_existing_cloudwatch_log_group") is not None:
                raise Refusal("its log group is declared somewhere else")
            made.append(_stated(source, block, "RetentionInDays", days))
        else:
            made.append(log_group(source, block, place, days))
    return _verified(source, made)


def deploy_gradually(text: str, *, places: Sequence[Location], alias: str, preference: str) -> Sequence[Edit]:
    """Publish versions of functions, shift the traffic of an alias to them, and let an alarm take a faulty one back."""
    source = Source(text)
    made: list[Made] = []
    for place in places:
        block = source.at(place)
        there = source.named(block, "publish")
        if there is not None:
            raise Refusal(f"publish is stated already, as {_shown(source, there.value)}")
        made.append(put(source, block, _neighbour(source, block, "publish"), [("publish", "true")]))
        made.append(deployment(source, block, place, alias, preference))
    return _verified(source, made)


def remove_event(text: str, *, place: Location) -> Sequence[Edit]:
    """Take out the schedule, or the target of a rule, that stands at a place."""
    source = Source(text)
    return _verified(source, [unscheduled(source, source.at(place), place)])


def _verified(source: Source, made: Sequence[Made]) -> Sequence[Edit]:
    changes: dict[Path, str | None] = {}
    for _, meant in made:
        changes.update(meant)
    return source.verified(with_comments(source, [edit for edits, _ in made for edit in edits]), changes)


# -- what is stated ------------------------------------------------------------------------------------


def _stated(source: Source, node: Node, name: str, value: Any) -> Made:
    if node.type == "object_elem":
        return _in_object(source, node, name, value)
    words = _ARGUMENTS if kind(source, node) == "module" else _WORDS
    if name not in words:
        raise Refusal("it is no event source mapping")
    first, _, second = words[name].partition(".")
    values = [(second or first, _written(value))]
    there = source.named(node, first)
    if there is not None and second and there.is_block:
        if source.named(there.node, second) is None and source.entries(there.node):
            return put(source, there.node, source.entries(there.node)[-1], values)
        raise Refusal("it is stated already")
    if there is not None:
        raise Refusal(f"it is stated already, as {_shown(source, there.value)}")
    if second:
        return put_block(source, node, first, values, _block_before(source, node))
    if first == "tracing_mode" and not _has_any(source, node, "attach_tracing_policy", "create_role", "lambda_role"):
        values.append(("attach_tracing_policy", "true"))
    return put(source, node, _neighbour(source, node, first), values)


def _check_version(source: Source, places: Sequence[Location]) -> None:
    """Refuse what older versions of the provider or of the module have no words for."""
    if provider_is_older(source.text, places[0].path, *_LOGGING_PROVIDER):
        raise Refusal(f"the provider for AWS knows it from version {'.'.join(map(str, _LOGGING_PROVIDER))} on")
    for place in places:
        block = source.at(place)
        stated = source.named(block, "version") if kind(source, block) == "module" else None
        if stated is not None and is_older(source.text_of(stated.value).strip('"'), _LOGGING_MODULE):
            raise Refusal(f"the module knows it from version {_LOGGING_MODULE} on")


def _in_object(source: Source, node: Node, name: str, value: Any) -> Made:
    """A mapping among the arguments of a module's call."""
    inner = _only(node.children[-1])
    above = node.parent.parent if node.parent is not None else None
    while above is not None and above.type in ("expression", "collection_value"):
        above = above.parent
    around = source.entry(above).name if above is not None and above.type == "attribute" else ""
    if inner.type != "object" or around != "event_source_mapping" or not source.entries(inner):
        raise Refusal("it is not written in the call of the module itself")
    if source.named(inner, _WORDS[name]) is not None:
        raise Refusal("it is stated already")
    return put(source, inner, _neighbour(source, inner, _WORDS[name]), [(_WORDS[name], _written(value))])


def _has_any(source: Source, block: Node, *names: str) -> bool:
    return any(one.name in names for one in source.entries(block))


def _neighbour(source: Source, holder: Node, name: str) -> Entry:
    there = [one for one in source.entries(holder) if not one.is_block]
    by_name = {one.name: one for one in there}
    if not there:
        raise Refusal("the block it belongs into is empty")
    if _PAIRS.get(name) in by_name:
        return by_name[_PAIRS[name]]
    before = _ORDER[: _ORDER.index(name)] if name in _ORDER else _ORDER
    nearest = next((by_name[other] for other in reversed(before) if other in by_name), None)
    if nearest is None:
        return there[-1]
    behind = there[there.index(nearest) + 1 :]
    return [nearest, *takewhile(lambda one: one.name in before and not source.blank_before(one), behind)][-1]


def _block_before(source: Source, block: Node) -> Entry | None:
    found = [one for one in source.entries(block) if one.is_block and one.name in _BLOCKS]
    return found[-1] if found else None


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return str(value) if isinstance(value, int) else f'"{value}"'


# -- what stands there ---------------------------------------------------------------------------------


def _owned(source: Source, place: Location, owner: Location | None) -> Node:
    """What stands at a place, if that is in the block of the function itself."""
    node = source.at(place)
    if owner is not None:
        block = source.at(owner)
        if not block.start_byte < node.start_byte < block.end_byte:
            raise Refusal("it is not stated in the block of the function, so others may use it")
    above = node.parent
    if node.type == "object_elem":
        while above is not None and above.type in _WITHIN:
            if above.type == "function_call" and source.text_of(above.children[0]) != "merge":
                break
            above = above.parent
        if above is None or above.type != "attribute" or source.entry(above).name not in _VARIABLES:
            raise Refusal("it stands in an expression")
    return node


def _emptied(source: Source, node: Node) -> Node:
    """The entry itself, or what would be empty without it."""
    while True:
        holder = node.parent
        assert holder is not None
        if len(source.entries(holder)) > 1:
            return node
        above = holder.parent
        while above is not None and above.type in ("expression", "collection_value"):
            above = above.parent
        if above is None or above.type not in ("attribute", "block") or source.entry(above).name not in _EMPTY:
            raise Refusal("nothing would be left of what it stands in")
        if source.text_of(above.children[0]) == "dynamic":
            raise Refusal("it is made by a dynamic block")
        node = above


def _only(node: Node) -> Node:
    """An expression without what wraps it."""
    while node.type in ("expression", "collection_value") and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _says(source: Source, entry: Entry, new: str) -> dict[Path, str | None]:
    """What the outline says of a value that is replaced."""
    path = source.path(entry.node)
    listed = source.text_of(entry.value).startswith("[")
    old = " ".join(source.text_of(entry.value).split())
    return {path: re.sub(r'"[^"]*"', f'"{new}"', old, count=1) if listed else f'"{new}"'}


def _shown(source: Source, node: Node) -> str:
    """An expression in a notice."""
    text = " ".join(source.text_of(node).split())
    return text if len(text) <= 60 else "an expression"
