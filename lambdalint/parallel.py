"""The same work in several processes, or other work beside it: forked, so that nothing is imported or started anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from lambdalint.looking import Looked, Packed, pack

CHUNKS_AT_MOST = 250
"""One byte names a chunk, so that whoever reads it from the queue has it alone."""


def look_in_parallel(
    files: Sequence[str],
    look: Callable[[str], Looked],
    unpack: Callable[[Packed], Looked],
    jobs: int,
    done: Callable[[int], object],
    note: Callable[[Sequence[Looked]], Any],
    noted: Callable[[Any], object],
) -> tuple[list[Looked], int]:
    """What `look` says of each file, and how many helping processes died on the way.

    What else is to be known of what was looked at, `note` says in the process that looked, in plain lists and dicts;
    `noted` is told. Chunks are runs of neighbouring files: what these import in common is read once by each process.
    """
    import marshal  # between processes of one Python, and several times as fast as JSON

    size = max(8, -(-len(files) // CHUNKS_AT_MOST))
    chunks = [files[start : start + size] for start in range(0, len(files), size)]
    take, put = os.pipe()
    os.write(put, bytes(range(len(chunks))))
    os.close(put)
    parent = os.getpid()
    workers: list[tuple[int, int]] = []
    for _ in range(min(jobs, len(chunks)) - 1):
        read, write = os.pipe()
        try:
            pid = os.fork()
        except OSError:  # no more processes are to be had: fewer will do
            os.close(read)
            os.close(write)
            break
        if pid == 0:
            _begin()
            _work(chunks, take, write, look, note, parent)
        os.close(write)
        workers.append((pid, read))
    found: list[Looked] = []
    died = 0
    finished: set[int] = set()
    try:
        while index := os.read(take, 1):
            found += map(look, chunks[index[0]])
            finished.add(index[0])
            done(size)
        noted(note(found))
        for pid, read in workers:
            with os.fdopen(read, "rb") as stream:
                data = stream.read()
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
            try:
                indices, packed, notes = marshal.loads(data)
                looked = {one.path: one for one in map(unpack, packed)}
                theirs = [path for index in indices for path in chunks[index]]
            except Exception:  # it died, or died while it wrote
                died += 1
            else:
                finished.update(indices)
                found += [looked.get(path) or Looked(path) for path in theirs]
                noted(notes)
        workers.clear()
    finally:
        os.close(take)
        for pid, _ in workers:
            _end(pid)
    for number, chunk in enumerate(chunks):
        if number not in finished:
            found += map(look, chunk)
    return found, died


def _work(
    chunks: Sequence[Sequence[str]],
    take: int,
    write: int,
    look: Callable[[str], Looked],
    note: Callable[[Sequence[Looked]], Any],
    parent: int,
) -> NoReturn:
    """What a helping process does. It never returns, prints or runs what its parent meant to run at exit."""
    try:
        import marshal

        indices: list[int] = []
        full: list[Looked] = []
        empty: list[Looked] = []
        while index := os.read(take, 1):
            for path in chunks[index[0]]:
                if os.getppid() != parent:  # it was killed: nobody will read this
                    os._exit(1)
                looked = look(path)
                # Most files hold nothing: they are not worth the way.
                (full if looked != Looked(path) else empty).append(looked)
            indices.append(index[0])
        with os.fdopen(write, "wb") as stream:
            stream.write(marshal.dumps([indices, list(map(pack, full)), note([*full, *empty])]))
        os._exit(0)
    finally:
        os._exit(1)


class Aside:
    """Work that a process of its own does, from now on. Raises `OSError` where no more are to be had."""

    def __init__(self, work: Callable[[Callable[[Any], object]], object]) -> None:
        """`work` is given what it says something with: what JSON can carry."""
        read, write = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            os.close(read)
            os.close(write)
            raise
        if self._pid == 0:
            try:
                import json

                _begin()
                os.close(read)
                with os.fdopen(write, "wb", buffering=0) as stream:
                    work(lambda what: stream.write(json.dumps(what).encode() + b"\n"))
                os._exit(0)
            finally:
                os._exit(1)
        os.close(write)
        self._stream = os.fdopen(read, "rb")
        self._said: Any = ()

    def is_silent(self) -> bool:
        """Whether there is nothing to hear yet."""
        from select import select

        return not select([self._stream], [], [], 0)[0]

    def hear(self) -> Any:
        """What it says next. Raises `ValueError` where nothing comes: the process died, or what it did raised."""
        import json

        return json.loads(self._stream.readline())

    def last_words(self) -> Any:
        """What it says at its end, however often that is asked for; nothing where it died."""
        if not self._stream.closed:
            with self._stream, suppress(ValueError):
                self._said = self.hear()
            with suppress(ChildProcessError):  # it may be that of another process
                os.waitpid(self._pid, 0)
        return self._said


def _begin() -> None:
    """A helping process says nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _end(pid: int) -> None:
    import signal

    with suppress(OSError):
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
