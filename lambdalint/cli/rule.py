"""`lambdalint rule`: the page of one check."""

from __future__ import annotations

import sys

from lambdalint import config, registry
from lambdalint.errors import WrongUse, nearest

WIDEST = 100
"""Longer lines are hard to read."""


def rule(name: str, config_file: str | None) -> int:
    """Print the page of the check that `name` (a code or a name) means."""
    settings = config.load(config_file) if config_file else config.find(".")
    checks = registry.load(settings.extend_checks, settings.root)
    by_word = registry.by_word(checks)
    found = by_word.get(name) or by_word.get(name.upper()) or by_word.get(name.lower().replace("_", "-"))
    if found is None:
        raise WrongUse(f'no check is called "{name}"{nearest(name, list(by_word))}')
    from lambdalint.cli.check import wants_color, width, write
    from lambdalint.options import page

    standing = "on by default" if found.default else "off by default"
    heading = f"{found.name} ({found.code})"
    facts = f"{found.severity.label.capitalize()}, {standing}. Since {found.since}."
    text = f"# {heading}\n\n{facts}\n\n{found.doc}{page(found)}\n{found.url}\n"
    if not sys.stdout.isatty():
        write(text)  # Markdown, for whatever reads it
        return 0
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(width=min(width(), WIDEST), no_color=not wants_color())
    console.print(Markdown(text, code_theme="ansi_dark"))
    return 0
