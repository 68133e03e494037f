"""Writes checks/_runtimes.json: when Lambda deprecates each runtime, from the data that cfn-lint ships.

    pip install cfn-lint && python docs/generate_runtimes.py

cfn-lint (MIT-0) keeps AWS's table at https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html as data.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parent.parent / "checks" / "_runtimes.json"


def main() -> int:
    source = files("cfnlint") / "data" / "AdditionalSpecs" / "LmbdRuntimeLifecycle.json"
    found = json.loads(source.read_text(encoding="utf-8"))
    rows = {
        name: [dates["deprecated"], dates["create-block"], dates["update-block"], dates["successor"]]
        for name, dates in sorted(found.items())
    }
    lines = ",\n".join(f"    {json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    head = f'"source": "cfn-lint {version("cfn-lint")}",\n  "written": "{date.today().isoformat()}"'
    columns = '"columns": ["deprecated", "no new functions", "no updates", "successor"]'
    TARGET.write_text(f'{{\n  {head},\n  {columns},\n  "runtimes": {{\n{lines}\n  }}\n}}\n', encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
