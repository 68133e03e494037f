"""What other resources of a template say of a function: triggers, how it runs, what its role allows."""

# ruff: noqa: E501 (tables are easier to read in one line a row)

from __future__ import annotations

import pytest
from declaring import function, functions, shown, triggers

COMPANIONS = [
    ("Lambda::EventSourceMapping", "FunctionName: !Ref F, EventSourceArn: !GetAtt Q.Arn, BatchSize: 2", "sqs Q batch_size=2"),
    ("Lambda::EventSourceMapping", "FunctionName: !Ref F, EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/s'", "kinesis"),
    ("Lambda::EventSourceMapping", "FunctionName: !Ref F, SelfManagedEventSource: {}", "kafka"),
    ("Events::Rule", "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !GetAtt F.Arn}]", "schedule schedule=rate(1 day)"),
    ("Events::Rule", "EventPattern: {}, Targets: [{Id: a, Arn: !GetAtt F.Arn}]", "eventbridge"),
    ("Scheduler::Schedule", "ScheduleExpression: rate(1 day), State: DISABLED, Target: {Arn: !GetAtt F.Arn}", "schedule enabled=False"),
    ("SNS::Subscription", "Protocol: lambda, Endpoint: !GetAtt F.Arn, TopicArn: t", "sns t"),
    ("SNS::Topic", "Subscription: [{Protocol: lambda, Endpoint: !GetAtt F.Arn}]", "sns C"),
    ("S3::Bucket", "NotificationConfiguration: {LambdaConfigurations: [{Event: 's3:*', Function: !GetAtt F.Arn}]}", "s3 C"),
    ("Logs::SubscriptionFilter", "DestinationArn: !GetAtt F.Arn, LogGroupName: g", "cloudwatch-logs g"),
    ("IoT::TopicRule", "TopicRulePayload: {Actions: [{Lambda: {FunctionArn: !GetAtt F.Arn}}]}", "iot"),
    ("ElasticLoadBalancingV2::TargetGroup", "Targets: [{Id: !GetAtt F.Arn}]", "alb"),
    ("AppSync::DataSource", "LambdaConfig: {LambdaFunctionArn: !GetAtt F.Arn}, ApiId: a", "appsync a"),
    ("Cognito::UserPool", "LambdaConfig: {PreSignUp: !GetAtt F.Arn}", "cognito"),
    ("CloudFormation::CustomResource", "ServiceToken: !GetAtt F.Arn", "custom-resource"),
    ("SecretsManager::RotationSchedule", "RotationLambdaARN: !GetAtt F.Arn", "rotation"),
    ("Config::ConfigRule", "Source: {SourceIdentifier: !GetAtt F.Arn}", "config"),
    ("ApiGateway::Method", "HttpMethod: GET, RestApiId: r, ResourceId: !Ref R, Integration: {Type: AWS_PROXY, Uri: !Sub '${F.Arn}/invocations'}", "api r GET /orders/{id}"),
    ("ApiGateway::Method", "HttpMethod: GET, RestApiId: r, Integration: {Type: AWS, Uri: !Sub '${F.Arn}/invocations'}", "api-mapped r GET /"),
    ("ApiGatewayV2::Integration", "ApiId: !Ref H, IntegrationUri: !GetAtt F.Arn", "http-api H"),
    ("ApiGatewayV2::Integration", "ApiId: !Ref W, IntegrationUri: !GetAtt F.Arn", "websocket W"),
    ("ApiGateway::Authorizer", "AuthorizerUri: !Sub '${F.Arn}/invocations'", "authorizer"),
    ("StepFunctions::StateMachine", "DefinitionSubstitutions: {Function: !GetAtt F.Arn}", "step-functions C"),
    ("StepFunctions::StateMachine", "DefinitionString: !Sub '{\"States\": {\"A\": {\"Resource\": \"${F.Arn}\"}}}'", "step-functions C"),
    ("KinesisFirehose::DeliveryStream", "ExtendedS3DestinationConfiguration: {ProcessingConfiguration: {Processors: [{Parameters: [{ParameterValue: !GetAtt F.Arn}]}]}}", "firehose"),
    ("CloudFront::Distribution", "DistributionConfig: {DefaultCacheBehavior: {LambdaFunctionAssociations: [{LambdaFunctionARN: !Ref V}]}}", "cloudfront"),
    ("SES::ReceiptRule", "Rule: {Actions: [{LambdaAction: {FunctionArn: !GetAtt F.Arn}}]}", "ses"),
    ("Pipes::Pipe", "Source: s, Target: !GetAtt F.Arn", "pipe s"),
    ("SNS::Subscription", "Endpoint: 'arn:aws:lambda:eu-west-1:1:function:named', TopicArn: t", "sns t"),
    ("SNS::Subscription", "Endpoint: !Ref Elsewhere, TopicArn: t", None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "properties", "read"), COMPANIONS)
