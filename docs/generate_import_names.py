"""Writes lambdalint/packages/_import_names.json: what distributions are imported as, where that is not their name.

    pip download --no-deps --only-binary=:all: --dest wheels pyyaml pillow scikit-learn ...
    python docs/generate_import_names.py wheels [FOLDER ...]

Each folder holds wheels, or is one that distributions are installed in. Nothing is typed by hand: what is written is
what the files of the distributions say. What earlier runs have found stays, unless it is found anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lambdalint.model.package import Distribution
from lambdalint.packages.contents import Contents
from lambdalint.packages.distributions import distributions
from lambdalint.packages.opening import open_package

TARGET = Path(__file__).parent.parent / "lambdalint" / "packages" / "_import_names.json"
NAMESPACE_MARKS = (b"extend_path", b"declare_namespace")
NOT_MEANT = frozenset("test tests doc docs example examples benchmark benchmarks scripts".split())
"""Folders that some wheels bring by mistake."""
PYTHON = (3, 13)
MOST_PARTS = 4
"""Of what has more, the folder is named."""


def main(folders: Sequence[str]) -> None:
    names = json.loads(TARGET.read_text())["names"] if TARGET.exists() else {}
    read = 0
    for contents in opened(folders):
        for one in distributions(contents, PYTHON, None):
            read += 1
            names.pop(one.name, None)
            found = imported_as(contents, one)
            if found and found != [one.name.replace("-", "_")]:
                names[one.name] = found
    facts = {"written_by": "docs/generate_import_names.py", "names": dict(sorted(names.items()))}
    TARGET.write_text(json.dumps(facts, indent=1) + "\n")
    print(f"{TARGET}: {len(names)} of {read} distributions or more are imported by another name")


def opened(folders: Sequence[str]) -> Iterator[Contents]:
    for folder in folders:
        wheels = sorted(Path(folder).glob("*.whl"))
        yield from (open_package(str(wheel)) for wheel in wheels)
        if not wheels:
            yield open_package(folder)


def imported_as(contents: Contents, distribution: Distribution) -> list[str]:
    """Its public modules; of a package that several distributions share, what this one has in it."""
    root = distribution.info.rpartition("/")[0]
    files = {path.removeprefix(f"{root}/") if root else path for path in distribution.files}
    found: set[str] = set()
    for module in distribution.modules:
        found |= parts(contents, files, module.split("."), root)
    public = {name for name in found if not any(part.startswith("_") for part in name.split("."))}
    return sorted(name for name in public if name not in NOT_MEANT)


def parts(contents: Contents, files: set[str], module: list[str], root: str) -> set[str]:
    path = "/".join(module)
    inside = [file[len(path) + 1 :] for file in files if file.startswith(f"{path}/") and file.endswith((".py", ".so"))]
    start = f"{path}/__init__.py"
    if not inside or (start in files and not is_namespace(contents.read(f"{root}/{start}" if root else start))):
        return {".".join(module)}
    below = {file.partition("/")[0].partition(".")[0] for file in inside} - {"__init__"}
    found: set[str] = set()
    for name in below:
        found |= parts(contents, files, [*module, name], root)
    whole = {".".join(module)}
    return whole if not found or (len(found) > MOST_PARTS and len(module) > 1) else found


def is_namespace(data: bytes) -> bool:
    return any(mark in data for mark in NAMESPACE_MARKS) and len(data) < 1000


if __name__ == "__main__":
    main(sys.argv[1:])
