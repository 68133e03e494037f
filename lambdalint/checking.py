"""A run of `check`: from the paths named to a report."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from lambdalint import hearing, patterns, registry
from lambdalint.check import AnyCheck, Finding, Fix
from lambdalint.config import Config
from lambdalint.discovery import Discovered, discover, display, is_template_name, templates_above
from lambdalint.house import check_crashed
from lambdalint.looking import Looked, Looker, processors, unpack
from lambdalint.report import Report
from lambdalint.text import Texts

if TYPE_CHECKING:
    from lambdalint.cache import Cache

FORK_ABOVE = 64
"""Up to so many files, a second process does not pay."""
MANY = "many"
"""Said by the process that looks for files."""


class Progress(Protocol):
    def advance(self, count: int) -> object: ...


Meter = Callable[[int], AbstractContextManager[Progress | None]]


class Request(NamedTuple):
    """All that decides what a run finds."""

    paths: Sequence[str]
    config: Config
    checks: Mapping[str, AnyCheck]
    """All there are, by code."""
    selected: Sequence[AnyCheck]
    """Those to run."""
    contents: Mapping[str, bytes] = MappingProxyType({})
    """What is taken for the content of a file instead of what is on the disk, if there is such a file."""
    cached: bool = True
    alone: bool = False
    """In this process only, so that each finding keeps its fix."""
    jobs: int = 0
    show_ignored: bool = False
    pedantic: bool = False
    """Also findings that are likely rather than certain."""
    baseline: str | None = None
    update_baseline: bool = False
    meter: Meter | None = None


def run(request: Request) -> tuple[Report, list[tuple[Finding, Fix | None]]]:
    """The report, and the new findings of it, each with the way to mend it where that is known."""
    config = request.config
    relative = patterns.relative_to(config.root)
    excluded = patterns.excluder(config.exclude, relative) if config.exclude else None
    virtual = [path for path in request.paths if path in request.contents]
    cache = None
    if request.cached and any(map(os.path.isdir, request.paths)):
        from lambdalint.cache import Cache

        cache = Cache(config, request.checks, request.selected)
    real = [path for path in request.paths if path not in virtual]
    discovered = _discover(request, real, excluded, cache)
    discovered.files = sorted({*discovered.files, *(path for path in virtual if not is_template_name(path))})
    discovered.templates = sorted({*discovered.templates, *(path for path in virtual if is_template_name(path))})
    discovered.named |= frozenset(virtual)
    notices = list(discovered.notices)
    looked, fresh = _look(request, discovered, cache, notices)
    late_notices = _keep(request, cache, fresh)
    notices += [
        f"{display(handler)}: not all the code behind this handler was looked at, it leads too far or too deep"
        for one in looked
        for handler in one.cut_short
    ]
    if discovered.has_folder and discovered.files and not any(one.handlers or one.functions for one in looked):
        count = len(discovered.files)
        notices.append(
            f"no handler was found in {count} Python file{'' if count == 1 else 's'}: name those there are in the "
            "configuration (`handlers`)"
        )
    texts = Texts(request.contents)
    all_files = [*discovered.files, *discovered.templates]
    found = hearing.merge(one for result in looked for one in result.findings)
    if excluded:
        found = [one for one in found if _is_wanted(one[0].location.path, discovered, excluded)]
    heard = hearing.Heard(found)
    if config.per_file_ignores:
        hearing.heed_config(heard, config.per_file_ignores, request.checks, relative)
    hearing.heed_comments(
        heard,
        texts,
        marked=sorted({path for result in looked for path in result.marked}),
        judged=() if not discovered.has_folder else frozenset(all_files) - discovered.named,
        checks=request.checks,
        selected=frozenset(check.code for check in request.selected),
    )
    if not request.pedantic:
        heard.new = [one for one in heard.new if one[0].sure]
    baseline = request.baseline or (config.baseline and display(config.baseline))
    if baseline:
        from lambdalint.baseline import Baseline

        book = Baseline.read(baseline, must_exist=not request.update_baseline)
        if request.update_baseline:
            book.update(
                [one for one, _ in heard.new],
                files=all_files,
                codes={check.code for check in request.selected},
                texts=texts,
            )
            book.write()
            notices.append(f"{display(baseline)}: {book.total} finding{'' if book.total == 1 else 's'} written")
        hearing.heed_baseline(heard, book, texts)
    report = Report(
        findings=heard.findings(with_ignored=request.show_ignored),
        files=len({*discovered.files, *(one.path for one in looked if one.functions)}),
        functions=sum(result.functions for result in looked),
        handlers=sum(result.handlers for result in looked),
        ignored=len(heard.ignored),
        baselined=len(heard.baselined),
        notices=notices,
        late_notices=late_notices,
        crashed=any(one.code == check_crashed.code for result in looked for one, _ in result.findings),
        nothing_to_check=tuple(_empty(discovered, looked)),
        sources=texts.lines,
    )
    return report, heard.new


def _discover(
    request: Request, paths: Sequence[str], excluded: Callable[[str], bool] | None, cache: Cache | None
) -> Discovered:
    """The files of the run. Where it may be long, what it will take is loaded while another process looks for them."""
    listings = cache.listings if cache is not None else None
    if _jobs(request) > 1 and not (listings and listings.known) and any(map(os.path.isdir, paths)):
        from lambdalint.parallel import Aside

        def search(say: Callable[[Any], object]) -> None:
            spoken = False

            def counted(count: int) -> None:
                nonlocal spoken
                if count > FORK_ABOVE and not spoken:
                    spoken = True
                    say(MANY)

            say(discover(paths, excluded, listings, counted).packed())
            if listings is not None:
                say(listings.kept)

        with suppress(OSError, ValueError):  # then this process does it, and tells what is wrong
            aside = Aside(search)
            said = aside.hear()
            if said == MANY:
                _preload(request)
                if aside.is_silent():  # there is time for what may not be needed
                    import lambdalint.sources.terraform  # noqa: F401
                said = aside.hear()
            if listings is None:
                aside.last_words()
            else:
                listings.elsewhere = aside.last_words  # only who writes the cache asks for them
            return Discovered.unpacked(said)
    return discover(paths, excluded, listings)


def _jobs(request: Request) -> int:
    """How many processes may look at files."""
    if request.alone or not hasattr(os, "fork"):
        return 1
    return request.jobs or request.config.jobs or processors()


def _preload(request: Request) -> None:
    """What most runs take, once, before the fork, and not in each process."""
    import lambdalint.joining
    import lambdalint.packages.closure
    import lambdalint.packages.joined
    import lambdalint.python.project
    import lambdalint.shipping
    import lambdalint.sources.cloudformation  # noqa: F401

    registry.preload(request.selected)


def _look(
    request: Request, discovered: Discovered, cache: Cache | None, notices: list[str]
) -> tuple[list[Looked], list[Looked]]:
    """Look at every file: what the cache still knows first, the rest here or in several processes.

    What came of all, and of those that were looked at just now.
    """
    config = request.config
    absolute = any(map(os.path.isabs, discovered.files[:1]))

    def like_the_files(path: str) -> str:
        return (path if absolute else os.path.relpath(path)).replace(os.sep, "/")

    declared: dict[str, list[str]] = {}
    for file, function in config.handlers:
        declared.setdefault(os.path.abspath(file), []).append(function)
    looker = Looker(
        like_the_files(config.root),
        request.selected,
        import_roots=[like_the_files(folder) for folder in config.import_roots],
        declared=declared,
        contents=request.contents,
    )
    work = Work(request, looker, cache, notices)
    templates = _entries(discovered.templates, config.root, request.contents, cache)
    # Templates come first: they say which files hold handlers, and these are looked at with them.
    looked = work.look(templates)
    claimed = {path for one in looked for path in one.claimed}
    rest = frozenset(path for path in discovered.files if path not in claimed)
    for template in _entries(templates_above(request.paths, config.root), config.root) if rest else ():
        if template not in discovered.templates:
            consulted = looker.consult(template, rest)
            if consulted.claimed:
                looked.append(consulted)
                claimed.update(consulted.claimed)
    looked += work.look([path for path in discovered.files if path not in claimed])
    return looked, work.fresh


def _keep(request: Request, cache: Cache | None, fresh: Sequence[Looked]) -> Callable[[], Sequence[str]]:
    """Put into the cache what was looked at just now: where that is much, another process does, beside the report.

    Gives what waits for the end of that, and tells what went wrong.
    """
    if cache is None:
        return tuple
    if len(fresh) > FORK_ABOVE and _jobs(request) > 1:
        from lambdalint.parallel import Aside

        def put(say: Callable[[Any], object]) -> None:
            cache.put(fresh)
            say(cache.notices)

        def end() -> Sequence[str]:
            said: Sequence[str] = aside.last_words()
            if cache.listings.elsewhere is not None:
                cache.listings.elsewhere()  # heard over there: here is its end
            return said

        with suppress(OSError):
            aside = Aside(put)
            return end
    cache.put(fresh)
    return lambda: cache.notices


def _entries(
    templates: Sequence[str], root: str, contents: Mapping[str, bytes] | None = None, cache: Cache | None = None
) -> Sequence[str]:
    """The templates to read: of a module of Terraform, one file stands for all."""
    modules = [path for path in templates if path.endswith((".tf", ".tf.json"))]
    if not modules:
        return templates
    cache = None if contents else cache
    chosen = cache.chosen(modules) if cache is not None else None
    if chosen is None:
        from lambdalint.sources import entries
        from lambdalint.sources.paths import Files

        files = Files(modules[0], root)
        chosen = entries(modules, contents, root, files)
        if cache is not None:
            cache.choose(modules, chosen, files.asked, {folder or "." for folder in files.folders})
    left_out = set(modules).difference(chosen)
    return [path for path in templates if path not in left_out]


class Work:
    """Looks at files: at those that are handed over in this process, at what the cache knows not at all."""

    def __init__(self, request: Request, looker: Looker, cache: Cache | None, notices: list[str]) -> None:
        self.request = request
        self.looker = looker
        self.cache = cache
        self.notices = notices
        self.fresh: list[Looked] = []
        """What was looked at just now, and may be kept."""

    def look(self, files: Sequence[str]) -> list[Looked]:
        """What there is to say of these files."""
        request = self.request
        # Files with other contents than on the disk come first: whoever imports them shall meet these.
        wanted = set(files)
        given = [path for path in request.contents if path in wanted]
        looked = [self.looker.look(path, request.contents[path]) for path in given]
        files = [path for path in files if path not in request.contents]
        if self.cache is not None:
            hits = self.cache.get(files)
            looked += hits.values()
            files = [path for path in files if path not in hits]
        fresh = self._afresh(files)
        self.fresh += fresh
        return looked + fresh

    def _afresh(self, files: Sequence[str]) -> list[Looked]:
        request = self.request
        jobs = _jobs(request)
        many = len(files) > FORK_ABOVE
        meter = request.meter(len(files)) if request.meter and many else nullcontext()
        if many and jobs > 1:
            from lambdalint.parallel import look_in_parallel

            _preload(request)
            if any(path.endswith(".tf") for path in files):
                import lambdalint.sources.terraform  # noqa: F401

            read = partial(unpack, checks=request.checks)
            cache = self.cache
            with meter as bar:
                fresh, died = look_in_parallel(
                    files,
                    self.looker.look,
                    read,
                    jobs,
                    bar.advance if bar else int,
                    cache.stamp if cache else lambda looked: {},
                    cache.accept if cache else len,
                )
            if died:
                self.notices.append(f"{died} of {jobs} processes died; their files were checked again in the first one")
            return fresh
        fresh = []
        with meter as bar:
            for path in files:
                fresh.append(self.looker.look(path))
                if bar:
                    bar.advance(1)
        return fresh


def _empty(discovered: Discovered, looked: Sequence[Looked]) -> list[str]:
    """The folders named that hold nothing lambdalint reads."""
    templates = [one.path for one in looked if one.functions or one.findings]
    inside = {folder: f"{display(folder)}/" for folder in discovered.undecided}
    empty = [folder for folder, prefix in inside.items() if not _any_below(templates, prefix)]
    return [*discovered.empty, *empty]


def _any_below(paths: Sequence[str], prefix: str) -> bool:
    return bool(paths) if prefix == "./" else any(path.startswith(prefix) for path in paths)


def _is_wanted(path: str, discovered: Discovered, excluded: Callable[[str], bool]) -> bool:
    """A handler leads into excluded files too: what is found there is not reported."""
    return path in discovered.named or not excluded(path)
