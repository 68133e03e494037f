"""Terraform's resources in the words of CloudFormation: what is read of these serves both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from lambdalint.model.places import UNKNOWN
from lambdalint.sources.cloudformation.template import Resource, Template
from lambdalint.sources.documents import Document
from lambdalint.sources.terraform.items import Item
from lambdalint.sources.terraform.json_texts import document_of
from lambdalint.sources.terraform.vocabulary import FREE, LISTS, NAMES, TYPES, WRAPPED
from lambdalint.sources.values import Value, shown


class Resources:
    """What a stack declares, by address."""

    def __init__(self, path: str, items: Iterable[Item]) -> None:
        self.path = path
        self.items: dict[str, Item] = {}
        for item in items:
            self.items.setdefault(item.address, item)
        self.types: Mapping[str, str] = {
            address: TYPES[item.type] for address, item in self.items.items() if item.type in TYPES
        }
        self._made: dict[str, Resource] = {}
        self._handed_on: frozenset[str] | None = None

    def resource(self, logical_id: str) -> Resource | None:
        if logical_id not in self.types:
            return None
        if logical_id not in self._made:
            self._made[logical_id] = self._resource(self.items[logical_id])
        return self._made[logical_id]

    def resources(self, *types: str) -> Iterator[Resource]:
        for logical_id, type_ in self.types.items():
            if type_ in types:
                resource = self.resource(logical_id)
                if resource is not None:
                    yield resource

    def globals_of(self, kind: str) -> Value | None:
        """Terraform has no such thing."""
        return None

    @property
    def opened(self) -> bool:
        """What a module may declare that is not here is noted of the functions that it is given."""
        return False

    def below(self, ref: str) -> None:
        """The resources of modules have addresses as all others."""

    def within(self, document: Document) -> Template:
        """Of a description that stands in a file of its own."""
        return Template(document)

    def of(self, *types: str) -> Iterator[Item]:
        """The resources of some types, in Terraform's words."""
        return (item for item in self.items.values() if item.type in types)

    def meant(self, value: Value | None, *types: str) -> Item | None:
        """The resource of one of these types that a value refers to."""
        for ref in value.all_refs() if value is not None else ():
            item = self.items.get(ref)
            if item is not None and item.type in types:
                return item
        return None

    def is_handed_on(self, address: str) -> bool:
        """Whether a module that is not here is given a resource, and may do with it what it likes."""
        if self._handed_on is None:
            self._handed_on = frozenset(ref for item in self.of("module") for ref in item.body.all_refs())
        return address in self._handed_on

    def _resource(self, item: Item) -> Resource:
        method = _METHODS.get(item.type)
        body = item.body if isinstance(item.body.data, dict) else Value({}, item.location, opened=True)
        properties = method(self, item, body) if method is not None else renamed(body, NAMES.get(item.type, {}))
        if item.type in WRAPPED:
            for key in reversed(WRAPPED[item.type].split(".")):
                properties = Value({key: properties}, item.location)
        return Resource(
            logical_id=item.address,
            type=TYPES[item.type],
            location=item.location,
            properties=properties._replace(location=item.location),
            metadata=None,
            ignored_globals=None,
            condition=item.optional,
            connected=False,
            node=None,
            malformed=False,
        )


def renamed(value: Value, names: Mapping[str, str]) -> Value:
    """A body with the names of CloudFormation: `batch_size` is `BatchSize`, and a block that stands once is a map."""
    data = {}
    for name, one in value.entries():
        key = names.get(name) or "".join(part[:1].upper() + part[1:] for part in name.split("_"))
        data[key] = _only(one) if name in FREE else _inner(key, one, names)
    return value._replace(data=data)


def _only(value: Value) -> Value:
    """Old versions of Terraform let maps be written as blocks."""
    data = value.data
    return data[0] if isinstance(data, list) and len(data) == 1 and isinstance(data[0].data, dict) else value


def _inner(key: str, value: Value, names: Mapping[str, str]) -> Value:
    if isinstance(value.data, dict):
        return renamed(value, names)
    if isinstance(value.data, list) and value.data and all(isinstance(one.data, dict) for one in value.data):
        inner = [renamed(one, names) for one in value.data]
        if len(inner) == 1 and key not in LISTS:
            return inner[0]._replace(opened=inner[0].opened or value.opened)
        return value._replace(data=inner)
    return value


def _map(like: Value, **data: Value | None) -> Value:
    return like._replace(data={key: one for key, one in data.items() if one is not None})


def _function(self: Resources, item: Item, body: Value) -> Value:
    properties = renamed(body, NAMES["aws_lambda_function"])
    reserved = properties.get("ReservedConcurrentExecutions")
    if reserved is not None and reserved.data == -1:
        del properties.data["ReservedConcurrentExecutions"]
    return properties


def _queue(self: Resources, item: Item, body: Value) -> Value:
    properties = renamed(body, NAMES["aws_sqs_queue"])
    policy = body.get("redrive_policy")
    for other in self.of("aws_sqs_queue_redrive_policy"):
        of = other.body.get("queue_url")
        if policy is None and of is not None and item.address in of.all_refs():
            policy = other.body.get("redrive_policy")
    return properties._replace(
        data={**properties.data, "RedrivePolicy": document_of(policy) or Value(None, item.location)}
    )


def _policy(self: Resources, item: Item, body: Value) -> Value:
    return _map(
        body,
        PolicyDocument=document_of(body.get("policy")),
        RoleName=body.get("role"),
        Roles=body.get("roles"),
    )


