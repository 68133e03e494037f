"""Reading Python: newer syntax, odd bytes, and places that are right in both."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdalint.engine import examine_with_fixes
from lambdalint.fixing import PYTHON, splice
from lambdalint.python.project import Project
from lambdalint.python.source import Source, Unreadable, parse
from lambdalint.registry import load

Project(".")  # raises the recursion limit, which hypothesis watches: before it begins

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECKS = [check for check in load().values() if check.code >= "LL1"]
MODULES = [
    block
    for page in sorted((Path(__file__).parent / "checks").glob("*.md"))
    for block in BLOCK.findall(page.read_text(encoding="utf-8"))
]

NEWER = {
    "PEP 695 function": "def f[T: int, *Ts](x: T) -> T:\n    return call()\n",
    "PEP 695 over lines": "def f[\n    T,\n\n    U,\n](x):\n    return call()\n",
    "PEP 696 class": "class A[T = int]:\n    x = call()\n",
    "PEP 695 alias": "if True:\n    type X[T] = list[\n        T\n    ]\n    call()\n",
    "PEP 701 quotes": 'x = f"{a["b"]} {c!r:>{call()}} {d=}" "z" + call()\n',
    "PEP 701 nested": 'x = f"é{"é" + call("x")}" + f"{f"{call()}"}"\n',
    "PEP 701 comment": 'x = f"""\n{\n    call(1, # why\n    2)\n}"""\n',
    "PEP 750": 'x = t"{a} b {call()}" + t"{f"{call()}"}"\n',
    "PEP 758": "try:\n    pass\nexcept ValueError, KeyError:\n    call()\n",
    "PEP 758 group": "try:\n    pass\nexcept* ValueError, KeyError:\n    call()\n",
    "PEP 810": "lazy import x\nlazy from y import z\ncall()\n",
}


@pytest.mark.parametrize("text", NEWER.values(), ids=NEWER)
def test_newer_syntax_is_read_and_every_place_is_right(text: str) -> None:
    source = parse(text.encode(), "app.py")
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "call"]
    assert len(named) == text.count("call(")
    for node in named:
        place = source.location(node)
        assert source.lines[place.line - 1][place.column - 1 :].startswith("call(")


ODD = {
    "byte order mark": (b"\xef\xbb\xbfcall()\n", 1, 1),
    "coding comment": ("# -*- coding: latin-1 -*-\né = call()\n".encode("latin-1"), 2, 5),
    "old Mac line ends": (b"x = 1\rcall()\r", 2, 1),
    "form feed": (b"x = 1\n\x0c\ncall()\n", 3, 1),
    "line separator in a string": ('x = "a\u2028b"\ncall()\n'.encode(), 2, 1),
    "wide characters before": ('x = "日本", call()\n'.encode(), 1, 11),
    "tabs": (b"if 1:\n\tcall()\n", 2, 2),
}


@pytest.mark.parametrize(("data", "line", "column"), ODD.values(), ids=ODD)
def test_odd_files_are_read_with_right_places(data: bytes, line: int, column: int) -> None:
    source = parse(data, "app.py")
    call = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    place = source.location(call)
    assert (place.line, place.column) == (line, column)


REFUSED = {
    "UTF-16": ("x = 1\n".encode("utf-16"), 1, "UTF-16"),
    "NUL": (b"x = 1\n\0", 2, "NUL"),
    "no encoding named": (b"x = 1\n# caf\xe9\n", 2, "byte 0xe9"),
    "no such encoding": (b"# coding: klingon\n", 1, "klingon"),
    "Python 2": (b'x = 1\nprint "hello"\n', 2, "Python 2"),
    "merge conflict": (b"<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n", 1, "merge conflict"),
    "not Python": (b"x = 1\ndef f(:\n", 2, "not valid Python"),
    "parentheses": (b"x = " + b"(" * 10_000 + b"1" + b")" * 10_000, 1, "too deeply"),
    "a long sum": (b"x = " + b"1 + " * 100_000 + b"1", 1, "too deeply"),
    "a long chain": (b"x = a" + b".b" * 20_000, 1, "too deeply"),
    "too large": (b"x = 1\n" * 1_000_000, 1, "too large"),
}


@pytest.mark.parametrize(("data", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_said_in_one_line(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(data, "app.py")
    assert caught.value.line == line
    assert reason in caught.value.message
    assert "\n" not in caught.value.message


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        source = parse(data, "app.py")
    except Unreadable as error:
        reason = error.message
    else:
        assert isinstance(source, Source)
        reason = "read"
    assert reason


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Real-looking modules with lines taken out, doubled, moved and words changed."""
    lines = draw(st.sampled_from(MODULES)).splitlines()
    for _ in range(draw(st.integers(0, 6))):
        if not lines:
            break
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["drop", "double", "move", "word", "indent"]))
        if kind == "drop":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "move":
            lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif kind == "indent":
            lines[at] = draw(st.sampled_from(["    ", "\t", ""])) + lines[at].lstrip()
        else:
            words = sorted(set(re.findall(r"\w+", lines[at]))) or ["x"]
            new = draw(st.sampled_from(["self", "boto3", "handler", "None", "*a", "lambda: 0", "(yield)", "x[0]", ""]))
            lines[at] = lines[at].replace(draw(st.sampled_from(words)), new)
    return "\n".join(lines) + "\n"


@given(mutated())
@settings(max_examples=400, deadline=None)
def test_any_module_is_analysed_or_refused(text: str) -> None:
    try:
        handlers = Project(".").handlers("app.py", text.encode())
    except Unreadable:
        return
    lines = text.count("\n") + 1
    for handler in handlers:
        for call in (*handler.warm_calls, *handler.init_calls):
            assert call.location.path != "app.py" or 1 <= call.location.line <= lines
        for found, fix in examine_with_fixes(CHECKS, handler):
            assert found.code != "LL000", found.message
            if fix is not None and found.location.path == "app.py" and PYTHON.parses(text):
                mended = splice(text, fix.edits(text))
                ast.parse(mended)
