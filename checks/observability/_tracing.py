"""What follows requests through a function besides X-Ray's own tracing."""

from __future__ import annotations

import re

from lambdalint.later import pattern
from lambdalint.model import Function, Unknown

_VARIABLES = tuple(
    "DD_ NEW_RELIC_ DT_ LUMIGO_ EPSAGON_ THUNDRA_ SENTRY_ OTEL_ SPLUNK_ HONEYCOMB_ ELASTIC_APM_ INSTANA_ "
    "OPENTELEMETRY_".split()
)
"""How the names of variables begin."""
_LAYERS = pattern(
    r"datadog|newrelic|dynatrace|lumigo|epsagon|thundra|sentry|otel|opentelemetry|splunk|honeycomb|elastic-apm|instana",
    re.IGNORECASE,
)
"""Words in the names of layers."""


def traced_by_another(function: Function) -> bool:
    """Whether a layer or a variable says that another tool follows its requests, or may say so."""
    layers = function.layers
    if layers is not None and any(_LAYERS.search(one) for one in (*(layers.known or ()), layers.text)):
        return True
    environment = function.environment
    if isinstance(environment, Unknown):
        return True
    return any(name.startswith(_VARIABLES) or name == "AWS_LAMBDA_EXEC_WRAPPER" for name in environment or ())
