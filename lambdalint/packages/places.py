"""Where modules are found: the package, then its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from lambdalint.packages.contents import Contents, Unreadable

_ENDINGS = ("/", ".py", ".pyc", ".so")


class Place(NamedTuple):
    """A folder that Python searches, or one of its sub-folders that may hold a package."""

    tree: Tree
    folder: str
    """With a slash at its end, or empty."""


class Found(NamedTuple):
    """A module in the package."""

    name: str
    path: str
    """As findings name it; empty for a package that has no file."""
    tree: Tree
    file: str
    """As its tree names it."""
    inside: tuple[Place, ...]
    """Where its submodules are; none of a module that is no package."""

    @property
    def source(self) -> str:
        """What it was made of, if that is there: some compilers leave it beside the machine code."""
        path = self.file.removesuffix(".py")
        if path == self.file:
            folder, slash, name = path.rpartition("/")
            path = folder + slash + name.partition(".")[0]
        return path + ".py" if path + ".py" in self.tree.sizes else ""


class Tree:
    """The files of the package or of a layer."""

    def __init__(self, contents: Contents, prefix: str = "") -> None:
        self.contents = contents
        self.prefix = prefix
        """Before paths, to tell layers from the package: `/opt/`."""
        self.sizes = {entry.path: entry.bytes_unzipped for entry in contents.entries}
        self.folders: set[str] = {""}
        self.compiled: dict[str, str] = {}
        """Extension modules by their paths without tags: `a/b` for `a/b.cpython-312-x86_64-linux-gnu.so`."""
        for path in self.sizes:
            folder, slash, name = path.rpartition("/")
            if name.endswith(".so"):
                self.compiled[folder + slash + name.partition(".")[0]] = path
            while folder + "/" not in self.folders and folder:
                self.folders.add(folder + "/")
                folder = folder.rpartition("/")[0]

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The names of modules and packages by the folder that they lie in."""
        found: dict[str, dict[str, None]] = {}
        for path in (*self.folders, *self.sizes):
            folder, slash, name = path.rstrip("/").rpartition("/")
            stem = name.partition(".")[0]
            if stem.isidentifier() and stem != "__init__" and (path.endswith(_ENDINGS)) and stem != "__pycache__":
                found.setdefault(folder + slash, {})[stem] = None
        return {folder: sorted(names) for folder, names in found.items()}

    @cached_property
    def announced(self) -> list[str]:
        """Where distributions name their plug-ins."""
        return [path for path in self.sizes if path.endswith(".dist-info/entry_points.txt")]

    def read(self, path: str) -> bytes:
        """The bytes of a file; none where it cannot be read."""
        try:
            return self.contents.read(path, 1 << 24)
        except Unreadable:
            return b""

    def file(self, path: str) -> str:
        """The file of a module or of a package's `__init__`, from its path without an ending."""
        if path in self.compiled:
            return self.compiled[path]
        for ending in (".py", ".pyc"):
            if path + ending in self.sizes:
                return path + ending
        return ""


def roots(contents: Contents, layers: Sequence[Contents], python: tuple[int, int] | None) -> Iterator[Place]:
    """The folders that Lambda searches, in its order."""
    packages = f"lib/python{python[0]}.{python[1]}/site-packages/" if python else ""
    tree = Tree(contents)
    if contents.kind == "image":
        inside = ["", f"opt/python/{packages}", "opt/python/", f"var/lang/{packages}", "var/runtime/"]
        yield from (Place(tree, folder) for folder in inside if folder in tree.folders)
    else:
        yield Place(tree, "")
    for layer in layers:
        tree = Tree(layer, "/opt/")
        for folder in (f"python/{packages}", "python/") if python else _any_version(tree):
            if folder in tree.folders:
                yield Place(tree, folder)
        if "python/" not in tree.folders:
            yield Place(tree, "")  # a build puts it into such a folder


def _any_version(tree: Tree) -> list[str]:
    inside = [
        folder for folder in tree.folders if folder.endswith("/site-packages/") and folder.startswith("python/lib/")
    ]
    return [*inside, "python/"]


def find(name: str, places: Sequence[Place]) -> Found | None:
    """A module by its full name, in the places that hold its package."""
    last = name.rpartition(".")[2]
    spread: list[Place] = []
    for tree, folder in places:
        path = folder + last
        inside = path + "/"
        if inside in tree.folders:
            file = tree.file(inside + "__init__")
            if file:
                return Found(name, tree.prefix + file, tree, file, (Place(tree, inside),))
        file = tree.file(path)
        if file:
            return Found(name, tree.prefix + file, tree, file, ())
        if inside in tree.folders:
            spread.append(Place(tree, inside))
    return Found(name, "", spread[0].tree, "", tuple(spread)) if spread else None


def below(places: Sequence[Place]) -> Iterator[str]:
    """The names of all modules and packages that lie directly in some folders."""
    for tree, folder in places:
        yield from tree.children.get(folder, ())
