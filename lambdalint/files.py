"""Reading files without a detour, and writing them in one step."""

from __future__ import annotations

import os
from contextlib import suppress

READ_AT_ONCE = 1 << 16
READ_AT_MOST = 5_000_001
"""The analysis refuses larger files, whatever is in them."""


def contents_of(path: str, at_most: int = READ_AT_MOST) -> bytes:
    """The bytes of a file, of a huge one the beginning. (`open` takes as long again as the reading.)"""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = part = os.read(handle, READ_AT_ONCE)
        while len(part) == READ_AT_ONCE and len(data) < at_most:
            part = os.read(handle, READ_AT_ONCE)
            data += part
        return data
    finally:
        os.close(handle)


def write(path: str, data: bytes) -> None:
    """Replace a file, with its mode kept, or make it; through a link, the file it leads to. Raises OSError.

    Whoever reads meanwhile meets the former content or the new one, never a part.
    """
    target = os.path.realpath(path)
    try:
        mode: int | None = os.stat(target).st_mode & 0o7777
    except FileNotFoundError:
        mode = None
    part = f"{target}.{os.getpid()}.lambdalint"
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if mode is not None:
            os.chmod(part, mode)
        os.replace(part, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(part)
        raise
