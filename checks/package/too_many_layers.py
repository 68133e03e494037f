"""LL210: layers that Lambda refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lambdalint.check import Problem, Severity, check
from lambdalint.later import pattern
from lambdalint.model import Function

MOST = 5
_ONE_WORD = pattern(r"\$\{(?:AWS::(?:Region|AccountId|Partition)|aws:(?:region|accountId)|self:provider\.region)\}")
"""What stands for one part of an ARN."""
_ARN = pattern(r"arn:[^:]+:lambda:[^:]+:[^:]+:layer:([^:]+)(:[^:]+)?")
_NAME = pattern(r"[A-Za-z0-9_-]{1,140}")


@check(Function, code="LL210", severity=Severity.ERROR, since="0.3")
def too_many_layers(function: Function) -> Iterator[Problem]:
    """A function has more than five layers, or one whose ARN Lambda does not take.

    **Why it matters.** The deployment fails: `Layers length must be less than or equal to 5`, `Member must satisfy
    regular expression pattern`, or `Two different versions of the same layer are not allowed`.

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
          Layers:  # LL210
            - arn:aws:lambda:eu-west-1:123456789012:layer:orders  # no version
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
          Layers:
            - arn:aws:lambda:eu-west-1:123456789012:layer:orders:7
    ```

    Layers on a container image are the matter of `image-settings`.

    **Ignore it when** another tool rewrites the template before it is deployed.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    stated = function.layers
    layers = stated.known if stated is not None else None
    if (
        stated is None
        or layers is None
        or (function.package_type is not None and function.package_type.known == "Image")
    ):
        return
    if len(layers) > MOST:
        message = f"{function.logical_id} has {len(layers)} layers, and Lambda takes {MOST}; join some, or ship them"
        yield Problem(stated.location, f"{message} in the package", sure=not stated.optional)
    for message in _refused(layers):
        yield Problem(stated.location, f"{function.logical_id} cannot be deployed: {message}")


def _refused(layers: Sequence[str]) -> Iterator[str]:
    """What is wrong with ARNs, as far as they are known."""
    versions: Counter[str] = Counter()
    for layer in dict.fromkeys(layers):
        text = _ONE_WORD.sub("x", layer)
        if not text.startswith("arn:") or "$" in text or "{" in text:
            continue
        match = _ARN.fullmatch(text)
        if match is None:
            yield f"{layer} is no ARN of a layer; it reads arn:aws:lambda:<region>:<account>:layer:<name>:<version>"
        elif match[2] is None:
            yield f"the ARN of the layer {match[1]} has no version; put :<number> behind it"
        elif not match[2][1:].isdigit() or not _NAME.fullmatch(match[1]):
            yield f"{layer} is no ARN of a layer; a name has letters, digits, - and _, and a version is a number"
        else:
            versions[text.rpartition(":")[0]] += 1
    for name, count in versions.items():
        if count > 1:
            yield f"it has {count} versions of the layer {name.rpartition(':')[2]}; keep one"
