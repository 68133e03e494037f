"""What invokes a handler, as far as its own code shows it."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.model import Argument, Call, Handler

SYNCHRONOUS = frozenset(
    {"alb", "alexa", "api", "appsync", "authorizer", "bedrock-agent", "cloudfront", "cognito", "durable", "firehose",
     "lex", "macro", "s3-object-lambda"}
)  # fmt: skip
"""Someone waits for the answer, and hears of a failure by it."""

ASYNCHRONOUS = frozenset({"cloudwatch-alarm", "cloudwatch-logs", "eventbridge", "s3", "ses", "sns"})
"""Lambda queues the event, tries a failed invocation twice more, then hands it to the destination for failures."""

QUEUES = frozenset({"activemq", "rabbitmq", "sqs"})
"""A message stays in its queue until an invocation succeeds."""

STREAMS = frozenset({"documentdb", "dynamodb", "kafka", "kinesis"})
"""A batch is read again until an invocation succeeds or the records expire."""

BATCHES = QUEUES | STREAMS
"""Event source mappings: one event holds up to as many records as the batch size says."""

LOSING = ASYNCHRONOUS | BATCHES
"""An invocation that returns takes the event out of the world: only an error makes Lambda try again."""

OF_RECORD = {
    "EventSubscriptionArn": "sns",
    "Sns": "sns",
    "body": "sqs",
    "cf": "cloudfront",
    "codecommit": "codecommit",
    "dynamodb": "dynamodb",
    "kinesis": "kinesis",
    "md5OfBody": "sqs",
    "messageAttributes": "sqs",
    "messageId": "sqs",
    "receiptHandle": "sqs",
    "s3": "s3",
    "ses": "ses",
}
"""Keys that stand in the records of one source alone."""

OF_EVENT = {
    "ClientRequestToken": "secret-rotation",
    "CodePipeline.job": "codepipeline",
    "LogicalResourceId": "custom-resource",
    "ResourceProperties": "custom-resource",
    "ResponseURL": "custom-resource",
    "StackId": "custom-resource",
    "alarmData": "cloudwatch-alarm",
    "authorizationToken": "authorizer",
    "awslogs": "cloudwatch-logs",
    "currentIntent": "lex",
    "detail-type": "eventbridge",
    "directive": "alexa",
    "fragment": "macro",
    "getObjectContext": "s3-object-lambda",
    "httpMethod": "api",
    "identitySource": "authorizer",
    "invokingEvent": "config",
    "isBase64Encoded": "api",
    "methodArn": "authorizer",
    "multiValueHeaders": "api",
    "multiValueQueryStringParameters": "api",
    "pathParameters": "api",
    "queryStringParameters": "api",
    "rawPath": "api",
    "rawQueryString": "api",
    "requestContext": "api",
    "resultToken": "config",
    "rmqMessagesByQueue": "rabbitmq",
    "routeArn": "authorizer",
    "sessionState": "lex",
    "templateParameterValues": "macro",
    "triggerSource": "cognito",
    "userPoolId": "cognito",
}
"""Keys that stand in the events of one source alone."""

OF_PATH: dict[tuple[str, str], str] = {
    ("arguments", "input"): "appsync",
    ("info", "fieldName"): "appsync",
    ("request", "challengeAnswer"): "cognito",
    ("request", "clientMetadata"): "cognito",
    ("request", "intent"): "alexa",
    ("request", "userAttributes"): "cognito",
    ("requestContext", "elb"): "alb",
    ("tasks", "s3Key"): "s3-batch",
}
"""Two keys, positions left out, of which one alone would not tell."""

DATA_CLASSES = {
    "ALBEvent": "alb",
    "APIGatewayAuthorizerEventV2": "authorizer",
    "APIGatewayAuthorizerRequestEvent": "authorizer",
    "APIGatewayAuthorizerTokenEvent": "authorizer",
    "APIGatewayProxyEvent": "api",
    "APIGatewayProxyEventV2": "api",
    "APIGatewayWebSocketConnectEvent": "api",
    "APIGatewayWebSocketDisconnectEvent": "api",
    "APIGatewayWebSocketMessageEvent": "api",
    "AWSConfigRuleEvent": "config",
    "ActiveMQEvent": "activemq",
    "AppSyncAuthorizerEvent": "authorizer",
    "AppSyncResolverEvent": "appsync",
    "BedrockAgentEvent": "bedrock-agent",
    "BedrockAgentFunctionEvent": "bedrock-agent",
    "CloudFormationCustomResourceEvent": "custom-resource",
    "CloudWatchAlarmEvent": "cloudwatch-alarm",
    "CloudWatchDashboardCustomWidgetEvent": "api",
    "CloudWatchLogsEvent": "cloudwatch-logs",
    "CodeDeployLifecycleHookEvent": "codedeploy",
    "CodePipelineJobEvent": "codepipeline",
    "ConnectContactFlowEvent": "connect",
    "DynamoDBStreamEvent": "dynamodb",
    "EventBridgeEvent": "eventbridge",
    "KafkaEvent": "kafka",
    "KinesisFirehoseEvent": "firehose",
    "KinesisStreamEvent": "kinesis",
    "LambdaFunctionUrlEvent": "api",
    "RabbitMQEvent": "rabbitmq",
    "S3BatchOperationEvent": "s3-batch",
    "S3Event": "s3",
    "S3EventBridgeNotificationEvent": "eventbridge",
    "S3ObjectLambdaEvent": "s3-object-lambda",
    "SESEvent": "ses",
    "SNSEvent": "sns",
    "SQSEvent": "sqs",
    "SecretsManagerEvent": "secret-rotation",
    "VPCLatticeEvent": "api",
    "VPCLatticeEventV2": "api",
}
"""Powertools' classes of events."""

