"""What modules import, what that leads to in a package, and how long it takes."""

from __future__ import annotations

import ast
import os
import random
import sys
import sysconfig
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdalint.model.package import Distribution, Entry, Reach
from lambdalint.packages import conditions, costs, standard
from lambdalint.packages.closure import Closure, reaches
from lambdalint.packages.contents import Unreadable
from lambdalint.packages.imports import scan

PYTHON = (3, 12)

# --- what one file imports, compared with what `ast` sees ---

Seen = tuple[str, int, tuple[str, ...], int, bool, bool]
"""Module, level, names, line, lazy, guarded."""
CATCHES = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def by_regex(data: bytes) -> list[Seen]:
    found = scan(data, PYTHON).found
    return [(one.module, one.level, one.names, one.line, one.lazy, one.guarded) for one in found]


def by_ast(data: bytes) -> list[Seen]:
    return sorted(statements(ast.parse(data).body, False, ()), key=lambda seen: seen[3])


def statements(body: Sequence[ast.stmt], lazy: bool, guards: tuple[str, ...]) -> Iterator[Seen]:
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.name, 0, (), node.lineno, lazy, bool(guards))
        elif isinstance(node, ast.ImportFrom):
            names = tuple(alias.name for alias in node.names)
            yield (node.module or "", node.level, names, node.lineno, lazy, bool(guards))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from statements(node.body, True, tuple(guard for guard in guards if guard != "try"))
        elif isinstance(node, (ast.If, ast.While)):
            yield from of_condition(node, lazy, guards)
        elif isinstance(node, (ast.Try, ast.TryStar)):
            yield from of_try(node, lazy, guards)
        elif isinstance(node, ast.Match):
            for case in node.cases:
                yield from statements(case.body, lazy, (*guards, "case"))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            text = " ".join(ast.unparse(item) for item in node.items)
            suppresses = "suppress(" in text and ("ImportError" in text or "Exception" in text)
            yield from statements(node.body, lazy, (*guards, "with") if suppresses else guards)
        else:
            yield from statements(getattr(node, "body", ()), lazy, guards)
            yield from statements(getattr(node, "orelse", ()), lazy, guards)


def of_condition(node: ast.If | ast.While, lazy: bool, guards: tuple[str, ...]) -> Iterator[Seen]:
    held = conditions.holds(ast.unparse(node.test), PYTHON)
    inside = (*guards, "if") if held is None and isinstance(node, ast.If) else guards
    if held is not False:
        yield from statements(node.body, lazy, inside)
    if held is not True or isinstance(node, ast.While):
        yield from statements(node.orelse, lazy, inside)


def of_try(node: ast.Try | ast.TryStar, lazy: bool, guards: tuple[str, ...]) -> Iterator[Seen]:
    catches = any(handler.type is None or names_in(handler.type) & CATCHES for handler in node.handlers)
    yield from statements(node.body, lazy, (*guards, "try") if catches else guards)
    for handler in node.handlers:
        yield from statements(handler.body, lazy, (*guards, "except"))
    yield from statements(node.orelse, lazy, (*guards, "else") if catches else guards)
    yield from statements(node.finalbody, lazy, guards)


def names_in(node: ast.expr) -> set[str]:
    return {one.id if isinstance(one, ast.Name) else getattr(one, "attr", "") for one in ast.walk(node)}


CALLS = (b"import_module", b"__import__", b"resolve_name")


def test_the_standard_library_imports_what_ast_says() -> None:
    top = Path(sysconfig.get_path("stdlib"))
    paths = [path for path in sorted(top.rglob("*.py")) if not {"site-packages", "lib2to3"} & set(path.parts)]
    compared = 0
    for path in paths[::5]:
        data = path.read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                wanted = by_ast(data)
            except (SyntaxError, ValueError):
                scan(data)
                continue
        found = by_regex(data)
        if any(word in data for word in CALLS):
            assert all(one in found for one in wanted), path
        else:
            assert found == wanted, path
        compared += len(wanted)
    assert compared > 500


