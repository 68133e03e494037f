"""From functions, and from paths that are named, to the packages that are deployed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from lambdalint.discovery import is_template_name
from lambdalint.errors import WrongUse
from lambdalint.model import Function, Location
from lambdalint.model.package import Entry, Package
from lambdalint.packages.contents import Contents, Unreadable
from lambdalint.packages.facts import PackageFacts
from lambdalint.packages.opening import open_package

BUILT = ".aws-sam/build"
_RUNTIME = re.compile(r"python(\d+)\.(\d+)$")
REQUIREMENTS = frozenset(
    {"requirements.txt", "pyproject.toml", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock"}
)
"""Files by which a folder says what a build has to install."""
ARCHIVES = (".zip", ".jar", ".whl")
ARCHITECTURES = frozenset({"x86_64", "arm64"})
GUESSED_IN = 200
"""So many of the project's own files are searched for handlers, where nothing names these."""


_Key = tuple[str, tuple[str, ...]]
"""The path of the code, and the folders of its layers."""
Users = Callable[[str], Iterable[Package]]
"""From the path of a layer to the packages of the functions that have it."""


class Wanted(NamedTuple):
    """What is said of packages where no template says it."""

    handlers: Sequence[str] = ()
    """`app.lambda_handler`"""
    python: tuple[int, int] | None = None
    architecture: str = ""
    layers: Sequence[str] = ()
    installed: str = ""
    """A folder of installed distributions, or of wheels: for source folders."""


def at(path: str, wanted: Wanted) -> list[Package]:
    """The packages at a path that was named: one, or those of the functions that templates there declare.

    Raises `Unreadable`, and `WrongUse` for a path that does not exist.
    """
    if not os.path.exists(path):
        raise WrongUse(f"{path}: no such file or folder")
    if os.path.isdir(path) or is_template_name(path):
        from lambdalint.inventory import take

        found = list(of_functions(take([path]).functions, wanted))
        if found:
            return found
    contents = open_package(path, wanted.architecture)
    if not contents.entries and not contents.remarks:
        return []
    named = wanted.handlers
    if contents.kind == "image":
        from lambdalint.packages.images import Image

        assert isinstance(contents, Image)
        wanted = wanted._replace(architecture=wanted.architecture or contents.architecture)
        named = named or [one for one in [contents.command] if _file_of(one, contents)]
    handlers = [_named(handler, contents) for handler in named] or list(_guessed(contents))
    return [_made(contents, wanted, handlers=handlers)]


def of_functions(
    functions: Iterable[Function], wanted: Wanted | None = None, held: Mapping[str, bytes] = MappingProxyType({})
) -> Iterator[Package]:
    """The packages of Python functions whose code is here, each once. `held` stands in for files of requirements."""
    groups = _Groups(wanted or Wanted(), held)
    for function in functions:
        if function.is_python and _is_here(function):
            for path in _paths(function):
                groups.add(path, function)
        else:
            groups.unseen.update(_layers_of(function))
    return groups.packages()


class _Groups:
    """Functions with the same code and the same layers: what is deployed of them is one package."""

    def __init__(self, wanted: Wanted, held: Mapping[str, bytes]) -> None:
        self._wanted = wanted
        self._held = held
        self._functions: dict[_Key, list[Function]] = {}
        self._made: dict[_Key, Package] = {}
        self.unseen: set[str] = set()
        """Layers of functions whose code is not here."""

    def add(self, path: str, function: Function) -> None:
        self._functions.setdefault((path, _layers_of(function)), []).append(function)

    def packages(self) -> Iterator[Package]:
        for key in self._functions:
            yield self._package(key)
            if not key[1]:
                del self._made[key]  # nobody will ask who else has its layers

    def _package(self, key: _Key) -> Package:
        if key not in self._made:
            self._made[key] = self._opened(key)
        return self._made[key]

    def _opened(self, key: _Key) -> Package:
        path, layers = key
        group = self._functions[key]
        code = group[0].code
        assert code is not None
        try:
            contents = open_package(path or ".")
            return _made(
                contents,
                self._wanted,
                layers=layers,
                functions=group,
                handlers=list(dict.fromkeys(_handlers(group, contents))),
                location=code.location,
                complete=_is_all(group[0], path, contents) and not _layers_missing(group),
                alone=sum(other == path for other, _ in self._functions) == 1,
                users=self._users,
                held=self._held,
            )
        except Unreadable as error:
            facts = PackageFacts(Nothing(path))
            return Package(path, "zip", (), facts, location=code.location, functions=group, remarks=[str(error)])

    def _users(self, layer: str) -> Iterable[Package]:
        """The packages of all functions that have a layer; none where one of these is not here."""
        return () if layer in self.unseen else (self._package(key) for key in self._functions if layer in key[1])


