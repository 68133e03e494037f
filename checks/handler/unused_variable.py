"""LL309: a template defines an environment variable that no code reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import removing
from lambdalint.checks.handler._environment import has_reader, is_of_the_runtime, variables_of
from lambdalint.later import pattern
from lambdalint.model import Function, Handler

_FAMILIES = frozenset(
    """
    AIRFLOW ANTHROPIC AZURE BOTO CPL CURL DATADOG DD DJANGO DT DYNATRACE EPSAGON FLASK FONTCONFIG GDAL GIT GOOGLE HF
    HONEYCOMB HTTP HTTPS JSII LANGCHAIN LANGSMITH LC LD LITELLM LUMIGO MALLOC MYSQL NEW NLTK NO NODE NR NUMBA OMP OPENAI
    OPENBLAS ORACLE OTEL PARAMETERS PG PIP PORT POSTGRES POWERTOOLS PROJ PROMETHEUS PYDANTIC READINESS REQUESTS RUST
    SECRETS SENTRY SLS SPARK SQLALCHEMY SSL SSM STRANDS TESSDATA THUNDRA TORCH TRACELOOP TRANSFORMERS UVICORN VSI XDG
    XRAY
    """.split()
)
"""First words of the names that libraries, extensions and layers read."""
_PLACEHOLDER = 2
"""Inline code of so few statements that reads no variable is mostly replaced by a deployment."""
_OF_LIBRARIES = pattern(r"PYTHON|PG[A-Z]+$|MPL[A-Z]+$|DEBUG$|.*_PROXY$|(?:.*_)?LOG(?:GING)?_?LEVEL$|ASYNC_INIT$")
"""Names that libraries read."""
_OF_ANY_NAME: Mapping[str, re.Pattern[str] | None] = {
    # handed on, gone through, or a name that is put together
    "environ": pattern(
        r"""\benviron\b\s*(?:\)|,|\}|$|\.(?:copy|items|keys|values)\b)|\bfor\b.*\bin\s+(?:os\.)?environ\b"""
        r"""|\benviron(?:\.get\(|\[)\s*(?:[fF]["']|[^\]),]*(?:\+|%|\.format|\.upper))"""
    ),
    "getenv": pattern(r"""\bgetenv\(\s*(?:[fF]["']|[^\]),]*(?:\+|%|\.format|\.upper))"""),
    "BaseSettings": None,
    "env_prefix": None,
    "load_dotenv": None,
    "pulumi": None,
}
"""Text of code that may read variables by names which do not stand in it."""


@check(Handler, code="LL309", severity=Severity.ADVICE, since="0.1")
def unused_variable(handler: Handler) -> Iterator[Problem]:
    """The template defines an environment variable that nothing in the code reads.

    **Why it matters.** Whoever changes it believes that something changes. It was renamed on one side only, or the code
    that read it is gone; then what it pointed to, and the permission for it, may go too.

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
              TABLE_NAME: orders
              QUEUE_URL: https://sqs.eu-west-1.amazonaws.com/123456789012/orders  # LL309
    ```

    ```python
    # file: src/app.py
    import os

    def handler(event, context):
        return os.environ["TABLE_NAME"]
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
              TABLE_NAME: orders
    ```

    ```python
    # file: src/app.py
    import os

    def handler(event, context):
        return os.environ["TABLE_NAME"]
    ```

    A variable counts as read where its name stands anywhere in the code, in that of other functions in the same folder
    too. It is silent for names that libraries read (`POWERTOOLS_*`, `OTEL_*`, `DD_*`, `LOG_LEVEL` and more), where the
    code hands all variables on or puts their names together, for what Globals define, and where the folder holds too
    much to be read. Where a layer may read it, it is shown with `--pedantic`.

    **Fix.** Offers a fix that takes the variable out of the template. It is unsafe: something besides the code may read
    it.

    **Ignore it when** something besides the code reads it: an extension, a tool that looks at the function.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    if not handler.functions or not handler.found or has_reader(handler):
        return
    read = {one.name for one in handler.variables}
    if "" in read or not all(_is_here(function, handler) for function in handler.functions):
        return
    packages = _FAMILIES | {one.module.partition(".")[0].upper().replace("_", "") for one in handler.imports}
    checked: dict[str, bool] = {}
    for function in handler.functions:
        for name, setting in (variables_of(function) or {}).items():
            if name in read or setting.inherited or is_of_the_runtime(name) or _OF_LIBRARIES.match(name.upper()):
                continue
            if name.partition("_")[0].upper() in packages or not name.isidentifier():
                continue
            if name not in checked:
                checked[name] = _is_mentioned(handler, name)
            if not checked[name]:
                message = f"nothing in the code of {function.logical_id} reads {name}; remove it, or read it"
                fix = removing(function, name, setting)
                yield Problem(setting.location, message, fix, sure=function.layers is None)


def _is_here(function: Function, handler: Handler) -> bool:
    """Whether what is deployed can be looked into, and is not there only until the real code comes."""
    code = function.code
    if code is None or code.kind != "inline":
        alone = code is not None and code.kind == "file" and code.complete and code.path.endswith(".py")
        return alone or (code is not None and code.kind == "folder")
    return code.complete and (bool(handler.variables) or handler.size.statements > _PLACEHOLDER)


def _is_mentioned(handler: Handler, name: str) -> bool:
    """Whether the name stands anywhere in the code, or names that do not stand there may be read."""
    if handler.mentions(name, alone=True) or handler.mentions(name.lower(), alone=True):
        return True
    return any(handler.mentions(word, form) for word, form in _OF_ANY_NAME.items())
