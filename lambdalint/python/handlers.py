"""Which functions of a module Lambda invokes, by the evidence in the code.

Templates say it outright; without one, a function is taken for a handler for what it looks like, and
each handler carries the reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from lambdalint.model import Function as Deployed
from lambdalint.model import Handler
from lambdalint.python.callees import is_for_another, is_registered, used_within
from lambdalint.python.modules import Module
from lambdalint.python.objects import Bound, Cached, Class, Frame, Function, Instance, Partial
from lambdalint.python.source import Unreadable
from lambdalint.python.values import Atom, External, Value

EVENT_NAMES = frozenset(
    "event evt _event event_ lambda_event event_data request req sqs_event sns_event s3_event raw_event e".split()
)
CONTEXT_NAMES = frozenset(
    "context ctx ctxt _context context_ _ctx _ctxt lambda_context unused_context _lambda_context __ _ c".split()
)
FAITHFUL_CONTEXTS = CONTEXT_NAMES - {"_", "__", "c"}
HANDLER_NAME = re.compile(r"(^|_)(handler|handle|lambda)($|_)|^main$|^lambda_|^on_event$|^entrypoint$")
NOT_FOR_LAMBDA = re.compile(r"^_?test_|(^|_)local($|_)")
MOST_PARAMETERS = 4
"""Tests hand over a client or two in parameters that have defaults; what takes more is called by other code."""
LAMBDAS_OWN_NAMES = ("lambda_handler", "lambdaHandler")
"""What nothing but a handler is called."""
USUAL_NAMES = ("handler", *LAMBDAS_OWN_NAMES)

CHALICE_DECORATORS = frozenset(
    """
    route lambda_function schedule on_s3_event on_sns_message on_sqs_message on_dynamodb_record on_kinesis_record
    on_cw_event authorizer on_ws_connect on_ws_message on_ws_disconnect middleware
    """.split()
)
TRACERS = frozenset({"inject_lambda_context", "capture_lambda_handler"})
POWERTOOLS_DECORATORS = frozenset({"event_source", "event_parser", "lambda_handler"})
WRAPPERS = frozenset({"xray_lambda_handler", "datadog_lambda_wrapper"})
TELLING_DECORATORS = CHALICE_DECORATORS | TRACERS | POWERTOOLS_DECORATORS | WRAPPERS
ADAPTERS = tuple(
    """
    mangum.Mangum() apig_wsgi.make_lambda_handler() ask_sdk_core magnum. awsgi. serverless_wsgi strawberry ariadne
    aws_lambda_wsgi lambda_handler
    """.split()
)
"""Beginnings of the names of what makes a handler of an application."""

_FORMS = (
    # a function of an event and a context, or of whatever comes
    r"def\s+(?:\w+\s*\(\s*\w[^()]{0,300}?,\s*(?:(?:%s)\s*[:=,)]|\*\w)|(?:%s)\s*\(|handler\s*\(\s*\*)",
    r"@(?:[\w.]+\.)?(?:%s)\b",
    r"DurableContext\b",
    r"LambdaContext\b",
    # a handler's name is given to something, at the top or one step in
    (
        r"\n[ \t]{0,4}(?:(?:\w*_)?(?:handler|handle|lambda)(?:_\w*)?|main|on_event|entrypoint|lambdaHandler)[ \t]*"
        r"(?::[^=\n]*)?=(?!=)"
    ),
)
"""How what may be a handler is written. Each begins with a fixed character: that makes a search many times as fast."""


_RUNBOOK = re.compile(r"(?:^|[_-])(?:runbooks?|ssmdocs?|ssm[_-]?documents?|automation[_-]documents?)(?:$|[_-])")
"""Folders whose scripts Systems Manager Automation runs: the same signature, a new process each time."""
_ELSEWHERE = re.compile(r"(?:^|[_-])(?:gcp|gcf|azure|kubeless|openfaas)(?:$|[_-])")
"""Folders of functions for other clouds, whose handlers look the same."""
_NOT_CODE = frozenset("tests test testing __tests__ migrations alembic node_modules site-packages conftest.py".split())


_COMPUTED = re.compile(r"\bimport \*|\bglobals\(\)|\bexec\(|\bdef __getattr__\b|\bsetattr\(")


class Candidate:
    """A handler before it is executed."""

    __slots__ = ("evidence", "name", "node", "value")

    def __init__(self, name: str, node: ast.AST, value: Value, evidence: str) -> None:
        self.name = name
        self.node = node
        self.value = value
        self.evidence = evidence


def may_hold_handler(data: bytes) -> bool:
    """Whether a file's bytes hold anything that is written like a handler. Most are never parsed."""
    return any(form.search(data) for form in _forms())


