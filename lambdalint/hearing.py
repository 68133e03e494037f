"""What of the findings is to be heard: one for each place, less what was silenced where and how."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from lambdalint.check import AnyCheck, Finding, Fix
from lambdalint.text import Texts

if TYPE_CHECKING:
    from lambdalint.baseline import Baseline

Found = tuple[Finding, Fix | None]


class Heard:
    """The findings of a run, sorted by what becomes of them."""

    def __init__(self, new: list[Found]) -> None:
        self.new = new
        self.ignored: list[Finding] = []
        self.baselined: list[Finding] = []

    def findings(self, *, with_ignored: bool) -> list[Finding]:
        """In reading order, each with its status."""
        shown = [one for one, _ in self.new]
        shown += [one._replace(status="baselined") for one in self.baselined]
        if with_ignored:
            shown += [one._replace(status="ignored") for one in self.ignored]
        return sorted(shown, key=place)

    def silence(self, silenced: Callable[[Finding], bool]) -> None:
        """Move to `ignored` all new ones of which `silenced` is true."""
        kept = []
        for one in self.new:
            if silenced(one[0]):
                self.ignored.append(one[0])
            else:
                kept.append(one)
        self.new = kept


def place(found: Finding) -> tuple[object, ...]:
    """By this, findings stand in the order in which a reader meets them."""
    return (*found.location[:3], found.code, found.message)


def weight(one: Found) -> tuple[object, ...]:
    """Of findings at one place, the least counts."""
    found = one[0]
    return not found.sure, -found.severity, len(found.trace), found.handler or ""


def merge(found: Iterable[Found]) -> list[Found]:
    """One for each place, however many handlers lead there: the surest and worst, and of those the shortest way."""
    kept: dict[tuple[object, ...], Found] = {}
    for one in sorted(
        found, key=lambda one: (not one[0].sure, -one[0].severity, len(one[0].trace), one[0].handler or "")
    ):
        kept.setdefault((one[0].code, one[0].location), one)
    return sorted(kept.values(), key=lambda one: place(one[0]))


def heed_config(
    heard: Heard,
    per_file: Mapping[str, Sequence[str]],
    checks: Mapping[str, AnyCheck],
    relative: Callable[[str], str],
) -> None:
    """What `per-file-ignores` asks for."""
    from lambdalint.patterns import matches
    from lambdalint.selection import codes

    unheard = {pattern: codes(words, checks.values()) for pattern, words in per_file.items()}

    def silenced(found: Finding) -> bool:
        path = relative(found.location.path)
        return any(found.code in unheard[pattern] and matches(path, pattern) for pattern in unheard)

    heard.silence(silenced)


def heed_comments(
    heard: Heard,
    texts: Texts,
    *,
    marked: Collection[str],
    judged: Collection[str],
    checks: Mapping[str, AnyCheck],
    selected: Collection[str],
) -> None:
    """What ignore comments ask for, and what there is to say of these.

    `marked` are files of the run that may hold one; a finding may also stand in a file that was
    only reached by import. In `judged` files, a comment that silences nothing is a finding too.
    """
    paths = {*marked, *(one.location.path for one, _ in heard.new)}
    sources = {path: texts.text(path) for path in paths}
    spoken = {path: text for path, text in sources.items() if text and "lambdalint:" in text}
    if not spoken:
        return
    from lambdalint.house import unused_ignore
    from lambdalint.suppression import Silencer

    silencers = {path: Silencer(path, text, checks) for path, text in spoken.items()}

    def silenced(found: Finding) -> bool:
        silencer = silencers.get(found.location.path)
        return silencer is not None and silencer.silences(found)

    heard.silence(silenced)
    if unused_ignore.code not in selected:
        return
    for path in sorted(silencers.keys() & {*marked}):
        complaints = silencers[path].complaints(selected, judge=path in judged)
        heard.new += [one for one in complaints if not silenced(one[0])]


def heed_baseline(heard: Heard, baseline: Baseline, texts: Texts) -> None:
    """What the baseline knows does not count."""
    known = baseline.known([one for one, _ in heard.new], texts)
    heard.baselined += [one for index, (one, _) in enumerate(heard.new) if index in known]
    heard.new = [one for index, one in enumerate(heard.new) if index not in known]
