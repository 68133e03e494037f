"""What is read of a `serverless.yml`: settings, variables, references."""

# ruff: noqa: E501 (templates and tables with long lines)
from __future__ import annotations

import time
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from declaring import declared, functions, lay, remarks, shown, triggers

from lambdalint.model import Function
from lambdalint.sources import read
from lambdalint.sources.serverless.variables import Variable, pieces


def service(own: str = "", provider: str = "", below: str = "") -> str:
    """A service with one function `hello`, by what stands in its parts."""
    text = "service: shop\nprovider:\n  name: aws\n  runtime: python3.13\n"
    text += indent(dedent(provider).strip(), "  ") + "\nfunctions:\n  hello:\n    handler: app.run\n"
    return text + indent(dedent(own).strip(), "    ") + "\n" + dedent(below)


def hello(own: str = "", provider: str = "", below: str = "") -> Function:
    return functions(service(own, provider, below), "serverless.yml")["hello"]


@pytest.mark.parametrize(
    ("own", "provider", "field", "expected"),
    [
        ("", "", "memory_mb", None),
        ("", "", "timeout_s", None),
        ("memorySize: 256", "memorySize: 512", "memory_mb", 256),
        ("", "memorySize: 512", "memory_mb", 512),
        ("", "timeout: 20", "timeout_s", 20),
        ("timeout: '7'", "timeout: 20", "timeout_s", 7),
        ("", "", "runtime", "python3.13"),
        ("runtime: python3.14", "", "runtime", "python3.14"),
        ("", "architecture: arm64", "architectures", ("arm64",)),
        ("", "tracing: {lambda: true}", "tracing", "Active"),
        ("", "tracing: {lambda: PassThrough}", "tracing", "PassThrough"),
        ("", "tracing: {apiGateway: true}", "tracing", None),
        ("", "tracing: true", "tracing", "Active"),
        ("tracing: PassThrough", "tracing: {lambda: true}", "tracing", "PassThrough"),
        ("tracing: false", "tracing: {lambda: true}", "tracing", None),
        ("", "layers: [arn:a]", "layers", ("arn:a",)),
        ("layers: [arn:b]", "layers: [arn:a]", "layers", ("arn:b",)),
        ("", "logRetentionInDays: 14", "log_retention_days", 14),
        ("logRetentionInDays: 7", "logRetentionInDays: 14", "log_retention_days", 7),
        ("disableLogs: true", "logRetentionInDays: 14", "log_retention_days", None),
        ("disableLogs: true", "", "log_group", "?none"),
        ("", "logs: {lambda: {logFormat: JSON}}", "log_format", "JSON"),
        ("reservedConcurrency: 5", "", "reserved_concurrency", 5),
        ("provisionedConcurrency: 2", "", "provisioned_concurrency", 2),
        ("provisionedConcurrency: 2", "", "provisioned_on", "provisioned"),
        ("snapStart: true", "", "snap_start", "PublishedVersions"),
        ("snapStart: true", "", "alias", "snapstart"),
        ("snapStart: false", "", "snap_start", None),
        ("ephemeralStorageSize: 2048", "", "ephemeral_storage_mb", 2048),
        ("onError: arn:aws:sns:eu-west-1:1:dead", "", "dead_letter", "arn:aws:sns:eu-west-1:1:dead"),
        ("destinations: {onFailure: arn:q, onSuccess: other}", "", "on_failure", "arn:q"),
        ("destinations: {onFailure: {type: sqs, arn: arn:q}}", "", "on_failure", "arn:q"),
        ("destinations: {onSuccess: other}", "", "on_success", "other"),
        ("maximumRetryAttempts: 1", "", "max_async_retries", 1),
        ("maximumEventAge: 60", "", "max_async_age_s", 60),
        ("deploymentSettings: {type: Linear10PercentEvery1Minute}", "", "deployment_preference", "Linear10PercentEvery1Minute"),
        ("role: arn:aws:iam::1:role/r", "", "role", "arn:aws:iam::1:role/r"),
        ("", "role: arn:aws:iam::1:role/r", "role", "arn:aws:iam::1:role/r"),
        ("", "iam: {role: arn:aws:iam::1:role/r}", "role", "arn:aws:iam::1:role/r"),
        ("", "iam: {role: {statements: []}}", "role", None),
        ("name: hi", "", "function_name", "hi"),
        ("", "", "function_name", None),
    ],
)  # fmt: skip
def test_settings(own: str, provider: str, field: str, expected: Any) -> None:
    assert shown(getattr(hello(own, provider), field)) == expected


