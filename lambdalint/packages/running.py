"""What is only learnt by running a package: done when it is asked for, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from lambdalint.packages.contents import Contents
from lambdalint.packages.joined import Joined

MOST_S = 120
_IMPORT = "import importlib, sys; sys.path[:0] = sys.argv[2:]; importlib.import_module(sys.argv[1])"


def measured(contents: Sequence[Contents], handler: str, python: str) -> float:
    """How many milliseconds it takes to import the module of a handler, bytecode being there.

    Raises `Unmeasured` where it cannot be imported.
    """
    from lambdalint.packages.costs import measure

    with laid_out(contents) as folders:
        return sum(measure(python, folders, module_of(handler)).values())


def imported(contents: Sequence[Contents], modules: Sequence[str], python: str) -> list[str]:
    """What goes wrong when these modules are imported with nothing but the package on the path, and why."""
    wrong = []
    with laid_out(contents) as folders:
        for module in modules:
            command = [python, "-I", "-S", "-B", "-c", _IMPORT, module, *folders]
            try:
                ran = subprocess.run(command, capture_output=True, text=True, timeout=MOST_S, check=False, env=_calm())
            except (OSError, subprocess.SubprocessError) as error:
                wrong.append(f"{module}: {error}")
                continue
            if ran.returncode:
                wrong.append(f"{module}: {(ran.stderr.strip().splitlines() or ['it ended without a word'])[-1][:300]}")
    return wrong


@contextmanager
def laid_out(contents: Sequence[Contents]) -> Iterator[list[str]]:
    """The folders in which Python finds what is in these packages: their own, or copies that are taken away again."""
    with tempfile.TemporaryDirectory(prefix="lambdalint-") as folder:
        folders = []
        for number, one in enumerate(contents):
            if one.kind == "folder" and not isinstance(one, Joined):
                top = os.path.abspath(one.path)
            else:
                top = os.path.join(folder, str(number))
                _extract(one, top)
            inner = os.path.join(top, "python")
            folders.append(inner if number and os.path.isdir(inner) else top)
        yield folders


def _extract(contents: Contents, top: str) -> None:
    """Names are safe: whoever reads packages has left out those that lead elsewhere."""
    for entry in contents.entries:
        target = os.path.join(top, *entry.path.split("/"))
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as stream:
            stream.write(contents.read(entry.path))


def module_of(handler: str) -> str:
    """`orders/app.py` is `orders.app`."""
    return handler.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _calm() -> dict[str, str]:
    """No credentials, no proxies, no settings of the caller's Python reach what is run."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP", "TMP") if name in os.environ}
    return kept | {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
