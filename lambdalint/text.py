"""Source files as text: what Python would make of their bytes, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lambdalint.files import contents_of

BOM = b"\xef\xbb\xbf"
COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")


def encoding_of(data: bytes) -> str:
    """The encoding that a file declares, or UTF-8. (`tokenize.detect_encoding` is slow to import.)"""
    if data.startswith(BOM):
        return "utf-8-sig"
    for line in data.split(b"\n", 2)[:2]:
        cookie = COOKIE.match(line)
        if cookie:
            return cookie[1].decode("ascii")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return "utf-8"


def decode(data: bytes) -> str | None:
    """The text of a file with its line endings as they are; None where it cannot be decoded."""
    try:
        return data.decode(encoding_of(data))
    except (UnicodeDecodeError, LookupError):
        return None


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them: `str.splitlines` also splits at form feeds and the like."""
    return (text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text).split("\n")


def read(path: str) -> str | None:
    """The text of the file at `path`; None where it cannot be had."""
    try:
        return decode(contents_of(path))
    except (OSError, ValueError):
        return None


class Texts:
    """The texts of files by path, each read once; `contents` stand in for what is on the disk."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._contents = contents
        self._texts: dict[str, str | None] = {}
        self._lines: dict[str, list[str] | None] = {}

    def text(self, path: str) -> str | None:
        """None where the file cannot be read or decoded."""
        if path not in self._texts:
            data = self._contents.get(path)
            self._texts[path] = read(path) if data is None else decode(data)
        return self._texts[path]

    def lines(self, path: str) -> list[str] | None:
        """Its lines, without their ends."""
        if path not in self._lines:
            text = self.text(path)
            self._lines[path] = None if text is None else lines_of(text)
        return self._lines[path]
