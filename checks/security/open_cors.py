"""LL704: scripts of all sites may call an API or a function URL."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.model import Stack
from lambdalint.model.template import Cors


@check(Stack, code="LL704", severity=Severity.WARNING, since="0.1")
def open_cors(stack: Stack) -> Iterator[Problem]:
    """Scripts of every site may call an API or a function URL from the browsers of your users.

    **Why it matters.** By CORS an API tells browsers which sites may read its answers. With `*`, any page that somebody
    visits may: a danger where the API is reachable from his network only, or lets him in by something the browser
    sends by itself. Together with credentials it is a mistake in any case: either browsers refuse the answer, or, where
    the caller's own site is sent back for `*`, every site acts in the name of your users.

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
            AuthType: AWS_IAM
            Cors:  # LL704
              AllowCredentials: true
              AllowOrigins: ["*"]
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
            Cors:
              AllowCredentials: true
              AllowOrigins: ["https://shop.example.org"]
    ```

    Without credentials it is advice, and not certain: what asks each caller for a token of his own loses nothing.

    **Ignore it when** the API is public, and each call carries its own token.

    **Source.** https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors/CORSNotSupportingCredentials
    """
    for api in stack.apis:
        if api.cors is not None:
            yield from _told(api.cors, api.logical_id)
    for function in stack.functions:
        if function.url is not None and function.url.cors is not None:
            yield from _told(function.url.cors, f"the URL of {function.logical_id}")


def _told(cors: Cors, what: str) -> Iterator[Problem]:
    if "*" not in cors.origins:
        return
    if cors.credentials:
        message = f"{what} allows credentials to the scripts of all sites, not yours alone; name the sites"
        yield Problem(cors.location, message)
    else:
        message = f"scripts of all sites may call {what}; name the sites that are yours"
        yield Problem(cors.location, message, severity=Severity.ADVICE, sure=False)
