"""One line a finding, for editors, grep and logs."""

from __future__ import annotations

from lambdalint.check import Finding
from lambdalint.report import Report
from lambdalint.reporters.frame import clean


def to_concise(report: Report) -> str:
    """`path:line:col: LL101 [unsafe fix] message (handler)`; what the baseline knows is left out."""
    return "".join(_line(finding) for finding in report.findings if finding.status != "baselined")


def _line(finding: Finding) -> str:
    place = finding.location
    marks = "" if finding.status == "new" else f" [{finding.status}]"
    if finding.fix_message is not None:
        marks += " [unsafe fix]" if finding.fix_unsafe else " [fix]"
    handler = f" ({finding.handler})" if finding.handler else ""
    message = " ".join(finding.message.split())
    return clean(f"{place.path}:{place.line}:{place.column}: {finding.code}{marks} {message}{handler}") + "\n"
