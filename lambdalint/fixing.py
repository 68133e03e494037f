"""From findings with a fix to changed files. What cannot be changed with certainty is refused, with a notice."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lambdalint.check import Edit, Finding, Fix, Refusal
from lambdalint.discovery import is_template_name
from lambdalint.text import BOM, encoding_of

ROUNDS = 10
"""How often what a fix leaves is fixed again."""
GENERATED = re.compile(r"^\s*(?:#|\"\"\"|''')?.*(?:@generated|\bDO NOT EDIT\b|^# ?Generated\b)", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


@dataclass(slots=True)
class Mended:
    """What was done to the files."""

    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """Fixes applied, by file."""
    notices: list[str] = field(default_factory=list)
    refused: set[tuple[str, str, str]] = field(default_factory=set)
    """By path, code and message: what has a fix that could not be made here."""

    def refuse(self, pairs: Iterable[Pair]) -> None:
        self.refused.update(_key(found) for found, _ in pairs)

    def is_refused(self, found: Finding) -> bool:
        return _key(found) in self.refused


def _key(found: Finding) -> tuple[str, str, str]:
    return found.location.path, found.code, found.message


Found = tuple[Finding, Fix | None]
Pair = tuple[Finding, Fix]
Look = Callable[[dict[str, bytes]], Iterable[Found]]


def mend(look: Look, contents: dict[str, bytes], *, unsafe: bool) -> Mended:
    """Apply fixes until none is left. `look` says what is found, given changed contents of files."""
    mended = Mended(before=dict(contents))
    for _ in range(ROUNDS):
        by_path: dict[str, list[Pair]] = {}
        for found, fix in look({**contents, **mended.after}):
            if fix is not None and (unsafe or not fix.unsafe) and not mended.is_refused(found):
                by_path.setdefault(found.location.path, []).append((found, fix))
        changed = False
        for path, pairs in sorted(by_path.items()):
            try:
                data = mended.after.get(path) or contents.get(path) or _read(path)
                language = language_of(path)
                text, encoding = editable(data, language)
            except Refusal as reason:
                mended.refuse(pairs)
                mended.notices.append(f"{path}: not fixed: {reason}")
                continue
            result, count = _apply(text, language, pairs, mended)
            if count:
                mended.before.setdefault(path, data)
                mended.after[path] = result.encode(encoding)
                mended.counts[path] = mended.counts.get(path, 0) + count
                changed = True
        if not changed:
            break
    return mended


def _apply(text: str, language: Language, pairs: Sequence[Pair], mended: Mended) -> tuple[str, int]:
    """The text with as many fixes applied as do not touch each other, and how many those are."""
    taken: list[Edit] = []
    count = 0
    waiting = _groups(pairs)
    while waiting:
        group = waiting.pop(0)
        found, _ = group[0]
        try:
            edits = _edits(text, group)
            together = _together(text, taken, edits, language)
            if together is None:
                continue  # the next round sees what is left of it
            if not language.parses(splice(text, together)):
                raise Refusal(f"the result would not be valid {language.name}")
        except Refusal as reason:
            if len(group) > 1:
                waiting[:0] = [[pair] for pair in group]
                continue
            notice = f"{found.code} not fixed: {reason}"
        except Exception as error:  # like a check, a fix is anyone's code
            notice = f"the fix of {found.code} crashed: {type(error).__name__}: {error}"
        else:
            taken = together
            count += len(group)
            continue
        mended.notices.append(f"{found.location.path}:{found.location.line}: {notice}")
        mended.refuse(group)
    return splice(text, taken), count


def _groups(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """The fixes that are made together, and each other one alone."""
    groups: dict[object, list[Pair]] = {}
    for number, (found, fix) in enumerate(pairs):
        key = number if fix.together is None else (found.code, fix.message)
        groups.setdefault(key, []).append((found, fix))
    return list(groups.values())


def _edits(text: str, group: Sequence[Pair]) -> list[Edit]:
    fix = group[0][1]
    if len(group) > 1 and fix.together is not None:
        places = dict.fromkeys(place for _, one in group for place in one.places)
        edits = fix.together(text, tuple(places))
    else:
        edits = fix.edits(text)
    if not edits:
        raise Refusal(f"in this place it could change more than it says; do by hand: {fix.message}")
    return list(edits)


def splice(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made; they do not overlap."""
    parts = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*parts, text[at:]])


def _together(text: str, taken: Sequence[Edit], edits: Sequence[Edit], language: Language) -> list[Edit] | None:
    """The edits of several fixes; None where one would meet another. Whole lines of Python put at the same place follow
    each other there, and the same lines are put there once: what stands below another line means the same."""
    joined = list(taken)
    for edit in edits:
        met = [other for other in taken if _meet(edit, other)]
        if not met:
            joined.append(edit)
            continue
        if language is not PYTHON or len(met) > 1 or met[0][:2] != edit[:2]:
            return None
        if not _adds_lines(text, edit) or not _adds_lines(text, met[0]):
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


class Language(NamedTuple):
    """What a file is written in, as far as fixes ask."""

    name: str
    encoding: Callable[[bytes], str]
    parses: Callable[[str], bool]


def _is_python(text: str) -> bool:
    import ast

    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_yaml(text: str) -> bool:
    from lambdalint.sources.documents import Malformed, parse

    try:
        return any(True for _ in parse("", text))
    except Malformed:
        return False


def _is_json(text: str) -> bool:
    import json

    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_hcl(text: str) -> bool:
    from lambdalint.sources.terraform.syntax import File

    file = File("", text.encode())
    return any(True for _ in file.blocks()) and file.error is None


def _is_toml(text: str) -> bool:
    import tomllib

    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _utf_8(data: bytes) -> str:
    """The encoding of a template."""
    return "utf-8-sig" if data.startswith(BOM) else "utf-8"


PYTHON = Language("Python", encoding_of, _is_python)
YAML = Language("YAML", _utf_8, _is_yaml)
JSON = Language("JSON", _utf_8, _is_json)
_BY_ENDING = {
    ".txt": Language("text", _utf_8, lambda text: True),
    ".json": JSON,
    ".tf": Language("HCL", _utf_8, _is_hcl),
    ".toml": Language("TOML", _utf_8, _is_toml),
}


def language_of(path: str) -> Language:
    """By the name of a file. Templates may be called anything and hold JSON all the same, which YAML includes."""
    known = _BY_ENDING.get(os.path.splitext(path)[1])
    return known or (YAML if is_template_name(path) else PYTHON)


def editable(data: bytes, language: Language = PYTHON) -> tuple[str, str]:
    """The text and its encoding, if it comes back byte for byte and nothing speaks against changing it."""
    encoding = language.encoding(data)
    try:
        text = data.decode(encoding)
        same = text.encode(encoding) == data
    except (UnicodeError, LookupError):
        raise Refusal(f"it is not {encoding}") from None
    if not same:
        raise Refusal(f"it cannot be written back as {encoding} unchanged")
    endings = set(re.findall(r"\r\n|\n|\r", text))
    if len(endings) > 1:
        raise Refusal("its lines end in different ways")
    if GENERATED.search("\n".join(text.splitlines()[:10])):
        raise Refusal("it is generated: change what generates it")
    if not language.parses(text):
        whose = "this Python" if language is PYTHON else f"a reader of {language.name}"
        raise Refusal(f"{whose} cannot parse it, so the result could not be verified")
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
        raise Refusal(f"it cannot be read: {error.strerror}") from None