@cache
def _forms() -> tuple[re.Pattern[bytes], ...]:
    known = (CONTEXT_NAMES, LAMBDAS_OWN_NAMES, TELLING_DECORATORS)
    contexts, own, decorators = ("|".join(sorted(names)) for names in known)
    definition, decorated, *others = _FORMS
    forms = (definition % (contexts, own), decorated % decorators, *others)
    return tuple(re.compile(form.encode()) for form in forms)


def may_have_candidates(module: Module) -> bool:
    """Whether a module, not executed yet, can turn out to have a handler that nobody names. Most have none."""
    for node in _top_level(module.source.tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if any(_last_name(one) in TELLING_DECORATORS for one in node.decorator_list):
                return True
            if _evidence(node, module.frame) is not None:
                return True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and HANDLER_NAME.search(target.id) for target in targets):
                return True
    return False


def is_no_handler_code(path: str) -> bool:
    """Whether a path, seen from the root of the project, belongs to tests, migrations or runbooks."""
    parts = path.split("/")
    last = parts[-1]
    if last.startswith("test_") or last.endswith("_test.py") or last == "conftest.py":
        return True
    return any(part in _NOT_CODE or _RUNBOOK.search(part) or _ELSEWHERE.search(part) for part in parts[:-1])


def find(
    module: Module, declared: Sequence[str] = (), functions: Mapping[str, Sequence[Deployed]] | None = None
) -> list[Candidate]:
    """The handlers of a module that has been loaded; those `declared` by config or by templates replace the guesses."""
    values = module.frame.values
    if functions and not declared:
        if all(one.format == "chalice" for several in functions.values() for one in several):
            return [one for one in find(module) if one.name in functions]  # the decorators say what they are handed
        named = [_named(name, module, deployed[0]) for name, deployed in functions.items() if name in values]
        if named and all(isinstance(atom, Function) for one in named for atom in one.value.atoms):
            return named
        # An application object, or a name that is not there: the functions behind it are still guessed.
        names = {one.name for one in named}
        return [*named, *(one for one in find(module) if one.name not in names)]
    if declared:
        for name in declared:
            if name not in values:
                message = f'has no "{name}" at its top level, named as a handler in the configuration'
                raise Unreadable(module.path, 1, 1, message)
        tree, why = module.source.tree, "named by the configuration"
        return [Candidate(name, tree, _unwrapped(values[name]), why) for name in declared]
    if any(loaded in module.frame.values for loaded in ("functions_framework", "azure")):
        return []
    found = list(_candidates(module))
    assigned = {atom for one in found if isinstance(one.node, (ast.Assign, ast.AnnAssign)) for atom in one.value.atoms}
    found = [
        one
        for one in found  # `handler = _handle` makes one handler of the two
        if isinstance(one.node, (ast.Assign, ast.AnnAssign)) or not assigned.intersection(one.value.atoms)
    ]
    used = used_within(module, {candidate.name for candidate in found})
    kept = [
        candidate
        for candidate in found
        if candidate.name in USUAL_NAMES
        or "decorated" in candidate.evidence
        or not (candidate.name in used or is_registered(candidate.node, module.frame))
    ]
    return kept or found


def _named(name: str, module: Module, function: Deployed) -> Candidate:
    where = function.handler.location if function.handler is not None else function.location
    node = next(
        (
            node
            for node in _top_level(module.source.tree.body)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name
        ),
        module.source.tree,
    )
    return Candidate(name, node, module.frame.values[name], f"named by {where.path}:{where.line}")


