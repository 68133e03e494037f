"""The nouns that checks look at. Frozen; units in the names."""

from __future__ import annotations

from lambdalint.model.code import (
    Argument,
    Call,
    Calls,
    Data,
    DefeatedCache,
    Dropped,
    Handler,
    Import,
    Read,
    Rescue,
    Size,
    Store,
    UnusedGlobal,
)
from lambdalint.model.places import UNKNOWN, Constant, Location, Loop, Step, Unknown
from lambdalint.model.template import Function, Setting, Stack, Trigger

__all__ = [
    "UNKNOWN",
    "Argument",
    "Call",
    "Calls",
    "Constant",
    "Data",
    "DefeatedCache",
    "Dropped",
    "Function",
    "Handler",
    "Import",
    "Location",
    "Loop",
    "Read",
    "Rescue",
    "Setting",
    "Size",
    "Stack",
    "Step",
    "Store",
    "Subject",
    "Trigger",
    "Unknown",
    "UnusedGlobal",
]

Subject = Handler | Function | Stack
