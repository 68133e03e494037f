"""A coroutine function that is called as if it were none gets a plain function in front."""

from __future__ import annotations

import ast
import re

from lambdalint.check import Edit
from lambdalint.rewriting.names import Module, Refused, below
from lambdalint.rewriting.requiring import module_name
from lambdalint.rewriting.scopes import Surroundings


def run(module: Module, name: str, line: int) -> list[Edit]:
    """The coroutine function gets a private name, and its own goes to a plain function that runs it. Raises Refused."""
    index, function, _ = module.function(name, line)
    private = f"_{name}"
    if not isinstance(function, ast.AsyncFunctionDef) or function.decorator_list or _yields(function):
        raise Refused
    if module.ready(name) != index or any(private in one.get_identifiers() for one in module.tables):
        raise Refused
    if any(name in one.get_identifiers() and not one.lookup(name).is_global() for one in below(module.top)):
        raise Refused
    if getattr(function, "type_params", None):
        raise Refused
    package, edits = module_name(module, "asyncio")
    start, end = module.span(function)
    head = re.compile(rf"async(\s+)def(\s+){name}\b").match(module.text, start)
    if head is None:
        raise Refused
    edits.append(Edit(head.end() - len(name), head.end(), private))
    edits += _renamed(module, function, name, private)
    newline = module.newline
    code = f"def {name}({_parameters(module, function)}){_returned(module, function)}:"
    code += f"{newline}    return {package}.run({private}({_arguments(function)}))"
    below_it = module.start((function.end_lineno or 0) + 1)
    rest = module.text[end:below_it]
    if rest.strip() and not rest.strip().startswith("#"):
        raise Refused
    if rest.endswith(newline):
        edits.append(Edit(below_it, below_it, f"{newline * 2}{code}{newline}"))
    else:  # the end of the text
        edits.append(Edit(below_it, below_it, f"{newline * 3}{code}"))
    return edits


def _yields(function: ast.AsyncFunctionDef) -> bool:
    """Whether it is a generator, or may be one."""
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def _renamed(module: Module, function: ast.AsyncFunctionDef, name: str, private: str) -> list[Edit]:
    """Whoever uses the coroutine function in its module goes on to use it. Raises Refused."""
    around = Surroundings(module)
    edits = []
    for node in ast.walk(ast.Module(module.body, [])):
        if isinstance(node, ast.Name) and node.id == name:
            start, end = module.span(node)
            call = around.parent(node)
            awaited = isinstance(call, ast.Call) and call.func is node
            if not awaited or module.text[start:end] != name:
                raise Refused  # handed over as it is: what is done with it there is not known
            edits.append(Edit(start, end, private))
    return edits


def _parameters(module: Module, function: ast.AsyncFunctionDef) -> str:
    """As they are written, if they are in one line."""
    opening = module.text.index("(", module.span(function)[0])
    text = module.text[opening + 1 : module.text.index(")", opening)].strip().rstrip(",")
    whole = not set(text) & set("(#\r\n")
    return text if whole else ast.unparse(function.args)


def _returned(module: Module, function: ast.AsyncFunctionDef) -> str:
    if function.returns is None:
        return ""
    start, end = module.span(function.returns)
    return f" -> {module.text[start:end]}"


def _arguments(function: ast.AsyncFunctionDef) -> str:
    given = function.args
    return ", ".join(
        [
            *(one.arg for one in [*given.posonlyargs, *given.args]),
            *([f"*{given.vararg.arg}"] if given.vararg else []),
            *(f"{one.arg}={one.arg}" for one in given.kwonlyargs),
            *([f"**{given.kwarg.arg}"] if given.kwarg else []),
        ]
    )
