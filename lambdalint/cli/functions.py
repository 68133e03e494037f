"""`lambdalint functions`: what the templates declare, as lambdalint understands it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from lambdalint import config
from lambdalint.cli.check import wants_color, width, write
from lambdalint.errors import WrongUse
from lambdalint.inventory import SCHEMA, Inventory, described, place, take
from lambdalint.model import Function

FORMATS = ("table", "json")
WIDE = 2_000


def functions(paths: Sequence[str], output_format: str, quiet: bool, config_file: str | None = None) -> int:
    """Print every function found; 3 where there is none, 2 where a template cannot be read."""
    if output_format not in FORMATS:
        raise WrongUse(f'there is no format "{output_format}": choose one of {", ".join(FORMATS)}')
    paths = paths or ["."]
    found = take(paths, config.load(config_file) if config_file else config.find(*paths))
    if output_format == "json":
        content = {"schema": SCHEMA, "functions": [described(one) for one in found.functions]}
        write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    elif found.functions:
        table(found)
    for location, message, _ in found.remarks:
        print(f"lambdalint: {place(location)}: this template {message}", file=sys.stderr)
    if not quiet:
        for notice in found.notices:
            print(f"lambdalint: {notice}", file=sys.stderr)
    if not found.functions:
        print(f"lambdalint: no function is declared in {', '.join(paths)}", file=sys.stderr)
        return 3
    return 0


def table(found: Inventory) -> None:
    """For people: a row a function."""
    from rich.console import Console
    from rich.table import Table

    rows = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("function", "runtime", "memory", "timeout", "triggers", "handler", "declared at"):
        rows.add_column(name, justify="right" if name in ("memory", "timeout") else "left", overflow="fold")
    for function in found.functions:
        rows.add_row(*cells(function))
    # What reads a pipe wants a row in one line, however wide.
    console = Console(width=width() if sys.stdout.isatty() else WIDE, no_color=not wants_color(), highlight=False)
    console.print(rows)


def cells(function: Function) -> list[str]:
    told = described(function)
    triggers: dict[str, int] = {}
    for trigger in function.triggers:
        triggers[trigger.type] = triggers.get(trigger.type, 0) + 1
    handler = told["handler_path"]
    return [
        function.name,
        str(told["runtime"] or ("image" if function.code is not None and function.code.kind == "image" else "-")),
        _with_unit(told["memory_mb"], "MB"),
        _with_unit(told["timeout_s"], "s"),
        ", ".join(name if count == 1 else f"{count} {name}" for name, count in triggers.items()) or "-",
        f"{handler}:{function.handler_name}" if handler else str(told["handler"] or "-"),
        place(function.location),
    ]


def _with_unit(value: object, unit: str) -> str:
    if value is None:
        return "default"
    return f"{value} {unit}" if isinstance(value, int) else str(value)
