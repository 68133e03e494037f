"""`lambdalint package`: what is shipped, what it weighs, why it is there, and what may go."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdalint import shipping
from lambdalint.cli.check import wants_color, width, write
from lambdalint.errors import WrongUse
from lambdalint.model.package import MB, Package
from lambdalint.packages.actions import actions, shortest
from lambdalint.packages.contents import Unreadable
from lambdalint.report import Weighed
from lambdalint.reporters.packages import limits, mb, to_json, to_table
from lambdalint.shipping import Wanted

FORMATS = ("table", "json", "html")
BYTECODE = ("keep", "drop", "compile")
ARCHITECTURES = ("x86_64", "arm64")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(|k|m|g)(?:i?b)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1024, "m": MB, "g": 1024 * MB}
_PYTHON = re.compile(r"(?:python)?(\d+)\.(\d+)")


class Options(NamedTuple):
    """What was typed."""

    paths: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    python: str | None = None
    architecture: str | None = None
    layers: tuple[str, ...] = ()
    installed: str | None = None
    below: str | None = None
    below_zipped: str | None = None
    output_format: str = "table"
    output_file: str | None = None
    measure: bool = False
    slim: str | None = None
    prune_sdk: bool = False
    bytecode: str = "keep"
    verify: bool = False
    interpreter: str | None = None
    quiet: bool = False


def package(options: Options) -> int:
    """Run it; returns the exit code: 1 where one is over a limit or over the size that was asked for."""
    wanted = _wanted(options)
    found: list[Package] = []
    failed = False
    for path in options.paths or (".",):
        try:
            found += shipping.at(path, wanted)
        except Unreadable as error:
            print(f"lambdalint: {path}: {error}", file=sys.stderr)
            failed = True
    if options.slim is not None:
        from lambdalint.cli import slim

        return slim.slim(found, options) or 2 * failed
    weighed = [_weighed(one, options) for one in found]
    if weighed:
        _publish(weighed, options)
    if not options.quiet:
        for one in found if options.output_format != "table" else ():
            for remark in one.remarks:
                print(f"lambdalint: {one.path}: {remark}", file=sys.stderr)
    if failed:
        return 2
    if not found:
        print(f"lambdalint: there is no package in {', '.join(options.paths or ('.',))}", file=sys.stderr)
        return 3
    over = any(bytes_ > most for one in found for _, bytes_, most in limits(one))
    return 1 if over or any(_is_over(one.package, options) for one in weighed) else 0


def _wanted(options: Options) -> Wanted:
    for value, known, said in (
        (options.output_format, FORMATS, "--output-format"),
        (options.bytecode, BYTECODE, "--bytecode"),
        (options.architecture, (None, *ARCHITECTURES), "--architecture"),
    ):
        if value not in known:
            raise WrongUse(f'{said}: "{value}" is none of {", ".join(one for one in known if one)}')
    python = None
    if options.python is not None:
        match = _PYTHON.fullmatch(options.python)
        if match is None:
            raise WrongUse(f'--python: "{options.python}" is no version such as 3.13')
        python = int(match[1]), int(match[2])
    for given, said in ((options.layers, "--layer"), ((options.installed,), "--installed")):
        for path in given:
            if path is not None and not os.path.exists(path):
                raise WrongUse(f"{said}: {path}: no such file or folder")
    return Wanted(
        handlers=options.handlers,
        python=python,
        architecture=options.architecture or "",
        layers=options.layers,
        installed=options.installed or "",
    )


def _weighed(one: Package, options: Options) -> Weighed:
    """With what makes it smaller: for a size that is asked for, or for the limits if it is over them."""
    possible = actions(one)
    measured = dict(_measured(one, options)) if options.measure else {}
    unzipped = size(options.below, "--below") if options.below else 0
    zipped = size(options.below_zipped, "--below-zipped") if options.below_zipped else 0
    if not unzipped and not zipped:
        over = {name: most for name, bytes_, most in limits(one) if bytes_ > most}
        unzipped, zipped = over.get("unzipped", 0) or over.get("image", 0), over.get("zipped", 0)
    if not unzipped and not zipped:
        return Weighed(one, possible, measured_ms=measured)
    few, enough = shortest(
        possible,
        _unzipped(one) - unzipped if unzipped else 0,
        one.bytes_zipped - zipped if zipped else 0,
    )
    return Weighed(one, few, unzipped or zipped, enough, measured)


def _unzipped(one: Package) -> int:
    return one.bytes_unzipped + sum(layer.bytes_unzipped for layer in one.layers)


def _is_over(one: Package, options: Options) -> bool:
    return bool(
        (options.below and _unzipped(one) > size(options.below, "--below"))
        or (options.below_zipped and one.bytes_zipped > size(options.below_zipped, "--below-zipped"))
    )


def _measured(one: Package, options: Options) -> Iterator[tuple[str, float]]:
    """How long the import of each handler takes, in a process of its own: this runs the package's code."""
    from lambdalint.packages.costs import Unmeasured
    from lambdalint.packages.facts import all_contents
    from lambdalint.packages.running import measured

    for handler in one.handlers:
        try:
            yield handler, measured(all_contents(one), handler, options.interpreter or sys.executable)
        except (Unmeasured, Unreadable) as error:
            print(f"lambdalint: {one.path}: {handler} {error}", file=sys.stderr)


def _publish(weighed: Sequence[Weighed], options: Options) -> None:
    if options.output_format == "json":
        text = to_json(weighed)
    elif options.output_format == "html":
        from lambdalint.reporters.treemap import to_html

        text = to_html(weighed)
    else:
        text = to_table(weighed, color=not options.output_file and wants_color(), width=width())
    if options.output_file is None:
        write(text)
        return
    try:
        with open(options.output_file, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        raise WrongUse(f"{options.output_file}: cannot be written: {error.strerror}") from None
    if not options.quiet:
        sizes = ", ".join(f"{one.package.path} {mb(one.package.bytes_unzipped)}" for one in weighed)
        print(f"lambdalint: {options.output_file}: {sizes}", file=sys.stderr)


def size(text: str, said: str) -> int:
    """`50MB` in bytes, as AWS counts them: a kilobyte has 1,024."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise WrongUse(f'{said}: "{text}" is no size such as 50MB')
    return round(float(match[1]) * _UNITS[match[2].lower()])
