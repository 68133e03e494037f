"""Container images: an OCI layout, as a folder or a tar, and what `docker save` writes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.folders import zipped
from lambdalint.packages.layouts import FolderStore, Layer, Store, TarStore, architecture_of, digest_of, layout_of
from lambdalint.packages.overlay import Overlay, Stored
from lambdalint.packages.safety import Told, follow, shown
from lambdalint.packages.spans import File, Span, unpacked
from lambdalint.packages.tars import FILE, TarMember, is_tar, tar_members

TASK = "var/task/"
"""Where Lambda looks for the function's code, unless the image says otherwise."""
LAYERS = "opt/"
RUNTIMES = ("var/lang/", "var/runtime/", "usr/lib/python", "usr/lib64/python", "usr/local/lib/python")
"""Where Python itself is, and the modules that Lambda adds to it."""
MOST_FILES = 600_000
MOST_BYTES = 12 << 30
_CLIENT = "awslambdaric"
"""The runtime client, which images that are not made from those of AWS start."""


class Image:
    """The files of an image as a container sees them. Raises `Unreadable` where it is none that can be read.

    The code of the function, in /var/task, stands at the top; everything else keeps its place.
    """

    kind = "image"

    def __init__(self, path: str, architecture: str = "") -> None:
        """`architecture`: which one is looked at, of an image for several."""
        self.path = path
        layout = layout_of(_store(path), architecture)
        self.architecture = architecture_of(layout.config)
        self.platforms = layout.platforms
        """All that it was made for: `linux/arm64`."""
        settings = layout.config.get("config")
        settings = settings if isinstance(settings, Mapping) else {}
        self.entry_point = _words(settings.get("Entrypoint"))
        self.arguments = _words(settings.get("Cmd"))
        self.environment = dict(one.split("=", 1) for one in _words(settings.get("Env")) if "=" in one)
        self.command = _command(self.entry_point, self.arguments)
        """The handler, as the image names it."""
        told = Told()
        self._overlay = Overlay(told)
        self._spans: list[Span] = []
        self._ratios: list[float | None] = []
        for layer in layout.layers:
            self._add(layer)
        self._task = self._task_folder(str(settings.get("WorkingDir") or ""))
        self._places = self._placed()
        self.entries: Sequence[Entry] = [self._entry(path, full) for path, full in self._places.items()]
        self.remarks = [*layout.remarks, *told.lines()]

    @property
    def links(self) -> Mapping[str, str]:
        """The entries that are symbolic links, and where they lead, as written. They weigh what is written."""
        links = self._overlay.links
        return {path: links[full] for path, full in self._places.items() if full in links}

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """See `Contents.read`. Links are followed within the image."""
        inside = follow(self._places.get(path, path), self._overlay.links, rooted=True)
        found = self._overlay.files.get(inside)
        if found is None:
            raise Unreadable(f"holds no such file, or a link that leads to none: {shown(path)}")
        if found.sparse:
            raise Unreadable(f"holds a file that is kept without its zeros, which is not read: {shown(path)}")
        return self._spans[found.layer].read(found.at, min(found.size, at_most))

    def part_of(self, path: str) -> str:
        """Which part of the image an entry belongs to: `package`, `layer`, `runtime` or `system`."""
        full = self._places.get(path, path)
        if full.startswith(self._task):
            return "package"
        return "layer" if full.startswith(LAYERS) else "runtime" if full.startswith(RUNTIMES) else "system"

    def _add(self, layer: Layer) -> None:
        span = unpacked(layer.span, MOST_BYTES)
        try:
            if not is_tar(span) and any(span.read(0, 1024)):
                raise Unreadable("is no tar")
            members = list(tar_members(span))
            if layer.digest and digest_of(span) != layer.digest:
                raise Unreadable("is not what its digest says; save the image again")
        except Unreadable as error:
            raise Unreadable(f"has a layer that {error} ({shown(layer.name)[:40]})") from None
        self._spans.append(span)
        self._ratios.append(_ratio(layer, members) if span is not layer.span else None)
        self._overlay.apply(len(self._spans) - 1, members)
        files = self._overlay.files
        if len(files) > MOST_FILES or sum(one.bytes_unzipped for one in files.values()) > MOST_BYTES:
            raise Unreadable("unpacks to more than any image may be")

    def _task_folder(self, working: str) -> str:
        """Where the code is: images that are not made from those of AWS may keep it where they start."""
        for folder in (self.environment.get("LAMBDA_TASK_ROOT", ""), TASK, working):
            inside = folder.strip("/") + "/"
            if inside != "/" and any(path.startswith(inside) for path in self._overlay.files):
                return inside
        return TASK

    def _placed(self) -> dict[str, str]:
        """The paths of all files by those that are shown. Where two meet, that of the code wins."""
        task, files = self._task, self._overlay.files
        places = {path.removeprefix(task): path for path in files if path.startswith(task)}
        for path in files:
            if not path.startswith(task):
                places.setdefault(path, path)
        return places

    def _entry(self, path: str, full: str) -> Entry:
        one: Stored = self._overlay.files[full]
        ratio = self._ratios[one.layer]
        packed = zipped(path, one.bytes_unzipped) if ratio is None else int(one.bytes_unzipped * ratio)
        return Entry(path, one.bytes_unzipped, packed, one.mode)


def _store(path: str) -> Store:
    if os.path.isdir(path or "."):
        return FolderStore(path or ".")
    span = unpacked(File(path), MOST_BYTES)
    if not is_tar(span):
        raise Unreadable("is neither a zip nor an image")
    return TarStore(span)


def _ratio(layer: Layer, members: Sequence[TarMember]) -> float:
    """What packing leaves of the files of a layer: it does not say this of each."""
    size = sum(one.size for one in members if one.kind == FILE)
    return min(1.0, layer.size / size) if size else 1.0


def _command(entry_point: Sequence[str], arguments: Sequence[str]) -> str:
    words = [*entry_point, *arguments]
    if _CLIENT in words:
        return next(iter(words[words.index(_CLIENT) + 1 :]), "")
    return next(iter(arguments), "")


def _words(found: object) -> Sequence[str]:
    return [str(one) for one in found] if isinstance(found, list) else []
