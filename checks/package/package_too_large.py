"""LL201: a package is larger than Lambda takes, or nearly so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks.package._words import largest, mb
from lambdalint.model import Package
from lambdalint.model.package import IMAGE_BYTES_AT_MOST, UNZIPPED_BYTES_AT_MOST, ZIPPED_BYTES_AT_MOST

_KINDS = {
    "tests": "tests", "docs": "documentation", "sdk-data": "data of unused AWS services", "symbols": "debug symbols",
    "venv": "a virtual environment", "vcs": "version control", "node-modules": "node_modules", "caches": "caches",
    "unused": "unused distributions", "dev": "development tools",
}  # fmt: skip


class Shares(NamedTuple):
    """When it is time to say so."""

    near_percent: Annotated[int, Option("percent of a limit from which a package is said to be near it", least=1)] = 80


@check(Package, code="LL201", severity=Severity.ERROR, since="0.1", options=Shares())
def package_too_large(package: Package, shares: Shares) -> Iterator[Problem]:
    """The package is larger than Lambda takes, or nearly so.

    **Why it matters.** Lambda refuses a function whose package and layers are more than 250 MB unzipped (262,144,000
    bytes), a zip of more than 50 MB that is not uploaded by way of S3, and an image of more than 10 GB. What is near
    a limit is over it after the next update of a dependency, on the day when something has to be mended quickly.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: build/  # LL201
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: build/
    app.py: "import torch\\ndef handler(event, context):\\n    return torch.zeros(1)\\n"
    torch 2.9 holds torch/lib/weights.bin 263000000
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
    app.py: "import onnxruntime\\ndef handler(event, context):\\n    return onnxruntime.get_device()\\n"
    onnxruntime 1.23 holds onnxruntime/capi/model.bin 60000000
    ```

    What is over a limit is an error, what is near it (80 %, an option) advice. The message names what weighs most and
    what may go; `lambdalint package` shows all of it, and with `--slim` writes a smaller zip. Layers count. The limit
    of zips is only looked at where a template uploads the file itself, as Terraform does with `filename`.

    **Ignore it when** the folder is not what is deployed: a step that is not in the template takes something out.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    for what, weight, most in _weights(package):
        if weight > most:
            said, severity = "more than the", Severity.ERROR
        elif weight * 100 >= most * shares.near_percent:
            said, severity = f"{100 * weight // most} % of the", Severity.ADVICE
        else:
            continue
        yield Problem(
            package.location,
            f"{what} {mb(weight)}, {said} {mb(most).removesuffix('.0 MB')} MB that Lambda takes{_remedy(package)}",
            severity=severity,
            sure=package.kind == "zip" or all(one.format != "serverless" for one in package.functions),
        )  # whose patterns of what is packed are not known


def _weights(package: Package) -> Iterator[tuple[str, int, int]]:
    """What is limited, its bytes, and how many there may be."""
    if package.kind == "image":
        yield "the image is", package.bytes_unzipped, IMAGE_BYTES_AT_MOST
        return
    with_layers = "the package and its layers are" if package.layers else "the package is"
    yield f"unzipped, {with_layers}", package.bytes_with_layers, UNZIPPED_BYTES_AT_MOST
    if package.kind == "zip" and any(one.format == "terraform" for one in package.functions):
        yield "zipped, the package is", package.bytes_zipped, ZIPPED_BYTES_AT_MOST


def _remedy(package: Package) -> str:
    """What weighs most, and what may go."""
    dists = [one for part in (package, *package.layers) for one in part.distributions]
    said = f": {largest(dists, 2)}" if dists else ""
    waste = [one for one in package.waste if one.kind in _KINDS]
    if waste:
        return f"{said}; {mb(sum(one.bytes_unzipped for one in waste))} may go, above all {_KINDS[waste[0].kind]}"
    return f"{said}; deploy it as an image, or load data at run time"
