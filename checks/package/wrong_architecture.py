"""LL207: machine code for another processor than that of the function."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import FASTER, PLATFORM, Misfit, Part, is_library, misfits, parts, places, told
from lambdalint.model import Package
from lambdalint.model.package import Native

_SYSTEMS = {"mach-o": "macOS", "pe": "Windows"}


@check(Package, code="LL207", severity=Severity.ERROR, since="0.3")
def wrong_architecture(package: Package) -> Iterator[Problem]:
    """Machine code is shipped that was built for another processor or system than the function runs on.

    **Why it matters.** pip installs what fits the machine that it runs on. A package built on a laptop with an Apple or
    another arm64 processor cannot be loaded by a function on x86_64, and the other way round: each invocation fails
    with `Runtime.ImportModuleError`, for instance `No module named 'pydantic_core._pydantic_core'` or
    `invalid ELF header`.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/  # LL207
          Handler: app.handler
          Runtime: python3.13
          Architectures: [arm64]
    ```

    ```package
    # in: package/
    app.py: "import orjson\\ndef handler(event, context):\\n    return orjson.dumps(event)\\n"
    orjson 3.11.4 tag cp313-cp313-manylinux_2_17_x86_64
    orjson/orjson.cpython-313-x86_64-linux-gnu.so: elf x86_64
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/
          Handler: app.handler
          Runtime: python3.13
          Architectures: [arm64]
    ```

    ```package
    # in: package/
    app.py: "import orjson\\ndef handler(event, context):\\n    return orjson.dumps(event)\\n"
    orjson 3.11.4 tag cp313-cp313-manylinux_2_17_aarch64
    orjson/orjson.cpython-313-aarch64-linux-gnu.so: elf arm64
    ```

    A module that is shipped for several processors is fine if one of them fits. A template that states no
    `Architectures` means x86_64. Distributions that do the same without their machine code, only slower, are a warning.
    What a wheel's tag says is said under `--pedantic` where it holds no machine code.

    **Ignore it when** nothing loads the file.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-native-libraries
    """
    before: set[str] = set()
    """What is found in the package is not looked for in layers."""
    for shipped, location in places(package):
        owned = {part.name for part in parts(shipped)}
        for architecture in package.architectures:
            instead = f"--platform {PLATFORM[architecture]}"
            found = [one for one in misfits(shipped, partial(_misfit, architecture)) if one.name not in before]
            if found:
                severity = Severity.WARNING if found[0].harmless else Severity.ERROR
                message = told(found, package, shipped, architecture, instead)
                yield Problem(location, message, severity=severity)
            tagged = [one for one in _tagged(shipped, architecture) if one.name not in before | owned]
            if tagged:
                yield Problem(location, told(tagged, package, shipped, architecture, instead), sure=False)
        before |= owned


def _misfit(architecture: str, part: Part) -> Misfit | None:
    """What a distribution was built for instead; None if it can be loaded, or is not meant to be."""
    harmless: Misfit | None = None
    for module, natives in part.modules.items():
        if not any(_runs(one, architecture) for one in natives):
            # The name of one for the stable ABI says no processor: it is loaded, and fails.
            passed_over = module in part.twins and all(one.abi != "abi3" for one in natives)
            one = Misfit(part.name, _named(natives[0]), passed_over or part.name in FASTER)
            if not one.harmless:
                return one
            harmless = one
    if part.modules or any(_runs(one, architecture) for one in part.others):
        return harmless
    certain = [one for one in part.others if one.architecture in PLATFORM and (one.format == "elf" or is_library(one))]
    return Misfit(part.name, _named(certain[0])) if certain else None


def _tagged(package: Package, architecture: str) -> Iterator[Misfit]:
    """The distributions whose wheels were for something else, by what they say themselves."""
    for one in package.distributions if package.kind != "source" else ():
        if one.tags and not any(_fits(tag, architecture) for tag in one.tags):
            yield Misfit(one.name, one.tags[0].rpartition("-")[2])


def _runs(native: Native, architecture: str) -> bool:
    return native.format == "elf" and native.architecture == architecture


def _named(native: Native) -> str:
    return _SYSTEMS.get(native.format, native.architecture)


def _fits(tag: str, architecture: str) -> bool:
    """Whether the last part of a wheel's tag is for any platform, or for Linux on a processor."""
    platform = tag.rpartition("-")[2]
    return platform == "any" or (
        platform.startswith(("linux", "manylinux")) and platform.endswith(PLATFORM[architecture].partition("_")[2])
    )
