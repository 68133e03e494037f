"""What git knows of files: which it tracks and which it ignores. Never writes, never runs hooks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

CALM = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
"""A repository's own settings may name a program to be run: not by us."""


class Unavailable(Exception):
    """Git is not there, or refuses."""


def top_of(folder: str) -> str:
    """The top of the repository that `folder` stands in, as a path like `folder`; empty if in none."""
    full = os.path.realpath(folder)
    while not os.path.exists(os.path.join(full, ".git")):
        above = os.path.dirname(full)
        if above == full:
            return ""
        full = above
    return full


def environment() -> dict[str, str]:
    """Inside a git hook, GIT_DIR and its kin name the outer repository and a half-made index."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


class Tracked:
    """Asks git, in the background, for the files it tracks below `folder`."""

    def __init__(self, top: str, folder: str) -> None:
        self._folder = os.path.realpath(folder)
        self._display = folder
        self._is_top = self._folder == os.path.realpath(top)
        self._process: subprocess.Popen[bytes] | None = None
        import subprocess  # where there is no repository, nothing is run

        try:
            self._process = subprocess.Popen(
                [*CALM, "ls-files", "-z"],
                cwd=self._folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            self._error = error.strerror or str(error)

    def ignored_of(self, paths: Sequence[str]) -> frozenset[str]:
        """Those of `paths` that git leaves out of commits. What it tracks is never left out."""
        if self._process is None:
            raise Unavailable(self._error)
        out, said = self._process.communicate()
        if self._process.returncode:
            raise Unavailable(" ".join(os.fsdecode(said).split())[:200])
        prefix = "" if self._display == "." else f"{self._display.rstrip('/')}/"
        tracked = set(out.split(b"\0"))
        names = {os.fsencode(path[len(prefix) :]): path for path in paths}
        asked = [name for name in names if name not in tracked]
        if not asked:
            return frozenset()
        import subprocess

        whole = os.fsencode(self._folder)  # named although it is ignored: then all of it is wanted
        answer = subprocess.run(
            [*CALM, "check-ignore", "-z", "--stdin"],
            cwd=self._folder,
            env=environment(),
            input=b"\0".join(asked if self._is_top else [whole, *asked]),
            capture_output=True,
            check=False,
        )
        if answer.returncode > 1:  # 1 says that none is ignored
            raise Unavailable(" ".join(os.fsdecode(answer.stderr).split())[:200])
        ignored = [name for name in answer.stdout.split(b"\0") if name]
        return frozenset() if whole in ignored else frozenset(names[name] for name in ignored)
