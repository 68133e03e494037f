"""What is read of SAM and CloudFormation templates: settings, expressions, events."""

from __future__ import annotations

import pytest
from declaring import declared, function, functions, shown, triggers

from lambdalint.model import UNKNOWN

PARAMETERS = """
    Parameters:
      Size: {Type: Number, Default: 512}
      Text: {Type: String, Default: "256"}
      Open: {Type: String}
      Secret: {Type: "AWS::SSM::Parameter::Value<String>", Default: /path}
      Many: {Type: CommaDelimitedList, Default: "a, b"}
      Empty: {Type: String, Default: ""}
    Mappings:
      Sizes:
        eu-west-1: {small: 128, large: 1024}
        us-east-1: {small: 128, large: 2048}
    """

INTEGERS = [
    ("512", 512),
    ('"512"', 512),
    ("512.0", 512),
    ("0x200", 512),
    ("!Ref Size", 512),
    ("{Ref: Size}", 512),
    ("!Ref Text", 256),
    ("!Ref Open", "?${Open}"),
    ("!Ref Secret", "?${Secret}"),
    ("!Ref Nothing", "?${Nothing}"),
    ("!Ref Empty", "?"),
    ("!Ref AWS::NoValue", None),
    ("~", None),
    ("!FindInMap [Sizes, eu-west-1, large]", 1024),
    ("{'Fn::FindInMap': [Sizes, !Ref AWS::Region, small]}", 128),
    ("!FindInMap [Sizes, !Ref AWS::Region, large]", [1024, 2048]),
    ("!FindInMap [Sizes, ap-south-1, large, {DefaultValue: 99}]", 99),
    ("!FindInMap [Nothing, a, b]", "?"),
    ("!If [Big, 1024, 128]", [1024, 128]),
    ("!If [Big, 128, 128]", 128),
    ("{'Fn::If': [Big, 1024, !Ref AWS::NoValue]}", 1024),
    ("!If [A, !If [B, 1, 2], !If [C, 3, !Ref AWS::NoValue]]", [1, 2, 3, None]),
    ("!If [A, !Ref Open, 3]", [3]),
    ("!If [Big]", "?"),
    ("!Select [1, [64, 128]]", 128),
    ('!Select ["1", !Split [",", "64,128"]]', 128),
    ("!Select [7, [64, 128]]", "?"),
    ("!GetAtt Other.Size", "?${Other.Size}"),
    ("!ImportValue size", "?${ImportValue}"),
    ("!Nonsense 5", "?!Nonsense"),
    ("'{{resolve:ssm:/size}}'", "?{{resolve:ssm:/size}}"),
    ("{Fn::Transform: {Name: Macro}}", "?"),
    ("!Sub '${Size}'", 512),
]


@pytest.mark.parametrize(("written", "read"), INTEGERS)
def test_an_expression_for_a_number(written: str, read: object) -> None:
    assert shown(function(f"MemorySize: {written}", PARAMETERS).memory_mb) == read


TEXTS = [
    ("a.b", "a.b"),
    ("3.10", "3.1"),
    ("!Sub '${Text}-x'", "256-x"),
    ("!Sub '${Open}-${AWS::Region}-x'", "?${Open}-${AWS::Region}-x"),
    ("!Sub ['${a}.${Text}', {a: !Ref Size}]", "512.256"),
    ("!Sub ['${a}', {a: !Ref Open}]", "?${Open}"),
    ("!Sub 'a${!b}'", "a${b}"),
    ("!Join ['-', [a, !Ref Size, b]]", "a-512-b"),
    ("{'Fn::Join': ['-', [a, !Ref Open]]}", "?a-${Open}"),
    ("!Join ['-', !Ref Many]", "a-b"),
    ("!Join ['-', !Ref Open]", "?${Open}"),
    ("!Select [0, !Ref Many]", "a"),
    ("{'Fn::Base64': !Sub '${Text}!'}", "256!"),
    ("!Base64 plain", "plain"),
    ("!Ref Text", "256"),
    ("!GetAtt [Other, Arn]", "?${Other.Arn}"),
    ("!Sub '${Nested.Outputs.X}'", "?${Nested.Outputs.X}"),
]


@pytest.mark.parametrize(("written", "read"), TEXTS)
def test_an_expression_for_a_text(written: str, read: object) -> None:
    assert shown(function(f"Handler: {written}", PARAMETERS).handler) == read


