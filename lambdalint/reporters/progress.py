"""A progress bar for long runs at a terminal; nothing anywhere else."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

PATIENCE_S = 1.0
"""Runs shorter than this show no bar."""


class progress:
    """Counts `total` things; draws a bar on standard error after a second, if that is a terminal."""

    def __init__(self, total: int, doing: str = "Checking") -> None:
        self._doing = doing
        self._total = total
        self._done = 0
        self._bar: Any = None
        self._task: Any = None
        self._begun = time.monotonic()
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> progress:
        return self

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        if self._bar is None and self._shown and time.monotonic() - self._begun > PATIENCE_S:
            from rich.console import Console
            from rich.progress import Progress

            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task(self._doing, total=self._total)
            self._bar.start()
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