SIMPLE = st.sampled_from(
    [
        "import a",
        "import a.b as c, d",
        "import é.b",
        "from a import b",
        "from . import x as y, z",
        "from .a.b import (c,  # import d\n    e as f,\n)",
        "from ...a import *",
        "from a import b, \\\n    c",
        "x = 1; import a; y = 2",
        "pass",
        "x = '''\nimport no\n'''",
        'x = """\\"""; import no\n"""',
        "x = 'import no \\\nimport no'",
        'x = f"{a}: import no"',
        'r"\\"; import yes',
        "x: int = {1: 2}",
        "# import no",
        "imported = from_ = 1",
        "importlib.x()",
        "x = [\n    a\nfor a in b\n  if a\n]",
        "match = {'a': 1}",
        "x = (yield\n)",
        "if a: import b",
        "if a[1:]: pass",
        "class A: import b; from . import c",
        "def f(a: int = 1): import b",
        "lambda: 1",
        "",
    ]
)
HEADS = st.sampled_from(
    [
        ("if x:", "elif y:", "else:"),
        ("if TYPE_CHECKING:", "else:"),
        ("if sys.version_info >= (3, 11):", "else:"),
        ("if sys.platform == 'win32':", "elif x:", "else:"),
        ("if any(\n    a\nfor a in {b: 1}\n):", "else :"),
        ("for x in y:", "else:"),
        ("while 1:",),
        ("with suppress(ImportError):",),
        ("with open('a') as b, \\\n        c:",),
        ("try:", "except (ImportError, ValueError) as e:", "else:", "finally:"),
        ("try:", "except ValueError:", "except Exception:"),
        ("try:", "finally:"),
        ("try:", "except KeyError:", "else:"),
        ("try:", "except:"),
        ("def f(\n  a,\n  b=[1, 2],\n):",),
        ("async def f():",),
        ("class A(B):",),
    ]
)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        if depth and draw(st.booleans()):
            for head in draw(HEADS):
                indent = draw(st.sampled_from(["  ", "    ", "\t"]))
                lines += [head, *(indent + line for line in draw(blocks(depth - 1))), f"{indent}pass"]
        else:
            lines.append(draw(SIMPLE))
    return lines


@given(blocks(), st.sampled_from(["\n", "\r\n", "\n\n", "\n\f\n"]))
def test_any_module_imports_what_ast_says(lines: list[str], end: str) -> None:
    text = "\n".join(lines).replace("\n", end) + "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            wanted = by_ast(text.encode())
        except SyntaxError:
            return
    assert by_regex(text.encode()) == wanted


@given(
    st.binary(max_size=300) | st.text(alphabet="import from\n\t \"'()[]{}#\\:;abc\0é.", max_size=300).map(str.encode)
)
def test_bytes_that_are_no_python_are_read_to_the_end(data: bytes) -> None:
    scan(data)
    scan(b"import a\n" + data + b"\nimport b\n")


@pytest.mark.parametrize(
    ("data", "modules"),
    [
        ("\ufeffimport a\n".encode(), ["a"]),
        (b"# coding: latin-1\nx = '\xe9'\nimport a\n", ["a"]),
        (b"print 'a'\nimport urllib2\nexec 'x'\n", ["urllib2"]),
        (b"import a\0b\nimport c\n", ["a\0b", "c"]),
        (b"import a\rimport b\r", ["a", "b"]),
        (b"from a import (b,", ["a"]),
        (b"x = '''\nimport a\n", []),
        (b"try: import a\nexcept ImportError: import b\nfinally: import c; import d\n", ["a", "b", "c", "d"]),
    ],
)
def test_odd_files(data: bytes, modules: list[str]) -> None:
    assert [one.module for one in scan(data).found] == modules


def test_a_long_file_takes_no_longer_than_its_length() -> None:
    for text in ("(" * 200_000, '"""\\' * 100_000, "if a" * 100_000, "'\n" * 100_000, "[(" * 100_000 + "\nimport a\n"):
        scan(text.encode() + b"\nimport b\n")


# --- conditions ---


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("TYPE_CHECKING", False),
        ("not typing.TYPE_CHECKING", True),
        ("TYPE_CHECKING or x", None),
        ("TYPE_CHECKING and x", False),
        ("sys.version_info >= (3, 8)", True),
        ("sys.version_info < (3, 12)", False),
        ("sys.version_info >= (3, 12, 4)", None),
        ("sys.version_info[0] == 2", False),
        ("sys.version_info[:2] < (3, 13)", True),
        ("sys.version_info.major >= 3", True),
        ("sys.platform == 'win32'", False),
        ("sys.platform.startswith('linux')", True),
        ("sys.platform in ('win32', 'cygwin')", False),
        ("os.name != 'nt'", True),
        ("__name__ == '__main__'", False),
        ("six.PY2", False),
        ("x", None),
        ("x ==", None),
        ("sys.version_info >= x", None),
    ],
)
def test_conditions_are_decided_for_lambda(text: str, held: bool | None) -> None:
    assert conditions.holds(text, PYTHON) is held


def test_without_a_version_nothing_is_said_of_it() -> None:
    assert conditions.holds("sys.version_info >= (3, 8)", None) is None


