"""LL601: requests cannot be followed through the functions of a template."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import replacing, setting
from lambdalint.checks.observability._edge import runs_at_the_edge
from lambdalint.checks.observability._tracing import traced_by_another
from lambdalint.model import Function, Stack


@check(Stack, code="LL601", severity=Severity.ADVICE, since="0.1")
def tracing_off(stack: Stack) -> Iterator[Problem]:
    """A function is not traced, while others of its template are, or none of several is.

    **Why it matters.** A trace shows where the time of a request went, which call failed, and which function called
    which. Where one function on the way is not traced, or is so only if its caller says so, the trace ends there.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: orders.handler
          Runtime: python3.13
          Tracing: Active
      Receipts:  # LL601
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: receipts.handler
          Runtime: python3.13
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Tracing: Active
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: orders.handler
          Runtime: python3.13
      Receipts:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: receipts.handler
          Runtime: python3.13
    ```

    Where no function of a template is traced, it is said once, and only of templates with several functions. It is not
    said where a layer or a variable of another tool for tracing is found. What CloudFront runs cannot be traced.

    **Fix.** Offers a fix that sets tracing to Active, in Globals or by the provider where no function has it. It is
    unsafe: traces are billed, and a role must allow them, which SAM, the Serverless Framework and the module
    terraform-aws-modules/lambda see to for those that they make.

    **Ignore it when** the functions are followed by other means, or traces are not worth their price: X-Ray bills
    them beyond the first 100,000 a month.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    """
    if stack.format == "zappa" or any(map(traced_by_another, stack.functions)):
        return  # functions of Zappa are stages of one application
    functions = [one for one in stack.functions if not runs_at_the_edge(one)]
    off = [one for one in functions if one.tracing is None or one.tracing.known == "PassThrough"]
    if len(off) < len(functions):
        for function in off:
            message = f"{function.logical_id} is not traced, others in this template are; set its tracing to Active"
            place = function.location if function.tracing is None else function.tracing.location
            yield Problem(place, message, _fix([function]))
    elif len(off) > 1:
        message = f"none of the {len(off)} functions in this template is traced; set tracing to Active for all of them"
        yield Problem(off[0].location, message, _fix(off))


def _fix(functions: list[Function]) -> Fix | None:
    """For all at once where none states anything, or for the only one."""
    stated = functions[0].tracing
    if stated is not None and len(functions) == 1:
        return replacing(functions[0], stated, "PassThrough", "Active")
    return setting(functions, "Tracing", "Active") if all(one.tracing is None for one in functions) else None
