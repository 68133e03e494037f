"""Which names of files in an archive are safe to use."""

from __future__ import annotations

import re

_DRIVE = re.compile(r"[A-Za-z]:")
MOST_LETTERS = 4096


def safe(name: str) -> str:
    """The path that an archive's name means, with forward slashes; empty for one that leads elsewhere, or nowhere."""
    path = name.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    if not path or "\0" in path or path.startswith("/") or _DRIVE.match(path) or len(path) > MOST_LETTERS:
        return ""
    parts = path.split("/")
    if ".." in parts or "" in parts[:-1] or "." in parts:
        parts = [part for part in parts if part not in ("", ".")]
        if ".." in parts or not parts:
            return ""
    return "/".join(parts).rstrip("/")
