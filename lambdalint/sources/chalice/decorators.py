"""What a Chalice application declares in its code: the decorators, and what they are given."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.model.places import UNKNOWN, Location
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value

DECORATORS = {
    "route": ("path",),
    "lambda_function": ("name",),
    "schedule": ("expression", "name"),
    "authorizer": ("ttl_seconds", "execution_role", "name"),
    "on_s3_event": ("bucket", "events", "prefix", "suffix", "name"),
    "on_sns_message": ("topic", "name"),
    "on_sqs_message": ("queue", "batch_size", "name"),
    "on_kinesis_record": ("stream", "batch_size", "starting_position", "name"),
    "on_dynamodb_record": ("stream_arn", "batch_size", "starting_position", "name"),
    "on_cw_event": ("event_pattern", "name"),
    "on_ws_connect": ("name",),
    "on_ws_message": ("name",),
    "on_ws_disconnect": ("name",),
}
"""With the names of their parameters, in order."""
MAX_FILES = 300


class Decorated(NamedTuple):
    """A function with one of the decorators."""

    path: str
    name: str
    decorator: str
    location: Location
    """The decorator."""
    arguments: dict[str, Value]


class Application(NamedTuple):
    """The object that all the decorators belong to."""

    name: str
    location: Location


def application(path: str, files: Files) -> tuple[Application | None, list[Decorated]]:
    """The application in a file, and what it and the blueprints beside it declare."""
    found, decorated = _of_file(path, files, "Chalice")
    if found is None:
        return None, []
    library = join(join(path, ".."), "chalicelib")
    for other in _modules(library, files):
        decorated += _of_file(other, files, "Blueprint")[1]
    return found, decorated


def _modules(folder: str, files: Files) -> Iterator[str]:
    count = 0
    for inner, folders, names in os.walk(folder):
        folders.sort()
        files.folders.add(inner)
        for name in sorted(names):
            if name.endswith(".py") and count < MAX_FILES:
                count += 1
                yield join(inner, name)


def _of_file(path: str, files: Files, maker: str) -> tuple[Application | None, list[Decorated]]:
    text = files.read(path)
    if text is None or maker not in text:
        return None, []
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None, []  # told of the file itself
    found: Application | None = None
    owners: set[str] = set()
    decorated: list[Decorated] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _last(node.value.func) == maker:
            for target in node.targets:
                if isinstance(target, ast.Name):
                    owners.add(target.id)
                    found = found or Application(target.id, _place(path, node.value))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            decorated += _decorators(path, node, owners)
    return found, decorated


def _decorators(path: str, node: ast.FunctionDef | ast.AsyncFunctionDef, owners: set[str]) -> Iterator[Decorated]:
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else None
        if not isinstance(call, ast.Attribute) or call.attr not in DECORATORS or not isinstance(decorator, ast.Call):
            continue
        if isinstance(call.value, ast.Name) and call.value.id in owners:
            place = _place(path, decorator)
            given = dict(zip(DECORATORS[call.attr], decorator.args, strict=False))
            given.update({one.arg: one.value for one in decorator.keywords if one.arg is not None})
            arguments = {name: _value(path, argument) for name, argument in given.items()}
            yield Decorated(path, node.name, call.attr, place, arguments)


def _value(path: str, node: ast.expr) -> Value:
    place = _place(path, node)
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float, bool, type(None))):
        return Value(node.value, place)
    if isinstance(node, (ast.List, ast.Tuple)):
        return Value([_value(path, one) for one in node.elts], place)
    if isinstance(node, ast.Call) and _last(node.func) == "Rate":
        parts = [*node.args, *(one.value for one in node.keywords)]
        if len(parts) == 2 and isinstance(parts[0], ast.Constant) and isinstance(parts[1], ast.Attribute):
            amount = parts[0].value
            unit = parts[1].attr.lower()
            return Value(f"rate({amount!r} {unit if amount != 1 else unit.removesuffix('s')})", place)
    try:
        return Value(UNKNOWN, place, f"${{{ast.unparse(node)}}}")
    except (ValueError, RecursionError):
        return Value(UNKNOWN, place)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _place(path: str, node: ast.expr) -> Location:
    line = node.lineno
    end = node.end_col_offset if node.end_lineno == line and node.end_col_offset is not None else node.col_offset + 1
    return Location(path, line, node.col_offset + 1, line, end + 1)
