"""Puts a subject before every check that wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lambdalint.check import AnyCheck, Finding, Fix, Problem
from lambdalint.house import check_crashed, finding
from lambdalint.model import Function, Handler, Package, Subject, Usage


def examine(checks: Iterable[AnyCheck], subject: Subject) -> Iterator[Finding]:
    """What the checks say of `subject`. A crash is one finding, and ends that check only."""
    return (found for found, _ in examine_with_fixes(checks, subject))


def examine_with_fixes(checks: Iterable[AnyCheck], subject: Subject) -> Iterator[tuple[Finding, Fix | None]]:
    """The same, each with the way to mend it."""
    for check in checks:
        if isinstance(subject, check.subject):
            try:
                for problem in check.problems(subject):
                    yield stamp(check, problem, subject), problem.fix
            except (Exception, SystemExit) as error:  # a check is anyone's code: whatever it raises, the others go on
                reason = " ".join(f"{type(error).__name__}: {error}".split())
                message = f"{check.name} ({check.code}) crashed on {subject.label}: {reason}"
                label = subject.label if isinstance(subject, Handler) else None
                yield finding(check_crashed, subject.location, message, handler=label), None


def stamp(check: AnyCheck, problem: Problem, subject: Subject) -> Finding:
    """The problem with the identity of its check on it."""
    return Finding(
        code=check.code,
        name=check.name,
        severity=problem.severity or check.severity,
        message=_named(problem.message, subject),
        location=problem.location,
        url=check.url,
        handler=subject.label if isinstance(subject, Handler) else None,
        function=function_of(subject),
        trace=tuple(problem.trace),
        fix_message=problem.fix.message if problem.fix else None,
        fix_unsafe=problem.fix.unsafe if problem.fix else False,
        sure=problem.sure,
        cost=problem.cost,
    )


def _named(message: str, subject: Subject) -> str:
    """The message with functions called what the CDK calls them: their logical ids are nowhere in the source."""
    if isinstance(subject, Usage):
        return message
    for function in (subject,) if isinstance(subject, Function) else subject.functions:
        if function.format == "cdk" and function.place:
            message = message.replace(function.logical_id, function.place)
    return message


def function_of(subject: Subject) -> str | None:
    """The function a subject is or belongs to, where that is one and not several: its logical id, or its name."""
    if isinstance(subject, Usage):
        return subject.name
    if isinstance(subject, Function):
        return subject.logical_id
    if isinstance(subject, Handler | Package) and len(subject.functions) == 1:
        return subject.functions[0].logical_id
    return None