# --- calls ---


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("importlib.import_module('a.b')", [("a.b", 0, False)]),
        ("import_module('.b', 'a.c')", [("a.c.b", 0, False)]),
        ("import_module('.b', __package__)", [("b", 1, False)]),
        ("import_module(f'{__name__}.{x}')", [("", 1, True)]),
        ("import_module('a.b.' + x)", [("a.b", 0, True)]),
        ("import_module('a.%s' % x)", [("a", 0, True)]),
        ("import_module(x, package=p)", [("", 1, True)]),
        ("__import__('a')", [("a", 0, False)]),
        ("pkgutil.resolve_name('a.b:c')", [("a.b", 0, False)]),
        ("for x in ('a', 'b'):\n    __import__(x)", [("a", 0, False), ("b", 0, False)]),
        ("import_module(x)", None),
        ("import_module(os.environ['X'])", None),
        ("def f(x):\n    import_module(x)\nx = 'a'", None),
        ("'import_module(x)'", []),
        ("# import_module(x)", []),
    ],
)
def test_imports_by_calls(code: str, found: list[tuple[str, int, bool]] | None) -> None:
    seen = scan(f"{code}\n".encode())
    assert seen.opaque == (found is None)
    assert [(one.module, one.level, one.partial) for one in seen.found] == (found or [])


def test_a_function_of_that_name_may_do_without() -> None:
    from_library = b"from importlib import import_module\nimport_module('a')\n"
    assert [one.guarded for one in scan(from_library).found if one.module == "a"] == [False]
    own = from_library.replace(b"importlib", b"sympy.external")
    assert [one.guarded for one in scan(own).found if one.module == "a"] == [True]


# --- what that leads to ---


class Shipped:
    """Files by path, as the contents of a package."""

    kind = "zip"
    remarks: Sequence[str] = ()

    def __init__(self, files: Mapping[str, str | bytes], path: str = "package.zip") -> None:
        self.path = path
        self.files = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
        self.entries: Sequence[Entry] = [Entry(name, len(data), len(data)) for name, data in self.files.items()]
        self.asked: list[str] = []

    def read(self, path: str, at_most: int = 1 << 28) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise Unreadable("is not there")
        return self.files[path][:at_most]


def reach(
    files: Mapping[str, str | bytes], *distributions: Distribution, layer: Mapping[str, str] | None = None
) -> Reach:
    layers = [Shipped(layer)] if layer else []
    return reaches(Shipped(files), ["app.py"], layers, distributions, PYTHON)[0]


def distribution(name: str, *files: str, requires: tuple[str, ...] = (), modules: tuple[str, ...] = ()) -> Distribution:
    return Distribution(name, "1", f"{name}-1.dist-info", files, 0, 0, requires, modules or (name,))


def unguarded(found: Reach) -> list[tuple[str, str, int, bool]]:
    return [(one.module, one.path, one.line, one.lazy) for one in found.missing if not one.guarded]


def test_files_in_the_order_of_loading() -> None:
    found = reach(
        {
            "app.py": "import json\nimport a.b\ndef f():\n    from c import d\n",
            "a/__init__.py": "from .c import x\n",
            "a/b.py": "from . import c\n",
            "a/c.py": "import a\n",
            "a/unused.py": "",
            "c/d.py": "from a import unused2\n",
            "a/unused2.py": "",
        }
    )
    assert found.modules == ("app.py", "a/__init__.py", "a/c.py", "a/b.py")
    assert found.lazy == ("c/d.py", "a/unused2.py")
    assert found.parents["a/c.py"] == "a/__init__.py"
    assert found.parents["c/d.py"] == "app.py"
    assert not found.missing
    assert not found.opaque


def test_a_handler_in_a_folder() -> None:
    files = {"src/__init__.py": "", "src/app.py": "from . import b\nimport c\n", "src/b.py": "", "src/c.py": ""}
    found = reaches(Shipped(files), ["src/app.py", "gone.py"], python=PYTHON)
    assert found[0].modules == ("src/__init__.py", "src/app.py", "src/b.py")
    assert unguarded(found[0]) == [("c", "src/app.py", 2, False)]
    assert found[1] == Reach("gone.py")


def test_what_is_missing_in_earnest() -> None:
    code = """\
import gone
import boto3, botocore.config, urllib3, json, distutils
try:
    import gone1
except ImportError:
    gone1 = None
if x:
    import gone2
def f():
    import gone3
from a import nothing
import a.gone4
from b import gone5
"""
    found = reach({"app.py": code, "a/__init__.py": "", "b/c.py": ""})
    assert unguarded(found) == [
        ("gone", "app.py", 1, False),
        ("distutils", "app.py", 2, False),
        ("gone3", "app.py", 10, True),
        ("a.gone4", "app.py", 12, False),
        ("b.gone5", "app.py", 13, False),
    ]
    assert {one.module for one in found.missing} >= {"gone1", "gone2"}


