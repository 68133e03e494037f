"""What of an AWS call differs between stages, accounts and regions, and what is the same for everyone."""

from __future__ import annotations

import re

from lambdalint.later import pattern

NAMES = {
    "Bucket": "bucket",
    "DeliveryStreamName": "delivery stream",
    "QueueUrl": "queue URL",
    "StreamName": "stream",
    "TableName": "table",
    "UserPoolId": "user pool",
    "agentAliasId": "agent alias",
    "agentId": "agent",
    "knowledgeBaseId": "knowledge base",
}
"""Parameters, of whatever operation, that name a resource; with the word for it."""

NAMES_OF = {
    ("cloudfront", "create_invalidation", "DistributionId"): "distribution",
    ("lambda", "invoke", "FunctionName"): "function",
    ("lambda", "invoke_async", "FunctionName"): "function",
    ("route53", "change_resource_record_sets", "HostedZoneId"): "hosted zone",
    ("sqs", "get_queue_url", "QueueName"): "queue",
}
"""The same by service, operation and parameter, where the parameter alone says too little."""

LESS_SURE_NAMES = {
    ("cloudformation", "StackName"): "stack",
    ("codebuild", "projectName"): "project",
    ("codepipeline", "name"): "pipeline",
    ("ec2", "ImageId"): "image",
    ("ecs", "cluster"): "cluster",
    ("kinesis", "ConsumerName"): "consumer",
    ("sagemaker-runtime", "EndpointName"): "endpoint",
}
"""By service and parameter: names that are now and then the same in each stage on purpose."""

POSITIONS = {
    "copy": (1, "bucket"),
    "download_file": (0, "bucket"),
    "download_fileobj": (0, "bucket"),
    "upload_file": (1, "bucket"),
    "upload_fileobj": (1, "bucket"),
}
"""Methods of the client of S3 that take a bucket by position."""

RESOURCES = {
    f"{maker}.{method}": noun
    for maker in ("boto3.resource()", "boto3.Session().resource()")
    for method, noun in (
        ("Bucket", "bucket"),
        ("BucketPolicy", "bucket"),
        ("Object", "bucket"),
        ("Queue", "queue URL"),
        ("Table", "table"),
        ("get_queue_by_name", "queue"),
    )
}
"""Resources that are made by the name they are given first."""
RESOURCE_PARAMETERS = ("name", "bucket_name", "url", "QueueName")

PAGINATED = frozenset(
    f"{maker}.get_{kind}" for maker in ("boto3.client()", "boto3.Session().client()")
    for kind in ("paginator().paginate", "waiter().wait")
)  # fmt: skip

BUILDERS = frozenset(
    {
        "boto3.Session",
        "boto3.Session().client",
        "boto3.Session().resource",
        "boto3.client",
        "boto3.resource",
        "botocore.config.Config",
    }
)
"""What takes a region; the position of it is by name."""
REGION_AT = {"boto3.Session": 3, "botocore.config.Config": 0}

MODEL = "modelId"
MODEL_ID = pattern(r"(?:[a-z]{2,6}\.)?[a-z0-9]+\.[\w.-]+(?::\w+)*")

REGION = pattern(r"(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov|-iso[a-z]?)?-[a-z]+-\d")

GLOBAL_IN = {
    "us-east-1": frozenset(
        """
        account acm aws-marketplace billing budgets ce chime cloudfront controltower cost-optimization-hub cur
        ecr-public freetier health iam importexport invoicing marketplace-catalog marketplace-entitlement
        marketplacecommerceanalytics meteringmarketplace mturk notifications organizations payments pricing route53
        route53domains savingsplans service-quotas shield sso-admin sts support support-app taxsettings trustedadvisor
        waf wafv2
        """.split()
    ),
    "us-west-2": frozenset(
        "devicefarm globalaccelerator networkmanager route53-recovery-cluster route53-recovery-control-config "
        "route53-recovery-readiness".split()
    ),
}
"""Services that have their only or their global endpoint in a region, and those a global one must be told in."""
ANYWHERE = frozenset({"ce", "iam", "organizations", "pricing", "route53", "sts"})
"""Services for which the region in code says nothing of where a stage is."""

