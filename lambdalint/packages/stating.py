"""Requirements as pip reads them: single ones, and files of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from lambdalint.model.package import Requirement
from lambdalint.model.places import Location
from lambdalint.packages.metadata import Environment, holds, normalized
from lambdalint.packages.reading import Files
from lambdalint.text import lines_of

_NAME = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)$", re.DOTALL)
_SPECIFIER = re.compile(r"\(?\s*(?:(?:===|[<>=!~]=|[<>])\s*[^\s,;()]+\s*,?\s*)*\)?$")
_EXACT = re.compile(r"={2,3}\s*[^\s,*]+$")
_MARKER = re.compile(r"\s;|;\s")
_OPTIONS = re.compile(r"\s--?[A-Za-z]")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_INCLUDE = re.compile(r"(?:-r|--requirement|(-c|--constraint))(?:\s*=\s*|\s*)(\S.*)$")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s*)(\S.*)$")
_URL = re.compile(r"(?:[a-z]+\+)?[a-z][a-z0-9]*:(?://|[/.])", re.IGNORECASE)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?")
_COMMIT = re.compile(r"[@/][0-9a-f]{7,40}(?=[#.\s&]|$)")
_ARCHIVE = re.compile(r"([^/\\#?]+)\.(?:whl|tar\.gz|tgz|zip|tar\.bz2)(?=[#?\s]|$)")
_PATH = re.compile(r"\.{0,2}[/\\]|\.{1,2}(?:[\[\s;]|$)|[A-Za-z]:[/\\]|~/")
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
_PROJECT_NAME = re.compile(r"^name\s*=\s*[\"']?([A-Za-z0-9][\w.-]*)", re.MULTILINE)
_DEPTH = 20
_MOST = 20_000


class Stating:
    """Makes requirements of texts, for one Python and processor, or for several where these are not known."""

    def __init__(self, environments: Sequence[Environment]) -> None:
        self._environments = environments

    def one(self, text: str, place: Location, *, dev: bool, hashed: bool = False) -> Requirement | None:
        """What a text in the words of PEP 508 says; None where it says nothing that can be understood."""
        match = _NAME.match(text)
        if match is None:
            return None
        rest = match[3]
        if rest.startswith("@"):  # a URL may hold a semicolon: that of a marker has a space beside it
            specifier, marker = (*_MARKER.split(rest, maxsplit=1), "")[:2]
            specifier = specifier.strip()
            pinned = is_pinned_url(specifier)
        else:
            specifier, _, marker = rest.partition(";")
            specifier = specifier.strip()
            if not _SPECIFIER.match(specifier):
                return None
            specifier = specifier.strip("()")
            pinned = bool(_EXACT.match(specifier))
        extras = filter(None, map(normalized, (match[2] or "").split(",")))
        return self.made(
            match[1], place, specifier, pinned=pinned or hashed, dev=dev, marker=marker, extras=tuple(extras)
        )

    def made(
        self,
        name: str,
        place: Location,
        specifier: str = "",
        *,
        pinned: bool,
        dev: bool,
        marker: str = "",
        extras: tuple[str, ...] = (),
    ) -> Requirement:
        marker = " ".join(marker.split())
        applies = not marker or holds(marker, self._environments)
        return Requirement(
            normalized(name), place, specifier, pinned, dev, marker, applies, extras, shipped=applies and not dev
        )


def is_pinned_url(url: str) -> bool:
    """Whether always the same is had from there: a commit, an archive, a path."""
    if _COMMIT.search(url) or "file:" in url:
        return True
    return _ARCHIVE.search(url) is not None and "/heads/" not in url and "git+" not in url


class Texts:
    """Requirements files of one folder, each read once, with those that they include."""

    def __init__(self, files: Files, stating: Stating) -> None:
        self._files = files
        self._stating = stating
        self._seen: set[str] = set()
        self.constrained: set[str] = set()
        """The names that constraints pin."""
        self.own: tuple[str, ...] | None = None
        """The extras with which the project itself is named (`.[aws]`); None where it is not."""

    def read(self, name: str, dev: bool) -> list[Requirement]:
        """What a file says; nothing where it was read before."""
        return list(self._read(name, dev, 0))

    def _read(self, name: str, dev: bool, depth: int) -> Iterator[Requirement]:
        path = self._files.path(name)
        if path in self._seen or depth > _DEPTH:
            return
        self._seen.add(path)
        text = self._files.text(name)
        if self._files.is_undecided(name, text):
            return
        for count, (line, said) in enumerate(logical(text)):
            if count >= _MOST:
                self._files.remark(name, f"with more than {_MOST:,} lines: the rest is not read")
                return
            include = _INCLUDE.match(said)
            if include is not None:
                inner = self._included(name, line, include[2])
                if inner and include[1]:
                    self._constrain(inner, depth)
                elif inner:
                    yield from self._read(inner, dev, depth + 1)
                continue
            found = self._line(said, self._files.place(name, line), os.path.dirname(name), dev)
            if found is not None:
                yield found
            elif not said.startswith("-") and not _VARIABLE.search(said) and not _is_address(said):
                self._files.remark(name, f"whose line {line} is no requirement: {said[:60]}")

    def _included(self, name: str, line: int, what: str) -> str:
        """The name of a file that is included; empty where it is not read, which is remarked on."""
        what = what.strip().strip("\"'")
        inner = os.path.normpath(os.path.join(os.path.dirname(name), what)).replace(os.sep, "/")
        if "://" in what:
            self._files.remark(name, f"that includes {what} (line {line}): not fetched")
        elif os.path.isabs(what) or not self._files.is_inside(inner):
            self._files.remark(name, f"that includes {what} (line {line}), which is outside of the folder: not read")
        elif not self._files.is_there(inner):
            self._files.remark(name, f"that includes {what} (line {line}), which is not there")
        else:
            return inner
        return ""

    def _constrain(self, name: str, depth: int) -> None:
        """Constraints say which version is installed if something is, and nothing else."""
        own = self.own
        self.constrained.update(one.name for one in self._read(name, False, depth + 1) if one.pinned)
        self.own = own

    def _line(self, said: str, place: Location, folder: str, dev: bool) -> Requirement | None:
        editable = _EDITABLE.match(said)
        options = _OPTIONS.search(said) if editable is None else None
        text = said[: options.start()] if options else said
        text = editable[1] if editable else text
        if _is_address(text):
            return self._addressed(text, place, folder, dev)
        if said.startswith("-"):
            return None
        return self._stating.one(text, place, dev=dev, hashed="--hash" in said)

    def _addressed(self, text: str, place: Location, folder: str, dev: bool) -> Requirement | None:
        """Of a URL or a path: by the name that it states, else by that of the wheel or project it leads to."""
        address, marker = (*_MARKER.split(text, maxsplit=1), "")[:2]
        egg = _EGG.search(address)
        is_path = _PATH.match(address) is not None
        name, extras = (egg[1], egg[2] or "") if egg else ("", "")
        if not egg and (archive := _ARCHIVE.search(address)) is not None and "-" in archive[1]:
            name = re.split(r"-(?=\d)", archive[1], maxsplit=1)[0]
            name = "" if name.startswith(("v", "V")) and len(name) == 1 else name
        elif not egg and is_path:
            inner, _, extras = address.strip().rstrip("]").partition("[")
            inner = os.path.normpath(os.path.join(folder, inner)).replace(os.sep, "/")
            if inner == "." and not dev:
                self.own = (*(self.own or ()), *filter(None, map(normalized, extras.split(","))))
                return None
            name = self._name_of(inner)
        if not name:
            return None
        asked = tuple(filter(None, map(normalized, extras.split(","))))
        pinned = is_path or is_pinned_url(address)
        return self._stating.made(
            name, place, f"@ {address.strip()}", pinned=pinned, dev=dev, marker=marker, extras=asked
        )

    def _name_of(self, folder: str) -> str:
        """What a project in a folder of the tree is called."""
        for name in ("pyproject.toml", "setup.cfg"):
            inner = f"{folder}/{name}"
            if self._files.is_inside(inner) and self._files.is_there(inner):
                match = _PROJECT_NAME.search(self._files.text(inner))
                if match is not None:
                    return match[1]
        return ""


def _is_address(text: str) -> bool:
    """Whether it begins with a URL or a path, and not with a name."""
    first = re.split(r"[\s;\[<>=!~@]", text, maxsplit=1)[0]
    return _URL.match(text) is not None or _PATH.match(text) is not None or first.endswith(".whl") or "/" in first


def logical(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, put together where they go on; each with the number of its first."""
    begun, so_far = 0, ""
    for number, line in enumerate(lines_of(text), 1):
        begun = begun or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            so_far += line[:-1] + " "
            continue
        whole = _COMMENT.sub("", so_far + (" " if line.startswith("#") else "") + line).strip()
        if whole:
            yield begun, whole
        begun, so_far = 0, ""
    if so_far.strip():
        yield begun, _COMMENT.sub("", so_far).strip()