def test_globals_merge_maps_append_lists_and_yield_to_all_else() -> None:
    above = """
        Globals:
          Function:
            Timeout: 3
            Runtime: python3.13
            Layers: [a]
            VpcConfig: {SubnetIds: [s], SecurityGroupIds: [g]}
            Environment: {Variables: {A: 1, B: 1}}
        """
    own = "Runtime: python3.12, Layers: [b], Environment: {Variables: {B: 2, C: 2}}, VpcConfig: {SubnetIds: [t]}"
    read = function(own, above)
    assert (shown(read.timeout_s), shown(read.runtime), shown(read.layers)) == (3, "python3.12", ("a", "b"))
    assert isinstance(read.environment, dict)
    assert {name: shown(value) for name, value in read.environment.items()} == {"A": "1", "B": "2", "C": "2"}
    assert read.vpc is not None
    assert (read.vpc.subnets, read.vpc.security_groups) == (("s", "t"), ("g",))
    assert read.timeout_s is not None
    assert (read.timeout_s.inherited, read.timeout_s.location.line) == (True, 4)
    assert read.runtime is not None
    assert not read.runtime.inherited


@pytest.mark.parametrize(
    ("ignored", "timeout", "memory"),
    [("", 3, 512), ("IgnoreGlobals: [Timeout]", None, 512), ("IgnoreGlobals: '*'", None, None)],
)
def test_globals_may_be_ignored(ignored: str, timeout: int | None, memory: int | None) -> None:
    text = f"""
        Globals: {{Function: {{Timeout: 3, MemorySize: 512}}}}
        Resources:
          F:
            Type: AWS::Serverless::Function
            {ignored}
            Properties: {{Handler: a.b}}
        """
    read = functions(text)["F"]
    assert (shown(read.timeout_s), shown(read.memory_mb)) == (timeout, memory)


def test_globals_do_not_hold_for_functions_of_cloudformation() -> None:
    read = function("Handler: a.b", "Globals: {Function: {Timeout: 3}}", "AWS::Lambda::Function")
    assert read.timeout_s is None


SETTINGS = [
    ("Tracing: Active", "tracing", "Active"),
    ("Tracing: Disabled", "tracing", None),
    ("PackageType: Image", "package_type", "Image"),
    ("Architectures: [arm64]", "architectures", ("arm64",)),
    ("EphemeralStorage: {Size: 1024}", "ephemeral_storage_mb", 1024),
    ("SnapStart: {ApplyOn: PublishedVersions}", "snap_start", "PublishedVersions"),
    ("ReservedConcurrentExecutions: 0", "reserved_concurrency", 0),
    ("ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}", "provisioned_concurrency", 5),
    ("AutoPublishAlias: live", "alias", "live"),
    ("DeploymentPreference: {Type: AllAtOnce}", "deployment_preference", "AllAtOnce"),
    ("DeploymentPreference: {Type: AllAtOnce, Enabled: false}", "deployment_preference", None),
    ("DeadLetterQueue: {Type: SQS, TargetArn: arn}", "dead_letter", "arn"),
    ("EventInvokeConfig: {MaximumRetryAttempts: 0}", "max_async_retries", 0),
    ("EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: SQS}}}", "on_failure", "?SQS"),
    ("LoggingConfig: {LogFormat: JSON}", "log_format", "JSON"),
    ("RecursiveLoop: Allow", "recursive_loop", "Allow"),
]


@pytest.mark.parametrize(("written", "field", "read"), SETTINGS)
def test_a_setting_of_sam(written: str, field: str, read: object) -> None:
    assert shown(getattr(function(written), field)) == read


