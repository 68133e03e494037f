"""The nouns that checks look at. Frozen; units in the names."""

from __future__ import annotations

from lambdalint.model.code import (
    Argument,
    Binding,
    Call,
    Calls,
    Cleanup,
    Data,
    DefeatedCache,
    Dropped,
    Handler,
    Import,
    Novelty,
    Parameters,
    Read,
    Rescue,
    Size,
    Skip,
    Store,
    UnusedGlobal,
    Variable,
)
from lambdalint.model.package import Package
from lambdalint.model.places import UNKNOWN, Constant, Location, Loop, Step, Unknown
from lambdalint.model.template import Function, Permission, Setting, Stack, State, StateMachine, Trigger
from lambdalint.model.usage import Usage

__all__ = [
    "UNKNOWN",
    "Argument",
    "Binding",
    "Call",
    "Calls",
    "Cleanup",
    "Constant",
    "Data",
    "DefeatedCache",
    "Dropped",
    "Function",
    "Handler",
    "Import",
    "Location",
    "Loop",
    "Novelty",
    "Package",
    "Parameters",
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
    "Usage",
    "Variable",
]

Subject = Handler | Function | Stack | Package | Usage
