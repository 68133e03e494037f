"""Sizes and lists, as messages of packages say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lambdalint.model import Function, Location, Package
from lambdalint.model.package import MB, Distribution, Requirement

INSTALLING = frozenset({"sam", "chalice", "zappa", "serverless"})
"""Formats of templates whose tools install what a requirements file says."""
_LOCKS = (".lock", "Pipfile.lock")


def mb(size: float) -> str:
    """In the megabytes of AWS: `12.3 MB`."""
    return f"{size / MB:,.1f} MB" if size >= MB / 20 or not size else "under 0.1 MB"


def listed(words: Sequence[str], at_most: int = 3) -> str:
    """`a, b and c`, `a, b, c and 4 more`."""
    shown = list(words[:at_most])
    rest = len(words) - len(shown)
    last = f"{rest} more" if rest else shown.pop()
    return f"{', '.join(shown)} and {last}" if shown else last


def largest(of: Iterable[Distribution], at_most: int = 3) -> str:
    """`pandas 71.2 MB, scipy 60.1 MB and numpy 40.0 MB`: those that count."""
    ordered = by_size(of)
    shown = [one for one in ordered if one.bytes_unzipped * 10 >= MB] or ordered[:1]
    return listed([f"{one.name} {mb(one.bytes_unzipped)}" for one in shown], at_most)


def by_size(of: Iterable[Distribution]) -> list[Distribution]:
    return sorted(of, key=lambda one: (-one.bytes_unzipped, one.name))


def named(functions: Sequence[Function]) -> str:
    """Whose package it is."""
    return listed([one.logical_id for one in functions], 2)


def stated(package: Package) -> list[Requirement]:
    """What is stated for the program itself, and concerns it: not in a lock file, which also says what others need.

    Of what the CDK has written nothing: it is copied there, and installed already where it is.
    """
    if any(one.format == "cdk" for one in package.functions):
        return []
    return [one for one in package.requirements if one.shipped and not one.location.path.endswith(_LOCKS)]


def is_installed(package: Package) -> bool:
    """Whether the tool that deploys the functions installs what their requirements say."""
    return all(one.format in INSTALLING for one in package.functions)


def by_file(requirements: Iterable[Requirement]) -> list[list[Requirement]]:
    """Those of each file, in their order."""
    found: dict[str, list[Requirement]] = {}
    for one in requirements:
        found.setdefault(one.location.path, []).append(one)
    return list(found.values())


def place(package: Package, name: str) -> Location:
    """Where a distribution is required, else what names the package."""
    return next((one.location for one in stated(package) if one.name == name), package.location)
