"""How much of what a function does its own code tells."""

from __future__ import annotations

import sys
from functools import cache

from lambdalint.model import Call, Handler
from lambdalint.model.code import Wording

PLAIN = frozenset(
    """
    aws_xray_sdk boto3 boto3.dynamodb botocore.client botocore.config botocore.exceptions attr attrs cachetools
    cfnresponse crhelper dateutil dotenv envyaml jmespath jose jsonpath_ng jsonschema jwt lambda_decorators
    marshmallow mypy_boto3 mypy_extensions orjson pydantic pythonjsonlogger pytz simplejson structlog tabulate
    tenacity toml typing_extensions tzlocal ujson ulid xmltodict yaml
    aws_lambda_powertools.event_handler aws_lambda_powertools.logging aws_lambda_powertools.metrics
    aws_lambda_powertools.tracing aws_lambda_powertools.utilities.batch aws_lambda_powertools.utilities.data_classes
    aws_lambda_powertools.utilities.parser aws_lambda_powertools.utilities.typing
    aws_lambda_powertools.utilities.validation
    """.split()
)
"""Libraries that call nobody by themselves, write no files and use no other part of the SDK."""
HIDDEN = frozenset(
    "getattr __import__ import_module exec eval subprocess Popen system SigV4Auth ctypes __getattribute__".split()
)
"""Words that lead to what cannot be seen."""


def is_open(handler: Handler, wording: Wording) -> bool:
    """Whether there may be more than what is seen: libraries that are not known, things that are found by name."""
    if not handler.complete or wording.words & HIDDEN or any(one.format == "zappa" for one in handler.functions):
        return True  # Zappa has a handler of its own, which calls this one among others
    return unknown_libraries(wording)


def unknown_libraries(wording: Wording) -> bool:
    """Whether the code imports libraries of which nothing is known here, or modules that were not found."""
    return not all(map(_is_plain, wording.libraries))


@cache
def _is_plain(library: str) -> bool:
    head = library.partition(".")[0]
    if head in sys.stdlib_module_names or head in PLAIN or library == "aws_lambda_powertools":
        return True
    parts = library.split(".")
    return head.startswith("mypy_boto3_") or any(".".join(parts[:end]) in PLAIN for end in range(2, len(parts) + 1))


def all_calls(handler: Handler) -> list[Call]:
    """What is called when the environment starts, and by each invocation."""
    return [*handler.init_calls, *handler.warm_calls]
