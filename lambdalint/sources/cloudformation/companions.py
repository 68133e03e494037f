"""What other resources of a template say of its functions: triggers, permissions, concurrency, logs, alarms."""

from __future__ import annotations

from collections.abc import Callable

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Alarm, Permission, Queue, Setting, Trigger
from lambdalint.sources.cloudformation.behind_apis import described, integration, itself, method
from lambdalint.sources.cloudformation.functions import Draft, FunctionReader
from lambdalint.sources.cloudformation.references import References
from lambdalint.sources.cloudformation.template import Declarations, Resource
from lambdalint.sources.mappings import mapping, type_of
from lambdalint.sources.paths import Files
from lambdalint.sources.values import Settings, Value

Queues = Callable[[Value | None], Queue | None]


class Companions:
    """Completes the drafts of a template's functions."""

    def __init__(
        self,
        template: Declarations,
        settings: Settings,
        references: References,
        reader: FunctionReader,
        queues: Queues,
        files: Files,
    ) -> None:
        self.template = template
        self.settings = settings
        self.references = references
        self.reader = reader
        self.queues = queues
        self.files = files
        self.unclaimed: list[Setting[str]] = []
        """The names of log groups that may be those of functions: they are only known when all is deployed."""

    def complete(self, drafts: dict[str, Draft]) -> None:
        for logical_id, type_ in self.template.types.items():
            method = _METHODS.get(type_)
            method = method or (_custom if type_.startswith("Custom::") else None)
            if method is None:
                continue
            resource = self.template.resource(logical_id)
            if resource is not None:
                method(self, resource, drafts)
        for draft in drafts.values():
            if draft["log_group"] is None and self.unclaimed:
                draft["log_group"] = self.unclaimed[0]

    def type_of(self, ref: str) -> str | None:
        """The type of a resource of this template, or of a stack in it."""
        below = self.template.below(ref)
        return self.template.types.get(ref) if below is None else below.type

    def add(self, drafts: dict[str, Draft], value: Value | None, trigger: Trigger) -> None:
        for function in self.references.functions(value):
            if function in drafts:
                drafts[function]["triggers"].append(trigger)

    def simple(
        self, type_: str, resource: Resource, value: Value | None, drafts: dict[str, Draft], source: Value | None = None
    ) -> None:
        self.add(drafts, value, Trigger(type_, resource.location, self.settings.string(source)))


