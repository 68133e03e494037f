"""Bytes that are read where they are wanted: a file, a part of one, what gzip packed."""

from __future__ import annotations

import os
import stat
import threading
import weakref
import zlib
from collections.abc import Iterator
from typing import Protocol

from lambdalint.packages.contents import Unreadable

_BLOCK = 4 << 20
_KEPT = 16
_INPUT = 1 << 18
_GZIP = b"\x1f\x8b\x08"
BOMB_BYTES = 1 << 30
BOMB_RATIO = 200
"""Whatever unpacks to more than so many bytes, and to so many times its size, was made to do harm."""


class Span(Protocol):
    """Bytes in a row."""

    def read(self, at: int, count: int) -> bytes:
        """Fewer than `count` only at the end. Raises `Unreadable`."""
        ...


class File:
    """A file on the disk, open as long as this lives. Threads and forked processes may share it."""

    def __init__(self, path: str) -> None:
        try:
            # What is no ordinary file must not make us wait for whoever writes to it.
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        except (OSError, ValueError) as error:
            raise Unreadable(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
        weakref.finalize(self, os.close, handle)
        self._handle = handle
        self._lock = threading.Lock()
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("cannot be read: it is neither a file nor a folder")
        self.size = status.st_size

    def read(self, at: int, count: int) -> bytes:
        pieces = []
        try:
            # One call gives at most 2 GB.
            while count > 0 and (piece := self._piece(at, count)):
                pieces.append(piece)
                at += len(piece)
                count -= len(piece)
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror or error}") from None
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _piece(self, at: int, count: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._handle, count, at)
        with self._lock:
            os.lseek(self._handle, at, os.SEEK_SET)
            return os.read(self._handle, count)


class Part:
    """A stretch of another span."""

    def __init__(self, span: Span, at: int, size: int) -> None:
        self._span = span
        self._at = at
        self.size = size

    def read(self, at: int, count: int) -> bytes:
        return self._span.read(self._at + at, max(0, min(count, self.size - at)))


class Inflated:
    """What a gzip file unpacks to.

    The state of the unpacking is kept at the beginning of every block that was passed, about 1 % of what is unpacked,
    and the last blocks themselves: so a file in the midst of a layer is read without what stands before it.
    """

    def __init__(self, span: Span, at_most: int) -> None:
        self._span = span
        self._at_most = at_most
        self._marks = [(0, zlib.decompressobj(31))]
        """Where the packed bytes of each block begin, and the state there."""
        self._blocks: dict[int, bytes] = {}
        self._end: int | None = None
        """The number of the last block, when it is known."""

    def read(self, at: int, count: int) -> bytes:
        pieces = []
        while count > 0:
            number, skipped = divmod(at, _BLOCK)
            piece = self._block(number)[skipped : skipped + count]
            if not piece:
                break
            pieces.append(piece)
            at += len(piece)
            count -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _block(self, number: int) -> bytes:
        for one in range(len(self._marks) - 1, number):
            if self._end is None:
                self._inflate(one)
        if self._end is not None and number > self._end:
            return b""
        if number not in self._blocks:
            self._inflate(number)
        return self._blocks[number]

    def _inflate(self, number: int) -> None:
        """Unpack one block whose beginning is known, and keep it."""
        if number * _BLOCK > self._at_most:
            raise Unreadable(f"unpacks to more than {self._at_most:,} bytes, which no image may have")
        at, state = self._marks[number]
        state = state.copy()
        pieces: list[bytes] = []
        left = _BLOCK
        try:
            while left and (data := self._span.read(at, _INPUT)):
                if state.eof:  # files in a row are one file
                    if not data.startswith(_GZIP):
                        break
                    state = zlib.decompressobj(31)
                piece = state.decompress(data, left)
                at += len(data) - len(state.unused_data if state.eof else state.unconsumed_tail)
                pieces.append(piece)
                left -= len(piece)
        except zlib.error as error:
            raise Unreadable(f"is damaged: it cannot be unpacked ({error})") from None
        if left:
            if not state.eof:
                raise Unreadable("is cut off: its packed data end too early; copy or save it again")
            self._end = number
        elif number + 1 == len(self._marks):
            passed = (number + 1) * _BLOCK
            if passed > BOMB_BYTES and passed > at * BOMB_RATIO:
                raise Unreadable(f"unpacks to more than {BOMB_RATIO} times its size: a bomb is not read")
            self._marks.append((at, state))
        self._blocks[number] = b"".join(pieces)
        if len(self._blocks) > _KEPT:
            del self._blocks[next(iter(self._blocks))]


def pieces(span: Span, size: int | None = None) -> Iterator[bytes]:
    """All of a span, one piece after the other."""
    at = 0
    while data := span.read(at, _INPUT * 4 if size is None else min(_INPUT * 4, size - at)):
        yield data
        at += len(data)


def unpacked(span: Span, at_most: int) -> Span:
    """What a span holds when gzip is undone. Raises `Unreadable` for other ways of packing."""
    start = span.read(0, 6)
    if start.startswith(b"\x1f\x8b"):
        return Inflated(span, at_most)
    for magic, name in ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ", "xz"), (b"BZh", "bzip2")):
        if start.startswith(magic):
            raise Unreadable(f"is packed with {name}, which is not read here: save it with gzip, or unpacked")
    return span
