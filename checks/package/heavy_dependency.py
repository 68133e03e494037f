"""LL206: a large distribution does a small job."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lambdalint.check import Problem, Severity, check
from lambdalint.checks.package._known import MODULES, may_be
from lambdalint.checks.package._needs import above, freed_bytes, imported, is_known, needed
from lambdalint.checks.package._words import is_installed, listed, mb, place, stated
from lambdalint.model import Package
from lambdalint.model.distributions import SDK, is_development
from lambdalint.model.package import MB, Use

_DESCRIPTIONS = re.compile(r"(?:^|/)googleapiclient/discovery_cache/documents/[^/]+\.json$")
_VERB = "get|post|put|patch|delete|head|request"


class _Job(NamedTuple):
    """A job that something smaller does as well."""

    names: str
    """Pattern of all that may be used of the module."""
    needs_it: str
    """Attributes, with blanks between, with which it does more than that."""
    instead: str
    mb: float
    """About what it and all that comes with it weigh: wheels for Linux, without bytecode."""
    ms: int
    """About how long its import takes at a cold start."""
    calls: int = 99
    """At most so many."""
    main: str = ""
    """What must be among the names, so that it is this job."""


_JOBS = {
    "pandas": _Job(
        r"read_csv|read_json|DataFrame|notna|notnull|isna|isnull|errors\..*",
        """agg aggregate apply applymap assign astype at bfill concat corr cumsum describe diff drop_duplicates dropna
        dt ewm explode ffill fillna groupby iat iloc interpolate isin join loc melt merge nlargest pct_change pivot
        pivot_table plot quantile query read_excel read_parquet read_sql replace resample rolling sample set_index
        shift sort_values stack std str to_excel to_feather to_parquet to_sql transform unstack value_counts where""",
        "the csv or json module reads rows as well",
        mb=105,
        ms=400,
        main="read_csv",
    ),
    "numpy": _Job(
        r"mean|median|std|sum|min|max|round|sqrt|ceil|floor|abs|exp|log|log10|pi|random\.(?:randint|rand|random|choice)",
        "T astype dot reshape shape dtype",
        "math, statistics and random do this as well",
        mb=58,
        ms=110,
    ),
    "requests": _Job(
        rf"{_VERB}|codes\..*|exceptions(?:\..*)?|RequestException|HTTPError|Timeout|ConnectionError|Response",
        "iter_content iter_lines cookies",
        "urllib.request sends it as well",
        mb=2.6,
        ms=80,
        calls=1,
    ),
    "httpx": _Job(
        rf"{_VERB}|codes\..*|RequestError|HTTPError|HTTPStatusError|TimeoutException|Response",
        "iter_bytes iter_lines cookies",
        "urllib.request sends it as well",
        mb=3.5,
        ms=150,
        calls=1,
    ),
    "awswrangler": _Job(
        r"s3\.(?:list_objects|list_directories|delete_objects|copy_objects|does_object_exist|download|upload)"
        r"|secretsmanager\.get_secret(?:_json)?|sts\..*|exceptions\..*",
        "",
        "boto3 does this as well",
        mb=250,
        ms=900,
    ),
    "lxml": _Job(
        r"etree(?:\.(?:fromstring|parse|tostring|XML|Element|SubElement|ElementTree|XMLSyntaxError|ParseError))?",
        "xpath xslt XSLT getparent iterancestors sourceline nsmap getnext getprevious cssselect HTMLParser XMLSchema",
        "xml.etree.ElementTree does this as well",
        mb=17,
        ms=30,
    ),
}
"""By module, which bears the name of its distribution."""


@check(Package, code="LL206", severity=Severity.ADVICE, since="0.1")
def heavy_dependency(package: Package) -> Iterator[Problem]:
    """A large distribution is brought for a job that something small does as well.

    **Why it matters.** pandas with numpy is more than 100 MB and takes about 400 ms to import at each cold start, which
    is billed. For reading one CSV file, a module of the standard library does it in 5 ms.

    **Bad**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```text
    # file: src/requirements.txt
    pandas==2.3.1  # LL206
    ```

    ```python
    # file: src/app.py
    import pandas as pd

    def handler(event, context):
        return pd.read_csv("/opt/prices.csv").to_dict("records")
    ```

    **Good**

    ```yaml
    Transform: AWS::Serverless-2016-10-31
    Resources:
      Orders:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: src/
          Handler: app.handler
          Runtime: python3.13
    ```

    ```python
    # file: src/app.py
    import csv

    def handler(event, context):
        with open("/opt/prices.csv", newline="") as file:
            return list(csv.DictReader(file))
    ```

    It knows a few such jobs: pandas that reads rows and does nothing with tables, numpy for the mean of some numbers,
    requests or httpx for one request, awswrangler for what boto3 does, lxml for plain XML, and
    google-api-python-client with the descriptions of all of Google's APIs. It is silent where another distribution
    needs the same one.

    **Ignore it when** the short form is worth it to you, or more is to come.

    **Source.** https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    yield from _descriptions(package)
    brought = {*(one.name for one in package.distributions), *(one.name for one in stated(package))}
    if brought.isdisjoint(_JOBS) or not is_known(package):
        return
    used = needed(package, package.reaches)
    for use in package.uses:
        job = _JOBS.get(use.module)
        if job is None or not _is_all(use, job) or _is_needed_anyway(package, use.module, used):
            continue
        there = [one for one in package.distributions if one.name == use.module]
        if not there and use.module not in {one.name for one in stated(package)}:
            continue  # a layer brings it, or nothing does
        size = _size(package, use.module, job.mb)
        shown = listed([f"{use.module}.{name}" for name in use.names if name != "etree"], 2)
        yield Problem(
            place(package, use.module),
            f"of {use.module}, about {size} and {job.ms} ms at each cold start, no more is used than {shown}; "
            f"{job.instead}",
            sure=(package.alone and is_installed(package)) or bool(there),
        )


