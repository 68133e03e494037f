"""LL710: a layer is published by somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks._settings import all_of
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

    Layers of AWS and of vendors of monitoring are not reported, nor those whose account is not known. An account that
    is not known to publish for everybody may be your own: that is likely rather than certain.

    **Ignore it when** you have looked at what is in this version, and keep a copy.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    holders: dict[tuple[Location, str], list[Function]] = {}
    for function in stack.functions:
        if function.layers is not None:
            for layer in dict.fromkeys(one for choice in function.layers.choices for one in choice):
                holders.setdefault((function.layers.location, layer), []).append(function)
    for (location, layer), functions in holders.items():
        placeholder, arn, of_aws = _patterns()
        found = arn.match(placeholder.sub("", layer))
        if found is None or of_aws.fullmatch(found[2]):
            continue
        account = found[1]
        if account in VENDORS or account in trusted.accounts:
            continue
        whose = STRANGERS.get(account)
        owner = f"{whose} ({account})" if whose else f"account {account}"
        message = f"the layer {found[2]} of {all_of(functions)} is code of {owner}; publish a copy you have looked at"
        yield Problem(location, message, sure=whose is not None)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What is filled in; the ARN of a layer; how AWS calls those that it publishes, from accounts of many kinds."""
    return (
        re.compile(r"\$\{[^}]*\}"),
        re.compile(r"arn:[^:]*:lambda:[^:]*:(\d{12}):layer:([^:]+)"),
        re.compile(
            r"AWS-(?:Parameters-and-Secrets-Lambda|AppConfig)-Extension(?:-Arm64)?|LambdaInsightsExtension(?:-Arm64)?|"
            r"AWSLambdaPowertools.+|AWSSDKPandas-.+|AWSDataWrangler-.+|AWSLambda-(?:Node|Python).+|"
            r"AWSOpenTelemetryDistro.+|aws-otel-.+|AWSCodeGuruProfiler.+|LambdaAdapterLayer.+"
        ),
    )
