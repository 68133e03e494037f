"""Findings that were there before: a file of them, by place and content, never by line number."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from hashlib import blake2b

from lambdalint.check import Finding
from lambdalint.errors import WrongUse
from lambdalint.files import write
from lambdalint.house import ALWAYS
from lambdalint.text import Texts

SCHEMA = 1
Counts = dict[str, dict[str, dict[str, int]]]
"""How often a line (its hash) of a file has a code: file, code, hash."""


class Baseline:
    """What one baseline file holds. Its paths are relative to the folder it stands in."""

    def __init__(self, path: str, counts: Counts) -> None:
        self._path = path
        self._folder = os.path.dirname(os.path.abspath(path))
        self._counts = counts

    @classmethod
    def read(cls, path: str, *, must_exist: bool) -> Baseline:
        """Raises `WrongUse` for a file that is not a baseline, or does not exist but must."""
        try:
            with open(path, encoding="utf-8") as stream:
                content = json.load(stream)
        except FileNotFoundError:
            if must_exist:
                raise WrongUse(f"{path}: no such baseline; --update-baseline writes it") from None
            return cls(path, {})
        except OSError as error:
            raise WrongUse(f"{path}: {error.strerror}") from None
        except (ValueError, RecursionError) as error:
            raise WrongUse(f"{path}: not a baseline: {error}") from None
        schema = content.get("schema") if isinstance(content, dict) else None
        if schema != SCHEMA:
            raise WrongUse(f'{path}: not a baseline of this version ("schema" is not {SCHEMA})')
        findings = content.get("findings")
        if not _is_counts(findings):
            raise WrongUse(f'{path}: not a baseline: "findings" is damaged')
        return cls(path, findings)

    @property
    def total(self) -> int:
        return sum(n for codes in self._counts.values() for lines in codes.values() for n in lines.values())

    def known(self, findings: Sequence[Finding], texts: Texts) -> set[int]:
        """The positions of the findings that it holds, each as often as it holds it."""
        left: dict[tuple[str, str, str], int] = {}
        known = set()
        for index, found in enumerate(findings):
            key = self._key(found, texts)
            path, code, line = key
            count = left.setdefault(key, self._counts.get(path, {}).get(code, {}).get(line, 0))
            if count > 0:
                left[key] = count - 1
                known.add(index)
        return known

    def update(
        self, findings: Sequence[Finding], *, files: Collection[str], codes: Collection[str], texts: Texts
    ) -> None:
        """Hold `findings`, and of before only what this run cannot know of: other files, other codes."""
        looked_at = {self._relative(file) for file in files}
        kept: Counts = {}
        for path, by_code in self._counts.items():
            if path in looked_at:
                by_code = {code: lines for code, lines in by_code.items() if code not in codes}
            elif not os.path.exists(os.path.join(self._folder, path)):
                continue
            if by_code:
                kept[path] = dict(by_code)
        for found in findings:
            if found.code in ALWAYS:
                continue  # a file that cannot be read is never an old acquaintance
            path, code, line = self._key(found, texts)
            lines = kept.setdefault(path, {}).setdefault(code, {})
            lines[line] = lines.get(line, 0) + 1
        self._counts = kept

    def write(self) -> None:
        """In one step, sorted, one line for each entry: two branches that both update it can be merged."""
        content = {"schema": SCHEMA, "findings": self._counts}
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
        if any("\udc80" <= letter <= "\udcff" for letter in text):
            text = json.dumps(content, indent=1, sort_keys=True)  # a file name that is not UTF-8 can only be escaped
        try:
            write(self._path, f"{text}\n".encode())
        except OSError as error:
            raise WrongUse(f"{self._path}: cannot be written: {error.strerror}") from None

    def _key(self, found: Finding, texts: Texts) -> tuple[str, str, str]:
        """The line stands for itself, not its number; only its hash is kept, as it may hold a secret."""
        lines = texts.lines(found.location.path) or []
        number = found.location.line - 1
        line = " ".join(lines[number].split()) if number < len(lines) else ""
        digest = blake2b(line.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        return self._relative(found.location.path), found.code, digest

    def _relative(self, path: str) -> str:
        return os.path.relpath(path, self._folder).replace(os.sep, "/")


def _is_counts(findings: object) -> bool:
    return isinstance(findings, dict) and all(
        isinstance(by_code, dict)
        and all(
            isinstance(lines, dict) and all(type(count) is int for count in lines.values())
            for lines in by_code.values()
        )
        for by_code in findings.values()
    )
