"""Files that only mean something together: a Terraform module is a folder, and what it calls belongs to it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from lambdalint.sources.paths import Files, join

ENDINGS = (".tf", ".tf.json")
_CALL = rb'source"?\s*[=:]\s*"(\.{1,2}/[^"\n]*)"'
_MARKS = (b'"aws_lambda_function"', b"terraform-aws-modules/lambda", b"terraform-aws-modules/terraform-aws-lambda")


def entries(
    paths: Sequence[str], contents: Mapping[str, bytes] | None = None, root: str = ".", files: Files | None = None
) -> list[str]:
    """The files to read: of each Terraform module one, which stands for all of it. `files` learns what that rests on.

    A module that another one of `paths` calls is read with that; one without a function, whatever it calls, is not
    read at all. What lies outside of `root` belongs to none.
    """
    of_modules = [path for path in paths if path.endswith(ENDINGS)]
    if not of_modules:
        return list(paths)
    first: dict[str, str] = {}
    for path in sorted(of_modules):
        first.setdefault(os.path.dirname(path), path)
    tree = _Tree(contents or {}, files or Files(of_modules[0], root))
    chosen = {first[folder] for folder in tree.beginnings(first)}
    return [path for path in paths if not path.endswith(ENDINGS) or path in chosen]


class _Tree:
    """Folders, which of them call which, and where functions are declared."""

    def __init__(self, contents: Mapping[str, bytes], files: Files) -> None:
        self._contents = contents
        self._files = files
        self._calls: dict[str, list[str]] = {}
        self._marked: dict[str, bool] = {}

    def beginnings(self, folders: Iterable[str]) -> list[str]:
        """The folders that no other calls and from which a function can be reached."""
        ordered = sorted(folders)
        called = {one for folder in ordered for one in self.calls(folder) if one != folder}
        found = [folder for folder in ordered if folder not in called]
        reached: set[str] = set()
        for folder in found:
            self._reach(folder, reached)
        for folder in ordered:  # of those that only call each other, the first
            if folder not in reached:
                found.append(folder)
                self._reach(folder, reached)
        return [folder for folder in found if self._declares(folder)]

    def calls(self, folder: str) -> list[str]:
        if folder not in self._calls:
            data = self._read(folder)
            sources = {join(folder, found.decode("utf-8", "replace")) for found in re.findall(_CALL, data)}
            self._calls[folder] = sorted(one for one in sources if self._files.holds(one))
            self._marked[folder] = any(mark in data for mark in _MARKS)
        return self._calls[folder]

    def _reach(self, folder: str, reached: set[str]) -> None:
        waiting = [folder]
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting += self.calls(one)

    def _declares(self, folder: str) -> bool:
        reached: set[str] = set()
        self._reach(folder, reached)
        return any(self._marked[one] for one in reached)

    def _read(self, folder: str) -> bytes:
        """The files of a folder, one after the other."""
        self._files.folders.add(folder)
        try:
            names = sorted(name for name in os.listdir(folder or ".") if name.endswith(ENDINGS))
        except OSError:
            names = []
        paths = {join(folder, name) for name in names}
        paths |= {path for path in self._contents if path.endswith(ENDINGS) and os.path.dirname(path) == folder}
        self._files.asked |= paths
        parts = []
        for path in sorted(paths):
            data = self._contents.get(path)
            if data is None:
                try:
                    with open(path, "rb") as stream:
                        data = stream.read()
                except OSError:
                    continue
            parts.append(data)
        return b"\n".join(parts)