def _mapping(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    properties = resource.properties
    kind = type_of(properties, self.type_of)
    source = properties.get("EventSourceArn")
    trigger = mapping(self.settings, kind, resource.location, properties, source, self.queues)
    self.add(drafts, properties.get("FunctionName"), trigger)


def _permission(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p, s = resource.properties, self.settings
    permission = Permission(
        resource.location,
        s.string(p.get("Action")),
        s.string(p.get("Principal")),
        s.string(p.get("SourceArn")),
        s.string(p.get("SourceAccount")),
        s.string(p.get("PrincipalOrgID")),
        s.string(p.get("FunctionUrlAuthType")),
        p.get("InvokedViaFunctionUrl") is not None,
    )
    for function in self.references.functions(p.get("FunctionName")):
        drafts[function]["permissions"].append(permission)


def _alias(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p, s = resource.properties, self.settings
    for function in self.references.functions(p.get("FunctionName")):
        name = s.string(p.get("Name"))
        drafts[function].setdefault("alias_of", name)
        amount = p.get("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
        if amount is not None:
            drafts[function].update(provisioned_concurrency=s.integer(amount), provisioned_on=name)


def _version(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p, s = resource.properties, self.settings
    for function in self.references.functions(p.get("FunctionName")):
        published = s.constant(resource.logical_id, Value(None, resource.location))
        drafts[function].setdefault("alias_of", published)
        amount = p.get("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions")
        if amount is not None:
            drafts[function].update(provisioned_concurrency=s.integer(amount), provisioned_on=published)


def _invoke_config(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    for function in self.references.functions(resource.properties.get("FunctionName")):
        drafts[function].update(self.reader.invoke_config(resource.properties))


def _url(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p = resource.properties
    for function in self.references.functions(p.get("TargetFunctionArn")):
        drafts[function]["url"] = self.reader.url(p._replace(location=resource.location))


def _scaling(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    for function in self.references.functions(resource.properties.get("ResourceId")):
        drafts[function]["provisioned_scaling"] = True


def _log_group(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p, s = resource.properties, self.settings
    name = p.get("LogGroupName")
    retention = s.integer(p.get("RetentionInDays"))
    claimed = False
    for logical_id, draft in drafts.items():
        group = draft["log_group"]
        linked = group is not None and group.target == resource.logical_id
        if not linked and group is None and name is not None:
            text = name.data if isinstance(name.data, str) else name.text
            own = draft["function_name"]
            own_name = (own.known or own.text) if own is not None else ""
            linked = logical_id in name.refs or (bool(own_name) and text == f"/aws/lambda/{own_name}")
        if linked:
            draft["log_group"] = group or s.string(name) or s.constant(resource.logical_id, p)
            draft["log_retention_days"] = retention
            draft["log_group_declared"] = claimed = True
    setting = s.string(name)
    if not claimed and setting is not None and setting.known is None and setting.text.startswith("/aws/lambda/"):
        self.unclaimed.append(setting)


def _alarm(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p = resource.properties
    metrics = [
        p,
        *(
            m
            for one in (p.get("Metrics") or Value([], p.location)).elements()
            if (m := one.get("MetricStat", "Metric"))
        ),
    ]
    for metric in metrics:
        name = metric.get("MetricName")
        alarm = Alarm(resource.location, name.data if name is not None and isinstance(name.data, str) else UNKNOWN)
        named = self.references.functions(metric.get("Dimensions"))
        for function in named or (drafts if _is_of_any(metric) else ()):
            drafts[function]["alarms"].append(alarm)


def _is_of_any(metric: Value) -> bool:
    """Whether a metric is one of all functions together, or of one that is not known."""
    namespace, dimensions = metric.get("Namespace"), metric.get("Dimensions")
    if namespace is None or namespace.data != "AWS/Lambda":
        return False
    if dimensions is None or dimensions.data is UNKNOWN:
        return True
    stated = [one.get("Value") for one in dimensions.elements()] if isinstance(dimensions.data, list) else []
    values = [*stated, *(value for _, value in dimensions.entries())]
    return any(value is not None and value.data is UNKNOWN for value in values)


def _rule(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p, s = resource.properties, self.settings
    schedule = s.string(p.get("ScheduleExpression"))
    targets = p.get("Targets")
    for target in targets.elements() if targets is not None else ():
        trigger = Trigger(
            "schedule" if schedule is not None and p.get("EventPattern") is None else "eventbridge",
            resource.location,
            s.string(p.get("EventBusName")),
            schedule=schedule,
            max_retries=s.integer(target.get("RetryPolicy", "MaximumRetryAttempts")),
            on_failure=s.string(target.get("DeadLetterConfig", "Arn")),
            enabled=_state(p.get("State"), s),
        )
        self.add(drafts, target.get("Arn"), trigger)


def _schedule(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p, s = resource.properties, self.settings
    target = p.get("Target")
    if target is None:
        return
    trigger = Trigger(
        "schedule",
        resource.location,
        schedule=s.string(p.get("ScheduleExpression")),
        max_retries=s.integer(target.get("RetryPolicy", "MaximumRetryAttempts")),
        on_failure=s.string(target.get("DeadLetterConfig", "Arn")),
        enabled=_state(p.get("State"), s),
    )
    self.add(drafts, target.get("Arn"), trigger)


def _state(value: Value | None, settings: Settings) -> Setting[bool] | None:
    if value is None or not isinstance(value.data, str):
        return None
    return settings.constant(value.data.upper() == "ENABLED", value)


def _subscription(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    p = resource.properties
    self.simple("sns", resource, p.get("Endpoint"), drafts, p.get("TopicArn"))


def _topic(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    found = resource.properties.get("Subscription")
    for one in found.elements() if found is not None else ():
        topic = itself(resource)
        self.simple("sns", resource, one.get("Endpoint"), drafts, topic)


def _bucket(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    found = resource.properties.get("NotificationConfiguration", "LambdaConfigurations")
    for one in found.elements() if found is not None else ():
        rules = one.get("Filter", "S3Key", "Rules")
        affixes = {
            str(getattr(rule.get("Name"), "data", "")).lower(): rule.get("Value")
            for rule in (rules.elements() if rules is not None else ())
        }
        bucket = Value(UNKNOWN, one.location, resource.logical_id, (resource.logical_id,))
        trigger = Trigger(
            "s3",
            one.location,
            self.settings.string(bucket),
            prefix=self.settings.string(affixes.get("prefix")),
            suffix=self.settings.string(affixes.get("suffix")),
            events=self.settings.strings(one.get("Event")),
        )
        self.add(drafts, one.get("Function"), trigger)


def _user_pool(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    config = resource.properties.get("LambdaConfig")
    pool = Value(UNKNOWN, resource.location, resource.logical_id, (resource.logical_id,))
    for one in config.maps() if config is not None else ():
        for name, value in one.entries():
            asked = name not in ("CustomSMSSender", "CustomEmailSender")
            self.add(drafts, value, Trigger("cognito", resource.location, self.settings.string(pool), waits=asked))


def _by(type_: str, *keys: str, source: str = "") -> Callable[[Companions, Resource, dict[str, Draft]], None]:
    """A resource that invokes whichever function stands below one of `keys`."""

    def method(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
        for key in keys:
            value = resource.properties.get(*key.split("."))
            if value is not None:
                of = resource.properties.get(source) if source else None
                self.simple(type_, resource, value, drafts, of)

    return method


def _custom(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    self.simple("custom-resource", resource, resource.properties.get("ServiceToken"), drafts)


def _machine(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    source = itself(resource)
    seen: set[str] = set()
    for key in ("Definition", "DefinitionString", "DefinitionSubstitutions"):
        for function in self.references.functions(resource.properties.get(key)):
            if function not in seen:
                seen.add(function)
                trigger = Trigger("step-functions", resource.location, self.settings.string(source))
                drafts[function]["triggers"].append(trigger)


def _connector(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    """It grants its source what it needs of its destinations."""
    source = resource.properties.get("Source", "Id")
    if source is not None and isinstance(source.data, str) and source.data in drafts:
        drafts[source.data]["connected"] = True


_METHODS: dict[str, Callable[[Companions, Resource, dict[str, Draft]], None]] = {
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::Version": _version,
    "AWS::Lambda::EventInvokeConfig": _invoke_config,
    "AWS::Lambda::Url": _url,
    "AWS::ApplicationAutoScaling::ScalableTarget": _scaling,
    "AWS::Logs::LogGroup": _log_group,
    "Custom::LogRetention": _log_group,  # of CDK
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::Events::Rule": _rule,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::S3::Bucket": _bucket,
    "AWS::Logs::SubscriptionFilter": _by("cloudwatch-logs", "DestinationArn", source="LogGroupName"),
    "AWS::IoT::TopicRule": _by("iot", "TopicRulePayload.Actions"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _by("alb", "Targets"),
    "AWS::AppSync::DataSource": _by("appsync", "LambdaConfig.LambdaFunctionArn", source="ApiId"),
    "AWS::AppSync::GraphQLApi": _by("authorizer", "LambdaAuthorizerConfig.AuthorizerUri"),
    "AWS::Cognito::UserPool": _user_pool,
    "AWS::KinesisFirehose::DeliveryStream": _by(
        "firehose",
        "ExtendedS3DestinationConfiguration.ProcessingConfiguration",
        "S3DestinationConfiguration.ProcessingConfiguration",
        "RedshiftDestinationConfiguration.ProcessingConfiguration",
        "ElasticsearchDestinationConfiguration.ProcessingConfiguration",
        "AmazonopensearchserviceDestinationConfiguration.ProcessingConfiguration",
        "AmazonOpenSearchServerlessDestinationConfiguration.ProcessingConfiguration",
        "HttpEndpointDestinationConfiguration.ProcessingConfiguration",
        "SplunkDestinationConfiguration.ProcessingConfiguration",
        "SnowflakeDestinationConfiguration.ProcessingConfiguration",
        "IcebergDestinationConfiguration.ProcessingConfiguration",
    ),
    "AWS::CloudFront::Distribution": _by("cloudfront", "DistributionConfig"),
    "AWS::CloudFormation::CustomResource": _custom,
    "AWS::Config::ConfigRule": _by("config", "Source.SourceIdentifier"),
    "AWS::Pipes::Pipe": _by("pipe", "Target", "Enrichment", source="Source"),
    "AWS::SES::ReceiptRule": _by("ses", "Rule.Actions"),
    "AWS::CodeCommit::Repository": _by("codecommit", "Triggers"),
    "AWS::CodePipeline::Pipeline": _by("codepipeline", "Stages"),
    "AWS::Bedrock::Agent": _by("bedrock-agent", "ActionGroups"),
    "AWS::Lex::Bot": _by("lex", "TestBotAliasSettings"),
    "AWS::Lex::BotAlias": _by("lex", "BotAliasLocaleSettings"),
    "AWS::SecretsManager::RotationSchedule": _by("rotation", "RotationLambdaARN"),
    "AWS::ApiGateway::Method": method,
    "AWS::ApiGateway::RestApi": described("api"),
    "AWS::Serverless::Api": described("api"),
    "AWS::Serverless::HttpApi": described("http-api"),
    "AWS::ApiGatewayV2::Api": described("http-api"),
    "AWS::ApiGateway::Authorizer": _by("authorizer", "AuthorizerUri"),
    "AWS::ApiGatewayV2::Authorizer": _by("authorizer", "AuthorizerUri"),
    "AWS::ApiGatewayV2::Integration": integration,
    "AWS::StepFunctions::StateMachine": _machine,
    "AWS::Serverless::StateMachine": _machine,
    "AWS::Serverless::Connector": _connector,
    "AWS::Serverless::GraphQLApi": _by("appsync", "DataSources"),
    "AWS::S3ObjectLambda::AccessPoint": _by("object-lambda", "ObjectLambdaConfiguration"),
}
