"""Queues, APIs, delivery streams and state machines of a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lambdalint.model.places import UNKNOWN, Unknown
from lambdalint.model.template import Api, DeliveryStream, Queue, Setting, State, StateMachine
from lambdalint.sources.cloudformation.functions import Draft, cors_of
from lambdalint.sources.cloudformation.given import qualified
from lambdalint.sources.cloudformation.including import included
from lambdalint.sources.cloudformation.openapi import definition
from lambdalint.sources.cloudformation.references import References
from lambdalint.sources.cloudformation.template import Declarations, Resource, Template
from lambdalint.sources.documents import Malformed, parse
from lambdalint.sources.paths import Files
from lambdalint.sources.values import Settings, Value, merged, placed, shown

QUEUE = "AWS::SQS::Queue"
_IMPLIED = {"Api": "ServerlessRestApi", "HttpApi": "ServerlessHttpApi"}
_LIMITS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


class Queues:
    """The queues of a template, by reference."""

    def __init__(self, template: Declarations, settings: Settings) -> None:
        self._template = template
        self.all = {one.logical_id: queue(one, settings) for one in template.resources(QUEUE)}
        if template.opened:  # some other queue, which is not known, may put aside there what it cannot hand over
            self.all = {name: _redriven(one) for name, one in self.all.items()}
        self.below: dict[str, Queue] = {}
        """Those of nested stacks out of which one is used here."""

    def __call__(self, value: Value | None) -> Queue | None:
        """The queue that a value means; None where it is neither one of this template nor of a stack in it."""
        refs = value.all_refs() if value is not None else ()
        found = {one for ref in refs if (one := self.all.get(ref) or self._below(ref)) is not None}
        return found.pop() if len(found) == 1 else None

    def _below(self, ref: str) -> Queue | None:
        found = self._template.below(ref)
        if found is None or found.type != QUEUE:
            return None
        if ref not in self.below:
            stated = Settings()  # what is malformed is said of their own template
            for one in found.template.resources(QUEUE):
                name = f"{found.stack}.{one.logical_id}"
                properties = qualified(one.properties, found.stack)
                made = queue(one._replace(logical_id=name, properties=properties), stated)
                self.below[name] = _redriven(made) if found.template.opened else made
        return self.below[ref]


def _redriven(queue: Queue) -> Queue:
    return queue._replace(redrive=queue.redrive or Setting(UNKNOWN, queue.location))


def queue(resource: Resource, settings: Settings) -> Queue:
    p = resource.properties
    fifo = settings.boolean(p.get("FifoQueue"))
    redrive = p.get("RedrivePolicy")
    if p.opened and redrive is None:
        redrive = Value(UNKNOWN, resource.location)
    target = (redrive.get("deadLetterTargetArn") or redrive) if redrive is not None else None
    if target is not None and isinstance(target.data, dict):
        target = Value(UNKNOWN, target.location)
    return Queue(
        logical_id=resource.logical_id,
        location=resource.location,
        fifo=False if fifo is None else fifo.value,
        visibility_timeout_s=settings.integer(p.get("VisibilityTimeout")),
        redrive=settings.string(target),
        max_receive_count=settings.integer(redrive.get("maxReceiveCount")) if redrive is not None else None,
    )


def apis(template: Declarations, references: References, files: Files) -> Iterator[Api]:
    """The APIs, each with what its stages and usage plans say."""
    general = {kind: template.globals_of(kind) for kind in ("Api", "HttpApi")}
    stages: dict[str, list[Value]] = {}
    for resource in template.resources("AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage"):
        owner = resource.properties.get("RestApiId") or resource.properties.get("ApiId")
        for ref in owner.all_refs() if owner is not None else ():
            stages.setdefault(ref, []).append(resource.properties)
    plans = [one.properties.get("ApiStages") for one in template.resources("AWS::ApiGateway::UsagePlan")]
    planned = {ref for plan in plans if plan is not None for ref in plan.all_refs()}
    kinds = {
        "AWS::Serverless::Api": "api",
        "AWS::Serverless::HttpApi": "http-api",
        "AWS::ApiGateway::RestApi": "api",
        "AWS::ApiGatewayV2::Api": "http-api",
    }
    for resource in template.resources(*kinds):
        properties = resource.properties
        shared = general.get(resource.type.rpartition("::")[2]) if "Serverless" in resource.type else None
        if shared is not None:
            properties = merged(shared, properties)
        protocol = properties.get("ProtocolType")
        places = [properties, *stages.get(resource.logical_id, ())]
        unknown = template.opened or any(place.opened for place in places)
        yield Api(
            logical_id=resource.logical_id,
            location=resource.location,
            type="websocket" if protocol is not None and protocol.data == "WEBSOCKET" else kinds[resource.type],
            throttled=_states(places, unknown, "ThrottlingBurstLimit", "ThrottlingRateLimit"),
            access_logs=_has(places, unknown, "AccessLogSetting", "AccessLogSettings"),
            cached=_states(places, unknown, "CachingEnabled", "CacheClusterEnabled"),
            compressed=_has(places, unknown, "MinimumCompressionSize"),
            usage_plan=resource.logical_id in planned or _states(places, unknown, "UsagePlan"),
            traced=_has(places, unknown, "TracingEnabled"),
            cors=cors_of(properties.get("Cors") or properties.get("CorsConfiguration")),
            functions=references.functions(definition(resource, template, files)),
        )


def implied_apis(template: Declarations, drafts: Mapping[str, Draft]) -> Iterator[Api]:
    """The APIs that SAM makes for events that name none: what they are stands in Globals."""
    for kind, logical_id in _IMPLIED.items():
        type_ = "api" if kind == "Api" else "http-api"
        events = [
            (name, trigger.location)
            for name, draft in drafts.items()
            if template.types[name] == "AWS::Serverless::Function"
            for trigger in draft["triggers"]
            if trigger.type == type_ and trigger.source is None
        ]
        if not events or logical_id in template.types:
            continue
        location = events[0][1]
        properties = template.globals_of(kind) or Value({}, location)
        places, unknown = [properties], properties.opened or template.opened
        planned = "AWS::ApiGateway::UsagePlan" in template.types.values()
        yield Api(
            logical_id=logical_id,
            location=location,
            type=type_,
            throttled=_states(places, unknown, "ThrottlingBurstLimit", "ThrottlingRateLimit"),
            access_logs=_has(places, unknown, "AccessLogSetting", "AccessLogSettings"),
            cached=_states(places, unknown, "CachingEnabled", "CacheClusterEnabled"),
            compressed=_has(places, unknown, "MinimumCompressionSize"),
            usage_plan=UNKNOWN if planned else _states(places, unknown, "UsagePlan"),
            traced=_has(places, unknown, "TracingEnabled"),
            cors=cors_of(properties.get("Cors") or properties.get("CorsConfiguration")),
            functions=tuple(dict.fromkeys(name for name, _ in events)),
        )


def _has(places: list[Value], unknown: bool, *names: str) -> bool | Unknown:
    found = any(place.get(name) is not None for place in places for name in names)
    return found or (UNKNOWN if unknown else False)


def _states(places: list[Value], unknown: bool, *names: str) -> bool | Unknown:
    """Whether one of the names stands anywhere in the places, in whatever list of settings."""

    def within(value: Value) -> bool:
        if isinstance(value.data, dict):
            return any(
                (key in names and one.data is not None and one.data is not False) or within(one)
                for key, one in value.data.items()
                if key not in ("DefinitionBody", "Body")
            )
        return any(map(within, value.data)) if isinstance(value.data, list) else False

    return any(map(within, places)) or (UNKNOWN if unknown else False)


def delivery_streams(template: Declarations, references: References, settings: Settings) -> Iterator[DeliveryStream]:
    for resource in template.resources("AWS::KinesisFirehose::DeliveryStream"):
        for name, config in resource.properties.entries():
            if not name.endswith("DestinationConfiguration") or not isinstance(config.data, dict):
                continue
            to_s3 = "S3Destination" in name
            s3 = config if to_s3 else config.get("S3Configuration") or config
            hints = s3.get("BufferingHints")
            backup = config.get("S3BackupMode")
            yield DeliveryStream(
                logical_id=resource.logical_id,
                location=resource.location,
                compression=settings.string(s3.get("CompressionFormat")),
                backup=settings.string(backup),
                buffer_mb=settings.integer(hints.get("SizeInMBs")) if hints is not None else None,
                buffer_s=settings.integer(hints.get("IntervalInSeconds")) if hints is not None else None,
                converts_format=config.get("DataFormatConversionConfiguration") is not None,
                to_s3=to_s3,
                functions=references.functions(config.get("ProcessingConfiguration")),
            )


def state_machines(template: Declarations, references: References, files: Files, folder: str) -> Iterator[StateMachine]:
    for resource in template.resources("AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine"):
        p = resource.properties
        substitutions = p.get("DefinitionSubstitutions")
        definition = (
            p.get("Definition") or _text(p.get("DefinitionString")) or _file(p.get("DefinitionUri"), files, folder)
        )
        if definition is None:
            continue
        table = dict(substitutions.entries()) if substitutions is not None else {}
        yield StateMachine(
            resource.logical_id,
            resource.location,
            tuple(_states_of(definition, table, references)),
            definition.get("TimeoutSeconds") is not None,
        )


def _text(value: Value | None) -> Value | None:
    """A definition that is written as a text of JSON."""
    if value is None:
        return None
    if isinstance(value.data, dict):
        return value
    text = value.data if isinstance(value.data, str) else value.text
    found = _parsed(value.location.path, text)
    return placed(found, value.location) if found is not None else None


def _file(value: Value | None, files: Files, folder: str) -> Value | None:
    """A definition in a file of its own."""
    document = included(value, folder, files)
    return Template(document).value(document.root) if document is not None else None


def _parsed(path: str, text: str) -> Value | None:
    try:
        for document in parse(path, text):
            return Template(document).value(document.root)
    except Malformed:
        return None
    return None


def _errors(rules: Value | None) -> tuple[str, ...]:
    """The errors that some rules are about."""
    found = [one.get("ErrorEquals") for one in (rules.elements() if rules is not None else ())]
    return tuple(shown(one) for errors in found if errors is not None for one in errors.elements())


def _states_of(definition: Value, table: Mapping[str, Value], references: References) -> Iterator[State]:
    for name, state in (definition.get("States") or Value({}, definition.location)).entries():
        resource = state.get("Resource")
        parts = [
            part
            for part in (resource, state.get("Parameters", "FunctionName"), state.get("Arguments", "FunctionName"))
            if part is not None
        ]
        texts = list(map(shown, parts))
        functions = [
            function
            for text in texts
            for placeholder, value in table.items()
            if f"${{{placeholder}}}" in text
            for function in references.functions(value)
        ]
        functions += [
            one for text in texts for one in references.through(text.removeprefix("${").partition(".")[0].rstrip("}"))
        ]
        functions += [function for part in parts if part.refs for function in references.functions(part)]
        kind = state.get("Type")
        yield State(
            name=name,
            type=str(kind.data) if kind is not None and isinstance(kind.data, str) else "",
            location=state.location,
            resource=shown(resource) if resource is not None else "",
            function=functions[0] if functions else "",
            retries=_errors(state.get("Retry")),
            catches=_errors(state.get("Catch")),
            has_timeout=any(state.get(key) is not None for key in _LIMITS),
            has_default=state.get("Default") is not None,
            known=isinstance(state.data, dict) and not state.opened,
        )
        for inner in ("Iterator", "ItemProcessor"):
            if (below := state.get(inner)) is not None:
                yield from _states_of(below, table, references)
        branches = state.get("Branches")
        for branch in branches.elements() if branches is not None else ():
            yield from _states_of(branch, table, references)
