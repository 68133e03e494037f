"""Whether a wheel fits the Python, the processor and the C library of a function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

Version = tuple[int, int]

_PYTHON = re.compile(r"(py|cp|pp)(\d)(\d*)$")
_ABI = re.compile(r"cp(\d)(\d+)([a-z]*)$")
_OLDEST_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_")
_ON_LINUX = re.compile(r"(?:linux|manylinux(?:1|2010|2014|_\d+_\d+))_(.+)$")
_OTHERS = {
    "macosx": "is built for macOS",
    "win": "is built for Windows",
    "musllinux": "is built for musl, the C library of Alpine Linux",
    "ios": "is built for iOS",
    "android": "is built for Android",
    "emscripten": "is built for browsers",
    "pyodide": "is built for browsers",
}
_PROCESSORS = {"x86_64": "x86_64", "aarch64": "arm64"}


def glibc_of(python: Version) -> Version:
    """The version of the C library where Lambda runs this Python: Amazon Linux up to 3.7, Amazon Linux 2 up to 3.11,
    then Amazon Linux 2023.

    Source: the Lambda Developer Guide, "Lambda runtimes".
    """
    if python >= (3, 12):
        return (2, 34)
    return (2, 26) if python >= (3, 8) else (2, 17)


def misfit(tags: Sequence[str], python: Version | None, architecture: str | None) -> str:
    """Why a wheel with these tags does not fit, as the end of a sentence: empty where one of them fits, where there are
    none, and where they mean nothing. What is not known of the function is not held against a wheel.

    A tag may stand for several: `py2.py3-none-any`.
    """
    reasons = [_misfit(*one, python, architecture) for tag in tags for one in _expanded(tag)]
    return "" if "" in reasons else min(reasons, key=_rank, default="")


def _expanded(tag: str) -> Iterator[tuple[str, str, str]]:
    parts = [part.split(".") for part in tag.strip().split("-")]
    if len(parts) == 3:
        yield from product(parts[0], parts[1], parts[2])


def _rank(reason: str) -> int:
    """What fits but for the C library says more than what is for another Python."""
    return 0 if reason.startswith("needs glibc") else 1


def _misfit(interpreter: str, abi: str, platform: str, python: Version | None, architecture: str | None) -> str:
    wrong = _wrong_python(interpreter, abi, python) if python is not None else ""
    return wrong or _wrong_platform(platform, python, architecture)


def _wrong_python(interpreter: str, abi: str, python: Version) -> str:
    match = _PYTHON.match(interpreter)
    if match is None:
        return ""
    if match[1] == "pp":
        return "is built for PyPy"
    version = (int(match[2]), int(match[3] or 0))
    shown = f"{match[2]}.{match[3]}" if match[3] else match[2]
    exact = _ABI.match(abi)
    if exact is not None:
        if "t" in exact[3]:
            return f"is built for Python {exact[1]}.{exact[2]} without the global interpreter lock"
        built = (int(exact[1]), int(exact[2]))
        return "" if built == python else f"is built for Python {built[0]}.{built[1]}"
    if abi == "abi3t":
        return "is built for Python without the global interpreter lock"
    if version[0] != python[0]:
        return f"is built for Python {shown}"
    return "" if version <= python else f"is built for Python {shown} or newer"


def _wrong_platform(platform: str, python: Version | None, architecture: str | None) -> str:
    if platform == "any":
        return ""
    match = _ON_LINUX.match(platform)
    if match is None:
        other = re.match(r"[a-z]+", platform)
        return _OTHERS.get(other[0] if other else "", "")
    processor = _PROCESSORS.get(match[1], match[1])
    if processor not in _PROCESSORS.values() or (architecture and processor != architecture):
        return f"is built for {processor}"
    wanted = _wanted_glibc(platform)
    if python and wanted and wanted > glibc_of(python):
        there = glibc_of(python)
        return f"needs glibc {wanted[0]}.{wanted[1]}, and python{python[0]}.{python[1]} has {there[0]}.{there[1]}"
    return ""


def _wanted_glibc(platform: str) -> Version | None:
    match = _MANYLINUX.match(platform)
    return (int(match[1]), int(match[2])) if match else _OLDEST_GLIBC.get(platform.partition("_")[0])
