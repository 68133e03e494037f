"""What other files of a Terraform module say, as far as a fix must know: versions, and names that are taken."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

_PROVIDER = re.compile(r'\baws\s*=\s*\{[^{}]*?\bversion\s*=\s*"([^"]*)"')
_BOUND = re.compile(r"(~>|<=|<|=|>=|>|!=)?\s*(\d+)(?:\.(\d+))?(\.\d+)?")


def texts(text: str, path: str) -> Iterator[str]:
    """The text of a file, and those of the others of its folder."""
    yield text
    folder = os.path.dirname(path) or "."
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if name.endswith((".tf", ".tf.json")) and name != os.path.basename(path):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as stream:
                yield stream.read()


def declares(text: str, path: str, type_: str, name: str) -> bool:
    """Whether a module declares a resource, or calls a `module` of that name."""
    declared = re.compile(rf'"?\b{type_}"?[\s:{{]+"{re.escape(name)}"')
    return any(declared.search(one) for one in texts(text, path))


def provider_is_older(text: str, path: str, major: int, minor: int) -> bool:
    """Whether a module asks for a version of the provider for AWS that is older than that."""
    constraints = [found[1] for one in texts(text, path) for found in _PROVIDER.finditer(one)]
    return any(is_older(one, major, minor) for one in constraints)


def is_older(constraint: str, major: int, minor: int = 0) -> bool:
    """Whether all versions that a constraint allows are older."""
    for found in _BOUND.finditer(constraint):
        sign, first, second, third = found[1] or "=", int(found[2]), found[3], found[4]
        if sign in (">", ">=", "!="):
            continue
        newest = (first, float("inf") if second is None or (sign == "~>" and third is None) else int(second))
        if sign == "<" and not (second and int(second)) and not third:
            newest = (first - 1, float("inf"))
        if newest < (major, minor):
            return True
    return False
