"""Which of the distributions in a package something leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from lambdalint.model import Package
from lambdalint.model.package import Distribution, Reach

_LAYER = "/opt/"
"""Before the paths of what comes from layers."""


def loaded(reaches: Iterable[Reach]) -> set[str]:
    """The files that are loaded, at once or by calls."""
    return {path for reach in reaches for path in (*reach.modules, *reach.lazy)}


def needed(package: Package, reaches: Sequence[Reach]) -> set[str]:
    """The names of distributions, in the package or in its layers, that these reach, and of what those need."""
    files = loaded(reaches)
    every = dict(_all(package))
    return with_needs(
        (one.name for one in every.values() if any(path in files for path in _paths(package, one))), every
    )


def with_needs(names: Iterable[str], among: Mapping[str, Distribution]) -> set[str]:
    """These, and what they need, directly or not."""
    waiting = list(names)
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += among[name].requires if name in among else ()
    return found


def brought_by(names: Iterable[str], among: Iterable[Distribution], used: Collection[str]) -> list[Distribution]:
    """What goes with distributions that are not used: they, and what is there for their sake only."""
    by_name = {one.name: one for one in among}
    return [by_name[name] for name in sorted(with_needs(names, by_name)) if name in by_name and name not in used]


def freed_bytes(name: str, among: Iterable[Distribution]) -> int:
    """What a distribution weighs, with what nothing else needs."""
    by_name = {one.name: one for one in among}
    waiting, gone = [name], set[str]()
    while waiting:
        one = waiting.pop()
        if one in by_name and one not in gone and (one == name or set(above(one, by_name.values())) <= gone):
            gone.add(one)
            waiting += by_name[one].requires
    return sum(by_name[one].bytes_unzipped for one in gone)


def above(name: str, among: Iterable[Distribution]) -> list[str]:
    """Those that need a distribution."""
    return [one.name for one in among if name in one.requires]


def imported(reaches: Iterable[Reach]) -> set[str]:
    """Full names of modules that are imported and come from elsewhere, or from nowhere."""
    return {name for reach in reaches for name in (*(one.module for one in reach.missing), *reach.outside)}


def is_known(package: Package) -> bool:
    """Whether it is known what the handlers of a package lead to."""
    return bool(package.reaches) and all(reach.modules and not reach.opaque for reach in package.reaches)


def _all(package: Package) -> Iterator[tuple[str, Distribution]]:
    for part in (*package.layers, package):
        for one in part.distributions:
            yield one.name, one


def _paths(package: Package, one: Distribution) -> Iterator[str]:
    inside = one in package.distributions
    return (path if inside else f"{_LAYER}{path}" for path in one.files)
