"""LL203: a package holds files that no program reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks.package._words import listed, mb
from lambdalint.model import Package
from lambdalint.model.package import MB

_KINDS = {
    "tests": "tests", "docs": "documentation", "bytecode": "bytecode of another Python", "stubs": "type stubs",
    "headers": "headers", "caches": "caches of tools", "vcs": "version control", "venv": "a virtual environment",
    "node-modules": "node_modules", "editor": "files of editors",
}  # fmt: skip


class Most(NamedTuple):
    """What is put up with."""

    at_least_mb: Annotated[float, Option("megabytes of such files from which it is worth a word", least=0)] = 1.0


@check(Package, code="LL203", severity=Severity.WARNING, since="0.1", options=Most())
def package_clutter(package: Package, most: Most) -> Iterator[Problem]:
    """The package holds tests, documentation, caches and the like, which no program reads.

    **Why it matters.** All of it is uploaded with each deployment and counts against the limit of 250 MB. A virtual
    environment or `node_modules` is often larger than the program; `.git` also tells whoever gets hold of the package
    what was ever in the repository.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: build/  # LL203
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: build/
    app.py: "import pandas\\ndef handler(event, context):\\n    return pandas.DataFrame(event).sum()\\n"
    pandas 2.3.1 holds pandas/tests/frame/data.csv 3000000
    .venv/lib/python3.13/site-packages/pip/big.bin: 9000000 bytes
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: build/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: build/
    app.py: "import pandas\\ndef handler(event, context):\\n    return pandas.DataFrame(event).sum()\\n"
    pandas 2.3.1
    ```

    Files that a handler imports never count, whatever they are called. Nor do those of the project's own in folders
    such as `tests` or `docs` that may be data.

    **Fix.** `lambdalint package --slim OUT` writes the package without them. Better still, they do not get there:
    give functions a folder of their own, and leave out what installers bring (`find package -name tests -prune -exec
    rm -r {} +`).

    **Ignore it when** a program reads them after all.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    found = [one for one in package.waste if one.safe and one.kind in _KINDS]
    gain = sum(one.bytes_unzipped for one in found)
    if gain < most.at_least_mb * MB:
        return
    kinds = [f"{_KINDS[one.kind]} {mb(one.bytes_unzipped)}" for one in found if one.bytes_unzipped * 20 >= gain]
    example = found[0].paths[0] if len(found[0].paths) == 1 else ""
    yield Problem(
        package.location,
        f"{mb(gain)} of {mb(package.bytes_unzipped)} in the package are of no use to a program: {listed(kinds)}"
        f"{f' ({example})' if 0 < len(example) < 40 else ''}; leave them out, or let `lambdalint package --slim` do it",
        sure=package.kind != "folder" or all(one.format != "serverless" for one in package.functions),
    )
