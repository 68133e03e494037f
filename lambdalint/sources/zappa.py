"""Zappa: from `zappa_settings.json` to a stack. Each stage is a function, all of which run the same application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Code, Function, Setting, Stack, Trigger, Vpc
from lambdalint.sources.cloudformation.template import Template
from lambdalint.sources.documents import Malformed, parse
from lambdalint.sources.mappings import mapping
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Settings, Value

MEMORY_MB, TIMEOUT_S = 512, 30
MAX_EXTENDS = 20
OWN_HANDLER = "handler.lambda_handler"
_APPLICATIONS = ("app_function", "django_settings", "lambda_handler", "app_module")
_POLLED = {"sqs": "sqs", "kinesis": "kinesis", "dynamodb": "dynamodb"}
_WORDS = {"batch_size": "BatchSize", "starting_position": "StartingPosition", "enabled": "Enabled"}
_WHERE = re.compile(r"at line ([0-9]+), column ([0-9]+)")


def read(path: str, text: str, files: Files, settings: Settings) -> Stack:
    """The stack of one file of settings. Raises `Malformed`."""
    root = _toml(path, text) if path.endswith(".toml") else _yaml(path, text)
    stages = settings.map(root, "the settings") or Value({}, Location(path))
    functions = []
    for name, stage in stages.entries():
        if settings.map(stage, "a stage") is None:
            continue
        whole = _extended(stages, stage)
        if any(whole.get(key) is not None for key in _APPLICATIONS):
            functions.append(_function(path, name, whole._replace(location=stage.location), files, settings))
    return Stack(path, Location(path), "zappa", tuple(functions))


def _yaml(path: str, text: str) -> Value:
    for document in parse(path, text):
        return Template(document).value(document.root)
    return Value({}, Location(path))


def _toml(path: str, text: str) -> Value:
    import tomllib

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _WHERE.search(str(error))
        raise Malformed(f"is not valid TOML: {error}", *(map(int, found.groups()) if found else ())) from None
    except ValueError:
        raise Malformed("is not valid TOML: it holds a number of too many digits") from None
    return _placed(path, text.split("\n"), content, 0)


def _placed(path: str, lines: list[str], data: Any, line: int) -> Value:
    """Values with the lines on which their keys stand, below that of their table."""
    place = Location(path, line + 1, 1, line + 1, 2)
    if isinstance(data, dict):
        found = {}
        for key, one in data.items():
            pattern = re.compile(rf"\s*(?:\[+\s*(?:[\w.\"'-]*\.)?)?[\"']?{re.escape(key)}[\"']?\s*[\].=]")
            start = next((number for number in range(line, len(lines)) if pattern.match(lines[number])), line)
            found[key] = _placed(path, lines, one, start)
        return Value(found, place)
    if isinstance(data, list):
        return Value([_placed(path, lines, one, line) for one in data], place)
    return Value(data if isinstance(data, (str, int, float, bool)) else str(data), place)


def _extended(stages: Value, stage: Value) -> Value:
    """A stage with what those that it extends state."""
    chain = [stage]
    while len(chain) < MAX_EXTENDS:
        base = chain[-1].get("extends")
        found = stages.get(base.data) if base is not None and isinstance(base.data, str) else None
        if found is None or not isinstance(found.data, dict):
            break
        chain.append(found)
    return stage._replace(data={key: one for part in reversed(chain) for key, one in part.entries()})


def _function(path: str, name: str, stage: Value, files: Files, settings: Settings) -> Function:
    s = settings
    folder = join(path, "..")
    stated = stage.get("lambda_handler")
    handler = s.string(stated or stage.get("app_function"))
    events = stage.get("events")
    entries, triggers = [], list(_http(stage))
    warm = s.boolean(stage.get("keep_warm"))
    if warm is None or warm.value is True:
        place = warm.location if warm is not None else stage.location
        rate = s.string(stage.get("keep_warm_expression")) or Setting("rate(4 minutes)", place)
        triggers.append(Trigger("schedule", place, schedule=rate))
    for event in events.elements() if events is not None else ():
        triggers += _event(event, s)
        called = event.get("function")
        found = files.handler(folder, called.data) if called is not None and isinstance(called.data, str) else None
        if found is not None:
            entries.append(found)
    subnets = s.strings(stage.get("vpc_config", "SubnetIds"))
    groups = s.strings(stage.get("vpc_config", "SecurityGroupIds"))
    xray = s.boolean(stage.get("xray_tracing"))
    function = Function(
        path=path,
        logical_id=name,
        location=stage.location,
        format="zappa",
        runtime=s.string(stage.get("runtime")),
        handler=handler,
        code=Code(stage.location, "folder", folder),
        memory_mb=s.integer(stage.get("memory_size")),
        timeout_s=s.integer(stage.get("timeout_seconds") or stage.get("lambda_timeout")),
        default_memory_mb=MEMORY_MB,
        default_timeout_s=TIMEOUT_S,
        architectures=s.strings(stage.get("architecture")),
        tracing=s.constant("Active", stage.get("xray_tracing") or stage) if xray is not None and xray.known else None,
        layers=s.strings(stage.get("layers")),
        dead_letter=s.string(stage.get("dead_letter_arn")),
        ephemeral_storage_mb=s.integer(stage.get("ephemeral_storage", "Size")),
        snap_start=s.string(stage.get("snap_start")),
        reserved_concurrency=s.integer(stage.get("lambda_concurrency")),
        environment=_environment(stage, s),
        environment_open=stage.get("remote_env") is not None,
        vpc=Vpc(subnets.location, subnets.value, groups.value if groups is not None else UNKNOWN) if subnets else None,
        role=s.string(stage.get("role_arn")),
        triggers=tuple(triggers),
        entries=tuple(dict.fromkeys(entries)),
        is_python=True,
    )
    found = files.handler(folder, handler.known) if handler is not None and handler.known else None
    return function if found is None else function._replace(handler_path=found[0], handler_name=found[1])


def _environment(stage: Value, settings: Settings) -> dict[str, Setting[str]] | None:
    found: dict[str, Setting[str]] = {}
    for key in ("aws_environment_variables", "environment_variables"):
        value = settings.map(stage.get(key), key)
        for name, one in value.entries() if value is not None else ():
            setting = settings.string(one)
            if setting is not None:
                found[name] = setting
    return found or None


def _http(stage: Value) -> Iterator[Trigger]:
    gateway = stage.get("use_apigateway") or stage.get("apigateway_enabled")
    if gateway is None or gateway.data is not False:
        yield Trigger("api", (gateway or stage).location, route="ANY /")
    balancer = stage.get("use_alb")
    if balancer is not None and balancer.data is True:
        yield Trigger("alb", balancer.location)


def _event(event: Value, settings: Settings) -> Iterator[Trigger]:
    expressions = event.get("expressions") or event.get("expression")
    for one in expressions.elements() if expressions is not None else ():
        yield Trigger("schedule", event.location, schedule=settings.string(one))
    source = event.get("event_source")
    arn = source.get("arn") if source is not None else None
    if source is None or arn is None:
        return
    service = arn.data.split(":")[2] if isinstance(arn.data, str) and arn.data.count(":") > 2 else ""
    if service in _POLLED:
        words = {word: stated for key, word in _WORDS.items() if (stated := source.get(key)) is not None}
        yield mapping(settings, _POLLED[service], event.location, Value(words, event.location), arn, lambda _: None)
    else:
        kind = {"s3": "s3", "sns": "sns", "events": "eventbridge"}.get(service, "unknown")
        yield Trigger(kind, event.location, settings.string(arn))
