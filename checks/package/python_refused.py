"""LL218: a distribution that the Python of the runtime is too old or too new for."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import listed, parts, places, who_runs
from lambdalint.checks.package.wrong_python_abi import misfit
from lambdalint.later import pattern
from lambdalint.model import Package

Version = tuple[int, int]

_LEAST = pattern(r"(?:>=|~=|==|>)\s*(\d+)\.(\d+)")
_BELOW = pattern(r"<(=?)\s*(\d+)\.(\d+)(?:\.(\d+))?")


@check(Package, code="LL218", severity=Severity.WARNING, since="0.3")
def python_refused(package: Package) -> Iterator[Problem]:
    """A distribution is shipped that says it does not run on the Python of the runtime.

    **Why it matters.** pip installs the newest version for the Python that it runs on. An older one does not have its
    syntax or the names that it imports: the function fails when it is loaded, or when it comes to such a line.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/  # LL218
          Handler: app.handler
          Runtime: python3.9
    ```

    ```package
    # in: package/
    app.py: "import newest\\ndef handler(event, context):\\n    return newest.answer(event)\\n"
    newest 4.0 python >=3.11
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

    ```package
    # in: package/
    app.py: "import newest\\ndef handler(event, context):\\n    return newest.answer(event)\\n"
    newest 4.0 python >=3.11
    ```

    It is what `Requires-Python` says in the metadata. A Python that is newer than the distribution asks for mostly
    works all the same: that is said under `--pedantic`. Distributions whose machine code does not fit are the matter
    of `wrong-python-abi`, syntax of one's own that of `syntax-too-new`.

    **Ignore it when** the template that names the runtime is not the one that is deployed.

    **Source.** https://packaging.python.org/en/latest/specifications/core-metadata/#requires-python
    """
    python = package.python
    if python is None or package.kind == "source":
        return
    shown = f"python{python[0]}.{python[1]}"
    for shipped, location in places(package):
        of_others = {part.name for part in parts(shipped) if misfit(python, part)}
        found = {one.name: refusal(one.python, python) for one in shipped.distributions if one.name not in of_others}
        for sure in (True, False):
            names = {name: said for name, (said, certain) in found.items() if said and certain is sure}
            if names:
                say = "says" if len(names) == 1 else "say"
                message = f"{listed(names)} in {shipped.path or '.'} {say} {listed(names.values(), 30)} of Python, but "
                message += (
                    f"{who_runs(package, shown)}; install with pip --python-version {shown.removeprefix('python')}"
                )
                yield Problem(location, message, sure=sure)


def refusal(said: str, python: Version) -> tuple[str, bool]:
    """The part of a `Requires-Python` that leaves a version out, and whether for sure; empty where none does."""
    for one in said.split(","):
        least, below = _LEAST.match(one.strip()), _BELOW.match(one.strip())
        if least and python < (int(least[1]), int(least[2])):
            return one.strip(), True
        if below and _is_above(python, (int(below[2]), int(below[3])), patch=bool(below[1] or int(below[4] or 0))):
            return one.strip(), False
    return "", False


def _is_above(python: Version, limit: Version, patch: bool) -> bool:
    """`patch`: some version that begins like this is allowed."""
    return python > limit or (python == limit and not patch)
