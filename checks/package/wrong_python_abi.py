"""LL208: machine code for another Python than that of the runtime, or for a newer Linux."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import FASTER, PLATFORM, Misfit, Part, listed, misfits, parts, places, told
from lambdalint.later import pattern
from lambdalint.model import Package
from lambdalint.model.package import Native

Version = tuple[int, int]

_AL2, _AL2023 = (2, 26), (2, 34)
FIRST_ON_AL2023: Version = (3, 12)
_STABLE = pattern(r"cp3(\d+)-abi3-")
_OF_CPYTHON = pattern(r"cp(3)(\d+)(t?)")


@check(Package, code="LL208", severity=Severity.ERROR, since="0.3")
def wrong_python_abi(package: Package) -> Iterator[Problem]:
    """Machine code is shipped that the Python or the Linux of the runtime cannot load.

    **Why it matters.** An extension module is built for one version of Python, which stands in its name, and for the
    glibc of some Linux. Another version passes over it, and each invocation fails with `No module named
    'numpy._core._multiarray_umath'` or ``version `GLIBC_2.34' not found``.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/  # LL208
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: package/
    app.py: "import orjson\\ndef handler(event, context):\\n    return orjson.dumps(event)\\n"
    orjson 3.11.4 tag cp312-cp312-manylinux_2_17_x86_64
    orjson/orjson.cpython-312-x86_64-linux-gnu.so: elf x86_64
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
          Runtime: python3.12
    ```

    ```package
    # in: package/
    app.py: "import orjson\\ndef handler(event, context):\\n    return orjson.dumps(event)\\n"
    orjson 3.11.4 tag cp312-cp312-manylinux_2_17_x86_64
    orjson/orjson.cpython-312-x86_64-linux-gnu.so: elf x86_64
    ```

    A module that is shipped for several Pythons is fine if one of them fits; one for the stable ABI (`abi3`) fits its
    Python and all later ones. python3.8 to python3.11 run on Amazon Linux 2, whose glibc is 2.26; later ones on Amazon
    Linux 2023 with 2.34. Distributions that do the same without their machine code, only slower, are a warning.

    **Ignore it when** nothing loads the file.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html
    """
    if package.python is None or package.kind == "image":
        return
    before: set[str] = set()
    """What is found in the package is not looked for in layers."""
    shown = f"{package.python[0]}.{package.python[1]}"
    for shipped, location in places(package):
        found = [one for one in misfits(shipped, partial(misfit, package.python)) if one.name not in before]
        if found:
            severity = Severity.WARNING if found[0].harmless else Severity.ERROR
            message = told(found, package, shipped, f"python{shown}", f"--python-version {shown}")
            yield Problem(location, message, severity=severity)
        before |= {one.name for one in found}
        for architecture in package.architectures:
            newer = {part.name: wanted for part in parts(shipped) if (wanted := _newer(part, architecture, package))}
            newer = {name: wanted for name, wanted in newer.items() if name not in before}
            if newer:
                yield Problem(location, _of_glibc(newer, shipped, package.python, architecture))
        before |= {part.name for part in parts(shipped)}


def _of_glibc(newer: Mapping[str, Version], shipped: Package, python: Version, architecture: str) -> str:
    wanted, offered = max(newer.values()), _glibc_of(python)
    need = "needs" if len(newer) == 1 else "need"
    message = f"{listed(newer)} in {shipped.path or '.'} {need} glibc {wanted[0]}.{wanted[1]}, but python{python[0]}."
    message += f"{python[1]} has {offered[0]}.{offered[1]}; install with pip --platform {PLATFORM[architecture]}"
    return message if python >= FIRST_ON_AL2023 else f"{message} or choose python3.12"


def _glibc_of(python: Version) -> Version:
    return _AL2023 if python >= FIRST_ON_AL2023 else _AL2


def misfit(python: Version, part: Part) -> Misfit | None:
    """The Python that a distribution was built for instead; None if it can be loaded."""
    least = _least_stable(part)
    harmless: Misfit | None = None
    for module, natives in part.modules.items():
        ours = [one for one in natives if one.format == "elf"]
        if ours and not any(_loads(one, python, least) for one in natives):
            version = _version(ours[0].abi) or f"{least[0]}.{least[1]}"
            one = Misfit(part.name, f"Python {version}", module in part.twins or part.name in FASTER)
            if not one.harmless:
                return one
            harmless = one
    return harmless


def _loads(native: Native, python: Version, least: Version) -> bool:
    if native.abi == "abi3":
        return python >= least
    return native.abi == f"cp{python[0]}{python[1]}" or not _OF_CPYTHON.fullmatch(native.abi)


def _least_stable(part: Part) -> Version:
    """The oldest Python for which its stable ABI was built."""
    tags = part.distribution.tags if part.distribution is not None else ()
    found = [int(match[1]) for tag in tags if (match := _STABLE.match(tag))]
    return (3, min(found, default=2))


def _version(abi: str) -> str:
    match = _OF_CPYTHON.fullmatch(abi)
    return f"{match[1]}.{match[2]}{' without GIL' if match[3] else ''}" if match else ""


def _newer(part: Part, architecture: str, package: Package) -> Version | None:
    """The newest glibc that some of its machine code wants, if the runtime has an older one."""
    assert package.python is not None
    natives = [*part.others, *(one for several in part.modules.values() for one in several)]
    wanted = max((one.glibc for one in natives if one.glibc and one.architecture == architecture), default=(0, 0))
    return wanted if wanted > _glibc_of(package.python) and package.python >= (3, 8) else None
