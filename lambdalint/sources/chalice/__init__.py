"""Chalice: from `.chalice/config.json` and the decorators in `app.py` to a stack.

All routes are one function, which Chalice calls `api_handler`; each other decorated function is one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Code, Function, Setting, Stack, Trigger, Vpc
from lambdalint.sources.chalice.decorators import Application, Decorated, application
from lambdalint.sources.cloudformation.template import Template
from lambdalint.sources.documents import Document
from lambdalint.sources.mappings import mapping
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Settings, Value, shown

API = "api_handler"
MEMORY_MB, TIMEOUT_S = 128, 60
_ROUTES = {"on_ws_connect": "$connect", "on_ws_message": "$default", "on_ws_disconnect": "$disconnect"}


def read(document: Document, files: Files, settings: Settings) -> Stack:
    """The stack of one application. What is malformed in its configuration is noted in `settings`."""
    folder = join(document.path, "../..")
    config = Config(document, settings)
    app, decorated = application(join(folder, "app.py"), files)
    functions = list(_functions(app, decorated, config, folder, settings)) if app is not None else []
    return Stack(document.path, Location(document.path), "chalice", tuple(functions))


class Config:
    """The configuration: of all stages, of one, and of one function in it."""

    def __init__(self, document: Document, settings: Settings) -> None:
        self.path = document.path
        root = Template(document).value(document.root)
        self._root = settings.map(root, "the configuration") or Value({}, Location(document.path))
        stages = settings.map(self._root.get("stages"), "stages")
        found = [settings.map(one, "a stage") for _, one in stages.entries()] if stages is not None else []
        nothing = Value({}, self._root.location)
        self._stages = [one or nothing for one in found] or [nothing]
        self._settings = settings

    def get(self, function: str, name: str) -> Value | None:
        """A setting of a function in all stages: what it may be, where they differ."""
        return _agreed([self._first(stage, function, name) for stage in self._stages])

    def _first(self, stage: Value, function: str, name: str) -> Value | None:
        for place in (
            stage.get("lambda_functions", function),
            stage,
            self._root.get("lambda_functions", function),
            self._root,
        ):
            value = place.get(name) if place is not None else None
            if value is not None:
                return value
        return None

    def environment(self, function: str) -> dict[str, Setting[str]] | None:
        """The variables, which all levels add to."""
        by_stage = [dict(self._variables(stage, function)) for stage in self._stages]
        names = dict.fromkeys(name for one in by_stage for name in one)
        found = {}
        for name in names:
            setting = self._settings.string(_agreed([one.get(name) for one in by_stage]))
            if setting is not None:
                found[name] = setting
        return found or None

    def _variables(self, stage: Value, function: str) -> Iterator[tuple[str, Value]]:
        for place in (self._root, stage, stage.get("lambda_functions", function)):
            value = place.get("environment_variables") if place is not None else None
            value = self._settings.map(value, "environment_variables")
            if value is not None:
                yield from value.entries()


def _agreed(values: list[Value | None]) -> Value | None:
    stated = [one for one in values if one is not None]
    if not stated:
        return None
    first = stated[0]
    if len(stated) == len(values) and all(_same(one, first) for one in stated):
        return first
    different = [one for position, one in enumerate(stated) if not any(_same(one, two) for two in stated[:position])]
    text = " or ".join(shown(one) for one in different if not isinstance(one.data, (dict, list)))
    return Value(UNKNOWN, first.location, text, (), tuple(different), len(stated) < len(values))


def _same(one: Value, other: Value) -> bool:
    """Whether two values say the same, wherever they stand."""
    if isinstance(one.data, list) and isinstance(other.data, list):
        return len(one.data) == len(other.data) and all(map(_same, one.data, other.data))
    if isinstance(one.data, (dict, list)) or isinstance(other.data, (dict, list)):
        return False
    return type(one.data) is type(other.data) and one.data == other.data and one.data is not UNKNOWN


def _functions(
    app: Application, decorated: list[Decorated], config: Config, folder: str, settings: Settings
) -> Iterator[Function]:
    routes = [one for one in decorated if one.decorator == "route"]
    if routes:
        triggers = tuple(trigger for one in routes for trigger in _triggers(one, settings))
        base = _function(API, app.location, config, folder, settings)
        yield base._replace(
            handler=_stated(f"app.{app.name}", app.location),
            handler_path=app.location.path,
            handler_name=app.name,
            entries=tuple((one.path, one.name) for one in routes),
            triggers=triggers,
        )
    for one in decorated:
        if one.decorator == "route":
            continue
        named = one.arguments.get("name")
        name = named.data if named is not None and isinstance(named.data, str) else one.name
        module = one.path.removesuffix(".py").removeprefix(f"{folder}/" if folder else "").replace("/", ".")
        yield _function(name, one.location, config, folder, settings)._replace(
            handler=_stated(f"{module}.{one.name}", one.location),
            handler_path=one.path,
            handler_name=one.name,
            triggers=tuple(_triggers(one, settings)),
        )


def _stated(text: str, place: Location) -> Setting[str]:
    return Setting(text, place, choices=(text,))


def _function(name: str, place: Location, config: Config, folder: str, settings: Settings) -> Function:
    s = settings
    xray = s.boolean(config.get(name, "xray"))
    subnets = config.get(name, "subnet_ids")
    subnet_ids, groups = s.strings(subnets), s.strings(config.get(name, "security_group_ids"))
    return Function(
        path=config.path,
        logical_id=name,
        location=place,
        format="chalice",
        code=Code(place, "folder", folder),
        is_python=True,
        memory_mb=s.integer(config.get(name, "lambda_memory_size")),
        timeout_s=s.integer(config.get(name, "lambda_timeout")),
        default_memory_mb=MEMORY_MB,
        default_timeout_s=TIMEOUT_S,
        environment=config.environment(name),
        layers=s.strings(config.get(name, "layers")),
        reserved_concurrency=s.integer(config.get(name, "reserved_concurrency")),
        tracing=_tracing(xray),
        vpc=Vpc(subnet_ids.location, subnet_ids.value, groups.value if groups is not None else UNKNOWN)
        if subnet_ids is not None
        else None,
        log_retention_days=s.integer(config.get(name, "log_retention_in_days")),
        role=s.string(config.get(name, "iam_role_arn")),
    )


def _tracing(xray: Setting[bool] | None) -> Setting[str] | None:
    if xray is None or xray.value is False:
        return None
    if xray.value is True:
        return Setting("Active", xray.location, choices=("Active",), optional=xray.optional)
    return Setting(UNKNOWN, xray.location, choices=("Active",) if True in xray.choices else (), optional=True)


def _triggers(one: Decorated, settings: Settings) -> Iterator[Trigger]:
    given, place = one.arguments, one.location
    match one.decorator:
        case "route":
            methods = given.get("methods")
            path = shown(given["path"]) if "path" in given else "/"
            for method in methods.elements() if methods is not None else (Value("GET", place),):
                yield Trigger("api", place, route=f"{shown(method).upper()} {path}")
        case "schedule":
            yield Trigger("schedule", place, schedule=settings.string(given.get("expression")))
        case "authorizer":
            yield Trigger("authorizer", place)
        case "on_s3_event":
            yield Trigger(
                "s3",
                place,
                settings.string(given.get("bucket")),
                prefix=settings.string(given.get("prefix")),
                suffix=settings.string(given.get("suffix")),
            )
        case "on_sns_message":
            yield Trigger("sns", place, settings.string(given.get("topic")))
        case "on_cw_event":
            yield Trigger("eventbridge", place)
        case "on_sqs_message":
            yield _polled("sqs", one, settings, given.get("queue") or given.get("queue_arn"))
        case "on_kinesis_record":
            yield _polled("kinesis", one, settings, given.get("stream"))
        case "on_dynamodb_record":
            yield _polled("dynamodb", one, settings, given.get("stream_arn"))
        case "on_ws_connect" | "on_ws_message" | "on_ws_disconnect":
            yield Trigger("websocket", place, route=_ROUTES[one.decorator])


def _polled(kind: str, one: Decorated, settings: Settings, source: Value | None) -> Trigger:
    """An event source mapping. What the decorator is not given, Chalice states."""
    defaults = {"batch_size": 1 if kind == "sqs" else 100}
    words = {"batch_size": "BatchSize", "maximum_batching_window_in_seconds": "MaximumBatchingWindowInSeconds"}
    if kind != "sqs":
        defaults["starting_position"] = "LATEST"  # type: ignore[assignment]
        words["starting_position"] = "StartingPosition"
    values = {name: Value(value, one.location) for name, value in defaults.items()} | one.arguments
    properties = {word: values[name] for name, word in words.items() if name in values}
    if "maximum_concurrency" in values:
        concurrency = Value({"MaximumConcurrency": values["maximum_concurrency"]}, one.location)
        properties["ScalingConfig"] = concurrency
    return mapping(settings, kind, one.location, Value(properties, one.location), source, lambda _: None)
