"""From one file to what the checks say of its handlers, in a form that travels between processes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from lambdalint.check import AnyCheck, Finding, Fix, Severity
from lambdalint.discovery import is_template_name
from lambdalint.engine import examine_with_fixes
from lambdalint.files import contents_of
from lambdalint.house import check_crashed, finding, unreadable_source, unreadable_template
from lambdalint.model import Function, Location, Step, Subject
from lambdalint.registry import loaded
from lambdalint.suppression import MARK

if TYPE_CHECKING:
    from lambdalint.python.project import Project
    from lambdalint.sources.cloudformation.nesting import Nesting

Packed = list[Any]


class Looked(NamedTuple):
    """What one file gave."""

    path: str
    marked: Sequence[str] = ()
    """The file, and others looked at with it, if they hold what may be an ignore comment."""
    handlers: int = 0
    functions: int = 0
    """How many a template declares."""
    claimed: Sequence[str] = ()
    """The Python files that hold the handlers of a template's functions: they were looked at with it."""
    findings: Sequence[tuple[Finding, Fix | None]] = ()
    files: Sequence[str] = ()
    """All files that had a part in the findings; empty where the file cannot hold a handler."""
    folders: Sequence[str] = ()
    """All folders whose listing had a part in them."""
    cut_short: Sequence[str] = ()
    """Handlers behind which there is more than was looked at."""


class Looker:
    """Looks at files one by one; what is learnt of a module serves all that import it."""

    def __init__(
        self,
        root: str,
        checks: Sequence[AnyCheck],
        *,
        import_roots: Sequence[str] = (),
        declared: Mapping[str, Sequence[str]] | None = None,
        contents: Mapping[str, bytes] | None = None,
    ) -> None:
        self.root = root
        self.contents = contents or {}
        self._checks: dict[type[Subject], list[AnyCheck]] = {}
        for check in checks:
            self._checks.setdefault(check.subject, []).append(check)
        self._loaded: dict[type[Subject], Sequence[AnyCheck]] = {}
        """Those of them that were needed."""
        self._import_roots = import_roots
        self._declared = declared or {}
        self._project: Project | None = None
        self._nesting: Nesting | None = None

    def data_of(self, path: str) -> bytes:
        """The bytes of a file, or what stands in for them. Raises `OSError`."""
        data = self.contents.get(path)
        return contents_of(path) if data is None else data

    def wants(self, subject: type[Subject]) -> bool:
        """Whether a check looks at subjects of this type."""
        return subject in self._checks

    def examine(self, subject: Subject) -> Iterator[tuple[Finding, Fix | None]]:
        """What the checks say of `subject`."""
        kind = type(subject)
        if kind not in self._loaded:
            self._loaded[kind] = list(map(loaded, self._checks.get(kind, ())))
        return examine_with_fixes(self._loaded[kind], subject)

    def consult(self, path: str, only: frozenset[str]) -> Looked:
        """What the checks say of the handlers that the template at `path` names in these files; of itself, nothing."""
        from lambdalint.joining import consult

        try:
            return consult(self, path, self.data_of(path), only)
        except Exception:  # nobody asked about it: its faults are told when somebody does
            return Looked(path)

    def look(self, path: str, data: bytes | None = None) -> Looked:
        """What the checks say of the handlers or functions in `path`. Whatever is in there, this does not raise."""
        is_template = is_template_name(path)
        try:
            data = self.data_of(path) if data is None else data
        except OSError as error:
            message = f"this file cannot be read: {error.strerror}"
            of = unreadable_template if is_template else unreadable_source
            return Looked(path, findings=[(finding(of, Location(path), message), None)])
        marked = (path,) if MARK in data else ()
        if is_template:
            from lambdalint.joining import look_at_template

            try:
                return look_at_template(self, path, data, marked)
            except Exception as error:  # as below
                return Looked(path, marked, findings=[(crash(path, error), None)])
        if not self._is_declared(path):
            from lambdalint.python.handlers import may_hold_handler

            if not may_hold_handler(data):
                return Looked(path, marked)
        try:
            return self.analyse(path, data, marked)
        except Exception as error:  # a file that defeats the analysis must not end the run
            return Looked(path, marked, findings=[(crash(path, error), None)])

    def _is_declared(self, path: str) -> bool:
        return bool(self._declared) and os.path.abspath(path) in self._declared

    @property
    def project(self) -> Project:
        """What is known of Python modules."""
        if self._project is None:
            from lambdalint.python.project import Project

            self._project = Project(
                self.root,
                import_roots=self._import_roots,
                declared=dict(self._declared),
                contents=self.contents,
            )
        return self._project

    @property
    def nesting(self) -> Nesting:
        """What is known of templates that nest others."""
        if self._nesting is None:
            from lambdalint.sources.cloudformation.nesting import Nesting

            self._nesting = Nesting()
        return self._nesting

    def analyse(
        self,
        path: str,
        data: bytes | None,
        marked: Sequence[str],
        functions: Mapping[str, Sequence[Function]] | None = None,
    ) -> Looked:
        from lambdalint.python.source import Unreadable

        project = self.project
        found: list[tuple[Finding, Fix | None]] = []
        unreadable: dict[str, Unreadable] = {}
        known = set(project.unreadable)
        handlers = 0
        try:
            for handler in project.handlers(path, data, functions):
                handlers += handler.found
                if handler.functions:
                    handler = handler._replace(import_ms=partial(_import_ms, handler.functions))
                found += self.examine(handler)
        except Unreadable as error:
            unreadable[path] = error
        files, folders = project.dependencies()
        for other, reason in project.unreadable.items():
            if other in files or other not in known:
                unreadable[other] = reason
        for other, reason in unreadable.items():
            line, column = max(reason.line or 1, 1), max(reason.column or 1, 1)
            place = Location(other, line, column, line, column + 1)
            found.append((finding(unreadable_source, place, f"this file {reason.message}"), None))
        # Any file that could not be read may be why something is not known here.
        rests_on = {path, *files, *project.unreadable}
        return Looked(
            path,
            marked,
            handlers,
            findings=found,
            files=sorted(rests_on),
            folders=sorted(folders),
            cut_short=tuple(project.cut_short),
        )


