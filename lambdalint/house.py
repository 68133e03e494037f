"""What lambdalint itself has to say: of a run, of a file it cannot read, of an idle ignore comment.

They are checks, so that they have pages, answer to `--ignore` and appear in `rules`; but their
subject is one that the engine never hands out: who notices them makes the finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import AnyCheck, Check, Finding, Problem, Severity, check
from lambdalint.model import Handler, Location


class Run(Handler):
    """A run of lambdalint. No check is ever given one."""


@check(Run, code="LL000", severity=Severity.ERROR, since="0.1")
def check_crashed(run: Run) -> Iterator[Problem]:
    """A check raised an exception instead of giving an answer.

    **Why it matters.** What that check would have said of this handler is not known, so the run
    ends with exit code 2 even if nothing else was found. All other checks have done their work.

    **Fix.** Report it, with the message and, if you may share it, the handler. If the check is
    one of your own (`extend-checks`), the message names the exception it raised.

    **Ignore it when** you cannot wait for a correction: `--ignore` the code of the check that
    crashes. Ignoring LL000 hides the message but not the exit code.
    """
    yield from ()


@check(Run, code="LL001", severity=Severity.ERROR, since="0.1")
def unreadable_source(run: Run) -> Iterator[Problem]:
    """A Python file cannot be read, so nothing is known of the handlers in or behind it.

    **Why it matters.** A file that Python itself refuses fails in Lambda too, on the first
    invocation: `Runtime.UserCodeSyntaxError` or `Runtime.ImportModuleError`.

    It is said of files that may hold a handler and of the project's files that one imports.
    Other files are not parsed at all.

    **Fix.** Correct the syntax or the encoding at the place named.

    **Ignore it when** the file is a template that becomes Python later; better, `exclude` it.
    """
    yield from ()


@check(Run, code="LL002", severity=Severity.ERROR, since="0.1")
def unreadable_template(run: Run) -> Iterator[Problem]:
    """A template cannot be read, so nothing is known of the functions it declares.

    **Why it matters.** Without the template, lambdalint does not know which function is the
    handler, how much memory it has or what invokes it: what it finds is then less than there is.

    **Fix.** Correct the syntax at the place named.

    **Ignore it when** the file is rendered by another tool before it is deployed; better,
    `exclude` it and check what is rendered.
    """
    yield from ()


@check(Run, code="LL003", severity=Severity.WARNING, since="0.1")
def unused_ignore(run: Run) -> Iterator[Problem]:
    """An ignore comment silences nothing, or does not say what it silences.

    **Why it matters.** A comment that outlives its reason silences the next finding on that
    line, which nobody has looked at.

    A comment names codes or names, and may give a reason:

        s3 = boto3.client("s3")  # lambdalint: ignore[LL101] credentials differ per call

    It stands on the line of the finding, on the first line of the statement, or alone on the line
    above. `# lambdalint: ignore-file[LL101]` holds for the whole file. Whether a comment is used
    is judged in runs over a folder only: the handler that leads to a helper may stand elsewhere.

    **Fix.** Removes the comment, or the code that is not needed from its list.

    **Ignore it when** the finding comes and goes with the configuration of the run.
    """
    yield from ()


@check(Run, code="LL005", severity=Severity.ERROR, since="0.1")
def unreadable_package(run: Run) -> Iterator[Problem]:
    """A deployment package cannot be read, in whole or in part.

    **Why it matters.** What Lambda makes of a broken zip is an error when the function is deployed or, worse, a
    function without some of its files. What is in it was not checked.

    **Fix.** Build it again.

    **Ignore it when** the file is a placeholder that a build replaces.
    """
    yield from ()


CHECKS: tuple[AnyCheck, ...] = (
    check_crashed,
    unreadable_source,
    unreadable_template,
    unused_ignore,
    unreadable_package,
)
ALWAYS = frozenset({"LL000", "LL001", "LL002"})
"""Said whatever is selected, unless ignored: a run that could not look is not clean."""


def finding(of: Check[Run], location: Location, message: str, handler: str | None = None) -> Finding:
    """What `of` says at `location`."""
    return Finding(of.code, of.name, of.severity, message, location, of.url, handler)