def _is_all(use: Use, job: _Job) -> bool:
    """Whether nothing is done with a module but the small job."""
    return (
        bool(use.names)
        and all(re.fullmatch(job.names, name) for name in use.names)
        and not use.attributes.intersection(job.needs_it.split())
        and 0 < use.calls <= job.calls
        and (not job.main or job.main in use.names)
    )


def _is_needed_anyway(package: Package, name: str, used: set[str]) -> bool:
    """Whether something else that is used brings it too."""
    if set(above(name, package.distributions)) & used:
        return True
    if package.complete or name in {one.name for one in package.distributions}:
        return False
    names = imported(package.reaches)
    others = MODULES.keys() - _ALONE - {name}
    return any(may_be(other, module) for other in others for module in names) or any(
        one.name not in MODULES and one.name not in SDK and not is_development(one.name) for one in stated(package)
    )


_ALONE = frozenset(
    """
    attrs beautifulsoup4 boto crhelper jinja2 lxml openpyxl phonenumbers pillow psycopg2 psycopg2-binary pycryptodome
    pyjwt pymongo pymysql pypdf pypdf2 python-dateutil python-dotenv pytz pyyaml redis xlrd xlsxwriter xmltodict
    """.split()
)
"""Distributions that need none of the heavy ones."""


def _size(package: Package, name: str, usual_mb: float) -> str:
    """Of a distribution, with what would go with it."""
    if name not in {one.name for one in package.distributions}:
        return f"{usual_mb:g} MB"
    return mb(freed_bytes(name, package.distributions))


def _descriptions(package: Package) -> Iterator[Problem]:
    """Google's client library brings a description of each of its APIs, and reads those that are asked for."""
    found = [entry for entry in package.entries if _DESCRIPTIONS.search(entry.path)]
    size = sum(entry.bytes_unzipped for entry in found)
    if size >= 5 * MB:
        yield Problem(
            package.location,
            f"google-api-python-client brings the descriptions of {len(found)} APIs, {mb(size)}; keep those in "
            "googleapiclient/discovery_cache/documents that the program builds",
        )
