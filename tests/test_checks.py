"""Every check finds what its page says, on the lines that say so, and nothing else.

The pages are the docstring of each check (its Bad and Good examples) and `tests/checks/<name>.md`: each
section is one small project. Only the check of the page is run.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lambdalint import registry
from lambdalint.check import AnyCheck, Severity
from lambdalint.engine import examine
from lambdalint.model import Handler
from lambdalint.python.project import Project

ROOT = Path(__file__).parent.parent
PAGES = Path(__file__).parent / "checks"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# file: (\S+)\n")
CONFIG = re.compile(r"^# config: (.+)\n", re.MULTILINE)
EXPECTED = re.compile(r"# ((?:[A-Z]+\d{3} ?)+)$")
EXAMPLE = re.compile(r"^\*\*(Bad|Good)\*\*$\n+```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)

CHECKS = [check for check in registry.load().values() if check.family in ("init",)]
"""Those that look at what stands in a project's Python files."""

Place = tuple[str, int, str]


@dataclass(frozen=True)
class Case:
    """One small project, and where the check is to find something in it."""

    check: AnyCheck
    title: str
    files: dict[str, str]
    settings: dict[str, object]

    @property
    def expected(self) -> list[Place]:
        return sorted(
            (path, number, code)
            for path, text in self.files.items()
            for number, line in enumerate(text.splitlines(), 1)
            if (comment := EXPECTED.search(line))
            for code in comment[1].split()
        )

    def found(self, folder: Path) -> list[Place]:
        """What the check says of every file, each place once, by path from the project's root."""
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        found = [one for handler in self.handlers() for one in examine([self.check], handler)]
        assert not [one.message for one in found if one.code == "LL000"]
        return sorted({(one.location.path, one.location.line, one.code) for one in found})

    def handlers(self) -> Iterator[Handler]:
        roots = self.settings.get("import-roots", ())
        declared = self.settings.get("handlers")
        assert isinstance(roots, list | tuple)
        project = Project(import_roots=roots, declared=declared if isinstance(declared, dict) else None)
        for path in self.files:
            yield from project.handlers(path)


def of_docstring(check: AnyCheck) -> Iterator[Case]:
    for number, (kind, text) in enumerate(EXAMPLE.findall(check.doc)):
        yield Case(check, f"{kind} {number}", {"app.py": text}, {})


def of_page(check: AnyCheck) -> Iterator[Case]:
    page = PAGES / f"{check.find.__name__}.md"
    if not page.exists():
        return
    _, *parts = SECTION.split(page.read_text(encoding="utf-8"))
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        files = {}
        settings: dict[str, object] = {}
        for block in BLOCK.findall(body):
            for line in CONFIG.findall(block):
                settings.update(tomllib.loads(line))
            named = FILE.match(block)
            path = named[1] if named else "app.py"
            assert path not in files, f"{page.name}, {title}: two blocks are {path}"
            files[path] = block
        yield Case(check, title, files, settings)


CASES = [case for check in CHECKS for case in (*of_docstring(check), *of_page(check))]


def label(value: object) -> str:
    if isinstance(value, Case):
        return f"{value.check.code}-{value.title}"
    return value.code if hasattr(value, "code") else str(value)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_found_where_it_says_so(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert case.files, "no Python block"
    assert case.found(tmp_path) == case.expected


@pytest.mark.parametrize("case", CASES, ids=label)
def test_examples_are_python_and_expect_this_check_only(case: Case) -> None:
    for path, text in case.files.items():
        ast.parse(text, path)
    assert {code for _, _, code in case.expected} <= {case.check.code}


# -- what holds for every check --------------------------------------------------------------------------


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_file_function_and_name_are_one(check: AnyCheck) -> None:
    function = check.find
    assert function.__module__ == f"lambdalint.checks.{check.family}.{function.__name__}"
    assert check.name == function.__name__.replace("_", "-")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", check.name)
    assert (ROOT / "checks" / check.family / f"{function.__name__}.py").is_file()


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_file_opens_with_the_code(check: AnyCheck) -> None:
    text = (ROOT / "checks" / check.family / f"{check.find.__name__}.py").read_text(encoding="utf-8")
    assert text.startswith(f'"""{check.code}: ')


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_code_is_of_the_family(check: AnyCheck) -> None:
    assert re.fullmatch({"init": r"LL1\d\d"}[check.family], check.code)


def test_codes_and_names_are_unique() -> None:
    checks = list(registry.load().values())
    assert len({check.code for check in checks}) == len({check.name for check in checks}) == len(checks)


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_docstring_has_every_section_in_order(check: AnyCheck) -> None:
    wanted = ["Why it matters.", "Bad", "Good", "Fix", "Ignore it when", "Source."]
    found = re.findall(r"^\*\*(.+?)(?: \((?:safe|unsafe)\)\.)?\*\*", check.doc, re.MULTILINE)
    sections = [section.removesuffix(".") if section == "Fix." else section for section in found if section]
    in_order = [section for section in wanted if section in sections]
    assert [section for section in dict.fromkeys(sections) if section in wanted] == in_order
    assert set(wanted) - set(in_order) <= {"Fix"}
    assert re.fullmatch(r"[A-Z`].{10,100}\.", check.summary)
    assert all(len(line) <= 110 for line in check.doc.splitlines())
    assert re.search(r"^\*\*Source\.\*\* https://\S+", check.doc, re.MULTILINE)


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_bad_examples_are_found_and_good_ones_are_not(check: AnyCheck) -> None:
    kinds = {"Bad": [], "Good": []}  # type: dict[str, list[Case]]
    for case in of_docstring(check):
        kinds[case.title.partition(" ")[0]].append(case)
    assert kinds["Bad"]
    assert kinds["Good"]
    assert all(case.expected for case in kinds["Bad"])
    assert not any(case.expected for case in kinds["Good"])


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_has_a_page_of_cases_found_and_silent(check: AnyCheck) -> None:
    page = PAGES / f"{check.find.__name__}.md"
    assert page.is_file()
    assert page.read_text(encoding="utf-8").startswith(f"# {check.name} ({check.code})\n")
    cases = list(of_page(check))
    assert any(case.expected for case in cases)
    assert any(not case.expected for case in cases)
    assert len({case.title for case in cases}) == len(cases), "two sections have one title"


def test_every_page_belongs_to_a_check() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {check.find.__name__ for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=label)
def test_messages_say_what_to_do(check: AnyCheck, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, no full stop at the end, and the remedy behind the last semicolon or colon."""
    monkeypatch.chdir(tmp_path)
    for number, case in enumerate(case for case in of_docstring(check) if case.expected):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        case.found(folder)
        for finding in (one for handler in case.handlers() for one in examine([check], handler)):
            assert re.fullmatch(r"[^\n]{20,200}[^.\n]", finding.message)
            assert re.search(r"[;:] ", finding.message), finding.message
            assert finding.severity in (Severity.ADVICE, check.severity)
