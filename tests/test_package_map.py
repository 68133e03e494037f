"""The map of a package, opened in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from packing import lay_package
from running import run

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
    "--virtual-time-budget=3000",
)
PACKAGE = """\
# in: orders.zip
app.py: "import pandas\\n\\n\\ndef lambda_handler(event, context):\\n    return pandas.__version__\\n"
pandas 2.3.1 needs numpy
numpy 2.3.0
pandas/tests/test_frame.py: 400000 bytes
pandas/core/<b>bold<\\u002fb>.py: 900000 bytes
numpy/core/multiarray.cpython-313-x86_64-linux-gnu.so: elf x86_64 glibc 2.17 debug 500000
"""


@pytest.mark.skipif(BROWSER is None, reason="no browser is installed")
def test_the_map_shows_what_a_package_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lay_package(PACKAGE.replace("<\\u002fb>", "<"), tmp_path)
    ran = run("package", "orders.zip", "--python", "3.13", "--output-format", "html", "--output-file", "map.html")
    assert ran.code == 0, ran.err
    page = Path("map.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["']?https?:""", page), "it loads something from elsewhere"
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", f"file://{tmp_path}/map.html"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    boxes = re.findall(r'class="box[^"]*"[^>]*aria-label="([^"]+)"', shown)
    names = [label.partition(":")[0] for label in boxes]
    assert {"pandas", "numpy", "tests"} <= set(names)
    assert any("could be left out: tests" in label for label in boxes)
    areas = [
        float(width) * float(height)
        for width, height in re.findall(r'class="box[^>]*style="[^"]*?width: ([\d.]+)px; height: ([\d.]+)px', shown)
    ]
    assert areas, "no box has a size"
    assert max(areas) > 1150 * 300, "the largest does not fill the map"
    assert "<td>app.py</td>" in shown, "the table of handlers is missing"
