"""What else is deployed with a handler: the text of the files beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress

from lambdalint.python.modules import Module, Modules

MOST_FILES = 300
MOST_NAMES = 5_000
MOST_BYTES = 2_000_000
"""In a folder with more than that, nobody looks for a word."""
AT_ONCE = 8
"""So many folders are kept in memory."""
_TELLING = (".py", ".txt", ".toml", ".cfg", ".ini", ".sh", ".env", "Dockerfile", "Makefile")
"""How the names of files end that say which variables and libraries there are. Templates are not among them."""
_NOT_SHIPPED = frozenset({"node_modules", "__pycache__", "cdk.out", "venv"})

Texts = tuple[str, tuple[str, ...]]
"""The text of all files in a folder, and their paths."""


def mentions(
    module: Module, modules: Modules, folders: Sequence[str], word: str, pattern: re.Pattern[str] | None = None
) -> bool:
    """Whether a line of the modules that one leads to, or of the files in some folders, holds a word and a pattern."""
    files, _ = modules.closure(module)
    if any(one in modules.by_path and _holds(modules.by_path[one].source.text, word, pattern) for one in files):
        return True
    for folder in folders:
        texts = _texts_below(folder, modules)
        if texts is None:
            return True
        module.dirs.add(folder or ".")
        module.files.update(texts[1])
        if _holds(texts[0], word, pattern):
            return True
    return False


def _holds(text: str, word: str, pattern: re.Pattern[str] | None) -> bool:
    """To look for the word first is what makes it fast: a pattern takes a hundred times as long."""
    place = text.find(word)
    while place >= 0:
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        if pattern is None or pattern.search(text[text.rfind("\n", 0, place) + 1 : end]):
            return True
        place = text.find(word, end + 1)  # on the next line, even if the word is empty or begins with a line's end
    return False


def _texts_below(folder: str, modules: Modules) -> Texts | None:
    if folder not in modules.texts:
        if len(modules.texts) >= AT_ONCE:
            modules.texts.clear()  # the handlers of one folder mostly come one after the other
        modules.texts[folder] = _read_below(folder)
    return modules.texts[folder]


def _read_below(folder: str) -> Texts | None:
    """None where there are too many."""
    texts: list[str] = []
    paths: list[str] = []
    seen = size = 0
    for above, below, names in os.walk(folder or "."):
        below[:] = [name for name in below if not name.startswith(".") and name not in _NOT_SHIPPED]
        seen += len(names)
        for name in names:
            if not name.endswith(_TELLING):
                continue
            path = os.path.normpath(os.path.join(above, name)).replace(os.sep, "/")
            with suppress(OSError), open(path, "rb") as file:
                data = file.read(MOST_BYTES)
                size += len(data)
                texts.append(data.decode("utf-8", "replace"))
                paths.append(path)
        if len(paths) > MOST_FILES or size > MOST_BYTES or seen > MOST_NAMES:
            return None
    return "\n".join(texts), tuple(paths)
