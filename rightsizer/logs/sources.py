"""Where people keep logs, as lines: files, folders, globs and standard input, unpacked, in pieces of bounded size."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from glob import glob, has_magic
from typing import NamedTuple

from lambdalint.errors import WrongUse
from lambdalint.rightsizer.logs import wrapped
from lambdalint.rightsizer.logs.unpacking import unpacked

PIECE_BYTES = 4 << 20
CHECKED_BYTES = 1 << 20
"""To look for duplicates takes a fifth of the time: a file without any at its beginning is taken to have none."""
BLOCK_BYTES = 1 << 19
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
    """Whole lines of a source, the number of the first and of all, and whether to look for duplicates."""

    source: Source
    line: int
    lines: int
    data: bytes
    is_checked: bool


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


def pieces(source: Source, notices: list[str], progress: Callable[[int], object]) -> Iterator[Piece]:
    """A source's lines, in order. What cannot be read is said, and the rest is used."""
    blocks = unpacked(_blocks(source.path, notices, progress), source.path, notices)
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
    """Pieces that end where a line ends. The first is small, and says whether to look for duplicates in the others."""
    waiting: list[bytes] = []
    size, line, is_checked = 0, 1, True
    wanted = CHECKED_BYTES
    for block in blocks:
        waiting.append(block)
        size += len(block)
        while size >= wanted:
            data = b"".join(waiting)
            end = data.rfind(b"\n", 0, wanted) + 1 or _end_of_part(data[:wanted])
            whole = data[:end]
            lines = whole.count(b"\n")
            yield Piece(source, line, lines, whole, is_checked)
            if wanted == CHECKED_BYTES:
                is_checked, wanted = has_duplicates(whole), PIECE_BYTES
            line += lines
            waiting = [data[end:]]
            size = len(data) - end
    data = b"".join(waiting)
    if data:
        yield Piece(source, line, data.count(b"\n") + (not data.endswith(b"\n")), data, is_checked)


def has_duplicates(data: bytes) -> bool:
    """Whether a report stands there twice."""
    reports = [line for line in data.split(b"\n") if b"REPORT R" in line or b'"platform.report"' in line]
    return len(set(reports)) < len(reports)


def _end_of_part(data: bytes) -> int:
    """Where to cut a line that is longer than a piece: before a report, so that it is not cut into two."""
    start = data.rfind(b"REPORT RequestId", max(0, len(data) - LINE_AT_MOST_BYTES))
    return start if start > 0 else len(data)


def _blocks(path: str, notices: list[str], progress: Callable[[int], object]) -> Iterator[bytes]:
    try:
        with nullcontext(sys.stdin.buffer) if path == STDIN else open(path, "rb", buffering=0) as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block
                progress(len(block))
    except OSError as error:
        notices.append(f"{path}: cannot be read ({error.strerror})")