def test_what_is_shared_says_so_and_where() -> None:
    found = hello("timeout: 3", "memorySize: 512")
    assert found.memory_mb is not None
    assert found.timeout_s is not None
    assert (found.memory_mb.inherited, found.memory_mb.location.line) == (True, 5)
    assert (found.timeout_s.inherited, found.location.line) == (False, 7)
    assert (found.format, found.default_memory_mb, found.default_timeout_s) == ("serverless", 1024, 6)


def test_environments_add_up() -> None:
    found = hello("environment: {B: own, C: null}", "environment: {A: a, B: shared}").environment
    assert {name: shown(one) for name, one in found.items()} == {"A": "a", "B": "own"}
    partly = hello("environment: {B: own}", "environment: ${file(env.js)}")
    assert (list(partly.environment), partly.environment_open) == (["B"], True)


@pytest.mark.parametrize(
    ("own", "provider", "subnets"),
    [
        ("", "vpc: {subnetIds: [a, b], securityGroupIds: [g]}", ("a", "b")),
        ("vpc: {subnetIds: [c], securityGroupIds: [g]}", "vpc: {subnetIds: [a, b]}", ("c",)),
    ],
)
def test_networks(own: str, provider: str, subnets: tuple[str, ...]) -> None:
    vpc = hello(own, provider).vpc
    assert vpc is not None
    assert vpc.subnets == subnets


@pytest.mark.parametrize(
    ("own", "auth", "origins"),
    [
        ("url: true", "NONE", None),
        ("url: {authorizer: aws_iam}", "AWS_IAM", None),
        ("url: {cors: true}", "NONE", ("*",)),
        ("url: {cors: {allowedOrigins: [https://a.b]}}", "NONE", ("https://a.b",)),
    ],
)
def test_function_urls(own: str, auth: str, origins: tuple[str, ...] | None) -> None:
    found = hello(own)
    assert found.url is not None
    assert shown(found.url.auth) == auth
    assert (found.url.cors.origins if found.url.cors else None) == origins
    assert [trigger.type for trigger in found.triggers] == ["url"]


OLD = "iamRoleStatements: [{Effect: Allow, Action: 's3:*', Resource: '*'}]"
NEW = "iam: {role: {statements: [{Effect: Allow, Action: ['s3:*'], Resource: '*'}], managedPolicies: [arn:p]}}"


