"""LL207: machine code for another processor than that of the function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import PLATFORM, Part, be, is_library, listed, parts, places, who_runs
from lambdalint.model import Package
from lambdalint.model.package import Native

FASTER = frozenset(
    "charset-normalizer coverage frozenlist markupsafe msgpack multidict propcache protobuf pyyaml simplejson "
    "sqlalchemy tornado websockets wrapt yarl zope-interface".split()
)
"""Distributions that do the same without their machine code, only slower."""
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
        found = list(parts(shipped))
        for architecture in package.architectures:
            wrong = {part.name: built for part in found if (built := _built_for(part, architecture))}
            wrong = {name: built for name, built in wrong.items() if name not in before}
            if wrong:
                severity = Severity.WARNING if FASTER.issuperset(wrong) else Severity.ERROR
                message = _said(package, shipped, wrong, architecture)
                yield Problem(location, message, severity=severity)
            with_code = {part.name for part in found}
            tagged = {
                one.name: one.tags[0].rpartition("-")[2]
                for one in shipped.distributions
                if one.name not in with_code | before
                and one.tags
                and not any(_fits(tag, architecture) for tag in one.tags)
            }
            if tagged and shipped.kind != "source":
                yield Problem(location, _said(package, shipped, tagged, architecture), sure=False)
        before.update(part.name for part in found)


def _said(package: Package, shipped: Package, wrong: Mapping[str, str], architecture: str) -> str:
    built = listed(wrong.values(), 30)
    message = f"{listed(wrong)} in {shipped.path or '.'} {be(wrong)} built for {built}"
    platform = PLATFORM.get(architecture, architecture)
    return f"{message}, but {who_runs(package, architecture)}; install with pip --platform {platform}"


def _built_for(part: Part, architecture: str) -> str:
    """What a distribution was built for instead; empty if it can be loaded, or is not meant to be."""
    for module, natives in part.modules.items():
        if not any(_runs(one, architecture) for one in natives) and module not in part.twins:
            return _named(natives[0])
    if part.modules or any(_runs(one, architecture) for one in part.others):
        return ""
    certain = [one for one in part.others if one.architecture in PLATFORM and (one.format == "elf" or is_library(one))]
    return _named(certain[0]) if certain else ""


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
