"""From a report to text. Reporters never analyse, read files or print."""

from __future__ import annotations

from lambdalint.report import Report

FORMATS = ("terminal", "concise", "json", "github")


def render(format: str, report: Report, *, color: bool = False, width: int = 80, statistics: bool = False) -> str:
    """The report in one of `FORMATS`; raises ValueError for another."""
    if format == "json":
        from lambdalint.reporters.json_ import to_json

        return to_json(report)
    if format == "github":
        from lambdalint.reporters.github import to_github

        return to_github(report)
    from lambdalint.reporters.terminal import to_concise, to_statistics, to_terminal

    if format == "concise":
        text = to_concise(report)
    elif format == "terminal":
        text = to_terminal(report, color=color, width=width)
    else:
        raise ValueError(f"no such format: {format}")
    return text + to_statistics(report) if statistics else text
