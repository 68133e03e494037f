"""Reads templates as `lambdalint check` does, and shows what was read in few words."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from lambdalint.model import UNKNOWN, Function, Setting
from lambdalint.sources import Declared, read


def declared(text: str | bytes, path: str = "template.yaml") -> Declared:
    data = dedent(text).encode() if isinstance(text, str) else text
    return read(path, data)


def functions(text: str | bytes, path: str = "template.yaml") -> dict[str, Function]:
    """By logical id; what cannot be read in the template is a failure."""
    found = declared(text, path)
    assert found.unreadable == []
    return {function.logical_id: function for stack in found.stacks for function in stack.functions}


def remarks(text: str | bytes, path: str = "template.yaml") -> list[str]:
    """`line:column what`."""
    found = declared(text, path).unreadable
    return [f"{place.line}:{place.column} {message}" for place, message, _ in found]


def function(properties: str, above: str = "", kind: str = "AWS::Serverless::Function", below: str = "") -> Function:
    """The function F of a template, by its properties in a flow map."""
    text = f"{dedent(above)}\nResources:\n  F:\n    Type: {kind}\n    Properties: {{{properties}}}\n"
    below = dedent(below).strip()
    return functions(text + "".join(f"  {line}\n" for line in below.splitlines()))["F"]


def shown(setting: Setting[Any] | None) -> Any:
    """A setting as a test can state it: None, a value, `?` with its text and choices."""
    if setting is None:
        return None
    if setting.value is not UNKNOWN:
        return setting.value
    if setting.choices:
        return [*setting.choices, *([None] if setting.optional else [])]
    return f"?{setting.text}"


def triggers(of: Function) -> list[str]:
    """Each with its type, the logical id or the text of its source, and what else is stated."""
    return [
        " ".join(
            [
                trigger.type,
                *([trigger.source.target or str(shown(trigger.source))] if trigger.source else []),
                *([trigger.route] if trigger.route else []),
                *(
                    f"{name}={shown(value)}"
                    for name, value in trigger._asdict().items()
                    if isinstance(value, Setting) and name != "source"
                ),
            ]
        )
        for trigger in of.triggers
    ]


def lay(files: dict[str, str], folder: Path) -> None:
    """Write files below a folder."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), encoding="utf-8")
