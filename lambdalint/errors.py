"""What ends a run because of how lambdalint was called or configured."""

from __future__ import annotations


class WrongUse(Exception):
    """Wrong use or wrong configuration: one line that says what and how to mend it. Exit code 2."""


class HungUp(Exception):
    """Whoever read our output has left. (click would take a BrokenPipeError for its own, and exit with 1.)"""


def nearest(word: str, known: list[str]) -> str:
    """`; did you mean "x"?`, or nothing where no known word comes close."""
    from difflib import get_close_matches  # needed on the way to exit only

    for said in (word, word.upper(), word.lower()):
        for close in get_close_matches(said, known, n=1):
            return f'; did you mean "{close}"?'
    return ""
