"""What is imported by a call: `importlib.import_module("json")` and its kin."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

_VARIABLE = re.compile(r"\(\s*([A-Za-z_]\w*)\s*,?\s*\)$")
_WRITTEN = re.compile(rb"""[(\[{]?\s*(?:["'][\w.]+["']\s*,?\s*)+[)\]}]?\s*:?\s*(?:#.*)?$""")
_TEXT = re.compile(rb"""["']([\w.]+)["']""")


class Called(NamedTuple):
    """What a call imports, as far as it is written down."""

    module: str
    level: int = 0
    names: tuple[str, ...] = ()
    partial: bool = False
    group: str = ""
    """Of entry points."""


ANY_GROUP = "*"
_OWN = frozenset({"__name__", "__package__", "__spec__.parent", "__spec__.name"})


def called(name: str, arguments: str, data: bytes = b"") -> list[Called]:
    """From the name of a function and what stands in its parentheses; none where the module is not known.

    `data` is the file around it, where a loop or an assignment may say what a name stands for.
    """
    variable = _VARIABLE.match(arguments)
    if variable and not name.endswith("entry_points"):
        known = _standing_for(data, variable[1].encode())
        return [one for text in known if (one := _called(name, f"({text!r})"))]
    one = _called(name, arguments)
    return [one] if one else []


def _standing_for(data: bytes, name: bytes) -> list[str]:
    """The texts that a variable may be, if it is nothing else: `for name in ("urllib3", "idna")`."""
    if re.search(rb"\bdef\s+\w+\([^)]*\b%b\b|\blambda [^:\n]*\b%b\b" % (name, name), data):
        return []
    bound = re.findall(rb"(?:\bfor\s+%b\s+in\b|(?<![\w.])%b\s*=(?!=))\s*([^\n]*)" % (name, name), data)
    written = [_WRITTEN.match(text) for text in bound]
    if not all(written):
        return []
    return [text.decode() for one in written if one for text in _TEXT.findall(one[0])]


def _called(name: str, arguments: str) -> Called | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call = ast.parse(f"call{arguments}", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(call, ast.Call):
        return None
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name.endswith("entry_points"):
        group = given.get("group", call.args[0] if call.args else None)
        known = _text(group) if group is not None else ("", False)
        return Called("", group=known[0] if known[1] else ANY_GROUP)
    wanted = call.args[0] if call.args else given.get("name")
    if wanted is None:
        return None
    if name == "__import__":
        return _with_level(_text(wanted), call.args[4] if len(call.args) > 4 else given.get("level"))
    if name == "resolve_name":
        return _resolved(_text(wanted))
    return _module(_text(wanted), call.args[1] if len(call.args) > 1 else given.get("package"))


def _text(node: ast.expr) -> tuple[str, bool]:
    """As much of a text as is known from its beginning, and whether that is all. A module's own name is a dot."""
    if isinstance(node, ast.Constant):
        return (node.value, True) if isinstance(node.value, str) else ("", False)
    if ast.unparse(node) in _OWN:
        return "\0", True
    if isinstance(node, ast.JoinedStr):
        return _together([_text(part) for part in node.values])
    if isinstance(node, ast.FormattedValue):
        return _text(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _together([_text(node.left), _text(node.right)])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _text(node.left)[0].partition("%")[0], False
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        text = _text(node.func.value)[0]
        return (text.partition("{")[0], False) if node.func.attr == "format" else ("", False)
    return "", False


def _together(parts: list[tuple[str, bool]]) -> tuple[str, bool]:
    known = ""
    for text, whole in parts:
        known += text
        if not whole:
            return known, False
    return known, True


def _module(text: tuple[str, bool], package: ast.expr | None) -> Called | None:
    """`import_module(".json", "flask")`."""
    known, whole = text
    if known.startswith("\0"):  # f"{__name__}.json"
        return Called(*_named(known[1:].lstrip("."), whole, 1))
    if not known.startswith("."):
        if not whole and package is not None:  # relative: else nobody would give a package
            return Called("", 1, (), True)
        return _with_level(text, None)
    bare = known.lstrip(".")
    level = len(known) - len(bare)
    if isinstance(package, ast.Constant) and isinstance(package.value, str):
        above = package.value.split(".")
        above = above[: len(above) - level + 1]
        return _with_level((".".join([*above, bare]) if bare else ".".join([*above, ""]), whole), None)
    return Called(*_named(bare, whole, level))


def _named(text: str, whole: bool, level: int) -> tuple[str, int, tuple[str, ...], bool]:
    return (text, level, (), False) if whole else (text.rpartition(".")[0], level, (), True)


def _with_level(text: tuple[str, bool], level: ast.expr | None) -> Called | None:
    known, whole = text
    number = level.value if isinstance(level, ast.Constant) and isinstance(level.value, int) else 0
    if known.startswith("\0"):
        return Called(*_named(known[1:].lstrip("."), whole, 1))
    if not whole and "." not in known and number < 1:
        return None
    return Called(*_named(known.lstrip("."), whole, max(0, number))) if known or number > 0 else None


def _resolved(text: tuple[str, bool]) -> Called | None:
    """`pkgutil.resolve_name("a.b:c")`, or `"a.b.c"`, where `c` may be anything."""
    known, whole = text
    if not whole or known.startswith(("\0", ".")):
        return None
    module, colon, _ = known.partition(":")
    if colon:
        return Called(module)
    above, _, name = module.rpartition(".")
    return Called(above, 0, (name,)) if above else Called(name)


_GIVES_LATE = re.compile(
    rb"^(?:def __getattr__\b|[^\n#]*\b__getattr__\b[^\n]*=|[^\n#]*\b(?:lazy\w*\.attach\w*|_?LazyModule)\()",
    re.MULTILINE,
)
_PAIR = re.compile(
    rb"""["'](\w+)["']\s*:\s*(?:\(\s*(?:[\w.]+|["'][\w.]+["'])\s*,\s*)?["'](\.*[\w.]+)["']"""
    rb"""|["'](\.*[\w.]+)["']\s*:\s*[\[({]([^\])}]*)[\])}]"""
)


def gives_late(data: bytes) -> bool:
    """Whether a package loads some of its modules when they are first asked for."""
    return (b"__getattr__" in data or b"azy" in data) and _GIVES_LATE.search(data) is not None


def late(data: bytes) -> dict[str, str]:
    """Where such a package has names from, by a table in its `__init__`.

    `{"BaseModel": (__spec__.parent, ".main")}`, `{"BaseModel": "main"}` or `{"main": ["BaseModel"]}`.
    """
    found: dict[str, str] = {}
    for name, module, other, names in _PAIR.findall(data) if gives_late(data) else ():
        for one in [name] if name else _TEXT.findall(names):
            found.setdefault(one.decode(), (module or other).decode())
    return found
