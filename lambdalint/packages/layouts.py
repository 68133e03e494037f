"""How images are kept: an OCI layout, as a folder or a tar, and what `docker save` writes."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from lambdalint.packages.contents import Unreadable
from lambdalint.packages.safety import follow, safe, shown
from lambdalint.packages.spans import File, Part, Span, pieces
from lambdalint.packages.tars import FILE, HARD_LINK, LINK, tar_members

_MOST_DOCUMENT_BYTES = 20_000_000
_MOST_LAYERS = 200
_DEPTH = 5
_DIGEST = re.compile(r"(sha256|sha512):([0-9a-f]{64,128})")
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}


class Layer(NamedTuple):
    """One layer, packed or not."""

    name: str
    span: Span
    size: int
    digest: str
    """SHA-256 of its tar, where the image states that and nothing else vouches for the layer."""


class Layout(NamedTuple):
    """What an image is made of."""

    config: Mapping[str, Any]
    layers: Sequence[Layer]
    """From the lowest on."""
    platforms: Sequence[str]
    """All that it was made for: `linux/arm64`."""
    remarks: Sequence[str]


class Store(Protocol):
    """Where the parts of an image are kept."""

    def part(self, name: str) -> tuple[Span, int] | None:
        """A file and its size."""
        ...


class FolderStore:
    """A layout in a folder."""

    def __init__(self, path: str) -> None:
        self._path = path

    def part(self, name: str) -> tuple[Span, int] | None:
        path = os.path.join(self._path, *name.split("/"))
        if not os.path.isfile(path):
            return None
        file = File(path)
        return file, file.size


class TarStore:
    """A layout, or what `docker save` writes, in a tar."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._places: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}
        for one in tar_members(span):
            path = safe(one.name)
            if path and one.kind == FILE and not one.sparse:
                self._places[path] = (one.at, one.size)
            elif path and one.kind == LINK:
                self._links[path] = one.target
            elif path and one.kind == HARD_LINK and safe(one.target) in self._places:
                self._places[path] = self._places[safe(one.target)]

    def part(self, name: str) -> tuple[Span, int] | None:
        place = self._places.get(follow(name, self._links))
        return (Part(self._span, *place), place[1]) if place else None


def layout_of(store: Store, architecture: str = "") -> Layout:
    """What the image in a store is made of: for `architecture`, if it was made for several. Raises `Unreadable`."""
    return _Reader(store, architecture).layout()