def missing(module: Module, functions: Mapping[str, Sequence[Deployed]]) -> Iterator[Handler]:
    """For each handler that templates name and the module has not, one that says so."""
    if all(name in module.frame.values for name in functions) or _COMPUTED.search(module.source.text):
        return  # or names may come from where they are not seen
    for name, deployed in functions.items():
        parts = any(one.code is not None and one.code.kind == "inline" and not one.code.complete for one in deployed)
        if name not in module.frame.values and not parts:  # of code that is not wholly known, the rest may have it
            place = deployed[0].handler.location if deployed[0].handler is not None else deployed[0].location
            yield Handler(module.path, name, place, (), functions=deployed, found=False)


def _candidates(module: Module) -> Iterator[Candidate]:
    values = module.frame.values
    seen: set[str] = set()
    known: set[Atom] = set()
    for node in _top_level(module.source.tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            value = values.get(node.name)
            evidence = _evidence(node, module.frame) if value is not None else None
            if value is not None and evidence is not None:
                # Of two definitions under one name the later counts; under a condition, both do.
                if node.name in seen:
                    continue
                seen.add(node.name)
                callee = value if value.atoms else _plain(node, module)
                known.update(callee.atoms)
                yield Candidate(node.name, node, callee, evidence)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and HANDLER_NAME.search(target.id) and target.id not in seen:
                    held = values.get(target.id)
                    if held is not None and target.id in USUAL_NAMES:
                        inner = _unwrapped(held)
                        if inner is not held and not known.isdisjoint(inner.atoms):
                            continue  # found where it is defined
                        held = inner
                    reason = _assigned(held) if held is not None else None
                    if held is not None and reason is not None:
                        seen.add(target.id)
                        yield Candidate(target.id, node, held, reason)


def _plain(node: ast.FunctionDef | ast.AsyncFunctionDef, module: Module) -> Value:
    return Value((Function(node, module, module.frame, node.name, [], {}),))


def _top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If):
            yield from _top_level(node.body)
            yield from _top_level(node.orelse)
        elif isinstance(node, (ast.Try, ast.With)):
            yield from _top_level(node.body)
            if isinstance(node, ast.Try):
                yield from _top_level([part for handler in node.handlers for part in handler.body])
                yield from _top_level(node.orelse)


