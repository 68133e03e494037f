"""Workflow commands that GitHub shows as annotations on the lines of a pull request."""

from __future__ import annotations

from lambdalint.check import Finding, Severity
from lambdalint.report import Report
from lambdalint.reporters.way import way

_LEVELS = {Severity.ADVICE: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}


def to_github(report: Report) -> str:
    """One `::warning file=...::message` a finding; what was silenced is not annotated."""
    return "".join(_command(finding) for finding in report.findings if finding.status == "new")


def _command(finding: Finding) -> str:
    place = finding.location
    properties: dict[str, object] = {"file": place.path, "line": place.line}
    if place.line == place.end_line:  # GitHub takes columns only within one line
        properties |= {"col": place.column, "endLine": place.end_line, "endColumn": place.end_column}
    else:
        properties |= {"endLine": place.end_line}
    properties["title"] = f"{finding.code} {finding.name}"
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    stops = way(finding)
    told = [finding.message, f"From {' -> '.join(stops)}" if stops else "", finding.url]
    return f"::{_LEVELS[finding.severity]} {given}::{_data(chr(10).join(filter(None, told)))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