ELSEWHERE = frozenset({"events", "s3"})
"""Services of which a bus or bucket is often meant to be in another region than the function."""
US_EAST_1_FOR_GLOBAL = frozenset({"cloudwatch", "ec2", "fms", "lambda", "logs", "ssm"})
"""Regional services of which us-east-1 holds what is global: bills, metrics and logs of CloudFront, Lambda@Edge, the
administrator of Firewall Manager."""
FEW_REGIONS = ("bedrock", "comprehend", "connect", "lex", "personalize", "pinpoint", "polly", "rekognition", "ses",
               "textract", "timestream", "transcribe", "translate")  # fmt: skip
"""How the names begin of services that are not offered, or not with all they can do, in many regions."""

ARN = pattern(r"arn:aws[\w-]*:([a-z0-9-]+):([a-z0-9-]*):(\d{12}):[^\s*]")
QUEUE_URL = pattern(r"https://sqs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/(\d{12})?")
ENDPOINT = pattern(r"https?://\S+\.\S+|https?://\d+\.\d+\.\d+\.\d+\S*")

EXAMPLE_ACCOUNTS = frozenset(
    "000000000000 012345678901 012345678910 012345678912 098765432109 111122223333 123412341234 123456789010 "
    "112233445566 123456789012 210987654321 444455556666 777788889999 888888888888 987654321098 999999999999".split()
)
"""What documentation writes where an account stands."""
PUBLIC_ACCOUNTS = frozenset(
    {
        "017000801446",  # Powertools for Python
        "027255383542",  # AppConfig extension
        "094274105915",  # Powertools for TypeScript
        "137112412989",  # Amazon Linux images
        "177933569100",  # parameters and secrets extension
        "187925254637",  # the same, other regions
        "336392948345",  # AWS SDK for pandas
        "451483290750",  # New Relic
        "464622532012",  # Datadog
        "580247275435",  # Lambda Insights
        "753240598075",  # Lambda Web Adapter
        "770693421928",  # Klayers
        "806199016981",  # topics that tell of changed address ranges
        "901920570463",  # OpenTelemetry
    }
)
"""Accounts of AWS and of vendors that offer layers, images and topics to everyone."""

_PLACEHOLDER = pattern(
    r"[<>{}$%\[\]*]|\b(?:your|my|some|example|sample|placeholder|dummy|foo|bar|none|null)\b|your|x{3,}|"
    r"replace[-_ ]?(?:me|this|with)|change[-_ ]?me|\btodo:|^(?:table|bucket|queue|stream|function)[-_ ]?(?:name|url)?$|"
    r"(?:^|[-_ /])(?:name|id)-of-|__\w+__|^\s*$|^unknown$|^default$|^test$|^string$",
    re.IGNORECASE,
)
_LOCAL = pattern(
    r"localhost|127\.0\.0\.1|0\.0\.0\.0|host\.docker\.internal|localstack|dynamodb-local|minio|moto|172\.17\."
    r"|://[\w-]+(?::\d+)?/?$",
    re.IGNORECASE,
)


def is_placeholder(value: str) -> bool:
    """Whether a value only stands for one, or is filled in before the code is deployed."""
    return _PLACEHOLDER.search(value) is not None


def is_local(endpoint: str) -> bool:
    """Whether an endpoint is on the developer's machine: what it is told does not go to production."""
    return _LOCAL.search(endpoint) is not None


def is_anyones(account: str) -> bool:
    """Whether an account is an example, or one that serves everyone."""
    return account in EXAMPLE_ACCOUNTS or account in PUBLIC_ACCOUNTS or len(set(account)) == 1
