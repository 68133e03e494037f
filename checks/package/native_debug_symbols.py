"""LL216: machine code is shipped with its debug symbols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, NamedTuple

from lambdalint.check import Option, Problem, Severity, check
from lambdalint.checks.package._words import listed, mb
from lambdalint.model import Package
from lambdalint.model.package import MB


class Most(NamedTuple):
    """What is put up with."""

    at_least_mb: Annotated[float, Option("megabytes of symbols from which it is worth a word", least=0)] = 3.0


@check(Package, code="LL216", severity=Severity.ADVICE, since="0.1", options=Most())
def native_debug_symbols(package: Package, most: Most) -> Iterator[Problem]:
    """Extension modules or libraries are shipped with symbols that only a debugger reads.

    **Why it matters.** Compilers leave tables in what they make that say which line became which code. Nothing reads
    them on Lambda, and in a package that is compiled by oneself they are often larger than the code.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: build/  # LL216
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: build/
    app.py: "import fast\\ndef handler(event, context):\\n    return fast.add(1, 2)\\n"
    fast.cpython-313-x86_64-linux-gnu.so: elf x86_64 glibc 2.17 debug 4000000
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: build/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: build/
    app.py: "import fast\\ndef handler(event, context):\\n    return fast.add(1, 2)\\n"
    fast.cpython-313-x86_64-linux-gnu.so: elf x86_64 glibc 2.17
    ```

    What the tools of wheels have put into a folder such as `numpy.libs` does not count: its load addresses were
    changed, and `strip` breaks it.

    **Fix.** There is none in a template. Build with `-g0`, or run `strip --strip-unneeded` on the extension modules
    when the package is built, and import them once afterwards.

    **Ignore it when** crashes of this code are looked into with a debugger.

    **Source.** https://sourceware.org/binutils/docs/binutils/strip.html
    """
    owner = {path: one.name for one in package.distributions for path in one.files}
    for one in package.waste:
        if one.kind == "symbols" and one.bytes_unzipped >= most.at_least_mb * MB:
            gains = {native.path: native.debug_bytes for native in package.natives if native.path in one.paths}
            by_name: dict[str, int] = {}
            for path, gain in gains.items():
                name = owner.get(path, path.rpartition("/")[2].partition(".")[0])
                by_name[name] = by_name.get(name, 0) + gain
            largest = sorted(by_name, key=lambda name: (-by_name[name], name))
            largest = [name for name in largest if by_name[name] * 20 >= one.bytes_unzipped] or largest[:1]
            yield Problem(
                package.location,
                f"{mb(one.bytes_unzipped)} of the machine code in the package are symbols for debuggers: "
                f"{listed([f'{name} {mb(by_name[name])}' for name in largest])}; take them out with strip",
            )
