"""Writes a smaller zip of a package: the same bytes for the same input, and every import that it answered."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from lambdalint.model.package import Entry, Package
from lambdalint.packages.contents import Contents, Unreadable

BYTECODE = ("keep", "drop", "compile")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can state."""
_COMPILE = (
    "import compileall, py_compile, sys; "
    "compileall.compile_dir(sys.argv[1], quiet=2, stripdir=sys.argv[1], prependdir='/var/task', "
    "invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)"
)
_COMPILE_S = 600


class Slimmed(NamedTuple):
    """What was written."""

    bytes_unzipped: int
    bytes_zipped: int
    files: int
    left_out: Mapping[str, int]
    """Bytes by kind of waste."""
    notices: Sequence[str] = ()


def slim(
    package: Package, contents: Contents, out: str, *, prune_sdk: bool = False, bytecode: str = "keep", python: str = ""
) -> Slimmed:
    """Write the zip to `out`, in one step. `python` is the interpreter that compiles, under `compile`.

    What runs on Lambda is compiled with unchecked hashes: the times in the zip mean nothing. Raises `Unreadable` for
    what cannot be read, and `OSError` where `out` cannot be written.
    """
    kinds = {one.kind: one for one in package.waste if one.safe or (prune_sdk and one.kind == "sdk-data")}
    notices = []
    if prune_sdk and "sdk-data" not in kinds and any(one.name == "botocore" for one in package.distributions):
        notices.append(
            "the data of botocore stays: a client is made for a service that is only known when the program runs"
        )
    dropped = {path for one in kinds.values() for path in one.paths}
    left_out = {kind: one.bytes_unzipped for kind, one in kinds.items()}
    kept = [entry for entry in package.entries if not is_within(entry.path, dropped)]
    if bytecode != "keep":
        gone = [entry for entry in kept if entry.path.endswith(".pyc") and "/__pycache__/" in f"/{entry.path}"]
        left_out["bytecode"] = left_out.get("bytecode", 0) + sum(entry.bytes_unzipped for entry in gone)
        names = {entry.path for entry in gone}
        kept = [entry for entry in kept if entry.path not in names]
    compiled = dict(_compiled(kept, contents, python)) if bytecode == "compile" else {}
    data = _zip(kept, contents, compiled)
    if contents.kind == "zip" and len(data) > os.path.getsize(contents.path) and not compiled:
        with open(contents.path, "rb") as stream:  # it was packed better than we can
            data = stream.read()
        notices.append("nothing could be gained: this is the package as it was")
    from lambdalint.files import write

    write(out, data)
    unzipped = sum(entry.bytes_unzipped for entry in kept) + sum(map(len, compiled.values()))
    return Slimmed(unzipped, len(data), len(kept) + len(compiled), left_out, notices)


def is_within(path: str, paths: Collection[str]) -> bool:
    """Whether a path is one of these, or lies in a folder of them."""
    if path in paths:
        return True
    end = path.find("/")
    while end >= 0:
        if path[: end + 1] in paths:
            return True
        end = path.find("/", end + 1)
    return False


def lost(before: Package, after: Package) -> list[str]:
    """The imports that were answered before and are not after: `app.py:3 pandas`."""
    unanswered = {(one.path, one.module) for reach in before.reaches for one in reach.missing}
    return [
        f"{one.path}:{one.line} {one.module}"
        for reach in after.reaches
        for one in reach.missing
        if (one.path, one.module) not in unanswered
    ]


def _zip(entries: Sequence[Entry], contents: Contents, more: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    modes = {entry.path: entry.mode for entry in entries}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted({*modes, *more}):
            data = more[path] if path in more else contents.read(path)
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = 3  # Unix, so that the mode counts
            info.external_attr = (0o100000 | _mode(path, modes.get(path), data)) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _mode(path: str, mode: int | None, data: bytes) -> int:
    if mode is not None:
        return 0o755 if mode & 0o111 else 0o644
    is_program = data.startswith(b"#!") or (data.startswith(b"\x7fELF") and ".so" not in path.rpartition("/")[2])
    return 0o755 if is_program else 0o644


def _compiled(entries: Sequence[Entry], contents: Contents, python: str) -> Iterator[tuple[str, bytes]]:
    """Bytecode of all modules, by its path. The source is compiled, never run, in a private folder."""
    with tempfile.TemporaryDirectory() as folder:
        for entry in entries:
            if entry.path.endswith(".py"):
                file = os.path.join(folder, *entry.path.split("/"))
                os.makedirs(os.path.dirname(file), exist_ok=True)
                with open(file, "wb") as stream:
                    stream.write(contents.read(entry.path))
        try:
            command = [python, "-I", "-c", _COMPILE, folder]
            subprocess.run(command, check=True, capture_output=True, timeout=_COMPILE_S)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unreadable(f"cannot be compiled by {python}: {error}") from None
        for above, _, names in os.walk(folder):
            for name in names:
                if name.endswith(".pyc"):
                    file = os.path.join(above, name)
                    with open(file, "rb") as stream:
                        yield os.path.relpath(file, folder).replace(os.sep, "/"), stream.read()
