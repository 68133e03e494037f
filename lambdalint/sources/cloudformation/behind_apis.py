"""What APIs say of the functions behind them: a trigger for each route, as far as it stands in the template."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lambdalint.model.places import UNKNOWN
from lambdalint.model.template import Trigger
from lambdalint.sources.cloudformation.functions import Draft
from lambdalint.sources.cloudformation.integrations import waits
from lambdalint.sources.cloudformation.openapi import authorizers, definition, routes
from lambdalint.sources.cloudformation.template import Declarations, Resource
from lambdalint.sources.values import Value

if TYPE_CHECKING:
    from lambdalint.sources.cloudformation.companions import Companions


def described(type_: str) -> Callable[[Companions, Resource, dict[str, Draft]], None]:
    """An API that is described in OpenAPI: a trigger for each route."""

    def method(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
        source = self.settings.string(itself(resource))
        api = definition(resource, self.template, self.files)
        seen: set[str] = set()
        for uri in authorizers(api) if api is not None else ():
            seen.update(self.references.functions(uri))
            self.add(drafts, uri, Trigger("authorizer", resource.location, source))
        for route in routes(api) if api is not None else ():
            kind = type_ if route.proxy or type_ != "api" else "api-mapped"
            version = self.settings.string(route.payload_format)
            trigger = Trigger(
                kind,
                route.location,
                source,
                route=route.text,
                payload_format=version,
                timeout_ms=self.settings.integer(route.integration.get("timeoutInMillis")),
                waits=waits(route.integration),
            )
            for function in self.references.functions(route.uri):
                seen.add(function)
                told = {(one.type, one.route.upper()) for one in drafts[function]["triggers"]}
                if (type_, route.text.upper()) not in told:  # SAM: an event may say it too
                    drafts[function]["triggers"].append(trigger)
                else:
                    drafts[function]["triggers"] = [
                        one._replace(waits=trigger.waits, timeout_ms=one.timeout_ms or trigger.timeout_ms)
                        if one.route.upper() == route.text.upper()
                        else one
                        for one in drafts[function]["triggers"]
                    ]
        for value in (api, resource.properties.get("Target")):
            for function in self.references.functions(value):
                if function not in seen:
                    seen.add(function)
                    drafts[function]["triggers"].append(Trigger(type_, resource.location, source))

    return method


def itself(resource: Resource) -> Value:
    """A value that refers to a resource."""
    return Value(UNKNOWN, resource.location, resource.logical_id, (resource.logical_id,))


def integration(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    """An integration of an HTTP or a websocket API."""
    p = resource.properties
    api = p.get("ApiId")
    websocket = any(_protocol(self.template, ref) == "WEBSOCKET" for ref in (api.all_refs() if api is not None else ()))
    trigger = Trigger(
        "websocket" if websocket else "http-api",
        resource.location,
        self.settings.string(api),
        route=_route_of(self.template, resource.logical_id),
        payload_format=self.settings.string(p.get("PayloadFormatVersion")),
        timeout_ms=self.settings.integer(p.get("TimeoutInMillis")),
    )
    self.add(drafts, p.get("IntegrationUri"), trigger)


def _protocol(template: Declarations, logical_id: str) -> str:
    resource = template.resource(logical_id)
    value = resource.properties.get("ProtocolType") if resource is not None else None
    return str(value.data) if value is not None else ""


def method(self: Companions, resource: Resource, drafts: dict[str, Draft]) -> None:
    """A method of a REST API."""
    p = resource.properties
    kind = p.get("Integration", "Type")
    proxy = kind is None or kind.data in ("AWS_PROXY", UNKNOWN)
    http = p.get("HttpMethod")
    verb = http.data if http is not None and isinstance(http.data, str) else ""
    trigger = Trigger(
        "api" if proxy else "api-mapped",
        resource.location,
        self.settings.string(p.get("RestApiId")),
        route=f"{verb} {_path_of(self.template, p.get('ResourceId'))}" if verb else "",
        timeout_ms=self.settings.integer(p.get("Integration", "TimeoutInMillis")),
        waits=waits(p.get("Integration")),
    )
    self.add(drafts, p.get("Integration", "Uri"), trigger)


def _route_of(template: Declarations, integration: str) -> str:
    """The first route of an HTTP API that leads to an integration."""
    for resource in template.resources("AWS::ApiGatewayV2::Route"):
        target, key = resource.properties.get("Target"), resource.properties.get("RouteKey")
        if target is not None and integration in target.all_refs() and key is not None:
            return key.data if isinstance(key.data, str) else ""
    return ""


def _path_of(template: Declarations, value: Value | None) -> str:
    """The path of a resource of an API, as far as its parts stand in the template."""
    parts: list[str] = []
    while value is not None and len(parts) < 20:
        resource = template.resource(value.refs[0]) if value.refs else None
        if resource is None or resource.type != "AWS::ApiGateway::Resource":
            break
        part = resource.properties.get("PathPart")
        parts.insert(0, str(part.data) if part is not None and isinstance(part.data, str) else "?")
        value = resource.properties.get("ParentId")
    return "/" + "/".join(parts)
