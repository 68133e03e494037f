"""LL703: anybody may call a function by its URL."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Function, Unknown

OF_SENDERS = ("HOOK", "SIGNING", "SIGNATURE", "PUBLIC_KEY", "VERIFY_TOKEN", "VERIFICATION", "BOT_TOKEN")
"""What stands in the names of variables by which code knows who sent something."""


@check(Function, code="LL703", severity=Severity.WARNING, since="0.1")
def open_function_url(function: Function) -> Iterator[Problem]:
    """A function URL asks its callers for no credentials.

    **Why it matters.** Who knows or guesses the URL can call the function as often as he likes: all its limits are the
    concurrency of the account, and you pay. There is no firewall, no throttling and no usage plan in front of it.

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
          FunctionUrlConfig:
            AuthType: NONE  # LL703
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
          FunctionUrlConfig:
            AuthType: AWS_IAM
    ```

    With `AWS_IAM`, CloudFront can still serve the public: an origin access control signs its requests to the function.

    Of what is called a webhook, or has a variable such as `SIGNING_SECRET`, it is not certain: who calls that has no
    credentials, and signs what he sends.

    **Ignore it when** it is meant for everybody, or the code checks a signature first; give the function a reserved
    concurrency then.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    if function.url is not None and function.url.auth is not None and function.url.auth.known == "NONE":
        auth = function.url.auth
        message = f"anybody may call {function.logical_id} by its URL, as often as he likes; let it ask for AWS_IAM"
        yield Problem(auth.location, message, sure=not auth.assumed and not _is_hook(function))


def _is_hook(function: Function) -> bool:
    """Whether other services call the function, as its names tell."""
    if "hook" in f"{function.logical_id} {function.handler and function.handler.known}".lower():
        return True
    variables = () if isinstance(function.environment, Unknown) else function.environment or ()
    return any(word in name.upper() for name in variables for word in OF_SENDERS)