def _import_ms(functions: Sequence[Function], module: str) -> float:
    from lambdalint.shipping import import_ms

    return import_ms(functions, module)


def crash(path: str, error: Exception) -> Finding:
    """That the analysis of a file did not come to its end."""
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return finding(check_crashed, Location(path), f"the analysis crashed on {path}: {reason}")


def pack(looked: Looked) -> Packed:
    """As JSON can carry it. The fixes stay behind: they are functions."""
    findings = [
        [
            found.code,
            int(found.severity),
            found.message,
            list(found.location),
            found.handler,
            found.function,
            [list(step) for step in found.trace],
            found.fix_message,
            found.fix_unsafe,
            found.sure,
        ]
        for found, _ in looked.findings
    ]
    return [
        looked.path,
        list(looked.marked),
        looked.handlers,
        looked.functions,
        list(looked.claimed),
        findings,
        list(looked.files),
        list(looked.folders),
        list(looked.cut_short),
    ]


def unpack(packed: Packed, checks: Mapping[str, AnyCheck]) -> Looked:
    """The opposite. Raises some `Exception` for what `pack` did not make."""
    path, marked, handlers, functions, claimed, rows, files, folders, cut_short = packed
    findings: list[tuple[Finding, Fix | None]] = []
    for code, severity, message, location, handler, function, trace, fix_message, fix_unsafe, sure in rows:
        check = checks[code]
        found = Finding(
            code,
            check.name,
            Severity(severity),
            message,
            Location(*location),
            check.url,
            handler,
            tuple(Step(*step) for step in trace),
            fix_message,
            fix_unsafe,
            sure,
            function=function,
        )
        findings.append((found, None))
    return Looked(path, marked, handlers, functions, claimed, findings, files, folders, cut_short)


def processors() -> int:
    """How many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1
