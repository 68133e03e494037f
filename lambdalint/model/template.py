"""What templates declare: functions with their settings and triggers, and what stands around them.

A setting is stated, not stated (`None`), or stated but not knowable (its value is `UNKNOWN`). Each knows the place
that states it, be it a Globals section or the defaults of a provider.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from lambdalint.model.places import UNKNOWN, Location, Unknown

T = TypeVar("T")


class Setting(NamedTuple, Generic[T]):
    """One value that a template states."""

    value: T | Unknown
    """UNKNOWN also where several conditions lead to several values."""
    location: Location
    text: str = ""
    """How it may be shown where it is not known: `arn:aws:sqs:${AWS::Region}:1:orders`. Never a variable's value."""
    target: str = ""
    """The logical id of the resource of this template that it refers to."""
    choices: tuple[T, ...] = ()
    """All values that are known to be possible."""
    optional: bool = False
    """Under some condition it is not stated at all."""
    inherited: bool = False
    """Stated for several functions at once: in Globals, or by a provider."""
    assumed: bool = False
    """It is what a parameter is unless a deployment says otherwise."""

    @property
    def known(self) -> T | None:
        """The value; None where it cannot be known."""
        return None if isinstance(self.value, Unknown) else self.value


class Filter(NamedTuple):
    """One pattern of the filter criteria of an event source mapping."""

    pattern: str | Unknown
    """As JSON."""
    location: Location


class Queue(NamedTuple):
    """An SQS queue."""

    logical_id: str
    location: Location
    fifo: bool | Unknown = False
    visibility_timeout_s: Setting[int] | None = None
    """Not stated: 30."""
    redrive: Setting[str] | None = None
    """The dead-letter queue."""
    max_receive_count: Setting[int] | None = None


class Trigger(NamedTuple):
    """What invokes a function. All but `type` and `location` as far as stated, or None."""

    type: str
    """`sqs kinesis dynamodb msk kafka mq documentdb` (event source mappings); `s3 sns eventbridge schedule iot
    cloudwatch-logs codecommit ses config` (asynchronous); `api http-api websocket alb url appsync cognito lex alexa
    step-functions firehose authorizer cloudfront custom-resource object-lambda bedrock-agent` (the caller waits);
    `api-mapped` (an API that translates what is sent and answered); `pipe codepipeline rotation`; `unknown`."""
    location: Location
    source: Setting[str] | None = None
    """The ARN or name of what sends the events; `target` is its logical id, if it stands in this template."""
    queue: Queue | None = None
    """The queue, where that stands in this template."""
    batch_size: Setting[int] | None = None
    window_s: Setting[int] | None = None
    starting_position: Setting[str] | None = None
    function_response_types: Setting[tuple[str, ...]] | None = None
    bisect: Setting[bool] | None = None
    max_retries: Setting[int] | None = None
    """-1: as often as it takes."""
    max_record_age_s: Setting[int] | None = None
    """-1: without end."""
    on_failure: Setting[str] | None = None
    filters: tuple[Filter, ...] = ()
    filters_known: bool = True
    """False where there may be others."""
    enabled: Setting[bool] | None = None
    maximum_concurrency: Setting[int] | None = None
    parallelization_factor: Setting[int] | None = None
    tumbling_window_s: Setting[int] | None = None
    provisioned_pollers: Setting[int] | None = None
    schedule: Setting[str] | None = None
    """`rate(5 minutes)`, `cron(...)`."""
    route: str = ""
    """`GET /orders`, as far as stated."""
    prefix: Setting[str] | None = None
    """Of the object keys that S3 tells of."""
    suffix: Setting[str] | None = None
    events: Setting[tuple[str, ...]] | None = None
    """What S3 tells of: `s3:ObjectCreated:*`."""
    payload_format: Setting[str] | None = None
    """Of an HTTP API: `1.0` or `2.0`."""
    timeout_ms: Setting[int] | None = None
    """How long an API waits for the answer."""
    waits: bool = True
    """False where nobody waits for the whole answer though one could: it is streamed, or not wanted."""


EVENT_SOURCE_MAPPINGS = frozenset({"sqs", "kinesis", "dynamodb", "msk", "kafka", "mq", "documentdb"})
"""Types of triggers that Lambda polls."""
STREAMS = frozenset({"kinesis", "dynamodb"})
ASYNCHRONOUS = frozenset(
    {"s3", "sns", "eventbridge", "schedule", "iot", "cloudwatch-logs", "codecommit", "ses", "config"}
)
"""Types of triggers that do not wait for the function, and try again if it fails."""
HTTP = frozenset({"api", "http-api", "alb", "url"})
"""Types of triggers that expect an answer with a status code."""


