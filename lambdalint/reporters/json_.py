"""The public JSON: schema 1."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from lambdalint.check import Finding
from lambdalint.report import Report

SCHEMA = 1


def to_json(report: Report) -> str:
    """`{"schema": 1, "findings": [...], "summary": {...}}`, a line a finding."""
    new = [finding for finding in report.findings if finding.status == "new"]
    summary = {
        "files": report.files,
        "handlers": report.handlers,
        "functions": report.functions,
        "findings": len(new),
        "by_severity": _count(finding.severity.label for finding in new),
        "by_code": _count(finding.code for finding in new),
        "fixable": sum(finding.fix_message is not None for finding in new),
        "ignored": report.ignored,
        "baselined": report.baselined,
        "fixed": report.fixed,
        "notices": [*report.notices, *report.late_notices()],
    }
    rows = ",\n".join(f"    {_dump(finding_to_json(finding))}" for finding in report.findings)
    findings = f"[\n{rows}\n  ]" if rows else "[]"
    return f'{{\n  "schema": {SCHEMA},\n  "findings": {findings},\n  "summary": {_dump(summary)}\n}}\n'


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """One finding, by the public names of its fields."""
    place = finding.location
    fix = None
    if finding.fix_message is not None:
        fix = {"message": finding.fix_message, "applicability": "unsafe" if finding.fix_unsafe else "safe"}
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.label,
        "confidence": "high" if finding.sure else "low",
        "message": finding.message,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "function": finding.function,
        "handler": finding.handler,
        "trace": [step._asdict() for step in finding.trace],
        "fix": fix,
        "cost": finding.cost and finding.cost._asdict(),
        "url": finding.url,
        "status": finding.status,
    }


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
