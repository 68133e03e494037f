"""What the checks of packages share: whose machine code it is, and how it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lambdalint.checks._settings import all_of
from lambdalint.later import pattern
from lambdalint.model import Function, Location, Package
from lambdalint.model.package import Distribution, Native

PLATFORM = {"x86_64": "manylinux2014_x86_64", "arm64": "manylinux2014_aarch64"}
"""What pip calls the processors of Lambda."""
SHOWN = 60
"""So many characters of names stand in a message, and then how many more there are."""
_ENVIRONMENTS = frozenset({"venv", "env", "node_modules"})
_OF_PYTHON = pattern(r"(python/)?(?:.+/)?lib/python(\d\.\d+)/")
_LIBRARIES = (".so", ".dylib", ".pyd")


class Part(NamedTuple):
    """The machine code of one distribution, or of a folder that came with none."""

    name: str
    distribution: Distribution | None
    modules: Mapping[str, Sequence[Native]]
    """Extension modules, by their paths without tags: one may be there for several Pythons and processors."""
    others: Sequence[Native]
    """Libraries that these are linked with, and programs."""
    twins: frozenset[str]
    """The modules that are there in Python, too: it takes that where it passes over the compiled ones."""


class Misfit(NamedTuple):
    """A distribution that was built for something else."""

    name: str
    built_for: str
    harmless: bool = False
    """It does the same without its machine code, only slower."""


FASTER = frozenset(
    "charset-normalizer coverage frozenlist markupsafe msgpack multidict propcache protobuf pyyaml simplejson "
    "sqlalchemy tornado websockets wrapt yarl zope-interface".split()
)
"""Distributions that do the same without their machine code."""


def misfits(package: Package, misfit: Callable[[Part], Misfit | None]) -> Sequence[Misfit]:
    """Those of a package, the worst first."""
    found = [one for part in parts(package) if (one := misfit(part))]
    return sorted(found, key=lambda one: one.harmless)


def told(found: Sequence[Misfit], package: Package, shipped: Package, on: str, instead: str) -> str:
    """What is said of them."""
    names = [one.name for one in found]
    built_for = listed((one.built_for for one in found), 30)
    message = f"{listed(names)} in {shipped.path or '.'} {be(names)} built for {built_for}, but {who_runs(package, on)}"
    passed = ", and goes without" if found[0].harmless else ""
    return f"{message}{passed}; install with pip {instead}"


def parts(package: Package) -> Iterator[Part]:
    """What of a package is machine code. Of a source folder its own: a build installs the rest anew."""
    owner_of = owners(package)
    present = {entry.path for entry in package.entries}
    by_name: dict[str, list[Native]] = {}
    for native in package.natives:
        owner = owner_of(native.path)
        if (owner is None or package.kind != "source") and _is_looked_into(native.path, package.python):
            by_name.setdefault(owner.name if owner else _top(native.path), []).append(native)
    for name, natives in by_name.items():
        modules: dict[str, list[Native]] = {}
        for native in natives:
            if native.abi and "__mypyc" not in native.path:  # what others that are compiled share
                modules.setdefault(stem(native.path), []).append(native)
        others = [one for one in natives if not one.abi]
        twins = frozenset(module for module in modules if f"{module}.py" in present)
        yield Part(name, owner_of(natives[0].path), modules, others, twins)


def _is_looked_into(path: str, python: tuple[int, int] | None) -> bool:
    """Whether something may be loaded from there: environments and caches lie around, and a layer may have a folder for
    each Python."""
    match = _OF_PYTHON.match(path)
    if match is not None and match[1]:
        return python is None or match[2] == f"{python[0]}.{python[1]}"
    return match is None and path.partition("/")[0] not in _ENVIRONMENTS and not path.startswith(".")


def owners(package: Package) -> Callable[[str], Distribution | None]:
    """Tells which distribution a file came with. What a RECORD leaves out came with what else is in its folder."""
    by_path = {path: one for one in package.distributions for path in one.files}
    by_top: dict[str, Distribution | None] = {}
    for path, one in by_path.items():
        if "/" in path and by_top.setdefault(path.partition("/")[0], one) != one:
            by_top[path.partition("/")[0]] = None
    return lambda path: by_path.get(path) or by_top.get(path.partition("/")[0])


def stem(path: str) -> str:
    """The path of an extension module without what follows its name."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + name.partition(".")[0]


def is_library(native: Native) -> bool:
    """Whether it is loaded by programs, and is none."""
    name = native.path.rpartition("/")[2]
    return name.endswith(_LIBRARIES) or ".so." in name


def _top(path: str) -> str:
    """The first folder of a path; the path of what is in none."""
    return path.partition("/")[0].removesuffix(".libs")


def listed(names: Iterable[str], most: int = SHOWN) -> str:
    """`numpy`, `numpy and pandas`, `numpy, pandas and 3 others`."""
    several = list(dict.fromkeys(names))
    shown: list[str] = []
    for name in several:
        if shown and sum(map(len, shown)) + len(name) > most:
            break
        shown.append(name)
    rest = len(several) - len(shown)
    last = [f"{rest} {'other' if rest == 1 else 'others'}"] if rest else [shown.pop()] if len(shown) > 1 else []
    return " and ".join([", ".join(shown), *last])


def be(names: Iterable[str]) -> str:
    return "is" if len(set(names)) == 1 else "are"


def who_runs(package: Package, on: str) -> str:
    """`Orders runs on arm64`: of several functions, those that do."""
    functions = [one for one in package.functions if _architecture(one) == on] or package.functions
    return f"{all_of(functions)} {'runs' if len(functions) == 1 else 'run'} on {on}" if functions else f"it is for {on}"


def _architecture(function: Function) -> str:
    stated = ("x86_64",) if function.architectures is None else function.architectures.known
    return stated[0] if stated else ""


def places(package: Package) -> Iterator[tuple[Package, Location]]:
    """A package and each of its layers, with what names them."""
    yield package, package.location
    stated = package.functions[0].layers if package.functions else None
    for layer in package.layers:
        yield layer, stated.location if stated is not None else package.location