MODELS = {
    "AlbModel": "alb",
    "ApiGatewayEnvelope": "api",
    "ApiGatewayV2Envelope": "api",
    "APIGatewayProxyEventModel": "api",
    "APIGatewayProxyEventV2Model": "api",
    "CloudFormationCustomResourceCreateModel": "custom-resource",
    "CloudWatchLogsEnvelope": "cloudwatch-logs",
    "CloudWatchLogsModel": "cloudwatch-logs",
    "DynamoDBStreamEnvelope": "dynamodb",
    "DynamoDBStreamModel": "dynamodb",
    "EventBridgeEnvelope": "eventbridge",
    "EventBridgeModel": "eventbridge",
    "KafkaEnvelope": "kafka",
    "KinesisDataStreamEnvelope": "kinesis",
    "KinesisDataStreamModel": "kinesis",
    "LambdaFunctionUrlEnvelope": "api",
    "LambdaFunctionUrlModel": "api",
    "S3Model": "s3",
    "SnsEnvelope": "sns",
    "SnsModel": "sns",
    "SnsSqsEnvelope": "sqs",
    "SqsEnvelope": "sqs",
    "SqsModel": "sqs",
    "VpcLatticeEnvelope": "api",
    "VpcLatticeModel": "api",
}
"""Models and envelopes of Powertools' parser."""

RESOLVERS = {
    "ALBResolver": "alb",
    "APIGatewayHttpResolver": "api",
    "APIGatewayRestResolver": "api",
    "ApiGatewayResolver": "api",
    "AppSyncEventsResolver": "appsync",
    "AppSyncResolver": "appsync",
    "BedrockAgentFunctionResolver": "bedrock-agent",
    "BedrockAgentResolver": "bedrock-agent",
    "LambdaFunctionUrlResolver": "api",
    "VPCLatticeResolver": "api",
    "VPCLatticeV2Resolver": "api",
}
"""Powertools' routers, which answer a caller; of an application, not of one event."""

ADAPTERS = {
    "apig_wsgi.make_lambda_handler": "api",
    "aws_durable_execution_sdk_python.durable_execution": "durable",
    "awsgi.response": "api",
    "cfnresponse.send": "custom-resource",
    "crhelper.CfnResource": "custom-resource",
    "mangum.Mangum": "api",
    "serverless_wsgi.handle_request": "api",
}
"""Other libraries that stand between one source and the code."""

EVENT_TYPES = {"DynamoDBStreams": "dynamodb", "KinesisDataStreams": "kinesis", "SQS": "sqs"}
"""Powertools' words for what a batch comes from."""

