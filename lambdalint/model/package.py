"""What is shipped: the files of a deployment package or layer, and what is known of them.

A package is read once; what takes longer to learn of it is learnt when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Protocol

from lambdalint.model.places import Location
from lambdalint.model.template import Function

MB = 1 << 20
"""What AWS calls a megabyte where it limits packages: its 250 MB are 262,144,000 bytes."""
ZIPPED_BYTES_AT_MOST = 50 * MB
"""Of a package that is uploaded directly and not by way of S3. Source: Lambda quotas."""
UNZIPPED_BYTES_AT_MOST = 250 * MB
"""Of a function's package and its layers together."""
IMAGE_BYTES_AT_MOST = 10_240 * MB
"""Of a container image, uncompressed."""


class Entry(NamedTuple):
    """One file that is shipped."""

    path: str
    """As in the package, with forward slashes: `pandas/core/api.py`."""
    bytes_unzipped: int
    bytes_zipped: int
    """As stored in the archive; of a folder, an estimate by the kind of file."""
    mode: int | None = None
    """Unix permission bits; None where the archive keeps none."""


class Distribution(NamedTuple):
    """What was installed under one name: `pandas 2.3.1`."""

    name: str
    """Normalised: `aws-lambda-powertools`."""
    version: str
    info: str
    """Its `.dist-info` folder in the package."""
    files: tuple[str, ...]
    """Paths of entries. Of what several distributions brought, the bytes count with one of them."""
    bytes_unzipped: int
    bytes_zipped: int
    requires: tuple[str, ...] = ()
    """Normalised names of what it cannot do without, by the markers of the package's Python; extras left out."""
    modules: tuple[str, ...] = ()
    """What can be imported of it, first parts: `yaml`."""
    tags: tuple[str, ...] = ()
    """Of its wheel: `cp312-cp312-manylinux_2_17_x86_64`."""
    python: str = ""
    """The versions of Python it is for: `>=3.9`."""
    editable: bool = False
    """Installed as a link to its source, which is elsewhere."""


class Native(NamedTuple):
    """A file that holds machine code."""

    path: str
    bytes_unzipped: int
    format: str
    """`elf`, `mach-o` or `pe`."""
    architecture: str
    """`x86_64`, `arm64`, or what the file calls it; of a Mach-O file for several all of them, with spaces."""
    abi: str = ""
    """By its name: `cp312`, `cp313t`, `abi3`, `pp311`; empty for a library, which is no extension module."""
    glibc: tuple[int, int] | None = None
    """The newest version of glibc whose symbols it wants: `(2, 34)`."""
    debug_bytes: int = 0
    """Debug sections and symbol tables, which `strip` takes away."""
    musl: bool = False
    """Linked with musl, the C library of Alpine Linux, which no managed runtime has."""


class Requirement(NamedTuple):
    """One line of what a project says it needs."""

    name: str
    """Normalised."""
    location: Location
    specifier: str = ""
    """`==2.3.1`, `>=1,<2`, or empty."""
    pinned: bool = False
    """Exactly one version may be installed: by `==`, a lock file, a hash, a URL with a commit or a local path."""
    dev: bool = False
    """Stated for development only: a dev group, `requirements-dev.txt`."""
    marker: str = ""
    applies: bool = True
    """False where its marker leaves it out on the Python and platform of the function."""
    extras: tuple[str, ...] = ()
    """Asked for of it, normalised: `all`."""
    shipped: bool = True
    """A build of the folder installs it: it applies, is not for development, and stands in the file that builds use."""


class Missing(NamedTuple):
    """An import that nothing shipped answers."""

    module: str
    """`psycopg2.extras`"""
    path: str
    """The file that imports it, in the package."""
    line: int
    lazy: bool = False
    """Within a function: it fails when that is called."""
    guarded: bool = False
    """In `try`, under a condition that is not known, or under `TYPE_CHECKING`: nobody counts on it."""


class Reach(NamedTuple):
    """What the imports of one handler lead to, in a package with its layers."""

    handler: str
    """The handler's file, as in the package."""
    modules: tuple[str, ...] = ()
    """Files that are loaded when the handler is, in the order of loading."""
    lazy: tuple[str, ...] = ()
    """Files that are loaded by calls only."""
    missing: tuple[Missing, ...] = ()
    bytes_unzipped: int = 0
    """Of what is loaded, with all data of the distributions that are used."""
    estimate: Callable[[], float] = float
    """Gives what `import_ms` says."""
    opaque: bool = False
    """Modules are imported under names that are only known when the program runs."""
    parents: Mapping[str, str] = {}
    """For each file, the file whose import led there first."""
    outside: tuple[str, ...] = ()
    """Modules of the standard library and of the runtime that are loaded with it: `boto3`."""

    @property
    def import_ms(self) -> float:
        """Estimated: how long it takes to load what is loaded with the handler."""
        return self.estimate()


