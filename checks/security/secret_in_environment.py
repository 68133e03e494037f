"""LL701: a secret stands in the template, as the value of an environment variable."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._settings import all_of, variables
from lambdalint.checks.security._secrets import in_capitals, is_harmless, is_named_so, is_password, looks_random
from lambdalint.checks.security.key_in_code import KINDS, SIGN, find_key
from lambdalint.later import pattern
from lambdalint.model import Stack

_CREDENTIALS = pattern(r"\w+://[^/\s:@]*:(?![$<{*])[^/\s:@]{3,}@[\w.-]+")
"""A URL with a password in it."""


@check(Stack, code="LL701", severity=Severity.WARNING, since="0.1")
def secret_in_environment(stack: Stack) -> Iterator[Problem]:
    """The value of an environment variable is a password, a key or a token.

    **Why it matters.** Who can read the repository can use it, and so can everybody who may look at the function's
    configuration (`lambda:GetFunctionConfiguration`), which many read-only roles allow. It cannot be replaced without a
    deployment, and stays in the history of the repository and of the stack: revoke it.

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
          Environment:
            Variables:
              DB_PASSWORD: Tr0ub4dor&3  # LL701
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
          Environment:
            Variables:
              DB_PASSWORD_ARN: !Ref DatabasePassword
          Policies:
            - AWSSecretsManagerGetSecretValuePolicy: {SecretArn: !Ref DatabasePassword}
      DatabasePassword:
        Type: AWS::SecretsManager::Secret
        Properties:
          GenerateSecretString: {PasswordLength: 40}
    ```

    Reported are variables that are called passwords, whatever their value; other names of secrets only with a value
    that looks like one; and values that bear the form of a well-known key, whatever the variable is called. References,
    names of secrets, placeholders and the defaults of parameters are not. The value is never shown.

    **Ignore it when** it opens nothing: a database that runs in the tests.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    for name, setting, holders in variables(stack.functions):
        value = setting.known
        if not value or setting.assumed or setting.target:
            continue
        what = _what(in_capitals(name), value)
        if what:
            yield Problem(
                setting.location, f"{name} of {all_of(holders)} is {what}; revoke it, and keep it in Secrets Manager"
            )


def _what(name: str, value: str) -> str:
    if SIGN.search(value):
        found = find_key(value)
        if found is not None:
            return f"{KINDS[found.lastgroup or ''][0]}, written in the template"
    if "://" in value and _CREDENTIALS.search(value):
        return "a URL with a password in it"
    if is_harmless(value) or name == in_capitals(value) or (value.isdigit() and not is_password(name)):
        return ""
    if is_password(name) and len(value) >= 4:
        return "a password, written in the template"
    return "a secret, written in the template" if is_named_so(name) and looks_random(value) else ""
