"""The files of a source folder that say what it needs: their text, their tables, and where things stand in them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lambdalint.model.places import Location
from lambdalint.text import decode, lines_of

_MOST_BYTES = 8_000_000
_MARKED = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_TABLE = re.compile(r"\s*\[{1,2}\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?$")
_UNDECIDED = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)


class Files:
    """Files of one folder by their names in it. What cannot be read is remarked on, once."""

    def __init__(self, folder: str, held: Mapping[str, bytes]) -> None:
        self._folder = folder
        self._held = held
        self.remarks: list[str] = []
        inside = os.path.realpath(folder or ".")
        tree = os.path.realpath(".")
        self._tree = tree if _lies_in(inside, tree) else inside
        """What lies outside of it is not read."""

    def names(self) -> Sequence[str]:
        """The files in the folder, and in one that is called `requirements`."""
        top = os.path.normpath(self._folder or ".")
        listed = [
            os.path.basename(path) for path in self._held if os.path.normpath(os.path.dirname(path) or ".") == top
        ]
        for inner in ("", "requirements"):
            try:
                listed += [
                    f"{inner}/{name}".lstrip("/") for name in os.listdir(os.path.join(self._folder or ".", inner))
                ]
            except OSError:
                continue
        return listed

    def path(self, name: str) -> str:
        """As findings name it."""
        return os.path.normpath(os.path.join(self._folder, name)).replace(os.sep, "/")

    def place(self, name: str, line: int) -> Location:
        return Location(self.path(name), line, 1, line, 1)

    def is_inside(self, name: str) -> bool:
        try:
            return _lies_in(os.path.realpath(os.path.join(self._folder or ".", name)), self._tree)
        except (OSError, ValueError):  # no path at all
            return False

    def is_there(self, name: str) -> bool:
        return self.path(name) in self._held or os.path.isfile(self.path(name))

    def text(self, name: str) -> str:
        """Empty for what is not there or cannot be read."""
        data = self._read(name)
        encoding = _MARKED.get(data[:2])  # PowerShell writes what a command prints that way
        try:
            text = data.decode(encoding) if encoding else decode(data)
        except UnicodeDecodeError:
            text = None
        if text is None:
            self.remark(name, "that is not UTF-8")
        return (text or "").replace("\r\n", "\n")

    def _read(self, name: str) -> bytes:
        path = self.path(name)
        if path in self._held:
            return self._held[path]
        if not os.path.isfile(path):
            return b""
        if not self.is_inside(name):
            self.remark(name, "that leads out of the folder: not read")
            return b""
        try:
            with open(path, "rb") as stream:
                data = stream.read(_MOST_BYTES + 1)
        except OSError as error:
            self.remark(name, f"that cannot be read: {error.strerror}")
            return b""
        if len(data) > _MOST_BYTES:
            self.remark(name, f"that is larger than {_MOST_BYTES // 1_000_000} MB: not read")
            return b""
        return data

    def table(self, name: str) -> Table:
        """A TOML file; empty where it is not there, or broken."""
        text = self.text(name)
        if self.is_undecided(name, text):
            return Table({}, [])
        try:
            return Table(tomllib.loads(text), lines_of(text))
        except (ValueError, RecursionError) as error:
            self.remark(name, f"that is not valid TOML: {str(error) or 'it is nested too deeply'}")
            return Table({}, [])

    def is_undecided(self, name: str, text: str) -> bool:
        """Whether a merge was left half done, which is remarked on."""
        found = _UNDECIDED.search(text)
        if found is not None:
            line = text.count("\n", 0, found.start()) + 1
            self.remark(name, f"with marks of an unfinished merge (line {line}): resolve it")
        return found is not None

    def remark(self, name: str, what: str) -> None:
        remark = "".join(one if one.isprintable() else "\ufffd" for one in f"has a {name} {what}")
        if remark not in self.remarks:
            self.remarks.append(remark)


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


class Table:
    """A TOML file, and its lines."""

    def __init__(self, content: Mapping[str, Any], lines: Sequence[str]) -> None:
        self.content = content
        self._lines = lines

    def get(self, *keys: str) -> Any:
        """What stands under keys; None where nothing does."""
        found: Any = self.content
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def mapping(self, *keys: str) -> Mapping[str, Any]:
        found = self.get(*keys)
        return found if isinstance(found, Mapping) else {}

    def texts(self, *keys: str) -> Iterator[tuple[str, int]]:
        """The texts in a list, each with its line."""
        found = self.get(*keys)
        line = self.line_of(*keys)
        for one in found if isinstance(found, list) else ():
            if isinstance(one, str):
                line = self._line_with(one, line)
                yield one, line

    def line_of(self, *keys: str) -> int:
        """Where a key stands, as far as can be told without parsing: else where its table begins, else 1."""
        *above, last = keys
        key = re.compile(rf"\s*[\"']?{re.escape(last)}[\"']?\s*[.=]")
        table, best = "", 1
        for number, line in enumerate(self._lines, 1):
            header = _TABLE.match(line)
            if header is not None:
                table = re.sub(r"[\"']|\s*(?=\.)|(?<=\.)\s*", "", header[1])
                if table == ".".join(keys):
                    return number
                best = number if table == ".".join(above) else best
            elif table == ".".join(above) and key.match(line):
                return number
        return best

    def _line_with(self, text: str, after: int) -> int:
        """The line in which a text is quoted."""
        for number in range(after, len(self._lines) + 1):
            line = self._lines[number - 1]
            if f'"{text}"' in line or f"'{text}'" in line:
                return number
        quoted = text.replace('"', '\\"')
        return next((n for n in range(after, len(self._lines) + 1) if quoted in self._lines[n - 1]), after)
