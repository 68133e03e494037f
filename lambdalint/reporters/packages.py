"""What was learnt of packages, for people at a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from lambdalint.model.package import (
    IMAGE_BYTES_AT_MOST,
    MB,
    UNZIPPED_BYTES_AT_MOST,
    ZIPPED_BYTES_AT_MOST,
    Entry,
    Package,
)
from lambdalint.report import Weighed
from lambdalint.reporters.frame import clean

SCHEMA = 1
ROWS = 15
"""So many parts of a package are shown; the rest is summed up."""
PATHS = 3
BRANCHES = 3
BRANCHES_ABOVE = 0.1
"""So many of the folders in a part are shown, of parts that are so large a share of the whole."""
BAR = 12


def to_json(weighed: Sequence[Weighed]) -> str:
    """`{"schema": 1, "packages": [...]}`."""
    return (
        json.dumps({"schema": SCHEMA, "packages": list(map(described, weighed))}, indent=2, ensure_ascii=False) + "\n"
    )


def described(one: Weighed) -> dict[str, Any]:
    """A package by the public names of what is known of it."""
    package = one.package
    return {
        "path": package.path,
        "kind": package.kind,
        "python": ".".join(map(str, package.python)) if package.python else None,
        "architectures": list(package.architectures),
        "functions": [function.label for function in package.functions],
        "files": len(package.entries),
        "bytes_unzipped": package.bytes_unzipped,
        "bytes_zipped": package.bytes_zipped,
        "bytes_zipped_estimated": package.kind != "zip",
        "limits": {name: {"bytes": bytes_, "most_bytes": most} for name, bytes_, most in limits(package)},
        "distributions": [
            {
                "name": dist.name,
                "version": dist.version,
                "bytes": dist.bytes_unzipped,
                "bytes_zipped": dist.bytes_zipped,
                "why": list(package.why.get(dist.name, ())),
            }
            for dist in package.distributions
        ],
        "waste": [
            {
                "kind": waste.kind,
                "bytes": waste.bytes_unzipped,
                "bytes_zipped": waste.bytes_zipped,
                "safe": waste.safe,
                "paths": list(waste.paths),
            }
            for waste in package.waste
        ],
        "import_ms": round(max((reach.import_ms for reach in package.reaches), default=0), 1),
        "import_ms_estimated": not one.measured_ms,
        "handlers": [
            {
                "name": reach.handler,
                "modules": len(reach.modules),
                "modules_lazy": len(reach.lazy),
                "bytes": reach.bytes_unzipped,
                "import_ms": round(one.measured_ms.get(reach.handler, reach.import_ms), 1),
                "missing": sorted({missing.module for missing in reach.missing if not missing.guarded}),
            }
            for reach in package.reaches
        ],
        "actions": [
            {
                "action": action.what,
                "kind": action.kind,
                "bytes": action.bytes_unzipped,
                "bytes_zipped": action.bytes_zipped,
                "safe": action.safe,
                "by": action.by or None,
            }
            for action in one.actions
        ],
        "below": one.below_bytes or None,
        "reached": one.enough,
        "remarks": [*package.remarks, *package.notes],
    }


def limits(package: Package) -> Iterator[tuple[str, int, int]]:
    """What Lambda limits, how much of it there is, and how much there may be."""
    unzipped = package.bytes_unzipped + sum(layer.bytes_unzipped for layer in package.layers)
    if package.kind == "image":
        yield "image", unzipped, IMAGE_BYTES_AT_MOST
    else:
        yield "unzipped", unzipped, UNZIPPED_BYTES_AT_MOST
        yield "zipped", package.bytes_zipped, ZIPPED_BYTES_AT_MOST


def to_table(weighed: Sequence[Weighed], *, color: bool = False, width: int = 100) -> str:
    """For people: what it weighs, what it is made of and why, what may go."""
    tables = ("\n".join(map(_printable, _lines(one, color, width))) for one in weighed)
    return "\n".join(f"{table}\n" for table in tables)


def _printable(line: str) -> str:
    """Names in packages are anybody's. What is coloured was cleaned before."""
    return line if line.startswith("\x1b[") else clean(line)


def _lines(one: Weighed, color: bool, width: int) -> Iterator[str]:
    package = one.package
    runs = f"python{'.'.join(map(str, package.python))}" if package.python else ""
    said = [package.kind, runs, *package.architectures]
    yield f"{_bold(package.path, color)}  {' '.join(word for word in said if word)}"
    for name, bytes_, most in limits(package):
        about = "about " if name == "zipped" and package.kind != "zip" else ""
        shown = f"  {name:<9} {about + mb(bytes_):>14} of {mb(most, 0):<8} {_bar(bytes_ / most)} {bytes_ / most:6.1%}"
        yield _red(shown, color) if bytes_ > most else shown
    if package.layers:
        yield f"  with {len(package.layers)} layer{'s' * (len(package.layers) > 1)} in the sum"
    yield from (f"  ! {remark}" for remark in (*package.remarks, *package.notes))
    yield from _parts(package, color, width)
    yield from _handlers(one, color)
    yield from _waste(package, color, width)
    yield from _actions(one, color)


class Part(NamedTuple):
    """What a package is made of, in one row."""

    name: str
    entries: Sequence[Entry]
    why: str = ""

    @property
    def bytes_unzipped(self) -> int:
        return sum(entry.bytes_unzipped for entry in self.entries)

    @property
    def bytes_zipped(self) -> int:
        return sum(entry.bytes_zipped for entry in self.entries)


