"""Contents of packages that are in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lambdalint.model.package import Entry
from lambdalint.packages.contents import Unreadable


class Held:
    """Implements `Contents`; a file with no bytes of its own cannot be read."""

    path = "package.zip"
    remarks: Sequence[str] = ()

    def __init__(self, files: Mapping[str, bytes | str | None], kind: str = "zip", mode: int | None = 0o644) -> None:
        self.kind = kind
        self._files = {path: data.encode() if isinstance(data, str) else data for path, data in files.items()}
        self.entries = [Entry(path, len(data or b""), 1, mode) for path, data in self._files.items()]

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        data = self._files[path]
        if data is None:
            raise Unreadable("is damaged")
        return data[:at_most]
