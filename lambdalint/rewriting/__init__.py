"""Fixes that move or change code. Loaded only when a fix is asked for.

`ast` and `symtable` say what names mean, exactly as the interpreter does, and edits are cut from the text itself,
so that nothing else in a file moves. libcst takes apart what has a form of its own: lists of imports.
Each function gives the edits, or () where the change could do more than it should.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lambdalint.check import Edit
from lambdalint.model import Location
from lambdalint.rewriting import calls
from lambdalint.rewriting.hoisting import Hoist
from lambdalint.rewriting.names import Module, Refused

__all__ = [
    "add_argument",
    "batch_writes",
    "dump_body",
    "express",
    "hoist_client",
    "log_prints",
    "paginate",
    "remove_file",
    "remove_import",
    "remove_statement",
    "run_coroutine",
    "use_threads",
    "wait",
    "wrap",
]


def hoist_client(text: str, *, line: int, column: int, handler: str) -> Sequence[Edit]:
    """Move what the call at `line` and `column` builds in function `handler` to module level."""
    return _or_nothing(lambda: Hoist(Module(text), handler, line, column).edits())


def add_argument(text: str, *, place: Location, name: str, value: str) -> Sequence[Edit]:
    """Give the call at `place` the keyword argument `name=value`."""
    return _or_nothing(lambda: calls.add_argument(Module(text), place, name, value))


def wrap(text: str, *, place: Location, package: str, function: str) -> Sequence[Edit]:
    """Put `package.function(...)` around the expression at `place`, and import it where it is not known."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import imports

        module = Module(text)
        name, added = imports.name_of(module, package, function)
        return [*added, *calls.wrap(module, place, name)]

    return _or_nothing(edits)


def paginate(text: str, *, place: Location, operation: str) -> Sequence[Edit]:
    """Make the call of an operation at `place` ask for all pages."""
    return _or_nothing(lambda: calls.paginate(Module(text), place, operation))


def dump_body(text: str, *, place: Location) -> Sequence[Edit]:
    """Put `json.dumps` around the dict or list at `place`, where it becomes the body of an answer."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import values

        return values.dump_body(Module(text), place)

    return _or_nothing(edits)


def express(text: str, *, place: Location, form: str, name: str, handler: str) -> Sequence[Edit]:
    """Give what `handler` returns, at `place`, a form in JSON: by a function, or by a method that begins with a dot."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import values

        return values.express(Module(text), place, form, name, handler)

    return _or_nothing(edits)


def batch_writes(text: str, *, place: Location) -> Sequence[Edit]:
    """Put a batch writer around the loop in which the call at `place` writes one item."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import blocks

        return blocks.batch_writes(Module(text), place)

    return _or_nothing(edits)


def remove_file(text: str, *, place: Location, position: int, keyword: str, whole: bool) -> Sequence[Edit]:
    """See to it that the file is removed that the call at `place` writes; `whole`: if it fails there is none."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import blocks

        return blocks.remove_file(Module(text), place, position, keyword, whole=whole)

    return _or_nothing(edits)


def remove_statement(text: str, *, place: Location, frees: Sequence[tuple[str, str]] = ()) -> Sequence[Edit]:
    """Remove the statement at `place` of the module's top level, and the imports that nothing else reads."""

    def edits() -> Sequence[Edit]:
        removal = calls.remove_statement(Module(text), place)
        if not frees:
            return removal
        from lambdalint.rewriting import imports

        return [*removal, *(edit for module, bound in frees for edit in imports.remove(text, module, bound))]

    return _or_nothing(edits)


def remove_import(text: str, *, module: str, bound: str) -> Sequence[Edit]:
    """Remove the import of `module` that binds `bound` at module level."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import imports

        return imports.remove(text, module, bound)

    return _or_nothing(edits)


def log_prints(text: str, *, places: Sequence[Location], shown: bool) -> Sequence[Edit]:
    """Give what is printed at `places` to a logger. `shown`: the root logger shows messages at level INFO."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import printing

        return printing.log(Module(text), places, shown=shown)

    return _or_nothing(edits)


def run_coroutine(text: str, *, name: str, line: int) -> Sequence[Edit]:
    """Let a plain function run the coroutine function `name` that is defined around `line`."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import coroutines

        return coroutines.run(Module(text), name, line)

    return _or_nothing(edits)


def use_threads(text: str, *, place: Location) -> Sequence[Edit]:
    """Make a pool of threads of the pool of processes that the call at `place` makes."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import pools

        return pools.use_threads(Module(text), place)

    return _or_nothing(edits)


def wait(text: str, *, place: Location) -> Sequence[Edit]:
    """Wait for what the call at `place` starts before the function around it returns."""

    def edits() -> Sequence[Edit]:
        from lambdalint.rewriting import waiting

        return waiting.wait(Module(text), place)

    return _or_nothing(edits)


def _or_nothing(edits: Callable[[], Sequence[Edit]]) -> Sequence[Edit]:
    try:
        return edits()
    except (Refused, SyntaxError, ValueError, RecursionError, LookupError):
        return ()
