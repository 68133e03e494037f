"""Reading Python source: bytes to text to tree, with places that are right in any encoding.

What the running interpreter's grammar does not know yet is still read: see `downgrade`.
"""

from __future__ import annotations

import ast
import gc
import re
import warnings

from lambdalint.later import pattern
from lambdalint.model import Location

MAX_BYTES = 5_000_000
"""Larger files are generated; parsing one takes minutes and gigabytes."""
MAX_DEPTH = 7_000
"""Trees nested deeper are refused, so that what walks them by recursion is safe."""

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_NEWLINE = re.compile("\r\n|\r|\n")
_CONFLICT = pattern(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
_PLACEHOLDER = pattern(r"\{%[-+]?\s*\w+|\{\{-?\s*\w[\w.\[\]\"' ]*-?\}\}")
_PYTHON_2 = pattern(
    r"^\s*(print\s+[\"'\w]|print\s*$|exec\s+[\"'\w]|except\s+[\w.]+\s*,\s*\w+\s*:|raise\s+\w+\s*,)|\bur[\"']|<>|\b0[0-7]+\b",
    re.MULTILINE,
)
_STEPS = b"([{.-+*/%&|^"
"""A step down in a tree takes one of these, or a line of its own."""
_STEEP = pattern(r"[(\[{]{60}|(?:\.\w{1,40}){200}|(?:[-+*/%&|^]\s*[\w.]{1,40}\s*){200}")


class Unreadable(Exception):
    """A file that cannot be read as Python; `message` says why and what to do."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.line = line
        self.column = column
        self.message = message


class Source:
    """One file's text and tree."""

    __slots__ = ("_ascii", "_lines", "path", "text", "tree")

    def __init__(self, path: str, text: str, tree: ast.Module) -> None:
        self.path = path
        self.text = text
        """Decoded, with its line ends as they are."""
        self.tree = tree
        self._lines: list[str] | None = None
        self._ascii = text.isascii()

    @property
    def lines(self) -> list[str]:
        """Physical lines as Python counts them: not parted at form feeds or U+2028."""
        if self._lines is None:
            self._lines = _NEWLINE.split(self.text) if "\r" in self.text else self.text.split("\n")
        return self._lines

    def column(self, line: int, offset: int) -> int:
        """The 1-based character column of a 0-based UTF-8 byte offset, which is what `ast` gives."""
        if self._ascii or not 0 < line <= len(self.lines):
            return offset + 1
        text = self.lines[line - 1]
        if text.isascii():
            return offset + 1
        return len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore")) + 1

    def location(self, node: ast.AST) -> Location:
        """Where a node stands; the first character of the file for one without a place."""
        if (
            self._ascii
            and isinstance(node, (ast.expr, ast.stmt))
            and node.end_lineno
            and node.end_col_offset is not None
        ):
            # As nearly all are: each byte is a column.
            return Location(self.path, node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)
        line = getattr(node, "lineno", None)
        if line is None:
            return Location(self.path)
        end_line = getattr(node, "end_lineno", None) or line
        start = self.column(line, getattr(node, "col_offset", 0))
        end = self.column(end_line, getattr(node, "end_col_offset", 0) or 0)
        return Location(self.path, line, start, end_line, end)


def decode(data: bytes, path: str) -> str:
    """A file's text by its byte order mark, its coding comment, or as UTF-8."""
    if len(data) > MAX_BYTES:
        raise Unreadable(
            path, 1, 1, f"is {len(data) / 1e6:.0f} MB, too large to be written by hand; add it to `exclude`"
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(path, 1, 1, "is UTF-16, which Python cannot run; save it as UTF-8")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise Unreadable(path, line, 1, "holds a NUL byte, which Python cannot run; remove it, or exclude the file")
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    encoding = "utf-8"
    for first in data.split(b"\n", 2)[:2]:
        cookie = _COOKIE.match(first)
        if cookie:
            encoding = cookie[1].decode("ascii", "replace")
            break
        if first.strip() and not first.lstrip().startswith(b"#"):
            break
    try:
        return data.decode(encoding)
    except LookupError:
        raise Unreadable(path, 1, 1, f"names the encoding {encoding!r}, which does not exist") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            path,
            line,
            1,
            f"is not {encoding} (byte 0x{data[error.start]:02x}); save it as UTF-8 or name its encoding on line 1",
        ) from None


def parse(data: bytes, path: str) -> Source:
    """Read a file's bytes; raises `Unreadable`."""
    text = decode(data, path)
    if len(data) - len(data.translate(None, _STEPS)) > MAX_DEPTH and _STEEP.search(text):
        _refuse_deep(text, path)
    enabled = gc.isenabled()
    gc.disable()  # a tree is all live objects: collecting while it grows costs a third of the time
    try:
        tree = _tree(text, path)
    finally:
        if enabled:
            gc.enable()
    return Source(path, text, tree)


def _tree(text: str, path: str) -> ast.Module:
    try:
        return _compile(text)
    except SyntaxError as error:
        first = error
    except (RecursionError, MemoryError):
        raise Unreadable(path, 1, 1, "is nested too deeply to be read") from None
    except ValueError as error:
        raise Unreadable(path, 1, 1, f"cannot be read: {error}") from None
    if "too many nested" in str(first.msg) or "too complex" in str(first.msg):
        raise Unreadable(path, first.lineno or 1, 1, "is nested too deeply to be read")
    from lambdalint.python.downgrade import downgrade  # loads tree-sitter: only for what is not understood

    try:
        older = downgrade(text)
        if older is not None:
            return _compile(older)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    raise Unreadable(path, first.lineno or 1, max(first.offset or 1, 1), _why(first, text))


def _compile(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _why(error: SyntaxError, text: str) -> str:
    lines = _NEWLINE.split(text)
    line = lines[error.lineno - 1] if error.lineno and error.lineno <= len(lines) else ""
    if _PLACEHOLDER.search(line) or _PLACEHOLDER.search(text[:200]):
        return "is a template (Jinja, cookiecutter) and no Python until it is rendered; exclude it"
    if _CONFLICT.search(text):
        return "holds marks of an unresolved merge conflict"
    if _PYTHON_2.search(line) or "Missing parentheses in call to 'print'" in str(error.msg):
        return "is Python 2, which Lambda no longer runs; port it, or exclude the file"
    return f"is not valid Python: {error.msg}"


def _refuse_deep(text: str, path: str) -> None:
    """Raise for text whose tree would be too deep, judged without building it."""
    deepest = depth = 0
    for match in re.finditer(r"[(\[{]|[)\]}]", text):
        depth += 1 if match[0] in "([{" else -1
        deepest = max(deepest, depth)
    for match in re.finditer(r"(?:\.\w{1,40}){200,}|(?:[-+*/%&|^]\s*[\w.]{1,40}\s*){200,}", text):
        deepest = max(deepest, len(re.findall(r"[-+*/%&|^.]", match[0])))
    if deepest > MAX_DEPTH:
        raise Unreadable(path, 1, 1, "is nested too deeply to be read")
