"""LL205: a package brings a distribution that no handler leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import unrequiring
from lambdalint.checks.package._known import MODULES, is_needed_by_others, is_plug_in, is_tool, may_be
from lambdalint.checks.package._needs import above, brought_by, freed_bytes, imported, is_known, loaded, needed
from lambdalint.checks.package._words import is_installed, largest, mb, stated
from lambdalint.model import Package
from lambdalint.model.distributions import SDK, is_development
from lambdalint.model.package import MB, Distribution, Requirement

_LEAST_BYTES = MB
_NO_PROGRAM = re.compile(
    r"(?:^|/)(?:tests?|docs?|examples?)/|(?:^|/)(?:setup|conftest|__init__|test_\w+|\w+_test)\.py$"
)
"""Own files from which nothing is started on Lambda."""


@check(Package, code="LL205", severity=Severity.ADVICE, since="0.1")
def unused_dependency(package: Package) -> Iterator[Problem]:
    """The package brings a distribution that nothing a handler imports needs.

    **Why it matters.** It makes the package larger, takes part in each scan for vulnerabilities and must be updated.
    Often it was left behind when the code that used it went, or came with the template of the project.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```text
    # file: src/requirements.txt
    requests==2.32.3  # LL205
    PyYAML==6.0.2
    ```

    ```python
    # file: src/app.py
    import yaml

    def handler(event, context):
        return yaml.safe_load(event["body"])
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```text
    # file: src/requirements.txt
    PyYAML==6.0.2
    ```

    ```python
    # file: src/app.py
    import yaml

    def handler(event, context):
        return yaml.safe_load(event["body"])
    ```

    Drivers and plug-ins count as used where what loads them is there: psycopg2 beside SQLAlchemy, openpyxl beside
    pandas. So do tools that are started or wrap the handler. Nothing is said where modules are imported under names
    that are only known when the program runs. The AWS SDK is a matter of [bundled-sdk](bundled-sdk.md), pytest and the
    like of [dev-dependency-shipped](dev-dependency-shipped.md).

    **Fix.** Removes the line from `requirements.txt`. It is unsafe: something may load it that is not seen here.

    **Ignore it when** it is loaded by a name that stands in a setting.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    if not (package.distributions or package.requirements) or not is_known(package):
        return
    used = needed(package, package.reaches)
    lines = [one for one in stated(package) if _counts(one.name) and one.name not in used]
    for one in lines:
        yield from _stated(package, one)
    hosts = used | {one.name for one in package.requirements}
    told = [one.name for one in package.distributions if one.name in SDK or is_development(one.name)]
    used |= {one.name for one in brought_by(told, package.distributions, used)}
    unused = [
        one
        for one in package.distributions
        if one.name not in used and _counts(one.name) and not is_plug_in(one.name, hosts, installed=True)
    ]
    names = {one.name for one in unused} | {one.name for one in lines}
    brought = [one for one in unused if not set(above(one.name, package.distributions)) & names]
    size = sum(one.bytes_unzipped for one in unused)
    if package.kind != "source" and brought and size >= _LEAST_BYTES:
        yield Problem(
            package.location,
            f"no handler leads to {largest(brought)}{' with what they need' if len(unused) > len(brought) else ''}: "
            f"{mb(size)} of {mb(package.bytes_unzipped)}; leave {'it' if len(brought) == 1 else 'them'} out",
            sure=package.alone and not _others(package),
        )


def _counts(name: str) -> bool:
    return name not in SDK and not is_development(name) and not is_tool(name)


def _stated(package: Package, one: Requirement) -> Iterator[Problem]:
    """A requirement that is stated, and as far as is known not imported."""
    names = imported(package.reaches)
    own = [other for other in stated(package) if other.name != one.name]
    there = _installed(package, one.name)
    hosts = [*_hosts(names), *(other.name for other in own if other.name not in SDK)]
    if any(may_be(one.name, name) for name in names) or is_plug_in(one.name, hosts, installed=there is not None):
        return
    if there is None:
        if own and is_needed_by_others(one.name):
            return
        answered = [name for name in names if not any(may_be(other.name, name) for other in own)]
        unknown = {one.module for reach in package.reaches for one in reach.missing}.intersection(answered)
        if one.name not in MODULES and unknown:
            return  # it may be what gives these
    size = f", {mb(freed_bytes(one.name, package.distributions))}," if there is not None else ""
    sure = is_installed(package) and package.alone and not _others(package)
    yield Problem(
        one.location,
        f"{one.name}{size} is stated here, but no handler leads to it; remove it",
        unrequiring([(one.name, one.location)]) if sure else None,
        sure=sure,
    )


def _hosts(names: set[str]) -> Iterator[str]:
    """The distributions that imported modules belong to."""
    for name, modules in MODULES.items():
        if any(module in names for module in modules):
            yield name


def _installed(package: Package, name: str) -> Distribution | None:
    return next((one for one in package.distributions if one.name == name), None)


def _others(package: Package) -> bool:
    """Whether there are files of the project's own that no handler of these functions imports, but something may."""
    files = loaded(package.reaches)
    installed = {path for one in package.distributions for path in one.files}
    return any(
        entry.path.endswith(".py") and entry.path not in files and not _NO_PROGRAM.search(entry.path)
        for entry in package.entries
        if entry.path not in installed
    )