@pytest.mark.parametrize(
    ("own", "provider", "below", "actions", "policies", "known"),
    [
        ("", "", "", [], [], True),
        ("", OLD, "", ["s3:*"], [], True),
        ("", NEW, "", ["s3:*"], ["arn:p"], True),
        ("", "iamRoleStatements: ['${file(a.js)}']", "", [], [], False),
        ("role: arn:r", NEW, "", [], [], False),
        (OLD, "", "", [], [], True),
        (OLD, NEW, "plugins: [serverless-iam-roles-per-function]", ["s3:*"], [], True),
        (f"iamRoleStatementsInherit: true\n{OLD}", NEW, "plugins: [serverless-iam-roles-per-function]", ["s3:*"] * 2, ["arn:p"], True),
    ],
)  # fmt: skip
def test_roles(own: str, provider: str, below: str, actions: list[str], policies: list[str], known: bool) -> None:
    found = hello(own, provider, below)
    assert [action for one in found.statements for action in one.actions] == actions
    assert ([shown(one.name) for one in found.policies], found.policies_known) == (policies, known)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("http: GET orders", "api GET /orders"),
        ("http: {path: /orders, method: post}", "api POST /orders"),
        ("http: {path: a, method: any, integration: lambda}", "api-mapped ANY /a"),
        ("http: {path: a, method: get, integration: lambda-proxy}", "api GET /a"),
        ("http: {path: a, method: get, async: true}", "api-mapped GET /a"),
        ("http: {path: a, method: get, timeoutInMillis: 5000}", "api GET /a timeout_ms=5000"),
        ("httpApi: '*'", "http-api ANY *"),
        ("httpApi: {path: /x, method: '*'}", "http-api ANY /x"),
        ("websocket: $connect", "websocket $connect"),
        ("websocket: {route: hi}", "websocket hi"),
        ("s3: photos", "s3 photos"),
        ("s3: {bucket: photos, rules: [{prefix: in/}, {suffix: .jpg}]}", "s3 photos prefix=in/ suffix=.jpg"),
        ("sns: orders", "sns orders"),
        ("sns: {arn: 'arn:aws:sns:a:1:t', redrivePolicy: {deadLetterTargetArn: arn:q}}", "sns arn:aws:sns:a:1:t on_failure=arn:q"),
        ("sqs: arn:aws:sqs:a:1:q", "sqs arn:aws:sqs:a:1:q"),
        (
            "sqs: {arn: 'arn:q', batchSize: 5, maximumBatchingWindow: 60, functionResponseType: ReportBatchItemFailures, maximumConcurrency: 4}",
            "sqs arn:q batch_size=5 window_s=60 function_response_types=('ReportBatchItemFailures',) maximum_concurrency=4",
        ),
        ("stream: arn:aws:kinesis:a:1:stream/s", "kinesis arn:aws:kinesis:a:1:stream/s batch_size=10 starting_position=TRIM_HORIZON"),
        (
            "stream: {type: dynamodb, arn: x, startingPosition: LATEST, batchSize: 1, maximumRetryAttempts: 2, bisectBatchOnFunctionError: true, destinations: {onFailure: arn:q}}",
            "dynamodb x batch_size=1 starting_position=LATEST bisect=True max_retries=2 on_failure=arn:q",
        ),
        ("stream: {arn: x}", "unknown x"),
        ("kafka: {bootstrapServers: [a:1], topic: t}", "kafka a:1 starting_position=TRIM_HORIZON"),
        ("msk: {arn: m, topic: t, batchSize: 9}", "msk m batch_size=9 starting_position=TRIM_HORIZON"),
        ("activemq: {arn: b, queue: q}", "mq b"),
        ("rabbitmq: {arn: b, queue: q}", "mq b"),
        ("schedule: rate(10 minutes)", "schedule schedule=rate(10 minutes)"),
        ("schedule: {rate: cron(0 1 * * ? *), enabled: false}", "schedule enabled=False schedule=cron(0 1 * * ? *)"),
        ("eventBridge: {schedule: rate(1 day)}", "schedule schedule=rate(1 day)"),
        ("eventBridge: {eventBus: b, pattern: {source: [a]}, retryPolicy: {maximumRetryAttempts: 1}, deadLetterQueueArn: d}", "eventbridge b max_retries=1 on_failure=d"),
        ("cloudwatchEvent: {event: {source: [a]}}", "eventbridge"),
        ("cloudwatchLog: /aws/x", "cloudwatch-logs /aws/x"),
        ("cloudwatchLog: {logGroup: /aws/x, filter: y}", "cloudwatch-logs /aws/x"),
        ("alb: {listenerArn: l, priority: 1}", "alb l"),
        ("cognitoUserPool: {pool: p, trigger: PreSignUp}", "cognito p"),
        ("alexaSkill: amzn1.a", "alexa amzn1.a"),
        ("alexaSmartHome: amzn1.a", "alexa amzn1.a"),
        ("iot: {sql: SELECT * FROM 't'}", "iot SELECT * FROM 't'"),
        ("cloudFront: {eventType: viewer-request, origin: s3://b}", "cloudfront s3://b"),
    ],
)  # fmt: skip
def test_events(event: str, expected: str) -> None:
    found = hello(f"events:\n  - {event}")
    assert triggers(found) == [expected]
    assert found.triggers_known