class Statement(NamedTuple):
    """One statement of an IAM policy. Texts that are not wholly known hold `${...}`."""

    location: Location
    effect: str = "Allow"
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    """`*`, service names, accounts and ARNs, of a resource's own policy."""
    conditions: frozenset[str] = frozenset()
    """The keys that its conditions test: `aws:SourceArn`."""
    has_condition: bool = False
    known: bool = True
    """False where a part of it cannot be known."""


class Policy(NamedTuple):
    """A policy of a role that is known by name only: a managed one, or a policy template of SAM."""

    name: Setting[str]
    """`arn:aws:iam::aws:policy/AdministratorAccess`, `S3ReadPolicy`."""
    is_template: bool = False
    everywhere: bool = False
    """Of a policy template: it is given `*` for the name of what it is about."""

    @property
    def of_aws(self) -> str:
        """What AWS calls it, `AdministratorAccess`; empty for a policy of one's own, or if it is not known."""
        text = self.name.known or self.name.text
        name = text.rpartition("/")[2]
        return "" if "$" in name or (text.startswith("arn:") and ":iam::aws:" not in text) else name


class Permission(NamedTuple):
    """Who may invoke a function."""

    location: Location
    action: Setting[str] | None = None
    principal: Setting[str] | None = None
    source_arn: Setting[str] | None = None
    source_account: Setting[str] | None = None
    organization: Setting[str] | None = None
    url_auth: Setting[str] | None = None
    via_url: bool = False
    """It holds for calls through the function's URL only."""


class Cors(NamedTuple):
    """Which other sites may call an API or a function URL from a browser."""

    location: Location
    origins: tuple[str, ...] = ()
    credentials: bool = False


class Url(NamedTuple):
    """A function URL."""

    location: Location
    auth: Setting[str] | None = None
    cors: Cors | None = None


class Vpc(NamedTuple):
    """The network a function is put into."""

    location: Location
    subnets: tuple[str, ...] | Unknown = UNKNOWN
    security_groups: tuple[str, ...] | Unknown = UNKNOWN


def nowhere(line: int, column: int) -> tuple[int, int] | None:
    """Not known."""
    return None


class Code(NamedTuple):
    """What is deployed, as the template says it."""

    location: Location
    kind: str
    """`folder`, `file`, `missing` (a folder that is not here), `inline`, `image`, `remote` (a bucket, a registry) or
    `unknown`."""
    path: str = ""
    """The folder or file, as findings name paths."""
    command: str = ""
    """The handler that an image's Dockerfile names."""
    dockerfile: str = ""
    roots: tuple[str, ...] = ()
    """Folders whose content is packed beside that of `path`."""
    inline: str = ""
    """The code itself."""
    place: Callable[[int, int], tuple[int, int] | None] = nowhere
    """From a line and column of inline code to those of the template."""
    complete: bool = False
    """All the source is in the folder: nothing is built or fetched first. Of inline code: all of it is known."""


class Alarm(NamedTuple):
    """A CloudWatch alarm on a metric of a function."""

    location: Location
    metric: str | Unknown = UNKNOWN


_TOOLS = {"serverless": "the Serverless Framework", "chalice": "Chalice", "zappa": "Zappa"}


