"""Integrations of API Gateway, and whether their callers wait for the whole answer."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.sources.values import Value


def integrations(value: Value | None) -> Iterator[Value]:
    """The integrations in the definition of an API."""
    if value is None:
        return
    for key, one in value.entries():
        if key == "x-amazon-apigateway-integration":
            yield one
        else:
            yield from integrations(one)


def waits(integration: Value | None) -> bool:
    """Whether an integration gives the whole answer of its function, when there is one."""
    if integration is None:
        return True
    stated = {key.lower(): one for key, one in integration.entries()}
    mode = stated.get("responsetransfermode")
    if mode is not None and mode.data == "STREAM":
        return False
    parameters = stated.get("requestparameters")
    for name, value in parameters.entries() if parameters is not None else ():
        if name.lower().endswith(".x-amz-invocation-type"):
            return bool(value.data != "'Event'")
    return True
