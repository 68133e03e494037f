"""What ends a run because of how lambdalint was called or configured."""

from __future__ import annotations


class WrongUse(Exception):
    """Wrong use or wrong configuration: one line that says what and how to mend it. Exit code 2."""


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean "x"?`, or nothing where no known word comes close."""
    from difflib import get_close_matches  # needed on the way to exit only

    close = get_close_matches(word, known, n=1) or get_close_matches(word.upper(), known, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
