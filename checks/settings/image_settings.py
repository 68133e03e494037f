"""LL814: settings of a zip on an image, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Setting

_STATED_OTHERWISE = frozenset({"terraform", "serverless", "chalice", "zappa"})
"""Formats whose tools see to it themselves: they refuse what is missing, or fill it in."""


@check(Function, code="LL814", severity=Severity.ERROR, since="0.1")
def image_settings(function: Function) -> Iterator[Problem]:
    """A container image is given a handler, a runtime or layers, or a zip has none of them.

    **Why it matters.** What runs in an image is said by the image itself; Lambda refuses a handler, a runtime or layers
    beside it. A function deployed as a zip must state handler and runtime. Either way the deployment fails.

    **Bad**

    ```yaml
    Resources:
      Orders:
        Type: AWS::Lambda::Function
        Properties:
          PackageType: Image
          Code:
            ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:7
          Role: arn:aws:iam::123456789012:role/orders
          Runtime: python3.13  # LL814
    ```

    **Good**

    ```yaml
    Resources:
      Orders:
        Type: AWS::Lambda::Function
        Properties:
          PackageType: Image
          Code:
            ImageUri: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/orders:7
          Role: arn:aws:iam::123456789012:role/orders
    ```

    What stands in SAM's Globals is no fault of the function's own, but it holds for it all the same: `IgnoreGlobals`
    takes it out.

    **Ignore it when** another tool rewrites the template before it is deployed.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
    """
    package = function.package_type
    is_image = package is not None and package.known == "Image"
    if is_image:
        stated: tuple[tuple[str, Setting[str] | Setting[tuple[str, ...]] | None], ...] = (
            ("a handler", function.handler),
            ("a runtime", function.runtime),
            ("layers", function.layers),
        )
        for what, setting in stated:
            if setting is not None and not setting.optional and setting.known != ():
                where = "; take it out for this one with IgnoreGlobals" if setting.inherited else "; remove it"
                message = f"{function.logical_id} is deployed as an image, which cannot be given {what}{where}"
                yield Problem(setting.location, message)
    elif package is None or package.known == "Zip":
        code = function.code
        if function.format in _STATED_OTHERWISE or code is None or code.kind in ("image", "unknown"):
            return
        missing = [
            name for name, setting in (("handler", function.handler), ("runtime", function.runtime)) if setting is None
        ]
        if missing and not function.environment_open:
            message = f"{function.logical_id} is deployed as a zip, and so must state its {' and its '.join(missing)}"
            yield Problem(function.location, message)
