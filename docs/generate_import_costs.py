"""Writes lambdalint/packages/_import_costs.json: how long it takes to import what people use on Lambda.

    python docs/generate_import_costs.py FOLDER --python python3.12

It installs some 80 distributions into FOLDER (about 1.5 GB; again, if they are there), imports each of them
several times with `python -X importtime`, and fits what a module and a byte of source or of machine code take. It
takes ten minutes on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import PathDistribution
from pathlib import Path
from statistics import median
from typing import NamedTuple

from lambdalint.model.package import Distribution, Entry
from lambdalint.packages import standard
from lambdalint.packages.closure import Closure
from lambdalint.packages.costs import TABLE, Costs, Line, estimate, lines
from lambdalint.packages.edges import Plan, Planner
from lambdalint.packages.places import roots

RUNS = 5
SAMPLES = {
    "anthropic": "import anthropic",
    "aiohttp": "import aiohttp",
    "attrs": "import attrs",
    "aws-lambda-powertools[all]": "from aws_lambda_powertools import Logger, Metrics, Tracer",
    "aws-xray-sdk": "from aws_xray_sdk.core import xray_recorder, patch_all",
    "azure-storage-blob": "import azure.storage.blob",
    "bcrypt": "import bcrypt",
    "beautifulsoup4": "import bs4",
    "boto3": "import boto3",
    "cattrs": "import cattrs",
    "click": "import click",
    "cryptography": "from cryptography.fernet import Fernet",
    "django": "import django.http",
    "dnspython": "import dns.resolver",
    "duckdb": "import duckdb",
    "elasticsearch": "import elasticsearch",
    "email-validator": "import email_validator",
    "fastapi": "import fastapi",
    "flask": "import flask",
    "fpdf2": "import fpdf",
    "fsspec": "import fsspec",
    "google-api-python-client": "import googleapiclient.discovery",
    "google-cloud-storage": "from google.cloud import storage",
    "gql": "import gql",
    "graphql-core": "import graphql",
    "grpcio": "import grpc",
    "httpx": "import httpx",
    "jinja2": "import jinja2",
    "jsonschema": "import jsonschema",
    "kubernetes": "import kubernetes",
    "langchain-core": "from langchain_core.messages import AIMessage",
    "loguru": "import loguru",
    "lxml": "from lxml import etree",
    "mangum": "import mangum",
    "markdown": "import markdown",
    "marshmallow": "import marshmallow",
    "matplotlib": "import matplotlib.pyplot",
    "msgpack": "import msgpack",
    "mysql-connector-python": "import mysql.connector",
    "networkx": "import networkx",
    "numpy": "import numpy",
    "openai": "import openai",
    "openpyxl": "import openpyxl",
    "opensearch-py": "import opensearchpy",
    "opentelemetry-exporter-otlp": "from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter",
    "opentelemetry-sdk": "from opentelemetry.sdk.trace import TracerProvider",
    "orjson": "import orjson",
    "pandas": "import pandas",
    "paramiko": "import paramiko",
    "passlib": "import passlib.hash",
    "peewee": "import peewee",
    "phonenumbers": "import phonenumbers",
    "pillow": "from PIL import Image",
    "polars": "import polars",
    "psycopg2-binary": "import psycopg2",
    "psycopg[binary]": "import psycopg",
    "pyarrow": "import pyarrow, pyarrow.parquet",
    "pydantic": "from pydantic import BaseModel",
    "pydantic-settings": "from pydantic_settings import BaseSettings",
    "pygithub": "import github",
    "pygments": "import pygments.lexers, pygments.formatters",
    "pyjwt": "import jwt",
    "pymongo": "import pymongo",
    "pymysql": "import pymysql",
    "pynacl": "import nacl.signing",
    "pypdf": "import pypdf",
    "python-docx": "import docx",
    "python-dotenv": "import dotenv",
    "python-jose": "from jose import jwt",
    "pytz": "import pytz",
    "pyyaml": "import yaml",
    "redis": "import redis",
    "reportlab": "import reportlab.pdfgen.canvas",
    "requests": "import requests",
    "rich": "import rich.console, rich.table",
    "scikit-learn": "import sklearn.linear_model",
    "scipy": "import scipy.stats",
    "sentry-sdk": "import sentry_sdk",
    "shapely": "import shapely",
    "simple-salesforce": "import simple_salesforce",
    "slack-sdk": "import slack_sdk",
    "sqlalchemy": "import sqlalchemy",
    "stripe": "import stripe",
    "structlog": "import structlog",
    "sympy": "import sympy",
    "tenacity": "import tenacity",
    "tiktoken": "import tiktoken",
    "twilio": "import twilio.rest",
    "typer": "import typer",
    "websockets": "import websockets.sync.client",
    "xmltodict": "import xmltodict",
}
"""What is installed, and how programs import it."""
HELD_OUT = {
    "boto3 + requests": "import boto3, requests",
    "pandas + numpy": "import pandas, numpy",
    "pydantic": "from pydantic import BaseModel",
    "psycopg[binary]": "import psycopg",
    "aws-lambda-powertools[all]": "from aws_lambda_powertools import Logger, Metrics, Tracer",
    "cryptography": "from cryptography.fernet import Fernet",
    "Pillow": "from PIL import Image",
    "scipy": "import scipy.stats",
    "fastapi + mangum": "import fastapi, mangum",
    "opentelemetry": "from opentelemetry.sdk.trace import TracerProvider",
}
"""Estimates are tried on these, with nothing in the table that was measured on what they load."""
_NO_SAMPLES = frozenset("__main__ antigravity idlelib lib2to3 test this tkinter turtle turtledemo".split())


class Folder:
    """Installed distributions, as the contents of a package, with one file more."""

    kind = "folder"
    remarks: Sequence[str] = ()

    def __init__(self, path: str, code: str = "") -> None:
        self.path = path
        self.code = code.encode()
        files = [
            Entry(os.path.relpath(os.path.join(above, name), path), os.path.getsize(os.path.join(above, name)), 0)
            for above, _, names in os.walk(path)
            if not above.endswith("__pycache__")
            for name in names
        ]
        self.entries: Sequence[Entry] = [*files, Entry("handler_of_sample.py", len(self.code), 0)]

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        if path == "handler_of_sample.py":
            return self.code
        with open(os.path.join(self.path, path), "rb") as file:
            return file.read(at_most)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure imports.")
    parser.add_argument("folder", help="where distributions are installed, or have been")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--on", default="a machine with nothing else to do", help="in plain words, for the table")
    options = parser.parse_args()
    folder = str(Path(options.folder).absolute())
    install(options.python, folder)
    measured = {code: sampled(options.python, folder, code) for code in {*SAMPLES.values(), *HELD_OUT.values()}}
    outside = of_outside(options.python, folder)
    distributions = installed(folder)
    modules = Modules(folder, distributions, [line for found in measured.values() for line in found.values()])
    compile_byte = compiling(options.python, folder, modules.rows)
    found = fitted(modules.rows, outside, compile_byte)
    off = figures(folder, distributions, modules.rows, found, {name: measured[code] for name, code in HELD_OUT.items()})
    write(options, found, off, len(SAMPLES))
    print(json.dumps(off, indent=2))
    return 0


def install(python: str, folder: str) -> None:
    """One by one: those that do not go together with others are left out."""
    for name in SAMPLES:
        command = [python, "-m", "pip", "install", "-q", "--only-binary", ":all:", "--target", folder, name]
        if not any(Path(folder).glob(f"{re.sub('[-_.]+', '[-_.]', name.partition('[')[0])}-*.dist-info")):
            subprocess.run(command, check=False)


def sampled(python: str, folder: str, code: str) -> dict[str, Line]:
    """What is loaded by a line of code, each module with the median of its own times; none where it fails."""
    runs = [importtime(python, folder, code) for _ in range(RUNS + 1)][1:]
    if not all(runs):
        print(f"left out: {code}", file=sys.stderr)
        return {}
    return {
        line.module: line._replace(ms=median(run[line.module].ms for run in runs if line.module in run))
        for line in runs[0].values()
    }


def importtime(python: str, folder: str, code: str) -> dict[str, Line]:
    """Children come before parents, as Python writes them."""
    environment = {"PATH": os.defpath, "HOME": folder}
    script = f"import os, sys; sys.path[:0] = [{folder!r}]; print('MARK', file=sys.stderr, flush=True); {code}"
    command = [python, "-I", "-S", "-X", "importtime", "-c", script]  # nothing is loaded before, as if by chance
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return {} if done.returncode else {line.module: line for line in lines(done.stderr.partition("MARK")[2])}


def of_outside(python: str, folder: str) -> dict[str, tuple[float, list[str]]]:
    """Modules of the standard library, each with what it loads itself; and the SDK, which the runtime brings."""
    found = of_sdk([importtime(python, folder, "import boto3") for _ in range(RUNS + 1)][1:])
    waiting = sorted(standard.names(None) & set(listed(python)) - _NO_SAMPLES)
    waiting += sorted({name for _, names in found.values() for name in names})
    while waiting:
        name = waiting.pop(0)
        runs = [] if name in found or name.startswith("__") else [importtime(python, folder, f"import {name}")]
        if not runs or name not in runs[0]:
            continue
        runs += [importtime(python, folder, f"import {name}") for _ in range(2)]
        found[name] = (round(median(run[name].ms for run in runs if name in run), 3), children(runs[0], name))
        waiting.extend(runs[0])
    return found


def of_sdk(runs: Sequence[Mapping[str, Line]]) -> dict[str, tuple[float, list[str]]]:
    """Each distribution of it as if it were one module: as much of it as `import boto3` loads."""
    found = {}
    for top in sorted(standard.BROUGHT & {name.partition(".")[0] for name in runs[0]}):
        inside = [name for name in runs[0] if name.partition(".")[0] == top]
        ms = median(sum(run[name].ms for name in inside if name in run) for run in runs)
        loaded = {child for name in inside for child in children(runs[0], name)}
        others = {one.partition(".")[0] if one.partition(".")[0] in standard.BROUGHT else one for one in loaded}
        found[top] = (round(ms, 3), sorted(others - {top}))
    return found


def listed(python: str) -> list[str]:
    code = "import sys; print(*sys.stdlib_module_names)"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def children(loaded: Mapping[str, Line], name: str) -> list[str]:
    """What a module itself imports: the lines before its own that are one deeper."""
    found: list[str] = []
    before = list(loaded.values())
    at = next(index for index, line in enumerate(before) if line.module == name)
    for line in reversed(before[:at]):
        if line.depth <= before[at].depth:
            break
        if line.depth == before[at].depth + 1:
            found.append(line.module)
    return sorted(found)


class Row(NamedTuple):
    """One module that was measured."""

    plan: Plan
    ms: float


class Modules:
    """The files of what was measured."""

    def __init__(self, folder: str, distributions: Sequence[Distribution], measured: Iterable[Line]) -> None:
        planner = Planner(list(roots(Folder(folder), (), None)), distributions, None)
        times: dict[str, list[float]] = {}
        for line in measured:
            times.setdefault(line.module, []).append(line.ms)
        self.rows = []
        for module, all_ms in times.items():
            found = planner.find(module)
            if found is not None and found.path:
                size, owner = found.tree.sizes[found.file], planner.owner_of(found)
                self.rows.append(Row(Plan(found.path, module, size, owner), median(all_ms)))


def installed(folder: str) -> list[Distribution]:
    """By their metadata."""
    found = []
    for info in sorted(Path(folder).glob("*.dist-info")):
        data = PathDistribution(info)
        files = tuple(str(path) for path in data.files or ())
        asked = [re.match(r"[\w.-]+", one) for one in data.requires or () if "extra" not in one]
        needed = tuple(_normal(one[0]) for one in asked if one)
        tops = {re.split(r"[/.]", path)[0] for path in files if path.endswith((".py", ".so"))}
        name = _normal(data.metadata["Name"])
        found.append(Distribution(name, data.version, info.name, files, 0, 0, needed, tuple(sorted(tops))))
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def compiling(python: str, folder: str, rows: Sequence[Row]) -> float:
    """Milliseconds for each byte of source that is compiled."""
    paths = [os.path.join(folder, row.plan.path) for row in rows if row.plan.path.endswith(".py")][:600]
    code = (
        "import sys, time; texts = [open(path, 'rb').read() for path in sys.argv[1:]]; start = time.perf_counter(); "
        "[compile(text, 'x', 'exec', dont_inherit=True) for text in texts]; "
        "print((time.perf_counter() - start) * 1000 / sum(map(len, texts)))"
    )
    done = subprocess.run([python, "-W", "ignore", "-c", code, *paths], capture_output=True, text=True, check=True)
    return float(done.stdout)


def fitted(rows: Sequence[Row], outside: Mapping[str, tuple[float, Sequence[str]]], compile_byte: float) -> Costs:
    """What makes the sums over distributions come out, each as important as the others; then what is left of each."""
    by_owner: dict[str, list[Row]] = {}
    for row in rows:
        by_owner.setdefault(row.plan.distribution, []).append(row)
    sums = {owner: (_features(group), sum(row.ms for row in group)) for owner, group in by_owner.items() if owner}
    four = _least_squares([([x / (y + 2) for x in features], y / (y + 2)) for features, y in sums.values()])
    factors = {}
    for owner, (features, ms) in sorted(sums.items()):
        guess = sum(one * cost for one, cost in zip(features, four, strict=True))
        factors[owner] = round((ms + 0.5) / (guess + 0.5), 2)
    module, module_byte, extension, extension_byte = four
    return Costs(module, module_byte, extension, extension_byte, compile_byte, factors, outside)


def _features(rows: Sequence[Row]) -> list[float]:
    compiled = [row.plan.bytes for row in rows if row.plan.path.endswith(".so")]
    plain = [row.plan.bytes for row in rows if not row.plan.path.endswith(".so")]
    return [len(plain), sum(plain), len(compiled), sum(compiled)]


def _least_squares(rows: Sequence[tuple[list[float], float]]) -> list[float]:
    """Without negative costs: one after the other is set to its best, until nothing changes."""
    costs = [0.0] * 4
    for _ in range(2000):
        for index in range(4):
            square = sum(features[index] ** 2 for features, _ in rows)
            left = sum(
                features[index]
                * (y - sum(x * c for x, c in zip(features, costs, strict=True)) + features[index] * costs[index])
                for features, y in rows
            )
            costs[index] = max(0.0, left / square) if square else 0.0
    return costs


def figures(
    folder: str,
    distributions: Sequence[Distribution],
    rows: Sequence[Row],
    found: Costs,
    measured: Mapping[str, Mapping[str, Line]],
) -> dict[str, object]:
    """How far off estimates are, of packages that are in the table, and as if they were not."""
    shown: dict[str, list[float]] = {}
    for name, code in HELD_OUT.items():
        closure = Closure(Folder(folder, code), (), distributions, None)
        plans = closure.plans("handler_of_sample.py")
        owners = {plan.distribution for plan in plans}
        others = fitted([row for row in rows if row.plan.distribution not in owners], found.outside, 0)
        real = sum(line.ms for line in measured[name].values())
        shown[name] = [round(real, 1), round(estimate(plans, found), 1), round(estimate(plans, others), 1)]
    real_ms, inside, out = ([row[index] for row in shown.values()] for index in range(3))
    return {
        "columns": ["measured ms", "estimated ms", "estimated ms if nothing of it had been measured"],
        "packages": shown,
        "rank correlation": [_ranked(real_ms, inside), _ranked(real_ms, out)],
        "median error": [_error(real_ms, inside), _error(real_ms, out)],
    }


def _ranked(one: Sequence[float], other: Sequence[float]) -> float:
    """Spearman's."""
    ranks = [[sorted(values).index(value) for value in values] for values in (one, other)]
    count = len(one)
    apart = sum((a - b) ** 2 for a, b in zip(*ranks, strict=True))
    return float(round(1 - 6 * apart / (count * (count * count - 1)), 3))


def _error(real: Sequence[float], guessed: Sequence[float]) -> float:
    return round(median(abs(b - a) / a for a, b in zip(real, guessed, strict=True)), 3)


def write(options: argparse.Namespace, found: Costs, off: Mapping[str, object], samples: int) -> None:
    version = subprocess.run([options.python, "-V"], capture_output=True, text=True, check=True).stdout.split()[1]
    head = {
        "schema": 1,
        "written": date.today().isoformat(),
        "python": version,
        "measured": f"the median of {RUNS} runs of python -X importtime, bytecode at hand, on {options.on}",
        "distributions": samples,
        "error": off,
    }
    numbers = {name: float(f"{value:.4g}") for name, value in found._asdict().items() if isinstance(value, float)}
    text = json.dumps(head | numbers, indent=2)[:-2]
    rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in sorted(found.outside.items()))
    factors = json.dumps({name: factor for name, factor in found.factors.items() if not 0.9 < factor < 1.1})
    TABLE.write_text(f'{text},\n  "factors": {factors},\n  "outside": {{\n{rows}\n  }}\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
