"""What checks can be told: the options they declare, and what the configuration says of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, get_type_hints

from lambdalint.check import AnyCheck, Option
from lambdalint.config import Stated, place
from lambdalint.errors import WrongUse, nearest
from lambdalint.registry import by_word
from lambdalint.registry import place as written_in

EXPECTED: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    tuple: "a list of strings",
}
"""The types that options have, by their defaults."""


class Declared(NamedTuple):
    """One option of a check."""

    name: str
    """As the check calls it."""
    default: Any
    about: Option

    @property
    def key(self) -> str:
        """As the configuration calls it."""
        return self.name.replace("_", "-")

    @property
    def expected(self) -> str:
        if self.about.choices:
            return "one of " + ", ".join(f'"{one}"' for one in self.about.choices)
        least = "" if self.about.least is None else f", {self.about.least:g} or more"
        return EXPECTED[type(self.default)] + least

    def read(self, value: Any) -> Any:
        """What the check gets for a value of the configuration; None for one that it must not be."""
        kind = type(self.default)
        if kind is tuple:
            return tuple(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else None
        if kind is float and type(value) is int:
            value = float(value)
        too_small = type(value) is kind and self.about.least is not None and value < self.about.least
        is_none_of = bool(self.about.choices) and value not in self.about.choices
        return value if type(value) is kind and not too_small and not is_none_of else None


def declared(check: AnyCheck) -> list[Declared]:
    """The options of `check`, each with its value where nothing is configured."""
    if check.options is None:
        return []
    try:
        hints = get_type_hints(type(check.options), include_extras=True)
        options = [_declared(name, default, hints[name]) for name, default in check.options._asdict().items()]
    except Exception as error:  # a check is anyone's code
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise WrongUse(f"{written_in(check)}: its options cannot be read: {reason}") from error
    return options


def _declared(name: str, default: object, hint: object) -> Declared:
    if type(default) not in EXPECTED:
        raise TypeError(f'the default of "{name}" must be {", ".join(EXPECTED.values())}')
    said = [one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Option)]
    return Declared(name, default, said[0] if said else Option(""))


def configured(checks: Mapping[str, AnyCheck], stated: Sequence[Stated]) -> dict[str, AnyCheck]:
    """The checks with the options that the configuration states; what is said later counts."""
    known = by_word(checks)
    told = dict(checks)
    for file, word, values in stated:
        where = partial(place, file, "checks", word)
        if word not in known:
            raise WrongUse(f'{where()}: no check is called "{word}"{nearest(word, list(known))}')
        check = told[known[word].code]
        options = {option.key: option for option in declared(check)}
        fields = {}
        for key, value in values.items():
            if not options:
                raise WrongUse(f"{where(key)}: {check.name} ({check.code}) has no options")
            if key not in options:
                others = nearest(key, list(options)) or f"; it has {', '.join(options)}"
                raise WrongUse(f'{where(key)}: {check.name} ({check.code}) has no option "{key}"{others}')
            option = options[key]
            fields[option.name] = option.read(value)
            if fields[option.name] is None:
                raise WrongUse(f'{where(key)}: "{key}" of {check.name} must be {option.expected}')
        if check.options is not None:
            told[check.code] = check._replace(options=check.options._replace(**fields))
    return told


def page(check: AnyCheck) -> str:
    """What the page of a check says of its options; empty where it has none."""
    options = declared(check)
    if not options:
        return ""
    lines = [(f"{option.key} = {json.dumps(option.default)}", option.about.doc) for option in options]
    longest = max(len(setting) for setting, _ in lines)
    block = "\n".join(f"{setting:<{longest}}  # {doc}" if doc else setting for setting, doc in lines)
    return f"""
**Options.** As they are where nothing is said:

```toml
[tool.lambdalint.checks.{check.name}]
{block}
```
"""
