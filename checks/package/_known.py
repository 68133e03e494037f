"""What is known of distributions that are not installed here: what is imported of them, and who needs them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

MODULES = {
    "antlr4-python3-runtime": ("antlr4",), "argon2-cffi": ("argon2",), "attrs": ("attr", "attrs"),
    "aws-lambda-powertools": ("aws_lambda_powertools",), "aws-requests-auth": ("aws_requests_auth",),
    "aws-secretsmanager-caching": ("aws_secretsmanager_caching",), "aws-xray-sdk": ("aws_xray_sdk",),
    "awswrangler": ("awswrangler",), "beautifulsoup4": ("bs4",), "boto": ("boto",), "crhelper": ("crhelper",),
    "cx-oracle": ("cx_Oracle",), "django": ("django",), "dnspython": ("dns",), "elasticsearch": ("elasticsearch",),
    "faiss-cpu": ("faiss",), "fastapi": ("fastapi",), "flask": ("flask",), "gitpython": ("git",),
    "google-api-python-client": ("googleapiclient", "apiclient"), "google-auth": ("google.auth", "google.oauth2"),
    "gql": ("gql",), "grpcio": ("grpc",), "httpx": ("httpx",), "ics": ("ics",), "jinja2": ("jinja2",),
    "jsonschema": ("jsonschema",), "kafka-python": ("kafka",), "langchain": ("langchain",), "lxml": ("lxml",),
    "mangum": ("mangum",), "markdown": ("markdown",), "matplotlib": ("matplotlib", "mpl_toolkits", "pylab"),
    "msal": ("msal",), "mysql-connector-python": ("mysql",), "mysqlclient": ("MySQLdb",), "nltk": ("nltk",),
    "numpy": ("numpy",), "openai": ("openai",), "opencv-contrib-python": ("cv2",), "opencv-python": ("cv2",),
    "opencv-python-headless": ("cv2",), "openpyxl": ("openpyxl",), "opensearch-py": ("opensearchpy",),
    "pandas": ("pandas",), "paramiko": ("paramiko",), "pdfminer-six": ("pdfminer",), "pendulum": ("pendulum",),
    "phonenumbers": ("phonenumbers",), "pika": ("pika",), "pillow": ("PIL",), "plotly": ("plotly",),
    "psycopg": ("psycopg",), "psycopg2": ("psycopg2",), "psycopg2-binary": ("psycopg2",), "pyarrow": ("pyarrow",),
    "pycryptodome": ("Crypto",), "pycryptodomex": ("Cryptodome",), "pydantic": ("pydantic",), "pyjwt": ("jwt",),
    "pymongo": ("bson", "gridfs", "pymongo"), "pymupdf": ("fitz", "pymupdf"), "pymysql": ("pymysql",),
    "pynacl": ("nacl",), "pyodbc": ("pyodbc",), "pyopenssl": ("OpenSSL",), "pypdf": ("pypdf",),
    "pypdf2": ("PyPDF2",), "pyserial": ("serial",), "python-dateutil": ("dateutil",), "python-docx": ("docx",),
    "python-dotenv": ("dotenv",), "python-jose": ("jose",), "python-jwt": ("python_jwt",),
    "python-magic": ("magic",), "python-pptx": ("pptx",), "python-slugify": ("slugify",), "pytz": ("pytz",),
    "pyyaml": ("yaml",), "redis": ("redis",), "requests": ("requests",), "requests-aws4auth": ("requests_aws4auth",),
    "requests-oauthlib": ("requests_oauthlib",), "ruamel-yaml": ("ruamel",), "scikit-image": ("skimage",),
    "scikit-learn": ("sklearn",), "scipy": ("scipy",), "sendgrid": ("sendgrid",), "simple-salesforce":
    ("simple_salesforce",), "slack-bolt": ("slack_bolt",), "slack-sdk": ("slack_sdk", "slack"), "slackclient":
    ("slack",), "snowflake-connector-python": ("snowflake",), "sqlalchemy": ("sqlalchemy",), "sshtunnel":
    ("sshtunnel",), "strands-agents": ("strands",), "strands-agents-tools": ("strands_tools",), "stripe": ("stripe",),
    "telebot": ("telebot",), "twilio": ("twilio",), "unidecode": ("unidecode",), "xlrd": ("xlrd",),
    "xlsxwriter": ("xlsxwriter",), "xmltodict": ("xmltodict",),
}  # fmt: skip
"""What is imported of what people install for functions."""

PLUG_INS = {
    "sqlalchemy": """aiomysql aiopg aiosqlite asyncpg cx-oracle databricks-sql-connector duckdb-engine greenlet
        mysql-connector-python mysqlclient oracledb pg8000 psycopg psycopg-binary psycopg2 psycopg2-binary pyathena
        pymssql pymysql pyodbc redshift-connector snowflake-sqlalchemy sqlalchemy-aurora-data-api
        sqlalchemy-redshift""",
    "django": "mysqlclient psycopg psycopg2 psycopg2-binary pymysql django-storages whitenoise",
    "peewee": "psycopg2 psycopg2-binary pymysql mysqlclient",
    "pandas": """bottleneck fastparquet fsspec html5lib jinja2 lxml numexpr odfpy openpyxl pyarrow pymysql psycopg2
        psycopg2-binary pyxlsb s3fs sqlalchemy tables tabulate xlrd xlsxwriter""",
    "polars": "fsspec pyarrow s3fs xlsx2csv fastexcel",
    "dask": "fsspec s3fs pyarrow distributed",
    "pyarrow": "fsspec s3fs",
    "beautifulsoup4": "html5lib lxml",
    "fastapi": "email-validator httpx itsdangerous jinja2 orjson python-jose python-multipart ujson uvicorn",
    "starlette": "itsdangerous jinja2 python-multipart uvicorn",
    "flask": "asgiref gunicorn flask-cors werkzeug",
    "pydantic": "email-validator pydantic-settings",
    "psycopg": "psycopg-binary psycopg-c psycopg-pool",
    "pymysql": "cryptography",
    "pyjwt": "cryptography",
    "python-jose": "cryptography pycryptodome",
    "passlib": "argon2-cffi bcrypt",
    "requests": "brotli chardet pysocks requests-ntlm",
    "httpx": "brotli h2 socksio",
    "aiohttp": "aiodns brotli",
    "aws-lambda-powertools": """avro aws-encryption-sdk aws-xray-sdk datadog-lambda fastjsonschema jmespath jsonpath-ng
        protobuf pydantic pydantic-settings redis valkey-glide""",
    "scikit-learn": "joblib threadpoolctl xgboost lightgbm",
    "joblib": "scikit-learn xgboost lightgbm",
    "transformers": "accelerate sentencepiece tokenizers torch protobuf",
    "torch": "torchvision torchaudio",
    "langchain": "faiss-cpu openai pypdf sqlalchemy tiktoken unstructured",
    "langchain-community": "faiss-cpu openai opensearch-py pypdf tiktoken unstructured",
    "pymongo": "dnspython pymongocrypt python-snappy zstandard",
    "motor": "dnspython",
    "redis": "hiredis",
    "opensearch-py": "aiohttp requests requests-aws4auth",
    "elasticsearch": "aiohttp requests requests-aws4auth",
    "gql": "aiohttp requests requests-toolbelt websockets",
    "jsonschema": "jsonschema-specifications rfc3339-validator rfc3987 webcolors",
    "geopandas": "fiona pyogrio pyproj rtree shapely",
    "xarray": "dask h5netcdf netcdf4 zarr",
    "awswrangler": "deltalake openpyxl opensearch-py oracledb pg8000 pymysql redshift-connector",
    "snowflake-connector-python": "pandas pyarrow",
    "sentence-transformers": "torch transformers",
    "pynamodb": "blinker",
    "authlib": "cryptography httpx requests",
    "boto3": "awscrt",
    "strawberry-graphql": "libcst",
    "celery": "kombu redis",
    "keyring": "keyrings-alt",
    "matplotlib": "seaborn",
    "strands-agents": "mcp strands-agents-tools opentelemetry-exporter-otlp",
    "cassandra-driver": "cassandra-sigv4",
    "pysaml2": "xmlsec",
    "slack-sdk": "aiohttp",
    "slack-bolt": "aiohttp slack-sdk",
}
"""By what is imported: what it loads without being told to by an import in the program."""
_BY_NAME = frozenset(
    """
    beautifulsoup4 celery dask django joblib keyring langchain langchain-community pandas passlib peewee polars pyarrow
    scikit-learn sqlalchemy torch transformers
    """.split()
)
"""Of these, those that load it by a name that stands in a setting, a URL or nowhere. The others have imports that can
be followed where they are installed."""
_FAMILIES = ("celery", "django", "fsspec", "langchain", "sqlalchemy")
"""Distributions whose plug-ins begin with their name."""
_DRIVERS = frozenset(name for names in PLUG_INS.values() for name in names.split())

_TOOLS = re.compile(
    r"(?:opentelemetry|aws-opentelemetry|ddtrace|datadog|newrelic|lumigo|sentry|elastic-apm|dynatrace|instana|epsagon|"
    r"thundra|splunk|appdynamics|honeycomb|logzio)\b.*|awscli|awslambdaric|awsiotsdk|certifi|debugpy|gunicorn|hypercorn|"
    r"uvicorn|uvloop|tzdata|pip|setuptools|wheel|chalice|zappa|serverless-wsgi|lambda-warmer-py|truststore|"
    r"brotli|psycopg2?-(?:binary-)?layer|en-core-web-.*|.*-plugin|.*-cli"
)
"""Started as programs, loaded by a wrapper of the handler, or data."""

_NEEDED = frozenset(
    """
    aiohappyeyeballs aiosignal annotated-types anyio asn1crypto async-timeout blinker cachetools cffi chardet
    charset-normalizer click colorama cryptography decorator deprecated distro docutils ecdsa et-xmlfile events
    exceptiongroup frozenlist fsspec future google-api-core google-auth googleapis-common-protos greenlet h11 httpcore
    httplib2 httpx-sse idna importlib-metadata importlib-resources isodate itsdangerous jeepney jiter jmespath joblib
    jsonpatch jsonpointer jsonschema-specifications lxml mako markdown-it-py markupsafe mdurl msgpack multidict
    networkx numpy oauthlib orjson packaging pathspec platformdirs ply proto-plus protobuf psutil pyasn1 pyasn1-modules
    pycparser pycryptodome pydantic-core pygments pyopenssl pyparsing pyrsistent python-dateutil python-multipart pytz
    referencing regex requests-toolbelt rich rpds-py rsa s3transfer sgmllib3k shellingham simplejson six sniffio
    soupsieve sse-starlette starlette tenacity tqdm typing-extensions typing-inspection tzlocal uritemplate urllib3
    webencodings websocket-client werkzeug wrapt yarl zipp zope-interface
    """.split()
)
"""Stated mostly for the sake of others that need them."""


def is_plug_in(name: str, hosts: Collection[str], *, installed: bool) -> bool:
    """Whether one of the distributions `hosts` may load a distribution that nothing imports."""
    able = [host for host in hosts if host in PLUG_INS and (host in _BY_NAME or not installed)]
    if any(name in PLUG_INS[host].split() for host in able):
        return True
    if not installed and name in _DRIVERS and any(host not in MODULES for host in hosts if host not in _DRIVERS):
        return True  # nobody knows what that one loads
    return any(host in hosts and name.startswith(f"{host}-") for host in _FAMILIES)


def is_tool(name: str) -> bool:
    """Whether a distribution does its work without being imported."""
    return _TOOLS.fullmatch(name) is not None


def is_needed_by_others(name: str) -> bool:
    """Whether a distribution is stated mostly because another one needs it."""
    return name in _NEEDED


def may_be(name: str, module: str) -> bool:
    """Whether a module, by its full name, may be one of a distribution's."""
    return any(module == one or module.startswith(f"{one}.") for one in _modules(name))


def _modules(name: str) -> Iterator[str]:
    """Names that modules of a distribution may have."""
    if name in MODULES:
        yield from MODULES[name]
        return
    plain = name.replace("-", "_")
    yield plain
    yield name.replace("-", ".")  # `google-cloud-storage`
    parts = name.split("-")
    if parts[0] in ("python", "py") and len(parts) > 1:
        yield "_".join(parts[1:])
    if parts[-1] in ("python", "py", "binary", "client", "sdk", "lib", "api") and len(parts) > 1:
        yield "_".join(parts[:-1])
    yield from (plain.removeprefix("py"), plain.removesuffix("py"), plain.replace("_", ""))
