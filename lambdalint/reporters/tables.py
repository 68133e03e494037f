"""Tables and money, for people, spreadsheets and comments on pull requests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

NONE = "-"


def money(amount: float | None, currency: str, *, sign: bool = False) -> str:
    """`$1,234.50`, `CNY 12.40`; with `sign`, `+$12.40` or `-$12.40`."""
    if amount is None:
        return NONE
    unit = "$" if currency in ("USD", "") else f"{currency} "
    before = ("-" if amount < 0 else "+" if sign else "") if amount else ""
    if 0 < abs(amount) < 0.005:
        return f"{before if sign else ''}<{unit}0.01"
    return f"{before}{unit}{abs(amount):,.2f}"


def to_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def to_table(titles: Sequence[str], rows: Iterable[Sequence[str]], color: bool, width: int) -> str:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, title in enumerate(titles):
        table.add_column(title, justify="left" if number < 2 else "right", overflow="fold", no_wrap=number > 1)
    for row in rows:
        table.add_row(*map(escape, row))
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=color, no_color=not color, highlight=False).print(table)
    lines = (line.rstrip() for line in stream.getvalue().splitlines())
    return "\n".join(lines) + "\n\n" if table.row_count else ""


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(titles)} |"
    yield f"|{'|'.join('---' if number < 2 else '---:' for number in range(len(titles)))}|"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"


def markdown_notices(notices: Sequence[str]) -> Iterator[str]:
    if notices:
        yield ""
        yield from (f"- {notice}" for notice in notices)
