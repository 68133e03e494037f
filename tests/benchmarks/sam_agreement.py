"""Compares what lambdalint reads of SAM templates with what AWS's own translator makes of them.

    python tests/benchmarks/sam_agreement.py CHECKOUT_OF_SERVERLESS_APPLICATION_MODEL

Its tests hold templates and, for each, the CloudFormation that comes out. Of every function in there, these are
compared: runtime, handler, memory, timeout, tracing, names of variables, number of layers, architectures, and the
settings of its event source mappings. Where the output holds an expression, it is enough that ours is stated too.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lambdalint.model import UNKNOWN, Function, Setting
from lambdalint.model.template import EVENT_SOURCE_MAPPINGS
from lambdalint.sources import read

ANY = object()
"""Something that is stated, but not as a literal."""
OF_MAPPINGS = {
    "BatchSize": "batch_size",
    "MaximumBatchingWindowInSeconds": "window_s",
    "StartingPosition": "starting_position",
    "FunctionResponseTypes": "function_response_types",
    "BisectBatchOnFunctionError": "bisect",
    "MaximumRetryAttempts": "max_retries",
    "MaximumRecordAgeInSeconds": "max_record_age_s",
    "Enabled": "enabled",
    "ParallelizationFactor": "parallelization_factor",
    "TumblingWindowInSeconds": "tumbling_window_s",
}


def main(checkout: Path) -> int:
    same, different = Counter[str](), Counter[str]()
    templates = functions = 0
    for source in sorted((checkout / "tests" / "translator" / "input").glob("*.y*ml")):
        output = checkout / "tests" / "translator" / "output" / f"{source.stem}.json"
        if not output.exists():
            continue  # one that the translator refuses
        templates += 1
        expected = json.loads(output.read_text(encoding="utf-8")).get("Resources", {})
        declared = read(source.name, source.read_bytes())
        ours = {function.logical_id: function for stack in declared.stacks for function in stack.functions}
        for logical_id, resource in expected.items():
            if resource.get("Type") != "AWS::Lambda::Function":
                continue
            functions += 1
            function = ours.get(logical_id)
            for field, theirs, mine in compared(logical_id, function, resource, expected):
                if agree(theirs, mine):
                    same[field] += 1
                else:
                    different[field] += 1
                    print(f"{source.name} {logical_id} {field}: {shown(theirs)}, here {shown(mine)}")
    total = sum(same.values()) + sum(different.values())
    print(f"{templates} templates, {functions} functions, {total} comparisons: {sum(same.values()) / total:.4f} agree")
    for field in sorted(same | different):
        print(f"  {field}: {same[field]} agree, {different[field]} do not")
    return 0


def compared(
    logical_id: str, function: Function | None, resource: Mapping[str, Any], resources: Mapping[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    """What is compared: the field, the translator's value, ours."""
    if function is None:
        yield "function", "there", None
        return
    yield "function", "there", "there"
    properties = literal(resource.get("Properties", {}))
    yield "runtime", properties.get("Runtime"), value(function.runtime)
    yield "handler", properties.get("Handler"), value(function.handler)
    yield "memory", integer(properties.get("MemorySize")), value(function.memory_mb)
    yield "timeout", integer(properties.get("Timeout")), value(function.timeout_s)
    yield "tracing", part(properties, "TracingConfig", "Mode"), value(function.tracing)
    variables = part(properties, "Environment", "Variables")
    names = variables if variables in (None, ANY) else sorted(variables)
    mine = function.environment
    yield "environment", names or None, ANY if mine is UNKNOWN else sorted(mine) if mine else None
    layers = properties.get("Layers")
    count = len(layers) if isinstance(layers, list) else layers
    yield "layers", count, len(v) if isinstance(v := value(function.layers), tuple) else v
    architectures = properties.get("Architectures")
    stated = tuple(architectures) if isinstance(architectures, list) and ANY not in architectures else ANY
    default = ("x86_64",)  # which the translator writes where nothing is stated
    yield "architectures", default if architectures is None else stated, value(function.architectures) or default
    theirs = sorted(map(repr, (mapping(one) for one in mappings(logical_id, resources))))
    here = sorted(
        repr(tuple(value(getattr(trigger, field)) for field in OF_MAPPINGS.values()))
        for trigger in function.triggers
        if trigger.type in EVENT_SOURCE_MAPPINGS
    )
    yield "event source mappings", theirs, here


def mappings(logical_id: str, resources: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for resource in resources.values():
        if resource.get("Type") == "AWS::Lambda::EventSourceMapping":
            of = resource["Properties"].get("FunctionName", {})
            alias = resources.get(of.get("Ref", ""), {}) if isinstance(of, dict) else {}
            target = alias.get("Properties", {}).get("FunctionName", of) if "Alias" in alias.get("Type", "") else of
            if isinstance(target, dict) and logical_id in (target.get("Ref"), (target.get("Fn::GetAtt") or [""])[0]):
                yield literal(resource["Properties"])


def mapping(properties: Mapping[str, Any]) -> tuple[Any, ...]:
    found = []
    for name, field in OF_MAPPINGS.items():
        one = properties.get(name)
        if field.endswith(("_s", "_size", "_factor", "retries")):
            one = integer(one)
        if isinstance(one, str) and field in ("enabled", "bisect"):
            one = one.lower() == "true"
        found.append(tuple(one) if isinstance(one, list) else one)
    return tuple(found)


def literal(data: Any) -> Any:
    """The same with ANY in place of each expression."""
    if isinstance(data, dict):
        if len(data) == 1 and next(iter(data)).startswith(("Fn::", "Ref")):
            return ANY
        return {key: literal(one) for key, one in data.items()}
    return [literal(one) for one in data] if isinstance(data, list) else data


def part(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else ANY if data is ANY else None
    return data


def integer(data: Any) -> Any:
    return int(data) if isinstance(data, str) and data.lstrip("-").isdigit() else data


def value(setting: Setting[Any] | None) -> Any:
    if setting is None:
        return None
    return ANY if setting.value is UNKNOWN else setting.value


def agree(theirs: Any, mine: Any) -> bool:
    if theirs is ANY:
        return mine is not None
    if isinstance(theirs, list) and "object object" in repr(theirs):
        return len(theirs) == len(mine)  # an expression among the settings of a mapping
    return bool(theirs == mine)


def shown(data: Any) -> str:
    return "an expression" if data is ANY else repr(data)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
