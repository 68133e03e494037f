"""How paths are matched by the patterns of `exclude` and `per-file-ignores`."""

from __future__ import annotations

from fnmatch import fnmatchcase


def matches(path: str, pattern: str) -> bool:
    """Whether `pattern` means `path` or a folder above it. Without a slash it means any part of the path."""
    pattern = pattern.rstrip("/").removeprefix("./")
    if "/" not in pattern:
        return any(fnmatchcase(part, pattern) for part in path.split("/"))
    pattern = pattern.lstrip("/")
    parts = path.split("/")
    heads = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return any(
        fnmatchcase(head, pattern) or (pattern.startswith("**/") and fnmatchcase(head, pattern[3:])) for head in heads
    )
