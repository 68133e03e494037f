"""Where people keep logs, as lines: files, folders, globs and standard input, unpacked, in pieces of bounded size."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from typing import NamedTuple

from lambdalint.errors import WrongUse
from lambdalint.rightsizer.logs import wrapped
from lambdalint.rightsizer.logs.unpacking import unpacked

PIECE_BYTES = 8 << 20
BLOCK_BYTES = 1 << 18
LINE_AT_MOST_BYTES = 1 << 20
"""CloudWatch takes no event that is longer: of a longer line, pieces are read."""
STDIN = "-"
_ENDINGS = re.compile(r"(?:\.(?:gz|gzip|zst|zstd|log|txt|json|jsonl|ndjson|csv|parquet))+$")
_GROUP = re.compile(r"(?:^|/)aws[/_-]lambda[/_-](?P<name>[A-Za-z0-9_.-]+)(?=/|$)")
_STREAM = re.compile(r"(?:^|/)\d{4}-\d\d-\d\d-([A-Za-z0-9_-]+)\[(?:\$LATEST|\d+)\][0-9a-f]+(?=/|$)")
_REGION = re.compile(r"(?:^|/)((?:af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-[a-z]+-\d)(?=/)")
_ACCOUNT = re.compile(r"(?:^|/)(\d{12})(?=/)")


class Source(NamedTuple):
    """A file with what its path says of its logs: `""` where it says nothing."""

    path: str
    size: int
    function: str
    account: str
    region: str


class Piece(NamedTuple):
    """Whole lines of a source."""

    source: Source
    line: int
    data: bytes


def find(paths: Sequence[str], function: str = "", account: str = "", region: str = "") -> list[Source]:
    """The files that these paths, folders and globs name, each once. What is stated goes before what a path says."""
    found: dict[str, Source] = {}
    for named in paths:
        if named == STDIN:
            found[STDIN] = Source(STDIN, 0, function, account, region)
            continue
        for path in _files(named):
            said = path.replace(os.sep, "/")
            try:
                size = os.stat(path).st_size
            except OSError as error:
                raise WrongUse(f"{path}: cannot be read ({error.strerror})") from None
            found.setdefault(
                os.path.realpath(path),
                Source(
                    path,
                    size,
                    function or _function(said),
                    account or _said(_ACCOUNT, said),
                    region or _said(_REGION, said),
                ),
            )
    return list(found.values())


def _files(named: str) -> list[str]:
    if os.path.isdir(named):
        return _below(named)
    if os.path.exists(named):
        return [named]
    matches = sorted(glob(named, recursive=True)) if has_magic(named) else []
    files = [file for match in matches for file in (_below(match) if os.path.isdir(match) else [match])]
    if not files:
        raise WrongUse(f"{named}: there is no such file or folder with logs")
    return files


def _below(folder: str) -> list[str]:
    """The files in a folder; not the one by which CloudWatch tries whether it may export."""
    files = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [os.path.join(at, name) for name in sorted(names) if name[0] != "." and name != "aws-logs-write-test"]
    return files


def _function(path: str) -> str:
    """An export's prefix is commonly the group's name; a stream in a shared group bears the function's."""
    name = _said(_GROUP, path)
    if not name:
        return _said(_STREAM, path)
    is_file = path.endswith(name)
    return _ENDINGS.sub("", name) if is_file else name


def _said(pattern: re.Pattern[str], path: str) -> str:
    match = pattern.search(path)
    return match[1] if match else ""


def pieces(source: Source, notices: list[str]) -> Iterator[Piece]:
    """A source's lines, in order. What cannot be read is said, and the rest is used."""
    blocks = unpacked(_blocks(source.path, notices), source.path, notices)
    first = b""
    for block in blocks:
        first += block
        if len(first) >= wrapped.HEAD_BYTES:
            break
    form = wrapped.form_of(first, source.path)
    if form is wrapped.Form.PARQUET:
        notices.append(f"{source.path}: Parquet is read with --engine duckdb or spark only; nothing was read")
        return
    content = _chained(first, blocks)
    if form is not wrapped.Form.LINES:
        content = wrapped.lines(content, form, source.path, notices)
    yield from _cut(source, content)


def _chained(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from blocks


def _cut(source: Source, blocks: Iterator[bytes]) -> Iterator[Piece]:
    """Pieces that end where a line ends."""
    waiting: list[bytes] = []
    size, line = 0, 1
    for block in blocks:
        waiting.append(block)
        size += len(block)
        if size < PIECE_BYTES:
            continue
        data = b"".join(waiting)
        end = data.rfind(b"\n") + 1 or _end_of_part(data)
        yield Piece(source, line, data[:end])
        line += data.count(b"\n", 0, end)
        waiting = [data[end:]]
        size = len(data) - end
    data = b"".join(waiting)
    if data:
        yield Piece(source, line, data)


def _end_of_part(data: bytes) -> int:
    """Where to cut a line that is longer than a piece: before a report, so that it is not cut into two."""
    start = data.rfind(b"REPORT RequestId", len(data) - LINE_AT_MOST_BYTES)
    return start if start > 0 else len(data)


def _blocks(path: str, notices: list[str]) -> Iterator[bytes]:
    try:
        if path == STDIN:
            while block := sys.stdin.buffer.read(BLOCK_BYTES):
                yield block
            return
        with open(path, "rb", buffering=0) as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        notices.append(f"{path}: cannot be read ({error.strerror})")
