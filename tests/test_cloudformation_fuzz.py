"""Mutations of realistic templates: whatever comes out, reading ends, checks run, and all places lie in the file."""

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
        Below: {Type: SQS, Properties: {Queue: {Fn::GetAtt: [Nested, Outputs.Arn]}}}
        Daily: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Arn: x}}}
        Upload: {Type: S3, Properties: {Bucket: {Ref: Table}, Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod, DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}}}}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {Definition: {States: {A: {Type: Task, Resource: {Fn::GetAtt: [Orders, Arn]}, Retry: [{ErrorEquals: [a]}]}}}}}
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: Errors, Dimensions: [{Name: FunctionName, Value: {Ref: Orders}}]}}
  Nested: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml, Parameters: {A: {Ref: Size}}}}
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}
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
CHILD = """
Parameters: {A: {Type: Number}}
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: {Ref: A}}}
  Again: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml}}
Outputs: {Arn: {Value: {Fn::GetAtt: [Q, Arn]}}, Back: {Value: {Fn::GetAtt: [Again, Outputs.Back]}}}
"""
PART = (
    "P: {Type: AWS::Serverless::Function, Properties: {InlineCode: 'def handler(e, c): ...', Handler: index.handler}}\n"
)
BASES = [yaml.safe_load(SAM), yaml.safe_load(CLOUDFORMATION)]
ODD = [
    None, True, 0, -1, 3.5, "", "x", "a.b", "../..", "\0", "${", "${}", "${F", "{{x}}", "😀", "*", [], {}, [[]], [None], {"": ""},
    {"Ref": "AWS::NoValue"}, {"Ref": "Nothing"}, {"Ref": "F"}, {"Ref": ["F"]}, {"Fn::GetAtt": "F.Arn"}, {"Fn::GetAtt": [{}]},
    {"Fn::Sub": "${F.Arn}${!x}${Size}"}, {"Fn::Sub": []}, {"Fn::Sub": [1, 2]}, {"Fn::Join": ["", [{"Ref": "F"}, "x"]]}, {"Fn::Join": 5},
    {"Fn::If": ["C", {"a": 1}, ["b"]]}, {"Fn::If": ["C", {"Ref": "AWS::NoValue"}, {"Ref": "Size"}]}, {"Fn::If": []}, {"Fn::Select": ["0", []]},
    {"Fn::Select": [{}, 1]}, {"Fn::Split": [",", {"Ref": "F"}]}, {"Fn::FindInMap": ["Sizes", {"Ref": "x"}, "small"]}, {"Fn::Base64": {"Fn::Sub": "x"}},
    {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "t.yaml"}}}, {"Fn::Transform": []}, {"Fn::ForEach::X": ["A", ["b"], {"c": 1}]},
    {"Fn::GetAtt": ["Nested", "Outputs.Back"]}, {"Fn::GetAtt": "Nested.Outputs.Arn"}, "child.yaml", "part.yaml", "t.yaml",
    "https://x", "s3://b/k", 10**30, "٣", "²", [1, "a", {"Ref": "F"}], {"Fn::Sub": {"Fn::Join": []}}, {"Ref": "Orders"}, {"Fn::ImportValue": "x"},
]  # fmt: skip


def one_of_two(value: Any, other: Any) -> Any:
    return {"Fn::If": ["Big", value, other]}


def holds(found: Declared, text: str) -> None:
    texts = {"t.yaml": [*text.split("\n"), ""]}
    for place in locations([list(found.stacks), found.unreadable]):
        if place.path in texts:
            assert lies_in(place, texts), place


@pytest.fixture(scope="module")
def looker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looker]:
    files = {"src/app.py": "def handler(event, context):\n    return {}\n", "api.yaml": "paths: {/a: {get: {}}}\n"}
    files |= {"child.yaml": CHILD, "part.yaml": PART}
    with looking(tmp_path_factory.mktemp("fuzz"), files) as looker:
        yield looker


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9), times=st.integers(1, 8), flow=st.booleans())
def test_no_template_raises_or_crashes_a_check(looker: Looker, seed: int, times: int, flow: bool) -> None:
    template = mutated(BASES[seed % len(BASES)], seed, times, ODD, one_of_two)
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
    text = (SAM, CLOUDFORMATION, json.dumps(BASES[1], indent=1))[seed % 3]
    data = damaged(text, seed, [*DAMAGES, b"!Ref ", b"|\n"])
    found = read("t.yaml", data)
    try:
        holds(found, data.decode())
    except UnicodeDecodeError:
        assert [message for _, message, _ in found.unreadable] == ["is not UTF-8"]
