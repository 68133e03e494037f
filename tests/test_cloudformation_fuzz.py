"""Mutations of realistic templates: whatever comes out, reading ends, checks run, and all places lie in the file."""

# ruff: noqa: E501 (templates and tables with long lines)
from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdalint.looking import Looker
from lambdalint.model import Location
from lambdalint.registry import load
from lambdalint.sources import Declared, read

SAM = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Size: {Type: Number, Default: 512}
  Names: {Type: CommaDelimitedList, Default: "a,b"}
Mappings: {Sizes: {eu-west-1: {small: 128, large: 1024}}}
Conditions: {Big: {Fn::Equals: [{Ref: Size}, 512]}}
Globals:
  Function:
    Runtime: python3.13
    Timeout: 30
    Layers: [{Ref: Layer}]
    Environment: {Variables: {TABLE: {Ref: Table}}}
  Api: {TracingEnabled: true, Cors: "'*'"}
Resources:
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer/}}
  Table: {Type: AWS::Serverless::SimpleTable}
  Jobs:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 60, RedrivePolicy: {deadLetterTargetArn: {Fn::GetAtt: [Dead, Arn]}, maxReceiveCount: 3}}
  Dead: {Type: AWS::SQS::Queue, Properties: {FifoQueue: false}}
  Orders:
    Type: AWS::Serverless::Function
    Connectors: {C: {Properties: {Destination: {Id: Table}, Permissions: [Write]}}}
    Properties:
      CodeUri: src/
      Handler: app.handler
      MemorySize: {Fn::If: [Big, {Ref: Size}, {Fn::FindInMap: [Sizes, {Ref: AWS::Region}, small]}]}
      Architectures: [arm64]
      Tracing: Active
      AutoPublishAlias: live
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
      DeploymentPreference: {Type: AllAtOnce, Alarms: [{Ref: Alarm}]}
      EventInvokeConfig: {MaximumRetryAttempts: 1, DestinationConfig: {OnFailure: {Type: SQS, Destination: {Fn::GetAtt: [Dead, Arn]}}}}
      VpcConfig: {SubnetIds: {Ref: Names}, SecurityGroupIds: [sg]}
      FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: ["*"]}}
      Policies: [S3ReadPolicy: {BucketName: b}, {Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}]
      Environment: {Variables: {URL: {Fn::Sub: ["https://${Host}/${AWS::Region}", {Host: {Ref: Api}}]}}}
      Events:
        Queue: {Type: SQS, Properties: {Queue: {Fn::GetAtt: [Jobs, Arn]}, BatchSize: 10, FilterCriteria: {Filters: [{Pattern: "{}"}]}}}
        Get: {Type: Api, Properties: {Path: /orders, Method: get, RestApiId: {Ref: Api}}}
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Arn: x}}}
        Upload: {Type: S3, Properties: {Bucket: {Ref: Table}, Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod, DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}}}}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {States: {A: {Type: Task, Resource: {Fn::GetAtt: [Orders, Arn]}, Retry: [{ErrorEquals: [a]}]}}}}}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: Errors, Dimensions: [{Name: FunctionName, Value: {Ref: Orders}}]}}
  Nested: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml, Parameters: {A: {Ref: Size}}}}
