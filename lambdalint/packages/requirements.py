"""What a source folder says it needs: requirements files, project files and locks. Nothing is resolved or fetched."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from lambdalint.model.package import Requirement
from lambdalint.packages.locks import locked
from lambdalint.packages.metadata import environments_of
from lambdalint.packages.projects import Project, pipfile
from lambdalint.packages.reading import Files
from lambdalint.packages.stating import Stating, Texts

BUILT_FROM = "requirements.txt"
"""What `sam build` installs, and Chalice, and Zappa; the Serverless Framework where no other tool has its file."""
_DEV = re.compile(r"(?:^|[-_.])(?:dev\w*|tests?|testing|lint|docs?|ci|local|build|typing)(?:[-_.]|$)", re.IGNORECASE)


def requirements(
    folder: str,
    python: tuple[int, int] | None,
    architecture: str | None,
    held: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[list[Requirement], list[str]]:
    """What the files in a folder say, and what is wrong with these, each the end of a sentence.

    `shipped` are those that a build installs: of `requirements.txt` and what that includes, where there is one, else of
    the project's own tables. A lock, or constraints, pin what is stated; where nothing is stated, the locked ones are
    given. `held` is what stands in for files, by path.
    """
    files = Files(folder, held)
    stating = Stating(environments_of(python, architecture))
    texts = Texts(files, stating)
    project = Project(files, stating, texts)
    is_built_from_texts = files.is_there(BUILT_FROM)
    built = texts.read(BUILT_FROM, dev=False)
    stated = list(project.read(texts.own or ()))
    if is_built_from_texts and texts.own is None:
        stated = [one._replace(shipped=False) for one in stated]
    found = [*built, *stated]
    found += [one._replace(shipped=one.shipped and not is_built_from_texts) for one in pipfile(files, stating)]
    for name in _for_development(files.names()):
        found += texts.read(name, dev=True)
    pins = list(locked(files, stating))
    if not found:
        return pins, files.remarks
    known = {one.name for one in pins} | texts.constrained
    return [one._replace(pinned=one.pinned or one.name in known) for one in found], files.remarks


def extras_of(stated: Iterable[Requirement]) -> Mapping[str, Sequence[str]]:
    """The extras that what is shipped is asked for with, by the names of distributions."""
    found: dict[str, list[str]] = {}
    for one in stated:
        if one.shipped and one.extras:
            found.setdefault(one.name, []).extend(one.extras)
    return found


def _for_development(names: Iterable[str]) -> Sequence[str]:
    """`requirements-dev.txt`, `test-requirements.txt`, `requirements/dev.txt`."""
    return [
        name
        for name in sorted(names)
        if name.endswith(".txt") and "requirements" in name and _DEV.search(os.path.splitext(name)[0].replace("/", "-"))
    ]
