"""The files of a package, wherever they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lambdalint.model.package import Entry


class Unreadable(Exception):
    """A package, or a file in it, cannot be read: the reason, as the end of a sentence that begins with its path."""


class Contents(Protocol):
    """What is in a zip, a folder or an image. Nothing is extracted to the disk."""

    @property
    def path(self) -> str: ...

    @property
    def kind(self) -> str:
        """`zip`, `folder` or `image`."""
        ...

    @property
    def entries(self) -> Sequence[Entry]:
        """Each path once, in the order of the archive; safe names only."""
        ...

    @property
    def remarks(self) -> Sequence[str]:
        """What was left out and why, each the end of a sentence that begins with the path of the package."""
        ...

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        """The beginning of a file, as many bytes as there are up to `at_most`. Raises `Unreadable`."""
        ...
