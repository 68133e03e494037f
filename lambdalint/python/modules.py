"""The project's modules: where an import leads, and each module's source, read once."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence

from lambdalint.files import contents_of
from lambdalint.python.flow import Activation
from lambdalint.python.objects import Frame
from lambdalint.python.source import Source, Unreadable, parse

LIBRARIES = frozenset(
    """
    aioboto3 aiobotocore aiohttp aws_lambda_powertools aws_xray_sdk boto3 botocore cachetools certifi chalice
    cfnresponse crhelper ddtrace fastapi flask google grpc httpx idna jinja2 jsonschema mangum numpy opentelemetry
    pandas psycopg psycopg2 pydantic pymongo pymysql pytest redis requests s3transfer sentry_sdk six sqlalchemy
    starlette urllib3 yaml
    """.split()
)
"""Never the project's own, even where a folder of the project bears the name."""

_LAYER_FOLDERS = ("layer", "layers", "lambda_layer", "lambda_layers", "lambda-layer", "lambda-layers")
_LAYER_INSIDE = ("", "python", "src", "src/python")


class Module:
    """One module of the project and what is known after it was loaded."""

    __slots__ = (
        "activation",
        "dirs",
        "files",
        "folder",
        "frame",
        "globals_declared",
        "imports",
        "injects",
        "name",
        "path",
        "source",
        "state",
        "stray",
    )

    def __init__(self, path: str, name: str, source: Source) -> None:
        self.path = path
        self.folder = os.path.dirname(path)
        self.name = name
        self.source = source
        self.frame = Frame(self, None, "", warm=False)
        self.activation = Activation(0)
        """What was executed while it was loaded."""
        self.state = "new"
        """`new`, `loading` (in an import cycle) or `loaded`."""
        self.globals_declared: set[str] = set()
        """Names that some function declares `global`: they may change after import."""
        self.injects = "fastapi" in source.text
        """Its functions may have parameters that FastAPI provides for."""
        self.imports: list[Module] = []
        """The project's modules that it imports, at any time."""
        self.dirs: set[str] = set()
        """Folders that were looked into to resolve its imports."""
        self.files: set[str] = set()
        """Other files that were read to say something of it."""
        self.stray: Unreadable | None = None
        """Why Python would not compile what was parsed."""

    def forget(self) -> None:
        """Let go of what was executed, which holds on to the module in turn: no garbage is collected in most runs."""
        self.frame.values.clear()
        del self.frame, self.activation

    def __repr__(self) -> str:
        return f"Module({self.path!r})"


