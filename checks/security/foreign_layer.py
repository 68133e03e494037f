"""LL710: a layer is published by somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks._settings import all_of
from lambdalint.later import pattern
from lambdalint.model import Function, Location, Stack

VENDORS = frozenset("114300393969 451483290750 464622532012 943013980633".split())
"""Lumigo, New Relic, Datadog and Sentry: who uses them has a contract with them."""
STRANGERS = {
    "113088814899": "Klayers",
    "770693421928": "Klayers",
    "209497400698": "Bref",
    "534081306603": "Bref",
    "553035198032": "lambci",
    "764866452798": "Shelf",
    "175033217214": "rpidanny",
    "145266761615": "serverlesspub",
    "744348701589": "bash-lambda-layer",
}
"""Accounts from which people publish layers for everybody."""


class Trusted(NamedTuple):
    """Whose layers a project takes."""

    accounts: Annotated[tuple[str, ...], Option("account ids whose layers are welcome")] = ()


_PLACEHOLDER = pattern(r"\$\{[^}]*\}")
_ARN = pattern(r"arn:[^:]*:lambda:[^:]*:(\d{12}):layer:([^:]+)")
_OF_AWS = pattern(
    r"AWS-(?:Parameters-and-Secrets-Lambda|AppConfig)-Extension(?:-Arm64)?|LambdaInsightsExtension(?:-Arm64)?|"
    r"AWSLambdaPowertools.+|AWSSDKPandas-.+|AWSDataWrangler-.+|AWSLambda-(?:Node|Python).+|"
    r"AWSOpenTelemetryDistro.+|aws-otel-.+|AWSCodeGuruProfiler.+|LambdaAdapterLayer.+"
)
"""How AWS calls the layers that it publishes, from accounts of many kinds."""


@check(Stack, code="LL710", severity=Severity.ADVICE, since="0.1", options=Trusted())
def foreign_layer(stack: Stack, trusted: Trusted) -> Iterator[Problem]:
    """A function loads a layer that a stranger publishes.

    **Why it matters.** The code of a layer runs in the function, with its role, its variables and its events. You have
    not seen it, nobody signs it, and its owner can take it away: the next deployment then fails.

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
          Layers:  # LL710
            - arn:aws:lambda:us-east-1:770693421928:layer:Klayers-p313-requests:1
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
            - !Ref Requests
      Requests:
        Type: AWS::Serverless::LayerVersion
        Properties:
          ContentUri: layers/requests/
          CompatibleRuntimes: [python3.13]
        Metadata:
          BuildMethod: python3.13
    ```

    Layers of AWS and of vendors of monitoring are not reported, nor those whose account is not known or is that of the
    function's role. An account that is not known to publish for everybody may be your own: that is likely rather than
    certain.

    **Ignore it when** you have looked at what is in this version, and keep a copy.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    holders: dict[Location, list[Function]] = {}
    for function in stack.functions:
        if function.layers is not None:
            holders.setdefault(function.layers.location, []).append(function)
    for location, functions in holders.items():
        found = dict(_foreign(functions, trusted))
        strangers = {layer: account for layer, account in found.items() if account in STRANGERS} or found
        if strangers:
            owners = " and ".join(dict.fromkeys(map(_shown, strangers.values())))
            layers = " and ".join(strangers)
            what = f"the layer {layers}" if len(strangers) == 1 else f"the layers {layers}"
            message = f"{what} of {all_of(functions)} {'is' if len(strangers) == 1 else 'are'} code of {owners}"
            sure = not STRANGERS.keys().isdisjoint(strangers.values())
            yield Problem(location, f"{message}; publish a copy you have looked at", sure=sure)


def _foreign(functions: list[Function], trusted: Trusted) -> Iterator[tuple[str, str]]:
    """The layers of others, and their accounts."""
    roles = [one.role.known or "" for one in functions if one.role is not None]
    own = {role.split(":")[4] for role in roles if role.startswith("arn:") and role.count(":") > 4}
    welcome = {*VENDORS, *trusted.accounts, *own}
    stated = (one.layers.choices for one in functions if one.layers is not None)
    for layer in dict.fromkeys(one for choices in stated for choice in choices for one in choice):
        found = _ARN.match(_PLACEHOLDER.sub("", layer))
        if found is not None and not _OF_AWS.fullmatch(found[2]) and found[1] not in welcome:
            yield found[2], found[1]


def _shown(account: str) -> str:
    whose = STRANGERS.get(account)
    return f"{whose} ({account})" if whose else f"account {account}"
