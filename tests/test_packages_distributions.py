"""Distributions are read off the metadata that installers leave, and named by what they are imported as."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest
from holding import Held
from hypothesis import given, settings
from hypothesis import strategies as st
from mutating import DAMAGES, damaged

from lambdalint.model.package import Distribution
from lambdalint.packages.distributions import distributions
from lambdalint.packages.names import distributions_of, import_names

X86, ARM = "x86_64", "arm64"


def installed(name: str, *files: str, needs: str = "", version: str = "1.0", root: str = "") -> dict[str, str | bytes]:
    """A distribution with a RECORD; `needs` has one requirement a line."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    headers = "".join(f"Requires-Dist: {line.strip()}\n" for line in needs.strip().splitlines())
    found: dict[str, str | bytes] = {f"{root}{path}": "x = 1\n" for path in files}
    found[f"{root}{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}\nAbout: it\n"
    rows = "".join(f"{path},sha256=abc,6\n" for path in files)
    found[f"{root}{info}/RECORD"] = f"{rows}{info}/METADATA,,\n{info}/RECORD,,\n"
    return found


def read(
    *parts: Mapping[str, bytes | str | None], kind: str = "zip", python: tuple[int, int] | None = (3, 13)
) -> dict[str, Distribution]:
    files = {path: data for part in parts for path, data in part.items()}
    return {one.name: one for one in distributions(Held(files, kind), python, X86)}


def test_a_record_says_which_files_a_distribution_has() -> None:
    files = installed("Foo.Bar", "foo/__init__.py", "foo/a,b.txt", "../../bin/foo", "gone.py")
    files["Foo.Bar-1.0.dist-info/RECORD"] = (
        'foo/__init__.py,sha256=x,6\n"foo/a,b.txt",,\n../../bin/foo,,\ngone.py,,\n"broken\n\0,,\n'
    )
    files |= {"foo/__pycache__/__init__.cpython-313.pyc": "", "bin/foo": "#!", "foo/made_later.txt": "", "app.py": ""}
    del files["gone.py"], files["../../bin/foo"]
    found = read(files)["foo-bar"]
    assert set(found.files) == {path for path in files if path != "app.py"}
    assert (found.version, found.modules, found.bytes_zipped) == ("1.0", ("foo",), len(found.files))


@pytest.mark.parametrize("record", [None, b"", b"\xff\xfe\0", b"elsewhere/x.py,,\n"])
def test_without_a_record_top_level_names_say_it(record: bytes | None) -> None:
    files: dict[str, bytes | str | None] = dict(
        installed("PyYAML", "yaml/__init__.py", "_yaml/__init__.py", "other/x.py")
    )
    files["PyYAML-1.0.dist-info/RECORD"] = record
    files["PyYAML-1.0.dist-info/top_level.txt"] = "yaml\n_yaml\n"
    found = read(files)["pyyaml"]
    assert found.modules == ("_yaml", "yaml")
    assert "other/x.py" not in found.files


@pytest.mark.parametrize(
    "metadata", [None, b"", b"\xff\0: \n", b"Name:\n", b"Name: a b c\nVersion: x y\n", b": :\n  folded\n"]
)
def test_broken_metadata_leaves_the_name_of_its_folder(metadata: bytes | None) -> None:
    files: dict[str, bytes | str | None] = dict(installed("six", "six.py"))
    files["six-1.0.dist-info/METADATA"] = metadata
    found = read(files)["six"]
    assert (found.version, found.modules, found.requires) == ("1.0", ("six",), ())


def test_needs_follow_markers_and_the_extras_that_are_asked_for() -> None:
    needs = """
        numpy>=1.26; python_version < "3.12"
        numpy>=2 (<3); python_version >= "3.13"
        tomli ; python_full_version < "3.11.3"
        pywin32; sys_platform == "win32"
        pyarrow; extra == "parquet"
        pandas[Parquet]; extra == "all"
        pytest>=7; python_version > "3" and extra == "test"
        odd; nonsense ~~ "1"
    """
    pandas = installed("pandas", "pandas/__init__.py", needs=needs)
    user = installed("user", "user.py", needs="pandas[all] (>2)\nlink @ https://host/a;b.whl ; sys_platform == 'linux'")
    assert read(pandas)["pandas"].requires == ("numpy", "odd")
    found = read(pandas, user)
    assert found["pandas"].requires == ("numpy", "odd", "pyarrow")
    assert found["user"].requires == ("pandas", "link")
    either = read(pandas, python=None)["pandas"].requires
    assert either == ("numpy", "tomli", "odd")
    asked = distributions(Held(pandas), (3, 12), ARM, {"Pandas": ["all"]})
    assert asked[0].requires == ("odd", "pyarrow")


def test_cycles_of_requirements_end() -> None:
    a, b = installed("a", "a.py", needs="b[x]\na[y]"), installed("b", "b.py", needs="a[z]\nc; extra == 'x'")
    found = read(a, b)
    assert (found["a"].requires, found["b"].requires) == (("b",), ("a", "c"))


def test_two_versions_share_no_byte() -> None:
    old, new = (installed("lib", "lib/__init__.py", version=version) for version in ("1.0", "2.0"))
    old["lib-1.0.dist-info/RECORD"] = "lib/__init__.py,sha256=x,999\nlib/gone.py,,5\n"
    found = distributions(Held(old | new), None, None)
    assert [one.version for one in found] == ["1.0", "2.0"]
    assert all("lib/__init__.py" in one.files for one in found)
    assert sum(one.bytes_unzipped for one in found) == sum(len(data) for data in (old | new).values())
    own = found[1].bytes_unzipped - sum(len(data) for path, data in new.items() if "-info" in path)
    assert own == len("x = 1\n")  # it is there as the record of the newer one has it


def test_namespaces_are_shared_without_a_record() -> None:
    storage = installed("google-cloud-storage", "google/cloud/storage/__init__.py")
    auth: dict[str, str | bytes | None] = dict(installed("google-auth", "google/auth/__init__.py"))
    auth["google_auth-1.0.dist-info/RECORD"] = None
    auth["google_auth-1.0.dist-info/top_level.txt"] = "google\n"
    found = read(storage, auth, {"google/own.py": ""})
    assert "google/auth/__init__.py" in found["google-auth"].files
    assert "google/cloud/storage/__init__.py" not in found["google-auth"].files
    assert "google/own.py" not in found["google-cloud-storage"].files


def test_layers_images_and_what_is_vendored() -> None:
    site = "python/lib/python3.13/site-packages/"
    layer = installed("a", "a.py", root="python/") | installed("b", "b.py", root=site)
    layer |= installed("c", "c.py", root="python/lib/python3.9/site-packages/")
    layer |= installed("d", "d.py", root="python/pip/_vendor/")
    assert set(read(layer)) == {"a", "b"}
    assert set(read(layer, python=None)) == {"a", "b", "c"}
    inside = installed("e", "e.py", root="var/lang/lib/python3.13/site-packages/") | installed("f", "f.py")
    inside |= installed("g", "g.py", root="opt/python/") | installed(
        "h", "h.py", root="usr/lib/python3.9/site-packages/"
    )
    inside |= installed("i", "i.py", root="app/.venv/lib/python3.13/site-packages/")
    found = read(inside, kind="image")
    assert {name: one.modules for name, one in found.items()} == {name: (name,) for name in "efgi"}


def test_eggs_paths_and_links() -> None:
    egg = {
        "old.py": "",
        "old-2.0-py3.12.egg-info/PKG-INFO": "Name: old\nVersion: 2.0\n",
        "old-2.0-py3.12.egg-info/top_level.txt": "old\n",
        "old-2.0-py3.12.egg-info/requires.txt": "six>=1\n\n[:python_version < '3']\nfutures\n\n[fast]\ncffi\n",
        "single-1.1.egg-info": "Metadata-Version: 1.0\nName: single\nVersion: 1.1\n",
        "single/__init__.py": "",
    }
    paths = installed("pywin32", "pywin32.pth", "win32/lib/win32con.py")
    paths["pywin32.pth"] = "# comment\nimport sys\nwin32/lib\n../outside\n/abs\n"
    link = installed("mine", "__editable__.mine-1.0.pth")
    link["mine-1.0.dist-info/direct_url.json"] = '{"dir_info": {"editable": true}, "url": "file:///src"}'
    found = read(egg, paths, link)
    assert (found["old"].version, found["old"].requires, found["old"].modules) == ("2.0", ("six",), ("old",))
    assert (found["single"].version, found["single"].modules) == ("1.1", ("single",))
    assert found["pywin32"].modules == ("win32", "win32con")
    assert [one.name for one in found.values() if one.editable] == ["mine"]


SAMPLE = {
    name: data if isinstance(data, str) else data.decode()
    for name, data in installed(
        "foo", "foo/__init__.py", "foo/b.py", needs='bar[x]>=1; python_version < "3.9"\nbaz; extra == "y"\nfoo[y]'
    ).items()
}


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_no_damaged_metadata_raises(seed: int) -> None:
    odd = [*DAMAGES, b",", b"\r", b"../", b";", b"[", b"((", b"extra == 'y'"]
    files: dict[str, bytes | str | None] = {
        path: damaged(text, seed, odd) for path, text in SAMPLE.items() if "-info" in path
    }
    found = distributions(Held({**SAMPLE, **files}), (3, 13), X86)
    assert all(one.name and path in {*SAMPLE} for one in found for path in one.files)


@pytest.mark.parametrize(
    ("distribution", "module"),
    [
        ("pyyaml", "yaml"),
        ("pillow", "PIL"),
        ("beautifulsoup4", "bs4"),
        ("scikit-learn", "sklearn"),
        ("opencv-python-headless", "cv2"),
        ("opencv-python", "cv2"),
        ("python-dateutil", "dateutil"),
        ("psycopg2-binary", "psycopg2"),
        ("aws-lambda-powertools", "aws_lambda_powertools"),
        ("google-cloud-storage", "google.cloud.storage"),
        ("google-cloud-bigquery", "google.cloud.bigquery"),
        ("requests", "requests"),
    ],
)
def test_what_distributions_are_imported_as(distribution: str, module: str) -> None:
    assert module in import_names(distribution)


def test_which_distribution_brings_a_module() -> None:
    assert list(distributions_of("yaml.nodes")) == ["pyyaml"]
    assert list(distributions_of("google.cloud.storage.blob")) == ["google-cloud-storage"]
    assert list(distributions_of("nobody.knows")) == []
    assert list(import_names("types-requests")) == []


def test_packaging_is_not_loaded_until_a_marker_is_met() -> None:
    code = "import sys, lambdalint.packages.requirements as first, lambdalint.packages.distributions as second\n"
    code += "print('packaging' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
