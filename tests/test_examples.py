"""The examples are what their comments say: each line that ends with a code is found, and no other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import lambdalint

EXAMPLES = Path(__file__).parent.parent / "examples"
CODE = re.compile(r"#((?: LL\d{3})+)$")

Place = tuple[str, int, str]


def stated() -> set[Place]:
    return {
        (path.relative_to(EXAMPLES).as_posix(), number, code)
        for path in (*EXAMPLES.rglob("*.py"), *EXAMPLES.glob("*.yaml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (comment := CODE.search(line))
        for code in comment[1].split()
    }


def check() -> tuple[int, set[Place]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(lambdalint.__file__).parent.parent)}
    run = "import sys; from lambdalint.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", run, "check", ".", "--no-cache", "--output-format", "json"],
        cwd=EXAMPLES,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    findings = json.loads(done.stdout)["findings"]
    return done.returncode, {(finding["path"], finding["line"], finding["code"]) for finding in findings}


def test_the_examples_are_wrong_just_where_they_say_so() -> None:
    code, found = check()
    assert found == stated()
    assert code == 1


def test_every_family_has_examples() -> None:
    from lambdalint import registry

    checks = [check for check in registry.load().values() if check.default and "LL1" <= check.code < "LL9"]
    shown = {code for _, _, code in stated()}
    assert {check.code for check in checks if check.family == "init"} <= shown
    assert {check.family for check in checks} == {check.family for check in checks if check.code in shown}
