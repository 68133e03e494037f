"""From the imports of one file to the modules that they load."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lambdalint.model.package import Distribution, Missing
from lambdalint.packages import dynamic, entrypoints, sdk, standard
from lambdalint.packages.imports import Import, Imports, scan
from lambdalint.packages.places import Found, Place, below, find


class Edge(NamedTuple):
    """What one import loads."""

    modules: tuple[Found, ...]
    """In order: packages before what is in them."""
    kind: str
    """`certain`, `guarded`: with the module, if it is there; `lazy`: by a call only."""
    written: bool = True
    """As an import without a condition around it, not guessed."""


class Plan(NamedTuple):
    """What is known of one file."""

    path: str
    name: str
    bytes: int = 0
    distribution: str = ""
    edges: tuple[Edge, ...] = ()
    missing: tuple[Missing, ...] = ()
    outside: tuple[str, ...] = ()
    """Modules of the standard library and of the runtime that are loaded with it."""
    opaque: bool = False
    patches_path: bool = False
    """It changes where modules are looked for."""
    services: frozenset[str] | None = frozenset()


_EARLY = frozenset(sys.builtin_module_names) | frozenset(
    """
    abc codecs collections contextlib copyreg datetime decimal encodings enum functools genericpath heapq http importlib
    io json keyword logging math numbers operator os posixpath re reprlib site socket stat string struct sys threading
    time traceback types typing warnings weakref zipimport
    """.split()
)
"""Loaded before the handler is: nothing in a package takes their place."""
_BY_CONFIGURATION = frozenset(
    """
    apache-airflow celery chalice django dramatiq gunicorn hydra-core hypercorn kombu pyramid ray rq scrapy
    serverless-wsgi stevedore uvicorn zappa
    """.split()
)
"""Distributions that load modules which a project names in its settings. Others, if they import under names that are
not known, mean modules of their own, or those that they, or the project, name in texts."""
_NAME_OTHERS = (b"import_optional", b"optional_dependency", b"known_implementations", b"guard_import", b"lazy_import")
_TOP = re.compile(rb"[\"']([A-Za-z_]\w*)(?=[.:\"'])")
_PATCHES = re.compile(
    rb"(?:\bsys\.path\s*(?:\.\s*(?:insert|append|extend)\s*\(|\+?=(?!=)|\[[^\]]*\]\s*=)|addsitedir\()([^\n]*)"
)
_QUOTED = re.compile(rb"[\"']([^\"'\n]+)[\"']")
_MAKES = re.compile(rb"sys\.modules|__path__|__getattr__|\bModuleType\b|import \*")
"""In the source of a package: what seems missing in it may be made by it."""

_scans: dict[tuple[int, int, tuple[int, int] | None], Imports] = {}
"""By length and hash of the source: packages share distributions."""


class Planner:
    """Resolves imports, each file once."""

    def __init__(
        self, places: list[Place], distributions: Sequence[Distribution], python: tuple[int, int] | None
    ) -> None:
        self.places = places
        self.python = python
        self._found: dict[str, Found | None] = {}
        self._plans: dict[str, Plan] = {}
        self._needs = {one.name: one.requires for one in distributions}
        self._gives = {one.name: one.modules for one in distributions}
        self._owner = {path: one.name for one in distributions for path in one.files}
        self._tops = {module for one in distributions for module in one.modules}
        self._late: dict[str, dict[str, str]] = {}
        """Of packages that load modules when they are first asked for: which name is in which."""
        self._makes: dict[str, bool] = {}

    def chain_of(self, path: str) -> tuple[Found, ...]:
        """The module that is in a file of the package, after the packages that it is in."""
        for tree, folder in self.places:
            if path in tree.sizes and path.startswith(folder) and not tree.prefix:
                name = path[len(folder) :].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                return self._chain(name)[0]
        return ()

    def size(self, path: str) -> int:
        return next((tree.sizes[path] for tree, _ in self.places if path in tree.sizes), 0)

    def owner_of(self, found: Found) -> str:
        """The distribution that a module belongs to, if that is known."""
        return self._owner.get(found.file, "")

    def plan_of(self, path: str) -> Plan:
        """Of a file that was come to."""
        return self._plans[path]

    def plan(self, found: Found) -> Plan:
        if found.path not in self._plans:
            self._plans[found.path] = self._made(found)
        return self._plans[found.path]

    def _made(self, found: Found) -> Plan:
        owner = self.owner_of(found)
        size = found.tree.sizes[found.file]
        if not found.source:
            return Plan(found.path, found.name, size, owner, tuple(self._of_machine_code(found, owner)))
        data = found.tree.read(found.source)
        patches = not owner and self._patched(found, data)
        imports = _scanned(data, self.python)
        resolved = _Resolved(self, found, imports)
        edges = [*resolved.edges, *self._of_groups(imports.groups)]
        if not owner or imports.opaque or any(word in data for word in _NAME_OTHERS):
            edges += self._mentioned(data, found)
        if found.inside and dynamic.gives_late(data):
            edges.append(Edge(tuple(self._all_below(found)), "lazy", False))
        return Plan(
            found.path,
            found.name,
            size,
            owner,
            tuple(edges),
            tuple(resolved.missing),
            tuple(resolved.outside),
            imports.opaque and (not owner or owner in _BY_CONFIGURATION),
            patches,
            sdk.services(data, owner),
        )

    def find(self, name: str) -> Found | None:
        if name not in self._found:
            above = name.rpartition(".")[0]
            package = self.find(above) if above else None
            inside = package.inside if package else () if above else self.places
            self._found[name] = find(name, inside)
        return self._found[name]

    def _chain(self, name: str) -> tuple[tuple[Found, ...], str]:
        """A module after the packages that it is in, and the name of what cannot be found of it."""
        chain: list[Found] = []
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            found = self.find(".".join(parts[:count]))
            if found is None:
                return tuple(chain), ".".join(parts[:count])
            chain.append(found)
        return tuple(chain), ""

    def chain(self, name: str) -> tuple[tuple[Found, ...], str]:
        """As what an import loads: some modules come with Python, whatever is shipped."""
        top = name.partition(".")[0]
        if top in _EARLY:
            return (), top
        chain, lost = self._chain(name)
        if chain and not chain[0].path and standard.is_known(top, self.python):
            return (), top  # a folder without __init__.py comes after all else
        return chain, lost

    def of_name(self, package: Found, name: str) -> tuple[Found, ...]:
        """What `from package import name` loads besides the package."""
        found = self.find(f"{package.name}.{name}")
        if found is not None or not package.path.endswith("/__init__.py"):
            return (found,) if found else ()
        module = self._late_names(package).get(name)
        if module is None:
            return ()
        bare = module.lstrip(".")
        return self._chain(f"{package.name}.{bare}")[0] or (() if bare != module else self._chain(bare)[0])

    def _late_names(self, package: Found) -> dict[str, str]:
        if package.path not in self._late:
            self._late[package.path] = dynamic.late(package.tree.read(package.file))
        return self._late[package.path]

    def is_certain(self, parent: Found) -> bool:
        """Whether what is not found in a package cannot be there."""
        if not parent.path:
            return True
        if parent.path not in self._makes:
            data = parent.tree.read(parent.file) if parent.file.endswith(".py") else b"__path__"
            self._makes[parent.path] = _MAKES.search(data) is not None
        return not self._makes[parent.path]

    def _all_below(self, found: Found) -> Iterator[Found]:
        for name in below(found.inside):
            one = self.find(f"{found.name}.{name}")
            if one:
                yield one

    def below(self, name: str) -> tuple[Found, ...]:
        """Whatever is directly in a package."""
        found = self.find(name)
        return tuple(self._all_below(found)) if found else ()

    def _of_machine_code(self, found: Found, owner: str) -> Iterator[Edge]:
        """Nobody sees what it imports: what its distribution cannot do without, and perhaps what lies beside it."""
        package = found.name if found.inside else found.name.rpartition(".")[0]
        yield Edge(self.below(package) if package else (), "lazy", False)
        for needed in self._needs.get(owner, ()):
            for module in self._gives.get(needed, ()):
                yield Edge(self._chain(module)[0], "guarded", False)

    def _mentioned(self, data: bytes, within: Found) -> Iterator[Edge]:
        """Texts that are names of distributions' modules: what a file hands to those who import by name."""
        own = within.name.partition(".")[0]
        for name in sorted({name.decode() for name in _TOP.findall(data)} & self._tops - {own}):
            yield Edge(self._chain(name)[0], "lazy", False)

    def _of_groups(self, groups: Iterable[str]) -> Iterator[Edge]:
        for group in groups:
            for module in entrypoints.modules(self.places, group):
                yield Edge(self._chain(module)[0], "lazy", False)

    def _patched(self, found: Found, data: bytes) -> bool:
        """Search the folders that a module of the project adds to `sys.path`, too."""
        lines = _PATCHES.findall(data)
        beside = found.file.rpartition("/")[0]
        for line in lines:
            for text in _QUOTED.findall(line):
                folder = text.decode("utf-8", "replace").removeprefix("/var/task").strip("./") + "/"
                for tree, _ in list(self.places):
                    for one in (f"{beside}/{folder}" if beside else folder, folder.removeprefix("opt/")):
                        if one in tree.folders and Place(tree, one) not in self.places:
                            self.places.append(Place(tree, one))
                            self._found = {name: known for name, known in self._found.items() if known}
        return bool(lines)


