"""What a person reads at a terminal: where, what, the way there from the handler, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from lambdalint.check import Finding, Severity
from lambdalint.report import Report
from lambdalint.reporters.frame import Paint, clean, frame, width_of
from lambdalint.reporters.statistics import to_statistics
from lambdalint.reporters.way import way

_TONES = {Severity.ADVICE: "36", Severity.WARNING: "33", Severity.ERROR: "31"}
_MARKS = {Severity.ADVICE: "~", Severity.WARNING: "^", Severity.ERROR: "^"}
_BOLD, _DIM, _GREEN = "1", "2", "32"
_NARROWEST, _WIDEST = 40, 120


def to_terminal(report: Report, *, color: bool, width: int, statistics: bool = False) -> str:
    """Each finding with its code frame (or how many there are of each), and a summary; empty if all is well."""
    paint = _ansi if color else _plain
    width = min(max(width, _NARROWEST), _WIDEST)
    shown = [finding for finding in report.findings if finding.status != "baselined"]
    out: list[str] = []
    explained: set[str] = set()
    if statistics:
        out += to_statistics(report).splitlines()
        out += [""] if out else []
    else:
        for finding in shown:
            url = "" if color or finding.code in explained else finding.url  # in colour, the code is a link
            explained.add(finding.code)
            out += [*_finding(finding, report, paint, width, url), "", ""]
        out = out[:-1]
    out += _summary(report, paint, width)
    return "\n".join([*out, ""]) if out else ""


def _plain(text: str, code: str) -> str:
    return text


def _ansi(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _finding(finding: Finding, report: Report, paint: Paint, width: int, url: str) -> Iterator[str]:
    place, tone = finding.location, _TONES[finding.severity]
    where = paint(clean(f"{place.path}:{place.line}:{place.column}"), _BOLD)
    code = paint(finding.code, f"{_BOLD};{tone}")
    if paint is _ansi:  # a link, where the terminal knows links
        code = f"\x1b]8;;{finding.url}\x1b\\{code}\x1b]8;;\x1b\\"
    status = "" if finding.status == "new" else f" ({finding.status})"
    sure = "" if finding.sure else " (not certain)"
    yield f"{where} {code} {finding.name} {paint(finding.severity.label, tone)}{sure}{status}"
    yield from _wrap("  ", finding.message, width)
    lines = report.sources(place.path)
    framed = list(frame(lines, place, width, _MARKS[finding.severity], lambda text: paint(text, tone))) if lines else []
    if framed:
        yield from ["", *framed]
    if finding.handler or finding.trace or finding.fix_message is not None or url:
        yield ""
    yield from _from(finding, paint, width)
    if finding.fix_message is not None:
        how = "--fix --unsafe-fixes" if finding.fix_unsafe else "--fix"
        fix, *more = _wrap("  fix   ", f"{finding.fix_message} ({how})", width)
        yield from [fix.replace("fix", paint("fix", _GREEN), 1), *more]
    if url:
        yield f"  see   {url}"


def _from(finding: Finding, paint: Paint, width: int) -> Iterator[str]:
    """In one line if there is room, else a line a step."""
    stops = [clean(stop) for stop in way(finding)]
    if not stops:
        return
    if width_of(line := "  from  " + " -> ".join(stops)) <= width:
        yield line.replace(" -> ", paint(" -> ", _DIM))
        return
    yield f"  from  {stops[0]}"
    for stop in stops[1:]:
        yield f"     {paint('->', _DIM)} {stop}"


def _wrap(lead: str, text: str, width: int) -> Iterator[str]:
    rest = clean(" ".join(text.split()))
    room = width - len(lead)
    while len(rest) > room:
        end = rest.rfind(" ", 0, room + 1)
        if end < 0 and (end := rest.find(" ")) < 0:
            break
        yield lead + rest[:end]
        lead, rest = " " * len(lead), rest[end + 1 :]
    yield lead + rest


def _summary(report: Report, paint: Paint, width: int) -> Iterator[str]:
    """Silent where there is nothing to say: what was ignored on purpose is no news by itself."""
    new = [finding for finding in report.findings if finding.status == "new"]
    shown = any(finding.status != "baselined" for finding in report.findings)
    if not shown and not report.fixed and not report.baselined:
        return
    counts = Counter(finding.severity for finding in new)
    found = [paint(_count(counts[one], one.label), _TONES[one]) for one in sorted(counts, reverse=True)]
    checked = f"{_count(report.handlers, 'handler')} in {_count(report.files, 'file')}"
    nothing = "nothing new" if report.baselined else "nothing more" if report.fixed else "nothing"
    yield f"Found {', '.join(found) or nothing}; checked {checked}."
    safe = sum(finding.fix_message is not None and not finding.fix_unsafe for finding in new)
    unsafe = sum(finding.fix_message is not None and finding.fix_unsafe for finding in new)
    facts = [
        f"{report.fixed} fixed" if report.fixed else "",
        f"{safe} fixable with --fix" if safe else "",
        f"{unsafe} {'more' if safe else 'fixable'} with --fix --unsafe-fixes" if unsafe else "",
        f"{report.ignored} ignored" if report.ignored else "",
        f"{report.baselined} in the baseline" if report.baselined else "",
    ]
    if any(facts):
        yield from _wrap("", ", ".join(filter(None, facts)) + ".", width)


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 or noun == "advice" else f"{count} {noun}s"
