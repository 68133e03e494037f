"""The nouns that checks look at. Frozen; units in the names."""

from __future__ import annotations

from lambdalint.model.code import (
    Argument,
    Call,
    Calls,
    Data,
    DefeatedCache,
    Handler,
    Import,
    Read,
    Rescue,
    Size,
    Skip,
    Store,
    UnusedGlobal,
)
from lambdalint.model.places import UNKNOWN, Constant, Location, Loop, Step, Unknown
from lambdalint.model.template import Function, Permission, Setting, Stack, State, StateMachine, Trigger

__all__ = [
    "UNKNOWN",
    "Argument",
    "Call",
    "Calls",
    "Constant",
    "Data",
    "DefeatedCache",
    "Function",
    "Handler",
    "Import",
    "Location",
    "Loop",
    "Permission",
    "Read",
    "Rescue",
    "Setting",
    "Size",
    "Skip",
    "Stack",
    "State",
    "StateMachine",
    "Step",
    "Store",
    "Subject",
    "Trigger",
    "Unknown",
    "UnusedGlobal",
]

Subject = Handler | Function | Stack