class Modules:
    """Finds and reads the modules of one project."""

    def __init__(
        self, root: str, import_roots: Sequence[str] = (), contents: Mapping[str, bytes] | None = None
    ) -> None:
        self._top = os.path.abspath(root)
        self._is_here = self._top == os.getcwd()
        self.import_roots = [os.path.normpath(path) for path in import_roots]
        self._contents = {_normal(path): data for path, data in (contents or {}).items()}
        """What is taken for the content of a file instead of what is on the disk."""
        self.by_path: dict[str, Module] = {}
        """The modules of the program at hand."""
        self._sources: dict[str, tuple[int, Source]] = {}
        """What was parsed of modules that are imported, by path, each with the hash of its bytes: programs share it."""
        self._asked: dict[str, tuple[int, Source]] = {}
        """Likewise of the file asked for last. To keep those of all handlers takes more time than to read one again."""
        self.unreadable: dict[str, Unreadable] = {}
        self._listings: dict[str, frozenset[str]] = {}
        self._ancestors: dict[str, list[str]] = {}
        self._roots_in: dict[str, list[str]] = {}
        self.texts: dict[str, tuple[str, tuple[str, ...]] | None] = {}
        """What `shipped` has read below a folder."""
        self._layers: tuple[str, ...] = ()
        """The folders of the layers that templates say are there, for the program at hand."""

    def relative(self, path: str) -> str:
        """A path as seen from the root of the project, with forward slashes."""
        if self._is_here and ".." not in path and not os.path.isabs(path):
            return path  # as mostly, and `relpath` takes long
        return os.path.relpath(path, self._top).replace(os.sep, "/")

    def read(self, path: str, data: bytes | None = None) -> Module:
        """The module at `path`; raises `Unreadable`."""
        path = _normal(path)
        known = self.by_path.get(path)
        if known is not None and data is None:
            return known
        parsed = self._sources.get(path) or self._asked.get(path)
        if parsed is None or (data is not None and parsed[0] != hash(data)):
            parsed = self._parse(path, data)
        if not data or path in self._sources:
            self._sources[path] = parsed
        else:
            self._asked = {path: parsed}
        module = Module(path, os.path.splitext(os.path.basename(path))[0], parsed[1])
        self.by_path[path] = module
        return module

    def begin(self, layers: Iterable[str] = ()) -> None:
        """Another program: none of its modules has been executed yet. `layers` are folders of its layers."""
        for module in self.by_path.values():
            module.forget()
        self.by_path.clear()
        if tuple(layers) != self._layers:
            self._layers = tuple(layers)
            self._ancestors.clear()

    def _parse(self, path: str, data: bytes | None) -> tuple[int, Source]:
        if path in self.unreadable and data is None:
            raise self.unreadable[path]
        try:
            if data is None:
                data = self._contents.get(path)
            if data is None:
                try:
                    data = contents_of(path)
                except OSError as error:
                    raise Unreadable(path, 1, 1, f"cannot be read: {error.strerror}") from None
            return hash(data), parse(data, path)
        except Unreadable as error:
            self.unreadable[path] = error
            raise

    def open(self, path: str) -> Module:
        """The module that `resolve` found: a file, or a package by its folder."""
        if path.endswith(".py"):
            return self.read(path)
        init = _join(path, "__init__.py")
        if "__init__.py" in self.names_in(path):
            return self.read(init)
        return self.by_path.get(init) or self.read(init, b"")  # a namespace package has no file

    def names_in(self, folder: str) -> frozenset[str]:
        """The names in a folder; none where it cannot be listed."""
        found = self._listings.get(folder)
        if found is None:
            try:
                found = frozenset(os.listdir(folder or "."))
            except OSError:
                found = frozenset()
            self._listings[folder] = found
        return found

    def resolve(self, name: str, level: int, importer: Module) -> str | None:
        """The path of the project's module `name` as `importer` means it; None for what is not here.

        A package is given by its folder (which may lack an `__init__.py`), a module by its file.
        """
        here = importer.folder
        if level:
            for _ in range(level - 1):
                here = _parent(here)
            return self._below(here, name.split(".") if name else [], importer)
        parts = name.split(".")
        if parts[0] in sys.stdlib_module_names:
            return None
        if parts[0] in LIBRARIES and parts[0] + ".py" not in self.names_in(here):
            return None
        portion: str | None = None
        for folder in self._search(here):
            found = self._below(folder, parts, importer)
            if found is None or self._vendored(folder) or (len(parts) > 1 and self._vendored(os.path.dirname(found))):
                if found is not None and portion is None:
                    return None
            elif self._is_regular(found):
                return found
            elif portion is None:
                portion = found
        return portion  # as Python does: a folder is a package only where nothing else is found

    def _is_regular(self, path: str) -> bool:
        return path.endswith(".py") or "__init__.py" in self.names_in(path)

    def _vendored(self, folder: str) -> bool:
        return any(name.endswith(".dist-info") for name in self.names_in(folder))

    def _search(self, here: str) -> list[str]:
        """Folders that may be on the path of code in `here`, the nearest first."""
        known = self._ancestors.get(here)
        if known is not None:
            return known
        found: list[str] = []
        layers: list[str] = []
        folder = here
        while True:
            names = self.names_in(folder)
            found.append(folder)
            for inside in ("src", "python"):
                if inside in names:
                    found.append(_join(folder, inside))
            for layer in _LAYER_FOLDERS:
                if layer in names:
                    layers += self._roots_of_layers(_join(folder, layer))
            whole = os.path.abspath(folder or ".")
            if whole == self._top or not whole.startswith(self._top.rstrip(os.sep) + os.sep):
                break
            folder = _parent(folder)
        found += [path for path in dict.fromkeys([*self._layers, *self.import_roots, *layers]) if path not in found]
        self._ancestors[here] = found
        return found

    def _roots_of_layers(self, folder: str) -> list[str]:
        roots = self._roots_in.get(folder)
        if roots is not None:
            return roots
        roots = self._roots_in[folder] = []
        for name in (*sorted(self.names_in(folder)), ""):
            base = _join(folder, name) if name else folder
            for inside in _LAYER_INSIDE:
                path = _join(base, inside) if inside else base
                if os.path.isdir(path):
                    roots.append(path)
        return roots

    def _below(self, folder: str, parts: list[str], importer: Module) -> str | None:
        importer.dirs.add(folder)
        if not parts:
            return folder if not folder or os.path.isdir(folder) else None
        for part in parts[:-1]:
            if part not in self.names_in(folder):
                return None
            folder = _join(folder, part)
            importer.dirs.add(folder)
        last = parts[-1]
        names = self.names_in(folder)
        if last in names:
            package = _join(folder, last)
            importer.dirs.add(package)
            inside = self.names_in(package)
            if "__init__.py" in inside or any(name.endswith(".py") for name in inside):
                return package
            if any(os.path.isdir(_join(package, name)) for name in inside):
                return package
        if last + ".py" in names:
            return _join(folder, last + ".py")
        return None

    def closure(self, module: Module) -> tuple[set[str], set[str]]:
        """Every file that what is known of `module` rests on, and every folder looked into."""
        files: set[str] = set()
        dirs: set[str] = set()
        seen: set[Module] = set()
        todo = [module]
        while todo:
            one = todo.pop()
            if one in seen:
                continue
            seen.add(one)
            files |= one.files
            if one.source.text or "__init__.py" in self.names_in(os.path.dirname(one.path)):
                files.add(one.path)
            dirs |= one.dirs
            todo += one.imports
        return files, {folder or "." for folder in dirs}


_GLOBAL = re.compile(r"\bglobal\b[ \t]+([^#;\r\n]+)")
_NAME = re.compile(r"\w+")


def declared_globals(text: str) -> set[str]:
    """Names that any function of the module declares `global`; words of a text may be among them, and do no harm."""
    if "global" not in text:
        return set()
    return {name for names in _GLOBAL.findall(text) for name in _NAME.findall(names)}


def _normal(path: str) -> str:
    return os.path.normpath(path).replace(os.sep, "/")


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and folder != "." else name


def _parent(folder: str) -> str:
    """The folder above; above the working directory stands `..`."""
    if folder in ("", "."):
        return ".."
    if os.path.basename(folder) == "..":
        return f"{folder}/.."
    return os.path.dirname(folder)
