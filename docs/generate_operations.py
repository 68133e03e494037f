"""Writes checks/_operations.jsonl: what the checks know of AWS operations, read off botocore's own data.

    pip install botocore
    python docs/generate_operations.py

Run it anew for a newer botocore; the first line names the version it was made from. Nothing in it is typed by
hand. Each further line is one service, so that a reader need only parse those it is asked for.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel, Shape

TARGET = Path(__file__).parent.parent / "checks" / "_operations.jsonl"
FAILURES = re.compile(r"^(?:Failed|Failures?$|Unprocessed|Errors?$|Rejected|NotProcessed|BatchItemFail)", re.IGNORECASE)
"""How the members of a result begin that tell what of a batch was not done."""
DEEP = 12


def main() -> None:
    loader = botocore.session.get_session().get_component("data_loader")
    lines = [json.dumps({"botocore": botocore.__version__, "written_by": "docs/generate_operations.py"})]
    counts: Counter[str] = Counter()
    for service in loader.list_available_services("service-2"):
        model = ServiceModel(loader.load_service_model(service, "service-2"), service)
        facts = {
            "paginated": dict(sorted(paginated(loader, service).items())),
            "waited": waited(loader, service),
            "batched": dict(batched(model)),
            "many": dict(many(model)),
            "unserializable": dict(unserializable(model)),
        }
        counts.update({kind: len(found) for kind, found in facts.items()})
        kept = {kind: found for kind, found in facts.items() if found}
        if kept:
            lines.append(json.dumps([service, kept], separators=(",", ":")))
    TARGET.write_text("\n".join(lines) + "\n")
    print(TARGET, TARGET.stat().st_size, dict(counts))


def load(loader: Any, service: str, kind: str) -> Any:
    try:
        return loader.load_service_model(service, kind)
    except UnknownServiceError:
        return {}


def paginated(loader: Any, service: str) -> dict[str, list[Any]]:
    """By operation: what asks for the next page, what gives it, what limits a page, what holds the results."""
    pages = load(loader, service, "paginators-1").get("pagination", {})
    return {
        xform_name(operation): [
            names(page.get("input_token")),
            names(page.get("output_token")),
            names(page.get("limit_key")),
            names(page.get("result_key")),
        ]
        for operation, page in pages.items()
        if page.get("input_token") and page.get("output_token")
    }


def names(value: str | list[str] | None) -> list[str]:
    """The first parts of JMESPath expressions: `NextMarker || Contents[-1].Key` gives both."""
    found: list[str] = []
    for one in [value] if isinstance(value, str) else value or ():
        found += [re.match(r"[\w-]*", part.strip())[0] for part in one.split("||")]  # type: ignore[index]
    return list(dict.fromkeys(found))


def waited(loader: Any, service: str) -> dict[str, list[str]]:
    """By operation: the waiters that call it."""
    found: dict[str, list[str]] = {}
    for waiter, facts in load(loader, service, "waiters-2").get("waiters", {}).items():
        found.setdefault(xform_name(facts["operation"]), []).append(xform_name(waiter))
    return {operation: sorted(found[operation]) for operation in sorted(found)}


def operations(model: ServiceModel) -> Iterator[tuple[str, OperationModel]]:
    for name in sorted(model.operation_names):
        yield xform_name(name), model.operation_model(name)


def members(shape: Shape | None) -> dict[str, Any]:
    return dict(getattr(shape, "members", {}))


def batched(model: ServiceModel) -> Iterator[tuple[str, list[str]]]:
    """By operation that is given many things: the members of its result that tell which of them failed."""
    for name, operation in operations(model):
        given = members(operation.input_shape).values()
        failures = [
            member
            for member, shape in members(operation.output_shape).items()
            if FAILURES.match(member) and shape.type_name in ("list", "map", "integer", "long")
        ]
        if failures and any(holds_many(shape) for shape in given) and not re.match(r"get_|list_|describe_", name):
            yield name, failures


def holds_many(shape: Shape, depth: int = 2) -> bool:
    if shape.type_name in ("list", "map"):
        return True
    return depth > 0 and any(holds_many(one, depth - 1) for one in members(shape).values())


def many(model: ServiceModel) -> Iterator[tuple[str, str]]:
    """By operation on one thing: the operation of the same service on many."""
    known = dict(operations(model))
    for name in known:
        verb, _, rest = name.partition("_")
        write = "batch_write_item" if name in ("put_item", "delete_item") else ""
        for other in (f"batch_{name}", f"batch_{name}s", f"{name}_batch", f"{verb}_{rest}s", write):
            if (
                other in known
                and name != other
                and any(shape.type_name in ("list", "map") for shape in members(known[other].input_shape).values())
            ):
                if verb not in ("list", "describe") and (verb != "get" or other.startswith("batch_")):
                    yield name, other
                    break


def unserializable(model: ServiceModel) -> Iterator[tuple[str, dict[str, str]]]:
    """By operation: the members of its result that json.dumps refuses, and for what.

    Bytes count at the top only: further down they mostly are one of several forms (`AttributeValue.B`).
    """
    memo: dict[str, bool] = {}
    for name, operation in operations(model):
        found = {}
        for member, shape in members(operation.output_shape).items():
            if shape.type_name == "blob":
                payload = operation.output_shape.serialization.get("payload")
                streams = shape.serialization.get("streaming") or payload == member
                found[member] = "stream" if streams else "bytes"
            elif getattr(shape, "is_eventstream", False) or shape.serialization.get("eventstream"):
                found[member] = "stream"
            elif holds_time(shape, DEEP, memo):
                found[member] = "datetime"
        if found:
            yield name, found


def holds_time(shape: Shape, depth: int, memo: dict[str, bool]) -> bool:
    if shape.type_name == "timestamp":
        return True
    if depth == 0:
        return False
    if shape.name not in memo:
        memo[shape.name] = False  # a shape that holds itself
        inner: list[Any] = list(members(shape).values())
        inner += [getattr(shape, part) for part in ("member", "value") if hasattr(shape, part)]
        memo[shape.name] = any(holds_time(one, depth - 1, memo) for one in inner)
    return memo[shape.name]


if __name__ == "__main__":
    main()
