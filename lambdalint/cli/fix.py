"""`lambdalint check --fix` and `--diff`."""

from __future__ import annotations

import sys
from dataclasses import replace

from lambdalint import checking, fixing
from lambdalint.cli.check import Options, write
from lambdalint.report import Report


def mend(request: checking.Request, options: Options) -> Report:
    """Change the files, and report what is left. Standard input comes out mended on standard output."""
    mended = _mended(request, options)
    for path, data in mended.after.items():
        if path in request.contents:
            continue
        try:
            fixing.write(path, data)
        except OSError as error:
            mended.notices.append(f"{path}: not fixed: {error.strerror}")
            mended.counts.pop(path)
    for path, data in request.contents.items():
        sys.stdout.flush()
        sys.stdout.buffer.write(mended.after.get(path, data))
    contents = {path: mended.after.get(path, data) for path, data in request.contents.items()}
    report, _ = checking.run(replace(request, contents=contents))
    return replace(report, fixed=sum(mended.counts.values()), notices=[*mended.notices, *report.notices])


def show(request: checking.Request, options: Options) -> int:
    """Print what `mend` would change. 1 if that is anything."""
    mended = _mended(request, options)
    for path, after in sorted(mended.after.items()):
        write(fixing.difference(path, mended.before[path], after))
    if not options.quiet:
        for notice in mended.notices:
            print(f"lambdalint: {notice}", file=sys.stderr)
    return 1 if mended.after and not options.exit_zero else 0


def _mended(request: checking.Request, options: Options) -> fixing.Mended:
    return fixing.mend(
        lambda contents: checking.run(replace(request, contents=contents))[1],
        dict(request.contents),
        unsafe=options.unsafe_fixes,
    )
