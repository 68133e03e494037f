"""What the interpreter notes on its way, for `remains.py` to tell."""

from __future__ import annotations

import ast
from typing import NamedTuple

from lambdalint.python.flow import Activation, Edge
from lambdalint.python.modules import Module
from lambdalint.python.objects import Frame
from lambdalint.python.values import Place


class Defeat:
    """A cache that never hits, as found on the way."""

    __slots__ = ("activation", "culprit", "kind", "module", "name", "node")

    def __init__(
        self, kind: str, name: str, culprit: str, node: ast.AST, module: Module, activation: Activation
    ) -> None:
        self.kind = kind
        self.name = name
        self.culprit = culprit
        self.node = node
        self.module = module
        self.activation = activation


Taken = tuple[tuple[str | int, ...], ast.AST, Module, Activation]
"""A part of the event by its path, where it is taken, and in the course of what."""


Drop = tuple[Edge, Activation]
"""A call of a coroutine function, and in the course of what it stands."""


class Asked(NamedTuple):
    """An environment variable is looked up."""

    name: str
    needed: bool
    certain: bool
    warm: bool
    node: ast.AST
    module: Module
    activation: Activation


Skipped = tuple[tuple[tuple[str | int, ...], ...], ast.AST, Module, Activation]
"""A condition that decides whether anything is done with a record, and what it looks at."""


class Left(NamedTuple):
    """Something is put into a lasting place: of the event, or behind what a list holds already."""

    place: Place
    statement: ast.stmt
    of_event: bool
    key_from_event: bool
    grows: bool
    guarded: bool
    activation: Activation


class Caught(NamedTuple):
    """An `except` clause as executed."""

    node: ast.ExceptHandler
    attempt: ast.Try | ast.TryStar
    frame: Frame
    raises: bool
    goes_on: bool
    calls: tuple[str, ...]
    handles: tuple[str, ...]
    in_loop: bool
    activation: Activation


class Cleaned(NamedTuple):
    """A `finally` clause as executed."""

    attempt: ast.Try | ast.TryStar
    frame: Frame
    calls: tuple[str, ...]
    handles: tuple[str, ...]
    activation: Activation
