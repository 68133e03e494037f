"""The same work in several processes: forked, so that nothing is imported or started anew."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress

from lambdalint.looking import Looked, Packed, pack

CHUNKS_AT_MOST = 250
"""One byte names a chunk, so that whoever reads it from the queue has it alone."""


def look_in_parallel(
    files: Sequence[str],
    look: Callable[[str], Looked],
    unpack: Callable[[Packed], Looked],
    jobs: int,
    done: Callable[[int], object],
) -> tuple[list[Looked], int]:
    """What `look` says of each file, and how many helping processes died on the way.

    Chunks are runs of neighbouring files: what these import in common is read once by each process.
    """
    import json

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
            _work(chunks, take, write, look, parent)
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
        for pid, read in workers:
            with os.fdopen(read, "rb") as stream:
                data = stream.read()
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
            try:
                indices, packed = json.loads(data)
                looked = {one.path: one for one in map(unpack, packed)}
                theirs = [path for index in indices for path in chunks[index]]
            except Exception:  # it died, or died while it wrote
                died += 1
            else:
                finished.update(indices)
                found += [looked.get(path) or Looked(path) for path in theirs]
        workers.clear()
    finally:
        os.close(take)
        for pid, _ in workers:
            _end(pid)
    for number, chunk in enumerate(chunks):
        if number not in finished:
            found += map(look, chunk)
    return found, died


def _work(chunks: Sequence[Sequence[str]], take: int, write: int, look: Callable[[str], Looked], parent: int) -> None:
    """What a helping process does. It never returns, prints or runs what its parent meant to run at exit."""
    try:
        import json

        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        indices: list[int] = []
        packed: list[Packed] = []
        while index := os.read(take, 1):
            for path in chunks[index[0]]:
                if os.getppid() != parent:  # it was killed: nobody will read this
                    os._exit(1)
                looked = look(path)
                if looked != Looked(path):  # most files hold nothing: they are not worth the way
                    packed.append(pack(looked))
            indices.append(index[0])
        with os.fdopen(write, "wb") as stream:
            stream.write(json.dumps([indices, packed]).encode())
        os._exit(0)
    finally:
        os._exit(1)


def _end(pid: int) -> None:
    import signal

    with suppress(OSError):
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