def import_ms(functions: Sequence[Function], module: str) -> float:
    """About how long it takes to load a module, by the files that are deployed; 0 where it is not among them."""
    try:
        found = [package.facts.cost_ms(package, module) for package in of_functions(functions)]
    except Unreadable:
        return 0
    return max(found, default=0)


def _made(
    contents: Contents,
    wanted: Wanted,
    *,
    layers: Sequence[str] = (),
    functions: Sequence[Function] = (),
    handlers: Sequence[str] = (),
    location: Location | None = None,
    complete: bool = True,
    alone: bool = True,
    users: Users = lambda path: (),
    held: Mapping[str, bytes] = MappingProxyType({}),
) -> Package:
    python = wanted.python or (python_of(functions) if functions else None)
    architectures = (wanted.architecture,) if wanted.architecture else architectures_of(functions)
    kind = contents.kind
    remarks: Sequence[str]
    notes: Sequence[str]
    remarks, notes = contents.remarks, ()
    if kind == "folder":  # a link in it is no fault of what is deployed
        remarks, notes = (), contents.remarks
    if kind == "folder" and is_source(contents):
        from lambdalint.packages.joined import built
        from lambdalint.packages.requirements import extras_of, requirements

        kind = "source"
        stated, wrong = requirements(contents.path, python, next(iter(architectures), None), held)
        needed = [one.name for one in stated if one.shipped]
        joined, whole = built(contents, needed, wanted.installed, python, extras_of(stated))
        complete = complete and whole
        contents, remarks, notes = joined, wrong, [*joined.remarks, *joined.notes]
    return Package(
        contents.path,
        kind,
        contents.entries,
        PackageFacts(contents, held),
        location=location,
        functions=functions,
        layers=[_layer(one, python, architectures, users) for one in (*layers, *wanted.layers)],
        handlers=handlers,
        python=python,
        architectures=architectures,
        complete=complete,
        alone=alone,
        remarks=remarks,
        notes=notes,
    )


def _layer(path: str, python: tuple[int, int] | None, architectures: tuple[str, ...], users: Users) -> Package:
    contents = open_package(path)
    return Package(
        path,
        "layer",
        contents.entries,
        PackageFacts(contents),
        python=python,
        architectures=architectures,
        users=lambda: tuple(users(path)),
    )


def is_source(contents: Contents) -> bool:
    """Whether a folder says what a build has to install, and nothing is installed in it."""
    tops = {entry.path.partition("/")[0] for entry in contents.entries}
    return bool(tops & REQUIREMENTS) and not any(top.endswith(".dist-info") for top in tops)


def _paths(function: Function) -> Iterator[str]:
    """What a function is deployed from: its code, and what `sam build` made of it last."""
    assert function.code is not None
    yield function.code.path
    built = os.path.join(os.path.dirname(function.path), BUILT, function.logical_id).replace(os.sep, "/")
    if function.format == "sam" and os.path.isdir(built):
        yield built


def _within(source: str, path: str) -> str:
    """A file of the source as in the package."""
    return os.path.relpath(path, source or ".").replace(os.sep, "/")


def _named(handler: str, contents: Contents) -> str:
    """The file that a handler string names. Raises `WrongUse` where there is none."""
    found = _file_of(handler, contents)
    if not found:
        raise WrongUse(f"--handler {handler}: there is no such module in {contents.path}")
    return found


def _handlers(functions: Sequence[Function], contents: Contents) -> Iterator[str]:
    """The files of handlers: as they were found in the source, in a zip as the template names them."""
    for one in functions:
        if one.handler_path and one.code is not None:
            yield _within(one.code.path, one.handler_path)
        elif contents.kind == "zip" and one.handler is not None and one.handler.known:
            found = _file_of(one.handler.known, contents)
            yield from [found] if found else []


def _file_of(handler: str, contents: Contents) -> str:
    """The same; empty where there is none."""
    inner = (handler.rpartition(".")[0] or handler).replace(".", "/")
    paths = {entry.path for entry in contents.entries}
    return next((path for path in (f"{inner}.py", f"{inner}/__init__.py", handler) if path in paths), "")


