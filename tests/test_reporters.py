"""What each format says, letter by letter where it counts."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from textwrap import dedent
from typing import Any

import pytest

from lambdalint.check import Finding, Severity
from lambdalint.model import Location, Step
from lambdalint.report import Report
from lambdalint.reporters import FORMATS, render
from lambdalint.reporters.progress import progress

APP = """\
import boto3

def main(event, context):
    s3 = boto3.client("s3")
    return load(
        event,
        s3,
    )
"""
CLIENT = Finding(
    "LL101",
    "client-in-handler",
    Severity.WARNING,
    "the AWS client is built on every invocation; build it once",
    Location("app.py", 4, 10, 4, 28),
    "https://docs/client-in-handler/",
    handler="app.py:main",
    fix_message="Move the client above the handler",
    fix_unsafe=True,
)
WAY = CLIENT._replace(
    location=Location("store.py", 1, 1, 1, 2),
    severity=Severity.ERROR,
    fix_message=None,
    trace=(Step("app.py", 5, "load"), Step("store.py", 8, "connect")),
)
ADVICE = CLIENT._replace(
    code="LL105",
    name="static-work",
    severity=Severity.ADVICE,
    fix_unsafe=False,
    url="https://docs/static-work/",
)


def report(*findings: Finding, text: str = APP, **facts: Any) -> Report:
    lines = text.split("\n")
    return Report(findings, sources=lambda path: lines if path == "app.py" else None, **facts)


def marked(line: str, start: int, end: int, *, width: int = 80) -> tuple[str, str]:
    """The line and the marks under it, as the terminal shows them."""
    one = CLIENT._replace(location=Location("app.py", 1, start, 1, end))
    rows = render("terminal", report(one, text=line), width=width).splitlines()
    at = next(index for index, row in enumerate(rows) if row.startswith("> 1 | "))
    return rows[at][6:], rows[at + 1][6:]


def test_terminal() -> None:
    shown = render("terminal", report(CLIENT, WAY, ADVICE, files=2, handlers=1, ignored=3, baselined=1), width=60)
    assert shown == dedent(
        """\
        app.py:4:10 LL101 client-in-handler warning
          the AWS client is built on every invocation; build it once

          3 | def main(event, context):
        > 4 |     s3 = boto3.client("s3")
            |          ^^^^^^^^^^^^^^^^^^
          5 |     return load(

          from  app.py:main
          fix   Move the client above the handler (--fix
                --unsafe-fixes)
          see   https://docs/client-in-handler/


        store.py:1:1 LL101 client-in-handler error
          the AWS client is built on every invocation; build it once

          from  app.py:main -> 5 load() -> store.py:8 connect()


        app.py:4:10 LL105 static-work advice
          the AWS client is built on every invocation; build it once

          3 | def main(event, context):
        > 4 |     s3 = boto3.client("s3")
            |          ~~~~~~~~~~~~~~~~~~
          5 |     return load(

          from  app.py:main
          fix   Move the client above the handler (--fix)
          see   https://docs/static-work/

        Found 1 error, 1 warning, 1 advice; checked 1 handler in 2 files.
        1 fixable with --fix, 1 more with --fix --unsafe-fixes, 3
        ignored, 1 in the baseline.
        """
    )


def test_a_long_way_takes_a_line_a_step_and_leaves_out_its_middle() -> None:
    steps = tuple(Step(f"package/module_{number}.py", number, f"f{number}") for number in range(1, 10))
    shown = render("terminal", report(WAY._replace(trace=steps)), width=60)
    assert dedent(shown.split("\n\n")[1]) == dedent(
        """\
          from  app.py:main
             -> package/module_1.py:1 f1()
             -> package/module_2.py:2 f2()
             -> package/module_3.py:3 f3()
             -> (3 more)
             -> package/module_7.py:7 f7()
             -> package/module_8.py:8 f8()
             -> package/module_9.py:9 f9()
          see   https://docs/client-in-handler/"""
    )


def test_a_place_over_several_lines() -> None:
    shown = render("terminal", report(CLIENT._replace(location=Location("app.py", 5, 12, 8, 6))))
    assert "> 5 |     return load(\n    |            ^^^^^\n> 6 |         event,\n" in shown
    assert "> 8 |     )\n\n" in shown
    text = "f(\n" + "1,\n" * 20 + ")\n"
    shown = render("terminal", report(CLIENT._replace(location=Location("app.py", 1, 1, 22, 2)), text=text))
    assert [row[:4] for row in shown.splitlines() if " | " in row or row.endswith(" :")] == [
        ">  1", "    ", ">  2", ">  3", ">  4", "    ", "> 21", "> 22",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "what", "seen", "marks"),
    [
        ("\tx = 1", "x", "    x = 1", "    ^"),
        ("é = x", "x", "é = x", "    ^"),
        ("e\u0301 = x", "x", "e\u0301 = x", "    ^"),
        ("漢字 = x", "x", "漢字 = x", "       ^"),
        ("x = 漢字", "漢字", "x = 漢字", "    ^^^^"),
        ("a\x1b[2J\u202e = x", "x", "a?[2J? = x", "         ^"),
    ],
)
def test_marks_stand_under_what_they_mark(line: str, what: str, seen: str, marks: str) -> None:
    start = line.index(what) + 1
    assert marked(line, start, start + len(what)) == (seen, marks)


