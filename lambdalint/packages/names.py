"""What distributions are imported as, where nothing that is installed says it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

FILE = os.path.join(os.path.dirname(__file__), "_import_names.json")
_NAMESPACES = (
    "azure-",
    "google-",
    "opentelemetry-",
    "backports-",
    "jaraco-",
    "ruamel-",
    "sphinxcontrib-",
    "zope-",
)
_TYPES = re.compile(r"types-|.+-stubs$")
_AFFIXES = re.compile(r"^(?:python-?|py-?)|(?:-python|-py|-sdk|-binary|-headless|-lib|\d+)$")


@cache
def _known() -> Mapping[str, tuple[str, ...]]:
    """docs/generate_import_names.py writes it."""
    with open(FILE, "rb") as file:
        names: dict[str, list[str]] = json.load(file)["names"]
    return {name: tuple(found) for name, found in names.items()}


def import_names(distribution: str) -> Sequence[str]:
    """What a distribution, by its normalised name, is imported as: `yaml`, `google.cloud.storage`.

    Where that is not known, all that it may be by custom; nothing for what only type checkers read.
    """
    known = _known().get(distribution)
    if known is not None:
        return known
    return () if _TYPES.match(distribution) else tuple(dict.fromkeys(_guessed(distribution)))


def _guessed(distribution: str) -> Iterator[str]:
    yield distribution.replace("-", "_")
    for name, found in _known().items():
        if name.startswith(f"{distribution}-"):  # `opencv-python` and `opencv-python-headless`
            yield from found
    if distribution.startswith(_NAMESPACES):
        first, *rest = distribution.split("-")
        for count in range(len(rest), 0, -1):  # `google.cloud.secret_manager`, `google.cloud_secret_manager`
            yield ".".join([first, *rest[: count - 1], "_".join(rest[count - 1 :])])
        yield ".".join([first, *rest[:1], "".join(rest[1:])]).rstrip(".")
    shorter = _AFFIXES.sub("", distribution)
    if shorter and shorter[0].isalpha():
        yield shorter.replace("-", "_")
    if "-" in distribution:
        yield distribution.replace("-", ".")
        yield distribution.replace("-", "")


def distributions_of(module: str) -> Sequence[str]:
    """The distributions that are known to bring a module under a name that is not theirs, by its full name: those that
    bring most of the name, as `google.cloud.storage` is nearer than `google.cloud`.
    """
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        head = ".".join(parts[:count])
        found = [name for name, modules in _known().items() if head in modules]
        if found:
            return found
    return ()
