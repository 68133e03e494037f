"""Every fix, on every case of the pages of its check: what is left, what is new, and a second time."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from packing import lay_package
from running import check, run
from test_checks import CASES, CONFIG, NAMES, Block

from lambdalint.check import AnyCheck

OFFERING = frozenset(
    "LL101 LL102 LL103 LL108 LL110 LL114 LL202 LL204 LL205 LL301 LL304 LL305 LL309 LL311 LL313 LL314 LL320 "
    "LL401 LL405 LL406 LL407 LL601 LL602 LL603 LL604 LL606 LL607 LL801 LL802 LL804 LL808 LL811 LL812".split()
)


@pytest.mark.parametrize(
    ("of", "title", "blocks"),
    [
        case
        for case in CASES
        if getattr(case.values[0], "code", "") in OFFERING
        and not any(CONFIG.search(text) for _, text in case.values[2])  # type: ignore[union-attr]
    ],
)
def test_a_fix_mends_its_finding_and_makes_no_other(
    of: AnyCheck, title: str, blocks: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, block in blocks:
        if language == "package":
            lay_package(block, tmp_path)
            continue
        named = re.match(r"# file: (\S+)\n", block)
        file = tmp_path / (named[1] if named else NAMES[language])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    before = check("--pedantic", "--no-cache", ".").json["findings"]
    fixable = {(one["path"], one["line"]) for one in before if one["fix"] and one["code"] == of.code}
    after = check("--pedantic", "--no-cache", "--fix", "--unsafe-fixes", ".").json
    for file in tmp_path.rglob("*.py"):
        ast.parse(file.read_text(encoding="utf-8"))
    refused = sum(f"{of.code} not fixed" in notice for notice in after["summary"]["notices"])
    left = [one for one in after["findings"] if one["fix"] and one["code"] == of.code]
    assert len(left) <= refused, left
    assert after["summary"]["fixed"] or refused or not fixable
    codes = [Counter(one["code"] for one in findings) for findings in (before, after["findings"])]
    new = codes[1] - codes[0]
    del new["LL608"]  # what is traced from now on may not be patched
    assert not new, "a fix made something new"
    assert run("check", "--diff", "--unsafe-fixes", "--pedantic", "--no-cache", ".").out == ""


def test_every_check_that_offers_a_fix_is_tried() -> None:
    pages = Path(__file__).parent.parent / "docs" / "checks"
    offering = {
        code
        for page in pages.glob("*.md")
        if "Offers a fix" in (text := page.read_text(encoding="utf-8"))
        for code in re.findall(r"^# \S+ \((LL[1-9]\d\d)\)", text, re.MULTILINE)
    }
    assert offering == OFFERING
