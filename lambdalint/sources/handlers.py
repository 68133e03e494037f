"""The join: from what a template says of a function's code to the file and the callable in it."""

from __future__ import annotations

from lambdalint.model.template import Code, Function
from lambdalint.sources.paths import Files


def located(function: Function, files: Files) -> Function:
    """The function with the place of its handler, as far as that can be found."""
    code = function.code
    runtime = function.runtime.known if function.runtime is not None else None
    stated = function.handler.known if function.handler is not None else None
    if code is None:
        return function
    if code.kind == "image":
        stated = code.command or None
    is_python = runtime is not None and runtime.startswith("python")
    if code.kind == "inline" and function.handler is not None and stated is None:
        return function._replace(is_python=is_python)
    if code.kind == "inline":
        name = (stated or "index.handler").rpartition(".")[2]
        python = is_python or (runtime is None and "\ndef " in f"\n{code.inline}")
        return function._replace(
            is_python=python, handler_path=function.path if python else None, handler_name=name if python else ""
        )
    if runtime is not None and not is_python and not runtime.startswith("provided"):
        return function
    folder = _folder(code)
    if stated is None or folder is None:
        return function._replace(is_python=is_python)
    found = files.handler(folder, stated, code.roots)
    if found is None:
        return function._replace(is_python=is_python, handler_name=stated.rpartition(".")[2] if is_python else "")
    # A custom runtime may run Python too, but then it decides itself how.
    return function._replace(is_python=is_python or runtime is None, handler_path=found[0], handler_name=found[1])


def _folder(code: Code) -> str | None:
    """Where the source is: a single file and a zip are mostly made from what stands beside them."""
    if code.kind in ("folder", "image"):
        return code.path
    return code.path.rpartition("/")[0] if code.kind == "file" else None
