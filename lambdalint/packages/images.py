"""Container images: an OCI layout, as a folder or a tar, and what `docker save` writes. Read layer by layer."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.safety import safe

TASK = "var/task/"
"""Where Lambda looks for the function's code."""
MOST_FILES = 300_000
MOST_BYTES = 40 << 30
_MOST_DOCUMENT_BYTES = 20_000_000
_MOST_LAYERS = 200
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
_ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
_DEPTH = 5


class _Stored(NamedTuple):
    """Where the bytes of a file stand: in which layer, and at which place of that, once unpacked."""

    layer: str
    name: str
    size: int
    mode: int


class Image:
    """The files of an image as a container sees them. Raises `Unreadable` where it is none that can be read.

    The code of the function, in /var/task, stands at the top; everything else keeps its place.
    """

    kind = "image"

    def __init__(self, path: str) -> None:
        self.path = path
        self.remarks: list[str] = []
        self._store = _store(path)
        self._found: dict[str, _Stored] = {}
        self._kept: tuple[str, dict[str, bytes]] = ("", {})
        config, layers = self._manifest()
        self.architecture = _ARCHITECTURES.get(str(config.get("architecture", "")), str(config.get("architecture", "")))
        settings = config.get("config")
        settings = settings if isinstance(settings, Mapping) else {}
        words = settings.get("Cmd") or []
        self.command = str(words[0]) if isinstance(words, list) and words else ""
        """The handler, as the image names it."""
        if len(layers) > _MOST_LAYERS:
            raise Unreadable(f"states {len(layers)} layers, more than an image may have")
        total = 0
        for layer in layers:
            total += self._apply(layer)
            if total > MOST_BYTES or len(self._found) > MOST_FILES:
                raise Unreadable("unpacks to more than any image may be")
        self.entries: Sequence[Entry] = [
            Entry(path, one.size, one.size * 2 // 5, one.mode) for path, one in self._found.items()
        ]

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """See `Contents.read`."""
        wanted = self._found[path]
        try:
            for member, stream in self._members(wanted.layer):
                if member.name == wanted.name and member.isreg() and stream is not None:
                    return stream.read(at_most)
        except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
            raise Unreadable(f"is damaged: {wanted.layer[:30]} cannot be unpacked ({error})") from None
        raise Unreadable(f"is damaged: {path} is gone")

    def _manifest(self) -> tuple[Mapping[str, Any], list[str]]:
        """The configuration, and the names of the layers from the lowest on."""
        if self._store.holds("index.json"):
            manifest = self._chosen(self._document("index.json"), 0)
            layers = [_blob(one) for one in _list(manifest, "layers")]
            return self._document(_blob(manifest.get("config"))), layers
        if self._store.holds("manifest.json"):
            listed = self._json("manifest.json")
            if not isinstance(listed, list) or not listed or not isinstance(listed[0], Mapping):
                raise Unreadable("is no image: its manifest.json lists none")
            if len(listed) > 1:
                self.remarks.append(f"holds {len(listed)} images, of which the first is looked at")
            layers = [str(one) for one in _list(listed[0], "Layers")]
            return self._document(str(listed[0].get("Config", ""))), layers
        raise Unreadable("is neither a zip nor an image")

    def _chosen(self, index: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        """The manifest for Linux that an index leads to."""
        manifests = [one for one in _list(index, "manifests") if isinstance(one, Mapping)]
        if not manifests:
            return index
        fitting = [one for one in manifests if _platform(one) in ("", "linux/amd64", "linux/arm64")]
        if not fitting or depth > _DEPTH:
            raise Unreadable("is an image for no platform that Lambda has")
        if len({_platform(one) for one in fitting}) > 1:
            self.remarks.append(f"is for several platforms, of which {_platform(fitting[0])} is looked at")
        return self._chosen(self._document(_blob(fitting[0])), depth + 1)

    def _document(self, name: str) -> Mapping[str, Any]:
        found = self._json(name)
        if not isinstance(found, Mapping):
            raise Unreadable(f"is no image: {name} is no object")
        return found

    def _json(self, name: str) -> Any:
        data = self._store.read(name, _MOST_DOCUMENT_BYTES)
        if name.startswith("blobs/sha256/") and hashlib.sha256(data).hexdigest() != name.rpartition("/")[2]:
            raise Unreadable(f"is damaged: {name} is not what its digest says")
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"is no image: {name} cannot be read ({error})") from None

    def _apply(self, layer: str) -> int:
        """Put a layer over those below it; returns the bytes of it."""
        size = 0
        fresh: dict[str, _Stored] = {}
        try:
            for member, _ in self._members(layer):
                path = safe(member.name)
                if not path:
                    continue
                above, _, name = path.rpartition("/")
                if name == _OPAQUE:
                    self._hide(f"{above}/" if above else "")
                elif name.startswith(_WHITEOUT):
                    gone = f"{above}/{name[len(_WHITEOUT) :]}" if above else name[len(_WHITEOUT) :]
                    self._found.pop(_inner(gone), None)
                    self._hide(f"{gone}/")
                elif member.isreg():
                    size += member.size
                    fresh[_inner(path)] = _Stored(layer, member.name, member.size, member.mode & 0o777)
                elif member.islnk() and (target := fresh.get(_inner(safe(member.linkname)))) is not None:
                    fresh[_inner(path)] = target
                elif member.issym():
                    self._found.pop(_inner(path), None)
                if size > MOST_BYTES or len(fresh) > MOST_FILES:
                    raise Unreadable("unpacks to more than any image may be")
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
            self.remarks.append(f"has a layer that cannot be read to its end: {layer[:40]} ({str(error)[:100]})")
        self._found.update(fresh)
        return size

    def _hide(self, folder: str) -> None:
        inner = _inner(folder)
        for path in [path for path in self._found if path.startswith(inner)] if inner else list(self._found):
            del self._found[path]

    def _members(self, layer: str) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
        with self._store.open(layer) as stream, tarfile.open(fileobj=stream, mode="r|*") as archive:
            for member in archive:
                yield member, archive.extractfile(member) if member.isreg() else None


def _inner(path: str) -> str:
    """As in the package: what Lambda runs stands at the top."""
    return path.removeprefix(TASK)


def _platform(one: Mapping[str, Any]) -> str:
    said = one.get("platform")
    return f"{said.get('os')}/{said.get('architecture')}" if isinstance(said, Mapping) else ""


def _list(of: Mapping[str, Any], key: str) -> list[Any]:
    found = of.get(key)
    return found if isinstance(found, list) else []


def _blob(descriptor: object) -> str:
    """Where an OCI layout keeps what a descriptor names. Raises `Unreadable`."""
    digest = descriptor.get("digest") if isinstance(descriptor, Mapping) else None
    kind, _, value = str(digest).partition(":")
    if not value.isalnum() or not kind.isalnum():
        raise Unreadable("is no image: a digest is missing")
    return f"blobs/{kind}/{value}"


class _Folder:
    """A layout in a folder."""

    def __init__(self, path: str) -> None:
        self._path = path

    def holds(self, name: str) -> bool:
        return os.path.isfile(os.path.join(self._path, name))

    def read(self, name: str, at_most: int) -> bytes:
        with self.open(name) as stream:
            return stream.read(at_most)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        if not safe(name):
            raise Unreadable(f"is no image: it names {name[:80]!r}")
        try:
            with open(os.path.join(self._path, *safe(name).split("/")), "rb") as stream:
                yield stream
        except FileNotFoundError:
            raise Unreadable(f"is damaged: {name} is not in it") from None


class _Tar:
    """A layout, or what `docker save` writes, in a tar that may be compressed."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            with tarfile.open(path, "r:*") as archive:
                self._members = {safe(one.name): one.name for one in archive.getmembers() if one.isreg()}
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError) as error:
            raise Unreadable(f"is no image that can be read: {str(error)[:200]}") from None

    def holds(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, at_most: int) -> bytes:
        with self.open(name) as stream:
            return stream.read(at_most)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        if safe(name) not in self._members:
            raise Unreadable(f"is damaged: {name[:80]} is not in it")
        with tarfile.open(self._path, "r:*") as archive:
            stream = archive.extractfile(self._members[safe(name)])
            assert stream is not None  # it is a regular file
            yield stream


def _store(path: str) -> _Folder | _Tar:
    return _Folder(path) if os.path.isdir(path) else _Tar(path)
