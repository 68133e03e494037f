"""LL311: files of a request stay in /tmp."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import removing_file
from lambdalint.checks._libraries import through
from lambdalint.checks._triggers import triggers
from lambdalint.checks.handler._paths import (
    PATH_REMOVERS,
    PATH_TESTS,
    Write,
    made_by,
    parts,
    start,
    top,
    writes,
)
from lambdalint.model import UNKNOWN, Argument, Call, Handler

REMOVERS = {
    "os.remove": "path",
    "os.removedirs": "name",
    "os.rename": "src",
    "os.replace": "src",
    "os.rmdir": "path",
    "os.unlink": "path",
    "shutil.move": "src",
    "shutil.rmtree": "path",
}
"""What takes a file away, and what the path is called there."""
COMMANDS = frozenset({"os.system"}) | {
    f"subprocess.{name}" for name in ("Popen", "call", "check_call", "check_output", "run")
}
"""They may remove files as well; what they are told is often not known."""
TESTS = PATH_TESTS | {"os.listdir", "os.path.exists", "os.path.isdir", "os.path.isfile", "os.scandir"}

KEEPERS = {"tempfile.NamedTemporaryFile": True, "tempfile.mkdtemp": False, "tempfile.mkstemp": False}
"""What makes a name of its own each time, and whether it does so only under `delete=False`."""

PATH_OF_FILE = {
    "PIL.Image.new().save": (0, "fp"),
    "PIL.Image.open().resize().save": (0, "fp"),
    "PIL.Image.open().save": (0, "fp"),
    "boto3.resource().Bucket().download_file": (1, "Filename"),
    "boto3.resource().Object().download_file": (0, "Filename"),
    "builtins.open": (0, "file"),
    "shutil.copyfile": (1, "dst"),
    "urllib.request.urlretrieve": (1, "filename"),
}
"""Calls that make one file, and where they are told its path."""

EACH_TIME_NEW = (
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "random.",
    "secrets.",
    "time.time",
    "uuid.uuid",
)
"""How calls begin whose result is another in each invocation."""

Form = tuple[object, ...]
"""A path in a form that can be compared: what is the same text, or comes from the same place."""


@check(Handler, code="LL311", severity=Severity.ADVICE, since="0.1")
def tmp_left_behind(handler: Handler) -> Iterator[Problem]:
    """Files named anew for each request are never removed from /tmp.

    **Why it matters.** /tmp belongs to the execution environment and outlives the invocation. Unless configured
    larger it holds 512 MB. Files under new names add up until writing fails with `No space left on device`; this
    hits busy functions first. What is left there is also seen by later requests.

    **Bad**

    ```python
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        path = "/tmp/" + event["key"]
        s3.download_file("reports", event["key"], path)  # LL311
        with open(path) as file:
            return len(file.read())
    ```

    **Good**

    ```python
    import tempfile

    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        with tempfile.NamedTemporaryFile() as file:
            s3.download_fileobj("reports", event["key"], file)
            file.seek(0)
            return len(file.read())
    ```

    A fixed name that is overwritten each time is not reported, nor is a file that the code looks for before it
    writes: that is a cache. Custom resources of CloudFormation run too seldom to fill anything.

    **Fix (unsafe).** Puts what follows in the block into `try`, and removes the file in `finally`. Only where the path
    is a variable of that function, handed to calls and nothing else, and where at most 30 lines move. To be
    reviewed: whether a function that is given the path keeps it, for a thread or for a later invocation, and whether
    another function makes up the same path.

    **Ignore it when** there are few names, and what they hold stays small.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
    """
    made = sorted(_made(handler), key=lambda one: one[0].location)
    if not made or "custom-resource" in triggers(handler):  # that runs at deployments, for few names
        return
    removed = list(_removed(handler))
    if any(None in form for form in removed):
        return
    commands = handler.warm_calls.named(COMMANDS)
    if any("rm " in start(parts(call.positional[0])) for call in commands if call.positional):
        return
    looked_for = {call.scope for call in handler.warm_calls.named(TESTS)}
    seen: set[Form] = set()
    for call, form in made:
        if form in removed or (call.location,) in removed or form in seen or call.kept or call.scope in looked_for:
            continue
        seen.add(form)
        method = call.name.rpartition(".")[2]
        yield Problem(
            call.location,
            f"{method}() leaves a file with a new name in /tmp each time{through(call)}; remove it, or use tempfile in "
            "a with statement",
            _fix(call),
            call.trace,
            sure=not removed and not commands,
        )


def _fix(call: Call) -> Fix | None:
    """The file is removed where it is written, if that call makes one file and no folder."""
    where = (2, "Filename") if call.operation == "download_file" else PATH_OF_FILE.get(call.name)
    # Downloads of boto3 go to another name first.
    whole = call.name.endswith(".download_file")
    return removing_file(call, *where, whole=whole) if where is not None else None


def _made(handler: Handler) -> Iterator[tuple[Call, Form]]:
    """What an invocation leaves under a name that is new each time, as long as nobody removes it."""
    for call in handler.warm_calls.named(KEEPERS):
        delete = call.argument(None, "delete")
        if not KEEPERS[call.name] or (delete is not None and delete.value is False):
            yield call, (call.location,)
    for write in writes(handler.warm_calls):
        if not write.makes_directory and _in_tmp(write) and any(_is_new(part) for part in write.path):
            yield write.call, _form(write.path)


def _in_tmp(write: Write) -> bool:
    first = write.path[0].calls if write.path else ()
    return top(write.path) == "/tmp" or (len(first) == 1 and first[0].name == "tempfile.gettempdir")


def _is_new(part: Argument) -> bool:
    if part.from_event or part.reference == "lambda.context.aws_request_id":
        return not _is_chosen(part)
    return any(_begins_new(call) for call in part.calls)


def _is_chosen(part: Argument) -> bool:
    """Whether the event only says which of a few names it is: `json.loads(text)[event["version"]]`."""
    return bool(part.calls) and part.event_path is None and not any(_is_told_event(call) for call in part.calls)


def _is_told_event(call: Call) -> bool:
    if call.receiver is not None and _is_told_event(call.receiver):
        return True
    return any(argument.from_event for argument in (*call.positional, *call.keywords.values()))


def _begins_new(call: Call) -> bool:
    if call.name.startswith(EACH_TIME_NEW):
        return True
    return call.name in ("builtins.int", "builtins.str") and any(_is_new(inner) for inner in call.positional)


def _removed(handler: Handler) -> Iterator[Form]:
    """The paths that are removed; a form with None in it may be any."""
    for call in handler.warm_calls.named(REMOVERS):
        path = call.argument(0, REMOVERS[call.name])
        yield _form(parts(path)) if path is not None else (None,)
    for call in handler.warm_calls.named(PATH_REMOVERS):
        yield _form(made_by(call.receiver)) if call.receiver is not None else (None,)


def _form(path: tuple[Argument, ...]) -> Form:
    return tuple(_part(part) for part in path)


def _part(part: Argument) -> object:
    if part.value is not UNKNOWN:
        return part.value.strip("/") if isinstance(part.value, str) else part.value
    if part.event_path is not None:
        return part.event_path
    if part.calls:
        return part.calls[0].location
    return part.reference or ("event" if part.from_event else None)
