"""What the CDK writes into `cdk.out`: which stacks there are, what it calls its functions, where their source is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lambdalint.model.places import Location
from lambdalint.model.template import Code
from lambdalint.sources.paths import Files, join
from lambdalint.sources.values import Value

MANIFEST = "manifest.json"
MAX_FOLDERS = 5_000
"""In so many folders the source of an asset is looked for."""

_NESTED = re.compile(r'"aws:asset:path": *"([^"/\\]+\.nested\.template\.json)"')
_OWN = re.compile(
    r"Custom::|AWSCDK|@aws-cdk--|framework-(?:onEvent|onTimeout|isComplete)$"
    r"|(?:LogRetention|AWS|BucketNotificationsHandler)[0-9a-f]{32}$"
)
_OWN_BY_ID = re.compile(
    r"(?:LogRetention|AWS|BucketNotificationsHandler)[0-9a-f]{32}[0-9A-F]{8}"
    r"|Custom(?:CDK\w+|\w+CustomResourceProviderHandler)[0-9A-F]{8}|\w*framework(?:onEvent|onTimeout|isComplete)[0-9A-F]{8}"
)
"""The logical ids of the same: where the CDK is told to write no paths, they are all there is."""
_NO_SOURCE = frozenset({"cdk.out", "node_modules", "site-packages", "venv", "__pycache__"})


def is_manifest(path: str, data: bytes) -> bool:
    """Whether a file lists what the CDK wrote beside it."""
    return os.path.basename(path) == MANIFEST and (b"aws:cloudformation:stack" in data or b"cdk:cloud-assembly" in data)


def templates_of(path: str, data: bytes, files: Files) -> Iterator[str]:
    """The templates that a manifest lists, those of stages and of nested stacks too."""
    folder = join(path, "..")
    try:
        artifacts = json.loads(data).get("artifacts")
    except (ValueError, RecursionError, AttributeError):
        return
    for artifact in artifacts.values() if isinstance(artifacts, dict) else ():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        if artifact.get("type") == "aws:cloudformation:stack":
            for template in _below(folder, properties.get("templateFile"), files):
                yield template
                for nested in dict.fromkeys(_NESTED.findall(files.read(template) or "")):
                    yield join(folder, nested)
        elif artifact.get("type") == "cdk:cloud-assembly":
            for inner in _below(folder, properties.get("directoryName"), files):
                manifest = join(inner, MANIFEST)
                text = files.read(manifest)
                if text is not None:
                    yield from templates_of(manifest, text.encode(), files)


def _below(folder: str, name: Any, files: Files) -> Iterator[str]:
    """A file or folder that lies truly below the one that names it: so no assembly holds itself."""
    if isinstance(name, str):
        path = join(folder, name)
        if (
            path.startswith(f"{folder}/" if folder else "")
            and path != folder
            and files.may_read(path, Location(folder))
        ):
            yield path


def path_of(metadata: Value | None) -> str:
    """What the CDK calls a resource; empty where it did not write it."""
    found = metadata.get("aws:cdk:path") if metadata is not None else None
    return found.data if found is not None and isinstance(found.data, str) else ""


def is_in_assembly(path: str) -> bool:
    """Whether a template is one that the CDK wrote, by where it stands."""
    return "cdk.out" in path.split("/")


def is_generated(place: str, logical_id: str) -> bool:
    """Whether a function of the CDK serves the CDK itself."""
    return any(_OWN.match(part) for part in place.split("/")) if place else _OWN_BY_ID.fullmatch(logical_id) is not None


class Assets:
    """Finds the source that an asset is a copy of."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[str, dict[str, list[str]]] = {}

    def code(self, folder: str, asset: str, location: Location, handler: Value | None) -> Code:
        """The code of a function whose template stands in `folder`."""
        path = join(folder, asset)
        if not self._files.may_read(path, location) or not self._files.is_folder(path):
            return Code(location, "unknown", path)
        stated = handler.data if handler is not None and isinstance(handler.data, str) else ""
        found = self._files.handler(path, stated)
        if found is None:
            return Code(location, "folder", path, complete=True)
        source = self._source(folder, path, found[0])
        return Code(location, "unknown", path) if source is None else Code(location, "folder", source)

    def _source(self, folder: str, asset: str, file: str) -> str | None:
        """The folder of the project that holds the handler's file as the asset does, and most of what is beside it."""
        inner = file.removeprefix(f"{asset}/")
        text = self._files.read(file)
        others = _names(asset)
        best: tuple[int, int, str] | None = None
        for path in self._by_name(_app_of(folder)).get(os.path.basename(file), ()):
            if path != inner and not path.endswith(f"/{inner}"):
                continue
            if self._files.read(path) != text:
                continue
            base = path[: -len(inner)].rstrip("/")
            rank = (-len(others & _names(base)), path.count("/"), base)
            best = rank if best is None or rank < best else best
        return None if best is None else best[2]

    def _by_name(self, app: str) -> dict[str, list[str]]:
        """The Python files of an app by their names."""
        if app in self._known:
            return self._known[app]
        found = self._known[app] = {}
        for folder, inside, names in islice(os.walk(app or "."), MAX_FOLDERS):
            inside[:] = sorted(name for name in inside if name not in _NO_SOURCE and not name.startswith("."))
            for name in sorted(names):
                if name.endswith(".py"):
                    found.setdefault(name, []).append(join(folder, name))
        return found


def _names(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder or "."))
    except OSError:
        return frozenset()


def _app_of(folder: str) -> str:
    """The folder of the app whose assembly, or a part of it, stands in `folder`."""
    parts = folder.split("/")
    return "/".join(parts[: parts.index("cdk.out")]) if "cdk.out" in parts else join(folder, "..")