def _evidence(node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> str | None:
    """Why a function is a handler; None if it is not."""
    for decorator in node.decorator_list:
        reason = _decorator(decorator, frame)
        if reason:
            return reason
    if NOT_FOR_LAMBDA.search(node.name) or node.name == "script_handler":
        return None
    if node.name not in LAMBDAS_OWN_NAMES and any(map(is_for_another, node.decorator_list)):
        return None
    spec = node.args
    names = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    if any(part is None for part in spec.kw_defaults) and not node.decorator_list:
        return None  # a decorator may give what else it takes
    if not names:
        if spec.vararg is not None and node.name in ("handler", "lambda_handler"):
            return f"is called {node.name} and takes any arguments"
        return None
    required = len(names) - len(spec.defaults)
    if required > 2 or (len(names) < 2 and spec.vararg is None):
        return None
    second = names[1] if len(names) > 1 else "context"
    annotation = _annotation((*spec.posonlyargs, *spec.args)[1]) if len(names) > 1 else ""
    if annotation in ("LambdaContext", "DurableContext"):
        return f"its second parameter is a {annotation}"
    named = HANDLER_NAME.search(node.name) is not None
    if names[0] in ("self", "cls") or (len(names) > MOST_PARAMETERS and not named):
        return None
    if node.name in LAMBDAS_OWN_NAMES and FAITHFUL_CONTEXTS.intersection((names[0], second)):
        return f"takes ({names[0]}, {second})"
    if second in FAITHFUL_CONTEXTS and (
        names[0] in EVENT_NAMES or (named and names[0] in ("_", "__", "payload", "data"))
    ):
        return f"takes ({names[0]}, {second}){_registered(node, frame)}"
    if second in CONTEXT_NAMES and (named and names[0] in ("event", "_event", "evt", "lambda_event", "_", "e")):
        return f"takes ({names[0]}, {second}){_registered(node, frame)}"
    return None


def _registered(node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> str:
    """Told of a function that is handed to an object, which may call it: `@router.attach("/orders")`."""
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = frame.values.get(target.value.id)
            if owner is not None and any(_may_call(atom) for atom in owner.atoms):
                return f" and is registered with {ast.unparse(target)}"
    return ""


def _may_call(atom: Atom) -> bool:
    if isinstance(atom, External):
        return atom.record is not None and not atom.name.startswith("aws_lambda_powertools.")
    return isinstance(atom, Instance)


def _annotation(arg: ast.arg) -> str:
    node = arg.annotation
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.rpartition(".")[2].strip("'\" ")
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _decorator(node: ast.expr, frame: Frame) -> str | None:
    target = node.func if isinstance(node, ast.Call) else node
    name = _last_name(node)
    if name not in TELLING_DECORATORS:
        return None
    if isinstance(target, ast.Attribute):
        if name in TRACERS:
            return f"decorated with {ast.unparse(target)}"
        if name in CHALICE_DECORATORS and isinstance(target.value, ast.Name):
            owner = frame.values.get(target.value.id)
            for atom in owner.atoms if owner is not None else ():
                if isinstance(atom, External) and atom.name in ("chalice.Chalice()", "chalice.Blueprint()"):
                    return f"decorated with Chalice's {name}"
    if name in POWERTOOLS_DECORATORS and isinstance(node, (ast.Call, ast.Name)):
        owner = frame.values.get(name)
        for atom in owner.atoms if owner is not None else ():
            if isinstance(atom, External) and atom.name.startswith("aws_lambda_powertools."):
                return f"decorated with Powertools' {name}"
    if name in WRAPPERS:
        return f"decorated with {name}"
    return None


def _last_name(decorator: ast.expr) -> str:
    """What a decorator is called: `logger.inject_lambda_context(log_event=True)` gives `inject_lambda_context`."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def _assigned(value: Value) -> str | None:
    """Why something assigned to a handler's name is a handler."""
    for atom in value.atoms:
        given = 0
        while isinstance(atom, (Cached, Partial)):
            given += len(atom.args) + len(atom.kwargs) if isinstance(atom, Partial) else 0
            atom = atom.function if isinstance(atom, Cached) else (atom.target.atoms or (atom.target,))[0]  # type: ignore[assignment]
        if isinstance(atom, Function) and _takes_two(atom, given):
            return f"is assigned the function {atom.name}"
        if isinstance(atom, Bound) and isinstance(atom.function, Function) and _takes_two(atom.function, 1):
            return f"is assigned the method {atom.function.name}"
        if isinstance(atom, Instance):
            for cls in atom.cls.lineage():
                if isinstance(cls, Class) and "__call__" in cls.attributes:
                    method = cls.attributes["__call__"].atoms
                    if method and isinstance(method[0], Function) and _takes_two(method[0], 1):
                        return f"is assigned an instance of {cls.name}, which can be called"
        if isinstance(atom, External) and atom.record is not None:
            if atom.name.startswith(ADAPTERS) or atom.name.endswith((".lambda_handler()", ".lambda_handler")):
                return f"is assigned {atom.name}"
    return None


def _takes_two(function: Function, bound: int) -> bool:
    spec = function.node.args
    count = len(spec.posonlyargs) + len(spec.args) - bound
    return count - len(spec.defaults) <= 2 <= count or (spec.vararg is not None and count <= 2)


def _unwrapped(value: Value) -> Value:
    """What a library's decorators were called with: `handler = tracer.capture_lambda_handler(handler)`."""
    atom = value.atoms[0] if value.atoms else None
    if isinstance(atom, External) and atom.is_result() and atom.record is not None and atom.record.args:
        inner = _unwrapped(atom.record.args[0])
        if _assigned(value) is None and _assigned(inner) is not None:
            return inner
    return value