class Use(NamedTuple):
    """What the project's own files do with a module that they import, as far as handlers reach them."""

    module: str
    """First part: `pandas`."""
    names: tuple[str, ...]
    """What is used of it, sorted: `read_csv`, `s3.read_csv`; `*` where it is handed on as a whole."""
    calls: int
    """In how many places they call what they use of it."""
    attributes: frozenset[str]
    """Of all that these files use, whatever it belongs to: `groupby`."""


class Waste(NamedTuple):
    """Files of one kind that could be left out."""

    kind: str
    """`tests docs bytecode stubs headers caches vcs venv node-modules editor metadata sdk-data dev unused symbols`."""
    paths: tuple[str, ...]
    """Folders stand for all that is in them, with a slash at the end."""
    bytes_unzipped: int
    bytes_zipped: int
    safe: bool = True
    """It can be left out without changing what the program does."""
    locations: tuple[Location, ...] = ()


class Secret(NamedTuple):
    """Something in the package that gives access: never its content."""

    path: str
    kind: str
    """`environment file`, `private key`, `AWS access key`"""
    line: int = 0


class Action(NamedTuple):
    """One thing to do to make a package smaller."""

    what: str
    """In the imperative."""
    kind: str
    """Of the waste."""
    bytes_unzipped: int
    bytes_zipped: int
    safe: bool
    """The program does the same without it."""
    by: str = ""
    """The options of `lambdalint package` that do it."""


class Facts(Protocol):
    """What learns more of a package: implemented where packages are read."""

    def distributions(self, package: Package) -> Sequence[Distribution]: ...
    def why(self, package: Package) -> Mapping[str, Sequence[str]]: ...
    def natives(self, package: Package) -> Sequence[Native]: ...
    def waste(self, package: Package) -> Sequence[Waste]: ...
    def secrets(self, package: Package) -> Sequence[Secret]: ...
    def reaches(self, package: Package) -> Sequence[Reach]: ...
    def requirements(self, package: Package) -> Sequence[Requirement]: ...
    def cost_ms(self, package: Package, module: str) -> float: ...
    def uses(self, package: Package) -> Sequence[Use]: ...


class Package:
    """A deployment package, a layer, an image or a source folder that a build makes one of."""

    def __init__(
        self,
        path: str,
        kind: str,
        entries: Sequence[Entry],
        facts: Facts,
        *,
        location: Location | None = None,
        functions: Sequence[Function] = (),
        layers: Sequence[Package] = (),
        handlers: Sequence[str] = (),
        python: tuple[int, int] | None = None,
        architectures: tuple[str, ...] = (),
        complete: bool = True,
        alone: bool = True,
        users: Callable[[], Sequence[Package]] = tuple,
        remarks: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> None:
        self.path = path
        """The zip, folder or image archive, as findings name paths."""
        self.kind = kind
        """`zip`, `folder` (built), `layer`, `image`, or `source`: a folder whose requirements a build will add."""
        self.entries = entries
        self.location = location or Location(path)
        """Where findings stand: what names the package in a template, or the package itself."""
        self.functions = functions
        """Those that are deployed from it."""
        self.layers = layers
        """The packages of their layers, as far as they are here."""
        self.handlers = handlers
        """Files of handlers, as in the package."""
        self.python = python
        """The version of Python that runs it, `(3, 13)`; None where functions differ or nothing says it."""
        self.architectures = architectures
        """`x86_64`, `arm64`; none where nothing says it."""
        self.complete = complete
        """False where a build, or a layer that is not here, brings more."""
        self.alone = alone
        """False where functions with other layers are deployed from the same path: they may use what these do not."""
        self.users = users
        """Of a layer: gives the packages of the functions that have it."""
        self.remarks = remarks
        """What is wrong with the archive itself, each the end of a sentence that begins with its path."""
        self.notes = notes
        """How it was put together, in the same form."""
        self.facts = facts

    @property
    def label(self) -> str:
        return self.path

    @property
    def bytes_unzipped(self) -> int:
        return sum(entry.bytes_unzipped for entry in self.entries)

    @property
    def bytes_zipped(self) -> int:
        return sum(entry.bytes_zipped for entry in self.entries)

    @cached_property
    def distributions(self) -> Sequence[Distribution]:
        return self.facts.distributions(self)

    @cached_property
    def why(self) -> Mapping[str, Sequence[str]]:
        """What distributions are there for, by name: `app.py imports it`, `pandas needs it`."""
        return self.facts.why(self)

    @cached_property
    def natives(self) -> Sequence[Native]:
        return self.facts.natives(self)

    @cached_property
    def waste(self) -> Sequence[Waste]:
        return self.facts.waste(self)

    @cached_property
    def secrets(self) -> Sequence[Secret]:
        return self.facts.secrets(self)

    @cached_property
    def reaches(self) -> Sequence[Reach]:
        """One for each of `handlers`."""
        return self.facts.reaches(self)

    @cached_property
    def requirements(self) -> Sequence[Requirement]:
        return self.facts.requirements(self)

    @cached_property
    def uses(self) -> Sequence[Use]:
        return self.facts.uses(self)

    @property
    def bytes_with_layers(self) -> int:
        """What the limit of Lambda is about."""
        return self.bytes_unzipped + sum(layer.bytes_unzipped for layer in self.layers)
