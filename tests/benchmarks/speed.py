"""Times lambdalint against its budgets, as whole processes, beside pythaw and ruff on one tree.

    python tests/benchmarks/speed.py TREE [--runs 5]

Machines differ and are shared: where a budget is a ratio, the two commands take turns in one run. Tools that
are not installed beside this interpreter are left out, and with them what is measured by them. TREE is only
read; everything else happens in a temporary folder.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
HANDLER = """\
import boto3


def lambda_handler(event, context):
    table = boto3.resource("dynamodb").Table("orders-{number}")
    return table.get_item(Key={{"id": event["id"]}})
"""
CHECK = '''\
from lambdalint.check import Problem, Severity, check
from lambdalint.model import Handler


@check(Handler, code="BENCH{number}", severity=Severity.ADVICE, since="0.1")
def bench_{number}(handler: Handler):
    """Looks for calls of one function."""
    for call in handler.warm_calls:
        if call.name == "nothing.of.this.name":
            yield Problem(call.location, "found")
'''


@dataclass(frozen=True)
class Run:
    """A command to time."""

    name: str
    command: Sequence[str]
    before: Callable[[], object] = lambda: None
    """What puts things back as they were; not timed."""

    @property
    def program(self) -> str:
        return self.command[0] if os.path.isabs(self.command[0]) else str(SCRIPTS / self.command[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    tree: Path = arguments.tree.resolve()
    runs: int = arguments.runs
    print(f"{tree.name}; {runs} runs of each, in turn; medians")
    on_the_tree(tree, runs)
    with workplace() as folder:
        one_file(folder, runs)
    with workplace() as folder:
        growth(folder, runs)
    with workplace() as folder:
        one_more_check(folder, runs)
    with workplace() as folder:
        fixing(folder, runs)
    with workplace() as folder:
        pre_commit(folder, runs)


def on_the_tree(tree: Path, runs: int) -> None:
    with workplace() as folder:
        copy = folder / "tree"
        shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".lambdalint_cache"))
        drop = dropper(copy / ".lambdalint_cache")
        ruff = Run("ruff, no cache", ["ruff", "check", "--no-cache", "--quiet", "."])
        pythaw = Run("pythaw", ["pythaw", "check", "."])
        check = ["lambdalint", "check", "."]
        times = take_turns(copy, runs, [ruff, pythaw, Run("lambdalint, cold", check, drop)])
        report("whole tree, cold", times, "lambdalint, cold", {"ruff, no cache": 2.0, "pythaw": 0.27})
        touched = copy / smallest_handler(copy)

        def touch() -> None:
            touched.write_text(touched.read_text() + "\n")

        times = take_turns(copy, runs, [ruff, Run("lambdalint, warm", check)])
        report("nothing changed", times, "lambdalint, warm", {"ruff, no cache": 0.4})
        times = take_turns(copy, runs, [ruff, Run("lambdalint, warm", check, touch)])
        report("one file changed", times, "lambdalint, warm", {"ruff, no cache": 0.6})


def one_file(folder: Path, runs: int) -> None:
    write_handlers(folder, 1)
    path = "app_0.py"
    times = take_turns(
        folder, runs, [Run("pythaw", ["pythaw", "check", path]), Run("lambdalint", ["lambdalint", "check", path])]
    )
    report("one file", times, "lambdalint", {"pythaw": 1.0})
    times = take_turns(folder, runs, [Run("lambdalint --version", ["lambdalint", "--version"])])
    report("--version", times, "lambdalint --version", {}, most_ms=40)


def growth(folder: Path, runs: int) -> None:
    write_handlers(folder / "small", 400)
    write_handlers(folder / "large", 4000)
    for number in range(100_000):
        above = folder / "plain" / str(number // 1000)
        if number % 1000 == 0:
            above.mkdir(parents=True)
        (above / f"part_{number}.py").write_text(f"VALUE = {number}\n")
    check = ["lambdalint", "check", "--no-cache"]
    commands = [Run(name, [*check, str(folder / name)]) for name in ("small", "large")]
    report("ten times the tree", take_turns(folder, runs, commands), "large", {"small": 11})
    times = take_turns(folder, 1, [Run("plain", [*check, str(folder / "plain")])])
    report("100,000 files without handlers", times, "plain", {}, most_ms=5000)


def one_more_check(folder: Path, runs: int, count: int = 40) -> None:
    write_handlers(folder, 600)
    (folder / "extra").mkdir()
    (folder / "extra" / "__init__.py").touch()
    for number in range(100, 100 + count):
        (folder / "extra" / f"bench_{number}.py").write_text(CHECK.format(number=number))
    (folder / "more.toml").write_text('extend-checks = ["./extra"]\n')
    (folder / "same.toml").write_text("")
    check = ["lambdalint", "check", "--no-cache", "--jobs", "1", "--config"]
    commands = [Run(name, [*check, f"{name}.toml", "."]) for name in ("same", "more")]
    times = take_turns(folder, runs, commands)
    each_ms = (statistics.median(times["more"]) - statistics.median(times["same"])) / count
    print(f"\none more check over 600 handler files\n  {each_ms:.2f} ms{verdict(each_ms <= 1.5, 'at most 1.5 ms')}")


def fixing(folder: Path, runs: int) -> None:
    for count, most_ms in ((1, 250), (20, 1000)):
        target = folder / str(count)
        command = Run(
            "lambdalint --fix",
            ["lambdalint", "check", "--fix", "--unsafe-fixes", str(target)],
            lambda target=target, count=count: write_handlers(target, count),  # type: ignore[misc]
        )
        times = take_turns(folder, runs, [command])
        report(f"--fix of {count} file{'s' if count > 1 else ''}", times, command.name, {}, most_ms=most_ms)


def pre_commit(folder: Path, runs: int) -> None:
    """The hooks are `system` ones: what an environment of their own adds is the same for both."""
    write_handlers(folder, 1)
    entries = {"nothing": "true", "lambdalint": str(SCRIPTS / "lambdalint") + " check"}
    for name, entry in entries.items():
        hook = f"{{id: {name}, name: {name}, entry: '{entry}', language: system, types: [python]}}"
        (folder / f"{name}.yaml").write_text(f"repos:\n- repo: local\n  hooks:\n  - {hook}\n")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    commands = [Run(name, ["pre-commit", "run", "--config", f"{name}.yaml", "--files", "app_0.py"]) for name in entries]
    report("pre-commit run, one file", take_turns(folder, runs, commands), "lambdalint", {"nothing": 1.8})


def write_handlers(folder: Path, count: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"app_{number}.py").write_text(HANDLER.format(number=number))


def smallest_handler(tree: Path) -> Path:
    """The path of a short file with a handler, from the tree."""
    found = [
        path
        for path in sorted(tree.rglob("*.py"))[:3000]
        if path.is_file() and b"def lambda_handler(event, context)" in path.read_bytes()
    ]
    return min(found, key=lambda path: path.stat().st_size).relative_to(tree)


def dropper(path: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(path, ignore_errors=True)


@contextmanager
def workplace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def take_turns(folder: Path, runs: int, commands: Sequence[Run]) -> dict[str, list[float]]:
    """Milliseconds of each run of each command that is installed, by its name."""
    present = [one for one in commands if Path(one.program).exists()]
    times_ms: dict[str, list[float]] = {one.name: [] for one in present}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    for turn in range(runs + 1):
        for one in present:
            one.before()
            with tempfile.TemporaryFile() as output:
                begun = time.perf_counter()
                subprocess.run(
                    [one.program, *one.command[1:]],
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    check=False,
                )
                if turn:  # the first turn warms the file cache
                    times_ms[one.name].append((time.perf_counter() - begun) * 1000)
    return times_ms


def report(
    title: str,
    times_ms: dict[str, list[float]],
    subject: str,
    budgets: dict[str, float],
    most_ms: float | None = None,
) -> None:
    """Print the medians, and the subject's beside its budgets: ratios to others, or milliseconds."""
    medians = {name: statistics.median(times) for name, times in times_ms.items()}
    print(f"\n{title}")
    for name, median in medians.items():
        if name != subject:
            print(f"  {name:<22} {median:7.0f} ms")
    line = f"  {subject:<22} {medians[subject]:7.0f} ms"
    for name, most in budgets.items():
        if name in medians:
            ratio = medians[subject] / medians[name]
            line += f"  {ratio:.2f} x {name}{verdict(ratio <= most, f'at most {most:g}')}"
    if most_ms is not None:
        line += verdict(medians[subject] <= most_ms, f"at most {most_ms:g} ms")
    print(line)


def verdict(holds: bool, budget: str) -> str:
    return f" ({budget})" if holds else f" (OVER: {budget})"


if __name__ == "__main__":
    sys.exit(main())
