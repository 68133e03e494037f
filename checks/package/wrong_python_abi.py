"""LL208: machine code for another Python than that of the runtime, or for a newer Linux."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._shipped import PLATFORM, Part, be, listed, parts, places, who_runs
from lambdalint.checks.package.wrong_architecture import FASTER
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
    shown = f"python{package.python[0]}.{package.python[1]}"
    for shipped, location in places(package):
        found = [part for part in parts(shipped) if part.name not in before]
        wrong = {part.name: built for part in found if (built := _built_for(part, package.python))}
        if wrong:
            severity = Severity.WARNING if FASTER.issuperset(wrong) else Severity.ERROR
            message = (
                f"{listed(wrong)} in {shipped.path or '.'} {be(wrong)} built for Python {listed(wrong.values(), 20)}"
            )
            install = f"install with pip --python-version {shown.removeprefix('python')}"
            yield Problem(location, f"{message}, but {who_runs(package, shown)}; {install}", severity=severity)
        offered = _AL2023 if package.python >= FIRST_ON_AL2023 else _AL2
        for architecture in package.architectures:
            newer = {part.name: wanted for part in found if (wanted := _glibc_of(part, architecture)) > offered}
            newer = {name: wanted for name, wanted in newer.items() if name not in wrong}
            if newer and package.python >= (3, 8):
                wanted = max(newer.values())
                message = f"{listed(newer)} in {shipped.path or '.'} {'needs' if len(newer) == 1 else 'need'} glibc "
                message += f"{wanted[0]}.{wanted[1]}, but {shown} has {offered[0]}.{offered[1]}; "
                install = f"install with pip --platform {PLATFORM[architecture]}"
                yield Problem(location, f"{message}{install}" + (" or choose python3.12" if offered == _AL2 else ""))
        before.update(part.name for part in found)


def _built_for(part: Part, python: Version) -> str:
    """The version that a distribution was built for instead; empty if it can be loaded."""
    least = _least_stable(part)
    for module, natives in part.modules.items():
        if module in part.twins or any(_loads(one, python, least) for one in natives):
            continue
        ours = [one for one in natives if one.format == "elf"]
        if ours:
            return _version(ours[0].abi) or f"{least[0]}.{least[1]}"
    return ""


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


def _glibc_of(part: Part, architecture: str) -> Version:
    """The newest glibc that some of its machine code wants."""
    natives = [*part.others, *(one for several in part.modules.values() for one in several)]
    return max((one.glibc for one in natives if one.glibc and one.architecture == architecture), default=(0, 0))
