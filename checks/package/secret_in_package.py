"""LL213: something that gives access is shipped."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import listed
from lambdalint.later import pattern
from lambdalint.model import Package
from lambdalint.model.package import Secret

_FOR_TESTS = pattern(
    r"(?:^|/)(?:tests?|testing|fixtures|examples?|samples?|__tests__)/|(?:^|/)test_|localhost|snakeoil"
)


@check(Package, code="LL213", severity=Severity.WARNING, since="0.3")
def secret_in_package(package: Package) -> Iterator[Problem]:
    """An environment file, a private key or an AWS key is part of what is shipped.

    **Why it matters.** Whoever may read the function's code, which `ReadOnlyAccess` allows to everybody in the account,
    has the secret; so has every bucket and build machine that the package went through. It stays in all published
    versions.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/  # LL213
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: src/
    app.py: "def handler(event, context):\\n    return event\\n"
    .env: "DB_PASSWORD=correct-horse-battery\\n"
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

    ```package
    # in: src/
    app.py: "def handler(event, context):\\n    return event\\n"
    .env.example: "DB_PASSWORD=\\n"
    ```

    What the file says is never shown. Files of distributions are public and do not count; keys in modules that a
    handler loads are the matter of `key-in-code`. Files of tests, and the `.env` of a service of the Serverless
    Framework, which leaves that out itself, are likely rather than certain.

    **Ignore it when** the file holds nothing secret, or the build leaves it out.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/security-dataprotection.html
    """
    if not package.secrets:
        return
    in_code = {path for reach in package.reaches for path in (*reach.modules, *reach.lazy)}
    found = [one for one in package.secrets if one.path not in in_code]
    sure = {one for one in found if _is_sure(one, package)}
    for several in ([one for one in found if one in sure], [one for one in found if one not in sure]):
        if several:
            shown = listed((f"{one.path} ({one.kind})" for one in several), 80)
            message = f"whoever can read {package.path or '.'} has the secrets in {shown}; leave them out, keep them in"
            yield Problem(package.location, f"{message} Secrets Manager", sure=several[0] in sure)


def _is_sure(one: Secret, package: Package) -> bool:
    """Whether it is shipped and secret beyond doubt."""
    formats = {function.format for function in package.functions}
    built = all(function.code is not None and function.code.complete for function in package.functions)
    shipped = package.kind == "zip" or (built and "serverless" not in formats)
    return shipped and _FOR_TESTS.search(one.path) is None
