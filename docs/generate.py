"""Writes the page of every check, and the indexes of them, from the checks themselves.

python docs/generate.py            write docs/checks/ and checks/_index.json
python docs/generate.py --check    write nothing; fail if a page is not what it would be
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from lambdalint import checks, house, options, registry
from lambdalint.check import AnyCheck, Severity
from lambdalint.checks import _fixes

FOLDER = Path(__file__).parent / "checks"
INDEX = Path(checks.__file__).parent / registry.INDEX


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the pages of the checks.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page would change")
    wanted = pages(registry.load().values())
    if parser.parse_args().check:
        return compare(wanted)
    write(wanted)
    return 0


def pages(of: Iterable[AnyCheck]) -> dict[str, str]:
    """Every file of docs/checks/ by its name."""
    in_order = sorted(of, key=lambda check: check.code)
    return {"index.md": index(in_order)} | {f"{check.name}.md": page(check) for check in in_order}


def page(check: AnyCheck) -> str:
    return f"# {check.name} ({check.code})\n\n{facts(check)}\n\n{check.doc.strip()}\n{options.page(check)}"


def facts(check: AnyCheck) -> str:
    """One line: how bad it is, whether it runs unasked, what it looks at, since when, its fix."""
    said = [
        f"{check.severity.label.capitalize()}",
        mode(check).capitalize(),
        f"Looks at each {check.subject.__name__.lower()}",
        f"Since {check.since}",
    ]
    return ". ".join(said + fix(check)) + "."


def mode(check: AnyCheck) -> str:
    if not check.default:
        return "off unless selected"
    if check.severity is Severity.ADVICE:
        return "on, and fails a run only under `--fail-on advice`"
    return "on by default"


def fix(check: AnyCheck) -> list[str]:
    """A check offers a fix if its module makes one, or asks for one of those that several checks offer."""
    module = vars(sys.modules[check.find.__module__])
    makes = "Fix" in module or any(getattr(value, "__module__", "") == _fixes.__name__ for value in module.values())
    return ["Offers a fix"] if makes or check is house.unused_ignore else []


def index(of: Iterable[AnyCheck]) -> str:
    rows = [
        f"| {check.code} | [{check.name}]({check.name}.md) | {state(check)} | {cell(check.summary)} |" for check in of
    ]
    return "\n".join(
        [
            "# The checks",
            "",
            "**on** fails a run; **advice** is shown and fails none, unless `--fail-on advice` is given;",
            "**off** runs only when it is selected.",
            "",
            "| code | name | default | what it finds |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def state(check: AnyCheck) -> str:
    if not check.default:
        return "off"
    return "advice" if check.severity is Severity.ADVICE else "on"


def cell(text: str) -> str:
    return text.replace("|", r"\|")


def compare(wanted: Mapping[str, str]) -> int:
    present = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    differing = [f"docs/checks/{name}" for name in wanted.keys() | present if wanted.get(name) != present.get(name)]
    if not INDEX.exists() or INDEX.read_text(encoding="utf-8") != registry.index():
        differing.append("checks/_index.json")
    for name in sorted(differing):
        print(f"{name} is not what the checks say: run `make docs`", file=sys.stderr)
    return 1 if differing else 0


def write(wanted: Mapping[str, str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    INDEX.write_text(registry.index(), encoding="utf-8", newline="\n")
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