"""
CLOUDFORMATION = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {ManagedPolicyArns: [arn:aws:iam::aws:policy/x], Policies: [{PolicyDocument: {Statement: {Action: a, Resource: b, Condition: {StringEquals: {k: v}}, Principal: "*"}}}]}
  F:
    Type: AWS::Lambda::Function
    Metadata: {"aws:cdk:path": Shop/F/Resource, DockerContext: img}
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: {Fn::GetAtt: [Role, Arn]}
      Code: {ZipFile: {Fn::Join: ["\\n", ["import boto3", "def handler(event, context):", "    return boto3.client('s3')"]]}}
      DeadLetterConfig: {TargetArn: arn}
      LoggingConfig: {LogGroup: {Ref: Logs}, LogFormat: JSON}
      Layers: [{Ref: L}]
      FileSystemConfigs: [{Arn: a, LocalMountPath: /mnt/a}]
  L: {Type: AWS::Lambda::LayerVersion, Properties: {Content: layer}, Metadata: {"aws:asset:path": asset}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: 7}}
  Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: {Ref: F}, EventSourceArn: {Fn::GetAtt: [S, Arn]}, StartingPosition: LATEST}}
  S: {Type: AWS::Kinesis::Stream}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: {Ref: F}}}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: {Ref: F}, Name: live, FunctionVersion: {Fn::GetAtt: [Version, Version]}}}
  Rule: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: {Fn::GetAtt: [F, Arn]}, RetryPolicy: {MaximumRetryAttempts: 1}}]}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {LambdaConfigurations: [{Event: x, Function: {Fn::GetAtt: [F, Arn]}, Filter: {S3Key: {Rules: [{Name: suffix, Value: a}]}}}]}}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {paths: {/a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: {Fn::Sub: "${F.Arn}/x"}}}}}}}}
  Item: {Type: AWS::ApiGateway::Resource, Properties: {PathPart: a, ParentId: {Fn::GetAtt: [Api, RootResourceId]}}}
  Method: {Type: AWS::ApiGateway::Method, Properties: {HttpMethod: GET, ResourceId: {Ref: Item}, RestApiId: {Ref: Api}, Integration: {Type: AWS_PROXY, Uri: {Fn::Sub: "${F.Arn}/x"}}}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: {Ref: Api}, MethodSettings: [{ThrottlingBurstLimit: 5}]}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, CorsConfiguration: {AllowOrigins: ["*"], AllowCredentials: true}}}
  Integration: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: {Ref: Http}, IntegrationUri: {Fn::GetAtt: [F, Arn]}}}
  Route: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: GET /a, Target: {Fn::Sub: "integrations/${Integration}"}}}
  Firehose: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {ExtendedS3DestinationConfiguration: {BufferingHints: {SizeInMBs: 5}, ProcessingConfiguration: {Processors: [{Parameters: [{ParameterValue: {Fn::GetAtt: [F, Arn]}}]}]}}}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: {Fn::Sub: '{"States": {"A": {"Type": "Task", "Resource": "${F.Arn}"}}}'}, DefinitionSubstitutions: {A: {Ref: F}}}}
  Fn::ForEach::Loop: [N, [a, b], {"F${N}": {Type: AWS::Lambda::Function, Properties: {Handler: {Fn::Sub: "${N}.h"}}}}]
  Pool: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: {PreSignUp: {Fn::GetAtt: [F, Arn]}}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: {Ref: F}, Principal: "*", Action: a}}
  Config: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: {Ref: F}, MaximumEventAgeInSeconds: 60}}
  Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: {Ref: F}, AuthType: NONE}}
"""
BASES = [yaml.safe_load(SAM), yaml.safe_load(CLOUDFORMATION)]
ODD = [
    None, True, 0, -1, 3.5, "", "x", "a.b", "../..", "\0", "${", "${}", "${F", "{{x}}", "😀", "*", [], {}, [[]], [None], {"": ""},
    {"Ref": "AWS::NoValue"}, {"Ref": "Nothing"}, {"Ref": "F"}, {"Ref": ["F"]}, {"Fn::GetAtt": "F.Arn"}, {"Fn::GetAtt": [{}]},
    {"Fn::Sub": "${F.Arn}${!x}${Size}"}, {"Fn::Sub": []}, {"Fn::Sub": [1, 2]}, {"Fn::Join": ["", [{"Ref": "F"}, "x"]]}, {"Fn::Join": 5},
    {"Fn::If": ["C", {"a": 1}, ["b"]]}, {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"Ref": "Size"}]}, {"Fn::If": []}, {"Fn::Select": ["0", []]},
    {"Fn::Select": [{}, 1]}, {"Fn::Split": [",", {"Ref": "F"}]}, {"Fn::FindInMap": ["Sizes", {"Ref": "x"}, "small"]}, {"Fn::Base64": {"Fn::Sub": "x"}},
    {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "t.yaml"}}}, {"Fn::Transform": []}, {"Fn::ForEach::X": ["A", ["b"], {"c": 1}]},
    "https://x", "s3://b/k", 10**30, "٣", "²", [1, "a", {"Ref": "F"}], {"Fn::Sub": {"Fn::Join": []}}, {"Ref": "Orders"}, {"Fn::ImportValue": "x"},
]  # fmt: skip


def spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from spots(value[key])


def mutated(seed: int, times: int) -> Any:
    chance = random.Random(seed)
    template = copy.deepcopy(BASES[seed % len(BASES)])
    for _ in range(times):
        container, key = chance.choice(list(spots(template)) or [({}, None)])
        if key is None:
            break
        way = chance.randrange(5)
        if way == 0:
            del container[key]
        elif way == 1:
            container[key] = copy.deepcopy(chance.choice(ODD))
        elif way == 2:
            container[key] = [container[key]]
        elif way == 3:
            container[key] = {"Fn::If": ["Big", container[key], copy.deepcopy(chance.choice(ODD))]}
        else:
            other, one = chance.choice(list(spots(template)))
            container[key] = copy.deepcopy(other[one])
    return template


def locations(value: Any) -> Iterator[Location]:
    if isinstance(value, Location):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from locations(one)
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from locations(one)


def lies_in(place: Location, texts: dict[str, list[str]]) -> bool:
    lines = texts[place.path]
    return (
        1 <= place.line <= place.end_line <= len(lines)
        and 1 <= place.column <= len(lines[place.line - 1]) + 1
        and 1 <= place.end_column <= len(lines[place.end_line - 1]) + 2
    )


def holds(found: Declared, text: str) -> None:
    texts = {"t.yaml": [*text.split("\n"), ""]}
    for place in locations([list(found.stacks), found.unreadable]):
        if place.path in texts:
            assert lies_in(place, texts), place


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text("def handler(event, context):\n    return {}\n", encoding="utf-8")
    (folder / "api.yaml").write_text("paths: {/a: {get: {}}}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        looker = Looker(".", tuple(load().values()))
        assert looker.project  # made here: it sets how deep Python may go
        yield looker


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), times=st.integers(1, 8), flow=st.booleans())
def test_no_template_raises_or_crashes_a_check(looker: Looker, seed: int, times: int, flow: bool) -> None:
    template = mutated(seed, times)
    text = json.dumps(template) if flow else yaml.safe_dump(template, allow_unicode=True, sort_keys=False, width=200)
    Path("t.yaml").write_text(text, encoding="utf-8")
    holds(read("t.yaml", text.encode()), text)
    looked = looker.look("t.yaml", text.encode())
    assert [found.message for found, _ in looked.findings if found.code == "LL000"] == []
    texts = {"t.yaml": [*text.split("\n"), ""]}
    assert all(lies_in(found.location, texts) for found, _ in looked.findings if found.location.path == "t.yaml")


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_damaged_text_raises(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray((SAM, CLOUDFORMATION, json.dumps(BASES[1], indent=1))[seed % 3].encode())
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(data))
        end = min(at + chance.randrange(1, 40), len(data))
        data[at:end] = chance.choice(
            [b"", b"\n", b"\t", b"{", b"&a *a", b"'", b'"', b": ", b"- ", b"\xff", b"\0", b"!Ref ", b"|\n"]
        )
    found = read("t.yaml", bytes(data))
    try:
        holds(found, bytes(data).decode())
    except UnicodeDecodeError:
        assert [message for _, message, _ in found.unreadable] == ["is not UTF-8"]
