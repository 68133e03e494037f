"""LL808: a function on x86_64 that would run on arm64 as it is."""

from __future__ import annotations

from collections.abc import Iterator

from lambdalint.check import Fix, Problem, Severity, check
from lambdalint.checks._fixes import replacing, setting
from lambdalint.checks._settings import all_of
from lambdalint.checks.package._shipped import be, listed, owners
from lambdalint.model import Function, Package

ARM64 = frozenset(
    """
    aiohttp asyncpg bcrypt cffi charset-normalizer cryptography frozenlist greenlet grpcio jiter lxml markupsafe msgpack
    multidict numpy orjson pandas pillow polars propcache protobuf psutil psycopg-binary psycopg2-binary pyarrow
    pydantic-core pymongo pynacl pyyaml regex rpds-py scikit-learn scipy sqlalchemy tiktoken tokenizers ujson wrapt yarl
    zstandard
    """.split()
)
"""Distributions with machine code whose newest version has a wheel for arm64, as
`tests/benchmarks/packages.py --arm64` found it."""
_OLD = ("manylinux1_", "manylinux2010_")
"""Platforms of wheels from before there were any for arm64."""


@check(Package, code="LL808", severity=Severity.ADVICE, since="0.3")
def arm64_ready(package: Package) -> Iterator[Problem]:
    """A function runs on x86_64 though all that is shipped with it is there for arm64.

    **Why it matters.** A millisecond on arm64 costs a fifth less, and most Python code takes no more of them there.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:  # LL808
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: package/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```package
    # in: package/
    app.py: "def handler(event, context):\\n    return event\\n"
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
    app.py: "def handler(event, context):\\n    return event\\n"
    orjson 3.11.4 tag cp313-cp313-manylinux_2_17_aarch64
    orjson/orjson.cpython-313-aarch64-linux-gnu.so: elf arm64
    ```

    Nothing is asked of any index: of distributions with machine code, only those count that are known to have wheels
    for arm64. It is said only where all that is shipped is known, layers included.

    **Fix.** States the architecture where no machine code is shipped. Other packages must be built for arm64 first: by
    `sam build --use-container`, or `pip install --platform manylinux2014_aarch64`.

    **Ignore it when** something the function starts or loads at run time is there for x86_64 only.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html
    https://aws.amazon.com/lambda/pricing/
    """
    if package.architectures != ("x86_64",) or not package.complete or not all(map(_may_move, package.functions)):
        return
    if any(not one.guarded for reach in package.reaches for one in reach.missing):
        return  # something is not here after all
    moved = [one for shipped in (package, *package.layers) for one in _machine_code(shipped)]
    if None in moved:
        return
    names = list(dict.fromkeys(one for one in moved if one))
    what = f"{listed(names)} {be(names)} there for arm64, too" if names else "no machine code is shipped"
    stated = {one.architectures.location for one in package.functions if one.architectures is not None}
    for place in stated:
        functions = [one for one in package.functions if one.architectures and one.architectures.location == place]
        yield Problem(place, _message(functions, what), _replacing(functions) if not names else None)
    left = [one for one in package.functions if one.architectures is None]
    if left:
        fix = setting(left, "Architectures", ["arm64"]) if not names else None
        yield Problem(left[0].location, _message(left, what), fix)


def _message(functions: list[Function], what: str) -> str:
    run = "runs" if len(functions) == 1 else "run"
    return f"{all_of(functions)} {run} on x86_64, though {what}; on arm64 each millisecond costs a fifth less"


def _replacing(functions: list[Function]) -> Fix | None:
    first = functions[0]
    if len(functions) > 1 or first.architectures is None or first.architectures.inherited:
        return None
    return replacing(first, first.architectures, "x86_64", "arm64")


def _may_move(function: Function) -> bool:
    """Whether arm64 is there where it runs, for all that the template says of it."""
    at_edge = any(trigger.type == "cloudfront" for trigger in function.triggers)
    return not (at_edge or function.managed_instances or function.runtime is None or function.mounts != ())


def _machine_code(package: Package) -> Iterator[str | None]:
    """The distributions whose machine code is there for arm64; None for any other."""
    owner_of = owners(package)
    for native in package.natives:
        owner = owner_of(native.path)
        known = owner is not None and owner.name in ARM64 and not any(tag in one for tag in _OLD for one in owner.tags)
        yield owner.name if owner is not None and known else None
