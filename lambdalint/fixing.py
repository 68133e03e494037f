"""From findings with a fix to changed files. What cannot be changed with certainty is refused, with a notice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lambdalint.check import Edit, Finding, Fix
from lambdalint.text import encoding_of

ROUNDS = 10
"""How often what a fix leaves is fixed again."""
GENERATED = re.compile(r"^\s*(?:#|\"\"\"|''')?.*(?:@generated|\bDO NOT EDIT\b|^# ?Generated\b)", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


class Refused(Exception):
    """A file is better left alone: the reason, as the end of a sentence."""


@dataclass(slots=True)
class Mended:
    """What was done to the files."""

    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """Fixes applied, by file."""
    notices: list[str] = field(default_factory=list)


Found = tuple[Finding, Fix | None]
Look = Callable[[dict[str, bytes]], Iterable[Found]]


def mend(look: Look, contents: dict[str, bytes], *, unsafe: bool) -> Mended:
    """Apply fixes until none is left. `look` says what is found, given changed contents of files."""
    mended = Mended(before=dict(contents))
    refused: set[tuple[str, str, str]] = set()
    for _ in range(ROUNDS):
        by_path: dict[str, list[tuple[Finding, Fix]]] = {}
        for found, fix in look({**contents, **mended.after}):
            key = (found.location.path, found.code, found.message)
            if fix is not None and (unsafe or not fix.unsafe) and key not in refused:
                by_path.setdefault(found.location.path, []).append((found, fix))
        changed = False
        for path, pairs in sorted(by_path.items()):
            try:
                data = mended.after.get(path) or contents.get(path) or _read(path)
                text, encoding = editable(data)
            except Refused as reason:
                refused.update((path, found.code, found.message) for found, _ in pairs)
                mended.notices.append(f"{path}: not fixed: {reason}")
                continue
            result, count = _apply(text, pairs, refused, mended.notices)
            if count:
                mended.before.setdefault(path, data)
                mended.after[path] = result.encode(encoding)
                mended.counts[path] = mended.counts.get(path, 0) + count
                changed = True
        if not changed:
            break
    return mended


def _apply(
    text: str,
    pairs: Sequence[tuple[Finding, Fix]],
    refused: set[tuple[str, str, str]],
    notices: list[str],
) -> tuple[str, int]:
    """The text with as many fixes applied as do not touch each other, and how many those are."""
    taken: list[Edit] = []
    count = 0
    for found, fix in pairs:
        where = f"{found.location.path}:{found.location.line}"
        key = (found.location.path, found.code, found.message)
        try:
            edits = list(fix.edits(text) or ())
        except Exception as error:  # like a check, a fix is anyone's code
            edits = []
            notices.append(f"{where}: the fix of {found.code} crashed: {type(error).__name__}: {error}")
            refused.add(key)
            continue
        if not edits:
            notices.append(f"{where}: {found.code} not fixed: it could change more than it should")
            refused.add(key)
            continue
        together = _together(text, taken, edits)
        if together is None:
            continue  # the next round sees what is left of it
        if not parses(splice(text, together)):
            notices.append(f"{where}: {found.code} not fixed: the result would not be valid Python")
            refused.add(key)
            continue
        taken = together
        count += 1
    return splice(text, taken), count


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they do not overlap."""
    parts = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def _together(text: str, taken: Sequence[Edit], edits: Sequence[Edit]) -> list[Edit] | None:
    """The edits of several fixes; None where one would meet another. Whole lines put at the same place follow each
    other there, and the same lines are put there once."""
    joined = list(taken)
    for edit in edits:
        met = [other for other in taken if _meet(edit, other)]
        if not met:
            joined.append(edit)
            continue
        if len(met) > 1 or met[0][:2] != edit[:2] or not _adds_lines(text, edit) or not _adds_lines(text, met[0]):
            return None
        if _kinds(edit) != _kinds(met[0]) or len(_kinds(edit)) > 1:
            return None
        at = next(index for index, other in enumerate(joined) if other[:2] == edit[:2])
        lines = joined[at].text
        if not _says(lines, edit.text):
            newline = "\r\n" if "\r\n" in edit.text else edit.text[-1]
            joined[at] = edit._replace(text=lines.rstrip("\r\n") + newline + edit.text.lstrip("\r\n"))
    return joined


def _adds_lines(text: str, edit: Edit) -> bool:
    """Whether an edit puts statements at module level: those of a function may be meant to stand there twice."""
    at_start = not edit.start or text[edit.start - 1] in "\r\n"
    lines = edit.text.lstrip("\r\n")
    whole = lines.endswith(("\n", "\r")) and not lines.startswith((" ", "\t"))
    return at_start and whole and not text[edit.start : edit.end].strip()


def _says(lines: str, added: str) -> bool:
    """Whether lines hold the statements of others already."""
    import ast

    try:
        said, more = ([ast.dump(one) for one in ast.parse(code).body] for code in (lines, added))
    except SyntaxError:
        return False
    return all(one in said for one in more)


def _kinds(edit: Edit) -> set[bool]:
    """Whether lines import something: those that do stand above all others."""
    return {line.startswith(("from ", "import ")) for line in edit.text.splitlines() if line.strip()}


def _meet(one: Edit, other: Edit) -> bool:
    return one.start <= other.end and other.start <= one.end


def parses(text: str) -> bool:
    import ast

    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def editable(data: bytes) -> tuple[str, str]:
    """The text and its encoding, if it comes back byte for byte and nothing speaks against changing it."""
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding)
        same = text.encode(encoding) == data
    except (UnicodeError, LookupError):
        raise Refused(f"it is not {encoding}") from None
    if not same:
        raise Refused(f"it cannot be written back as {encoding} unchanged")
    endings = set(re.findall(r"\r\n|\n|\r", text))
    if len(endings) > 1:
        raise Refused("its lines end in different ways")
    if GENERATED.search("\n".join(text.splitlines()[:10])):
        raise Refused("it is generated: change what generates it")
    if not parses(text):
        raise Refused("this Python cannot parse it, so the result could not be verified")
    return text, encoding


def difference(path: str, before: bytes, after: bytes) -> str:
    """A unified diff."""
    from difflib import unified_diff

    old, new = (_LINE.findall(data.decode(encoding_of(data))) for data in (before, after))
    parts = []
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}"):
        parts.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(parts)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror}") from None
