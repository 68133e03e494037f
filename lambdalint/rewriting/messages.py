"""One message of what `print` was given in several arguments."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from lambdalint.rewriting.names import Module, Refused

_QUOTES = ("'", '"')
_IN_BRACES = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)


def message(module: Module, given: Sequence[ast.expr], separator: str, *, formats: bool) -> list[str]:
    """What a logger is given: a text with `%s` and the values, or an f-string. Raises Refused.

    `formats`: the logger puts values into `%s` itself.
    """
    parts = [Part(module, one) for one in given]
    joined = _joined(parts, separator) if not formats or any(part.is_formatted for part in parts) else ""
    if joined:
        return [joined]
    if not formats:
        raise Refused
    return _lazy(parts, separator)


class Part:
    """One argument."""

    def __init__(self, module: Module, node: ast.expr) -> None:
        self.node = node
        start, end = module.span(node)
        self.source = module.text[start:end]
        self.quote = ""
        """How the text begins that is written here, in one line and without a prefix; empty for all else."""
        plain = self.source
        if isinstance(node, ast.JoinedStr) and plain[0] in "fF" and not set(plain) & set("{}"):
            plain = plain[1:]
        elif not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            plain = ""
        if plain[:1] in _QUOTES and node.lineno == node.end_lineno and _is_one_token(plain):
            self.quote = plain[0]
        self.text = plain[1:-1] if self.quote else ""

    @property
    def is_formatted(self) -> bool:
        """An f-string with values in it."""
        return isinstance(self.node, ast.JoinedStr) and not self.quote

    def fits(self, quote: str) -> bool:
        """Whether it is a text that means the same between other quotes."""
        return self.quote != "" and (self.quote == quote or not set(self.text) & {quote, "\\"})


def _lazy(parts: Sequence[Part], separator: str) -> list[str]:
    quote = next((part.quote for part in parts if part.quote), '"')
    values = [part.source for part in parts if not part.fits(quote)]
    if not values:  # then nothing is formatted
        return [quote + _line(parts, separator, quote, str, lambda part: part.source) + quote]
    text = _line(parts, separator, quote, lambda text: text.replace("%", "%%"), lambda part: "%s")
    return [quote + text + quote, *values]


def _joined(parts: Sequence[Part], separator: str) -> str:
    """One f-string of all; empty where that is not possible."""
    quote = next((part.source[1:2] for part in parts if part.is_formatted), '"')

    def value(part: Part) -> str:
        source = part.source
        if part.is_formatted:
            whole = source[0] in "fF" and source[1] == source[-1] == quote and quote not in source[2:-1]
            return source[2:-1] if whole else ""
        usable = isinstance(part.node, _IN_BRACES) and not set(source) & {*"\\{}#\n\r!:", quote}
        return f"{{{source}}}" if usable else ""

    if quote not in _QUOTES or not all(part.fits(quote) or value(part) for part in parts):
        return ""
    text = _line(parts, separator, quote, lambda text: text.replace("{", "{{").replace("}", "}}"), value)
    return f"f{quote}{text}{quote}"


def _line(
    parts: Sequence[Part],
    separator: str,
    quote: str,
    escaped: Callable[[str], str],
    value: Callable[[Part], str],
) -> str:
    """The parts with what `print` puts between them; a blank where a text has one already is left out."""
    pieces = []
    for index, part in enumerate(parts):
        if not part.fits(quote):
            pieces.append(value(part))
            continue
        text = part.text
        if separator == " " and "\\" not in text:
            text = text.lstrip(" ") if index else text
            text = text.rstrip(" ") if index + 1 < len(parts) else text
            if not text:
                continue
        pieces.append(escaped(text))
    return escaped(separator).join(pieces)


def _is_one_token(source: str) -> bool:
    """Not `"a" "b"`, and nothing of several lines."""
    inside = source[1:-1].replace("\\\\", "").replace("\\" + source[0], "")
    return source[0] not in inside
