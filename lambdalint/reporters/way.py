"""The way from a handler to the place of a finding, in words."""

from __future__ import annotations

from lambdalint.check import Finding

LONGEST = 6
"""Steps shown; the middle of a longer way is left out."""


def way(finding: Finding) -> list[str]:
    """The handler, then each call on the way: `12 load()`, or `store.py:8 connect()` once the file changes."""
    stops = [finding.handler] if finding.handler else []
    path = finding.handler.rpartition(":")[0] if finding.handler else ""
    steps = []
    for step in finding.trace:
        steps.append(f"{step.line if step.path == path else f'{step.path}:{step.line}'} {step.name}()")
        path = step.path
    if len(steps) > LONGEST:
        half = LONGEST // 2
        steps[half:-half] = [f"({len(steps) - 2 * half} more)"]
    return [*stops, *steps]
