"""What earlier runs found, kept on the disk as JSON for as long as nothing it rests on has changed."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from lambdalint import __version__, registry
from lambdalint.check import AnyCheck
from lambdalint.config import Config
from lambdalint.discovery import SETTLED_NS, Listings
from lambdalint.files import contents_of, write
from lambdalint.house import ALWAYS, unreadable_template
from lambdalint.looking import Looked, pack, unpack

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL, which takes longer than all there is to hash
except ImportError:
    from hashlib import blake2b

FOLDER = ".lambdalint_cache"
COUNTED = (".py", ".yaml", ".yml", ".template", ".tf", ".tf.json", ".tfvars", ".tfvars.json")
Stamp = list[Any]
"""Of a file `[mtime_ns, size, hash]`, of a folder `[mtime_ns, 0, hash of the names in it]`."""


class Cache:
    """One file for each way of running: version, checks, settings and the folder it was started in.

    Never pickle: whoever can put a file into a repository could then run code.
    """

    def __init__(self, config: Config, checks: Mapping[str, AnyCheck], selected: Sequence[AnyCheck]) -> None:
        self.notices: list[str] = []
        self._checks = checks
        self._folder = config.cache_dir or os.path.join(config.root, FOLDER)
        self._file = os.path.join(self._folder, f"{_key(config, selected)}.json")
        self._began = time.time_ns()
        self._fresh: dict[tuple[str, bool], bool] = {}
        self._asked: set[str] = set()
        self._changed = False
        self._files: dict[str, list[Any]] = {}
        self._empty: dict[str, list[int]] = {}
        """The files that hold nothing to look at, most of all: each with when it was changed, and its size."""
        self._stamps: dict[str, Stamp] = {}
        self._chosen: list[list[str]] = []
        """Of files that only mean something together: which there were, which were chosen, and what that rests on."""
        self._chose = False
        self.listings = Listings()
        with suppress(OSError, ValueError, RecursionError, AttributeError, TypeError, KeyError):
            with open(self._file, "rb") as stream:
                content = json.loads(stream.read())
            files, stamps, empty = dict(content["files"]), dict(content["stamps"]), dict(content["empty"])
            known = {folder: row for folder, row in content["listings"].items() if len(row) == 3}
            self.listings = Listings(known)
            self._files, self._stamps, self._empty = files, stamps, empty
            self._chosen = list(content["chosen"])

    def chosen(self, among: Sequence[str]) -> list[str] | None:
        """What was chosen of these files, if it is known and still holds."""
        try:
            asked, chosen, files, folders = self._chosen
            is_known = asked == among and self._all_same(files, folders)
        except Exception:  # as below
            return None
        return chosen if is_known else None

    def choose(self, among: Sequence[str], chosen: list[str], files: Iterable[str], folders: Iterable[str]) -> None:
        """Keep what was chosen of these files, and what that rests on."""
        self._chosen = [list(among), chosen, sorted(files), sorted(folders)]
        self._chose = True  # what it rests on is noted at the end: until then, others ask what has changed

    def get(self, files: Sequence[str]) -> dict[str, Looked]:
        """What is still known of `files`."""
        known = {}
        self._asked.update(files)
        for path in files:
            if path in self._empty:
                if self._empty[path] == _times(path) or (path in self._stamps and self._same(path, False)):
                    known[path] = Looked(path)
                continue
            entry = self._files.get(path)
            if entry is None:
                continue
            try:
                looked = unpack([path, *entry], self._checks)
                if self._all_same(looked.files or (path,), looked.folders):
                    known[path] = looked
            except Exception:  # a damaged entry, whoever damaged it, is none
                continue
        return known

    def stamp(self, looked: Sequence[Looked]) -> dict[str, Stamp]:
        """Note what the files and folders are now that this rests on: what was not yet known."""
        known = set(self._stamps)
        for one in looked:
            if one != Looked(one.path) and _is_told_by_files(one):
                self._all_stamped(one.files or (one.path,), one.folders)
        return {name: stamp for name, stamp in self._stamps.items() if name not in known}

    def accept(self, stamps: Mapping[str, Stamp]) -> None:
        """What another process noted."""
        self._stamps.update(stamps)
        for name in stamps:
            is_folder = name.endswith("/")
            self._fresh[name[:-1] if is_folder else name, is_folder] = True

    def put(self, looked: Sequence[Looked]) -> None:
        """Keep what was found just now. Where it cannot be kept, the next run is slower, no more."""
        listings = self.listings
        if not looked and not self._changed and not self._chose and not listings.changed and not listings.elsewhere:
            return
        if self._chose and not self._all_stamped(*self._chosen[2:]):
            self._chosen = []
        for one in looked:
            self._files.pop(one.path, None)
            self._empty.pop(one.path, None)
            if one == Looked(one.path):
                # It is read again sooner than its hash is computed.
                times = _times(one.path)
                if times is not None and self._settled(times[0]):
                    self._empty[one.path] = times
            elif _is_told_by_files(one):
                if self._all_stamped(one.files or (one.path,), one.folders):
                    self._files[one.path] = pack(one)[1:]
        asked = self._asked.union(one.path for one in looked)
        for table in (self._files, self._empty):
            for path in [path for path in table.keys() - asked if not os.path.exists(path)]:
                del table[path]
        self._write()

    def _all_same(self, files: Sequence[str], folders: Sequence[str]) -> bool:
        return all(self._same(path, False) for path in files) and all(self._same(path, True) for path in folders)

    def _same(self, path: str, is_folder: bool) -> bool:
        """Whether a file or folder is what it was; asked once in a run."""
        key = (path, is_folder)
        if key not in self._fresh:
            stamp = self._stamps.get(_name(path, is_folder))
            self._fresh[key] = stamp is not None and self._compare(path, is_folder, stamp)
        return self._fresh[key]

    def _compare(self, path: str, is_folder: bool, stamp: Stamp) -> bool:
        try:
            status = os.stat(path)
        except OSError:
            return bool(stamp[2] == "")
        size = 0 if is_folder else status.st_size
        if stamp[0] == status.st_mtime_ns and stamp[1] == size:
            return True
        if stamp[2] != _digest(path, is_folder):
            return False
        self._changed = True  # only the time has: a checkout, or a cache that CI restored
        stamp[0], stamp[1] = self._settled(status.st_mtime_ns), size
        return True

    def _all_stamped(self, files: Sequence[str], folders: Sequence[str]) -> bool:
        stamped = [self._stamp(path, False) for path in files] + [self._stamp(path, True) for path in folders]
        return all(stamped)

    def _stamp(self, path: str, is_folder: bool) -> bool:
        """Note what a file or folder is now; False where it may have changed since it was looked at."""
        key = (path, is_folder)
        if self._fresh.get(key):
            return True
        try:
            status = os.stat(path)
        except OSError:
            self._stamps[_name(path, is_folder)] = [0, 0, ""]
        else:
            if status.st_mtime_ns >= self._began:
                return False
            size = 0 if is_folder else status.st_size
            stamp = [self._settled(status.st_mtime_ns), size, _digest(path, is_folder)]
            self._stamps[_name(path, is_folder)] = stamp
        self._fresh[key] = True
        return True

    def _settled(self, mtime_ns: int) -> int:
        """0 for a time so recent that a second change could bear the same: then the hash decides."""
        return mtime_ns if mtime_ns < self._began - SETTLED_NS else 0

    def _write(self) -> None:
        listings = self.listings
        if listings.elsewhere is not None:
            listings.kept = dict(listings.elsewhere())
        content = {
            "files": self._files,
            "stamps": self._stamps,
            "empty": self._empty,
            "chosen": self._chosen,
            "listings": listings.kept,
        }
        try:
            if not os.path.isdir(self._folder):
                os.makedirs(self._folder)
                with open(os.path.join(self._folder, ".gitignore"), "w", encoding="ascii") as stream:
                    stream.write("*\n")
            write(self._file, json.dumps(content, separators=(",", ":")).encode("ascii"))
        except OSError as error:
            self.notices.append(f"{self._folder}: the cache cannot be written ({error.strerror})")


def _is_told_by_files(looked: Looked) -> bool:
    """Whether the files that something rests on say when it changes: why one could not be read, its time does not."""
    known = {unreadable_template.code} if looked.files else set()  # one that was read, and found to be faulty
    return not any(found.code in ALWAYS - known for found, _ in looked.findings)


def _times(path: str) -> list[int] | None:
    """When a file was changed, and its size."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return [status.st_mtime_ns, status.st_size]