_POWERTOOLS = "aws_lambda_powertools."
_BATCH = "aws_lambda_powertools.utilities.batch."
_NAMED_BY = ("data_class", "envelope", "event_type", "model")
_NEAR_LINES = 6
"""A decorator stands at most so far above its function, other decorators between."""


def triggers(handler: Handler) -> frozenset[str]:
    """The sources that a handler is written for; empty where its code does not show one.

    More than one where it looks into events of several: it then tells them apart itself.
    """
    return frozenset((*_read(handler), *_named(handler)))


def of_record(path: tuple[str | int, ...]) -> str:
    """The source whose record a part of the event belongs to: `sqs` for `("Records", 0, "body")`; empty if unknown."""
    if len(path) < 3 or path[0] != "Records" or isinstance(path[2], int):
        return ""
    return OF_RECORD.get(path[2], "")


def _read(handler: Handler) -> Iterator[str]:
    """By what is taken of the event."""
    seen: set[tuple[str | int, ...]] = set()
    for read in handler.reads:
        path = read.path
        if path in seen or not path:
            continue
        seen.add(path)
        first = path[0]
        if first == "Records":
            if source := of_record(path):
                yield source
        elif first in OF_EVENT:
            yield OF_EVENT[str(first)]
        words = [step for step in path if isinstance(step, str) and step != "*"]
        if len(words) > 1 and (words[0], words[1]) in OF_PATH:
            yield OF_PATH[words[0], words[1]]
        elif first == "detail" and len(path) > 1:
            yield "eventbridge"
        elif first == "records":
            if path[-1] in ("data", "recordId") and len(path) == 3:
                yield "firehose"
            elif len(path) == 4 and path[-1] in ("key", "offset", "partition", "timestamp", "topic", "value"):
                yield "kafka"
    heads = {path[0] for path in seen}
    if {"detail", "source"} <= heads:
        yield "eventbridge"
    if {"PhysicalResourceId", "RequestType"} <= heads:
        yield "custom-resource"
    if "body" in heads and ("headers" in heads or any("statusCode" in data.items for data in handler.returns)):
        yield "api"


def _named(handler: Handler) -> Iterator[str]:
    """By the classes, routers and decorators that are named."""
    if "Chalice" in "".join(handler.evidence):
        yield "api"
    decorators: list[Call] = []
    for call in handler.init_calls:
        if call.name in ADAPTERS:
            yield ADAPTERS[call.name]
        elif call.name.startswith(_POWERTOOLS) and call.name.endswith((".event_parser", ".event_source")):
            if _stands_over(call, handler):
                decorators.append(call)
    if decorators:
        yield from _handed(max(decorators, key=lambda call: call.location.line))
    for call in handler.warm_calls:
        if call.name in ADAPTERS:
            yield ADAPTERS[call.name]
        if not call.name.startswith(_POWERTOOLS):
            continue
        maker, _, method = call.name.rpartition(".")
        if method in ("resolve", "__call__") and maker.endswith("()"):
            if source := RESOLVERS.get(maker.rpartition(".")[2].removesuffix("()")):
                yield source
        elif method in DATA_CLASSES:
            yield DATA_CLASSES[method]
        elif method in ("process_partial_response", "async_process_partial_response"):
            processor = call.argument(2, "processor")
            for made in processor.calls if processor is not None else ():
                yield from _handed(made)
        elif call.name.startswith(_BATCH) and call.receiver is not None:
            yield from _handed(call.receiver)
        elif method == "parse":
            yield from _handed(call)


def _stands_over(call: Call, handler: Handler) -> bool:
    place = call.location
    return place.path == handler.path and 0 <= handler.location.line - place.line <= _NEAR_LINES


def _handed(call: Call) -> Iterator[str]:
    """What the arguments of a decorator or constructor of Powertools say."""
    arguments: list[Argument] = [call.keywords[name] for name in _NAMED_BY if name in call.keywords]
    for argument in (*call.positional, *arguments):
        last = argument.reference.rpartition(".")[2]
        for table in (DATA_CLASSES, MODELS, EVENT_TYPES):
            if last in table:
                yield table[last]
    if call.name.endswith("SqsFifoPartialProcessor"):
        yield "sqs"
