"""What is printed goes to a logger: before and after, and what stays."""

from __future__ import annotations

import ast
import contextlib
import io
import logging
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import apply

from lambdalint.model import Location
from lambdalint.rewriting import log_prints
from lambdalint.rewriting.names import Module

HEAD = "import logging\n\nlogger = logging.getLogger(__name__)\nlogger.setLevel(logging.INFO)\n\n\ndef f(a, b):\n"


def logged(text: str, *, shown: bool = False) -> str:
    """The text with all that it prints logged; unchanged where that is refused."""
    module = Module(text)
    places = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            (start, end), last = module.span(node), node.end_lineno or 0
            columns = start - module.start(node.lineno) + 1, end - module.start(last) + 1
            places.append(Location("app.py", node.lineno, columns[0], last, columns[1]))
    changed = apply(text, log_prints(text, places=places, shown=shown))
    ast.parse(changed)
    return changed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print(a)", "logger.info(a)"),
        ("print (a)", "logger.info(a)"),
        ("print('100%')", "logger.info('100%')"),
        ("print('a' % a)", "logger.info('a' % a)"),
        ("print(f'{a} {b!r}')", "logger.info(f'{a} {b!r}')"),
        ("print(a, flush=True)", "logger.info(a)"),
        ("print((a), flush=True)", "logger.info((a))"),
        ("print(a, end='\\n')", "logger.info(a)"),
        ("print('order', a)", "logger.info('order %s', a)"),
        ("print('order: ', a, ' of ', b)", "logger.info('order: %s of %s', a, b)"),
        ("print('100%', a)", "logger.info('100%% %s', a)"),
        ("print('100%', 'sure')", "logger.info('100% sure')"),
        ("print(a, ' ', b)", "logger.info('%s %s', a, b)"),
        ("print(a, b, sep='/')", 'logger.info("%s/%s", a, b)'),
        ("print(a, b, sep='%')", 'logger.info("%s%%%s", a, b)'),
        ("print('it is', \"5 o'clock\", a)", "logger.info('it is %s %s', \"5 o'clock\", a)"),
        ("print('it is', \"now\")", "logger.info('it is now')"),
        ("print(r'\\d', a)", "logger.info(\"%s %s\", r'\\d', a)"),
        ("print('a' 'b', a)", "logger.info(\"%s %s\", 'a' 'b', a)"),
        ("print(f'{a} of', b)", "logger.info(f'{a} of {b}')"),
        ("print(f'{a} of', '{x}', b.c)", "logger.info(f'{a} of {{x}} {b.c}')"),
        ("print(f'{a} of', b + 1)", "logger.info(\"%s %s\", f'{a} of', b + 1)"),
        ("print(f'{a} of', b['x'])", "logger.info(\"%s %s\", f'{a} of', b['x'])"),
        ("print(f'order', a)", "logger.info('order %s', a)"),
        ("print('a:', (x := a), b if a else 'no')", "logger.info('a: %s %s', x := a, b if a else 'no')"),
        ("return [print(one) for one in a]", "return [logger.info(one) for one in a]"),
        ("a and print()", 'a and logger.info("")'),
        ("print('one'); print('two')", "logger.info('one'); logger.info('two')"),
        ("print('a',\n          a)", "logger.info('a %s', a)"),
        ("print(\n        'a',\n        a\n    )", "logger.info(\n        'a %s',\n        a,\n    )"),
        ("print('a'\n          'b')", "logger.info('a'\n                'b')"),
        ("print('''a\n          b''')", "logger.info('''a\n          b''')"),
        ("print(\n        a  # why\n    )", "logger.info(\n        a  # why\n    )"),
        ("a = 'é'; print('é', a)  # é", "a = 'é'; logger.info('é %s', a)  # é"),
        ("print(a)\n    print()\n    print(b)", "logger.info(a)\n    logger.info(b)"),
        ("print(a)\n\n    print()\n\n    print(b)", "logger.info(a)\n\n    logger.info(b)"),
        ("print()\n    print('\\n')\n    print(a)", "logger.info(a)"),
        ("if a:\n        print()\n        print('')", 'if a:\n        logger.info("")'),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line(before: str, after: str, newline: str) -> None:
    text = f"{HEAD}    {before}\n    return a\n".replace("\n", newline)
    assert logged(text) == f"{HEAD}    {after}\n    return a\n".replace("\n", newline)


