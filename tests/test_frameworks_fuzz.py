"""Mutations of realistic files of frameworks: whatever comes out, reading ends, checks run, all places lie in a file."""

# ruff: noqa: E501 (templates and tables with long lines)
from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutating import DAMAGES, damaged, lies_in, locations, looking, mutated

from lambdalint.looking import Looker
from lambdalint.sources import read

SERVERLESS = """
service: shop
plugins: [serverless-python-requirements, serverless-iam-roles-per-function, serverless-plugin-aws-alerts]
custom:
  stage: ${opt:stage, self:provider.stage}
  sizes: {dev: 256, prod: 1024}
  wsgi: {app: app.handler}
  alerts: {alarms: [functionErrors]}
  part: ${file(part.yml):functions.more}
params: {default: {size: 512}}
provider:
  name: aws
  runtime: python3.13
  stage: dev
  memorySize: ${self:custom.sizes.${self:custom.stage}}
  timeout: ${param:size, 30}
  tracing: {lambda: true, apiGateway: true}
  environment: {TABLE: !Ref Table, URL: "https://${self:service}-${sls:stage}.${env:HOST, 'a.b'}"}
  vpc: {subnetIds: [a, "${ssm:/b}"], securityGroupIds: [g]}
  layers: [{Ref: CommonLambdaLayer}]
  logRetentionInDays: 14
  logs: {restApi: true, lambda: {logFormat: JSON}}
  apiGateway: {usagePlan: {throttle: {burstLimit: 5}}, minimumCompressionSize: 1024}
  httpApi: {payload: '2.0', cors: true, authorizers: {check: {functionName: orders}}}
  ecr: {images: {mine: {path: src, file: Dockerfile}}}
  iam: {role: {statements: [{Effect: Allow, Action: 'dynamodb:*', Resource: [!GetAtt Table.Arn]}], managedPolicies: [arn:p]}}
layers: {common: {path: src}}
functions:
  orders:
    handler: src/app.handler
    reservedConcurrency: 3
    provisionedConcurrency: 1
    snapStart: true
    ephemeralStorageSize: 1024
    destinations: {onFailure: {type: sqs, arn: !GetAtt Jobs.Arn}, onSuccess: web}
    url: {authorizer: aws_iam, cors: {allowedOrigins: ['*'], allowCredentials: true}}
    deploymentSettings: {type: AllAtOnce, alias: live, alarms: [a]}
    iamRoleStatements: [{Effect: Allow, Action: ['s3:*'], Resource: '*'}]
    fileSystemConfig: {localMountPath: /mnt/a, arn: x}
    package: {patterns: ['!x']}
    events:
      - http: {path: /a, method: get, cors: {origin: '*'}, authorizer: {name: web}, timeoutInMillis: 3000}
      - http: GET b
      - httpApi: {path: /c, method: '*'}
      - websocket: {route: $default}
      - sqs: {arn: !GetAtt Jobs.Arn, batchSize: 10, maximumBatchingWindow: 5, functionResponseType: ReportBatchItemFailures, filterPatterns: [{body: {a: [1]}}], maximumConcurrency: 2}
      - stream: {type: kinesis, arn: "arn:aws:kinesis:a:1:s", destinations: {onFailure: arn:q}, bisectBatchOnFunctionError: true}
      - s3: {bucket: photos, rules: [{prefix: in/}, {suffix: .jpg}]}
      - sns: {arn: arn:t, redrivePolicy: {deadLetterTargetArn: arn:q}}
      - schedule: {rate: [rate(1 day)], enabled: false}
      - eventBridge: {pattern: {source: [a]}, retryPolicy: {maximumRetryAttempts: 1}}
      - kafka: {bootstrapServers: [a:1], topic: t, provisionedPollerConfig: {minimumPollers: 1}}
      - alexaSkill
      - cloudwatchLog: {logGroup: /a, filter: b}
  web: {handler: wsgi_handler.handler, environment: {A: "${self:custom.sizes.${opt:stage}}"}, layers: [arn:l], condition: Big, alarms: [functionDuration]}
  image: {image: {name: mine, command: [app.handler]}}
  more: ${self:custom.part}
stepFunctions: {stateMachines: {flow: {definition: {StartAt: A, States: {A: {Type: Task, Resource: !GetAtt orders.Arn}}}}}}
constructs: {jobs: {type: queue, worker: {handler: app.handler}}}
resources:
  - Conditions: {Big: {Fn::Equals: [1, 1]}}
    Resources:
      Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: "${self:service}-t"}}
      Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: "${self:custom.sizes.dev}"}}
      OrdersLambdaFunction: {Properties: {MemorySize: 300}}
  - ${file(part.yml):resources}
"""
CHALICE = {
    "version": "2.0",
    "app_name": "shop",
    "lambda_timeout": 20,
    "environment_variables": {"A": "a"},
    "lambda_functions": {"work": {"lambda_memory_size": 256}},
    "stages": {
        "dev": {
            "api_gateway_stage": "api",
            "xray": True,
            "subnet_ids": ["s"],
            "security_group_ids": ["g"],
            "layers": ["arn:l"],
        },
        "prod": {
            "lambda_functions": {"api_handler": {"lambda_timeout": 5, "environment_variables": {"B": "b"}}},
            "reserved_concurrency": 2,
        },
    },
}
ZAPPA = {
    "base": {"memory_size": 256, "vpc_config": {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}},
    "dev": {
        "extends": "base",
        "app_function": "app.handler",
        "keep_warm": True,
        "xray_tracing": True,
        "environment_variables": {"A": "a"},
        "layers": ["l"],
        "events": [
            {"function": "app.handler", "expressions": ["rate(1 day)"]},
            {"function": "app.handler", "event_source": {"arn": "arn:aws:sqs:a:1:q", "batch_size": 5}},
        ],
    },
}
APP = """\
from chalice import Chalice

app = Chalice(app_name="shop")


@app.route("/")
def index():
    return {}


@app.on_sqs_message(queue="q", batch_size=5)
def work(event):
    return None


def handler(event, context):
    return {}
"""


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation as the long ones."""


def _short(loader: _Loader, name: str, node: yaml.Node) -> Any:
    return {"Ref" if name == "Ref" else f"Fn::{name}": loader.construct_scalar(node)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _short)

BASES = {
    "serverless.yml": yaml.load(SERVERLESS, _Loader),
    ".chalice/config.json": CHALICE,
    "zappa_settings.json": ZAPPA,
}
ODD = [
    None, True, 0, -1, 3.5, "", "x", "a.b", "../..", "\0", "${", "${}", "${self:", "${self:}", "${self:custom}", "${self:functions}", "${opt:x}",
    "${self:custom.sizes.${opt:x}}", "${file(part.yml)}", "${file(../x.yml):a}", "${file(serverless.yml)}", "${file()}", "${file(part.yml):functions}", "${self:resources.0}",
    "${env:X, 'a'}${env:Y}", "${strToBool(${opt:x})}", "${param:}", "${AWS::Region}", "#{AWS::Region}", "{{x}}", "😀", "*", "* *", [], {}, [[]], [None], [{}], {"": ""},
    {"Ref": "AWS::NoValue"}, {"Ref": "orders"}, {"Fn::GetAtt": ["OrdersLambdaFunction", "Arn"]}, {"Fn::If": ["Big", 1, [2]]}, {"Fn::Sub": "${Jobs.Arn}${self:service}"},
    10**30, "٣", "²", [1, "a", {"Ref": "Jobs"}], {"a": {"b": ["c"]}}, "arn:aws:sqs:a:1:q", "${self:custom.stage, self:custom.stage}",
]  # fmt: skip


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    files = {"src/app.py": APP, "app.py": APP, "src/Dockerfile": 'CMD ["app.handler"]\n', "part.yml": PART}
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / ".chalice").mkdir()
    with looking(folder, files) as looker:
        yield looker


PART = "functions: {more: {handler: src/app.handler}}\nresources: {Resources: {Topic: {Type: AWS::SNS::Topic}}}\n"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from([*BASES, "serverless.yml"]), seed=st.integers(0, 10**9), times=st.integers(0, 8))
def test_no_file_raises_or_crashes_a_check(looker: Looker, name: str, seed: int, times: int) -> None:
    template = mutated(BASES[name], seed, times, ODD)
    text = (
        yaml.safe_dump(template, allow_unicode=True, sort_keys=False, width=200)
        if name.endswith(".yml")
        else json.dumps(template, indent=1)
    )
    Path(name).write_text(text, encoding="utf-8")
    texts = {name: [*text.split("\n"), ""], "part.yml": PART.split("\n"), "app.py": APP.split("\n")}
    found = read(name, text.encode())
    for place in locations([list(found.stacks), found.unreadable]):
        assert place.path not in texts or lies_in(place, texts), place
    looked = looker.look(name, text.encode())
    assert [one.message for one, _ in looked.findings if one.code == "LL000"] == []
    if times == 0:
        assert looked.functions == {"serverless.yml": 5, ".chalice/config.json": 2, "zappa_settings.json": 1}[name]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(list(BASES)), seed=st.integers(0, 10**9))
def test_no_damaged_text_raises(looker: Looker, name: str, seed: int) -> None:
    text = SERVERLESS if name.endswith(".yml") else json.dumps(BASES[name], indent=1)
    data = damaged(text, seed, [*DAMAGES, b"${self:", b"}", b"!Ref ", b"|\n"])
    found = read(name, data)
    try:
        texts = {name: [*data.decode().split("\n"), ""]}
    except UnicodeDecodeError:
        assert [message for _, message, _ in found.unreadable] == ["is not UTF-8"]
        return
    assert all(lies_in(place, texts) for place in locations([found.unreadable]) if place.path == name)
