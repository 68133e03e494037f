"""LL215: an import that nothing shipped answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._settings import all_of
from lambdalint.checks.package._shipped import owners
from lambdalint.model import Function, Location, Package, Unknown
from lambdalint.model.package import Distribution, Missing

_IN_RUNTIME = frozenset("boto3 botocore jmespath python-dateutil s3transfer six urllib3".split())
"""Distributions that the runtimes of Python have."""

_BEHIND = ["cffi"]
"""What machine code that was made with it loads in any case; nobody sees what else machine code imports."""


@check(Package, code="LL215", severity=Severity.ERROR, since="0.3")
def dependency_not_shipped(package: Package) -> Iterator[Problem]:
    """The handler imports what neither the package, a layer nor the runtime has.

    **Why it matters.** It is installed on the machine where the code was written, and nowhere else: each invocation
    fails with `Runtime.ImportModuleError: No module named 'requests'`.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```python
    # file: package/app.py
    import jwt
    import requests  # LL215

    def handler(event, context):
        return requests.get(event["url"], timeout=3).json()
    ```

    ```package
    # in: package/
    PyJWT 2.10.1 module jwt
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```python
    # file: package/app.py
    import jwt
    import requests

    def handler(event, context):
        return requests.get(event["url"], timeout=3).json()
    ```

    ```package
    # in: package/
    PyJWT 2.10.1 module jwt
    requests 2.32.5
    ```

    It is said only where all that is shipped is known: a zip, a folder that is deployed as it is, or a source folder
    with an environment in which its requirements are installed; every layer must be here. Imports in `try` and under
    conditions are left alone. Those within functions, and those of folders in which nothing was installed yet, are
    likely rather than certain. So are imports of distributions that may never be executed, if one of their requirements
    would answer them.

    **Ignore it when** a script installs it just before the function is deployed.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-package.html
    """
    if not package.complete or any(map(_finds_more, package.functions)):
        return
    known = {one.name: one for part in (package, *package.layers) for one in part.distributions}
    # A folder in which nothing was installed may be waiting for a script that does it.
    is_sure = bool(known) or package.kind in ("zip", "source")
    owner_of = _owners(package)
    told: set[str] = set()
    """The modules that are missing, and the distributions that miss them."""
    every = (one for reach in package.reaches for one in reach.missing)
    for one in sorted(every, key=lambda one: one.lazy or one.guarded):
        top, owner = one.module.partition(".")[0], owner_of(one.path)
        lacking = _lacking(owner, known) if owner is not None else []
        if top in told or ((one.guarded or (owner is not None and one.lazy)) and not lacking):
            continue
        told.update([top] if owner is None else [top, owner.name])
        place = package.location if owner is not None else _place(one, package)
        by = owner.name if owner is not None else one.path
        what = f"{one.module} is imported" if place.path.endswith(one.path) else f"{by} imports {one.module}"
        instead = " and ".join(lacking[:3]) or ("it with the code" if owner is None else f"what {by} needs for that")
        message = f"{what}, but nothing that is shipped{_whose(package)} has it; install {instead}"
        yield Problem(place, message, sure=is_sure and not one.lazy and not one.guarded)
    loaded = (path for reach in package.reaches for path in reach.modules if path.endswith(".so"))
    for compiled in {found.name: found for path in loaded if (found := owner_of(path))}.values():
        lacking = _lacking(compiled, known) if compiled.name not in told else []
        if lacking:
            message = (
                f"the machine code of {compiled.name} needs {' and '.join(lacking[:3])}, but nothing that is shipped"
            )
            yield Problem(package.location, f"{message}{_whose(package)} has it; install it", sure=lacking == _BEHIND)


def _owners(package: Package) -> Callable[[str], Distribution | None]:
    """Tells which distribution a file came with, in the package or in a layer."""
    own, of_layers = owners(package), [owners(layer) for layer in package.layers]

    def owner_of(path: str) -> Distribution | None:
        if not path.startswith("/opt/"):
            return own(path)
        return next((found for one in of_layers if (found := one(path.removeprefix("/opt/")))), None)

    return owner_of


def _finds_more(function: Function) -> bool:
    """Whether Python may look for modules where nobody can see them."""
    environment, code = function.environment, function.code
    if isinstance(environment, Unknown) or (code is not None and code.roots):
        return True
    return function.mounts != () or "PYTHONPATH" in (environment or {})


def _lacking(owner: Distribution, known: dict[str, Distribution]) -> list[str]:
    return [name for name in owner.requires if name not in known and name not in _IN_RUNTIME]


def _whose(package: Package) -> str:
    return f" for {all_of(package.functions)}" if package.functions else ""


def _place(one: Missing, package: Package) -> Location:
    """The import, where it stands in the source that a template names."""
    sources = {function.code.path for function in package.functions if function.code is not None}
    if package.kind == "zip" or package.path not in sources or one.path.startswith("/"):
        return package.location
    path = f"{package.path}/{one.path}" if package.path not in ("", ".") else one.path
    return Location(path, one.line, 1, one.line, 1)
