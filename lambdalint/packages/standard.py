"""What can be imported on Lambda without being shipped."""

from __future__ import annotations

import sys
from functools import cache

_BEFORE = 8
_AFTER = 99
_CHANGES: dict[tuple[int, int], str] = {
    (_BEFORE, 8): "dummy_threading _dummy_thread",
    (_BEFORE, 9): "_bootlocale formatter parser symbol",
    (_BEFORE, 10): "binhex",
    (_BEFORE, 11): "asynchat asyncore distutils imp smtpd",
    (_BEFORE, 12): """aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev pipes
        sndhdr spwd sunau telnetlib uu xdrlib""",
    (9, _AFTER): "graphlib zoneinfo",
    (11, _AFTER): "tomllib",
    (14, _AFTER): "annotationlib compression",
}
"""Modules that left the standard library, or came to it, between 3.8 and 3.14: the first and the last minor version
that have them. Source: `sys.stdlib_module_names` of 3.10 to 3.13, typeshed's stdlib/VERSIONS."""

_PRIVATE = frozenset(
    """
    __main__ _android_support _bootsubprocess _colorize _compression _crypt _dummy_thread _interpchannels _interpqueues
    _interpreters _ios_support _msi _opcode_metadata _pydatetime _pylong _pyrepl _remote_debugging _sha2 _sha256
    _sha512 _suggestions _sysconfig _tokenize _typing _wmi _zstd
    """.split()
)
"""Of some versions only: who imports them knows which."""

BROUGHT = frozenset(
    """
    boto3 botocore dateutil jmespath s3transfer six urllib3
    awslambdaric bootstrap runtime_client simplejson snapshot_restore_py
    pip pkg_resources setuptools wheel
    """.split()
)
"""What the runtimes bring from python3.9 to python3.14. The SDK and what it needs: AWS Lambda's guide, "Building Lambda
functions with Python", and the requirements of botocore and python-dateutil. The client of the runtime and what it
needs, `simplejson` and, since its version 3.0, `snapshot_restore_py`: its pyproject.toml. What installs packages is in
the images of some versions and not of others: nobody is told that it is missing. `requests` is not there since 3.8."""


@cache
def names(python: tuple[int, int] | None) -> frozenset[str]:
    """First parts of the modules of the standard library; of any version, where none is known."""
    changed = {name for text in _CHANGES.values() for name in text.split()}
    there = {
        name
        for (first, last), text in _CHANGES.items()
        if python is None or first <= python[1] <= last
        for name in text.split()
    }
    return frozenset(sys.stdlib_module_names) - changed | there | _PRIVATE


def is_known(module: str, python: tuple[int, int] | None) -> bool:
    """Whether a module comes with Python, or with the runtime."""
    top = module.partition(".")[0]
    return top in names(python) or top in BROUGHT
