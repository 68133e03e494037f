"""LL214: what is installed with the next build is not said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._words import by_file, listed, stated
from lambdalint.model import Package
from lambdalint.model.distributions import SDK, is_development
from lambdalint.model.package import Requirement

_BOUND = re.compile(r"[<^~]|==|^\d")
"""An upper bound, in the words of pip, Poetry or Pipenv."""


@check(Package, code="LL214", severity=Severity.ADVICE, since="0.1")
def unpinned_dependency(package: Package) -> Iterator[Problem]:
    """A requirement names no version, and there is no lock file.

    **Why it matters.** Each build installs whatever is newest on that day. What was tested is not what is deployed, a
    major release breaks the function without any change of its own, and nobody can build last week's package again.

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
    requests  # LL214
    pydantic>=2
    ```

    ```python
    # file: src/app.py
    import pydantic
    import requests

    def handler(event, context):
        return pydantic.TypeAdapter(list).validate_python(requests.get(event["url"], timeout=5).json())
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
    pydantic>=2.11,<3
    ```

    ```python
    # file: src/app.py
    import pydantic
    import requests

    def handler(event, context):
        return pydantic.TypeAdapter(list).validate_python(requests.get(event["url"], timeout=5).json())
    ```

    A range with an upper end is left alone, and so is what a lock file beside it, a hash, a commit or a path settles.
    There is one finding for each file. The SDK and development tools have checks of their own.

    **Ignore it when** the versions are settled elsewhere: by constraints (`pip install -c`), or a private index that
    holds one version of each.

    **Source.** https://pip.pypa.io/en/stable/topics/repeatable-installs/
    """
    counted = [one for one in stated(package) if one.name not in SDK and not is_development(one.name)]
    for group in by_file(counted):
        free = [one for one in group if _is_free(one)]
        if free:
            several = len(free) > 1
            yield Problem(
                free[0].location,
                f"{listed([one.name for one in free])} may be installed in any new version; pin "
                f"{'them' if several else 'it'} with ==, or keep a lock file",
                sure=not free[0].location.path.endswith("pyproject.toml"),
            )  # a workspace has its lock elsewhere


def _is_free(one: Requirement) -> bool:
    return not one.pinned and "@" not in one.specifier and not _BOUND.search(one.specifier)