class Function(NamedTuple):
    """A Lambda function as its template declares it; everything else as far as stated, or None."""

    path: str
    """The template."""
    logical_id: str
    location: Location
    """Its logical id, or the head of its block."""
    format: str
    """`sam cloudformation cdk terraform terraform-plan serverless chalice zappa`."""
    place: str = ""
    """What the tool that wrote the template calls it: the `aws:cdk:path`, a Terraform address."""
    function_name: Setting[str] | None = None
    runtime: Setting[str] | None = None
    handler: Setting[str] | None = None
    package_type: Setting[str] | None = None
    code: Code | None = None
    handler_path: str | None = None
    """The file that `handler` means; None where it is not found or not looked for."""
    handler_name: str = ""
    """The callable in it."""
    entries: Sequence[tuple[str, str]] = ()
    """Further callables to which a framework hands its events: the file, and the name in it."""
    is_python: bool = False
    memory_mb: Setting[int] | None = None
    timeout_s: Setting[int] | None = None
    default_memory_mb: int = 128
    """What it gets if nothing is stated: tools have defaults of their own."""
    default_timeout_s: int = 3
    architectures: Setting[tuple[str, ...]] | None = None
    tracing: Setting[str] | None = None
    """`Active` or `PassThrough`."""
    environment: Mapping[str, Setting[str]] | Unknown | None = None
    """UNKNOWN where not even the names are known."""
    environment_open: bool = False
    """There may be variables besides those of `environment`."""
    layers: Setting[tuple[str, ...]] | None = None
    layer_folders: tuple[str, ...] = ()
    """The folders of those layers whose source is here, as Python looks for modules in them."""
    dead_letter: Setting[str] | None = None
    on_failure: Setting[str] | None = None
    """Of asynchronous invocations."""
    on_success: Setting[str] | None = None
    max_async_retries: Setting[int] | None = None
    max_async_age_s: Setting[int] | None = None
    reserved_concurrency: Setting[int] | None = None
    provisioned_concurrency: Setting[int] | None = None
    provisioned_scaling: bool = False
    """Something scales the provisioned concurrency."""
    provisioned_on: Setting[str] | None = None
    """The version or alias that has it."""
    snap_start: Setting[str] | None = None
    """`PublishedVersions` or `None`."""
    vpc: Vpc | None = None
    log_group: Setting[str] | None = None
    log_group_declared: bool = False
    """Its log group stands in this template."""
    log_retention_days: Setting[int] | None = None
    log_format: Setting[str] | None = None
    """`JSON` or `Text`."""
    log_level: Setting[str] | None = None
    """Of the function's own messages, where the format is JSON."""
    alias: Setting[str] | None = None
    """The alias or the version that is published with each deployment."""
    deployment_preference: Setting[str] | None = None
    deployment_alarms: bool = False
    url: Url | None = None
    ephemeral_storage_mb: Setting[int] | None = None
    mounts: tuple[str, ...] | Unknown = ()
    """Local paths of file systems."""
    role: Setting[str] | None = None
    statements: Sequence[Statement] = ()
    policies: Sequence[Policy] = ()
    policies_known: bool = False
    """Whether these are all that its role allows."""
    role_shared: bool = False
    """Something besides this function has its role too, or may have."""
    opened_services: frozenset[str] = frozenset()
    """Services some of whose resources here have a policy of their own, which may allow this function something:
    `sqs`, `sns`, `s3`, `secretsmanager`."""
    permissions: Sequence[Permission] = ()
    recursive_loop: Setting[str] | None = None
    triggers: Sequence[Trigger] = ()
    triggers_known: bool = True
    """False where the template may declare triggers that were not understood."""
    alarms: Sequence[Alarm] = ()
    managed_instances: bool = False
    """Runs on Lambda Managed Instances, which have limits of their own."""
    durable: bool = False
    """Goes on where it stopped, in one invocation after the other."""
    optional: bool = False
    """Exists under some condition only."""
    generated: bool = False
    """Put in by the tool that wrote the template, for purposes of its own: no check hears of it."""

    @property
    def name(self) -> str:
        """As it is deployed, where that is known; else its logical id."""
        if self.function_name is not None and isinstance(self.function_name.value, str):
            return self.function_name.value
        return self.logical_id

    @property
    def tool(self) -> str:
        """What deploys it, as people call that."""
        return _TOOLS.get(self.format, "Lambda")

    @property
    def label(self) -> str:
        """`path:logical_id`."""
        return f"{self.path}:{self.logical_id}"


class Api(NamedTuple):
    """An API of API Gateway, with its stage."""

    logical_id: str
    location: Location
    type: str
    """`api`, `http-api` or `websocket`."""
    throttled: bool | Unknown = False
    access_logs: bool | Unknown = False
    cached: bool | Unknown = False
    compressed: bool | Unknown = False
    usage_plan: bool | Unknown = False
    traced: bool | Unknown = False
    cors: Cors | None = None
    functions: tuple[str, ...] = ()
    """The logical ids of the functions behind it."""


class DeliveryStream(NamedTuple):
    """A Firehose delivery stream."""

    logical_id: str
    location: Location
    compression: Setting[str] | None = None
    backup: Setting[str] | None = None
    buffer_mb: Setting[int] | None = None
    buffer_s: Setting[int] | None = None
    converts_format: bool = False
    """It writes Parquet or ORC, which is compressed anyway."""
    to_s3: bool = False
    functions: tuple[str, ...] = ()


class State(NamedTuple):
    """One state of a Step Functions state machine."""

    name: str
    type: str
    location: Location
    resource: str = ""
    """What a Task calls; texts that are not wholly known hold `${...}`."""
    function: str = ""
    """The logical id of the Lambda function it calls."""
    retries: tuple[str, ...] = ()
    """The errors after which it tries again."""
    catches: tuple[str, ...] = ()
    """The errors after which it goes on elsewhere."""
    has_timeout: bool = False
    """Itself, or by a heartbeat."""
    has_default: bool = False
    known: bool = True


class StateMachine(NamedTuple):
    """A Step Functions state machine."""

    logical_id: str
    location: Location
    states: tuple[State, ...] = ()
    has_timeout: bool = False


class Stack(NamedTuple):
    """One template: its functions, and what is declared around them."""

    path: str
    location: Location
    format: str
    functions: Sequence[Function] = ()
    queues: Sequence[Queue] = ()
    apis: Sequence[Api] = ()
    delivery_streams: Sequence[DeliveryStream] = ()
    state_machines: Sequence[StateMachine] = ()

    @property
    def label(self) -> str:
        return self.path
