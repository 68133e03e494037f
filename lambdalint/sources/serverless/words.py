"""From the words of the Serverless Framework to those of CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.model.template import STREAMS
from lambdalint.sources.values import Value

_MAPPING = {
    "batchSize": "BatchSize",
    "batchWindow": "MaximumBatchingWindowInSeconds",
    "maximumBatchingWindow": "MaximumBatchingWindowInSeconds",
    "startingPosition": "StartingPosition",
    "maximumRetryAttempts": "MaximumRetryAttempts",
    "maximumRecordAgeInSeconds": "MaximumRecordAgeInSeconds",
    "bisectBatchOnFunctionError": "BisectBatchOnFunctionError",
    "parallelizationFactor": "ParallelizationFactor",
    "tumblingWindowInSeconds": "TumblingWindowInSeconds",
    "functionResponseType": "FunctionResponseTypes",
    "enabled": "Enabled",
}
_FROM_THE_START = frozenset({"kinesis", "dynamodb", "msk", "kafka"})


def made(place: Location, **entries: Value | None) -> Value:
    """A map of what is stated."""
    return Value({name: value for name, value in entries.items() if value is not None}, place)


def mapping_words(event: Value, kind: str) -> Value:
    """The properties of an event source mapping."""
    place = event.location
    if not isinstance(event.data, dict):
        found = Value({}, place)
    else:
        found = Value({_MAPPING[name]: one for name, one in event.entries() if name in _MAPPING}, place)
    data: dict[str, Value] = found.data
    # What the framework puts in, where Lambda has other defaults or none.
    if kind in _FROM_THE_START:
        data.setdefault("StartingPosition", Value("TRIM_HORIZON", place))
    if kind in STREAMS:
        data.setdefault("BatchSize", Value(10, place))
    failure = event.get("destinations", "onFailure")
    if failure is not None:
        data["DestinationConfig"] = made(place, OnFailure=made(place, Destination=failure.get("arn") or failure))
    most = event.get("maximumConcurrency")
    if most is not None:
        data["ScalingConfig"] = made(place, MaximumConcurrency=most)
    pollers = event.get("provisionedPollerConfig", "minimumPollers")
    if pollers is not None:
        data["ProvisionedPollerConfig"] = made(place, MinimumPollers=pollers)
    patterns = event.get("filterPatterns")
    if patterns is not None:
        data["FilterCriteria"] = _filters(patterns)
    return found


def _filters(patterns: Value) -> Value:
    if not isinstance(patterns.data, list):
        return Value(UNKNOWN, patterns.location)
    filters = [Value({"Pattern": _pattern(one)}, one.location) for one in patterns.data]
    return made(patterns.location, Filters=Value(filters, patterns.location))


def _pattern(value: Value) -> Value:
    try:
        return Value(json.dumps(_plain(value)), value.location)
    except _NotKnown:
        return Value(UNKNOWN, value.location)


class _NotKnown(Exception):
    """A part of a value cannot be known."""


def _plain(value: Value) -> Any:
    data = value.data
    if data is UNKNOWN:
        raise _NotKnown
    if isinstance(data, dict):
        return {key: _plain(one) for key, one in data.items()}
    return list(map(_plain, data)) if isinstance(data, list) else data


def normalized(name: str) -> str:
    """As it stands in the logical ids that the framework makes."""
    name = name.replace("-", "Dash").replace("_", "Underscore")
    return name[:1].upper() + name[1:]


def together(base: Value | None, over: Value | None) -> Value | None:
    """Two maps as one; of one that is not known, what the other says, and perhaps more."""
    if base is None or over is None:
        return base if over is None else over
    if isinstance(base.data, dict) and isinstance(over.data, dict):
        return over._replace(data={**base.data, **over.data}, opened=base.opened or over.opened)
    for known in (over, base):
        if isinstance(known.data, dict):
            return known._replace(opened=True)
    return over


def listed(value: Value | None) -> Iterator[Value]:
    """The elements of a list that may stand under conditions; of anything else, itself."""
    if value is None:
        return
    for one in value.choices or (value,):
        if isinstance(one.data, list):
            yield from one.data
        else:
            yield one
