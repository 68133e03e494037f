"""Which files an invocation writes, and what is known of their paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lambdalint.checks._libraries import text
from lambdalint.model import Argument, Call, Calls, Handler

OPENERS = frozenset({"builtins.open", "bz2.open", "codecs.open", "gzip.open", "io.open", "lzma.open"})
ARCHIVES = frozenset({"tarfile.TarFile.open", "tarfile.open", "zipfile.ZipFile"})
"""As `OPENERS`: they write only if the mode says so."""

TARGETS = {
    "PIL.Image.new().save": (0, "fp"),
    "PIL.Image.open().resize().save": (0, "fp"),
    "PIL.Image.open().save": (0, "fp"),
    "boto3.resource().Bucket().download_file": (1, "Filename"),
    "boto3.resource().Object().download_file": (0, "Filename"),
    "cv2.imwrite": (0, "filename"),
    "joblib.dump": (1, "filename"),
    "logging.FileHandler": (0, "filename"),
    "logging.handlers.RotatingFileHandler": (0, "filename"),
    "logging.handlers.TimedRotatingFileHandler": (0, "filename"),
    "matplotlib.pyplot.figure().savefig": (0, "fname"),
    "matplotlib.pyplot.savefig": (0, "fname"),
    "matplotlib.pyplot.subplots()[].savefig": (0, "fname"),
    "numpy.save": (0, "file"),
    "numpy.savetxt": (0, "fname"),
    "numpy.savez": (0, "file"),
    "os.makedirs": (0, "name"),
    "os.mkdir": (0, "path"),
    "os.rename": (1, "dst"),
    "os.replace": (1, "dst"),
    "shutil.copy": (1, "dst"),
    "shutil.copy2": (1, "dst"),
    "shutil.copyfile": (1, "dst"),
    "shutil.copytree": (1, "dst"),
    "shutil.move": (1, "dst"),
    "tarfile.open().extractall": (0, "path"),
    "urllib.request.urlretrieve": (1, "filename"),
    "zipfile.ZipFile().extractall": (0, "path"),
}
"""Where calls that always write are told the path."""
FRAMES = ("geopandas.", "pandas.")
FRAME_WRITERS = {
    "to_csv": "path_or_buf",
    "to_excel": "excel_writer",
    "to_feather": "path",
    "to_file": "filename",
    "to_json": "path_or_buf",
    "to_parquet": "path",
    "to_pickle": "path",
}
"""Methods of data frames that write a file if they are given a path, and what that is called."""

_CHAINS = ("pathlib.Path()", "pathlib.Path().joinpath()", "pathlib.Path().joinpath().joinpath()")
PATH_OPENERS = frozenset(f"{chain}.open" for chain in _CHAINS)
PATH_WRITERS = frozenset(f"{chain}.{method}" for chain in _CHAINS for method in ("touch", "write_bytes", "write_text"))
PATH_MAKERS = frozenset(f"{chain}.mkdir" for chain in _CHAINS)
PATH_REMOVERS = frozenset(
    f"{chain}.{method}" for chain in _CHAINS for method in ("rename", "replace", "rmdir", "unlink")
)
PATH_TESTS = frozenset(f"{chain}.{method}" for chain in _CHAINS for method in ("exists", "is_dir", "is_file"))

JOINERS = frozenset({"os.path.join", "pathlib.Path", "pathlib.PurePath", "posixpath.join"})
_SAME_PATH = frozenset(
    {
        "builtins.str",
        "os.fspath",
        "os.path.abspath",
        "os.path.normpath",
        "os.path.realpath",
        "pathlib.Path().absolute",
        "pathlib.Path().as_posix",
        "pathlib.Path().resolve",
    }
)
_TEMPLATES = ("{", "%")
WRITABLE = ("/dev", "/mnt", "/proc", "/tmp")
"""Where writing is no mistake: file systems are mounted below /mnt."""
DEEP = 6
"""Paths in paths are looked into so far down."""


class Write(NamedTuple):
    """A call that writes to the file system, and the parts of the path it is told, in their order."""

    call: Call
    path: tuple[Argument, ...]
    makes_directory: bool = False


def writes(calls: Calls) -> Iterator[Write]:
    """Calls that write a file or make a directory where the code says so."""
    for call in calls.named(OPENERS | ARCHIVES):
        path = call.argument(0, "file", "filename", "name")
        if path is not None and _writes(call.argument(1, "mode")):
            yield Write(call, parts(path))
    for call in calls.of("s3", "download_file"):
        path = call.argument(2, "Filename")
        if path is not None:
            yield Write(call, parts(path))
    for call in calls.named(TARGETS):
        path = call.argument(*TARGETS[call.name])
        if path is not None and "delay" not in call.keywords:  # of a log: it may be opened later
            yield Write(call, parts(path), call.name in ("os.makedirs", "os.mkdir"))
    for call in calls:
        if call.name.startswith(FRAMES) and (method := call.name.rpartition(".")[2]) in FRAME_WRITERS:
            path = call.argument(0, FRAME_WRITERS[method])
            if path is not None:
                yield Write(call, parts(path))
    for call in calls.named(PATH_OPENERS):
        if call.receiver is not None and _writes(call.argument(0, "mode")):
            yield Write(call, made_by(call.receiver))
    for call in calls.named(PATH_WRITERS | PATH_MAKERS):
        if call.receiver is not None:
            yield Write(call, made_by(call.receiver), call.name in PATH_MAKERS)


def _writes(mode: Argument | None) -> bool:
    return any(letter in (text(mode) or "") for letter in "wax+")


def parts(argument: Argument, depth: int = DEEP) -> tuple[Argument, ...]:
    """What a path is put together from: the text in it, and what is not known of it."""
    if depth and argument.text:
        return tuple(piece for part in argument.text for piece in parts(part, depth - 1))
    if depth and len(argument.calls) == 1:
        made = argument.calls[0]
        if made.name in JOINERS or made.name in _CHAINS_MADE:
            return made_by(made, depth - 1)
        if made.name in _SAME_PATH:
            inner = made.positional[0] if made.positional else None
            if inner is not None and (inner.text or (inner.calls and inner.calls[0].name in JOINERS)):
                return parts(inner, depth - 1)
            if inner is None and made.receiver is not None:
                return made_by(made.receiver, depth - 1)
    return (argument,)


_CHAINS_MADE = frozenset(chain.removesuffix("()") for chain in _CHAINS)


def made_by(call: Call, depth: int = DEEP) -> tuple[Argument, ...]:
    """The parts of the path that `os.path.join`, `Path` or `joinpath` give."""
    before = made_by(call.receiver, depth - 1) if call.receiver is not None and depth else ()
    return (*before, *(piece for argument in call.positional for piece in parts(argument, depth - 1)))


def start(path: Sequence[Argument]) -> str:
    """The text that a path surely begins with; empty if that is not known."""
    first = text(path[0]) if path else None
    if first is None:
        return ""
    if len(path) > 1:  # a template is followed by what is put into it
        for sign in _TEMPLATES:
            first = first.partition(sign)[0]
    return first


def top(path: Sequence[Argument]) -> str:
    """The first folder of an absolute path, `"/tmp"`; `"."` for a relative one, empty if neither is sure."""
    begin = start(path)
    if not begin or "://" in begin or begin.startswith("~"):
        return ""
    if not begin.startswith("/"):
        return "."
    folder, slash, _ = begin[1:].partition("/")
    if not slash and len(path) > 1 and any(one.startswith(f"/{folder}") and one != f"/{folder}" for one in WRITABLE):
        return ""  # `f"/{place}/out"` may lie anywhere
    return f"/{folder}"


def handles_failure(handler: Handler, call: Call) -> bool:
    """Whether the code goes on where this call fails: written for places that allow it and places that do not."""
    return any(
        call.name in rescue.calls and rescue.scope == call.scope and not rescue.raises for rescue in handler.rescues
    )
