"""What was met on the way through the logs: nothing that looks like a report is dropped in silence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

EXAMPLES_AT_MOST = 5
SHOWN_AT_MOST = 140


@dataclass(slots=True)
class Seen:
    """`reports` is all that looks like a report: `parsed` + `unparsed`.

    Of what was parsed, `duplicates` were counted before, and `beside` are reports of something other than an
    invocation: of a start, or of an instance that is billed by other rules. The rest are invocations.
    """

    files: int = 0
    bytes: int = 0
    lines: int = 0
    reports: int = 0
    parsed: int = 0
    unparsed: int = 0
    duplicates: int = 0
    beside: int = 0
    undated: int = 0
    rounded: int = 0
    """Billed in steps of 100 ms, as before December 2020; counted at what they would cost by the millisecond."""
    insights: int = 0
    """Records of Lambda Insights, each with the CPU time of an invocation."""
    months: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    """By month, how many invocations, and the first and the last hour."""
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def invocations(self) -> int:
        return self.parsed - self.duplicates - self.beside

    def date(self, first_hour: str, last_hour: str, number: int = 1) -> None:
        """Note when invocations were; `""` where they do not tell."""
        if not first_hour:
            self.undated += number
            return
        known, first, last = self.months.get(first_hour[:7], (0, first_hour, last_hour))
        self.months[first_hour[:7]] = known + number, min(first, first_hour), max(last, last_hour)

    def refuse(self, reason: str, path: str, line: int, text: str) -> None:
        """Count what looks like a report and cannot be read as one."""
        self.reports += 1
        self.unparsed += 1
        self.reasons[reason] += 1
        if len(self.examples) < EXAMPLES_AT_MOST:
            shown = " ".join(text.split())
            shown = shown if len(shown) <= SHOWN_AT_MOST else f"{shown[:SHOWN_AT_MOST]}..."
            self.examples.append(f"{path}:{line}: {reason}: {shown}")

    def add(self, other: Seen) -> None:
        """What two saw."""
        for name in NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for number, first, last in other.months.values():
            self.date(first, last, number)
        self.reasons.update(other.reasons)
        self.examples = [*self.examples, *other.examples][:EXAMPLES_AT_MOST]
        self.notices += other.notices


NUMBERS = tuple("files bytes lines reports parsed unparsed duplicates beside undated rounded insights".split())
