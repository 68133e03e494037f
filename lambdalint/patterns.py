"""How paths are matched by the patterns of `exclude` and `per-file-ignores`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence


def excluder(patterns: Sequence[str], relative: Callable[[str], str]) -> Callable[[str], bool]:
    """Tells of a path as displayed whether one of the patterns means it."""
    return lambda path: any(matches(relative(path), pattern) for pattern in patterns)


def relative_to(root: str) -> Callable[[str], str]:
    """From a path as displayed to the path that patterns of the configuration mean."""
    if os.path.realpath(root) == os.path.realpath("."):
        return lambda path: path
    return lambda path: os.path.relpath(path, root).replace(os.sep, "/")


def matches(path: str, pattern: str) -> bool:
    """Whether `pattern` means `path` or a folder above it. Without a slash it means any part of the path."""
    from fnmatch import fnmatchcase  # most projects have no patterns

    pattern = pattern.rstrip("/").removeprefix("./")
    if "/" not in pattern:
        return any(fnmatchcase(part, pattern) for part in path.split("/"))
    pattern = pattern.lstrip("/")
    parts = path.split("/")
    heads = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return any(
        fnmatchcase(head, pattern) or (pattern.startswith("**/") and fnmatchcase(head, pattern[3:])) for head in heads
    )
