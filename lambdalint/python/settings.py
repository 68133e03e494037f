"""What the environment says of itself: variables that Lambda sets, those that only other places set, and switches."""

from __future__ import annotations

import ast
import re

from lambdalint.later import pattern
from lambdalint.python.values import CREDENTIALS, EVENT, RESULT, SETTING, Atom, Const, External, Value

_SET_BY_LAMBDA = frozenset(
    """
    AWS_DEFAULT_REGION AWS_EXECUTION_ENV AWS_LAMBDA_FUNCTION_MEMORY_SIZE AWS_LAMBDA_FUNCTION_NAME
    AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE AWS_LAMBDA_LOG_GROUP_NAME AWS_LAMBDA_LOG_STREAM_NAME
    AWS_LAMBDA_RUNTIME_API AWS_REGION LAMBDA_RUNTIME_DIR LAMBDA_TASK_ROOT _HANDLER
    """.split()
)
_SET_ELSEWHERE = frozenset(
    "AWS_CHALICE_CLI_MODE AWS_SAM_LOCAL IS_LOCAL IS_OFFLINE LOCALSTACK_HOSTNAME PYTEST_CURRENT_TEST".split()
)
"""Set by what plays Lambda on a developer's machine, or by what tests: never in Lambda."""

READS = frozenset({"os.environ.get", "os.getenv"})
GIVE_SETTINGS = READS.union(
    ("decouple.config", "environ.Env()", "environs.Env()", "os.environ.pop", "os.environ.setdefault"),
    (f"environs.Env().{kind}" for kind in ("bool", "int", "log_level", "str")),
    (
        f"{logger}.{method}"
        for logger in ("logging.getLogger()", "logging.root", "structlog.get_logger()")
        for method in ("getEffectiveLevel", "isEnabledFor")
    ),
)
"""Calls that tell how the function is set up: the same in each invocation, another elsewhere."""
PASS_ON = frozenset(
    """
    ast.literal_eval builtins.all builtins.any builtins.bool builtins.float builtins.int builtins.len builtins.str
    distutils.util.strtobool json.loads yaml.safe_load
    """.split()
)
"""Functions whose result is a setting if what they are given is one: not the file system's answer about a path."""
_READING = pattern(r"os\.environ|getenv")
_SWITCH = pattern(
    r"debug|verbos|trace|log|level|print|show|dump|echo|local|offline|sandbox|(?<![a-z])(?:dev|dry|env|prod|stag|test)",
    re.IGNORECASE,
)
"""What is found in the names of such settings, and in their values."""
_FROM_INVOCATION = EVENT | CREDENTIALS | RESULT


def is_switch(node: ast.expr, condition: Value) -> bool:
    """Whether a condition is on a setting that is there to turn things on and off, and on nothing of the invocation.

    `if BUCKET:` only finds out whether there is a bucket.
    """
    if not condition.taint & SETTING or condition.taint & _FROM_INVOCATION:
        return False
    return _SWITCH.search(_READING.sub("", ast.unparse(node))) is not None


def is_set(key: Value) -> bool | None:
    """Whether Lambda has a variable of this name; None where that is for the template to say."""
    atom = key.atoms[0] if len(key.atoms) == 1 else None
    if isinstance(atom, Const):
        if atom.value in _SET_BY_LAMBDA:
            return True
        if atom.value in _SET_ELSEWHERE:
            return False
    return None


def is_what_stands_in(atom: Atom, read: Value) -> bool:
    """Whether something is the default of a variable that is always set: `get("AWS_EXECUTION_ENV", "local")`."""
    one = read.atoms[0] if len(read.atoms) == 1 else None
    if not isinstance(one, External) or one.record is None or is_present(one) is not True:
        return False
    return any(atom in default.atoms for default in one.record.args[1:])


def is_present(atom: Atom) -> bool | None:
    """Whether what was read of the environment is there; None for all else."""
    if isinstance(atom, External) and atom.record is not None and atom.record.name in READS and atom.is_result():
        return is_set(atom.record.args[0]) if atom.record.args else None
    return None
