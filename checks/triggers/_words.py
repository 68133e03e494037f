"""What checks of triggers share: defaults that AWS fills in, and words."""

from __future__ import annotations

from collections.abc import Sequence

from lambdalint.model import Function, Setting, Trigger

VISIBILITY_TIMEOUT_S = 30
"""Of a queue that states none."""
BATCH_SIZES = {"sqs": 10, "kinesis": 100, "dynamodb": 100, "msk": 100, "kafka": 100, "mq": 100, "documentdb": 100}

WORDS = {
    "api": "API Gateway",
    "appsync": "AppSync",
    "cognito": "Cognito",
    "dynamodb": "DynamoDB",
    "documentdb": "DocumentDB",
    "eventbridge": "EventBridge",
    "http-api": "API Gateway",
    "kafka": "Kafka",
    "kinesis": "Kinesis",
    "mq": "Amazon MQ",
    "msk": "MSK",
    "s3": "S3",
    "schedule": "the schedule",
    "sns": "SNS",
    "sqs": "SQS",
}

_IN_SERVERLESS = {
    "BisectBatchOnFunctionError": "bisectBatchOnFunctionError",
    "DestinationConfig": "destinations",
    "FilterCriteria": "filterPatterns",
    "MaximumConcurrency": "maximumConcurrency",
    "MaximumRetryAttempts": "maximumRetryAttempts",
    "OnFailure": "onFailure",
    "StartingPosition": "startingPosition",
}


def spelled(name: str, form: str) -> str:
    """A setting of CloudFormation by the name it has in a template of some form."""
    if form == "serverless":
        return _IN_SERVERLESS.get(name, name)
    if not form.startswith("terraform"):
        return name
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


def number(setting: Setting[int] | None, otherwise: int) -> int | None:
    """What holds: the value, the default where none is stated, None where it cannot be known."""
    return otherwise if setting is None else setting.known


def is_active(trigger: Trigger) -> bool:
    """Whether a trigger is not switched off."""
    return trigger.enabled is None or trigger.enabled.value is not False


def names(functions: Sequence[Function] | Sequence[str], most: int = 3) -> str:
    """`Orders, Mails and 4 more`."""
    ids = list(dict.fromkeys(one if isinstance(one, str) else one.logical_id for one in functions))
    if len(ids) > most + 1:
        return f"{', '.join(ids[:most])} and {len(ids) - most} more"
    return " and ".join(part for part in (", ".join(ids[:-1]), ids[-1]) if part)