def _role(self: Resources, item: Item, body: Value) -> Value:
    """A role, with the policies that others attach to it."""
    managed: list[Value] = []
    stated = body.get("managed_policy_arns")
    opened = stated is not None and (stated.opened or stated.data is UNKNOWN)
    if stated is not None and isinstance(stated.data, list):
        managed += stated.data
    name = body.get("name")
    for other in self.of("aws_iam_role_policy_attachment", "aws_iam_policy_attachment"):
        holders = [other.body.get("role"), other.body.get("roles")]
        if any(_is_of(one, item.address, name) for one in holders if one is not None):
            policy = other.body.get("policy_arn")
            managed.append(policy if policy is not None else Value(UNKNOWN, other.location))
    inline = body.get("inline_policy")
    policies = [
        _map(one, PolicyDocument=document_of(one.get("policy")))
        for one in (inline.elements() if inline is not None else ())
    ]
    return body._replace(
        data={
            "Policies": Value(policies, item.location),
            "ManagedPolicyArns": Value(managed, item.location),
            "AssumeRolePolicyDocument": document_of(body.get("assume_role_policy")) or Value(UNKNOWN, item.location),
        },
        opened=body.opened or opened or (inline is not None and inline.opened) or self.is_handed_on(item.address),
    )


def _is_of(value: Value, address: str, name: Value | None) -> bool:
    if address in value.all_refs():
        return True
    return name is not None and isinstance(name.data, str) and value.data == name.data


def _target(self: Resources, item: Item, body: Value) -> Value:
    """A target of a rule, as a rule that has just this target."""
    stated = body.get("rule")
    rule = self.meant(stated, "aws_cloudwatch_event_rule")
    if rule is None and stated is not None and isinstance(stated.data, str):
        for one in self.of("aws_cloudwatch_event_rule"):
            name = one.body.get("name")
            rule = one if name is not None and name.data == stated.data else rule
    of = rule.body if rule is not None else Value({}, item.location)
    state = of.get("state")
    enabled = of.get("is_enabled")
    if state is None and enabled is not None and isinstance(enabled.data, bool):
        state = enabled._replace(data="ENABLED" if enabled.data else "DISABLED")
    return _map(
        body,
        ScheduleExpression=of.get("schedule_expression"),
        EventPattern=of.get("event_pattern"),
        EventBusName=body.get("event_bus_name") or of.get("event_bus_name"),
        State=state,
        Targets=Value([renamed(body, {})], item.location),
    )


def _integration(self: Resources, item: Item, body: Value) -> Value:
    return _map(
        body,
        RestApiId=body.get("rest_api_id"),
        ResourceId=body.get("resource_id"),
        HttpMethod=body.get("http_method"),
        Integration=renamed(body, {"timeout_milliseconds": "TimeoutInMillis"}),
    )


def _alarm(self: Resources, item: Item, body: Value) -> Value:
    properties = renamed(body, {})
    queries = body.get("metric_query")
    listed = queries.elements() if queries is not None else ()
    metrics = [Value({"MetricStat": renamed(one, {})}, one.location) for one in listed]
    if metrics:
        properties.data["Metrics"] = Value(metrics, item.location)
    return properties


def _machine(self: Resources, item: Item, body: Value) -> Value:
    return _map(body, DefinitionString=document_of(body.get("definition")))


def _log_group(self: Resources, item: Item, body: Value) -> Value:
    properties = renamed(body, NAMES["aws_cloudwatch_log_group"])
    retention = properties.get("RetentionInDays")
    if retention is not None and retention.data == 0:  # for ever
        del properties.data["RetentionInDays"]
    return properties


def _stream(self: Resources, item: Item, body: Value) -> Value:
    properties = renamed(body, NAMES["aws_kinesis_firehose_delivery_stream"])
    return properties._replace(data={key: _hinted(one) for key, one in properties.data.items()})


def _hinted(config: Value) -> Value:
    if not isinstance(config.data, dict):
        return config
    hints = _map(
        config,
        SizeInMBs=config.get("BufferingSize") or config.get("BufferSize"),
        IntervalInSeconds=config.get("BufferingInterval") or config.get("BufferInterval"),
    )
    data = {key: _hinted(one) if key == "S3Configuration" else one for key, one in config.data.items()}
    return config._replace(data={**data, "BufferingHints": hints} if hints.data else data)


def _api(self: Resources, item: Item, body: Value) -> Value:
    properties = renamed(body, {})
    described = document_of(body.get("body"))
    if described is not None:
        properties.data["Body"] = described
    least = properties.get("MinimumCompressionSize")
    if least is not None and shown(least) == "-1":
        del properties.data["MinimumCompressionSize"]
    return properties


_METHODS: dict[str, Callable[[Resources, Item, Value], Value]] = {
    "aws_lambda_function": _function,
    "aws_sqs_queue": _queue,
    "aws_iam_role": _role,
    "aws_iam_policy": _policy,
    "aws_iam_role_policy": _policy,
    "aws_sqs_queue_policy": _policy,
    "aws_sns_topic_policy": _policy,
    "aws_s3_bucket_policy": _policy,
    "aws_secretsmanager_secret_policy": _policy,
    "aws_cloudwatch_event_target": _target,
    "aws_api_gateway_integration": _integration,
    "aws_api_gateway_rest_api": _api,
    "aws_apigatewayv2_api": _api,
    "aws_cloudwatch_metric_alarm": _alarm,
    "aws_sfn_state_machine": _machine,
    "aws_cloudwatch_log_group": _log_group,
    "aws_kinesis_firehose_delivery_stream": _stream,
}
