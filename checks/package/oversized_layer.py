"""LL217: a layer holds what no function that has it imports."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._known import is_plug_in, is_tool
from lambdalint.checks.package._needs import above, is_known, needed, with_needs
from lambdalint.checks.package._words import largest, mb
from lambdalint.model import Location, Package
from lambdalint.model.distributions import SDK
from lambdalint.model.package import MB

_LEAST_BYTES = MB


@check(Package, code="LL217", severity=Severity.ADVICE, since="0.1")
def oversized_layer(package: Package) -> Iterator[Problem]:
    """A layer holds distributions that none of the functions which have it imports.

    **Why it matters.** All of a layer counts against the 250 MB of each function that has it, and is unpacked with
    each new environment, whatever the function makes of it.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Common:
        Type: AWS::Serverless::LayerVersion
        Properties:
          ContentUri: layer/
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Layers: [!Ref Common]  # LL217
    ```

    ```python
    # file: src/app.py
    import requests

    def handler(event, context):
        return requests.get(event["url"], timeout=5).json()
    ```

    ```package
    # in: layer/python/
    requests 2.32.3
    lxml 6.0 holds lxml/etree.bin 9000000
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Common:
        Type: AWS::Serverless::LayerVersion
        Properties:
          ContentUri: layer/
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
          Layers: [!Ref Common]
    ```

    ```python
    # file: src/app.py
    import requests

    def handler(event, context):
        return requests.get(event["url"], timeout=5).json()
    ```

    ```package
    # in: layer/python/
    requests 2.32.3
    ```

    It is said only where the code of all functions with the layer is here.

    **Ignore it when** functions of other templates have the layer too.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    for layer in package.layers:
        users = layer.users()
        if not users or users[0] is not package or not all(map(is_known, users)):
            continue  # the first that has it speaks for all
        used = {name for user in users for name in needed(user, user.reaches)}
        used |= with_needs(SDK, {one.name: one for one in layer.distributions})
        unused = [
            one
            for one in layer.distributions
            if one.name not in used and not is_tool(one.name) and not is_plug_in(one.name, used, installed=True)
        ]
        brought = [one for one in unused if not set(above(one.name, layer.distributions)) & {o.name for o in unused}]
        size = sum(one.bytes_unzipped for one in unused)
        if brought and size >= _LEAST_BYTES:
            whose = "its function" if sum(len(user.functions) for user in users) == 1 else "a function that has it"
            yield Problem(
                _place(package),
                f"of the layer {layer.path}, {mb(size)} of {mb(layer.bytes_unzipped)} are not imported by {whose}: "
                f"{largest(brought)}; take {'it' if len(brought) == 1 else 'them'} out",
            )


def _place(package: Package) -> Location:
    layers = package.functions[0].layers
    return layers.location if layers is not None else package.location
