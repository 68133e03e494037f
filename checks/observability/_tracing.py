"""What follows requests through a function besides X-Ray's own tracing."""

from __future__ import annotations

import re

from lambdalint.model import Function, Unknown

_LAYERS = re.compile(
    r"datadog|newrelic|dynatrace|lumigo|epsagon|thundra|sentry|otel|opentelemetry|splunk|honeycomb|elastic-apm|instana",
    re.IGNORECASE,
)
_VARIABLES = re.compile(
    r"(?:DD|NEW_RELIC|DT|LUMIGO|EPSAGON|THUNDRA|SENTRY|OTEL|SPLUNK|HONEYCOMB|ELASTIC_APM|INSTANA|OPENTELEMETRY)_"
    r"|AWS_LAMBDA_EXEC_WRAPPER$"
)


def traced_by_another(function: Function) -> bool:
    """Whether a layer or a variable says that another tool follows its requests, or may say so."""
    layers = function.layers
    if layers is not None and any(_LAYERS.search(one) for one in (*(layers.known or ()), layers.text)):
        return True
    environment = function.environment
    if isinstance(environment, Unknown):
        return True
    return any(_VARIABLES.match(name) for name in environment or ())
