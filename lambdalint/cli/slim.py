"""`lambdalint package --slim`: write a smaller zip, and make sure that nothing is lost."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lambdalint.errors import WrongUse
from lambdalint.model.package import Package
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.facts import PackageFacts, contents_of
from lambdalint.packages.opening import open_package
from lambdalint.packages.running import imported, module_of
from lambdalint.packages.slim import Slimmed, lost
from lambdalint.packages.slim import slim as slimmed
from lambdalint.reporters.packages import mb

if TYPE_CHECKING:
    from lambdalint.cli.package import Options


def slim(found: Sequence[Package], options: Options) -> int:
    """Write it; returns the exit code: 1 where an import would be lost, and then nothing is written."""
    assert options.slim is not None
    if len(found) > 1:
        paths = ", ".join(one.path for one in found[:5])
        raise WrongUse(f"--slim writes one package, and there are {len(found)}: name one of {paths}")
    if not found:
        return 3
    if options.bytecode == "compile" and not options.interpreter:
        raise WrongUse("--bytecode compile: name the Python that compiles, such as --interpreter python3.13")
    package = found[0]
    part = f"{options.slim}.{os.getpid()}.lambdalint"
    try:
        made = slimmed(
            package,
            contents_of(package),
            part,
            prune_sdk=options.prune_sdk,
            bytecode=options.bytecode,
            python=options.interpreter or "",
        )
        wrong = _wrong(package, part, options)
        if wrong:
            for one in wrong:
                print(f"lambdalint: {package.path}: {one}", file=sys.stderr)
            print(f"lambdalint: {options.slim} is not written", file=sys.stderr)
            return 1
        os.replace(part, options.slim)
    except Unreadable as error:
        print(f"lambdalint: {package.path}: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        raise WrongUse(f"{options.slim}: cannot be written: {error.strerror}") from None
    finally:
        if os.path.exists(part):
            os.unlink(part)
    _tell(package, made, options)
    return 0


def _wrong(package: Package, part: str, options: Options) -> list[str]:
    """The imports that the new package does not answer and the former did."""
    contents = open_package(part)
    after = Package(
        part,
        "zip",
        contents.entries,
        PackageFacts(contents),
        layers=package.layers,
        handlers=package.handlers,
        python=package.python,
        architectures=package.architectures,
    )
    wrong = [f"without what was left out, {one} could not be imported" for one in lost(package, after)]
    if options.verify and not wrong:
        python = options.interpreter or sys.executable
        modules = [module_of(handler) for handler in package.handlers]
        layers = [contents_of(layer) for layer in package.layers]
        before = imported([contents_of(package), *layers], modules, python)
        for one in imported([contents, *layers], modules, python):
            if one not in before:
                wrong.append(f"after slimming, {one}")
    return wrong


def _tell(package: Package, made: Slimmed, options: Options) -> None:
    if options.quiet:
        return
    for notice in made.notices:
        print(f"lambdalint: {notice}", file=sys.stderr)
    is_zip = package.kind == "zip"
    about = "" if is_zip else "about "
    before = os.path.getsize(package.path) if is_zip else package.bytes_zipped
    print(
        f"{options.slim}: {mb(package.bytes_unzipped)} -> {mb(made.bytes_unzipped)} unzipped, "
        f"{about}{mb(before)} -> {mb(made.bytes_zipped)} zipped, {made.files} files"
    )
    for kind, bytes_ in sorted(made.left_out.items(), key=lambda one: -one[1]):
        print(f"  without {kind}: {mb(bytes_)}")
    if options.verify:
        print(f"  {len(package.handlers)} handler{'s' * (len(package.handlers) != 1)} imported as before")
