"""LL801: nobody chose how much memory a function has."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks._fixes import setting
from lambdalint.model import Function

ENOUGH_MB = 512
MB_OF_A_CPU = 1769


@check(Function, code="LL801", severity=Severity.WARNING, since="0.1")
def memory_left_at_default(function: Function) -> Iterator[Problem]:
    """The template does not say how much memory the function has.

    **Why it matters.** Lambda then gives it 128 MB, and with the memory the processor: 128 MB come with about
    0.07 of a virtual CPU. Imports and TLS handshakes, which need the processor, take many times as long as with
    512 MB, and what is billed is memory times time: the smallest size is often not the cheapest.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL801
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        MemorySize: 512
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    Tools have defaults of their own: 1024 MB by the Serverless Framework, 512 MB by Zappa. These do no harm to speed,
    but nobody measured them either: they are shown under `--pedantic`. Of functions that CloudFront runs nothing is
    said: those that see each viewer's request cannot have more than 128 MB.

    It is said of each function, also where a template has many: each needs a size of its own, may be ignored by itself,
    and is known to a baseline when it is new.

    **Fix.** Offers a fix that sets 512 MB, for all functions at once where none has a memory size. It is unsafe: what
    an invocation costs changes; measure whether another size suits better.

    **Ignore it when** 128 MB were measured to be right; better, write them down.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    """
    size = function.default_memory_mb
    at_edge = any(trigger.type == "cloudfront" for trigger in function.triggers)  # there 128 MB may be all there is
    if function.memory_mb is None and not function.managed_instances and not at_edge:
        if size < ENOUGH_MB:
            message = f"gets {size} MB, with {size / MB_OF_A_CPU:.2f} of a CPU; choose one, such as {ENOUGH_MB} MB"
            yield Problem(
                function.location,
                f"{function.logical_id} has no memory size and {message}",
                setting(function, "MemorySize", ENOUGH_MB),
            )
        else:
            message = f"gets the {size} MB that {function.tool} gives to all; measure what it needs, and state that"
            yield Problem(
                function.location,
                f"{function.logical_id} has no memory size and {message}",
                severity=Severity.ADVICE,
                sure=False,
            )
