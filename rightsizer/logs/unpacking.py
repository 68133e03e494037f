"""gzip and zstd, with what is left of them after damage."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain

from lambdalint.errors import WrongUse

GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
OUT_AT_MOST_BYTES = 4 << 20
STEP_BYTES = 512
NESTED_AT_MOST = 3
"""Firehose may pack what CloudWatch had packed before."""


def unpacked(blocks: Iterator[bytes], path: str, notices: list[str], depth: int = 0) -> Iterator[bytes]:
    """The bytes of a stream, unpacked if need be, told by how it begins and not by its name."""
    first = b""
    for block in blocks:
        first += block
        if len(first) >= 4:
            break
    whole = chain([first], blocks) if first else iter(())
    if depth < NESTED_AT_MOST and first.startswith(GZIP):
        return unpacked(_gunzip(whole, path, notices), path, notices, depth + 1)
    if depth < NESTED_AT_MOST and first.startswith(ZSTD):
        return unpacked(_unzstd(whole, path, notices), path, notices, depth + 1)
    return whole


def _gunzip(blocks: Iterator[bytes], path: str, notices: list[str]) -> Iterator[bytes]:
    """Members one after the other. After damage, what follows is used from the next member on."""
    engine = zlib.decompressobj(31)
    is_lost = is_begun = False
    for block in blocks:
        while block:
            if is_lost:
                start = block.find(GZIP)
                if start < 0:
                    break
                block, engine, is_lost = block[start:], zlib.decompressobj(31), False
            before = engine.copy()
            try:
                out = engine.decompress(block, OUT_AT_MOST_BYTES)
            except zlib.error:
                yield from _salvaged(before, block)
                if is_begun:
                    _say(notices, f"{path}: damaged gzip data in the middle; what could be unpacked is used")
                block, is_lost = block[1:], True
                continue
            is_begun = True
            if out:
                yield out
            if engine.eof:
                # Zeros may pad a member; anything else that is no member ends it.
                block = engine.unused_data.lstrip(b"\0")
                engine, is_begun = zlib.decompressobj(31), bool(block)
            else:
                block = engine.unconsumed_tail
    if is_begun and not engine.eof:
        _say(notices, f"{path}: the gzip data is cut off; what is there is used")


def _salvaged(engine: zlib._Decompress, block: bytes) -> Iterator[bytes]:
    """What can be unpacked before the damage."""
    for start in range(0, len(block), STEP_BYTES):
        try:
            yield engine.decompress(block[start : start + STEP_BYTES])
        except zlib.error:
            return


def _unzstd(blocks: Iterator[bytes], path: str, notices: list[str]) -> Iterator[bytes]:
    try:
        import zstandard
    except ImportError:
        raise WrongUse(f"{path}: to read zstd, install it: pip install zstandard") from None
    engine = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj(read_across_frames=True)
    try:
        for block in blocks:
            for start in range(0, len(block), STEP_BYTES * 32):
                yield engine.decompress(block[start : start + STEP_BYTES * 32])
    except zstandard.ZstdError:
        _say(notices, f"{path}: damaged zstd data; what precedes the damage is used")


def _say(notices: list[str], notice: str) -> None:
    if notice not in notices:
        notices.append(notice)