@pytest.mark.parametrize(
    "line",
    [
        "print(a, end='')",
        "print(a, file=b)",
        "print(*a)",
        "print(**a)",
        "print(a, sep=b)",
        "print(a, b, sep='\\n')",
        "print(a, # why\n        b)",
        "print(a,\n        # why\n        flush=True)",
        "print((yield a), b)",
        "print = b\n    print(a)",
        "logger = b\n    print(a)",
        "[print(a) for logger in b]",
        "(lambda logger: print(a))(b)",
    ],
)
def test_a_line_that_stays(line: str) -> None:
    text = f"{HEAD}    {line}\n    return a\n"
    assert logged(text) == text


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("print(error)", "error"),
        ("print('it failed')", "error"),
        ("print('Not there yet')", "info"),
        ("print('Warning: not there yet')", "warning"),
        ("print(f'[ERROR] {a}')", "error"),
    ],
)
def test_what_tells_of_an_error_has_its_level(line: str, level: str) -> None:
    text = f"{HEAD}    try:\n        print('errors')\n    except OSError as error:\n        {line}\n"
    after = text.replace("print('errors')", "logger.info('errors')").replace(
        line, line.replace("print", f"logger.{level}")
    )
    assert logged(text) == after


FUNCTION = "def f(a):\n    print(a)\n"
INFO = "logger = logging.getLogger(__name__)\nlogger.setLevel(logging.INFO)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"import logging\n\n{INFO}\n\n"),
        ("'''Doc.'''\n\n", f"'''Doc.'''\n\nimport logging\n\n{INFO}\n"),
        ("# About f.\n", f"import logging\n\n{INFO}\n\n# About f.\n"),
        ("# Copyright us\n\n", f"# Copyright us\n\nimport logging\n\n{INFO}\n\n"),
        ("#!/usr/bin/python\n", f"#!/usr/bin/python\n\nimport logging\n\n{INFO}\n\n"),
        (
            "from __future__ import annotations\n\n\n",
            f"from __future__ import annotations\n\nimport logging\n\n{INFO}\n\n",
        ),
        ("import json\nimport os\n\n\n", f"import json\nimport logging\nimport os\n\n{INFO}\n\n"),
        ("import os\n\nimport boto3\n\n\n", f"import logging\nimport os\n\nimport boto3\n\n{INFO}\n\n"),
        ("import boto3\n\n\n", f"import logging\n\nimport boto3\n\n{INFO}\n\n"),
        ("import boto3\n# s3\nx = 1\n", f"import logging\n\nimport boto3\n\n{INFO}\n# s3\nx = 1\n"),
        ("from json import dumps\n\n", f"import logging\nfrom json import dumps\n\n{INFO}\n"),
        ("import logging as log\n\n", "import logging as log\n\n" + INFO.replace("logging", "log") + "\n"),
        ("import logging\n\nlogging.info(1)\n", f"import logging\n\n{INFO}\nlogging.info(1)\n"),
    ],
)
def test_a_logger_is_made(before: str, after: str) -> None:
    assert logged(before + FUNCTION) == after + FUNCTION.replace("print", "logger.info")


