"""What a check is, what it says, and what the engine makes of it.

A check is a generator over one typed subject. It yields problems; the engine turns each into a
finding by stamping on it who found it. Checks never print, parse, configure or sort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import Any, Generic, NamedTuple, TypeVar, overload

from lambdalint.model import Function, Handler, Location, Package, Stack, Step, Usage

DOCS_URL = "https://lambdalint.readthedocs.io/en/latest/checks"


class Severity(IntEnum):
    """How bad a finding is. Advice never fails a run unless `--fail-on advice` asks for it."""

    ADVICE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class Edit(NamedTuple):
    """Characters `start` to `end` of a file's text are replaced by `text`."""

    start: int
    end: int
    text: str


class Refusal(Exception):
    """Something is better left as it is: the reason, as the end of a sentence."""


class Fix(NamedTuple):
    """A way to mend one problem in the file where it stands."""

    message: str
    """What it does, in the imperative: "Move the client above the handler"."""
    edits: Callable[[str], Sequence[Edit]]
    """From the file's text to the edits; called only under `--fix` and `--diff`. None means: refused; so
    does a `Refusal`, which says why."""
    unsafe: bool = True
    """May change what the program does; applied only under `--unsafe-fixes`."""
    places: tuple[Location, ...] = ()
    """What `together` needs to know of this problem."""
    together: Callable[[str, Sequence[Location]], Sequence[Edit]] | None = None
    """Mends at once all the problems of a check that stand in one file and have the same `message`, given their
    `places`: what all lack is then put where it holds for all."""


class Worth(NamedTuple):
    """What a problem costs, as far as the account shows it."""

    usd_per_month: float | None = None
    ms_per_invocation: float | None = None
    basis: str = ""
    """What the figures rest on, in words."""


class Problem(NamedTuple):
    """What a check says: where, what, and how to mend it."""

    location: Location
    message: str
    fix: Fix | None = None
    trace: tuple[Step, ...] = ()
    """The calls that lead from the handler to the place."""
    severity: Severity | None = None
    """Only where it differs from the check's own."""
    sure: bool = True
    """False where it is likely rather than certain: then it is said only under `--pedantic`."""
    cost: Worth | None = None


class Option(NamedTuple):
    """What a project may say of an option: `statements: Annotated[int, Option("...", least=0)] = 80`."""

    doc: str
    """What it means, in a line."""
    least: float | None = None
    """Of a number: the smallest that has a meaning."""
    choices: tuple[str, ...] = ()
    """Of a string: all that it may be."""


S = TypeVar("S", bound=Handler | Function | Stack | Package | Usage)
Options = TypeVar("Options", bound=NamedTuple)


class Check(NamedTuple, Generic[S]):
    """A registered check: who it is, what it looks at, and the function that looks."""

    code: str
    name: str
    severity: Severity
    subject: type[S]
    find: Callable[..., Iterator[Problem]]
    """Of the subject, and of the options where there are any."""
    since: str
    default: bool
    """Runs without being selected."""
    summary: str
    """First line of the docstring."""
    doc: str
    """The docstring: the whole page in Markdown."""
    family: str = ""
    """The name of the package the check stands in: `init`, `package`, ..."""
    options: NamedTuple | None = None
    """What the project may set, as it is set in this run; None where there is nothing to set."""

    def problems(self, subject: S) -> Iterator[Problem]:
        """What is wrong with `subject`."""
        return self.find(subject) if self.options is None else self.find(subject, self.options)

    @property
    def url(self) -> str:
        return f"{DOCS_URL}/{self.name}/"


AnyCheck = Check[Any]


@overload
def check(
    subject: type[S], *, code: str, severity: Severity, since: str, default: bool = True
) -> Callable[[Callable[[S], Iterator[Problem]]], Check[S]]: ...


@overload
def check(
    subject: type[S], *, code: str, severity: Severity, since: str, default: bool = True, options: Options
) -> Callable[[Callable[[S, Options], Iterator[Problem]]], Check[S]]: ...


def check(
    subject: type[S],
    *,
    code: str,
    severity: Severity,
    since: str,
    default: bool = True,
    options: NamedTuple | None = None,
) -> Callable[[Callable[..., Iterator[Problem]]], Check[S]]:
    """Make a check of a generator function over `subject`. Its name is the function's, with dashes.

    `options` is a named tuple of defaults; the function gets it second, with what the project has set.
    """

    def register(find: Callable[..., Iterator[Problem]]) -> Check[S]:
        doc = _dedent(find.__doc__ or "")
        return Check(
            code=code,
            name=find.__name__.replace("_", "-"),
            severity=severity,
            subject=subject,
            find=find,
            since=since,
            default=default,
            summary=doc.partition("\n")[0],
            doc=doc,
            family=find.__module__.rpartition(".")[0].rpartition(".")[2],
            options=options,
        )

    return register


def _dedent(doc: str) -> str:
    """`inspect.cleandoc` without importing inspect, which costs a fifth of a hook's budget."""
    first, _, rest = doc.strip().partition("\n")
    lines = rest.split("\n")
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join([first, *(line[indent:].rstrip() for line in lines)]).rstrip() + "\n"


class Finding(NamedTuple):
    """A problem with the identity of the check that found it, as every reporter sees it."""

    code: str
    name: str
    severity: Severity
    message: str
    location: Location
    url: str
    handler: str | None = None
    """`path:name` of the handler behind which it was found."""
    trace: tuple[Step, ...] = ()
    fix_message: str | None = None
    fix_unsafe: bool = False
    sure: bool = True
    function: str | None = None
    """The Lambda function it is about: its logical id where a template declares it, its name in an account."""
    cost: Worth | None = None
    status: str = "new"
    """`new`, `baselined`, or `ignored` (shown only under `--ignore-suppressions`)."""
