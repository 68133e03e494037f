"""The `events:` of a function of the Serverless Framework."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Queue, Trigger
from lambdalint.sources.mappings import mapping, type_of
from lambdalint.sources.serverless.words import made, mapping_words
from lambdalint.sources.values import Settings, Value

Queues = Callable[[Value | None], Queue | None]


class EventReader:
    """Reads the events of one service."""

    def __init__(self, settings: Settings, queues: Queues, types: Mapping[str, str], payload: Value | None) -> None:
        self.settings = settings
        self.queues = queues
        self.types = types
        self.payload = payload
        """Of all HTTP APIs of the service."""

    def triggers(self, events: Value | None) -> tuple[list[Trigger], bool]:
        """What invokes the function, and whether that is all of it."""
        if events is None:
            return [], True
        if not isinstance(events.data, list):
            if events.data is not UNKNOWN:
                self.settings.complain(events, "events must be a list")
            return [], False
        known = not events.opened
        found: list[Trigger] = []
        for element in events.data:
            each = list(self._of(element))
            found += each
            known = known and bool(each)
        return found, known

    def _of(self, element: Value) -> Iterator[Trigger]:
        if isinstance(element.data, str):
            element = Value({element.data: Value(None, element.location)}, element.location)
        if not isinstance(element.data, dict):
            if element.data is not UNKNOWN:
                self.settings.complain(element, "an event must be a map with its type as the key")
            return
        for name, value in element.entries():
            method = _METHODS.get(name)
            if method is not None:
                yield from method(self, value)
            elif name in _SIMPLE:
                type_, keys = _SIMPLE[name]
                source = next((one for key in keys if (one := value.get(key)) is not None), None)
                yield Trigger(type_, value.location, self.settings.string(source or _itself(value)))

    # -- what Lambda polls -----------------------------------------------------------------------------

    def _mapping(self, kind: str, value: Value, source: Value | None) -> Trigger:
        return mapping(self.settings, kind, value.location, mapping_words(value, kind), source, self.queues)

    def sqs(self, value: Value) -> Iterator[Trigger]:
        yield self._mapping("sqs", value, value.get("arn") or _itself(value))

    def stream(self, value: Value) -> Iterator[Trigger]:
        source = value.get("arn") or _itself(value)
        stated = value.get("type")
        kind = stated.data if stated is not None and stated.data in ("kinesis", "dynamodb") else None
        if kind is None:
            words = made(value.location, EventSourceArn=source, StartingPosition=Value(UNKNOWN, value.location))
            kind = type_of(words, self.types.get)
        yield self._mapping(kind, value, source)

    def kafka(self, value: Value) -> Iterator[Trigger]:
        yield self._mapping("kafka", value, value.get("bootstrapServers"))

    def msk(self, value: Value) -> Iterator[Trigger]:
        yield self._mapping("msk", value, value.get("arn"))

    def mq(self, value: Value) -> Iterator[Trigger]:
        yield self._mapping("mq", value, value.get("arn"))

    # -- what waits for an answer ----------------------------------------------------------------------

    def http(self, value: Value) -> Iterator[Trigger]:
        how = value.get("integration")
        later = self.settings.boolean(value.get("async"))
        waits = later is None or later.value is False
        mapped = how is not None and str(how.data).lower().replace("_", "-") not in ("lambda-proxy", "aws-proxy")
        yield Trigger(
            "api" if waits and not mapped else "api-mapped",
            value.location,
            route=_route(value),
            waits=waits,
            timeout_ms=self.settings.integer(value.get("timeoutInMillis")),
        )

    def http_api(self, value: Value) -> Iterator[Trigger]:
        yield Trigger(
            "http-api", value.location, route=_route(value), payload_format=self.settings.string(self.payload)
        )

    def websocket(self, value: Value) -> Iterator[Trigger]:
        route = value.get("route") or value
        yield Trigger("websocket", value.location, route=route.data if isinstance(route.data, str) else "")

    # -- what does not wait ----------------------------------------------------------------------------

    def s3(self, value: Value) -> Iterator[Trigger]:
        rules = value.get("rules")
        affixes = dict(pair for rule in (rules.elements() if rules is not None else ()) for pair in rule.entries())
        yield Trigger(
            "s3",
            value.location,
            self.settings.string(value.get("bucket") or _itself(value)),
            prefix=self.settings.string(affixes.get("prefix")),
            suffix=self.settings.string(affixes.get("suffix")),
        )

    def sns(self, value: Value) -> Iterator[Trigger]:
        redrive = value.get("redrivePolicy")
        failed = next((one for _, one in redrive.entries()), redrive) if redrive is not None else None
        if failed is not None and isinstance(failed.data, (dict, list)):
            failed = Value(UNKNOWN, failed.location, "", tuple(failed.all_refs()))
        source = value.get("arn") or value.get("topicName") or _itself(value)
        yield Trigger("sns", value.location, self.settings.string(source), on_failure=self.settings.string(failed))

    def schedule(self, value: Value) -> Iterator[Trigger]:
        rates = value.get("rate") or _itself(value)
        for rate in rates.elements() if rates is not None and isinstance(rates.data, list) else (rates,):
            yield Trigger(
                "schedule",
                value.location,
                enabled=self.settings.boolean(value.get("enabled")),
                schedule=self.settings.string(rate),
            )

    def event_bridge(self, value: Value) -> Iterator[Trigger]:
        schedule = value.get("schedule")
        yield Trigger(
            "schedule" if schedule is not None and value.get("pattern") is None else "eventbridge",
            value.location,
            self.settings.string(value.get("eventBus")),
            enabled=self.settings.boolean(value.get("enabled")),
            schedule=self.settings.string(schedule),
            max_retries=self.settings.integer(value.get("retryPolicy", "maximumRetryAttempts")),
            on_failure=self.settings.string(value.get("deadLetterQueueArn")),
        )

    def cloudwatch_event(self, value: Value) -> Iterator[Trigger]:
        yield Trigger("eventbridge", value.location, enabled=self.settings.boolean(value.get("enabled")))


_METHODS: dict[str, Callable[[EventReader, Value], Iterator[Trigger]]] = {
    "http": EventReader.http,
    "httpApi": EventReader.http_api,
    "websocket": EventReader.websocket,
    "s3": EventReader.s3,
    "existingS3": EventReader.s3,
    "sns": EventReader.sns,
    "sqs": EventReader.sqs,
    "stream": EventReader.stream,
    "kafka": EventReader.kafka,
    "msk": EventReader.msk,
    "activemq": EventReader.mq,
    "rabbitmq": EventReader.mq,
    "schedule": EventReader.schedule,
    "eventBridge": EventReader.event_bridge,
    "cloudwatchEvent": EventReader.cloudwatch_event,
}
_SIMPLE = {
    "alb": ("alb", ("listenerArn",)),
    "alexaSkill": ("alexa", ("appId",)),
    "alexaSmartHome": ("alexa", ("appId",)),
    "cloudFront": ("cloudfront", ("origin",)),
    "cloudwatchLog": ("cloudwatch-logs", ("logGroup",)),
    "cognitoUserPool": ("cognito", ("pool",)),
    "iot": ("iot", ("sql",)),
    "iotFleetProvisioning": ("iot", ()),
}


def _itself(value: Value) -> Value | None:
    """The value where it stands for the source alone: `- sqs: arn:aws:sqs:...`."""
    return None if isinstance(value.data, (dict, list)) else value


def _route(value: Value) -> str:
    if isinstance(value.data, str):
        method, _, path = value.data.strip().rpartition(" ")
        return f"{_method(method)} {_path(path)}" if method else f"ANY {_path(path)}"
    path_of, method_of = value.get("path"), value.get("method")
    if path_of is None and method_of is None:
        return ""
    method = method_of.data if method_of is not None and isinstance(method_of.data, str) else "any"
    path = path_of.data if path_of is not None and isinstance(path_of.data, str) else "/"
    return f"{_method(method)} {_path(path)}"


def _method(text: str) -> str:
    return "ANY" if text.strip() == "*" else text.strip().upper()


def _path(text: str) -> str:
    return "/" + text.strip().removeprefix("/") if text.strip() != "*" else "*"