def test_long_lines_are_cut() -> None:
    line = "a" * 100 + " x " + "b" * 100
    seen, marks = marked(line, 102, 103, width=60)
    assert len(seen) == 60 - 6
    assert seen.startswith("...aa")
    assert seen.endswith("bb...")
    assert seen[marks.index("^")] == "x"
    seen, marks = marked("x = " + "b" * 100, 1, 105, width=60)
    assert seen == "x = " + "b" * 47 + "..."
    assert marks == "^" * 54
    seen, marks = marked("漢" * 100 + "x", 101, 102, width=60)
    assert seen.startswith("...")
    assert seen.endswith("x")


@pytest.mark.parametrize("place", [(0, 0, 0, 0), (99, 1, 99, 5), (1, 99, 1, 100), (4, 5, 2, 1), (9, 1, 99, 1)])
def test_places_that_are_not_there(place: tuple[int, int, int, int]) -> None:
    assert "LL101" in render("terminal", report(CLIENT._replace(location=Location("app.py", *place))))


def test_color_adds_nothing_but_color_and_links() -> None:
    one = ADVICE._replace(url="")
    plain, colored = (render("terminal", report(CLIENT, one), color=color) for color in (False, True))
    assert "\x1b]8;;https://docs/client-in-handler/\x1b\\" in colored
    bare = re.sub(r"\x1b\[[\d;]*m|\x1b\]8;;.*?\x1b\\", "", colored)
    assert bare == plain.replace("  see   https://docs/client-in-handler/\n", "")


def test_quiet_when_clean() -> None:
    for format in ("terminal", "concise", "github"):
        assert render(format, report(files=3, handlers=2, ignored=1, notices=["one"])) == ""
    old = CLIENT._replace(status="baselined")
    assert render("terminal", report(old, baselined=1)) == (
        "Found nothing new; checked 0 handlers in 0 files.\n1 in the baseline.\n"
    )
    assert render("terminal", report(fixed=2)).endswith("2 fixed.\n")
    assert render("concise", report(old), statistics=True) == ""


def test_concise() -> None:
    shown = render("concise", report(CLIENT, ADVICE._replace(message="two\nlines"), WAY._replace(status="ignored")))
    assert shown.splitlines() == [
        "app.py:4:10: LL101 [unsafe fix] the AWS client is built on every invocation; build it once (app.py:main)",
        "app.py:4:10: LL105 [fix] two lines (app.py:main)",
        "store.py:1:1: LL101 [ignored] the AWS client is built on every invocation; build it once (app.py:main)",
    ]