def test_another_resource_that_invokes_the_function(kind: str, properties: str, read: str | None) -> None:
    below = f"""
        Q: {{Type: AWS::SQS::Queue}}
        V: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref F}}}}
        W: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: WEBSOCKET}}}}
        H: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP}}}}
        R: {{Type: AWS::ApiGateway::Resource, Properties: {{PathPart: '{{id}}', ParentId: !Ref P}}}}
        P: {{Type: AWS::ApiGateway::Resource, Properties: {{PathPart: orders, ParentId: !GetAtt A.RootResourceId}}}}
        C:
          Type: AWS::{kind}
          Properties: {{{properties}}}
        """
    found = triggers(function("FunctionName: named", kind="AWS::Lambda::Function", below=below))
    if read is None:
        assert found == []
    else:
        assert len(found) == 1
        assert found[0].startswith(read)


def test_companions_that_say_how_the_function_runs() -> None:
    below = """
        Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: live, FunctionVersion: !GetAtt V.Version,
          ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 3}}}
        V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref F}}
        Asynchronous: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, MaximumRetryAttempts: 1}}
        Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Live, AuthType: NONE, Cors: {AllowOrigins: ['*']}}}
        Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub '/aws/lambda/${F}', RetentionInDays: 7}}
        Scaling: {Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {ResourceId: !Sub 'function:${F}:live'}}
        Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: Errors, Dimensions: [{Name: FunctionName, Value: !Ref F}]}}
        May: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !GetAtt F.Arn, Action: a, Principal: s3.amazonaws.com}}
        """
    found = function("Handler: a.b", kind="AWS::Lambda::Function", below=below)
    assert shown(found.alias) == "live"
    assert (shown(found.provisioned_concurrency), shown(found.provisioned_on), found.provisioned_scaling) == (
        3,
        "live",
        True,
    )
    assert (shown(found.max_async_retries), shown(found.log_retention_days)) == (1, 7)
    assert found.url is not None
    assert found.url.cors is not None
    assert (shown(found.url.auth), found.url.cors.origins) == ("NONE", ("*",))
    assert [alarm.metric for alarm in found.alarms] == ["Errors"]
    assert [shown(one.principal) for one in found.permissions] == ["s3.amazonaws.com"]
    assert triggers(found) == ["url"]


def test_what_a_role_allows() -> None:
    below = """
        R:
          Type: AWS::IAM::Role
          Properties:
            ManagedPolicyArns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
            Policies: [{PolicyDocument: {Statement: [{Action: 's3:*', Resource: '*'}]}}]
        More: {Type: AWS::IAM::Policy, Properties: {Roles: [!Ref R], PolicyDocument: {Statement: {Action: [a, !Ref X], Resource: b}}}}
        """
    found = function("Role: !GetAtt R.Arn", kind="AWS::Lambda::Function", below=below)
    assert [(one.actions, one.resources) for one in found.statements] == [(("s3:*",), ("*",)), (("a", "${X}"), ("b",))]
    assert [shown(one.name) for one in found.policies] == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert found.policies_known
    assert not function("Role: !Ref Elsewhere").policies_known


CONNECTED = [
    ("Policies: [S3ReadPolicy: {BucketName: b}]", "", True),
    ("Policies: [!Ref P]", "", False),
    (
        "Handler: a.b",
        "C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: F}, Destination: {Id: T}}}",
        False,
    ),
    (
        "Handler: a.b",
        "C: {Type: AWS::Serverless::Connector, Properties: {Source: {Id: G}, Destination: {Id: F}}}",
        True,
    ),
]


@pytest.mark.parametrize(("properties", "below", "known"), CONNECTED)
def test_policies_of_sam_are_known_unless_connectors_add_some(properties: str, below: str, known: bool) -> None:
    assert function(properties, below=below).policies_known is known


def test_connectors_within_a_function_add_policies() -> None:
    text = """
        Resources:
          F:
            Type: AWS::Serverless::Function
            Connectors: {C: {Properties: {Destination: {Id: T}, Permissions: [Write]}}}
            Properties: {Handler: a.b}
        """
    assert not functions(text)["F"].policies_known
