"""The `Events:` of a SAM function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lambdalint.model.places import Location
from lambdalint.model.template import Queue, Trigger
from lambdalint.sources.mappings import mapping
from lambdalint.sources.values import Settings, Value

_MAPPINGS = {
    "SQS": ("sqs", ("Queue",)),
    "Kinesis": ("kinesis", ("Stream",)),
    "DynamoDB": ("dynamodb", ("Stream",)),
    "MSK": ("msk", ("Stream",)),
    "MQ": ("mq", ("Broker",)),
    "SelfManagedKafka": ("kafka", ("KafkaBootstrapServers",)),
    "DocumentDB": ("documentdb", ("Cluster",)),
}
_OTHERS = {
    "AlexaSkill": "alexa",
    "CloudWatchEvent": "eventbridge",
    "EventBridgeRule": "eventbridge",
    "CloudWatchLogs": "cloudwatch-logs",
    "Cognito": "cognito",
    "IoTRule": "iot",
    "S3": "s3",
    "SNS": "sns",
    "Schedule": "schedule",
    "ScheduleV2": "schedule",
}
_SOURCES = ("Bucket", "Topic", "UserPool", "LogGroupName", "RuleName", "EventBusName", "SkillId")


def triggers(
    events: Value | None, settings: Settings, queue: Callable[[Value | None], Queue | None]
) -> tuple[list[Trigger], bool]:
    """What invokes the function by its events, and whether that is all of them."""
    if events is None:
        return [], True
    known = isinstance(events.data, dict) and not events.opened
    found: list[Trigger] = []
    for one in events.maps():
        for _, event in one.entries():
            each = list(_triggers(event, settings, queue))
            known = known and bool(each)
            found += each
    return found, known


def _triggers(event: Value, settings: Settings, queue: Callable[[Value | None], Queue | None]) -> Iterator[Trigger]:
    kind = event.get("Type")
    if kind is None or not isinstance(kind.data, str):
        return
    properties = event.get("Properties") or Value({}, event.location)
    name, place = kind.data, event.location
    if name in _MAPPINGS:
        type_, keys = _MAPPINGS[name]
        source = properties.get(*keys)
        yield mapping(settings, type_, place, properties, source, queue)
    elif name in ("Api", "HttpApi"):
        yield _http(name, properties, place, settings)
    elif name in _OTHERS:
        source = next((value for key in _SOURCES if (value := properties.get(key)) is not None), None)
        rules = properties.get("Filter", "S3Key", "Rules")
        affixes = {_text(rule, "Name"): rule.get("Value") for rule in (rules.elements() if rules else ())}
        bridge = Trigger(
            type=_OTHERS[name],
            location=place,
            source=settings.string(source),
            enabled=settings.boolean(properties.get("Enabled")),
            schedule=settings.string(properties.get("Schedule") or properties.get("ScheduleExpression")),
            max_retries=settings.integer(properties.get("RetryPolicy", "MaximumRetryAttempts")),
            on_failure=settings.string(properties.get("DeadLetterConfig", "Arn")),
            prefix=settings.string(affixes.get("prefix")),
            suffix=settings.string(affixes.get("suffix")),
            events=settings.strings(properties.get("Events")) if name == "S3" else None,
        )
        subscription = properties.get("SqsSubscription")
        if name == "SNS" and subscription is not None and subscription.data is not False:
            # SAM puts a queue between the topic and the function.
            stated = {"BatchSize": Value(10, place), "Enabled": Value(True, place), **dict(subscription.entries())}
            made = subscription._replace(data=stated)
            bridge = mapping(settings, "sqs", place, made, subscription.get("QueueArn"), queue)
        yield bridge


def _http(name: str, properties: Value, place: Location, settings: Settings) -> Trigger:
    path, method = properties.get("Path"), properties.get("Method")
    route = f"{_shown(method, 'ANY').upper()} {_shown(path, '/')}" if path is not None or method is not None else ""
    return Trigger(
        type="api" if name == "Api" else "http-api",
        location=place,
        source=settings.string(properties.get("RestApiId" if name == "Api" else "ApiId")),
        route=route,
        payload_format=settings.string(properties.get("PayloadFormatVersion")),
        timeout_ms=settings.integer(properties.get("TimeoutInMillis")),
    )


def _text(value: Value, key: str) -> str:
    found = value.get(key)
    return found.data.lower() if found is not None and isinstance(found.data, str) else ""


def _shown(value: Value | None, otherwise: str) -> str:
    return value.data if value is not None and isinstance(value.data, str) else otherwise
