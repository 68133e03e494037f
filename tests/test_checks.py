"""Every check by its page: the examples of its docstring, and the edge cases in tests/checks/<name>.md.

A section of a page is one project: its blocks are files (`# file: path.py` in the first line, else app.py),
and a comment such as `# LL101` stands on each line where that check must speak. It must speak nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lambdalint.check import AnyCheck
from lambdalint.engine import examine
from lambdalint.house import CHECKS as HOUSE
from lambdalint.python.project import Project
from lambdalint.registry import load

CHECKS = {code: check for code, check in load().items() if code not in {one.code for one in HOUSE}}
PAGES = Path(__file__).parent / "checks"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"#.*?\b(LL\d{3})\b")


def sections(check: AnyCheck) -> Iterator[tuple[str, list[str]]]:
    """The title and the blocks of each case of a check: docstring examples first."""
    for number, block in enumerate(BLOCK.findall(check.doc)):
        yield f"docstring example {number + 1}", [block]
    page = PAGES / f"{check.name.replace('-', '_')}.md"
    for part in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        title, _, body = part.partition("\n")
        yield title, BLOCK.findall(body)


CASES = [
    pytest.param(check, blocks, id=f"{code}: {title}")
    for code, check in CHECKS.items()
    for title, blocks in sections(check)
]


@pytest.mark.parametrize(("check", "blocks"), CASES)
def test_it_speaks_just_where_the_page_says(
    check: AnyCheck, blocks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected: set[tuple[str, int]] = set()
    paths = []
    for block in blocks:
        named = re.match(r"# file: (\S+)\n", block)
        path = named[1] if named else "app.py"
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block, encoding="utf-8")
        paths.append(path)
        for number, line in enumerate(block.splitlines(), 1):
            if check.code in EXPECTED.findall(line):
                expected.add((path, number))
    monkeypatch.chdir(tmp_path)
    project = Project(".")
    handlers = [handler for path in paths for handler in project.handlers(path)]
    assert handlers, "no handler was found"
    found = {
        (finding.location.path, finding.location.line) for handler in handlers for finding in examine([check], handler)
    }
    assert found == expected


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_it_is_built_like_the_others(check: AnyCheck) -> None:
    assert check.find.__module__.rpartition(".")[2] == check.find.__name__ == check.name.replace("-", "_")
    assert re.fullmatch(r"LL[1-9]\d\d", check.code)
    for part in ("**Why it matters.**", "**Bad**", "**Good**", "**Ignore it when**", "**Source.** https://"):
        assert part in check.doc
    examples = BLOCK.findall(check.doc)
    assert check.code in examples[0]
    assert all(check.code not in example for example in examples[1:])
    assert (PAGES / f"{check.find.__name__}.md").is_file()
