"""Where checks come from. Built-in ones, packages and your own folders take the same way in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from types import ModuleType
from zlib import crc32

import lambdalint.checks
from lambdalint import house
from lambdalint.check import AnyCheck, Check, Problem, Severity
from lambdalint.discovery import display
from lambdalint.errors import WrongUse
from lambdalint.model import Function, Handler, Package, Stack, Subject, Usage

INDEX = "_index.json"
"""Beside the checks: what each is called, so that a run imports those only that have something to look at."""
RESERVED = "_lambdalint_mounted_"
"""How the packages begin under which folders named in `extend-checks` are imported."""


def load(extend: Sequence[str] = (), root: str = ".", *, lazily: bool = False) -> dict[str, AnyCheck]:
    """Every check by its code: built-in ones, then those of the packages and folders in `extend`.

    `lazily`: built-in ones are imported when they are first asked to look, and bear neither page nor options before.
    """
    by_code: dict[str, AnyCheck] = {}
    by_name: dict[str, AnyCheck] = {}
    built_in = (lazily and indexed()) or collect(lambdalint.checks)
    for check in [*house.CHECKS, *built_in, *plugged(extend, root)]:
        for known, key in ((by_code, check.code), (by_name, check.name)):
            other = known.setdefault(key, check)
            if other is not check:
                raise WrongUse(f"{key} is claimed by two checks: {place(other)} and {place(check)}")
        if not (check.code.isalnum() and check.code.isupper() and check.code[-1].isdigit()):
            raise WrongUse(f'{place(check)}: "{check.code}" is not a code such as ACME101')
    return dict(sorted(by_code.items()))


class Later:
    """The function of a check whose module is imported when it is first called."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__ = module
        self.__name__ = name
        self._check: AnyCheck | None = None
        self._problems: Callable[[Subject], Iterator[Problem]] | None = None

    def __call__(self, subject: Subject) -> Iterator[Problem]:
        if self._problems is None:
            self._problems = self.load().problems
        return self._problems(subject)

    def load(self) -> AnyCheck:
        """The check itself."""
        if self._check is None:
            found: AnyCheck = getattr(import_module(self.__module__), self.__name__)
            self._check = found
        return self._check


def loaded(check: AnyCheck) -> AnyCheck:
    """The check with its function: to call that through `Later` takes as long as many a check."""
    return check.find.load() if isinstance(check.find, Later) else check


def preload(checks: Sequence[AnyCheck]) -> None:
    """Import now what would be imported later: once, before several processes do."""
    for check in checks:
        loaded(check)


def indexed() -> list[AnyCheck]:
    """The built-in checks as the index has them; none where it has others than the folders."""
    import json

    folder = os.path.dirname(os.path.abspath(lambdalint.checks.__file__))
    try:
        with open(os.path.join(folder, INDEX), encoding="utf-8") as stream:
            rows = json.loads(stream.read())
    except (OSError, ValueError):
        return []
    families: dict[str, list[str]] = {}
    for row in rows:
        families.setdefault(row[4], []).append(row[1].replace("-", "_"))
    subjects = {"Handler": Handler, "Function": Function, "Stack": Stack, "Package": Package, "Usage": Usage}
    if sorted(families) != modules(folder) or any(
        sorted(names) != modules(os.path.join(folder, family)) for family, names in families.items()
    ):
        return []
    return [
        Check(
            code=code,
            name=name,
            severity=Severity(severity),
            subject=subjects[subject],
            find=Later(f"{lambdalint.checks.__name__}.{family}.{name.replace('-', '_')}", name.replace("-", "_")),
            since=since,
            default=default,
            summary=summary,
            doc="",
            family=family,
        )
        for code, name, severity, subject, family, since, default, summary in rows
    ]


def index() -> str:
    """The index of the built-in checks, as it is kept beside them."""
    import json

    rows = [
        [
            check.code,
            check.name,
            int(check.severity),
            check.subject.__name__,
            check.family,
            check.since,
            check.default,
            check.summary,
        ]
        for check in sorted(collect(lambdalint.checks), key=lambda check: check.code)
    ]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


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