def test_events_without_settings() -> None:
    found = hello(
        "events:\n  - alexaSkill\n  - websocket: {route: $default}\n  - schedule: {rate: [rate(1 day), rate(2 days)]}"
    )
    assert [one.split()[0] for one in triggers(found)] == ["alexa", "websocket", "schedule", "schedule"]


def test_unknown_events_leave_the_triggers_open() -> None:
    assert not hello("events:\n  - construct: {x: 1}").triggers_known
    assert not hello("events: ${file(events.js)}").triggers_known


def test_patterns_are_json_and_may_be_unknown() -> None:
    found = hello("events:\n  - sqs: {arn: q, filterPatterns: [{body: {a: [1]}}, {body: ['${env:X}']}]}").triggers[0]
    assert found.filters[0].pattern == '{"body": {"a": [1]}}'
    assert not isinstance(found.filters[1].pattern, str)


def test_authorizers_are_invoked_by_apis() -> None:
    text = service(
        "events:\n  - http: {path: a, method: get, authorizer: check}",
        "httpApi: {authorizers: {x: {type: request, functionName: other}}}",
    )
    found = functions(text + "  check: {handler: a.b}\n  other: {handler: a.c}\n", "serverless.yml")
    assert [triggers(found[name]) for name in ("check", "other")] == [["authorizer"], ["authorizer"]]


RESOURCES = """
resources:
  Resources:
    Jobs:
      Type: AWS::SQS::Queue
      Properties: {QueueName: '${self:service}-jobs', VisibilityTimeout: '${self:custom.hidden}'}
    Role:
      Type: AWS::IAM::Role
      Properties: {Policies: [{PolicyDocument: {Statement: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn}]}}]}
    Rule:
      Type: AWS::Events::Rule
      Properties: {ScheduleExpression: rate(1 day), Targets: [{Arn: !GetAtt HelloLambdaFunction.Arn, Id: a}]}
    Logs:
      Type: AWS::Logs::LogGroup
      Properties: {LogGroupName: '/aws/lambda/${self:service}-${sls:stage}-hello', RetentionInDays: 3}
custom: {hidden: 60}
"""


@pytest.mark.parametrize(
    "arn", ["!GetAtt Jobs.Arn", "{Fn::GetAtt: [Jobs, Arn]}", "{'Fn::GetAtt': Jobs.Arn}", "!Sub '${Jobs.Arn}'"]
)
def test_references_find_what_resources_declare(arn: str) -> None:
    found = hello(f"events:\n  - sqs: {{arn: {arn}}}\nrole: Role", below=RESOURCES)
    queue = found.triggers[0].queue
    assert queue is not None
    assert shown(queue.visibility_timeout_s) == 60
    assert [trigger.type for trigger in found.triggers] == ["sqs", "schedule"]
    assert [one.actions for one in found.statements] == [("sqs:SendMessage",)]
    assert shown(found.log_retention_days) == 3


def test_resources_change_what_the_framework_makes() -> None:
    change = "resources: {Resources: {HelloLambdaFunction: {Properties: {MemorySize: 300}}}}"
    assert shown(hello("memorySize: 256", below=change).memory_mb) == 300


def test_step_functions_call_functions() -> None:
    machines = """
    stepFunctions:
      stateMachines:
        flow:
          definition:
            StartAt: A
            States:
              A: {Type: Task, Resource: !GetAtt hello.Arn, End: true}
              B: {Type: Task, Resource: !GetAtt HelloLambdaFunction.Arn, End: true}
    """
    stack = read("serverless.yml", service(below=machines).encode()).stacks[0]
    assert [state.function for state in stack.state_machines[0].states] == ["hello", "hello"]
    assert triggers(stack.functions[0]) == ["step-functions flow"]


