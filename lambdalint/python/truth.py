"""What is true, what is None, and what may be another time."""

from __future__ import annotations

from lambdalint.python.machine import Machine
from lambdalint.python.objects import Cached, Class, Collection, Frame, Function, Instance, Package
from lambdalint.python.settings import READS, is_present
from lambdalint.python.values import Atom, Const, External, Value


class Truth(Machine):
    """Judges values; None wherever it cannot be told."""

    def changes(self, value: Value) -> bool:
        """Whether what was loaded from a lasting place may be something else in another invocation."""
        place = value.place
        if place is None:
            return False
        if place[0] != "variable":
            return True
        scope: Frame = place[1]
        if scope is not scope.module.frame or place[2] in scope.module.globals_declared:
            return True
        return any(
            isinstance(atom, Const) and atom.value is None for atom in value.atoms
        )  # `module.x = ...` may fill it

    def is_none(self, value: Value) -> bool | None:
        """Whether a value is None; None where it cannot be told."""
        if not value.more and all(_is_object(atom) for atom in value.atoms):
            return False
        if value.more or self.changes(value):
            return None
        none = [is_present(atom) is False or (isinstance(atom, Const) and atom.value is None) for atom in value.atoms]
        if all(none):
            return True
        if any(none) or not all(definite(atom) for atom in value.atoms):
            return None
        return False

    def truth(self, value: Value) -> bool | None:
        """Whether a value is true; None where it cannot be told."""
        if not value.more and all(_is_object(atom) for atom in value.atoms):
            return True  # what is filled already stays filled
        if value.more or self.changes(value):
            return None
        known: set[bool] = set()
        for atom in value.atoms:
            if isinstance(atom, Const):
                known.add(bool(atom.value))
            elif definite(atom) and not isinstance(atom, (Collection, Instance)):
                known.add(True)
            elif is_present(atom) is False:
                known.add(False)
            else:
                return None
        return known.pop() if len(known) == 1 else None


def _is_object(atom: Atom) -> bool:
    return definite(atom) and not isinstance(atom, (Const, Collection, Instance))


def definite(atom: Atom) -> bool:
    """Whether this is surely an object, and so neither None nor false."""
    if isinstance(atom, External):
        if atom.record is None or not atom.name.endswith("()"):
            # A module, class or function is; a setting (`config.DEBUG`, `sys.flags.dev_mode`) need not be.
            last = atom.name.rpartition(".")[2]
            is_setting = "." in atom.name and (
                last.isupper() or atom.name.startswith(("os.environ", "sys.", "lambda."))
            )
            if atom.record is None:
                return not is_setting
            # The runtime has given the root logger a handler.
            return atom.name == "logging.getLogger().handlers" and not atom.record.args and not atom.record.kwargs
        if atom.record.name in READS:
            return is_present(atom) is True
        last = atom.name[:-2].rpartition(".")[2]
        return last[:1].isupper() or last in ("client", "resource", "connect", "create_engine", "session")
    if isinstance(atom, Const):
        return atom.value is not None
    return isinstance(atom, (Function, Class, Instance, Package, Collection, Cached))
