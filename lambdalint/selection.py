"""Which checks run: what `select`, `ignore` and `extend-select` say, the more specific word first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lambdalint.check import AnyCheck
from lambdalint.errors import WrongUse, nearest
from lambdalint.house import ALWAYS

EXACT = 99


def weight(selector: str, check: AnyCheck) -> int:
    """How specifically `selector` (a code, a name, a prefix such as LL1, or ALL) means `check`; -1: not."""
    if selector in (check.code, check.name):
        return EXACT
    if selector == "ALL":
        return 0
    return len(selector) if selector and check.code.startswith(selector) else -1


def choose(
    checks: Mapping[str, AnyCheck],
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    extend_select: Sequence[str] = (),
    pedantic: bool = False,
) -> tuple[AnyCheck, ...]:
    """The checks to run, in the order of their codes. A tie is decided for `ignore`."""
    chosen = []
    for check in checks.values():
        wanted = best((*select, *extend_select), check)
        if (not select and (check.default or pedantic)) or check.code in ALWAYS:
            wanted = max(wanted, 0)
        if wanted > best(ignore, check):
            chosen.append(check)
    return tuple(chosen)


def best(selectors: Iterable[str], check: AnyCheck) -> int:
    return max((weight(selector, check) for selector in selectors), default=-1)


def confirm(selectors: Iterable[str], checks: Mapping[str, AnyCheck], said: str) -> None:
    """Raise if a selector means no check; `said` is where it stands: `--select`, `lambdalint.toml:3`."""
    for selector in selectors:
        if selector != "ALL" and all(weight(selector, check) < 0 for check in checks.values()):
            known = [*checks, *(check.name for check in checks.values()), "ALL"]
            raise WrongUse(f'{said}: no check is called "{selector}"{nearest(selector, known)}')


def codes(selectors: Iterable[str], checks: Iterable[AnyCheck]) -> frozenset[str]:
    """The codes that the selectors mean."""
    words = tuple(selectors)
    return frozenset(check.code for check in checks if best(words, check) >= 0)
