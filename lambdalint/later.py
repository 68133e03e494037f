"""What is made when it is first used."""

from __future__ import annotations

import re
from typing import Any, cast


class _Later:
    """Compiles a regular expression when something of it is first asked for."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._wanted = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._wanted), name)
        setattr(self, name, found)
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, when it is first used. Most are not in a run, and a hook has no time for them."""
    return cast("re.Pattern[str]", _Later(text, flags))
