"""What else is deployed with a handler: the text of the files beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from lambdalint.files import contents_of
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
    module: Module,
    modules: Modules,
    folders: Sequence[str],
    word: str,
    pattern: re.Pattern[str] | None = None,
    *,
    alone: bool = False,
) -> bool:
    """Whether a line of the modules that one leads to, or of the files in some folders, holds a word and a pattern.

    Or, with `alone`, the word in letters of any size, with no other letter or digit beside it.
    """
    matches = partial(_stands_alone, word.lower()) if alone else pattern.search if pattern is not None else None
    files, _ = modules.closure(module)
    if any(one in modules.by_path and _holds(modules.by_path[one].source.text, word, matches) for one in files):
        return True
    for folder in folders:
        texts = _texts_below(folder, modules)
        if texts is None:
            return True
        module.dirs.add(folder or ".")
        module.files.update(texts[1])
        if _holds(texts[0], word, matches):
            return True
    return False


def _holds(text: str, word: str, matches: Callable[[str], object] | None) -> bool:
    """To look for the word first is what makes it fast: a pattern takes a hundred times as long."""
    place = text.find(word)
    while place >= 0:
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        if matches is None or matches(text[text.rfind("\n", 0, place) + 1 : end]):
            return True
        place = text.find(word, end + 1)  # on the next line, even if the word is empty or begins with a line's end
    return False


def _stands_alone(word: str, line: str) -> bool:
    """Without a pattern: to compile one for each word takes longer than all the looking."""
    line = line.lower()
    start = line.find(word)
    while start >= 0:
        end = start + len(word)
        beside = (line[max(start - 1, 0) : start], line[end : end + 1])
        if not any(letter.isascii() and letter.isalnum() for letter in beside):
            return True
        start = line.find(word, start + 1)
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
            with suppress(OSError):
                data = contents_of(path, MOST_BYTES)[:MOST_BYTES]
                size += len(data)
                texts.append(data.decode("utf-8", "replace"))
                paths.append(path)
        if len(paths) > MOST_FILES or size > MOST_BYTES or seen > MOST_NAMES:
            return None
    return "\n".join(texts), tuple(paths)
