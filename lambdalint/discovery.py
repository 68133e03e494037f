"""Which files a run looks at: those named, and below folders what git would let you commit."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lambdalint.errors import WrongUse

SKIPPED = frozenset(
    ".git .hg .svn .venv venv .tox .nox .eggs __pycache__ __pypackages__ node_modules site-packages cdk.out "
    ".aws-sam .serverless .chalice .terraform .mypy_cache .ruff_cache .pytest_cache .lambdalint_cache".split()
)
"""Folders that hold what tools made or fetched, not what people wrote."""
TEMPLATES = (".yaml", ".yml", ".json", ".template", ".tf", "zappa_settings.toml")
COUNTING = (".py", *TEMPLATES)
_LOOKED_INTO = {"cdk.out": "manifest.json", ".chalice": "config.json"}
"""Folders of tools of which one file counts."""
SETTLED_NS = 2_000_000_000
NO_TEMPLATES = frozenset(
    "package.json package-lock.json tsconfig.json composer.json renovate.json mkdocs.yml pnpm-lock.yaml".split()
)
"""Files that are not opened: they are common, and at times long."""


def is_template_name(path: str) -> bool:
    """Whether a file may be a template, by its name."""
    return path.endswith(TEMPLATES) and os.path.basename(path) not in NO_TEMPLATES


class Discovered:
    """The files of a run, as they are displayed, and what to say about the rest."""

    def __init__(self) -> None:
        self.files: list[str] = []
        """The Python files, in order, each once. Relative to where the run started, with forward slashes."""
        self.templates: list[str] = []
        """Files that may declare functions, likewise."""
        self.named: frozenset[str] = frozenset()
        """Those that were named themselves, not found below a folder."""
        self.empty: list[str] = []
        """Folders named that hold nothing lambdalint reads."""
        self.undecided: list[str] = []
        """Folders named that hold no Python, but what may be templates."""
        self.notices: list[str] = []

    @property
    def has_folder(self) -> bool:
        """Some were found below a folder."""
        return len(self.named) < len(self.files) + len(self.templates)

    def packed(self) -> list[list[str]]:
        """As JSON can carry it."""
        return [self.files, self.templates, sorted(self.named), self.empty, self.undecided, self.notices]

    @classmethod
    def unpacked(cls, packed: list[list[str]]) -> Discovered:
        """The opposite."""
        found = cls()
        found.files, found.templates, named, found.empty, found.undecided, found.notices = packed
        found.named = frozenset(named)
        return found


Listing = list[Any]
"""`[mtime_ns, names of files that count, names of folders]`."""


class Listings:
    """What was found in folders, for as long as nothing comes into them or leaves: to ask takes less than to look."""

    def __init__(self, known: Mapping[str, Listing] | None = None) -> None:
        self.known = known or {}
        self._began = time.time_ns()
        self.kept: dict[str, Listing] = {}
        """Those of this run."""
        self.elsewhere: Callable[[], dict[str, Listing]] | None = None
        """Gets them from the process that looked: nothing where it died."""
        self.changed = False
        """There are some that were not known before."""

    def get(self, folder: str, mtime_ns: int) -> Listing | None:
        known = self.known.get(folder)
        if known is None or known[0] != mtime_ns:
            return None
        self.kept[folder] = known
        return known

    def put(self, folder: str, listing: Listing) -> None:
        if listing[0] < self._began - SETTLED_NS:  # else a second change could bear the same time
            self.kept[folder] = listing
            self.changed = True


def discover(
    paths: Sequence[str],
    excluded: Callable[[str], bool] | None = None,
    listings: Listings | None = None,
    counted: Callable[[int], object] = int,
) -> Discovered:
    """The files at and below `paths` that count. Raises `WrongUse` for a path that does not exist.

    `counted` is told on the way how many there are so far.
    """
    found = Discovered()
    named: list[str] = []
    below: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            files = list(_below(display(path), excluded, found.notices, listings, counted))
            if not files:
                found.empty.append(path)
            elif all(is_template_name(file) for file in files):
                found.undecided.append(path)
            below += files
        elif not os.path.exists(path):
            raise WrongUse(f"{path or 'a path that is empty'}: no such file or folder")
        elif not os.path.isfile(path):
            raise WrongUse(f"{path}: neither a file nor a folder")
        elif not is_template_name(path) and not is_python(path):
            found.notices.append(f"{path}: neither Python nor a template; skipped")
        else:
            named.append(display(path))
    found.named = frozenset(named).difference(below)
    for path in sorted({*named, *below}):
        (found.templates if is_template_name(path) else found.files).append(path)
    return found


_LIKELY = ("template", "serverless", "sam", "stack", "cloudformation", "cfn", "zappa", "chalice")


def templates_above(paths: Sequence[str], root: str) -> list[str]:
    """Templates beside files and above folders, up to `root`, that may name handlers in them: by their names."""
    found: list[str] = []
    seen: set[str] = set()
    top = os.path.abspath(root)
    for path in paths:
        folder = os.path.dirname(os.path.abspath(path))
        while folder not in seen and (folder == top or folder.startswith(top.rstrip(os.sep) + os.sep)):
            seen.add(folder)
            with contextlib.suppress(OSError):
                found += (
                    os.path.relpath(os.path.join(folder, name)).replace(os.sep, "/")
                    for name in sorted(os.listdir(folder))
                    for name in (".chalice/config.json" if name == ".chalice" else name,)
                    if name.endswith(".tf")
                    or (is_template_name(name) and any(word in name.lower() for word in _LIKELY))
                )
            folder = os.path.dirname(folder)
    return found


def display(path: str) -> str:
    """`path` as findings name it: relative to where the run started, with forward slashes."""
    if os.path.isabs(path) or ".." in path:
        here = os.getcwd()
        full = os.path.abspath(path)
        if full == here or full.startswith(here.rstrip(os.sep) + os.sep) or not os.path.isabs(path):
            path = os.path.relpath(full, here)
    return os.path.normpath(path).replace(os.sep, "/")


def is_python(path: str) -> bool:
    """Whether a file that was named is Python: by its ending, or by its first line."""
    if path.endswith(".py"):
        return True
    if os.path.splitext(path)[1]:
        return False
    try:
        with open(path, "rb") as stream:
            first = stream.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first


class Tree:
    """What one repository holds below a folder; a folder outside of any has an empty `top`."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.files: list[str] = []
        self.inner: list[str] = []
        """Repositories within it: git answers for each alone."""
        self.assemblies: list[str] = []
        """What the CDK wrote last, by its manifest. It counts although git ignores it."""


