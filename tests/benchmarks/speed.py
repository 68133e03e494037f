"""Times lambdalint beside pythaw and ruff on one tree, as whole processes, in turn.

    python tests/benchmarks/speed.py TREE [--runs 5]

Machines differ and are shared: only the ratios within one run mean anything. Tools that are not installed
beside this interpreter are left out. The tree is only read; lambdalint's cache for it is set aside.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    tree: Path = arguments.tree.resolve()
    one = smallest_handler(tree)
    print(
        f"tree {tree.name}; one file {one}; {arguments.runs} runs of each, in turn; medians in ms, ratio to the first"
    )
    drop = cache_of(tree)
    rows: list[tuple[str, list[tuple[str, Sequence[str], Callable[[], None] | None]]]] = [
        (
            "whole tree, cold",
            [
                ("ruff", ["ruff", "check", "--no-cache", "--quiet", "."], None),
                ("lambdalint", ["lambdalint", "check", "."], drop),
                ("pythaw", ["pythaw", "check", "."], None),
            ],
        ),
        (
            "whole tree, nothing changed",
            [
                ("ruff without cache", ["ruff", "check", "--no-cache", "--quiet", "."], None),
                ("lambdalint", ["lambdalint", "check", "."], None),
            ],
        ),
        (
            "one file",
            [("pythaw", ["pythaw", "check", one], None), ("lambdalint", ["lambdalint", "check", one], drop)],
        ),
        (
            "--version",
            [
                ("python -c pass", [sys.executable, "-c", "pass"], None),
                ("lambdalint", ["lambdalint", "--version"], None),
            ],
        ),
    ]
    for title, commands in rows:
        compare(title, commands, tree, arguments.runs)
    drop()


def smallest_handler(tree: Path) -> str:
    """The path of a short file with a handler."""
    found = [
        path
        for path in sorted(tree.rglob("*.py"))[:3000]
        if path.is_file() and b"def lambda_handler(event, context)" in path.read_bytes()
    ]
    return str(min(found, key=lambda path: path.stat().st_size).relative_to(tree))


def cache_of(tree: Path) -> Callable[[], None]:
    def drop() -> None:
        shutil.rmtree(tree / ".lambdalint_cache", ignore_errors=True)

    return drop


def compare(
    title: str,
    commands: Sequence[tuple[str, Sequence[str], Callable[[], None] | None]],
    tree: Path,
    runs: int,
) -> None:
    present = [one for one in commands if os.path.isabs(one[1][0]) or (SCRIPTS / one[1][0]).exists()]
    times_ms: dict[str, list[float]] = {name: [] for name, _, _ in present}
    for turn in range(runs + 1):
        for name, command, before in present:
            if before is not None:
                before()
            program = command[0] if os.path.isabs(command[0]) else str(SCRIPTS / command[0])
            with tempfile.TemporaryFile() as output:
                begun = time.perf_counter()
                subprocess.run([program, *command[1:]], cwd=tree, stdout=output, stderr=output, check=False)
                if turn:  # the first turn warms the file cache
                    times_ms[name].append((time.perf_counter() - begun) * 1000)
    first = statistics.median(times_ms[present[0][0]])
    print(f"\n{title}")
    for name in times_ms:
        median = statistics.median(times_ms[name])
        print(f"  {name:<20} {median:8.0f}  x{median / first:.2f}")


if __name__ == "__main__":
    main()
