"""What imports cost, and what they load besides."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator

from lambdalint.checks._libraries import HEAVY_MODULES_MS
from lambdalint.model import Handler, Import

_POWERTOOLS = "aws_lambda_powertools.utilities."
BRINGS = {
    "boto3": ("botocore",),
    "aiobotocore": ("botocore",),
    "aioboto3": ("aiobotocore", "boto3", "botocore"),
    "awswrangler": ("boto3", "botocore", "numpy", "pandas"),
    _POWERTOOLS + "feature_flags": ("boto3", "botocore"),
    _POWERTOOLS + "idempotency": ("boto3", "botocore"),
    _POWERTOOLS + "parameters": ("boto3", "botocore"),
    _POWERTOOLS + "parser": ("pydantic",),
    _POWERTOOLS + "streaming": ("boto3", "botocore"),
    "pandas": ("numpy",),
    "scipy": ("numpy",),
    "sklearn": ("numpy", "scipy"),
    "fastapi": ("pydantic",),
    "flask": ("jinja2",),
    "transformers": ("numpy",),
}
"""What importing a package or module imports besides."""
KNOWN = (
    sys.stdlib_module_names
    | {name.partition(".")[0] for name in HEAVY_MODULES_MS}
    | set(
        "attr attrs aws_lambda_powertools certifi dateutil idna psycopg2 pymysql pytz simplejson urllib3 yaml".split()
    )
)
"""What does not load other heavy modules besides those in `BRINGS`."""


def price(handler: Handler, module: str) -> str:
    """`about 120 ms`: by the files that are deployed, else by what is known of the module."""
    return f"about {math.ceil(handler.import_ms(module)) or cost_ms(module)} ms"


def brought_by(other: Import) -> Iterator[str]:
    """What an import loads besides, so that to remove an import of that gains nothing."""
    name = f"{other.module}.{other.bound}"  # `from aws_lambda_powertools.utilities import parameters`
    while name:
        yield from BRINGS.get(name, ())
        name = name.rpartition(".")[0]


def cost_ms(module: str) -> int:
    """About what importing it costs at a cold start; 0 if that is not worth a word."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        cost = HEAVY_MODULES_MS.get(".".join(parts[:length]))
        if cost:
            return cost
    return 0