def test_what_is_optional_for_a_distribution_is_nobodys_mistake() -> None:
    library = {
        "app.py": "import lib\n",
        "lib/__init__.py": "import gone1\ndef f():\n    import gone2\n    from lib import extra\n",
        "lib/extra.py": "import gone3\n",
    }
    found = reach(library, distribution("lib", "lib/__init__.py", "lib/extra.py"))
    assert unguarded(found) == [("gone1", "lib/__init__.py", 1, False)]
    assert [one.module for one in found.missing] == ["gone1", "gone2", "gone3"]


def test_a_fallback_is_loaded_when_it_is_needed() -> None:
    code = "try:\n    import fast\nexcept ImportError:\n    import slow\n"
    assert reach({"app.py": code, "fast.py": "", "slow.py": ""}).modules == ("app.py", "fast.py")
    assert reach({"app.py": code, "fast.py": "", "slow.py": ""}).lazy == ("slow.py",)
    assert reach({"app.py": code, "slow.py": ""}).modules == ("app.py", "slow.py")


def test_layers_come_after_the_package_and_before_the_runtime() -> None:
    layer = {
        "python/lib/python3.12/site-packages/a.py": "",
        "python/a.py": "",
        "python/b.py": "",
        "python/boto3.py": "",
    }
    found = reach({"app.py": "import a, b, boto3, c\n", "c.py": "", "b.py": ""}, layer=layer)
    site = "/opt/python/lib/python3.12/site-packages/"
    assert found.modules == ("app.py", f"{site}a.py", "b.py", "/opt/python/boto3.py", "c.py")


def test_packages_spread_over_package_and_layer() -> None:
    found = reach({"app.py": "import n.a, n.b\n", "n/a.py": ""}, layer={"python/n/b.py": ""})
    assert found.modules == ("app.py", "n/a.py", "/opt/python/n/b.py")


def test_what_python_has_loaded_before_is_not_replaced() -> None:
    files = {"app.py": "import json, email, test\n", "json.py": "", "email.py": "", "test/x.py": ""}
    assert reach(files).modules == ("app.py", "email.py")


def test_machine_code_reaches_what_its_distribution_needs() -> None:
    files = {
        "app.py": "from fast import core, pure\nimport old\n",
        "fast/__init__.py": "",
        "fast/core.cpython-312-x86_64-linux-gnu.so": b"\x7fELF",
        "fast/pure.abi3.so": b"\x7fELF",
        "fast/pure.py": "import helper\n",
        "helper.py": "",
        "needed.py": "",
        "old.pyc": b"",
    }
    fast = distribution("fast", *(name for name in files if name.startswith("fast/")), requires=("needed",))
    found = reach(files, fast, distribution("needed", "needed.py"))
    assert found.modules == (
        "app.py",
        "fast/__init__.py",
        "fast/core.cpython-312-x86_64-linux-gnu.so",
        "needed.py",
        "fast/pure.abi3.so",
        "helper.py",
        "old.pyc",
    )


def test_packages_that_load_late() -> None:
    table = "_dynamic_imports = {'Model': (__spec__.parent, '.main')}\ndef __getattr__(name):\n    return load(name)\n"
    files = {"lib/__init__.py": table, "lib/main.py": "", "lib/other.py": ""}
    found = reach({"app.py": "from lib import Model\n", **files})
    assert found.modules == ("app.py", "lib/__init__.py", "lib/main.py")
    assert found.lazy == ("lib/other.py",)
    attached = (
        "import lazy_loader as lazy\n__getattr__, _, _ = lazy.attach(__name__, submod_attrs={'main': ['Model']})\n"
    )
    found = reach({"app.py": "from lib import Model\n", **files, "lib/__init__.py": attached, "lazy_loader.py": ""})
    assert found.modules == ("app.py", "lib/__init__.py", "lazy_loader.py", "lib/main.py")


def test_plug_ins_are_found_by_their_group() -> None:
    files = {
        "app.py": "from importlib.metadata import entry_points\nentry_points(group='my.group')\n",
        "plug_1.dist-info/entry_points.txt": "[console_scripts]\nx = no:main\n\n[my.group]\none = plug.a:B\n",
        "plug/a.py": "",
        "no.py": "",
    }
    assert reach(files).lazy == ("plug/a.py",)
    anything = {**files, "app.py": "from importlib.metadata import entry_points\nentry_points()\n"}
    assert reach(anything).lazy == ("plug/a.py",)


