"""Event source mappings in CloudFormation's words, which SAM and the CDK use too."""

from __future__ import annotations

from collections.abc import Callable

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import Filter, Queue, Trigger
from lambdalint.sources.values import Settings, Value

_BY_RESOURCE = {
    "AWS::SQS::Queue": "sqs",
    "AWS::Kinesis::Stream": "kinesis",
    "AWS::Kinesis::StreamConsumer": "kinesis",
    "AWS::DynamoDB::Table": "dynamodb",
    "AWS::DynamoDB::GlobalTable": "dynamodb",
    "AWS::Serverless::SimpleTable": "dynamodb",
    "AWS::MSK::Cluster": "msk",
    "AWS::MSK::ServerlessCluster": "msk",
    "AWS::AmazonMQ::Broker": "mq",
    "AWS::DocDB::DBCluster": "documentdb",
}
_BY_ARN = {
    ":sqs:": "sqs",
    ":kinesis:": "kinesis",
    ":dynamodb:": "dynamodb",
    ":kafka:": "msk",
    ":mq:": "mq",
    ":rds:": "documentdb",
    # Of Terraform's data sources, which stand for what is declared elsewhere.
    "aws_sqs_queue": "sqs",
    "aws_kinesis_stream": "kinesis",
    "aws_dynamodb_table": "dynamodb",
    "aws_msk_cluster": "msk",
    "aws_mq_broker": "mq",
    "aws_docdb_cluster": "documentdb",
}


def type_of(properties: Value, type_of_resource: Callable[[str], str | None]) -> str:
    """What an event source mapping polls, by the source itself, its ARN, or the properties that only one kind has."""
    source = properties.get("EventSourceArn")
    if source is not None:
        for ref in source.all_refs():
            kind = _BY_RESOURCE.get(type_of_resource(ref) or "")
            if kind is not None:
                return kind
        text = source.data if isinstance(source.data, str) else source.text
        for part, kind in _BY_ARN.items():
            if part in text:
                return kind
    if properties.get("SelfManagedEventSource") is not None:
        return "kafka"
    if properties.get("AmazonManagedKafkaEventSourceConfig") is not None or properties.get("Topics") is not None:
        return "msk"
    if properties.get("DocumentDBEventSourceConfig") is not None:
        return "documentdb"
    if properties.get("Queues") is not None:
        return "mq"
    if properties.get("StartingPosition") is None and not properties.opened:
        return "sqs"  # all others must state where to begin
    return "unknown"


def mapping(
    settings: Settings,
    kind: str,
    location: Location,
    properties: Value,
    source: Value | None,
    queue: Callable[[Value | None], Queue | None],
) -> Trigger:
    """The trigger that an event source mapping makes."""
    filters, known = filters_of(properties.get("FilterCriteria"))
    return Trigger(
        type=kind,
        location=location,
        source=settings.string(source if source is None or not isinstance(source.data, list) else _first(source)),
        queue=queue(source) if kind == "sqs" else None,
        batch_size=settings.integer(properties.get("BatchSize")),
        window_s=settings.integer(properties.get("MaximumBatchingWindowInSeconds")),
        starting_position=settings.string(properties.get("StartingPosition")),
        function_response_types=settings.strings(properties.get("FunctionResponseTypes")),
        bisect=settings.boolean(properties.get("BisectBatchOnFunctionError")),
        max_retries=settings.integer(properties.get("MaximumRetryAttempts")),
        max_record_age_s=settings.integer(properties.get("MaximumRecordAgeInSeconds")),
        on_failure=settings.string(properties.get("DestinationConfig", "OnFailure", "Destination")),
        filters=filters,
        filters_known=known,
        enabled=settings.boolean(properties.get("Enabled")),
        maximum_concurrency=settings.integer(properties.get("ScalingConfig", "MaximumConcurrency")),
        parallelization_factor=settings.integer(properties.get("ParallelizationFactor")),
        tumbling_window_s=settings.integer(properties.get("TumblingWindowInSeconds")),
        provisioned_pollers=settings.integer(properties.get("ProvisionedPollerConfig", "MinimumPollers")),
    )


def _first(servers: Value) -> Value | None:
    """Of the bootstrap servers of Kafka."""
    return next(servers.elements(), None)


def filters_of(criteria: Value | None) -> tuple[tuple[Filter, ...], bool]:
    """The patterns of filter criteria, and whether these are all."""
    if criteria is None:
        return (), True
    found = criteria.get("Filters")
    if found is None or not isinstance(found.data, list):
        return (), False
    filters = []
    for one in found.elements():
        pattern = one.get("Pattern")
        if pattern is not None:
            filters.append(Filter(pattern.data if isinstance(pattern.data, str) else UNKNOWN, pattern.location))
    return tuple(filters), True
