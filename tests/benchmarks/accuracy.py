"""Scores checks on hand-labelled handlers of public repositories, beside pythaw.

    python tests/benchmarks/accuracy.py LABELS.jsonl FOLDER_OF_CHECKOUTS

A line of the labels is `{"repo", "file", "handler", "label", "value", "sites": [{"verdict", "file", "line"}]}`;
the checkouts stand in folders named after `repo`, at the commits labelled. A site is a file and a line; each is
counted once for each handler. Handlers whose label is "ambiguous" are left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lambdalint.engine import examine
from lambdalint.python.project import Project
from lambdalint.python.source import Unreadable
from lambdalint.registry import load

LABELS = {
    "LL101": "aws_client_per_invocation",
    "LL102": "db_connection_per_invocation",
    "LL307": "hardcoded_config",
    "LL315": "sleep_in_invocation",
    "LL317": "sync_lambda_invoke",
    "LL401": "http_no_timeout",
    "LL403": "swallowed_errors",
}
PYTHAW_CODES = {"LL101": ("PW001", "PW002", "PW003"), "LL102": ("PW004", "PW005", "PW006", "PW007")}
Site = tuple[str, int]


def main(labels: Path, checkouts: Path) -> None:
    rows = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    checks = load()
    here = Path.cwd()
    for code, label in LABELS.items():
        ours, theirs = Score(), Score()
        for row in rows:
            if row["label"] != label or row["value"] == "ambiguous":
                continue
            os.chdir(checkouts / row["repo"])
            expected = {
                (site["file"], site["line"]) for site in row["sites"] if site.get("verdict", "violation") == "violation"
            }
            found = set(sites(checks[code], row["file"], row["handler"]))
            for path, line in sorted(found - expected):
                print(f"{code} beyond the labels: {row['repo']} {row['file']}:{row['handler']} {path}:{line}")
            for path, line in sorted(expected - found):
                print(f"{code} not found: {row['repo']} {row['file']}:{row['handler']} {path}:{line}")
            ours.add(found, expected)
            theirs.add(
                set(by_pythaw(code, row["file"])), {site for site in expected if site[0] == row["file"]}, expected
            )
        print(f"{code} lambdalint {ours}")
        if PYTHAW_CODES.get(code):
            print(f"{code} pythaw     {theirs} (it does not tell handlers apart: findings of the whole file)")
    os.chdir(here)


class Score:
    def __init__(self) -> None:
        self.right = self.wrong = self.missed = 0

    def add(self, found: set[Site], expected: set[Site], all_expected: set[Site] | None = None) -> None:
        self.right += len(found & expected)
        self.wrong += len(found - expected)
        self.missed += len((all_expected or expected) - found)

    def __str__(self) -> str:
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        counts = f"{self.right} right, {self.wrong} beyond, {self.missed} missed"
        return f"precision {precision:.3f} recall {recall:.3f} ({counts})"


def sites(check: Any, path: str, name: str) -> Iterator[Site]:
    try:
        handlers = Project(".").handlers(path)
    except Unreadable:
        return
    for handler in handlers:
        if handler.name == name:
            for finding in examine([check], handler):
                if not finding.sure:
                    continue
                yield finding.location.path, finding.location.line


def by_pythaw(code: str, path: str) -> Iterator[Site]:
    program = Path(sysconfig.get_path("scripts")) / "pythaw"
    if not program.exists() or not PYTHAW_CODES.get(code):
        return
    run = subprocess.run([program, "check", "--format", "json", path], capture_output=True, text=True, check=False)
    for finding in json.loads(run.stdout[run.stdout.find("[") :] if "[" in run.stdout else "[]"):
        if finding["code"] in PYTHAW_CODES[code]:
            yield finding["file"], finding["line"]


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