class _Resolved:
    """The imports of one file, each with what it loads."""

    def __init__(self, planner: Planner, found: Found, imports: Imports) -> None:
        self.planner = planner
        self.found = found
        self.edges: list[Edge] = []
        self.missing: list[Missing] = []
        self.outside: list[str] = []
        failed: set[int] = set()
        """Numbers of `try`s in which something is missing."""
        for one in imports.found:
            if not self._follow(one, failed) and one.attempt:
                failed.add(one.attempt)

    def _follow(self, one: Import, failed: set[int]) -> bool:
        """Whether all of it is there."""
        name = self._absolute(one)
        if name is None:
            return True
        kind = "lazy" if one.lazy or (one.instead and one.instead not in failed) else "certain"
        kind = "guarded" if kind == "certain" and one.guarded else kind
        if one.partial:
            chain, _ = self.planner.chain(name) if name else ((), "")
            self.edges.append(Edge((*chain, *self.planner.below(name)), "lazy", False))
            return True
        chain, lost = self.planner.chain(name)
        if chain and not lost:
            loaded, lost = self._with_names(chain, one.names)
            self.edges.append(Edge(loaded, kind, not one.guarded))
        elif chain:
            self.edges.append(Edge(chain, kind, not one.guarded))
        return self._answered(one, name, chain, lost, kind)

    def _with_names(self, chain: tuple[Found, ...], names: tuple[str, ...]) -> tuple[tuple[Found, ...], str]:
        loaded = list(chain)
        lost = ""
        for name in names:
            more = self.planner.of_name(chain[-1], name)
            loaded.extend(more)
            if not more and not chain[-1].path and name != "*":
                lost = f"{chain[-1].name}.{name}"
        return tuple(loaded), lost

    def _answered(self, one: Import, name: str, chain: tuple[Found, ...], lost: str, kind: str) -> bool:
        if not lost:
            return True
        if not chain and standard.is_known(lost, self.planner.python):
            if kind != "lazy":
                self.outside += [name, *(f"{name}.{part}" for part in one.names)]
            return True
        if chain and not self.planner.is_certain(chain[-1]):
            return True
        self.missing.append(Missing(lost, self.found.path, one.line, one.lazy, one.guarded))
        return False

    def _absolute(self, one: Import) -> str | None:
        """The full name of what is imported; None where it leads out of all packages."""
        if not one.level:
            return one.module or None
        package = self.found.name if self.found.inside else self.found.name.rpartition(".")[0]
        parts = package.split(".") if package else []
        parts = parts[: len(parts) - one.level + 1] if one.level <= len(parts) else []
        return ".".join([*parts, one.module] if one.module else parts) if parts else None


def _scanned(data: bytes, python: tuple[int, int] | None) -> Imports:
    key = (len(data), hash(data), python)
    if key not in _scans:
        _scans[key] = scan(data, python)
    return _scans[key]
