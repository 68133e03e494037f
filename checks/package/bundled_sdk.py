"""LL202: a package brings the AWS SDK, which the runtime has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks._fixes import unrequiring
from lambdalint.checks.package._needs import above, is_known, needed
from lambdalint.checks.package._words import by_file, listed, mb, stated
from lambdalint.model import Package
from lambdalint.model.distributions import SDK, is_development
from lambdalint.model.package import Requirement

_RECENT = {"boto3": (1, 40), "botocore": (1, 40), "s3transfer": (0, 13)}
"""Versions that some runtimes may not have yet: who asks for one of these, or a later one, has a reason."""
_AT_LEAST = re.compile(r"(?:>=|~=|>)\s*(\d+)\.(\d+)")


_BRINGS_IT = frozenset(
    """
    aioboto3 aiobotocore aws-encryption-sdk aws-secretsmanager-caching aws-xray-sdk awswrangler bedrock-agentcore
    dynamodb-encryption-sdk langchain-aws pycognito pynamodb redshift-connector s3fs sagemaker strands-agents watchtower
    """.split()
)
"""Distributions that need it, so that it is installed anyway."""
_KEEPING = frozenset({"sam", "chalice"})
"""Formats whose tools install the SDK if a requirement says so. Plugins of the Serverless Framework, and Zappa, may
leave it out by themselves."""


class Policy(NamedTuple):
    """What a project wants of the SDK."""

    sdk: Annotated[
        str,
        Option(
            '"runtime": taken from there; "bundle": brought by each package; "either": nothing is said',
            choices=("runtime", "bundle", "either"),
        ),
    ] = "runtime"


@check(Package, code="LL202", severity=Severity.ADVICE, since="0.1", options=Policy())
def bundled_sdk(package: Package, policy: Policy) -> Iterator[Problem]:
    """The package brings the AWS SDK, though the runtime has it.

    **Why it matters.** boto3, botocore and s3transfer are about 21 MB, 31 MB with their bytecode, and nearly all of
    that is data of services that the function does not call. They are in each Python runtime already. A copy of one's
    own makes every deployment and every cold start carry them.

    There is a price for going without: the runtime brings another version of the SDK every few months. Who wants the
    version that was tested, or a service that is newer than the runtime's SDK, brings it: set `sdk = "bundle"`, and
    packages that do not are found instead. botocore 1.44, for one, tries failed calls 3 times by default where
    older ones did 5 times.

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
    boto3==1.38.0  # LL202
    ```

    ```python
    # file: src/app.py
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return s3.list_buckets()["Buckets"]
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

    ```python
    # file: src/app.py
    import boto3

    s3 = boto3.client("s3")

    def handler(event, context):
        return s3.list_buckets()["Buckets"]
    ```

    A lower bound that the runtime's version may not reach (`boto3>=1.40`) is a reason, and nothing is said. Images that
    are built from other bases have no SDK but their own.

    **Fix.** Removes the lines from `requirements.txt`. It is unsafe: the program then runs with another version.

    **Ignore it when** the function needs this version; or set the option.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
    """
    if package.kind == "image" or policy.sdk == "either":
        return
    if policy.sdk == "bundle":
        yield from _not_brought(package)
        return
    lines = [one for one in stated(package) if one.name in SDK]
    anyway = _BRINGS_IT & {one.name for one in stated(package)}
    sure = not anyway and all(one.format in _KEEPING for one in package.functions)
    for group in by_file(lines):
        if not any(map(_is_newer, group)):
            names = listed([one.name for one in group])
            are, them = ("is", "it") if len(group) == 1 else ("are", "them")
            yield Problem(
                group[0].location,
                f"{names} {are} in the runtime already, and would add some 20 MB to the package; leave {them} out, or "
                'set sdk = "bundle" if this version must be the one that runs',
                unrequiring([(one.name, one.location) for one in group]) if sure else None,
                sure=sure,
            )
    shipped = [one for one in package.distributions if one.name in SDK]
    by = [name for name in above("botocore", package.distributions) if name not in SDK]
    if by and all(map(is_development, by)) and not needed(package, package.reaches) & SDK:
        return  # it goes with what LL204 finds
    if shipped and not lines:
        size = sum(one.bytes_unzipped for one in shipped)
        yield Problem(
            package.location,
            f"{listed([one.name for one in shipped])} are in the package, {mb(size)}, though the runtime has them"
            f'{f" ({listed(by, 1)} wants them)" if by else ""}; leave them out, or set sdk = "bundle" to pin them',
        )


def _is_newer(one: Requirement) -> bool:
    """Whether a version is asked for that the runtime may not have."""
    match = _AT_LEAST.match(one.specifier)
    return match is not None and (int(match[1]), int(match[2])) >= _RECENT[one.name]


def _not_brought(package: Package) -> Iterator[Problem]:
    """The SDK is imported, and nothing that is deployed brings it."""
    if not is_known(package) or not (package.complete or package.kind == "source"):
        return
    if SDK & ({one.name for one in package.distributions} | {one.name for one in stated(package)}):
        return
    if {name.partition(".")[0] for reach in package.reaches for name in reach.outside} & SDK:
        yield Problem(
            package.location,
            "the SDK is imported and not in the package, so that each runtime update changes its version; "
            'bring boto3, pinned, or set sdk = "runtime"',
            sure=package.complete,
        )