class _Reader:
    def __init__(self, store: Store, architecture: str) -> None:
        self._store = store
        self._architecture = architecture
        self._remarks: list[str] = []
        self._platforms: list[str] = []

    def layout(self) -> Layout:
        if self._store.part("index.json"):
            manifest = self._chosen(_object(self._json("index.json"), "index.json"), 0)
            config = self._document(manifest.get("config"))
            layers = [self._layer(one) for one in _list(manifest, "layers")]
        elif self._store.part("manifest.json"):
            config, layers = self._saved(self._json("manifest.json"))
        else:
            raise Unreadable("is no image: it has neither index.json nor manifest.json")
        if len(layers) > _MOST_LAYERS:
            raise Unreadable(f"states {len(layers)} layers, more than an image may have")
        root = config.get("rootfs")
        stated = _list(root, "diff_ids") if isinstance(root, Mapping) else []
        if stated and len(stated) != len(layers):
            raise Unreadable(f"is damaged: it has {len(layers)} layers where its configuration names {len(stated)}")
        self._platforms = self._platforms or [f"{config.get('os') or 'linux'}/{config.get('architecture') or ''}"]
        return Layout(config, layers, self._platforms, self._remarks)

    def _saved(self, listed: object) -> tuple[Mapping[str, Any], list[Layer]]:
        """As `docker save` keeps it: layers have no digests, but the configuration says what they unpack to."""
        if not isinstance(listed, list) or not listed or not isinstance(listed[0], Mapping):
            raise Unreadable("is no image: its manifest.json lists none")
        if len(listed) > 1:
            self._remarks.append(f"holds {len(listed)} images, of which the first is looked at")
        name = str(listed[0].get("Config", ""))
        config = _object(self._json(name), name)
        root = config.get("rootfs")
        stated = _list(root, "diff_ids") if isinstance(root, Mapping) else []
        names = [str(one) for one in _list(listed[0], "Layers")]
        digests = [match[2] if (match := _DIGEST.fullmatch(str(one))) else "" for one in stated]
        return config, [Layer(one, *self._part(one), next(iter(digests[n:]), "")) for n, one in enumerate(names)]

    def _chosen(self, index: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        """The manifest for Linux that an index leads to."""
        found = [one for one in _list(index, "manifests") if isinstance(one, Mapping) and not _is_attestation(one)]
        if not found:
            if "layers" not in index:
                raise Unreadable("is no image: its index.json lists none")
            return index
        by_platform = {platform: one for one in reversed(found) if (platform := _platform(one)) is not None}
        if not by_platform or depth > _DEPTH:
            raise Unreadable("is an image for no platform that Lambda has: build it for linux/amd64 or linux/arm64")
        wanted = next((one for one in by_platform if _architecture_of(one) == self._architecture), min(by_platform))
        if len(by_platform) > 1:
            self._platforms = sorted(by_platform)
            self._remarks.append(f"is for {' and '.join(self._platforms)}, of which {wanted} is looked at")
        elif len(found) > 1 and wanted == "":
            self._remarks.append(f"holds {len(found)} images, of which the first is looked at")
        return self._chosen(self._document(by_platform[wanted]), depth + 1)

    def _document(self, descriptor: object) -> Mapping[str, Any]:
        name = _blob(descriptor)
        return _object(self._json(name, descriptor), name)

    def _json(self, name: str, descriptor: object = None) -> Any:
        span, size = self._part(name)
        if size > _MOST_DOCUMENT_BYTES:
            raise Unreadable(f"is no image: {shown(name)} has {size:,} bytes")
        _check(span, size, name, descriptor)
        try:
            return json.loads(span.read(0, size))
        except (ValueError, RecursionError):
            raise Unreadable(f"is no image: {shown(name)} is no JSON") from None

    def _layer(self, descriptor: object) -> Layer:
        name = _blob(descriptor)
        span, size = self._part(name)
        _check(span, size, name, descriptor)
        return Layer(name, span, size, "")

    def _part(self, name: str) -> tuple[Span, int]:
        found = self._store.part(safe(name)) if safe(name) else None
        if found is None:
            raise Unreadable(f"is damaged: {shown(name)} is not in it; save it again")
        return found


def _check(span: Span, size: int, name: str, descriptor: object) -> None:
    """Raises `Unreadable` where something is not what its digest and size say."""
    if not isinstance(descriptor, Mapping):
        return
    kind, _, value = name.removeprefix("blobs/").partition("/")
    if digest_of(span, kind) != value:
        raise Unreadable(f"is damaged: {shown(name)[:40]} is not what its digest says; save it again")
    stated = descriptor.get("size")
    if isinstance(stated, int) and stated != size:
        raise Unreadable(f"is damaged: {shown(name)[:40]} has {size:,} bytes where {stated:,} are stated")


def digest_of(span: Span, kind: str = "sha256") -> str:
    digest = hashlib.new(kind, usedforsecurity=False)
    for piece in pieces(span):
        digest.update(piece)
    return digest.hexdigest()


def _blob(descriptor: object) -> str:
    """Where an OCI layout keeps what a descriptor names. Raises `Unreadable`."""
    digest = descriptor.get("digest") if isinstance(descriptor, Mapping) else None
    match = _DIGEST.fullmatch(str(digest))
    if match is None:
        raise Unreadable("is no image: a digest is missing, or is none")
    return f"blobs/{match[1]}/{match[2]}"


def _is_attestation(descriptor: Mapping[str, Any]) -> bool:
    """What buildx adds on how an image was made."""
    notes = descriptor.get("annotations")
    return isinstance(notes, Mapping) and "vnd.docker.reference.type" in notes


def _platform(descriptor: Mapping[str, Any]) -> str | None:
    """`linux/arm64`; empty where it is not stated, None for one that Lambda does not have."""
    said = descriptor.get("platform")
    if not isinstance(said, Mapping):
        return ""
    platform = f"{said.get('os')}/{said.get('architecture')}"
    return platform if _architecture_of(platform) else None


def _architecture_of(platform: str) -> str:
    system, _, machine = platform.partition("/")
    return _ARCHITECTURES.get(machine, "") if system == "linux" else ""


def architecture_of(config: Mapping[str, Any]) -> str:
    """As Lambda calls it, or as the image does."""
    said = str(config.get("architecture") or "")
    return _ARCHITECTURES.get(said, said)


def _object(found: object, name: str) -> Mapping[str, Any]:
    if not isinstance(found, Mapping):
        raise Unreadable(f"is no image: {shown(name)} is no object")
    return found


def _list(of: Mapping[str, Any], key: str) -> list[Any]:
    found = of.get(key)
    return found if isinstance(found, list) else []