def test_statistics() -> None:
    found = report(CLIENT, *[ADVICE] * 10, WAY, CLIENT._replace(status="baselined"))
    table = "10  LL105  static-work        10 fixable\n 2  LL101  client-in-handler  1 fixable (unsafe)\n"
    assert render("concise", found, statistics=True) == table
    assert render("terminal", found, statistics=True).startswith(table + "\nFound 1 error, 1 warning, 10 advice;")


def test_json() -> None:
    found = report(CLIENT, WAY, ADVICE._replace(status="baselined"), files=2, handlers=1, ignored=3, baselined=1)
    shown = json.loads(render("json", found))
    assert list(shown) == ["schema", "findings", "summary"]
    assert shown["findings"][0] == {
        "code": "LL101",
        "name": "client-in-handler",
        "severity": "warning",
        "confidence": "high",
        "message": CLIENT.message,
        "path": "app.py",
        "line": 4,
        "column": 10,
        "end_line": 4,
        "end_column": 28,
        "function": None,
        "handler": "app.py:main",
        "trace": [],
        "fix": {"message": "Move the client above the handler", "applicability": "unsafe"},
        "cost": None,
        "url": "https://docs/client-in-handler/",
        "status": "new",
    }
    assert shown["findings"][1]["trace"][1] == {"path": "store.py", "line": 8, "name": "connect"}
    assert [one["status"] for one in shown["findings"]] == ["new", "new", "baselined"]
    assert shown["summary"] == {
        "files": 2,
        "handlers": 1,
        "functions": 0,
        "findings": 2,
        "by_severity": {"error": 1, "warning": 1},
        "by_code": {"LL101": 2},
        "fixable": 1,
        "ignored": 3,
        "baselined": 1,
        "fixed": 0,
        "notices": [],
    }
    assert json.loads(render("json", report()))["findings"] == []


def test_github() -> None:
    odd = CLIENT._replace(
        message="100% of\r\nit: a, b", location=Location("a,b:c%.py", 4, 10, 4, 28), handler=None, url=""
    )
    shown = render("github", report(odd, ADVICE._replace(location=Location("app.py", 5, 1, 8, 2)), WAY))
    first, second, third = shown.splitlines()
    assert first == (
        "::warning file=a%2Cb%3Ac%25.py,line=4,col=10,endLine=4,endColumn=28,title=LL101 client-in-handler"
        "::100%25 of%0D%0Ait: a, b"
    )
    assert second.startswith("::notice file=app.py,line=5,endLine=8,title=LL105 static-work::")
    assert third.startswith("::error ")
    assert "%0AFrom app.py:main -> 5 load() -> store.py:8 connect()%0Ahttps://docs/" in third
    assert render("github", report(CLIENT._replace(status="baselined"), CLIENT._replace(status="ignored"))) == ""


def test_formats() -> None:
    for format in FORMATS:
        shown = render(format, report(CLIENT))
        assert shown.endswith("\n")
        assert not shown.endswith("\n\n")
    with pytest.raises(ValueError, match="xml"):
        render("xml", report())


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("patience", "screen", "drawn"), [(0, Screen, True), (99, Screen, False), (0, io.StringIO, False)]
)
def test_progress(monkeypatch: pytest.MonkeyPatch, patience: int, screen: type[io.StringIO], drawn: bool) -> None:
    monkeypatch.setattr("lambdalint.reporters.progress.PATIENCE_S", patience - 1)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", stream := screen())
    with progress(3) as bar:
        for _ in range(3):
            bar.advance()
    assert bool(stream.getvalue()) is drawn


def test_lines_may_be_any_sequence() -> None:
    lines: Sequence[str] = tuple(APP.splitlines(keepends=True))
    shown = render("terminal", Report([CLIENT], sources=lambda path: lines))
    assert '> 4 |     s3 = boto3.client("s3")\n    |          ^' in shown
