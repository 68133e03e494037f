"""Every check by its page: the examples of its docstring, and the edge cases in tests/checks/<name>.md.

A section of a page is one project: its blocks are files (`# file: path.py` in the first line, else app.py, for
templates template.yaml, template.json or main.tf), and a comment such as `# LL101` stands on each line where that
check must speak. It must speak nowhere else.
`# LL101 advice`, `warning`, `error`: it must be that there; `# LL101 unsure`: a finding that only `--pedantic` shows.
A section whose title begins with "No handler" has none.
A block of the language `package` lays out what is shipped: see packing.py; one of `toml` states what functions did in
an account: see using.py.
`# config: handlers = {"app.py" = ["run"]}` in a block names handlers, `# config: options = {statements = 9}` sets
options of the check, as configuration does.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packing import lay_package
from using import usages

from lambdalint import sources
from lambdalint.check import AnyCheck
from lambdalint.config import Stated
from lambdalint.discovery import is_template_name
from lambdalint.engine import examine
from lambdalint.house import CHECKS as HOUSE
from lambdalint.looking import Looker
from lambdalint.options import configured, declared
from lambdalint.registry import load

CHECKS = {code: check for code, check in load().items() if code not in {one.code for one in HOUSE}}
PAGES = Path(__file__).parent / "checks"
CONFIGURATION = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(python|yaml|json|hcl|dockerfile|text|package|toml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMES = {
    "python": "app.py",
    "yaml": "template.yaml",
    "json": "template.json",
    "hcl": "main.tf",
    "dockerfile": "Dockerfile",
    "text": "requirements.txt",
    "toml": "usage.toml",
}
EXPECTED = re.compile(r"#.*?\b(LL\d{3})\b( advice| warning| error| unsure)?")
CONFIG = re.compile(r"^# config: (.+)$", re.MULTILINE)


Block = tuple[str, str]
"""The language and the text."""


def sections(check: AnyCheck) -> Iterator[tuple[str, list[Block]]]:
    """The title and the blocks of each case of a check: docstring examples first."""
    bad, _, good = check.doc.partition("**Good**")
    for part in ("Bad", "Good"):
        blocks = BLOCK.findall(bad if part == "Bad" else good)
        together = any(language != "python" for language, _ in blocks)
        for number, group in enumerate([blocks] if together else [[block] for block in blocks]):
            yield f"docstring: {part} {number + 1}", group
    page = PAGES / f"{check.name.replace('-', '_')}.md"
    for part in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        yield title, BLOCK.findall(body)


CASES = [
    pytest.param(check, title, blocks, id=f"{code}: {title}")
    for code, check in CHECKS.items()
    for title, blocks in sections(check)
]


@pytest.mark.parametrize(("check", "title", "blocks"), CASES)
def test_it_speaks_just_where_the_page_says(
    check: AnyCheck, title: str, blocks: list[Block], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected: set[tuple[str, int, str]] = set()
    handlers_named: dict[str, list[str]] = {}
    paths: list[str] = []
    told = check
    for language, block in blocks:
        if language == "package":
            lay_package(block, tmp_path)
            continue
        named = re.match(r"# file: (\S+)\n", block)
        path = named[1] if named else NAMES[language]
        assert path not in paths, "two blocks are one file"
        if language == "python":
            ast.parse(block, path)
        for line in CONFIG.findall(block):
            said = tomllib.loads(line)
            handlers_named |= said.get("handlers", {})
            told = configured(CHECKS, [Stated("", check.code, said.get("options", {}))])[check.code]
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block, encoding="utf-8")
        paths.append(path)
        for number, line in enumerate(block.splitlines(), 1):
            for code, word in EXPECTED.findall(line):
                assert code == check.code, "a page is about one check"
                expected.add((path, number, word.strip() or check.severity.label))
    monkeypatch.chdir(tmp_path)
    looker = Looker(".", [told], declared={str(tmp_path / path): names for path, names in handlers_named.items()})
    looked = [looker.look(path) for path in sources.entries([path for path in paths if is_template_name(path)])]
    claimed = {path for one in looked for path in one.claimed}
    looked += [looker.look(path) for path in paths if path.endswith(".py") and path not in claimed]
    used = [one for language, block in blocks if language == "toml" for one in usages(block)]
    entries = len(used) + sum(one.handlers + one.functions for one in looked)
    assert bool(entries) is not title.startswith("No handler"), entries
    findings = [finding for one in looked for finding, _ in one.findings]
    findings += [finding for one in used for finding in examine([told], one)]
    assert all(finding.code == check.code for finding in findings), findings
    found = {(one.location.path, one.location.line, one.severity.label if one.sure else "unsure") for one in findings}
    assert found == expected
    for finding in findings:
        assert re.fullmatch(r"[^\n]{20,200}[^.\n]", finding.message), "one line, no full stop"


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_it_is_built_like_the_others(check: AnyCheck) -> None:
    assert check.find.__module__.rpartition(".")[2] == check.find.__name__ == check.name.replace("-", "_")
    assert re.fullmatch(r"LL[1-9]\d\d", check.code)
    assert re.fullmatch(r"[A-Z].{10,110}\.", check.summary)
    for part in ("**Why it matters.**", "**Bad**", "**Good**", "**Ignore it when**", "**Source.** https://"):
        assert part in check.doc
    examples = BLOCK.findall(check.doc)
    bad = BLOCK.findall(check.doc.partition("**Good**")[0])
    assert any(check.code in text for _, text in bad)
    assert all(check.code not in text for _, text in examples[len(bad) :])
    page = PAGES / f"{check.find.__name__}.md"
    assert page.read_text(encoding="utf-8").startswith(f"# {check.name} ({check.code})\n")
    for option in declared(check):
        assert option.about.doc
        assert f"`{option.key}`" in CONFIGURATION
    titles = [title for title, _ in sections(check)]
    assert len(set(titles)) == len(titles), "two sections have one title"


def test_every_page_belongs_to_a_check() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {check.find.__name__ for check in CHECKS.values()}


PEERS = (Path(__file__).parent.parent / "docs" / "peers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "block"), BLOCK.findall(PEERS), ids=re.findall(r"^## (.+)\n\n```", PEERS, re.MULTILINE)
)
def test_the_comparison_with_other_tools_is_true(
    language: str, block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = [CHECKS[code] for code in re.findall(r"LL\d{3}", block.partition("\n")[0])]
    expected = {
        (number, code)
        for number, line in enumerate(block.splitlines(), 1)
        for code, _ in EXPECTED.findall(line)
        if number > 1
    }
    (tmp_path / NAMES[language]).write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    findings = [one for one, _ in Looker(".", checks).look(NAMES[language]).findings if one.sure]
    assert {(one.location.line, one.code) for one in findings} == expected
