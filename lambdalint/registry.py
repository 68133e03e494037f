"""Where checks come from. Built-in ones, packages and your own folders take the same way in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from zlib import crc32

import lambdalint.checks
from lambdalint import house
from lambdalint.check import AnyCheck, Check
from lambdalint.discovery import display
from lambdalint.errors import WrongUse

RESERVED = "_lambdalint_mounted_"
"""How the packages begin under which folders named in `extend-checks` are imported."""


def load(extend: Sequence[str] = (), root: str = ".") -> dict[str, AnyCheck]:
    """Every check by its code: built-in ones, then those of the packages and folders in `extend`."""
    by_code: dict[str, AnyCheck] = {}
    by_name: dict[str, AnyCheck] = {}
    for check in [*house.CHECKS, *collect(lambdalint.checks), *plugged(extend, root)]:
        for known, key in ((by_code, check.code), (by_name, check.name)):
            other = known.setdefault(key, check)
            if other is not check:
                raise WrongUse(f"{key} is claimed by two checks: {place(other)} and {place(check)}")
        if not (check.code.isalnum() and check.code.isupper() and check.code[-1].isdigit()):
            raise WrongUse(f'{place(check)}: "{check.code}" is not a code such as ACME101')
    return dict(sorted(by_code.items()))


def by_word(checks: Mapping[str, AnyCheck]) -> dict[str, AnyCheck]:
    """Each check under its code and under its name."""
    return {word: check for check in checks.values() for word in (check.code, check.name)}


def plugged(extend: Sequence[str], root: str) -> Iterator[AnyCheck]:
    """The checks of each package or folder named; one that cannot be imported is an error."""
    for name in extend:
        try:
            package = mount(os.path.join(root, name)) if is_folder(name) else import_module(name)
            found = list(collect(package))
        except (Exception, SystemExit) as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            if os.path.isdir(os.path.join(root, name)) and not is_folder(name):
                reason += f'; a folder is named "./{name}"'
            raise WrongUse(f'extend-checks: "{display(name)}" cannot be imported: {reason}') from error
        if not found:
            raise WrongUse(f'extend-checks: "{display(name)}" holds no check')
        yield from found


def is_folder(name: str) -> bool:
    return name.startswith(".") or "/" in name or os.sep in name


def mount(folder: str) -> ModuleType:
    """Import a folder as a package under a reserved name, without touching `sys.path`."""
    folder = os.path.realpath(folder)
    if not os.path.isdir(folder):
        raise FileNotFoundError("no such folder")
    above, name = os.path.split(folder)
    if "." in name:
        raise ValueError("a folder of checks cannot have a dot in its name")
    reserved = f"{RESERVED}{crc32(os.fsencode(above)):08x}"
    if reserved not in sys.modules:
        parent = ModuleType(reserved)
        parent.__path__ = [above]
        sys.modules[reserved] = parent
    return import_module(f"{reserved}.{name}")


def collect(package: ModuleType) -> Iterator[AnyCheck]:
    """The checks that a module, or a package and the public modules below it, define."""
    yield from (value for value in vars(package).values() if isinstance(value, Check))
    for folder in getattr(package, "__path__", ()):
        for name in modules(folder):
            yield from collect(import_module(f"{package.__name__}.{name}"))


def modules(folder: str) -> list[str]:
    """The public modules and sub-packages in `folder`."""
    # Not pkgutil: to import it takes longer than all of this.
    if not os.path.isdir(folder):  # inside a zip
        from pkgutil import iter_modules

        return [name for _, name, _ in iter_modules([folder]) if not name.startswith("_")]
    names = set()
    with os.scandir(folder) as entries:
        for entry in entries:
            stem, dot, suffix = entry.name.partition(".")
            if stem.startswith("_") or not stem.isidentifier():
                continue
            if suffix in ("py", "pyc") or (not dot and os.path.isfile(f"{entry.path}/__init__.py")):
                names.add(stem)
    return sorted(names)


def place(check: AnyCheck) -> str:
    """Where a check is written, for a message about it."""
    module = sys.modules.get(check.find.__module__)
    return f"{check.name} ({getattr(module, '__file__', None) or check.find.__module__})"


def sources(checks: Sequence[AnyCheck]) -> list[str]:
    """The folders of the packages that hold `checks`: when a file below changes, so may what they say."""
    folders = set()
    for check in checks:
        parts = check.find.__module__.split(".")
        package = ".".join(parts[: 2 if parts[0] == "lambdalint" or parts[0].startswith(RESERVED) else 1])
        file = getattr(sys.modules.get(package), "__file__", None)
        if file:
            folders.add(os.path.dirname(file))
    return sorted(folders)
