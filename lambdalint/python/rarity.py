"""Whether a name is read only where most invocations do not come."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence

from lambdalint.later import pattern

ERROR, SWITCH, BRANCH = "error", "switch", "branch"
_OFF_MOSTLY = pattern(r"debug|verbos|dry_?run|dump|local|offline", re.IGNORECASE)
"""What is found in the names of switches that are off where it counts."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


_CONDITIONS = ("except", "if", "elif", "else", "case", "match")
_HEAD = pattern(r"(?:async )?def (\w+)")


def is_plainly_read(name: str, lines: Sequence[str], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a line that is under no condition names it, by the look of the lines: as with nearly all imports, of
    which then nobody need take the syntax tree apart. True may be wrong, as in a text; then nothing is said."""
    word = re.compile(rf"\b{name}\b")
    seen |= {name}
    return any(
        name in line and word.search(line) and not _binds(line, name) and _is_plain(number, lines, seen)
        for number, line in enumerate(lines)
    )


def _binds(line: str, name: str) -> bool:
    text = line.lstrip()
    return text.startswith(("import ", "from ", "#", f"def {name}(", f"async def {name}("))


def _is_plain(number: int, lines: Sequence[str], seen: frozenset[str]) -> bool:
    """Whether nothing around a line decides if it runs: no condition, and no function that only such lines call."""
    depth = len(lines[number]) - len(lines[number].lstrip())
    for above in range(number - 1, -1, -1):
        if not depth:
            return True
        text = lines[above].lstrip()
        indent = len(lines[above]) - len(text)
        if not text or indent >= depth or text.startswith("#"):
            continue
        depth = indent
        if text.startswith(_CONDITIONS):
            return False
        function = _HEAD.match(text)
        if function is not None:
            inner = function[1]
            if depth:
                return True  # a method, or a function in another one: who calls it is not asked
            if inner in seen:
                return False
            return not _is_named(inner, lines) or is_plainly_read(inner, lines, seen)
    return not depth


def _is_named(name: str, lines: Sequence[str]) -> bool:
    return any(name in line and not _binds(line, name) for line in lines)


class Rarity:
    """Looks at the reads of names in one module."""

    def __init__(self, tree: ast.Module, is_exported: Callable[[str], bool]) -> None:
        """`is_exported` tells whether another module reads a global of this one."""
        self._is_exported = is_exported
        self._above: dict[ast.AST, tuple[ast.AST, str]] = {}
        self._reads: dict[str, list[ast.AST]] = {}
        self._named: set[str] = set()
        """What is named in texts: `__all__`, `getattr`."""
        for node in ast.walk(tree):
            for field, value in ast.iter_fields(node):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        self._above[child] = (node, field)
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                self._reads.setdefault(node.id, []).append(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
                self._named.add(node.value)

    def of(self, name: str, seen: frozenset[str] = frozenset()) -> str:
        """`error`: read only in `except` blocks. `switch`: or under a switch that is off. `branch`: or under a
        condition that compares something with a constant. Empty: elsewhere, too, or nowhere."""
        reads = self._reads.get(name, [])
        if not reads or name in seen or name in self._named:
            return ""
        found = _commonest(self._at(node, seen | {name}) for node in reads)
        return "" if found and self._is_exported(name) else found  # to look into other modules takes longest

    def _at(self, node: ast.AST, seen: frozenset[str]) -> str:
        found = ""
        while node in self._above:
            inner, (node, field) = node, self._above[node]
            if isinstance(node, ast.ExceptHandler) and field == "body":
                return ERROR
            if isinstance(node, ast.If) and field == "body":
                found = SWITCH if _is_off(node.test) else found or (BRANCH if _compares(node.test) else "")
            elif isinstance(node, ast.match_case) and field == "body" and not _takes_all(node):
                found = found or BRANCH
            elif isinstance(node, _FUNCTIONS):
                if (
                    field != "body"
                    or isinstance(inner, ast.AnnAssign)
                    or isinstance(self._above[node][0], ast.ClassDef)
                ):
                    return ""
                return found or self.of(node.name, seen)
            elif isinstance(node, ast.Lambda):
                return ""
        return ""


def _commonest(kinds: Iterable[str]) -> str:
    found = set(kinds)
    return "" if "" in found else next((one for one in (BRANCH, SWITCH, ERROR) if one in found), "")


def _is_off(test: ast.expr) -> bool:
    """Whether it is a switch by itself: `if DEBUG:`, `if os.environ.get("DRY_RUN") == "1":`, and not their opposite."""
    if isinstance(test, ast.Compare):
        if (
            len(test.ops) != 1
            or not isinstance(test.ops[0], ast.Eq)
            or not isinstance(test.comparators[0], ast.Constant)
        ):
            return False
        if str(test.comparators[0].value).lower() in ("", "0", "false", "no", "off", "none"):
            return False
        test = test.left
    if isinstance(test, ast.BoolOp):
        return isinstance(test.op, ast.And) and any(map(_is_off, test.values))
    return isinstance(test, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) and bool(
        _OFF_MOSTLY.search(ast.unparse(test))
    )


def _compares(test: ast.expr) -> bool:
    """Whether it asks for one value of several: `if event["kind"] == "report":`."""
    return (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq)
        and isinstance(test.comparators[0], ast.Constant)
        and isinstance(test.comparators[0].value, str)
    )


def _takes_all(case: ast.match_case) -> bool:
    return isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