EVENTS = [
    ("SQS", "Queue: !GetAtt Q.Arn, BatchSize: 5", "sqs Q batch_size=5"),
    ("Kinesis", "Stream: arn, StartingPosition: LATEST", "kinesis arn starting_position=LATEST"),
    ("DynamoDB", "Stream: !GetAtt T.StreamArn, MaximumRetryAttempts: 3", "dynamodb ?${T.StreamArn} max_retries=3"),
    ("MSK", "Stream: arn, Topics: [t]", "msk arn"),
    ("MQ", "Broker: arn, Queues: [q]", "mq arn"),
    ("SelfManagedKafka", "KafkaBootstrapServers: ['a:9092', 'b:9092'], Topics: [t]", "kafka a:9092"),
    ("DocumentDB", "Cluster: arn, DatabaseName: d", "documentdb arn"),
    ("Api", "Path: /a, Method: get", "api GET /a"),
    ("HttpApi", "Path: /a, Method: any, PayloadFormatVersion: '2.0'", "http-api ANY /a payload_format=2.0"),
    ("HttpApi", "", "http-api"),
    ("Schedule", "Schedule: rate(1 day), Enabled: false", "schedule enabled=False schedule=rate(1 day)"),
    ("ScheduleV2", "ScheduleExpression: rate(1 day)", "schedule schedule=rate(1 day)"),
    ("CloudWatchEvent", "Pattern: {source: [a]}", "eventbridge"),
    ("EventBridgeRule", "EventBusName: bus, Pattern: {source: [a]}", "eventbridge bus"),
    ("CloudWatchLogs", "LogGroupName: g, FilterPattern: x", "cloudwatch-logs g"),
    ("IoTRule", "Sql: select 1", "iot"),
    ("AlexaSkill", "SkillId: s", "alexa s"),
    ("Cognito", "UserPool: !Ref P, Trigger: PreSignUp", "cognito ?${P}"),
    (
        "S3",
        "Bucket: !Ref B, Events: 's3:*', Filter: {S3Key: {Rules: [{Name: suffix, Value: .csv}]}}",
        "s3 B suffix=.csv events=('s3:*',)",
    ),
    ("SNS", "Topic: !Ref N", "sns ?${N}"),
    (
        "SNS",
        "Topic: !Ref N, SqsSubscription: {BatchSize: 3, QueueArn: !GetAtt Q.Arn}",
        "sqs Q batch_size=3 enabled=True",
    ),
    ("SNS", "Topic: !Ref N, SqsSubscription: true", "sqs batch_size=10 enabled=True"),
    ("SNS", "Topic: !Ref N, SqsSubscription: false", "sns ?${N}"),
]


@pytest.mark.parametrize(("kind", "properties", "read"), EVENTS)
def test_an_event_of_sam(kind: str, properties: str, read: str) -> None:
    below = "Q: {Type: AWS::SQS::Queue}\nB: {Type: AWS::S3::Bucket}"
    found = function(f"Events: {{E: {{Type: {kind}, Properties: {{{properties}}}}}}}", below=below)
    assert triggers(found) == [read]
    assert found.triggers_known


def test_an_event_of_a_kind_that_nobody_knows_leaves_the_triggers_open() -> None:
    found = function("Events: {E: {Type: Telepathy}, G: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}")
    assert triggers(found) == ["schedule schedule=rate(1 day)"]
    assert not found.triggers_known


def test_loops_are_unrolled() -> None:
    text = """
        Transform: AWS::LanguageExtensions
        Parameters: {Names: {Type: CommaDelimitedList, Default: "c,d"}}
        Resources:
          Fn::ForEach::Outer:
            - X
            - [a, b]
            - Fn::ForEach::Inner:
                - Y
                - !Ref Names
                - ${X}${Y}F:
                    Type: AWS::Lambda::Function
                    Properties: {Handler: !Sub '${X}.${Y}', Description: !Ref Y}
          Fn::ForEach::Unknown:
            - Z
            - !Ref Elsewhere
            - F${Z}: {Type: AWS::Lambda::Function}
        """
    found = functions(text)
    assert {name: shown(one.handler) for name, one in found.items()} == {
        "acF": "a.c",
        "adF": "a.d",
        "bcF": "b.c",
        "bdF": "b.d",
    }
    assert declared(text).stacks[0].format == "cloudformation"


def test_anchors_and_merge_keys() -> None:
    text = """
        common: &common {Runtime: python3.13, Timeout: 3}
        more: &more {Timeout: 9, MemorySize: 256}
        Resources:
          A: {Type: AWS::Lambda::Function, Properties: {<<: *common, Timeout: 5}}
          B: {Type: AWS::Lambda::Function, Properties: {<<: [*common, *more]}}
        """
    found = functions(text)
    assert (shown(found["A"].runtime), shown(found["A"].timeout_s)) == ("python3.13", 5)
    assert (shown(found["B"].timeout_s), shown(found["B"].memory_mb)) == (3, 256)


def test_not_knowable_is_not_the_same_as_not_stated() -> None:
    found = function("Environment: !Ref Elsewhere, VpcConfig: !Ref Elsewhere, FileSystemConfigs: !Ref Elsewhere")
    assert found.environment is UNKNOWN
    assert found.vpc is not None
    assert found.vpc.subnets is UNKNOWN
    assert found.mounts is UNKNOWN
    bare = function("Handler: a.b")
    assert (bare.environment, bare.vpc, bare.mounts) == (None, None, ())
