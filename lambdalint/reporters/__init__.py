"""From a report to text. Reporters never analyse, read files or print."""

from __future__ import annotations

from lambdalint.report import Report

FORMATS = ("terminal", "concise", "json", "github")


def render(format: str, report: Report, *, color: bool = False, width: int = 80, statistics: bool = False) -> str:
    """The report in one of `FORMATS`, each line ended; raises ValueError for another format.

    With `statistics`, `terminal` and `concise` count the findings of each check and do not list them.
    """
    if format == "json":
        from lambdalint.reporters.json_ import to_json

        return to_json(report)
    if format == "github":
        from lambdalint.reporters.github import to_github

        return to_github(report)
    if format == "concise":
        if statistics:
            from lambdalint.reporters.statistics import to_statistics

            return to_statistics(report)
        from lambdalint.reporters.concise import to_concise

        return to_concise(report)
    if format == "terminal":
        from lambdalint.reporters.terminal import to_terminal

        return to_terminal(report, color=color, width=width, statistics=statistics)
    raise ValueError(f'no such format: "{format}" (there are {", ".join(FORMATS)})')
