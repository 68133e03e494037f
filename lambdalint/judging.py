"""From functions as an account shows them to a report: the checks that look at usage, heard as those of files are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lambdalint import hearing, patterns
from lambdalint.check import AnyCheck
from lambdalint.config import Config
from lambdalint.engine import examine_with_fixes
from lambdalint.house import check_crashed
from lambdalint.model import Usage
from lambdalint.registry import loaded
from lambdalint.report import Report
from lambdalint.text import Texts


class Request(NamedTuple):
    """What decides which findings are heard."""

    config: Config
    checks: Mapping[str, AnyCheck]
    """All there are, by code."""
    selected: Sequence[AnyCheck]
    """Those to run."""
    pedantic: bool = False
    baseline: str | None = None
    update_baseline: bool = False


def judge(usages: Sequence[Usage], request: Request) -> Report:
    """What the checks of usage say of each function."""
    looking = [loaded(check) for check in request.selected if check.subject is Usage]
    found = hearing.merge(one for usage in usages for one in examine_with_fixes(looking, usage))
    heard = hearing.Heard(found)
    config = request.config
    if config.per_file_ignores:
        hearing.heed_config(heard, config.per_file_ignores, request.checks, patterns.relative_to(config.root))
    if not request.pedantic:
        heard.new = [one for one in heard.new if one[0].sure]
    notices = _heed_baseline(heard, usages, request)
    return Report(
        findings=heard.findings(with_ignored=False),
        functions=len(usages),
        ignored=len(heard.ignored),
        baselined=len(heard.baselined),
        notices=notices,
        crashed=any(one.code == check_crashed.code for one, _ in found),
    )


def _heed_baseline(heard: hearing.Heard, usages: Sequence[Usage], request: Request) -> list[str]:
    if request.baseline is None:
        return []
    from lambdalint.baseline import Baseline

    texts = Texts({})
    notices = []
    book = Baseline.read(request.baseline, must_exist=not request.update_baseline)
    if request.update_baseline:
        book.update(
            [one for one, _ in heard.new],
            files=[one.location.path for one in usages],
            codes={check.code for check in request.selected},
            texts=texts,
        )
        book.write()
        notices.append(f"{request.baseline}: {book.total} finding{'' if book.total == 1 else 's'} written")
    hearing.heed_baseline(heard, book, texts)
    return notices
