"""What a person reads at a terminal: the line, the reason, the way from the handler, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lambdalint.check import Finding, Severity
from lambdalint.report import Report

_Paint = Callable[[str, str], str]
"""From a text and an ANSI code to the text as shown."""

_COLORS = {Severity.ADVICE: "36", Severity.WARNING: "33", Severity.ERROR: "31"}
_LONGEST_WAY = 6
"""Steps shown of the way from a handler; the middle of a longer one is left out."""


def to_terminal(report: Report, *, color: bool, width: int) -> str:
    """A code frame for each finding and a summary; empty if there is nothing to say."""
    paint = _ansi if color else _plain
    out: list[str] = []
    for finding in report.findings:
        out += _finding(finding, report, paint, max(width, 40))
        out.append("")
    summary = _summary(report, paint)
    return "\n".join([*out, summary, ""]) if summary else ""


def to_concise(report: Report) -> str:
    """One line a finding."""
    lines = []
    for finding in report.findings:
        place = finding.location
        fix = "" if finding.fix_message is None else " [unsafe fix]" if finding.fix_unsafe else " [fix]"
        handler = f" ({finding.handler})" if finding.handler else ""
        status = "" if finding.status == "new" else f" [{finding.status}]"
        text = f"{place.path}:{place.line}:{place.column}: {finding.code}{fix}{status} {finding.message}{handler}"
        lines.append(text.replace("\n", " "))
    summary = _summary(report, _plain)
    return "\n".join([*lines, summary, ""]) if summary else ""


def to_statistics(report: Report) -> str:
    """How often each check was found, the most frequent first."""
    new = [finding for finding in report.findings if finding.status == "new"]
    counts = Counter((finding.code, finding.name) for finding in new)
    fixable = {finding.code for finding in new if finding.fix_message is not None}
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "".join(
        f"{count:>6}  {code}  {name}{'  [fixable]' if code in fixable else ''}\n" for (code, name), count in rows
    )


def _plain(text: str, code: str) -> str:
    return text


def _ansi(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _finding(finding: Finding, report: Report, paint: _Paint, width: int) -> Iterator[str]:
    place = finding.location
    tone = _COLORS[finding.severity]
    status = "" if finding.status == "new" else paint(f" [{finding.status}]", "2")
    where = paint(f"{place.path}:{place.line}:{place.column}", "1")
    yield f"{where} {paint(f'{finding.code} {finding.name}', tone)} {finding.severity.label}{status}"
    gutter = len(str(place.line)) + 1
    lines = report.sources(place.path)
    if lines is not None and 0 < place.line <= len(lines):
        source, before, marked = _frame(lines[place.line - 1], finding, width - gutter - 4)
        yield f"{paint(f'{place.line:>{gutter}} |', '2')} {source}"
        yield f"{' ' * gutter} {paint('|', '2')} {before}{paint(marked, tone)}"
    indent = " " * gutter
    yield from _wrap(f"{indent} = ", finding.message, width)
    if finding.trace and finding.handler:
        yield from _way(finding, indent, paint)
    elif finding.handler and not finding.handler.startswith(place.path + ":"):
        yield f"{indent} = in {finding.handler}"
    if finding.fix_message is not None:
        flag = "--fix --unsafe-fixes" if finding.fix_unsafe else "--fix"
        yield f"{indent} = {paint('fix', '32')} ({flag}): {finding.fix_message}"


def _way(finding: Finding, indent: str, paint: _Paint) -> Iterator[str]:
    yield f"{indent} = the way from {finding.handler}:"
    steps = list(finding.trace)
    skipped = len(steps) - _LONGEST_WAY
    for position, step in enumerate(steps):
        if skipped > 0 and 3 <= position < 3 + skipped:
            if position == 3:
                yield f"{indent}     ... {skipped} more"
            continue
        yield f"{indent}     {step.path}:{step.line} {paint('calls', '2')} {step.name}()"


def _frame(line: str, finding: Finding, width: int) -> tuple[str, str, str]:
    """The line as shown, the room before the marks, and the marks under it."""
    place = finding.location
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line.rstrip())
    end = max(min(end, len(line)), start + 1)
    shift = len(line) - len(line.lstrip())
    if start < shift:
        shift = start
    shown = [_visible(char) for char in line[shift:]]
    widths = [_columns(char) for char in shown]
    room = sum(widths[: start - shift])
    cut = ""
    if sum(widths) > width:
        first = 0
        while room > width // 2 and first < start - shift:
            room -= widths[first]
            first += 1
        shown, widths = shown[first:], widths[first:]
        shift += first
        total = 0
        keep = 0
        while keep < len(shown) and total + widths[keep] <= width - 1:
            total += widths[keep]
            keep += 1
        if keep < len(shown):
            shown, widths, cut = shown[:keep], widths[:keep], "…"
    marks = sum(widths[start - shift : end - shift]) or 1
    return "".join(shown) + cut, " " * room, "^" * marks


def _visible(char: str) -> str:
    if char == "\t":
        return "    "
    return char if char.isprintable() else "·"


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def _wrap(lead: str, text: str, width: int) -> Iterator[str]:
    line = lead
    blank = True
    for word in text.split():
        if not blank and len(line) + 1 + len(word) > width:
            yield line
            line, blank = " " * len(lead), True
        line += word if blank else " " + word
        blank = False
    yield line


def _summary(report: Report, paint: _Paint) -> str:
    new = [finding for finding in report.findings if finding.status == "new"]
    if not new and not report.fixed and not report.baselined and not report.ignored:
        return ""
    parts = []
    counts = Counter(finding.severity for finding in new)
    for severity in sorted(counts, reverse=True):
        label = severity.label if counts[severity] == 1 or severity is Severity.ADVICE else severity.label + "s"
        parts.append(paint(f"{counts[severity]} {label}", _COLORS[severity]))
    if not new:
        parts.append("nothing new")
    places = f"{_number(report.handlers, 'handler')} in {_number(report.files, 'file')}"
    text = f"{', '.join(parts)} behind {places}"
    safe = sum(finding.fix_message is not None and not finding.fix_unsafe for finding in new)
    unsafe = sum(finding.fix_message is not None and finding.fix_unsafe for finding in new)
    rest = []
    if safe:
        rest.append(f"{safe} fixable with --fix")
    if unsafe:
        rest.append(f"{unsafe} more with --unsafe-fixes" if safe else f"{unsafe} fixable with --fix --unsafe-fixes")
    if report.fixed:
        rest.append(f"{report.fixed} fixed")
    if report.baselined:
        rest.append(f"{report.baselined} in the baseline")
    if report.ignored:
        rest.append(f"{report.ignored} ignored")
    if new:
        rest.append(f"explain one with: lambdalint rule {new[0].code}")
    return text + "".join(f"\n{part}" for part in ["; ".join(rest)] if part)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
