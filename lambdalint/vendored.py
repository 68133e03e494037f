"""Installed packages in a source tree (`pip install -t`): they are dependencies, not code to check."""

from __future__ import annotations

import os
from collections.abc import Sequence


def packages_of(folder: str, installed: Sequence[str], folders: Sequence[str]) -> frozenset[str]:
    """The modules and packages directly in `folder` that came with the `*.dist-info` there.

    A function's own code often stands beside them, so the folder is not skipped as a whole.
    """
    names: set[str] = set()
    for name in installed:
        info = os.path.join(folder, name)
        if name.endswith(".egg-info") and not os.path.exists(os.path.join(info, "installed-files.txt")):
            continue  # left by an editable install or a build: it describes the project itself
        found = _names(os.path.join(info, "RECORD")) or _names(os.path.join(info, "top_level.txt"))
        if not found:  # stripped to save space: what is a folder here is taken for a package
            found = set(folders)
        names |= found
    return frozenset(names)


def _names(file: str) -> set[str]:
    """First parts of the paths in a RECORD, or the lines of a top_level.txt."""
    try:
        with open(file, encoding="utf-8", errors="replace") as stream:
            paths = [line.partition(",")[0].strip().strip('"') for line in stream]
    except OSError:
        return set()
    heads = {path.removeprefix("../../").partition("/")[0] for path in paths}  # scripts: ../../bin/x.py
    return {head.removesuffix(".py") for head in heads if head.strip(".")}