def _name(path: str, is_folder: bool) -> str:
    return f"{path}/" if is_folder else path


def _digest(path: str, is_folder: bool) -> str:
    """Of a file's bytes, or of the names in a folder; empty where there is no such thing."""
    try:
        if is_folder:
            # What can be imported, or nest a template: not our own folder, nor a report that the run writes there.
            names = sorted(name for name in os.listdir(path) if name.endswith(COUNTED) or "." not in name)
            data = "\0".join(name for name in names if name != "__pycache__").encode("utf-8", "surrogateescape")
        else:
            data = contents_of(path)
    except OSError:
        return ""
    return blake2b(data, digest_size=12).hexdigest()


def _key(config: Config, selected: Sequence[AnyCheck]) -> str:
    """Everything besides the files that decides what is found, lambdalint's and your checks' own code too."""
    # Some checks ask what day it is.
    parts = [time.strftime("%Y-%m-%d"), __version__, sys.version, os.path.relpath(".", config.root), repr(config)]
    parts += [check.code for check in selected]
    here = os.path.dirname(os.path.abspath(__file__))
    rooms = (os.path.join(here, name) for name in ("model", "python", "sources"))
    waiting = [here, *rooms, *registry.sources(selected)]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".json", ".jsonl")):
                    status = entry.stat()
                    parts.append(f"{entry.name} {status.st_mtime_ns} {status.st_size}")
                elif folder != here and "." not in entry.name and not entry.name.startswith("__") and entry.is_dir():
                    waiting.append(entry.path)
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