def _guessed(contents: Contents) -> Iterator[str]:
    """The project's own files in which something is written like a handler."""
    from lambdalint.packages.distributions import distributions
    from lambdalint.python.handlers import may_hold_handler

    installed = {path for one in distributions(contents, None, None) for path in one.files}
    own = [one.path for one in contents.entries if one.path.endswith(".py") and one.path not in installed]
    for path in sorted(own, key=lambda path: path.count("/"))[:GUESSED_IN]:
        try:
            if may_hold_handler(contents.read(path)):
                yield path
        except Unreadable:
            continue


def rests_on(package: Package, files: set[str], folders: set[str]) -> None:
    """Note the files and folders that what is known of a package rests on.

    What comes with a distribution changes with its RECORD; of the rest, each file counts.
    """
    for one in (package, *package.layers):
        if not os.path.isdir(one.path or "."):
            files.add(one.path)
            continue
        installed = {path for dist in one.distributions for path in dist.files}
        for entry in one.entries:
            file = os.path.join(one.path, entry.path).replace(os.sep, "/")
            folders.add(os.path.dirname(file) or ".")
            if entry.path not in installed or file.endswith(".dist-info/RECORD"):
                files.add(file)


def _is_here(function: Function) -> bool:
    """Whether what it is deployed from is a folder or a zip: of a single file all is known from its code."""
    code = function.code
    if code is None or code.kind not in ("folder", "file"):
        return False
    return code.kind == "folder" or (code.path.endswith(ARCHIVES) and os.path.isfile(code.path))


def _is_all(function: Function, path: str, contents: Contents) -> bool:
    """Whether nothing is added to what is there: no build of its own, no script that installs what is named above."""
    code = function.code
    assert code is not None
    if contents.kind == "zip" or path != code.path:
        return True
    above = os.path.dirname(function.path) or "."
    return code.complete and not any(_names_requirements(folder) for folder in _between(path, above))


def _names_requirements(folder: str) -> bool:
    return os.path.isdir(folder) and not REQUIREMENTS.isdisjoint(os.listdir(folder))


def _between(path: str, top: str) -> Iterator[str]:
    """The folders above a path, up to one that holds it."""
    folder = os.path.dirname(os.path.abspath(path))
    last = os.path.abspath(top)
    while folder == last or folder.startswith(os.path.join(last, "")):
        yield folder
        folder = os.path.dirname(folder)


def _layers_of(function: Function) -> tuple[str, ...]:
    """The folders of its layers: of one that has its modules in `python`, the folder around that."""
    folders = function.layer_folders
    return tuple(one for one in folders if os.path.dirname(one) not in folders)


def _is_built(layer: str) -> bool:
    """Whether a build makes a layer of its folder, by a makefile or by what it requires."""
    contents = open_package(layer)
    return is_source(contents) or any(entry.path == "Makefile" for entry in contents.entries)


def _layers_missing(functions: Sequence[Function]) -> bool:
    """Whether something may be brought by a layer that is not here, or by the build of one that is."""
    return any(
        one.layers is not None
        and (
            len(_layers_of(one)) < len(one.layers.known or (1, *one.layer_folders))
            or any(_is_built(folder) for folder in _layers_of(one))
        )
        for one in functions
    )


def python_of(functions: Sequence[Function]) -> tuple[int, int] | None:
    """The version of Python that all of them run on."""
    found = {one.runtime.known if one.runtime is not None else None for one in functions}
    match = _RUNTIME.match(next(iter(found)) or "") if len(found) == 1 else None
    return (int(match[1]), int(match[2])) if match else None


def architectures_of(functions: Sequence[Function]) -> tuple[str, ...]:
    """The processors they run on; none where one is not known."""
    found: set[str] = set()
    for one in functions:
        stated = ("x86_64",) if one.architectures is None else one.architectures.known
        if stated is None or not ARCHITECTURES.issuperset(stated) or (one.architectures and one.architectures.optional):
            return ()
        found.update(stated)
    return tuple(sorted(found))


class Nothing:
    """The contents of what cannot be read."""

    kind = "zip"
    entries: Sequence[Entry] = ()
    remarks: Sequence[str] = ()

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        raise Unreadable("cannot be read")
