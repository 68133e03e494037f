"""How Terraform writes texts: escapes, and heredocs."""

from __future__ import annotations

import re

_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


def unescaped(text: str) -> str:
    """A quoted text without its escapes."""
    if "\\" in text:
        text = _ESCAPES.sub(_plain, text)
    return text.replace("$${", "${").replace("%%{", "%{")


def _plain(found: re.Match[str]) -> str:
    if found[3] is not None:
        return _ESCAPED.get(found[3], found[3])
    try:
        return chr(int(found[1] or found[2], 16))
    except (ValueError, OverflowError):
        return found[0]


def dedented(text: str) -> str:
    """As `<<-` takes the indentation away that all lines share."""
    lines = text.split("\n")
    indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
    least = min(indents, default=0)
    return "\n".join(line[least:] for line in lines)
