"""SnapStart: which functions have it, and what runs again when a snapshot is restored."""

from __future__ import annotations

from lambdalint.model import Function, Handler

_HOOK = "snapshot_restore_py.register_after_restore"


def from_snapshots(handler: Handler) -> Function | None:
    """A function with this handler that is restored from a snapshot; None if there is none, or something is renewed."""
    found = next((one for one in handler.functions if _has_snapshots(one)), None)
    if found is None or any(one.module.partition(".")[0] == "snapshot_restore_py" for one in handler.imports):
        return None
    return None if handler.init_calls.named((_HOOK,)) else found


def _has_snapshots(function: Function) -> bool:
    return function.snap_start is not None and function.snap_start.known == "PublishedVersions"