@pytest.mark.parametrize(
    ("provider", "kind", "facts"),
    [
        ("", "http", (False, False, False, False)),
        ("logs: {restApi: true}\ntracing: {apiGateway: true}", "http", (False, True, True, False)),
        ("apiGateway: {usagePlan: {throttle: {burstLimit: 1}}}", "http", (True, False, False, True)),
        ("logs: {httpApi: true}", "httpApi", (False, True, False, False)),
    ],
)
def test_apis(provider: str, kind: str, facts: tuple[bool, ...]) -> None:
    text = service(f"events:\n  - {kind}: {{path: a, method: get}}", provider)
    (api,) = read("serverless.yml", text.encode()).stacks[0].apis
    assert (api.throttled, api.access_logs, api.traced, api.usage_plan) == facts
    assert api.functions == ("hello",)


def test_cors_of_an_api() -> None:
    text = service("events:\n  - http: {path: a, method: get, cors: {origin: '*', allowCredentials: true}}")
    cors = read("serverless.yml", text.encode()).stacks[0].apis[0].cors
    assert cors is not None
    assert (cors.origins, cors.credentials) == (("*",), True)


def test_an_api_that_is_there_already_is_not_declared_here() -> None:
    text = service("events:\n  - http: {path: a, method: get}", "apiGateway: {restApiId: x}")
    assert read("serverless.yml", text.encode()).stacks[0].apis == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("${self:custom.size}", 256),
        ("${self:custom.sizes.${opt:stage, 'dev'}}", 1),
        ("${self:custom.sizes.${self:provider.stage}}", 1),
        ("${self:custom.sizes.${sls:stage}}", 1),
        ("${self:custom.sizes.${opt:stage}}", [1, 2]),
        ("${self:custom.none, 512}", 512),
        ("${self:custom.none, self:custom.size}", 256),
        ("${self:custom.none, ${self:custom.size}}", 256),
        ("${self:custom.null, '300'}", 300),
        ("${opt:memory, 512}", 512),
        ("${opt:memory}", "?${opt:memory}"),
        ("${env:MEMORY, '512'}", 512),
        ("${env:MEMORY}", "?${env:MEMORY}"),
        ("${ssm:/memory, 512}", "?${ssm:/memory, 512}"),
        ("${cf:stack.out}", "?${cf:stack.out}"),
        ("${aws:accountId}", "?${aws:accountId}"),
        ("${param:memory}", 700),
        ("${param:other}", 800),
        ("${param:none, 5}", 5),
        ("${self:custom.list.1}", 20),
        ("${self:custom.list.9}", "?${self:custom.list.9}"),
        ("${self:custom.loop}", "?${self:custom.loop}"),
        ("${file(sizes.yml):small}", 128),
        ("${file(sizes.json):nested.deep}", 64),
        ("${file(./sizes.${sls:stage}.yml):small, 9}", 9),
        ("${file(none.yml):small}", "?${file(none.yml):small}"),
        ("${file(size.txt)}", 96),
        ("${file(size.js):small}", "?${file(size.js):small}"),
        ("${file(back.yml):size}", 256),
        ("1${self:custom.none, '28'}", 128),
        ("${AWS::Region}", "?"),
    ],
)  # fmt: skip
def test_variables(value: str, expected: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay(
        {
            "sizes.yml": "small: 128\n",
            "sizes.json": '{"nested": {"deep": 64}}',
            "size.txt": "96\n",
            "back.yml": "size: ${self:custom.size}\n",
        },
        tmp_path,
    )
    below = """
    custom:
      size: 256
      sizes: {dev: 1, prod: 2}
      'null': null
      list: [10, 20]
      loop: ${self:custom.loop}
    params: {dev: {memory: 700}, default: {memory: 1, other: 800}}
    """
    found = read("serverless.yml", service(f'memorySize: "{value}"', below=below).encode())
    assert shown(found.stacks[0].functions[0].memory_mb) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a-${sls:stage}-b", "a-dev-b"),
        ("a-${env:X}", "?a-${env:X}"),
        ("${self:service}", "shop"),
        ("${self:service.name}", "shop"),
        ("${strToBool(true)}", "true"),
        ("arn:aws:s3:::${self:custom.bucket}/*", "arn:aws:s3:::photos/*"),
        ("x-${self:custom.names.${opt:stage}}", ["x-a", "x-b"]),
        ("#{AWS::AccountId}", "?#{AWS::AccountId}"),
        ("${aws:username}", "?${aws:username}"),
        ("${self:custom.open", "${self:custom.open"),
        ("{{ jinja }}", "?{{ jinja }}"),
    ],
)
def test_texts(value: str, expected: Any) -> None:
    below = "custom: {bucket: photos, names: {dev: a, prod: b}}"
    environment = hello(f'environment: {{X: "{value}"}}', below=below).environment
    assert shown(environment["X"]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", ["plain"]),
        ("${AWS::Region}-${Queue.Arn}", ["${AWS::Region}-${Queue.Arn}"]),
        ("a${self:x}b", ["a", ("self:x",), "b"]),
        ("${opt:a, self:b, 'c, d', 5, null}", [("opt:a", "self:b", "'c, d'", "5", "None")]),
        ("${file(a,b.yml):c.${opt:d, 'e'}, true}", [("file(a,b.yml):c.${opt:d, 'e'}", "True")]),
        ("${self:a", ["${self:a"]),
        ("${self:a}${self:b}", [("self:a",), ("self:b",)]),
    ],
)
def test_variables_are_taken_apart(text: str, expected: list[Any]) -> None:
    def told(piece: str | Variable) -> Any:
        if isinstance(piece, str):
            return piece
        return tuple(
            f"{one.source}{f'({one.argument})' if one.argument else ''}:{one.address}"
            if one.source
            else repr(one.value)
            for one in piece.alternatives
        )

    assert [told(one) for one in pieces(text)] == expected