@pytest.mark.parametrize(
    "head",
    [
        "import logging\n\nlogger = logging.getLogger()\nlogger.setLevel(logging.DEBUG)\n",
        "import logging, os\n\nlogger = logging.getLogger()\nlogger.setLevel(os.environ['LEVEL'])\n",
        "from aws_lambda_powertools import Logger\n\nlogger = Logger()\n",
        "from aws_lambda_powertools import Logger, Tracer\n\nlogger: Logger = Logger(level='INFO')\n",
        "import structlog\n\nlogger = structlog.get_logger()\n",
        "from common import logger\n\nlogger.info('x')\n",
        "from common import get_logger\n\nLOGGER = get_logger()\nLOGGER.info('x')\n",
        "import logging\nfrom decimal import *\nlogger = logging.getLogger()\nlogger.setLevel(10)\n",
    ],
)
def test_the_logger_that_is_there_is_used(head: str) -> None:
    name = "LOGGER.info" if "LOGGER" in head else "logger.info"
    assert logged(head + FUNCTION) == head + FUNCTION.replace("print", name)


def test_a_logger_without_level_gets_one_unless_the_program_has_set_it() -> None:
    head = "from logging import getLogger\n\nLOG = getLogger(__name__)  # ours\n"
    shown = logged(head + FUNCTION, shown=True)
    assert shown == head + FUNCTION.replace("print", "LOG.info")
    assert logged(head + FUNCTION) == f"import logging\n{head}LOG.setLevel(logging.INFO)\n" + shown.removeprefix(head)


@pytest.mark.parametrize(
    "head",
    [
        "import logging\nlogger = logging.getLogger()\nlogger.setLevel(logging.ERROR)\n",
        "from aws_lambda_powertools import Logger\nlogger = Logger(level='WARNING')\n",
        "import logging\nlogger = None\n",
        "from common import logger\n",
        "from common import get_logger\nlogger = get_logger()\nlogger.error('INFO may not be shown')\n",
        "import logging as logger\n",
        "import logging\nif logging:\n    logger = logging.getLogger()\n",
        "import logging\nlogger = logging.getLogger()\nlogger.setLevel(10)\nlogger = None\n",
        "import logging\ndef set():\n    global logger\n    logger = logging.getLogger()\n",
        "import logging\nlogger = logging.getLogger()\nfrom settings import *\n",
        "def log():\n    logger.warning('not bound here')\n",
        "def logging():\n    pass\n",
        "def print(a):\n    pass\n",
    ],
)
def test_nothing_is_done_where_the_logger_is_not_known(head: str) -> None:
    assert logged(head + FUNCTION) == head + FUNCTION


def test_nothing_is_done_above_the_logger() -> None:
    text = f"import logging\n{FUNCTION}logger = logging.getLogger()\n"
    assert logged(text) == text


TEXTS = st.sampled_from(
    ["'a'", '"b c "', "' d'", "'50%'", "'%s'", "'{e}'", r"'\t'", r"'\\'", '"it\'s"', "'''f'''", "''"]
)
VALUES = st.sampled_from(
    ["x", "y", "x['k']", "y[0]", "len(x)", "1 + 1", "f'{y}'", "f'{x[\"k\"]} of'", "f'g'", "None", "x, y"]
)


@given(
    st.lists(st.lists(TEXTS | VALUES, max_size=4), min_size=1, max_size=4),
    st.sampled_from(["", ", sep='-'", ", flush=1"]),
)
@settings(max_examples=200, deadline=None)
def test_the_log_says_what_was_printed(lines: list[list[str]], options: str) -> None:
    body = "".join(f"    print({', '.join(line)}{options if line else ''})\n" for line in lines)
    text = f"{HEAD}    x, y = {{'k': 1}}, [2, 'z']\n{body}"
    changed = logged(text)
    assert "print" not in changed
    assert _said(changed) == _said(text)


def _said(text: str) -> list[str]:
    """What it prints or logs, without empty lines; blanks count once."""
    out = io.StringIO()
    space: dict[str, object] = {"__name__": "said"}
    handler = logging.StreamHandler(out)
    logging.getLogger("said").addHandler(handler)
    try:
        with contextlib.redirect_stdout(out):
            exec(f"{text}\nf(1, 2)\n", space)
    finally:
        logging.getLogger("said").removeHandler(handler)
    return [line for line in (re.sub(" +", " ", one).strip() for one in out.getvalue().splitlines()) if line]
