"""What distributions say of themselves: their headers, what they require, and whether a marker holds on Lambda."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

Environment = Mapping[str, str]
Python = tuple[int, int] | None

PYTHONS = tuple((3, minor) for minor in range(9, 15))
"""Where nothing says which one it is, it may be any that Lambda runs."""
_FOLDED = re.compile(r"[-_.]+")
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*")
_PLAIN = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\([^()]*\)|[<>=!~][^;\[@]*)?\s*$")
_EXTRA = re.compile(r"\bextra\b")
_ONE_EXTRA = re.compile(r"(?:.*\band\s+|\s*)\(?\s*extra\s*==\s*[\"']([^\"']+)[\"']\s*\)?\s*$", re.DOTALL)
_HEADER = re.compile(rb"([A-Za-z][\w-]*)[ \t]*:(.*)")


class Need(NamedTuple):
    """What one distribution requires."""

    name: str
    extras: frozenset[str] = frozenset()
    """Asked for of it: `foo[bar]`."""
    marker: str = ""


def normalized(name: str) -> str:
    """As the package index compares names: `Foo_Bar` is `foo-bar`."""
    return _FOLDED.sub("-", name.strip()).lower()


def headers(data: bytes) -> Mapping[str, Sequence[str]]:
    """The values by the names of headers, in small letters. (`email` takes ten times as long.)"""
    found: dict[str, list[str]] = {}
    last: list[str] | None = None
    for line in data.splitlines():
        if not line:
            break  # the description follows
        match = _HEADER.match(line)
        if line[:1] in b" \t":
            if last:
                last[-1] += "\n" + line.decode("utf-8", "replace").strip()
        elif match is not None:
            last = found.setdefault(match[1].decode("ascii", "replace").lower(), [])
            last.append(match[2].decode("utf-8", "replace").strip())
    return found


def need_of(line: str) -> Need | None:
    """What a line of `Requires-Dist` asks for; None where it is not even a name."""
    plain = _PLAIN.match(line)
    if plain is not None:
        return Need(normalized(plain[1]))
    requirement, _, marker = line.partition(";")
    if "@" in requirement:  # a URL may hold a semicolon; its marker begins behind a space
        requirement, _, marker = line.partition(" ;")
    name = _NAME.match(requirement)
    if name is None:
        return None
    rest = requirement[name.end() :]
    extras = rest[1:].partition("]")[0].split(",") if rest.startswith("[") else ()
    return Need(normalized(name[1]), frozenset(filter(None, map(normalized, extras))), " ".join(marker.split()))


def legacy_needs(text: str) -> Iterator[Need]:
    """Of `requires.txt` in an `.egg-info`: under `[extra:marker]` what is needed then."""
    marker = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            extra, _, condition = line[1:-1].partition(":")
            also = f'extra == "{extra}"' if extra else ""
            marker = " and ".join(filter(None, [f"({condition})" if condition and also else condition, also]))
        elif line and not line.startswith("#") and (need := need_of(line)) is not None:
            yield need._replace(marker=need.marker or marker)


def required(
    needs: Mapping[str, Sequence[Need]], environments: Sequence[Environment], asked: Mapping[str, Collection[str]]
) -> Mapping[str, Sequence[str]]:
    """What each distribution cannot do without, with the extras that are asked for by the project or by another."""
    extras: dict[str, set[str]] = defaultdict(set)
    for name, names in asked.items():
        extras[normalized(name)].update(map(normalized, names))
    found: dict[str, dict[str, None]] = {name: {} for name in needs}
    waiting = list(needs)
    while waiting:
        name = waiting.pop()
        for need in needs[name]:
            if need.marker and not _holds_with(need.marker, frozenset(extras[name]), environments):
                continue
            if need.name != name:
                found[name][need.name] = None
            if not need.extras <= extras[need.name]:
                extras[need.name] |= need.extras
                if need.name in needs:
                    waiting.append(need.name)  # at most once for each of its extras
    return {name: tuple(names) for name, names in found.items()}


def _holds_with(marker: str, extras: frozenset[str], environments: Sequence[Environment]) -> bool:
    if _EXTRA.search(marker) is None:
        return holds(marker, environments)
    one = _ONE_EXTRA.match(marker)
    if one is not None and normalized(one[1]) not in extras and " or " not in marker:
        return False  # most are of this form, and are not asked for
    return any(holds(marker, [{**each, "extra": extra} for each in environments]) for extra in ("", *sorted(extras)))


def holds(marker: str, environments: Sequence[Environment]) -> bool:
    """Whether a marker holds in one of these; one that makes no sense leaves nothing out."""
    parsed = _parsed(marker)
    return parsed is None or any(_evaluated(parsed, environment) for environment in environments)


@lru_cache(4096)
def _parsed(marker: str) -> object:
    from packaging.markers import InvalidMarker, Marker

    try:
        return Marker(marker)
    except (InvalidMarker, RecursionError):
        return None


def _evaluated(marker: object, environment: Environment) -> bool:
    from packaging.markers import Marker

    assert isinstance(marker, Marker)
    try:
        return marker.evaluate({"extra": "", **environment})
    except (ValueError, RecursionError):  # two things are compared that cannot be
        return True


def environments_of(python: Python, architecture: str | None) -> Sequence[Environment]:
    """What markers may ask for on Lambda, for each Python and processor that it may be."""
    machines = [architecture] if architecture else ["x86_64", "arm64"]
    return [_environment(*one) for one in product([python] if python else PYTHONS, machines)]


def _environment(python: tuple[int, int], architecture: str) -> Environment:
    version = ".".join(map(str, python))
    newest = f"{version}.99"  # Lambda keeps each of its Pythons up to date
    return {
        "implementation_name": "cpython",
        "implementation_version": newest,
        "os_name": "posix",
        "platform_machine": "aarch64" if architecture == "arm64" else "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": newest,
        "python_version": version,
        "sys_platform": "linux",
    }
