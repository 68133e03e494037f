"""Builds ten real packages for each Python and processor, and compares with them what the checks of packages say.

    python tests/benchmarks/packages.py CACHE [crossed] [lacking] [arm64]

The packages are installed by pip into folders of CACHE that are not there yet: `pandas-313-aarch64`.

- `crossed` declares each for each Python and processor: LL207 and LL208 must speak just where they do not fit.
- `lacking` takes one distribution away after the other, and compares LL215 with what an import says in a clean
  interpreter of that version (python3.12 and python3.13, where they are found).
- `arm64` asks pip which of the distributions that LL808 knows have a wheel for arm64.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lambdalint.checks.settings.arm64_ready import ARM64
from lambdalint.packages.distributions import distributions
from lambdalint.packages.opening import open_package

PYTHONS = ("3.12", "3.13")
PROCESSORS = {"x86_64": "x86_64", "arm64": "aarch64"}
"""What Lambda calls them, and what pip does."""
SETS = {
    "boto3": ("boto3 requests", "import boto3, requests"),
    "pandas": ("pandas numpy", "import numpy, pandas"),
    "pydantic": ("pydantic", "from pydantic import BaseModel"),
    "psycopg": ("psycopg[binary]", "import psycopg"),
    "powertools": (
        "aws-lambda-powertools[all]",
        "from aws_lambda_powertools import Logger, Metrics, Tracer\nfrom aws_lambda_powertools.utilities import parser",
    ),
    "cryptography": ("cryptography", "from cryptography.fernet import Fernet"),
    "pillow": ("pillow", "from PIL import Image"),
    "scipy": ("scipy", "from scipy import stats"),
    "fastapi": ("fastapi mangum", "from fastapi import FastAPI\nfrom mangum import Mangum"),
    "otel": (
        "opentelemetry-sdk opentelemetry-exporter-otlp",
        "import opentelemetry.sdk.trace, opentelemetry.exporter.otlp.proto.grpc.trace_exporter",
    ),
}
"""By a name of their own: what pip installs, and how a handler imports it."""
RUNTIME = "boto3 botocore s3transfer jmespath dateutil six.py urllib3".split()
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../package/
      Handler: app.handler
      Runtime: python{python}
      Architectures: [{processor}]
"""


def main(cache: Path, *tables: str) -> None:
    wanted = tables or ("crossed", "lacking")
    built = [
        (name, python, processor, package(cache, name, python, processor))
        for name in SETS
        for python in PYTHONS
        for processor in PROCESSORS
    ]
    if "crossed" in wanted:
        crossed(built)
    if "lacking" in wanted:
        lacking(cache, [one for one in built if one[2] == "x86_64"])
    if "arm64" in wanted:
        arm64()


Built = tuple[str, str, str, Path]
"""Name, Python, processor and folder."""


def package(cache: Path, name: str, python: str, processor: str) -> Path:
    """The folder into which pip installed a set of distributions, now or earlier."""
    folder = cache / f"{name}-{python.replace('.', '')}-{PROCESSORS[processor]}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ["-q", "--no-compile", "--target", str(unfinished), *_options(python, processor)]
        done = _pip("install", *options, *_names(name))
        if done.returncode:
            sys.exit(done.stderr)
        unfinished.rename(folder)
    return folder


def _names(name: str) -> Sequence[str]:
    return SETS[name][0].split()


def _options(python: str, processor: str) -> list[str]:
    short = python.replace(".", "")
    platforms = [f"{one}_{PROCESSORS[processor]}" for one in ("manylinux2014", "manylinux_2_17", "manylinux_2_28")]
    options = ["--python-version", python, "--implementation", "cp", "--only-binary=:all:"]
    options += [word for abi in (f"cp{short}", "abi3", "none") for word in ("--abi", abi)]
    return options + [word for platform in platforms for word in ("--platform", platform)]


def _pip(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]
    return subprocess.run(command, check=False, text=True, capture_output=True)


def linked(folder: Path, target: Path, imports: str) -> None:
    """A copy of a package that shares its files, with a handler."""
    shutil.copytree(folder, target, copy_function=os.link, symlinks=True)
    (target / "app.py").write_text(f"{imports}\n\ndef handler(event, context):\n    return event\n", encoding="utf-8")


def found(folder: Path, codes: str, *options: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "lambdalint", "check", "--no-cache", "--output-format", "json"]
    command += [*options, "--select", f"{codes},LL0", "--exit-zero", "."]
    done = subprocess.run(command, cwd=folder, check=False, text=True, capture_output=True)
    findings = json.loads(done.stdout)["findings"]
    for one in findings:
        if one["code"].startswith("LL0"):
            print(f"! {folder}: {one['message']}", file=sys.stderr)
    return [dict(one) for one in findings]


