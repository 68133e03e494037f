"""What one run of `check` found, as every reporter receives it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from lambdalint.check import Finding
from lambdalint.model.package import Action, Package


def no_lines(path: str) -> Sequence[str] | None:
    """Of any file, none."""
    return None


class Report(NamedTuple):
    """All that a reporter may show. Reporters turn it into text and never look further."""

    findings: Sequence[Finding]
    """In reading order. Baselined and ignored ones are among them only with that `status`."""
    files: int = 0
    """Files read."""
    handlers: int = 0
    """Handlers found."""
    functions: int = 0
    """Functions that templates declare."""
    ignored: int = 0
    """Findings silenced by ignore comments or config, whether or not they are shown."""
    baselined: int = 0
    fixed: int = 0
    """Problems that `--fix` mended."""
    notices: Sequence[str] = ()
    """One line each, for standard error: what could not be done, and the remedy."""
    late_notices: Callable[[], Sequence[str]] = tuple
    """More of them, from what goes on while the report is made. Waits for its end."""
    crashed: bool = False
    """A check raised (LL000 is among the findings)."""
    nothing_to_check: Sequence[str] = ()
    """Folders named on the command line that hold nothing lambdalint reads."""
    sources: Callable[[str], Sequence[str] | None] = no_lines
    """The lines of a file by its path, for code frames; None where it cannot be read."""


class Weighed(NamedTuple):
    """One package, and what was asked about it, as every reporter of packages receives it."""

    package: Package
    actions: Sequence[Action] = ()
    """What makes it smaller: all that does, or the shortest list that reaches the size that was wanted."""
    below_bytes: int = 0
    """That size; 0 where none was wanted."""
    enough: bool = True
    """The actions reach it."""
    measured_ms: Mapping[str, float] = MappingProxyType({})
    """How long importing each handler took, where that was measured."""
