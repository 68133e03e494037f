"""What a project asks of lambdalint: `[tool.lambdalint]` in pyproject.toml, or lambdalint.toml."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from lambdalint.errors import WrongUse, nearest

FILES = ("lambdalint.toml", "pyproject.toml")
"""By precedence, where one folder holds both."""
SEVERITIES = ("advice", "warning", "error")


class Stated(NamedTuple):
    """What a file says of the options of a check; which checks there are is not known here."""

    file: str
    check: str
    options: Mapping[str, Any]


class Config(NamedTuple):
    """The settings of one run. Paths are absolute; patterns are relative to `root`."""

    root: str
    """The folder of the configuration; without one the repository's, else where the run starts."""
    file: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    exclude: tuple[str, ...] = ()
    handlers: tuple[tuple[str, str], ...] = ()
    """File and function of each declared handler."""
    import_roots: tuple[str, ...] = ()
    extend_checks: tuple[str, ...] = ()
    checks: tuple[Stated, ...] = ()
    """What is said later counts."""
    fail_on: str = "warning"
    baseline: str | None = None
    output_format: str | None = None
    jobs: int = 0
    """0: as many as there are processors."""
    cache_dir: str | None = None
    pedantic: bool = False


def find(*paths: str) -> Config:
    """The nearest configuration at or above all of `paths`, files or folders: one for the run, in whatever order."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in map(os.path.abspath, paths)]
    folder = os.path.commonpath(folders) if len({os.path.splitdrive(one)[0] for one in folders}) == 1 else os.getcwd()
    repository = None
    while True:
        for name in FILES:
            file = os.path.join(folder, name)
            table = read(file) if os.path.isfile(file) else None
            if table is not None:
                return build(file, table)
        if repository is None and os.path.exists(os.path.join(folder, ".git")):
            repository = folder
        above = os.path.dirname(folder)
        if above == folder:
            return Config(root=repository or os.getcwd())
        folder = above


def load(file: str) -> Config:
    """The configuration in a file that was named."""
    if not os.path.isfile(file):
        raise WrongUse(f"{file}: no such configuration file")
    file = os.path.abspath(file)
    table = read(file)
    if table is None:
        raise WrongUse(f"{shown(file)}: there is no [tool.lambdalint] in it")
    return build(file, table)


def read(file: str) -> dict[str, Any] | None:
    """The table of settings in `file`; None where a pyproject.toml has none."""
    try:
        with open(file, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise WrongUse(f"{shown(file)}: {error.strerror}") from error
    is_own = os.path.basename(file) != "pyproject.toml"
    if not is_own and b"lambdalint" not in data:
        return None  # most projects, most of the time: tomllib is not loaded for them
    import tomllib

    try:
        content = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # both TOMLDecodeError and UnicodeDecodeError are
        raise WrongUse(f"{shown(file)}: not valid TOML: {error}") from error
    if is_own:
        if "tool" in content:
            raise WrongUse(f"{place(file, 'tool')}: leave out [tool.lambdalint]; here its keys stand by themselves")
        return content
    if "lambdalint" in content:
        raise WrongUse(f"{shown(file)}: the table is called [tool.lambdalint], not [lambdalint]")
    tool = content.get("tool")
    table = tool.get("lambdalint") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise WrongUse(f"{shown(file)}: [tool.lambdalint] must be a table")
    return table


def build(file: str, table: dict[str, Any], below: tuple[str, ...] = ()) -> Config:
    """Check every setting of `table` and lay it over what it extends."""
    if file in below:
        raise WrongUse(f"{shown(file)}: `extend` leads back to this file")
    folder = os.path.dirname(file)
    settings: dict[str, Any] = {}
    for key, value in table.items():
        if key not in SETTINGS:
            where = place(file, key)
            raise WrongUse(f'{where}: unknown setting "{key}"{nearest(key, list(SETTINGS))}')
        expected, convert = SETTINGS[key]
        converted = convert(value, folder)
        if converted is None:
            raise WrongUse(f'{place(file, key)}: "{key}" must be {expected}')
        settings[key.replace("-", "_")] = converted
    base = Config(root=folder)
    if "extend" in settings:
        parent = settings.pop("extend")
        if not os.path.isfile(parent):
            raise WrongUse(f"{place(file, 'extend')}: {shown(parent)} does not exist")
        table_above = read(parent)
        if table_above is None:
            raise WrongUse(f"{place(file, 'extend')}: there is no [tool.lambdalint] in {shown(parent)}")
        base = build(parent, table_above, (*below, file))
        base = base._replace(
            exclude=tuple(rebased(pattern, base.root, folder) for pattern in base.exclude),
            per_file_ignores={rebased(key, base.root, folder): value for key, value in base.per_file_ignores.items()},
        )
    own = settings.get("checks", {})
    settings["checks"] = (*base.checks, *(Stated(file, check, options) for check, options in own.items()))
    for path, _ in settings.get("handlers", ()):
        if not os.path.isfile(path):
            raise WrongUse(f"{place(file, 'handlers')}: {shown(path)} does not exist")
    for path in settings.get("import_roots", ()):
        if not os.path.isdir(path):
            raise WrongUse(f"{place(file, 'import-roots')}: {shown(path)} is not a folder")
    return base._replace(**settings, root=folder, file=file)


def rebased(pattern: str, from_folder: str, to_folder: str) -> str:
    """A pattern that means files below one folder, as seen from another."""
    if from_folder == to_folder or "/" not in pattern.rstrip("/"):
        return pattern  # a name alone means such files anywhere
    if pattern.startswith("**/"):
        return pattern
    return os.path.relpath(os.path.join(from_folder, pattern.lstrip("/")), to_folder).replace(os.sep, "/")


def place(file: str, *keys: str) -> str:
    """`file:line` of a setting. TOML readers keep no lines, so it is looked for by its name."""
    wanted = ("tool", "lambdalint", *keys) if os.path.basename(file) == "pyproject.toml" else keys
    with open(file, encoding="utf-8", errors="replace") as stream:
        lines = stream.read().splitlines()
    table: tuple[str, ...] = ()
    found = most = 0
    for number, line in enumerate(lines, 1):
        words = line.strip()
        if words.startswith("["):
            name = table = parts(words.partition("]")[0])
        else:
            name = (*table, *parts(words.partition("=")[0]))
        alike = 0
        while name[alike : alike + 1] == wanted[alike : alike + 1] != ():
            alike += 1
        if alike > most:
            found, most = number, alike
    return f"{shown(file)}:{found}" if found else shown(file)


def parts(dotted: str) -> tuple[str, ...]:
    """The words of a key or of the name of a table."""
    return tuple(word.strip("[ \t\"'") for word in dotted.split("."))


def shown(path: str) -> str:
    """A path as messages name it: relative to where the run started, if it is below."""
    relative = os.path.relpath(path) if os.path.splitdrive(path)[0] == os.path.splitdrive(os.getcwd())[0] else path
    return (path if relative.startswith("..") else relative).replace(os.sep, "/")


def strings(value: object, folder: str) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def paths(value: object, folder: str) -> tuple[str, ...] | None:
    names = strings(value, folder)
    return None if names is None else tuple(os.path.normpath(os.path.join(folder, name)) for name in names)


def path(value: object, folder: str) -> str | None:
    return os.path.normpath(os.path.join(folder, value)) if isinstance(value, str) and value else None


def packages(value: object, folder: str) -> tuple[str, ...] | None:
    """Dotted names as they are, folders as absolute paths."""
    names = strings(value, folder)
    if names is None:
        return None
    folders = [name.startswith(".") or "/" in name or os.sep in name for name in names]
    return tuple(
        os.path.normpath(os.path.join(folder, name)) if is_folder else name
        for name, is_folder in zip(names, folders, strict=True)
    )


def entries(value: object, folder: str) -> tuple[tuple[str, str], ...] | None:
    names = strings(value, folder)
    if names is None or not all(name.rpartition(":")[0] and name.rpartition(":")[2] for name in names):
        return None
    parts = [name.rpartition(":") for name in names]
    return tuple((os.path.normpath(os.path.join(folder, file)), function) for file, _, function in parts)


def by_pattern(value: object, folder: str) -> dict[str, tuple[str, ...]] | None:
    if not isinstance(value, dict):
        return None
    found = {pattern: strings(words, folder) for pattern, words in value.items()}
    kept = {pattern: words for pattern, words in found.items() if words is not None}
    return kept if len(kept) == len(found) else None


def tables(value: object, folder: str) -> dict[str, dict[str, Any]] | None:
    return value if isinstance(value, dict) and all(isinstance(one, dict) for one in value.values()) else None


def word(*allowed: str) -> Callable[[object, str], str | None]:
    return lambda value, folder: value if isinstance(value, str) and value in allowed else None


def text(value: object, folder: str) -> str | None:
    return value if isinstance(value, str) and value else None


def count(value: object, folder: str) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def flag(value: object, folder: str) -> bool | None:
    return value if isinstance(value, bool) else None


SELECTORS = "a list of codes, names, prefixes such as LL1, or ALL"
SETTINGS: dict[str, tuple[str, Callable[[object, str], Any]]] = {
    "select": (SELECTORS, strings),
    "ignore": (SELECTORS, strings),
    "extend-select": (SELECTORS, strings),
    "per-file-ignores": ('a table such as {"tests/*" = ["LL101"]}', by_pattern),
    "exclude": ("a list of patterns", strings),
    "handlers": ('a list of handlers such as "src/app.py:handler"', entries),
    "import-roots": ("a list of folders", paths),
    "extend-checks": ('a list of packages and folders such as "./our_checks"', packages),
    "checks": ("a table for each check, such as [tool.lambdalint.checks.fat-handler]", tables),
    "fail-on": (f"one of {', '.join(SEVERITIES)}", word(*SEVERITIES)),
    "baseline": ("the path of a file", path),
    "output-format": ("the name of a format, as in `lambdalint check --help`", text),
    "extend": ("the path of a file", path),
    "jobs": ("a whole number, 0 for one per processor", count),
    "cache-dir": ("the path of a folder", path),
    "pedantic": ("true or false", flag),
}
"""What each setting must be, and how it is read; None from the reader means that it is not."""
