"""How often each check was found."""

from __future__ import annotations

from collections import Counter

from lambdalint.report import Report


def to_statistics(report: Report) -> str:
    """A line a check, the most frequent first."""
    new = [finding for finding in report.findings if finding.status == "new"]
    counts = Counter((finding.code, finding.name) for finding in new)
    safe = Counter(finding.code for finding in new if finding.fix_message is not None and not finding.fix_unsafe)
    unsafe = Counter(finding.code for finding in new if finding.fix_message is not None and finding.fix_unsafe)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    digits = len(str(max(counts.values(), default=0)))
    names = max((len(name) for _, name in counts), default=0)
    return "".join(
        f"{count:>{digits}}  {code}  {name:<{names}}  {_mark(safe[code], unsafe[code])}".rstrip() + "\n"
        for (code, name), count in rows
    )


def _mark(safe: int, unsafe: int) -> str:
    marks = [f"{count} {what}" for count, what in ((safe, "fixable"), (unsafe, "fixable (unsafe)")) if count]
    return ", ".join(marks)
