"""Whether a wheel fits the Python, the processor and the C library of a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PYTHON = re.compile(r"(cp|py|pp)(\d)(\d*)$")
_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)$")
_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_ARCHITECTURES = {"x86_64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def glibc_of(python: tuple[int, int]) -> tuple[int, int]:
    """The version of the C library where Lambda runs this Python: up to 3.11 Amazon Linux 2, then Amazon Linux 2023.

    Source: the Lambda Developer Guide, "Lambda runtimes".
    """
    return (2, 34) if python >= (3, 12) else (2, 26)


def misfit(tags: Sequence[str], python: tuple[int, int] | None, architecture: str) -> str:
    """Why a wheel with these tags does not fit, as the end of a sentence; empty where one of them fits."""
    reasons = [_misfit(tag, python, architecture) for tag in tags]
    return "" if not reasons or "" in reasons else reasons[0]


def _misfit(tag: str, python: tuple[int, int] | None, architecture: str) -> str:
    parts = tag.split("-")
    if len(parts) != 3:
        return ""
    interpreter, abi, platform = parts
    return (python and _wrong_python(interpreter, abi, python)) or _wrong_platform(platform, python, architecture)


def _wrong_python(interpreter: str, abi: str, python: tuple[int, int]) -> str:
    match = _PYTHON.match(interpreter)
    if match is None:
        return ""
    version = (int(match[2]), int(match[3] or 0))
    if match[1] == "py":
        return "" if version[0] == python[0] and version[1] <= python[1] else f"is built for Python {match[2]}"
    if match[1] == "pp":
        return "is built for PyPy"
    if abi == "abi3" or abi == "none":
        return "" if version <= python else f"is built for Python {version[0]}.{version[1]} or newer"
    return "" if version == python else f"is built for Python {version[0]}.{version[1]}"


def _wrong_platform(platform: str, python: tuple[int, int] | None, architecture: str) -> str:
    if platform == "any":
        return ""
    kinds = platform.split(".")  # a wheel may name several at once
    reasons = [_wrong_kind(kind, python, architecture) for kind in kinds]
    return "" if "" in reasons else reasons[0]


def _wrong_kind(kind: str, python: tuple[int, int] | None, architecture: str) -> str:
    if kind.startswith("macosx"):
        return "is built for macOS"
    if kind.startswith("win"):
        return "is built for Windows"
    if kind.startswith("musllinux"):
        return "is built for musl, the C library of Alpine Linux"
    name = next((name for name in ("x86_64", "aarch64", "arm64") if kind.endswith(name)), "")
    if architecture and name and _ARCHITECTURES[name] != architecture:
        return f"is built for {_ARCHITECTURES[name]}"
    if not name:
        return f"is built for {kind.partition('_')[2] or kind}"
    match = _MANYLINUX.match(kind)
    wanted = (int(match[1]), int(match[2])) if match else _LEGACY.get(kind.partition("_")[0])
    if python and wanted and wanted > glibc_of(python):
        there = glibc_of(python)
        return f"needs glibc {wanted[0]}.{wanted[1]}, and python{python[0]}.{python[1]} has {there[0]}.{there[1]}"
    return ""