def test_functions_and_resources_may_stand_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay(
        {
            "serverless.yml": """\
                service: shop
                provider: ${file(common.yml):provider}
                functions:
                  - ${file(fns/orders.yml)}
                  - direct: {handler: app.direct}
                  - one: ${file(fns/one.yml)}
                resources:
                  - ${file(queues.yml)}
                  - Resources: {Topic: {Type: AWS::SNS::Topic}}
                """,
            "common.yml": "provider: {name: aws, runtime: python3.12, timeout: 11}\n",
            "fns/orders.yml": "orders:\n  handler: app.orders\n  events:\n    - sqs: {arn: !GetAtt Jobs.Arn}\n",
            "fns/one.yml": "handler: app.one\nmemorySize: 300\n",
            "queues.yml": "Resources:\n  Jobs: ${file(job.yml):Jobs}\n",
            "job.yml": "Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 99}}\n",
            "app.py": "def orders(event, context): ...\n",
        },
        tmp_path,
    )
    found = functions(Path("serverless.yml").read_bytes(), "serverless.yml")
    assert list(found) == ["orders", "direct", "one"]
    orders, one = found["orders"], found["one"]
    assert (orders.location.path, orders.location.line, orders.handler_path) == ("fns/orders.yml", 1, "app.py")
    assert orders.triggers[0].queue is not None
    assert shown(orders.triggers[0].queue.visibility_timeout_s) == 99
    assert orders.triggers[0].queue.location.path == "queues.yml"
    assert (shown(orders.timeout_s), shown(one.memory_mb)) == (11, 300)
    assert one.memory_mb is not None
    assert one.memory_mb.location.path == "fns/one.yml"


def test_what_leads_out_of_the_tree_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay({"out.yml": "size: 512\n", "in/x": ""}, tmp_path)
    monkeypatch.chdir(tmp_path / "in")
    text = service("memorySize: ${file(../out.yml):size}")
    (remark,) = remarks(text, "serverless.yml")
    assert remark == "9:5 leads out of the tree that is looked at: ../out.yml is not read"
    assert shown(read("serverless.yml", text.encode()).stacks[0].functions[0].memory_mb) == "?${file(../out.yml):size}"


