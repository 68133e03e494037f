"""The APIs that the framework makes of the events of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lambdalint.model.places import UNKNOWN, Location, Unknown
from lambdalint.model.template import Api, Cors, Function
from lambdalint.sources.cloudformation.functions import cors_of
from lambdalint.sources.serverless.functions import cors_for_all
from lambdalint.sources.serverless.words import made
from lambdalint.sources.values import Value

_THROTTLING = ("serverless-api-gateway-throttling",)


def apis(
    provider: Value, plugins: frozenset[str], functions: Sequence[Function], events: Mapping[str, Value | None]
) -> Iterator[Api]:
    """One API of each kind that some event needs, unless the provider names one that is there already."""
    rest, http = provider.get("apiGateway"), provider.get("httpApi")
    kinds = {
        "api": ("ApiGatewayRestApi", rest.get("restApiId") if rest is not None else None, "http"),
        "http-api": ("HttpApi", http.get("id") if http is not None else None, "httpApi"),
    }
    for kind, (name, elsewhere, event) in kinds.items():
        behind = [
            one for one in functions if any(trigger.type.removesuffix("-mapped") == kind for trigger in one.triggers)
        ]
        if not behind or elsewhere is not None:
            continue
        where = next(t.location for t in behind[0].triggers if t.type.removesuffix("-mapped") == kind)
        logs = provider.get("logs", "restApi" if kind == "api" else "httpApi")
        plan = rest.get("usagePlan") if rest is not None and kind == "api" else None
        opened = provider.opened or (rest is not None and rest.data is UNKNOWN)
        traced = provider.get("tracing", "apiGateway")
        yield Api(
            logical_id=name,
            location=where,
            type=kind,
            throttled=_stated(plan.get("throttle") if plan is not None else None, opened or _throttles(plugins)),
            access_logs=_stated(logs, opened),
            compressed=_stated(rest.get("minimumCompressionSize") if rest is not None else None, opened),
            usage_plan=_stated(plan, opened),
            traced=_stated(traced, opened),
            cached=UNKNOWN,
            cors=_cors(provider.get("httpApi", "cors"), where)
            if kind == "http-api"
            else _cors_of_events([events.get(one.logical_id) for one in behind], event),
            functions=tuple(one.logical_id for one in behind),
        )


def _throttles(plugins: frozenset[str]) -> bool:
    return not plugins.isdisjoint(_THROTTLING)


def _stated(value: Value | None, unknown: bool) -> bool | Unknown:
    if value is None:
        return UNKNOWN if unknown else False
    return value.data is not False if value.data is not UNKNOWN else UNKNOWN


def _cors_of_events(events: Sequence[Value | None], name: str) -> Cors | None:
    """Of the first event that states it."""
    for several in events:
        for one in several.elements() if several is not None and isinstance(several.data, list) else ():
            stated = one.get(name, "cors")
            if stated is not None:
                return _cors(stated, stated.location)
    return None


def _cors(value: Value | None, place: Location) -> Cors | None:
    if value is None or value.data is False:
        return None
    if value.data is True:
        return cors_of(cors_for_all(value.location))
    origins = value.get("allowedOrigins") or value.get("origins") or value.get("origin")
    return cors_of(made(place, AllowOrigins=origins, AllowCredentials=value.get("allowCredentials")))