def test_names_that_are_not_known_make_it_opaque() -> None:
    assert reach({"app.py": "import importlib, os\nimportlib.import_module(os.environ['X'])\n"}).opaque


def test_folders_added_to_the_path_are_searched() -> None:
    code = "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'vendored'))\nimport lib, gone\n"
    found = reach({"app.py": code, "vendored/lib.py": ""})
    assert found.modules == ("app.py", "vendored/lib.py")
    assert not unguarded(found)


def test_the_data_of_services_that_are_named() -> None:
    files = {
        "app.py": "import boto3\nboto3.client('s3')\n",
        "boto3/__init__.py": "import botocore\n",
        "botocore/__init__.py": "",
        "botocore/data/s3/service.json": "12345",
        "botocore/data/ec2/service.json": "1234567",
        "botocore/data/endpoints.json": "123",
    }
    owners = [
        distribution(name, *(path for path in files if path.startswith(f"{name}/"))) for name in ("boto3", "botocore")
    ]
    source = sum(len(files[name]) for name in ("app.py", "boto3/__init__.py"))
    assert reach(files, *owners).bytes_unzipped == source + 5 + 3
    assert Closure(Shipped(files), (), owners).services("app.py") == {"s3"}
    files["app.py"] += "boto3.client(name)\n"
    assert Closure(Shipped(files), (), owners).services("app.py") is None


def test_each_file_is_read_once_for_all_handlers() -> None:
    names = [f"app{number}.py" for number in range(5)]
    shipped = Shipped({**dict.fromkeys(names, "import lib\n"), "lib/__init__.py": "from . import a\n", "lib/a.py": ""})
    found = reaches(shipped, names, python=PYTHON)
    assert [len(one.modules) for one in found] == [3] * 5
    assert shipped.asked.count("lib/a.py") == 1


def test_files_that_cannot_be_read_import_nothing() -> None:
    shipped = Shipped({"app.py": "import a\n", "a.py": ""})
    del shipped.files["a.py"]
    assert reaches(shipped, ["app.py"])[0].modules == ("app.py", "a.py")


def test_a_long_chain_and_a_cycle() -> None:
    files = {f"m{number}.py": f"import m{number + 1}\n" for number in range(3000)}
    found = reach({"app.py": "import m0\n", **files, "m3000.py": "import m0\nimport app\n"})
    assert len(found.modules) == 3002


def test_the_standard_library_is_that_of_the_version() -> None:
    assert standard.is_known("distutils", (3, 11))
    assert not standard.is_known("distutils", (3, 12))
    assert not standard.is_known("tomllib", (3, 10))
    assert standard.is_known("tomllib", None)
    assert standard.is_known("asyncore", None)


def test_the_standard_library_of_this_version() -> None:
    version = sys.version_info[:2]
    assert {name for name in sys.stdlib_module_names if not name.startswith("_")} <= standard.names(version)


# --- how long it takes ---


def test_more_files_take_longer() -> None:
    small = reach({"app.py": "import json\n"})
    large = reach({"app.py": "import asyncio, a\n", "a.py": "x = 1\n" * 10_000})
    assert 0 < small.import_ms < large.import_ms < 500


def test_the_sdk_of_the_runtime_takes_time_too() -> None:
    assert reach({"app.py": "import boto3\n"}).import_ms > 50


def test_the_table_says_what_it_was_measured_on_and_how_far_off_it_is() -> None:
    import json

    table = json.loads(costs.TABLE.read_text(encoding="utf-8"))
    assert {"schema", "written", "python", "measured", "error"} <= table.keys()
    assert min(table["error"]["rank correlation"]) >= 0.9


def test_imports_are_measured_by_running_them(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import time, os, slow\nassert 'SECRET' not in os.environ\n")
    (tmp_path / "slow.py").write_text("import time\ntime.sleep(0.02)\n")
    os.environ["SECRET"] = str(random.random())
    try:
        found = costs.measure(sys.executable, [str(tmp_path)], "app", runs=1)
    finally:
        del os.environ["SECRET"]
    assert found["slow"] >= 20
    assert list(found)[-1] == "app"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.py", "slow.py"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import gone", "cannot be imported: ModuleNotFoundError: No module named 'gone'"),
        ("import time; time.sleep(5)", "took more than 0.5 s to import"),
    ],
)
def test_what_cannot_be_measured(tmp_path: Path, code: str, reason: str) -> None:
    (tmp_path / "app.py").write_text(code)
    with pytest.raises(costs.Unmeasured, match=reason):
        costs.measure(sys.executable, [str(tmp_path)], "app", timeout_seconds=0.5)
