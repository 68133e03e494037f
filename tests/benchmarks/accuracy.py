"""Scores checks on hand-labelled handlers of public repositories, beside pythaw.

    python tests/benchmarks/accuracy.py LABELS.jsonl FOLDER_OF_CHECKOUTS

A line of the labels is `{"repo", "file", "handler", "label", "value", "sites": [{"verdict", "file", "line"}]}`;
the checkouts stand in folders named after `repo`, at the commits labelled. A site is a file and a line; each is
counted once for each handler. Handlers whose label is "ambiguous" are left out. A site beyond the labels need not be
wrong: how many of those a label contradicts is said, too.
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
        allowed = {
            (row["repo"], site["file"], site["line"])
            for row in rows
            for site in row["sites"]
            if row["label"] == label and site.get("verdict", "violation") != "violation"
        }
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
            ours.add(found, expected, contradicted=sum((row["repo"], *site) in allowed for site in found))
            others = set(by_pythaw(code, row["file"]))
            here_expected = {site for site in expected if site[0] == row["file"]}
            against = sum((row["repo"], *site) in allowed for site in others)
            theirs.add(others, here_expected, expected, contradicted=against)
        print(f"{code} lambdalint {ours}")
        if PYTHAW_CODES.get(code):
            print(f"{code} pythaw     {theirs} (it does not tell handlers apart: findings of the whole file)")
    os.chdir(here)


class Score:
    def __init__(self) -> None:
        self.right = self.wrong = self.missed = self.contradicted = 0

    def add(
        self, found: set[Site], expected: set[Site], all_expected: set[Site] | None = None, *, contradicted: int
    ) -> None:
        self.contradicted += contradicted
        self.right += len(found & expected)
        self.wrong += len(found - expected)
        self.missed += len((all_expected or expected) - found)

    def __str__(self) -> str:
        precision = self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 1.0
        beyond = f"{self.wrong} beyond, {self.contradicted} of them contradicted"
        counts = f"{self.right} right, {beyond}, {self.missed} missed"
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