def _parts(package: Package, color: bool, width: int) -> Iterator[str]:
    rows = sorted(parts(package), key=lambda part: -part.bytes_unzipped)
    if not rows:
        return
    whole = max(1, package.bytes_unzipped)
    yield ""
    yield _bold(f"  {'what it is made of':<30} {'unzipped':>10} {'zipped':>10} {'share':>6}", color)
    for part in rows[:ROWS]:
        yield _cut(f"  {_sizes(part, whole)} {_bar(part.bytes_unzipped / whole)} {part.why}", width)
        if part.bytes_unzipped > whole * BRANCHES_ABOVE:
            yield from (f"  {_sizes(branch._replace(name=f'  {branch.name}'), whole)}" for branch in branches(part))
    rest = Part(f"{len(rows) - ROWS} more", [entry for part in rows[ROWS:] for entry in part.entries])
    if rest.entries:
        yield f"  {_sizes(rest, whole)}"


def _sizes(part: Part, whole: int) -> str:
    sizes = f"{mb(part.bytes_unzipped):>10} {mb(part.bytes_zipped):>10}"
    return f"{_cut(part.name, 30):<30} {sizes} {part.bytes_unzipped / whole:6.1%}"


def parts(package: Package) -> Iterator[Part]:
    """Distributions, and what came with none by its topmost folder."""
    by_path = {entry.path: entry for entry in package.entries}
    for dist in package.distributions:
        entries = [by_path.pop(path) for path in dist.files if path in by_path]
        yield Part(f"{dist.name} {dist.version}", entries, "; ".join(package.why.get(dist.name, ())[:2]))
    own: dict[str, list[Entry]] = {}
    for path, entry in by_path.items():
        top, slash, _ = path.partition("/")
        own.setdefault(top + slash, []).append(entry)
    for name, entries in own.items():
        yield Part(name, entries)


def branches(part: Part) -> list[Part]:
    """The largest folders and files in a part, one step down from what is at the top of the package."""
    found: dict[str, list[Entry]] = {}
    for entry in part.entries:
        steps = entry.path.split("/")
        found.setdefault("/".join(steps[:2]) + "/" * (len(steps) > 2), []).append(entry)
    rows = sorted((Part(name, entries) for name, entries in found.items()), key=lambda one: -one.bytes_unzipped)
    return [one for one in rows[:BRANCHES] if one.bytes_unzipped > part.bytes_unzipped * BRANCHES_ABOVE]


def _handlers(one: Weighed, color: bool) -> Iterator[str]:
    if not one.package.reaches:
        return
    yield ""
    how = "measured" if one.measured_ms else "estimate"
    yield _bold(f"  {'handler':<30} {'loads':>12} {'bytes':>10} {f'import ({how})':>18}", color)
    for reach in one.package.reaches:
        ms = one.measured_ms.get(reach.handler, reach.import_ms)
        missing = sorted({missing.module for missing in reach.missing if not missing.guarded and not missing.lazy})
        said = f"  not found: {', '.join(missing[:5])}" if missing and one.package.complete else ""
        yield (
            f"  {_cut(reach.handler, 30):<30} {len(reach.modules):>6} files {mb(reach.bytes_unzipped):>10} "
            f"{ms:>15.0f} ms{said}"
        )


def _waste(package: Package, color: bool, width: int) -> Iterator[str]:
    if not package.waste:
        return
    yield ""
    yield _bold(f"  {'what may go':<30} {'unzipped':>10} {'zipped':>10}", color)
    for one in package.waste:
        where = ", ".join(one.paths[:PATHS])
        more = f" and {len(one.paths) - PATHS} more" if len(one.paths) > PATHS else ""
        kind = one.kind if one.safe else f"{one.kind} (look first)"
        yield _cut(f"  {kind:<30} {mb(one.bytes_unzipped):>10} {mb(one.bytes_zipped):>10}  {where}{more}", width)


def _actions(one: Weighed, color: bool) -> Iterator[str]:
    if not one.below_bytes:
        return
    yield ""
    wanted = mb(one.below_bytes)
    if not one.actions:
        yield f"  It is below {wanted} already." if one.enough else f"  Nothing is known that brings it below {wanted}."
        return
    says = f"The shortest way below {wanted}" if one.enough else f"All that is known; not enough for {wanted}"
    yield _bold(f"  {says}", color)
    for number, action in enumerate(one.actions, 1):
        by = f" ({action.by})" if action.by else ""
        yield f"  {number}. {action.what}{by}: {mb(action.bytes_unzipped)}, zipped {mb(action.bytes_zipped)}"


def mb(bytes_: int, digits: int = 1) -> str:
    """As AWS counts megabytes; what is less than a tenth of one in kilobytes."""
    if 0 < bytes_ < MB / 10 and digits:
        return f"{bytes_ / 1024:.1f} KB"
    return f"{bytes_ / MB:,.{digits}f} MB"


def _bar(share: float) -> str:
    full = min(BAR, round(share * BAR))
    return "█" * full + "░" * (BAR - full)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{clean(text)}\x1b[0m" if color else text


def _red(text: str, color: bool) -> str:
    return f"\x1b[31m{clean(text)}\x1b[0m" if color else text
