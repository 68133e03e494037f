"""The functions that the templates below some paths declare, and what is said of each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lambdalint import patterns
from lambdalint.config import Config
from lambdalint.discovery import discover
from lambdalint.files import contents_of
from lambdalint.model import Function, Location, Setting, Trigger, Unknown
from lambdalint.sources import entries, may_be_template, read
from lambdalint.sources.cloudformation.nesting import Nesting
from lambdalint.sources.remarks import Remark

SCHEMA = 1
UNKNOWN = "unknown"


class Inventory(NamedTuple):
    """All functions found, in the order of their templates."""

    functions: Sequence[Function]
    remarks: Sequence[Remark]
    """What cannot be read."""
    notices: Sequence[str]
    templates: int
    """How many files declare something."""


def take(paths: Sequence[str], config: Config | None = None) -> Inventory:
    """Read all templates at and below `paths`. Raises `WrongUse` for a path that does not exist."""
    config = config or Config(root=".")
    relative = patterns.relative_to(config.root)
    excluded = patterns.excluder(config.exclude, relative) if config.exclude else None
    discovered = discover(paths, excluded)
    root = os.path.relpath(config.root)
    functions: list[Function] = []
    remarks: list[Remark] = []
    notices = [notice for notice in discovered.notices if "skipped" not in notice]
    templates = 0
    nesting = Nesting()
    for path in entries(discovered.templates, root=root):
        try:
            data = contents_of(path)
        except OSError as error:
            notices.append(f"{path}: cannot be read: {error.strerror}")
            continue
        if may_be_template(path, data):
            declared = read(path, data, root, nesting)
            templates += bool(declared.stacks)
            remarks += declared.unreadable
            functions += (function for stack in declared.stacks for function in stack.functions)
    return Inventory(functions, remarks, notices, templates)


def described(function: Function) -> dict[str, Any]:
    """A function by the public names of its fields: not stated is null, not knowable is "unknown"."""
    return {
        "name": function.name,
        "logical_id": function.logical_id,
        "source": _source(function),
        "place": function.place or None,
        "format": function.format,
        "generated": function.generated,
        "path": function.path,
        "line": function.location.line,
        "runtime": _plain(function.runtime),
        "handler": _plain(function.handler),
        "handler_path": function.handler_path,
        "memory_mb": _plain(function.memory_mb),
        "timeout_s": _plain(function.timeout_s),
        "architectures": _plain(function.architectures),
        "tracing": _plain(function.tracing),
        "environment_names": _names(function),
        "layers": _texts(function.layers),
        "dead_letter": _shown(function.dead_letter),
        "on_failure": _shown(function.on_failure),
        "reserved_concurrency": _plain(function.reserved_concurrency),
        "provisioned_concurrency": _plain(function.provisioned_concurrency),
        "snap_start": _plain(function.snap_start),
        "vpc": True if function.vpc is not None else None,
        "log_retention_days": _plain(function.log_retention_days),
        "deployment_preference": _plain(function.deployment_preference),
        "url_auth": _plain(function.url.auth) if function.url is not None else None,
        "ephemeral_storage_mb": _plain(function.ephemeral_storage_mb),
        "triggers": [trigger_of(trigger) for trigger in function.triggers],
        "where": dict(where(function)),
    }


def trigger_of(trigger: Trigger) -> dict[str, Any]:
    """A trigger by the public names of its fields."""
    return {
        "type": trigger.type,
        "source": _shown(trigger.source),
        "batch_size": _plain(trigger.batch_size),
        "window_s": _plain(trigger.window_s),
        "starting_position": _plain(trigger.starting_position),
        "function_response_types": _plain(trigger.function_response_types),
        "bisect": _plain(trigger.bisect),
        "max_retries": _plain(trigger.max_retries),
        "max_record_age_s": _plain(trigger.max_record_age_s),
        "on_failure": _shown(trigger.on_failure),
        "filters": [UNKNOWN if isinstance(one.pattern, Unknown) else one.pattern for one in trigger.filters] or None
        if trigger.filters_known
        else UNKNOWN,
        "enabled": _plain(trigger.enabled),
        "maximum_concurrency": _plain(trigger.maximum_concurrency),
    }


def where(function: Function) -> Iterator[tuple[str, str]]:
    """The place of each setting that is stated: `template.yaml:12`."""
    for name in function._fields:
        value = getattr(function, name)
        if isinstance(value, Setting):
            yield name, place(value.location)


def place(location: Location) -> str:
    return f"{location.path}:{location.line}"


def _plain(setting: Setting[Any] | None) -> Any:
    if setting is None:
        return None
    value = setting.known
    return UNKNOWN if value is None or setting.optional else list(value) if isinstance(value, tuple) else value


def _texts(setting: Setting[tuple[str, ...]] | None) -> Any:
    """A list in which expressions stand as they are written."""
    return _plain(setting)


def _shown(setting: Setting[str] | None) -> str | None:
    if setting is None:
        return None
    return UNKNOWN if setting.optional else setting.known or setting.text or UNKNOWN


def _source(function: Function) -> str | None:
    if function.code is None:
        return None
    return UNKNOWN if function.code.kind == "unknown" else function.code.path or None


def _names(function: Function) -> Any:
    if isinstance(function.environment, Unknown):
        return UNKNOWN
    return None if function.environment is None else sorted(function.environment)
