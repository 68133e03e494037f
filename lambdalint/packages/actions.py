"""What to do to make a package smaller, in words, and the shortest list of it that reaches a wanted size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lambdalint.model.distributions import SDK
from lambdalint.model.package import Action, Package
from lambdalint.packages.waste import needed_by

_WORDS = {
    "tests": "leave out the tests of distributions",
    "docs": "leave out documentation and examples",
    "bytecode": "leave out bytecode of another Python",
    "stubs": "leave out type stubs (*.pyi)",
    "headers": "leave out headers and sources of extension modules",
    "caches": "leave out the caches of tools",
    "vcs": "leave out the folders of version control",
    "venv": "leave out the virtual environment",
    "node-modules": "leave out node_modules",
    "editor": "leave out files of editors",
    "metadata": "leave out RECORD, WHEEL and INSTALLER of each distribution",
    "dev": "leave out what only tests or builds the program",
    "sdk-data": "leave out the data of AWS services that the program does not call",
    "symbols": "strip debug symbols from extension modules (strip --strip-unneeded)",
}
_BY = {"sdk-data": "--slim --prune-sdk"} | dict.fromkeys(
    ("tests", "docs", "bytecode", "stubs", "headers", "caches", "vcs", "venv", "node-modules", "editor"), "--slim"
)
_EITHER = {"sdk": "sdk-data", "sdk-data": "sdk"}
"""Of these, one makes the other needless."""


def actions(package: Package) -> list[Action]:
    """All that can be done, most bytes first."""
    return sorted(_all(package), key=lambda one: (-one.bytes_unzipped, one.what))


def shortest(of: Sequence[Action], gain_unzipped: int, gain_zipped: int = 0) -> tuple[list[Action], bool]:
    """The fewest of these that gain so many bytes, safe ones where as few do; and whether they suffice.

    They are independent of each other, so the largest are the fewest.
    """
    safe = [one for one in of if one.safe]
    few, enough = _largest(of, gain_unzipped, gain_zipped)
    few_safe, safe_enough = _largest(safe, gain_unzipped, gain_zipped)
    return (few_safe, True) if safe_enough and len(few_safe) <= len(few) else (few, enough)


def _largest(of: Sequence[Action], gain_unzipped: int, gain_zipped: int) -> tuple[list[Action], bool]:
    chosen: list[Action] = []
    for one in sorted(of, key=lambda one: -max(one.bytes_unzipped * bool(gain_unzipped), one.bytes_zipped)):
        if gain_unzipped <= 0 and gain_zipped <= 0:
            break
        if any(_EITHER.get(one.kind) == other.kind for other in chosen):
            continue
        chosen.append(one)
        gain_unzipped -= one.bytes_unzipped
        gain_zipped -= one.bytes_zipped
    return chosen, gain_unzipped <= 0 and gain_zipped <= 0


def _all(package: Package) -> Iterator[Action]:
    for one in package.waste:
        if one.kind in _WORDS:
            by = _BY.get(one.kind, "")
            yield Action(_WORDS[one.kind], one.kind, one.bytes_unzipped, one.bytes_zipped, one.safe, by)
    sdk = [one for one in package.distributions if one.name in SDK]
    if sdk and package.kind != "image":
        yield Action(
            f"leave out {', '.join(one.name for one in sdk)}: the runtime has them, in a version of its own",
            "sdk",
            sum(one.bytes_unzipped for one in sdk),
            sum(one.bytes_zipped for one in sdk),
            safe=False,
        )
    if any(one.kind == "unused" for one in package.waste):
        loaded = {path for reach in package.reaches for path in (*reach.modules, *reach.lazy)}
        needed = needed_by(package.distributions, loaded)
        for dist in package.distributions:
            if dist.name not in needed and dist.name not in SDK:
                what = f"leave out {dist.name}: no handler leads to it"
                yield Action(what, "unused", dist.bytes_unzipped, dist.bytes_zipped, safe=False)