CODE = {
    "app.py": "def run(event, context): ...\n",
    "src/app.py": "def run(event, context): ...\n",
    "own/handler.py": "def run(event, context): ...\n",
    "web/api.py": "app = Flask(__name__)\n",
    "img/Dockerfile": 'FROM x\nCMD ["handler.run"]\n',
    "img/handler.py": "def run(event, context): ...\n",
}


@pytest.mark.parametrize(
    ("own", "below", "path", "name"),
    [
        ("", "", "app.py", "run"),
        ("handler: src/app.run", "", "src/app.py", "run"),
        ("handler: src.app.run", "", "src/app.py", "run"),
        ("handler: handler.run\nmodule: own", "plugins: [serverless-python-requirements]", "own/handler.py", "run"),
        ("handler: wsgi_handler.handler", "custom: {wsgi: {app: web/api.app}}", "web/api.py", "app"),
        ("handler: wsgi_handler.handler", "custom: {wsgi: {app: web.api.app}}", "web/api.py", "app"),
        ("handler: wsgi_handler.handler", "", None, "handler"),
        ("handler: gone.run", "", None, "run"),
        ("runtime: nodejs22.x", "", None, ""),
        ("image: mine", "", "img/handler.py", "run"),
        ("image: {name: mine, command: [handler.other]}", "", "img/handler.py", "other"),
        ("image: 123.dkr.ecr.eu-west-1.amazonaws.com/x", "", None, ""),
    ],
)
def test_handlers(
    own: str, below: str, path: str | None, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lay(CODE, tmp_path)
    text = service("REST", "ecr: {images: {mine: {path: img}}}", below).replace(
        "    handler: app.run\n    REST\n", indent(own or "handler: app.run", "    ") + "\n"
    )
    found = functions(text, "serverless.yml")["hello"]
    assert (found.handler_path, found.handler_name) == (path, name)


@pytest.mark.parametrize(
    ("own", "below", "complete"),
    [
        ("", "", True),
        ("", "plugins: [serverless-python-requirements, serverless-offline]", True),
        ("", "plugins: {modules: [serverless-python-requirements]}", True),
        ("", "plugins: [serverless-webpack]", False),
        ("", "plugins: [./own]", False),
        ("", "plugins: ${file(p.js)}", False),
        ("", "package: {artifact: a.zip}", False),
        ("package: {artifact: a.zip}", "", False),
    ],
)
def test_code_is_all_there_unless_something_else_packs_it(own: str, below: str, complete: bool) -> None:
    code = hello(own, below=below).code
    assert code is not None
    assert (code.kind, code.complete) == ("folder", complete)


def test_layers_of_the_service_bring_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay({"common/python/shared.py": ""}, tmp_path)
    found = hello("layers: [{Ref: CommonLambdaLayer}]", below="layers: {common: {path: common}}")
    assert found.layer_folders == ("common/python", "common")


def test_a_queue_of_lift_has_a_worker() -> None:
    found = functions(
        service(below="constructs: {jobs: {type: queue, worker: {handler: app.work, timeout: 9}}}"), "serverless.yml"
    )["jobsWorker"]
    assert (triggers(found), shown(found.timeout_s)) == (["sqs ?${construct:jobs}"], 9)


def test_alarms_of_a_plugin() -> None:
    below = "plugins: [serverless-plugin-aws-alerts]\ncustom: {alerts: {alarms: [functionErrors]}}"
    assert [one.metric for one in hello(below=below).alarms] == ["Errors"]


@pytest.mark.parametrize(
    "text",
    [
        service().replace("name: aws", "name: google"),
        "service: x\nprovider: openwhisk\nfunctions: {a: {handler: a.b}}\n",
        "provider: {x: functions}\n",
        "# provider, functions\n",
        "functions: [provider]\n",
    ],
)
def test_what_is_not_for_aws_is_let_alone(text: str) -> None:
    found = read("serverless.yml", text.encode())
    assert (list(found.stacks), found.unreadable) == ([], [])


def test_names_that_resources_have_too() -> None:
    text = service(below="resources: {Resources: {hello: {Type: AWS::SQS::Queue}}}")
    assert list(functions(text, "serverless.yml")) == ["HelloLambdaFunction"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (service("memorySize: 1536MB"), ["9:5 cannot be understood here: this must be a whole number, and '1536MB' is none"]),
        (service("timeout: [1]"), ["9:5 cannot be understood here: this must be a whole number"]),
        (service("", "timeout: soon") + "  two: {handler: a.b}\n", ["5:3 cannot be understood here: this must be a whole number, and 'soon' is none"]),
        (service("environment: [A]"), ["9:5 cannot be understood here: environment must be a map"]),
        (service("vpc: x"), ["9:5 cannot be understood here: vpc must be a map"]),
        (service("events: {http: x}"), ["9:5 cannot be understood here: events must be a list"]),
        (service("events: [[a]]"), ["9:14 cannot be understood here: an event must be a map with its type as the key"]),
        (service().replace("hello:\n    handler: app.run", "hello: 5"), ["7:3 cannot be understood here: a function must be a map"]),
        ("service: x\nprovider: {name: aws}\nfunctions: 5\n", ["3:1 cannot be understood here: functions must be a map"]),
        (service("handler: again.run"), ['9:5 has the key "handler" twice, here and on line 8: only the last one counts']),
        ("service: x\nprovider: {name: aws\nfunctions:\n", ["3:10 is not valid YAML: while parsing a flow mapping did not find expected ',' or '}'"]),
        ("service: x\nprovider:\n  name: aws\n{% if a %}\nfunctions:\n", ["4:2 is one for a template engine (Jinja, mustache, cookiecutter): it can be read once it is filled in"]),
        ("provider: functions\n" + "[" * 500, ["2:1 is nested too deeply"]),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_line(text: str, expected: list[str]) -> None:
    assert remarks(text, "serverless.yml") == expected


def test_a_file_that_is_broken_is_told_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay({"fns.yml": "a: [\n"}, tmp_path)
    text = service().replace("hello:\n    handler: app.run", "<<: ${file(none.yml)}") + "custom: ${file(fns.yml)}\n"
    found = read("serverless.yml", text.replace("runtime: python3.13", "runtime: ${self:custom.x}").encode())
    places = [(place.path, message.partition(":")[0]) for place, message, _ in found.unreadable]
    assert places == [("fns.yml", "cannot be understood here")]


@pytest.mark.parametrize("section", ["resources", "functions", "layers"])
def test_lists_that_hold_themselves_end(section: str) -> None:
    text = f"service: s\nprovider: {{name: aws}}\nfunctions: {{a: {{handler: b.c}}}}\n{section}: &x [*x, *x, *x]\n"
    started = time.perf_counter()
    declared(text, "serverless.yml")
    assert time.perf_counter() - started < 5


def test_variables_that_multiply_are_given_up() -> None:
    laughs = "".join(f"  a{one}: '${{self:custom.a{one + 1}}}${{self:custom.a{one + 1}}}'\n" for one in range(40))
    lists = "".join(f"  b{one}: ['${{self:custom.b{one + 1}}}', '${{self:custom.b{one + 1}}}']\n" for one in range(40))
    text = service(
        "environment: {A: '${self:custom.a0}', B: '${self:custom.b0}'}",
        below=f"custom:\n{laughs}{lists}  a40: x\n  b40: x\n",
    )
    assert len(list(read("serverless.yml", text.encode()).stacks)) == 1


@pytest.mark.parametrize("name", ["serverless.yml", "serverless.yaml", "serverless.prod.yml", "deep/serverless.json"])
def test_names_of_files(name: str) -> None:
    text = '{"service": "x", "provider": {"name": "aws"}, "functions": {"a": {"handler": "a.b"}}}'
    assert list(functions(text, name)) == ["a"]
    assert list(read("other.yml", text.encode()).stacks) == []
