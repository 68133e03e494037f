"""Workflow commands that GitHub shows as annotations on the lines of a pull request."""

from __future__ import annotations

from lambdalint.check import Finding, Severity
from lambdalint.report import Report

_LEVELS = {Severity.ADVICE: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}


def to_github(report: Report) -> str:
    """One `::warning file=...::message` a finding; those in the baseline are not annotated."""
    return "".join(_command(finding) for finding in report.findings if finding.status == "new")


def _command(finding: Finding) -> str:
    place = finding.location
    properties = {
        "file": place.path,
        "line": str(place.line),
        "endLine": str(place.end_line),
        "title": f"{finding.code} {finding.name}",
    }
    if place.line == place.end_line:  # GitHub takes columns only within one line
        properties |= {"col": str(place.column), "endColumn": str(place.end_column)}
    given = ",".join(f"{name}={_escape(value, True)}" for name, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {given}::{_escape(finding.message, False)}\n"


def _escape(text: str, in_property: bool) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text
