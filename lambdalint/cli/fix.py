"""`lambdalint check --fix` and `--diff`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lambdalint import checking, files, fixing
from lambdalint.cli.check import Options, exit_code, write
from lambdalint.report import Report


def mend(request: checking.Request, options: Options) -> Report:
    """Change the files, and report what is left. Standard input comes out mended on standard output."""
    mended, _ = _mended(request, options)
    for path, data in mended.after.items():
        if path in request.contents:
            continue
        try:
            with open(path, "rb") as stream:
                changed = stream.read() != mended.before[path]
            if changed:
                mended.notices.append(f"{path}: not fixed: it was changed meanwhile")
                mended.counts.pop(path)
                continue
            files.write(path, data)
        except OSError as error:
            mended.notices.append(f"{path}: not fixed: {error.strerror}")
            mended.counts.pop(path)
    for path, data in request.contents.items():
        sys.stdout.flush()
        sys.stdout.buffer.write(mended.after.get(path, data))
    contents = {path: mended.after.get(path, data) for path, data in request.contents.items()}
    report, _ = checking.run(request._replace(contents=contents))
    return report._replace(
        # What was refused just now is not offered again.
        findings=[one._replace(fix_message=None) if mended.is_refused(one) else one for one in report.findings],
        fixed=sum(mended.counts.values()),
        notices=[*mended.notices, *report.notices],
    )


def show(request: checking.Request, options: Options) -> int:
    """Print what `mend` would change. The code is that of a check, and 1 at least where something would change."""
    mended, report = _mended(request, options)
    for path, after in sorted(mended.after.items()):
        write(fixing.difference(path, mended.before[path], after))
    if not options.quiet:
        for notice in (*mended.notices, *report.notices, *_withheld(report, options, mended)):
            print(f"lambdalint: {notice}", file=sys.stderr)
    code = exit_code(report, options, request.config.fail_on)
    return code or (1 if mended.after and not options.exit_zero else 0)


def _withheld(report: Report, options: Options, mended: fixing.Mended) -> Iterator[str]:
    """What is not shown: findings stand in a report, and some fixes have to be asked for."""
    found = [one for one in report.findings if one.status == "new"]
    unsafe = sum(one.fix_message is not None and one.fix_unsafe for one in found)
    if not options.unsafe_fixes and unsafe:
        yield f"{unsafe} fix{'' if unsafe == 1 else 'es'} may change what the program does: --unsafe-fixes shows them"
    elif found and not mended.after:
        yield f"nothing that was found can be fixed here: {len(found)} finding{'' if len(found) == 1 else 's'}"


def _mended(request: checking.Request, options: Options) -> tuple[fixing.Mended, Report]:
    """What fixing comes to, and the report on the files as they are."""
    reports: list[Report] = []

    def look(contents: dict[str, bytes]) -> list[fixing.Found]:
        report, found = checking.run(request._replace(contents=contents))
        reports.append(report)
        return found

    return fixing.mend(look, dict(request.contents), unsafe=options.unsafe_fixes), reports[0]