def _below(
    folder: str,
    excluded: Callable[[str], bool] | None,
    notices: list[str],
    listings: Listings | None,
    counted: Callable[[int], object],
) -> Iterator[str]:
    from lambdalint import git  # a hook names files, and has no need of it

    top = git.top_of(folder)
    trees = {top: Tree(top)}
    listing = git.Tracked(top, folder) if top else None  # git works while the folders are walked
    _walk(folder, trees[top], trees, excluded, notices, listings, counted)
    dropped: list[str] = []
    for tree in trees.values():
        yield from tree.assemblies
        if not tree.top:
            yield from tree.files
            continue
        if tree.top != top:
            listing = git.Tracked(tree.top, tree.top)
        assert listing is not None
        try:
            ignored = listing.ignored_of([*tree.files, *tree.inner])
        except git.Unavailable as error:
            notices.append(f"git cannot say which files it ignores ({error}): none are left out")
            ignored = frozenset()
        dropped += [f"{inner}/" for inner in tree.inner if inner in ignored]
        kept = (file for file in tree.files if file not in ignored)
        yield from (file for file in kept if not (dropped and file.startswith(tuple(dropped))))


def _walk(
    folder: str,
    tree: Tree,
    trees: dict[str, Tree],
    excluded: Callable[[str], bool] | None,
    notices: list[str],
    listings: Listings | None,
    counted: Callable[[int], object],
) -> None:
    """Collect the files that count below `folder`. Links to folders are not followed, so none can loop."""
    named = folder
    start = os.path.realpath(folder) + os.sep
    pending = [(folder, tree)]
    while pending:
        folder, tree = pending.pop()
        prefix = "" if folder == "." else f"{folder.rstrip('/')}/"
        try:
            mtime_ns = os.stat(folder).st_mtime_ns if listings is not None else 0
            known = listings.get(folder, mtime_ns) if listings is not None else None
            if known is not None:
                _, files, folders = known
            else:
                found = _list(folder, start)
                files, folders = found.files, found.folders
                if found.is_repository and folder != named:
                    tree.inner.append(folder)
                    tree = trees.setdefault(folder, Tree(folder))
                tree.assemblies += [
                    prefix + name for name in found.assemblies if excluded is None or not excluded(prefix + name)
                ]
                if found.is_plain and listings is not None:
                    listings.put(folder, [mtime_ns, files, folders])
        except OSError as error:
            notices.append(f"{folder}: {error.strerror}; skipped")
            continue
        if excluded is None:
            tree.files += [prefix + name for name in files]
            pending += [(prefix + name, tree) for name in folders]
        else:
            tree.files += [prefix + name for name in files if not excluded(prefix + name)]
            pending += [(prefix + name, tree) for name in folders if not excluded(prefix + name)]
        counted(len(tree.files))


class _Listed:
    """What is in one folder."""

    __slots__ = ("assemblies", "files", "folders", "is_plain", "is_repository")

    def __init__(self) -> None:
        self.files: list[str] = []
        self.folders: list[str] = []
        self.assemblies: list[str] = []
        self.is_repository = False
        self.is_plain = True
        """Its own time tells when anything of this changes."""


def _list(folder: str, start: str) -> _Listed:
    """Raises `OSError`."""
    found = _Listed()
    installed: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.endswith(COUNTING) and name not in NO_TEMPLATES:
                if entry.is_symlink():
                    found.is_plain = False
                    # A file linked within the tree is looked at where it really stands.
                    if entry.is_file() and not os.path.realpath(entry.path).startswith(start):
                        found.files.append(name)
                elif entry.is_file():
                    found.files.append(name)
            elif name == ".git":
                found.is_repository, found.is_plain = True, False
            elif name in _LOOKED_INTO:
                found.is_plain = False
                inner = _LOOKED_INTO[name]
                if os.path.isfile(os.path.join(entry.path, inner)):
                    (found.assemblies if name == "cdk.out" else found.files).append(f"{name}/{inner}")
            elif name not in SKIPPED and entry.is_dir(follow_symlinks=False):
                if name.endswith((".dist-info", ".egg-info")):
                    installed.append(name)
                else:
                    found.folders.append(name)
    if installed:
        from lambdalint.vendored import packages_of

        found.is_plain = False
        foreign = packages_of(folder, installed, found.folders)
        found.files = [name for name in found.files if name.removesuffix(".py") not in foreign]
        found.folders = [name for name in found.folders if name not in foreign]
    return found
