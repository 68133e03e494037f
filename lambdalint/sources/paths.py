"""From what a template says of its code to files: the folder, the handler's file, the callable."""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from lambdalint.files import contents_of
from lambdalint.model.places import Location

_COMMAND = re.compile(r"^[ \t]*CMD[ \t]+(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_COPY = re.compile(r"^[ \t]*(?:COPY|ADD)[ \t]+(?!--from)(.+?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_HANDLER = re.compile(r"[A-Za-z_][\w/.\-]*\.[A-Za-z_]\w*")


class Files:
    """The files of a project, as far as they were asked for."""

    def __init__(self, template: str = "", root: str = ".", contents: Mapping[str, bytes] | None = None) -> None:
        self.held: dict[str, bytes] = dict(contents or {})
        """What was read, and what stands in for what is on the disk."""
        self._top = os.path.abspath(root)
        self._is_around = False
        self._is_around = self.holds(".")
        """What leads down from where the run started lies in the tree."""
        if not self.holds(template):
            self._top = _repository_of(template)
            self._is_around = self.holds(".")
        self.refused: dict[str, Location] = {}
        """What leads out of the tree, each once, and where: the end of a sentence that begins with "this template"."""
        self.asked: set[str] = set()
        """Files that were read, or would have been: what was learnt rests on them."""
        self.parsed: dict[str, Any] = {}
        """What was parsed of them: several may ask."""
        self.folders: set[str] = set()
        """Folders in which something was looked for."""

    def apart(self) -> Files:
        """The same files, with notes of its own of what was asked for."""
        other = copy.copy(self)
        other.asked, other.folders, other.refused = set(), set(), {}
        return other

    def holds(self, path: str) -> bool:
        """Whether a path lies in the tree that the run looks at."""
        if self._is_around and ".." not in path and not os.path.isabs(path):
            return True
        full = os.path.abspath(path)
        return full == self._top or full.startswith(self._top.rstrip(os.sep) + os.sep)

    def may_read(self, path: str, location: Location) -> bool:
        """Whether a path that a template names lies in the tree; that it does not is noted."""
        if "\0" in path:
            return False
        if not self.holds(path):
            if os.path.exists(path):  # else nothing is missed
                message = f"leads out of the tree that is looked at: {path} is not read"
                self.refused[message] = min(location, self.refused.get(message, location))
            return False
        return True

    def exists(self, path: str) -> bool:
        self.folders.add(os.path.dirname(path))
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        self.folders.add(os.path.dirname(path))
        return os.path.isdir(path or ".")

    def read(self, path: str) -> str | None:
        """The text of a file; None where there is none that can be read."""
        data = self.read_bytes(path)
        return None if data is None else data.decode("utf-8-sig", "replace")

    def read_bytes(self, path: str) -> bytes | None:
        """What a file holds; it is kept, as what else there is in it may be asked later."""
        self.asked.add(path)
        if path not in self.held:
            try:
                self.held[path] = contents_of(path)
            except (OSError, ValueError):
                return None
        return self.held[path]

    def names(self, folder: str) -> list[str]:
        """What is in a folder; nothing where there is none."""
        self.folders.add(folder or ".")
        given = {os.path.basename(path) for path in self.held if os.path.dirname(path) == folder}
        try:
            return sorted({*os.listdir(folder or "."), *given})
        except (OSError, ValueError):
            return sorted(given)

    def handler(self, folder: str, handler: str, others: Sequence[str] = ()) -> tuple[str, str] | None:
        """The file and the callable that a handler string means in a folder: `app.main`, `pkg/app.main`.

        `others` are folders whose content is packed beside that of `folder`.
        """
        module, dot, name = handler.rpartition(".")
        if not dot or not module or not name or "\0" in handler:
            return None
        inner = module.replace(".", "/").lstrip("/")
        for base in chain(others, self._roots(folder)):
            for path in (f"{inner}.py", f"{inner}/__init__.py"):
                file = join(base, path)
                if self.exists(file):
                    return file, name
        return None

    def _roots(self, folder: str) -> Iterator[str]:
        """Where a build takes the code from: the folder itself, and what tools copy to its top."""
        yield folder
        for name in ("src", "python", "lambda"):
            if self.is_folder(join(folder, name)):
                yield join(folder, name)

    def command(self, dockerfile: str) -> str:
        """The handler that a Dockerfile's last CMD names; empty where it names none."""
        text = self.read(dockerfile)
        found = _COMMAND.findall(text) if text is not None else []
        handlers = _HANDLER.findall(found[-1]) if found else []
        return handlers[0] if handlers else ""

    def copied(self, dockerfile: str, context: str) -> Iterator[str]:
        """The folders whose content a Dockerfile puts where Lambda imports from."""
        for words in _COPY.findall(self.read(dockerfile) or ""):
            *sources, target = [word.strip("\"',[]") for word in words.split() if not word.startswith("--")] or [""]
            if target.rstrip("/") in ("", ".", "${LAMBDA_TASK_ROOT}", "$LAMBDA_TASK_ROOT", "/var/task"):
                for source in sources:
                    folder = join(context, source.removesuffix("*"))
                    if source not in (".", "./") and "$" not in source and self.is_folder(folder):
                        yield folder


def join(folder: str, path: str) -> str:
    """`path` as seen from `folder`, as findings name paths: `src/../lib` becomes `lib`."""
    joined = os.path.normpath(os.path.join(folder, path))
    if joined.startswith(".."):
        joined = os.path.relpath(joined)  # it may lead up and down again to where the run started
    return "" if joined == "." else joined.replace(os.sep, "/")


def _repository_of(path: str) -> str:
    """The folder of the repository that holds a file; of one that is in none, its own folder."""
    own = folder = os.path.dirname(os.path.abspath(path))
    while not os.path.exists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return own
        folder = above
    return folder
