"""What takes text or bytes and runs what stands in it; and what makes such text harmless."""

from __future__ import annotations

import re
from typing import NamedTuple

from lambdalint.later import pattern


class Interpreter(NamedTuple):
    """Something that runs what it is given."""

    kind: str
    """`code`, `shell`, `objects`, `sql` or `filter`."""
    position: int | None = 0
    names: tuple[str, ...] = ()


CODE = Interpreter("code", 0, ("source",))
SHELL = Interpreter("shell", 0, ("cmd", "command"))
OBJECTS = Interpreter("objects", 0, ("data", "string", "file", "stream", "filename", "filepath_or_buffer"))
SQL = Interpreter("sql", 0, ("sql", "query", "operation", "statement", "text"))

CALLS = {
    "_pickle.load": OBJECTS,
    "_pickle.loads": OBJECTS,
    "asyncio.create_subprocess_shell": SHELL,
    "builtins.compile": CODE,
    "builtins.eval": CODE,
    "builtins.exec": CODE,
    "cloudpickle.load": OBJECTS,
    "cloudpickle.loads": OBJECTS,
    "dill.load": OBJECTS,
    "dill.loads": OBJECTS,
    "jsonpickle.decode": OBJECTS,
    "marshal.load": OBJECTS,
    "marshal.loads": OBJECTS,
    "os.popen": SHELL,
    "os.system": SHELL,
    "pandas.eval": CODE,
    "pandas.read_sql": SQL,
    "pandas.read_sql_query": SQL,
    "pickle.load": OBJECTS,
    "pickle.loads": OBJECTS,
    "sqlalchemy.sql.expression.text": SQL,
    "sqlalchemy.sql.text": SQL,
    "sqlalchemy.text": SQL,
    "subprocess.getoutput": SHELL,
    "subprocess.getstatusoutput": SHELL,
    "yaml.full_load": OBJECTS,
    "yaml.unsafe_load": OBJECTS,
}
PROCESSES = frozenset(
    {"subprocess.Popen", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.run"}
)
"""They start a shell where they are told to."""
YAML = frozenset({"yaml.load", "yaml.load_all"})
UNSAFE_LOADERS = ("yaml.Loader", "yaml.CLoader", "UnsafeLoader")
"""How the names end of loaders that make any object."""

OPERATIONS = {
    ("athena", "start_query_execution"): "QueryString",
    ("dynamodb", "execute_statement"): "Statement",
    ("rds-data", "batch_execute_statement"): "sql",
    ("rds-data", "execute_statement"): "sql",
    ("redshift-data", "execute_statement"): "Sql",
    ("timestream-query", "query"): "QueryString",
}
"""Operations of AWS that take SQL or PartiQL, and the parameter."""

EXECUTES = (".execute", ".executemany", ".executescript", ".fetch", ".fetchrow", ".fetchval", ".read_sql_query", ".run")
"""How methods of database libraries end that take SQL first."""
DATABASES = (
    "MySQLdb.", "aiomysql.", "aiosqlite.", "asyncpg.", "awswrangler.", "clickhouse", "cx_Oracle.", "databricks.",
    "duckdb.", "mariadb.", "mysql.", "oracledb.", "peewee.", "pg8000.", "psycopg", "pymssql.", "pymysql.", "pyodbc.",
    "redshift_connector.", "snowflake.", "sqlalchemy.", "sqlite3.", "sqlmodel.", "teradatasql.", "trino.", "vertica",
)  # fmt: skip

FILTERS = (".find", ".find_one", ".find_one_and_update", ".find_one_and_delete", ".find_one_and_replace", ".aggregate",
           ".count_documents", ".delete_many", ".delete_one", ".update_many", ".update_one", ".replace_one",
           ".distinct")  # fmt: skip
"""Methods of MongoDB that take a filter first."""
DOCUMENTS = ("motor.", "pymongo.")

HARMLESS = frozenset(
    {
        "builtins.bool",
        "builtins.float",
        "builtins.hash",
        "builtins.int",
        "builtins.len",
        "datetime.date.fromisoformat",
        "datetime.datetime.fromisoformat",
        "datetime.datetime.fromtimestamp",
        "datetime.datetime.strptime",
        "decimal.Decimal",
        "ipaddress.ip_address",
        "ipaddress.ip_network",
        "shlex.join",
        "shlex.quote",
        "uuid.UUID",
    }
)
"""What comes out of these is a number, a time, or quoted."""
HARMLESS_WORDS = pattern(
    r"digest|(?<!un)(?:escape|quot)|sanitiz|saniti[sz]e|valid|allow|whitelist|Identifier|Literal|mogrify|sql\.SQL", re.I
)

SAME = frozenset(
    {
        "base64.b64decode",
        "base64.decodebytes",
        "base64.urlsafe_b64decode",
        "builtins.bytes",
        "builtins.format",
        "builtins.str",
        "bytes.fromhex",
        "gzip.decompress",
        "io.BytesIO",
        "io.StringIO",
        "json.dumps",
        "json.loads",
        "os.path.basename",
        "os.path.join",
        "os.path.normpath",
        "simplejson.loads",
        "sqlalchemy.sql.expression.text",
        "sqlalchemy.sql.text",
        "sqlalchemy.text",
        "textwrap.dedent",
        "urllib.parse.parse_qs",
        "urllib.parse.unquote",
        "urllib.parse.unquote_plus",
        "zlib.decompress",
    }
)
"""What they are given comes out again, in another form."""
SAME_METHODS = frozenset(
    "casefold decode decompress encode get getvalue items keys lower lstrip pop read rstrip strip title upper values"
    .split()
)  # fmt: skip

KEYWORD = pattern(
    r"\s*(?:--[^\n]*\n\s*)*\(?\s*(?:select|insert|update|delete|merge|with|call|create|alter|drop|truncate|grant|replace|"
    r"copy|unload|show|describe|use|set)\b",
    re.IGNORECASE,
)
WHERE_VALUES_STAND = pattern(
    r"(?:=|<|>|['\"]|\b(?:like|ilike|in|values|between|and|or)\b\s*\(?|[(,])\s*[%]?$", re.IGNORECASE
)
"""How the SQL ends before a value: there a parameter may stand, behind FROM or ORDER BY it may not."""
WHERE_COLUMNS_STAND = pattern(
    r"\s*(?:select\b(?!.*\bfrom\b)|insert\b(?!.*\b(?:select|values)\b)).*[(,]\s*$", re.IGNORECASE | re.DOTALL
)
"""The SQL so far, where a list goes on that is one of columns."""
PLACEHOLDER = pattern(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?([a-zA-Z])|\{[^{}]*\}")

TRUSTED = frozenset(
    """
    ClientRequestToken LogicalResourceId PhysicalResourceId RequestId RequestType ResourceType ResponseURL SecretId
    ServiceToken StackId awsRegion detail-type eventID eventName eventSource eventSourceARN eventVersion httpMethod
    messageId resources routeKey
    """.split()
)
"""Keys of events, or of their records, under which AWS puts what no sender can choose."""
HALF_TRUSTED = frozenset(
    {"OldResourceProperties", "ResourceProperties", "fragment", "requestContext", "templateParameterValues"}
)
"""What they hold comes from who may change the stack, or was verified first."""
FROM_OUTSIDE = frozenset(
    {
        "Records",
        "arguments",
        "body",
        "cookies",
        "headers",
        "multiValueHeaders",
        "multiValueQueryStringParameters",
        "pathParameters",
        "queryStringParameters",
        "rawPath",
        "rawQueryString",
    }
)
"""Under these the first key of an event tells that it came over a network, and not from one's own stack."""
