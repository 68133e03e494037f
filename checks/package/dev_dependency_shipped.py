"""LL204: a package brings what tests, checks or builds programs."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import unrequiring
from lambdalint.checks.package._known import may_be
from lambdalint.checks.package._needs import brought_by, imported, needed
from lambdalint.checks.package._words import by_file, by_size, is_installed, listed, mb, stated
from lambdalint.model import Package
from lambdalint.model.distributions import SDK, is_development
from lambdalint.model.package import Requirement

_AT_TIMES = frozenset({"mypy-extensions", "pip", "pluggy", "setuptools", "wheel"})
"""What other distributions may want when they run, as far as nobody knows what they need."""


@check(Package, code="LL204", severity=Severity.WARNING, since="0.1")
def dev_dependency_shipped(package: Package) -> Iterator[Problem]:
    """The package brings what tests, checks or builds programs.

    **Why it matters.** pytest, moto, mypy, black or the CDK are of no use where the function runs. moto alone brings
    some hundred MB with it. What is not there needs no updates, and no answer when a scanner finds something in it.

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
    requests==2.32.3
    pytest==8.4.1  # LL204
    moto==5.1.8
    ```

    ```python
    # file: src/app.py
    import requests

    def handler(event, context):
        return requests.get("https://example.com", timeout=5).json()
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
    requests==2.32.3
    ```

    ```text
    # file: src/requirements-dev.txt
    pytest==8.4.1
    moto==5.1.8
    ```

    ```python
    # file: src/app.py
    import requests

    def handler(event, context):
        return requests.get("https://example.com", timeout=5).json()
    ```

    What the program imports, or a distribution that it imports needs, is none of these: pkg_resources of setuptools
    is wanted by many an older one. Groups for development and files such as `requirements-dev.txt` are not installed.

    **Fix.** Removes the lines from `requirements.txt`. It is unsafe: the tests may take them from there.

    **Ignore it when** the function does test or build programs.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    brought = {*(one.name for one in package.distributions), *(one.name for one in stated(package))}
    if not any(map(is_development, brought)):
        return
    names = imported(package.reaches)
    there = {one.name for one in package.distributions}
    used = needed(package, package.reaches)
    lines = [
        one
        for one in stated(package)
        if is_development(one.name) and one.name not in used and not any(may_be(one.name, name) for name in names)
    ]
    for group in by_file(lines):
        certain = [one for one in group if one.name not in _AT_TIMES or one.name in there]
        for part in (certain, [one for one in group if one not in certain]):
            if part:
                yield _stated(part, sure=part is certain and is_installed(package))
    shipped = [one for one in package.distributions if is_development(one.name) and one.name not in used]
    if shipped and package.kind != "source" and package.reaches:
        all_of_it = brought_by([one.name for one in shipped], package.distributions, used | SDK)
        size = sum(one.bytes_unzipped for one in all_of_it)
        are, them = ("is", "it") if len(shipped) == 1 else ("are", "them")
        more = " with what it needs" if len(shipped) == 1 else " with what they need"
        yield Problem(
            package.location,
            f"{listed([one.name for one in by_size(shipped)])} {are} in the package, {mb(size)}"
            f"{more if len(all_of_it) > len(shipped) else ''}, and of use to developers only; install {them} elsewhere",
            sure=any(one.name not in _AT_TIMES for one in shipped),
        )


def _stated(group: list[Requirement], sure: bool) -> Problem:
    are, them = ("is", "it") if len(group) == 1 else ("are", "them")
    return Problem(
        group[0].location,
        f"{listed([one.name for one in group])} {are} of use to developers only, and would be deployed; put {them} "
        "into a file or group for development",
        unrequiring([(one.name, one.location) for one in group]) if sure else None,
        sure=sure,
    )
