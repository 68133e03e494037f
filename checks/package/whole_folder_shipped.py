"""LL211: functions share one large folder, of which each needs a part."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks.package._needs import is_known, loaded, needed
from lambdalint.checks.package._words import largest, listed, mb
from lambdalint.model import Package
from lambdalint.model.package import MB, Distribution

_BY_DESIGN = frozenset({"chalice", "serverless", "zappa"})
"""Formats whose tools pack the folder of the project, less what they are told to leave out."""
_MATERIAL = (
    ".avi", ".drawio", ".gif", ".jpeg", ".jpg", ".key", ".mov", ".mp4", ".pptx", ".psd", ".svg", ".ts", ".tsx", ".webm",
    ".png", ".zip", "package-lock.json", "yarn.lock",
)  # fmt: skip
"""What a project has beside its program."""


class Shares(NamedTuple):
    """How much is put up with."""

    at_least_mb: Annotated[float, Option("megabytes that a function ships for others", least=0)] = 10.0
    needed_percent: Annotated[int, Option("percent of the package that a function should need", least=1)] = 50


@check(Package, code="LL211", severity=Severity.WARNING, since="0.1", options=Shares())
def whole_folder_shipped(package: Package, shares: Shares) -> Iterator[Problem]:
    """Functions are deployed from one folder, and need little of it.

    **Why it matters.** A function that imports a few kB is deployed with the distributions of its neighbours: it starts
    later, nears the limit of 250 MB with them, and is deployed again whenever one of them changes.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        CodeUri: build/  # LL211
        Runtime: python3.13
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          Handler: orders.handler
      Report:
        Type: AWS::Serverless::Function
        Properties:
          Handler: report.handler
    ```

    ```package
    # in: build/
    orders.py: "def handler(event, context):\\n    return 1\\n"
    report.py: "import pandas\\ndef handler(event, context):\\n    return pandas.DataFrame(event).sum()\\n"
    pandas 2.3.1 holds pandas/core.bin 60000000
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Runtime: python3.13
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: orders/
          Handler: orders.handler
      Report:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: report/
          Handler: report.handler
    ```

    ```package
    # in: orders/
    orders.py: "def handler(event, context):\\n    return 1\\n"
    ```

    ```package
    # in: report/
    report.py: "import pandas\\ndef handler(event, context):\\n    return pandas.DataFrame(event).sum()\\n"
    pandas 2.3.1 holds pandas/core.bin 60000000
    ```

    A function needs the distributions that its imports lead to, and what these need. Data of the project's own counts
    as needed by all. What no function needs is the matter of [unused-dependency](unused-dependency.md).

    **Ignore it when** the functions are one service that is always deployed together, and start quickly enough.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    if package.kind == "image" or package.bytes_unzipped < shares.at_least_mb * MB or not is_known(package):
        return
    yield from _shared(package, shares)
    yield from _project(package, shares)


def _shared(package: Package, shares: Shares) -> Iterator[Problem]:
    """Several handlers, of which some need little of what the others need."""
    if len(package.reaches) < 2 or not package.distributions:
        return
    by_handler = {reach.handler: needed(package, [reach]) for reach in package.reaches}
    all_needed = {name for names in by_handler.values() for name in names}
    installed = {path for one in package.distributions for path in one.files}
    own = sum(entry.bytes_unzipped for entry in package.entries if entry.path not in installed)
    whole = own + _bytes(package, all_needed)
    weights = {handler: own + _bytes(package, names) for handler, names in by_handler.items()}
    light = [
        handler
        for handler, weight in weights.items()
        if whole - weight >= shares.at_least_mb * MB and weight * 100 <= whole * shares.needed_percent
    ]
    if light:
        least = min(light, key=lambda handler: weights[handler])
        others = [one for one in _of(package, all_needed) if one.name not in by_handler[least]]
        yield Problem(
            package.location,
            f"{listed(light, 2)} {'needs' if len(light) == 1 else 'need'} "
            f"{mb(max(weights[handler] for handler in light))} of {mb(whole)}: {largest(others, 2)} "
            "are shipped for others; give functions folders of their own",
        )


def _project(package: Package, shares: Shares) -> Iterator[Problem]:
    """The folder of the project, with all that lies beside the program."""
    if any(one.format in _BY_DESIGN for one in package.functions):
        return
    if not any((os.path.dirname(one.path) or ".") == (package.path or ".") for one in package.functions):
        return
    files = loaded(package.reaches)
    installed = {path for one in package.distributions for path in one.files}
    waste = tuple(path for one in package.waste for path in one.paths if path.endswith("/"))
    material = [
        entry
        for entry in package.entries
        if entry.path.endswith(_MATERIAL)
        and entry.path not in files
        and entry.path not in installed
        and not entry.path.startswith(waste)
    ]
    size = sum(entry.bytes_unzipped for entry in material)
    if size >= shares.at_least_mb * MB:
        first = max(material, key=lambda entry: entry.bytes_unzipped)
        yield Problem(
            package.location,
            f"the folder of the template is deployed as the code, with {mb(size)} of what lies beside it "
            f"({first.path[-50:]}); give the functions a folder of their own",
            sure=False,
        )


def _of(package: Package, names: set[str]) -> list[Distribution]:
    return [one for one in package.distributions if one.name in names]


def _bytes(package: Package, names: set[str]) -> int:
    return sum(one.bytes_unzipped for one in _of(package, names))