def crossed(built: Sequence[Built]) -> None:
    """Each package declared for each Python and processor."""
    print("| package | right ones, silent | wrong processor, found | wrong Python, found |\n|---|---|---|---|")
    for name in SETS:
        right, processors, pythons = [], [], []
        for _, python, processor, folder in (one for one in built if one[0] == name):
            with tempfile.TemporaryDirectory(dir=folder.parent) as made:
                linked(folder, Path(made, "package"), "")
                declared = [(p, a) for p in PYTHONS for a in PROCESSORS]
                for p, a in declared:
                    where = Path(made, f"{p}-{a}")
                    where.mkdir()
                    where.joinpath("template.yaml").write_text(TEMPLATE.format(python=p, processor=a), encoding="utf-8")
                said = {(one["path"].partition("/")[0], one["code"]) for one in found(Path(made), "LL207,LL208")}
            for p, a in declared:
                by = {code for path, code in said if path == f"{p}-{a}"}
                if (p, a) == (python, processor):
                    right.append(not by)
                if a != processor:
                    processors.append("LL207" in by)
                elif "LL207" in by:
                    right.append(False)
                if p != python:
                    pythons.append("LL208" in by)
                elif "LL208" in by:
                    right.append(False)
        print(f"| {name} | {_of(right)} | {_of(processors)} | {_of(pythons)} |", flush=True)


def _of(good: Sequence[bool]) -> str:
    return f"{sum(good)} of {len(good)}"


def lacking(cache: Path, built: Sequence[Built]) -> None:
    """Each package whole, and without each of its distributions."""
    print("| package | Python | whole | taken away | import fails, found | import works, not found | otherwise |")
    print("|---|---|---|---|---|---|---|")
    for name, python, _, folder in built:
        interpreter = _interpreter(python)
        names = [one.name for one in distributions(open_package(str(folder)), _version(python), "x86_64")]
        with tempfile.TemporaryDirectory(dir=cache) as made:
            runtime = Path(made, "runtime")
            runtime.mkdir()
            for one in RUNTIME:
                source = package(cache, "boto3", python, "x86_64") / one
                if source.exists():
                    runtime.joinpath(one).symlink_to(source.resolve())
            whole = _without(folder, Path(made, "whole"), name, python, "", runtime, interpreter)
            rows = [(one, *_without(folder, Path(made, one), name, python, one, runtime, interpreter)) for one in names]
        fails = [said == "found" for _, works, said in rows if not works]
        works = [said != "found" for _, works, said in rows if works]
        other = [f"{one} ({said or 'silent'})" for one, works, said in rows if said != ("" if works else "found")]
        silent = "silent" if whole == (True, "") else f"{whole}"
        print(
            f"| {name} | {python} | {silent} | {len(names)} | {_of(fails)} | {_of(works)} | {', '.join(other)} |",
            flush=True,
        )


def _interpreter(python: str) -> str:
    path = shutil.which(f"python{python}") or ""
    if not path or subprocess.run([path, "-c", ""], check=False, capture_output=True).returncode:
        sys.exit(f"there is no python{python}, with which to find out what an import says")
    return path


def _version(python: str) -> tuple[int, int]:
    major, minor = python.split(".")
    return int(major), int(minor)


def _without(
    folder: Path, made: Path, name: str, python: str, taken: str, runtime: Path, interpreter: str
) -> tuple[bool, str]:
    """Whether the handler's imports work without a distribution, and what LL215 says of it."""
    target = made / "package"
    linked(folder, target, SETS[name][1])
    for one in distributions(open_package(str(folder)), _version(python), "x86_64"):
        for path in one.files if one.name == taken else ():
            target.joinpath(path).unlink()
    _remove_empty(target)
    made.joinpath("declared").mkdir()
    text = TEMPLATE.format(python=python, processor="x86_64")
    made.joinpath("declared/template.yaml").write_text(text, encoding="utf-8")
    said = {one["confidence"] for one in found(made, "LL215", "--pedantic") if one["code"] == "LL215"}
    code = f"import sys; sys.path[:0] = [{str(target)!r}]; sys.path.append({str(runtime)!r}); import app"
    command = [interpreter, "-I", "-S", "-B", "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, cwd=made)
    shutil.rmtree(target)
    return done.returncode == 0, "found" if "high" in said else "likely" if said else ""


def _remove_empty(folder: Path) -> None:
    for path, _, _ in sorted(os.walk(folder), reverse=True):
        if not os.listdir(path):
            os.rmdir(path)


def arm64() -> None:
    """Which of the distributions that LL808 knows have a wheel for arm64."""
    for name in sorted(ARM64):
        done = _pip("install", "-q", "--dry-run", "--no-deps", "--target", "-", *_options("3.13", "arm64"), name)
        print(f"| {name} | {'yes' if done.returncode == 0 else done.stderr.strip().splitlines()[-1]} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), *sys.argv[2:])
