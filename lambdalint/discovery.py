"""Which files a run looks at: those named, and below folders what git would let you commit."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence

from lambdalint.errors import WrongUse

SKIPPED = frozenset(
    ".git .hg .svn .venv venv .tox .nox .eggs __pycache__ __pypackages__ node_modules site-packages cdk.out "
    ".aws-sam .serverless .chalice .terraform .mypy_cache .ruff_cache .pytest_cache .lambdalint_cache".split()
)
"""Folders that hold what tools made or fetched, not what people wrote."""
TEMPLATES = (".yaml", ".yml", ".json", ".template", ".tf", "zappa_settings.toml")
COUNTING = (".py", *TEMPLATES)
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


def discover(paths: Sequence[str], excluded: Callable[[str], bool] | None = None) -> Discovered:
    """The files at and below `paths` that count. Raises `WrongUse` for a path that does not exist."""
    found = Discovered()
    named: list[str] = []
    below: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            files = list(_below(display(path), excluded, found.notices))
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


def _below(folder: str, excluded: Callable[[str], bool] | None, notices: list[str]) -> Iterator[str]:
    from lambdalint import git  # a hook names files, and has no need of it

    top = git.top_of(folder)
    trees = {top: Tree(top)}
    listing = git.Tracked(top, folder) if top else None  # git works while the folders are walked
    _walk(folder, trees[top], trees, excluded, notices)
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
) -> None:
    """Collect the files that count below `folder`. Links to folders are not followed, so none can loop."""
    start = os.path.realpath(folder) + os.sep
    pending = [(folder, tree)]
    while pending:
        folder, tree = pending.pop()
        prefix = "" if folder == "." else f"{folder.rstrip('/')}/"
        files: list[str] = []
        folders: list[str] = []
        installed: list[str] = []
        assemblies: list[str] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(COUNTING) and name not in NO_TEMPLATES:
                        if entry.is_file() and (
                            # A file linked within the tree is looked at where it really stands.
                            not entry.is_symlink() or not os.path.realpath(entry.path).startswith(start)
                        ):
                            files.append(name)
                    elif name == ".git":
                        if prefix and folder != tree.top:
                            tree.inner.append(folder)
                            tree = trees.setdefault(folder, Tree(folder))
                    elif name == "cdk.out":
                        if os.path.isfile(os.path.join(entry.path, "manifest.json")):
                            assemblies.append(f"{name}/manifest.json")
                    elif name == ".chalice":
                        if os.path.isfile(os.path.join(entry.path, "config.json")):
                            files.append(f"{name}/config.json")
                    elif name not in SKIPPED and entry.is_dir(follow_symlinks=False):
                        if name.endswith((".dist-info", ".egg-info")):
                            installed.append(name)
                        else:
                            folders.append(name)
        except OSError as error:
            notices.append(f"{folder}: {error.strerror}; skipped")
            continue
        if installed:
            from lambdalint.vendored import packages_of

            foreign = packages_of(folder, installed, folders)
            files = [name for name in files if name.removesuffix(".py") not in foreign]
            folders = [name for name in folders if name not in foreign]
        tree.assemblies += [prefix + name for name in assemblies if excluded is None or not excluded(prefix + name)]
        if excluded is None:
            tree.files += [prefix + name for name in files]
            pending += [(prefix + name, tree) for name in folders]
        else:
            tree.files += [prefix + name for name in files if not excluded(prefix + name)]
            pending += [(prefix + name, tree) for name in folders if not excluded(prefix + name)]
