"""APIs that are described in OpenAPI: which function stands behind which route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.model.places import Location
from lambdalint.sources.cloudformation.including import included
from lambdalint.sources.cloudformation.template import Declarations, Resource
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value

_METHODS = frozenset("get put post delete options head patch trace x-amazon-apigateway-any-method".split())


class Route(NamedTuple):
    """One operation with an integration."""

    text: str
    """`GET /orders`"""
    uri: Value
    """What names the function."""
    proxy: bool
    """The function gets the request and gives the answer, neither translated."""
    payload_format: Value | None
    location: Location
    integration: Value


def definition(resource: Resource, template: Declarations, files: Files) -> Value | None:
    """The description of an API: inline, or in a local file."""
    p = resource.properties
    inline = p.get("DefinitionBody") or p.get("Body")
    if inline is not None:
        return inline
    where = p.get("DefinitionUri") or p.get("BodyS3Location")
    document = included(where, join(template.path, ".."), files)
    return template.within(document).value(document.root) if document is not None else None


def routes(described: Value) -> Iterator[Route]:
    """The routes of a description, each with its integration."""
    paths = described.get("paths")
    for path, item in paths.entries() if paths is not None else ():
        for method, operation in item.entries():
            integration = operation.get("x-amazon-apigateway-integration")
            uri = integration.get("uri") if integration is not None else None
            if integration is None or uri is None or method.lower() not in _METHODS:
                continue
            kind = integration.get("type")
            name = "ANY" if method.lower().startswith("x-") else method.upper()
            yield Route(
                f"{name} {path}",
                uri,
                kind is None or not isinstance(kind.data, str) or kind.data.lower() == "aws_proxy",
                integration.get("payloadFormatVersion"),
                integration.location,
                integration,
            )


def authorizers(described: Value) -> Iterator[Value]:
    """What names the functions that decide who may call."""
    for schemes in (described.get("securityDefinitions"), described.get("components", "securitySchemes")):
        for _, scheme in schemes.entries() if schemes is not None else ():
            uri = scheme.get("x-amazon-apigateway-authorizer", "authorizerUri")
            if uri is not None:
                yield uri
